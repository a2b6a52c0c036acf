package webp

// shape is the Hadamard transform of a block, with the sums that make the
// roughness of a difference cheap for the simple modes: what those predict has
// coefficients in the first row and the first column alone.
type shape struct {
	row, column [4]int32 // both begin with the mean
	rest        int32    // the sum of the others
	edges       [2]int32 // the sums of row and column without the mean
}

func (s *shape) of(b *block) {
	var in, t coeffs
	for i, v := range b {
		in[i] = int32(v)
	}
	hadamard(&in, &t)
	sum := int32(0)
	for _, v := range t {
		sum += max(v, -v)
	}
	for i := range 4 {
		s.row[i], s.column[i] = t[i], t[4*i]
	}
	s.edges = [2]int32{distance(&s.row, &[4]int32{s.row[0]}), distance(&s.column, &[4]int32{s.column[0]})}
	s.rest = sum - s.edges[0] - s.edges[1] - max(t[0], -t[0])
}

func distance(a, b *[4]int32) int32 {
	sum := int32(0)
	for i := range a {
		d := a[i] - b[i]
		sum += max(d, -d)
	}
	return sum
}

// wave transforms four samples that are repeated over a block.
func wave(v []int32) [4]int32 {
	a, b, c, d := v[0]+v[3], v[1]+v[2], v[1]-v[2], v[0]-v[3]
	return [4]int32{4 * (a + b), 4 * (c + d), 4 * (a - b), 4 * (d - c)}
}

// roughness returns the sums of the Hadamard coefficients of the difference that
// each mode leaves. For true motion it leaves out that samples are clipped.
func (b *border) roughness(shapes []shape) (r [modes16]int32) {
	var above, left [4][4]int32
	for i := range b.n {
		above[i] = wave(b.above[4*i:])
		left[i] = wave(b.left[4*i:])
	}
	for i := range shapes {
		s := &shapes[i]
		a, l := &above[i%b.n], &left[i/b.n]
		r[modeDC] += s.flat(b.dc)
		r[modeVE] += s.vertical(a)
		r[modeHE] += s.horizontal(l)
		r[modeTM] += s.gradient(a, l, b.corner)
	}
	return r
}

// roughness is the same for the four simple modes of a 4x4 block.
func (e *edge) roughness(s *shape, t *taps) (r [modes16]int32) {
	above := wave([]int32{int32(e[5]), int32(e[6]), int32(e[7]), int32(e[8])})
	left := wave([]int32{int32(e[3]), int32(e[2]), int32(e[1]), int32(e[0])})
	r[modeDC] = s.flat((above[0]/4 + left[0]/4 + 4) >> 3)
	r[modeTM] = s.gradient(&above, &left, int32(e[corner]))
	above = wave([]int32{int32(t[5]), int32(t[6]), int32(t[7]), int32(t[8])})
	left = wave([]int32{int32(t[3]), int32(t[2]), int32(t[1]), int32(t[0])})
	r[modeVE] = s.vertical(&above)
	r[modeHE] = s.horizontal(&left)
	return r
}

func (s *shape) flat(mean int32) int32 {
	d := s.row[0] - 16*mean
	return s.rest + s.edges[0] + s.edges[1] + max(d, -d)
}

func (s *shape) vertical(above *[4]int32) int32 {
	return s.rest + s.edges[1] + distance(&s.row, above)
}

func (s *shape) horizontal(left *[4]int32) int32 {
	return s.rest + s.edges[0] + distance(&s.column, left)
}

func (s *shape) gradient(above, left *[4]int32, corner int32) int32 {
	d := s.row[0] - above[0] - left[0] + 16*corner
	sum := s.rest + max(d, -d)
	for i := 1; i < 4; i++ {
		x, y := s.row[i]-above[i], s.column[i]-left[i]
		sum += max(x, -x) + max(y, -y)
	}
	return sum
}
