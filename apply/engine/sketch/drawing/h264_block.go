package drawing

// The transform of H.264 and its quantiser, clause 8.5, in whole numbers: what
// the decoder will reconstruct is known to the last bit.

// quantiser is how coarse the films are, of 51. At 20 no eye sees a difference
// from what was drawn.
const quantiser = 20

// The quantiser of that step: what coefficients are multiplied with, by their
// place, and what levels are again.
var (
	scaleTo   = [3]int32{10082, 4194, 6554} // for quantiser % 6 == 2
	scaleFrom = [3]int32{13, 20, 16}
)

const (
	coarse  = quantiser / 6
	toShift = 15 + coarse
)

// scaleOf tells which of the three scales a coefficient has.
func scaleOf(i int) int {
	switch x, y := i&1, i>>2&1; {
	case x == 0 && y == 0:
		return 0
	case x == 1 && y == 1:
		return 1
	}
	return 2
}

// zigzag lists the coefficients of a block from low to high.
var zigzag = [16]int{0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15}

// block is 4 by 4 samples or coefficients, row by row.
type block [16]int32

// forward transforms differences.
func (c *block) forward() {
	for pass := range 2 {
		step, line := 1, 4
		if pass == 1 {
			step, line = 4, 1
		}
		for i := range 4 {
			p := i * line
			a, b, d, e := c[p], c[p+step], c[p+2*step], c[p+3*step]
			s0, s1, d0, d1 := a+e, b+d, a-e, b-d
			c[p], c[p+step], c[p+2*step], c[p+3*step] = s0+s1, 2*d0+d1, s0-s1, d0-2*d1
		}
	}
}

// inverse makes differences again, which are 64 times too large until the
// last step.
func (c *block) inverse() {
	for pass := range 2 {
		step, line := 1, 4
		if pass == 1 {
			step, line = 4, 1
		}
		for i := range 4 {
			p := i * line
			a, b, d, e := c[p], c[p+step], c[p+2*step], c[p+3*step]
			s0, s1, d0, d1 := a+d, a-d, b>>1-e, b+e>>1
			c[p], c[p+step], c[p+2*step], c[p+3*step] = s0+d1, s1+d0, s1-d0, s0-d1
		}
	}
	for i := range c {
		c[i] = (c[i] + 32) >> 6
	}
}

// hadamard is the transform of the means of 16 blocks; it is its own inverse.
func (c *block) hadamard() {
	for pass := range 2 {
		step, line := 1, 4
		if pass == 1 {
			step, line = 4, 1
		}
		for i := range 4 {
			p := i * line
			a, b, d, e := c[p], c[p+step], c[p+2*step], c[p+3*step]
			c[p], c[p+step], c[p+2*step], c[p+3*step] = a+b+d+e, a+b-d-e, a-b-d+e, a-b+d-e
		}
	}
}

// level quantises a coefficient; part is the share of a step that rounds up,
// as 1 of so many.
func level(v, scale int32, shift uint, part int64) int32 {
	n := int32((int64(max(v, -v))*int64(scale) + 1<<shift/part) >> shift)
	if v < 0 {
		return -n
	}
	return n
}

// quantise makes levels of coefficients, in their order, from the given one on,
// and leaves in c what the decoder will have of them. It tells whether any is
// left.
func (c *block) quantise(out *[16]int32, from int, part int64) bool {
	some := false
	for k := from; k < 16; k++ {
		i := zigzag[k]
		l := level(c[i], scaleTo[scaleOf(i)], toShift, part)
		out[k] = l
		c[i] = l * scaleFrom[scaleOf(i)] << coarse
		some = some || l != 0
	}
	return some
}

// quantiseMeans does so with the transformed means of a macroblock's luma.
func (c *block) quantiseMeans(out *[16]int32, part int64) {
	c.hadamard()
	for k, i := range zigzag {
		out[k] = level(c[i]/2, scaleTo[0], toShift+1, part)
		c[i] = out[k]
	}
	c.hadamard()
	const half, shift = 1 << (5 - coarse), 6 - coarse
	for i := range c {
		c[i] = (c[i]*16*scaleFrom[0] + half) >> shift
	}
}

// quantiseChroma does so with the four means of a chroma plane. It tells
// whether any is left.
func quantiseChroma(c *[4]int32, out *[4]int32, part int64) bool {
	turn := func(c *[4]int32) {
		c[0], c[1], c[2], c[3] = c[0]+c[1]+c[2]+c[3], c[0]-c[1]+c[2]-c[3], c[0]+c[1]-c[2]-c[3], c[0]-c[1]-c[2]+c[3]
	}
	turn(c)
	some := false
	for i := range c {
		out[i] = level(c[i], scaleTo[0], toShift+1, part)
		c[i] = out[i]
		some = some || out[i] != 0
	}
	turn(c)
	for i := range c {
		c[i] = c[i] * 16 * scaleFrom[0] << coarse >> 5
	}
	return some
}
