package drawing

// Geometry is in sub-pixels: one pixel is 256 units, so that shapes are
// anti-aliased and move smoothly without floating point.
const one = 256

// turn is a full circle of the angles that sin and cos take.
const turn = 4096

// sin returns the sine of an angle in 1/4096 turns, scaled to ±65536. It is a
// seventh-order polynomial in integers, good to 1/10000 and the same everywhere.
func sin(a int) int {
	a &= turn - 1
	sign := 1
	if a >= turn/2 {
		a -= turn / 2
		sign = -1
	}
	if a > turn/4 {
		a = turn/2 - a
	}
	const q = 20 // x in [0,1] of a quarter turn, 20 fractional bits
	x := a << (q - 10)
	x2 := x * x >> q
	// 1.5707963, 0.6459641, 0.0796926 and 0.0046818 times 1<<20.
	y := 83564 - x2*4909>>q
	y = 677342 - x2*y>>q
	y = 1647099 - x2*y>>q
	y = x * y >> q
	return sign * min(y>>(q-16), 65536)
}

func cos(a int) int { return sin(a + turn/4) }

// wave is sin scaled to ±amp.
func wave(a, amp int) int { return sin(a) * amp >> 16 }

// lerp goes from a to b as t goes from 0 to n.
func lerp(a, b, t, n int) int { return a + (b-a)*t/n }

// smooth is the smoothstep of t in 0..256.
func smooth(t int) int {
	t = min(max(t, 0), 256)
	return t * t * (768 - 2*t) >> 16
}

// isqrt is the whole part of the square root of n.
func isqrt(n int) int {
	if n <= 0 {
		return 0
	}
	x := 1
	for s := n; s > 0; s >>= 2 {
		x <<= 1
	}
	for {
		y := (x + n/x) >> 1
		if y >= x {
			return x
		}
		x = y
	}
}

// dice is a splitmix64 generator: small, seedable, and the same everywhere.
type dice struct{ state uint64 }

func newDice(seed uint64) *dice { return &dice{seed} }

func mix64(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	return mix64(d.state)
}

// n is a number in [0, n).
func (d *dice) n(n int) int {
	if n <= 1 {
		return 0
	}
	return int(d.next() >> 33 % uint64(n))
}

// in is a number in [lo, hi].
func (d *dice) in(lo, hi int) int { return lo + d.n(hi-lo+1) }

// chance is true in pct of 100 throws.
func (d *dice) chance(pct int) bool { return d.n(100) < pct }

// fork starts an independent generator, so that one layer's throws do not
// shift those of the next.
func (d *dice) fork(salt uint64) *dice { return newDice(mix64(d.state ^ salt*0x9e3779b97f4a7c15)) }

// lattice is the random value, 0..65535, at a whole point of the noise plane.
func lattice(x, y int, seed uint64) int {
	z := seed ^ uint64(uint32(x))*0x9e3779b97f4a7c15 ^ uint64(uint32(y))*0xc2b2ae3d27d4eb4f
	z = (z ^ z>>29) * 0xbf58476d1ce4e5b9
	return int(z >> 48)
}

// noise is value noise, 0..65535, at a point in 1/256 of a lattice step.
func noise(x, y int, seed uint64) int {
	xi, yi := x>>8, y>>8
	fx, fy := smooth(x&255), smooth(y&255)
	a, b := lattice(xi, yi, seed), lattice(xi+1, yi, seed)
	c, d := lattice(xi, yi+1, seed), lattice(xi+1, yi+1, seed)
	top := a + (b-a)*fx>>8
	bot := c + (d-c)*fx>>8
	return top + (bot-top)*fy>>8
}

// fbm sums octaves of noise, each twice as fine and half as strong; 0..65535.
func fbm(x, y, octaves int, seed uint64) int {
	sum, amp, total := 0, 256, 0
	for o := range octaves {
		sum += noise(x, y, seed+uint64(o)*7919) * amp
		total += amp
		x, y, amp = x*2+37, y*2+91, amp/2
	}
	return sum / total
}

// ridged is fbm folded at its middle, which makes crests; 0..65535.
func ridged(x, y, octaves int, seed uint64) int {
	sum, amp, total := 0, 256, 0
	for o := range octaves {
		n := noise(x, y, seed+uint64(o)*7919)
		n = 65535 - abs(2*n-65535)
		sum += n * amp
		total += amp
		x, y, amp = x*2+37, y*2+91, amp*9/20
	}
	return sum / total
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
