package cutout

import "fmt"

// rgb is a colour of three channels as they are coded, 0 to 255. Grounds are
// flat in these numbers, and noise and soft edges are even in them, which they
// would not be in light or in a space that spreads the dark.
type rgb [3]int

// unit is the whole of a share: alpha, and how much of the ground's hue there is.
const unit = 4096

func hex(c rgb) string { return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]) }

// The weights of the channels in distances, nine together.
const weightR, weightG, weightB = 2, 4, 3

// square is nine times the square of the distance of two colours.
func square(a, b rgb) int {
	r, g, bl := a[0]-b[0], a[1]-b[1], a[2]-b[2]
	return weightR*r*r + weightG*g*g + weightB*bl*bl
}

// dot is nine times the product of two differences of colours.
func dot(a, b rgb) int { return weightR*a[0]*b[0] + weightG*a[1]*b[1] + weightB*a[2]*b[2] }

// light is eight times a colour's brightness.
func (c rgb) light() int { return 2*c[0] + 5*c[1] + c[2] }

func (c rgb) minus(d rgb) rgb { return rgb{c[0] - d[0], c[1] - d[1], c[2] - d[2]} }

// roots turns squares into distances of 0 to 255, where 255 is from black to
// white. Only of equal colours the distance is 0.
type roots [9*255*255>>4 + 2]uint8

func newRoots() *roots {
	t := new(roots)
	d := 0
	for i := range t {
		for (2*d+1)*(2*d+1)*9 < 4*16*i && d < 255 { // rounds to the nearest
			d++
		}
		t[i] = uint8(d)
	}
	return t
}

func (t *roots) of(square int) uint8 { return t[(square+15)>>4] }

// chroma is a colour's place in the plane without grey: u and v are at a right
// angle when v counts for the root of three.
func (c rgb) chroma() (u, v int) { return 2*c[0] - c[1] - c[2], c[1] - c[2] }

// full is the square of the chroma of red, green or blue at their purest.
const full = 4 * 255 * 255

// saturation is the square of a colour's chroma, at most full.
func (c rgb) saturation() int {
	u, v := c.chroma()
	return u*u + 3*v*v
}

// hue is how much of the ground's hue a colour has, in units; ground has
// all of it. It is 0 for what is grey and for hues that are 60 degrees away, and
// less for what is further: for a green ground it is what green has over the
// larger of red and blue, and so it goes for grounds of any hue.
func hue(c, ground rgb) int {
	u, v := c.chroma()
	ku, kv := ground.chroma()
	n := int64(u*ku + 3*v*kv - abs(u*kv-v*ku))
	return int(n * unit / int64(max(ku*ku+3*kv*kv, 1)))
}

// least is about the least alpha with which some colour over the ground gives
// c. It is less where the ground has almost all or nothing of a channel already:
// there, noise alone would need an opaque colour.
func least(c, ground rgb) int {
	a := 0
	for i := range c {
		if d := c[i] - ground[i]; d > 0 {
			a = max(a, d*unit/max(255-ground[i], 80))
		} else {
			a = max(a, -d*unit/max(ground[i], 80))
		}
	}
	return a
}

// unmixed is the colour that gives c over the ground with that alpha.
func unmixed(c, ground rgb, alpha int) rgb {
	for i := range c {
		d := (c[i] - ground[i]) * unit
		if d < 0 {
			d -= alpha / 2
		} else {
			d += alpha / 2
		}
		c[i] = clamp(ground[i]+d/max(alpha, 1), 0, 255)
	}
	return c
}

// mixed goes from a to b as share goes from 0 to unit.
func mixed(a, b rgb, share int) rgb {
	for i := range a {
		a[i] = (a[i]*(unit-share) + b[i]*share + unit/2) / unit
	}
	return a
}

func clamp(n, lo, hi int) int { return min(max(n, lo), hi) }

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// root is the whole part of a square root.
func root(n int) int {
	x := n
	for y := (x + 1) / 2; y < x; y = (x + n/x) / 2 {
		x = y
	}
	return x
}
