package webp

// The ways to predict samples from those above and to the left. Luma as a
// whole and chroma have the first four.
const (
	modeDC = iota
	modeTM // true motion: the gradients of both edges added up
	modeVE
	modeHE
	modeRD
	modeVR
	modeLD
	modeVL
	modeHD
	modeHU
	modes4
	modes16 = modeRD
)

// edge is what a block of 4x4 is predicted from, along its border: L3 to L0 of
// the left column upwards, the corner, A0 to A7 of the row above to the right.
type edge [13]uint8

const corner = 4

// taps are the smoothed samples of an edge. The eight directed modes of section
// 12.3 each are a picture of these, whose pattern stands in directed.
type taps [32]uint8

const (
	pairs = 13 // where the averages of two samples begin in taps
	lastL = 25 // the lowest sample of the left column as it is
)

func (e *edge) taps(t *taps) {
	before := uint32(e[0])
	for i := range 12 {
		at, next := uint32(e[i]), uint32(e[i+1])
		t[i] = uint8((before + 2*at + next + 2) >> 2)
		t[pairs+i] = uint8((at + next + 1) >> 1)
		before = at
	}
	t[12] = uint8((before + 3*uint32(e[12]) + 2) >> 2)
	t[lastL] = e[0]
}

// directed are the patterns from modeVE on: 0 to 12 the average of three
// samples round that of the edge, pairs+i the average of samples i and i+1.
var directed = [modes4 - modeVE]block{
	{5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8},                                                           // VE
	{3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0},                                                           // HE
	{4, 5, 6, 7, 3, 4, 5, 6, 2, 3, 4, 5, 1, 2, 3, 4},                                                           // RD
	{pairs + 4, pairs + 5, pairs + 6, pairs + 7, 4, 5, 6, 7, 3, pairs + 4, pairs + 5, pairs + 6, 2, 4, 5, 6},   // VR
	{6, 7, 8, 9, 7, 8, 9, 10, 8, 9, 10, 11, 9, 10, 11, 12},                                                     // LD
	{pairs + 5, pairs + 6, pairs + 7, pairs + 8, 6, 7, 8, 9, pairs + 6, pairs + 7, pairs + 8, 10, 7, 8, 9, 11}, // VL
	{pairs + 3, 4, 5, 6, pairs + 2, 3, pairs + 3, 4, pairs + 1, 2, pairs + 2, 3, pairs, 1, pairs + 1, 2},       // HD
	{pairs + 2, 2, pairs + 1, 1, pairs + 1, 1, pairs, 0, pairs, 0, lastL, lastL, lastL, lastL, lastL, lastL},   // HU
}

// predict4 makes the prediction of a block of 4x4.
func predict4(mode int, e *edge, t *taps, out *block) {
	switch mode {
	case modeDC:
		sum := uint32(4)
		for i := range 4 {
			sum += uint32(e[i]) + uint32(e[corner+1+i])
		}
		for i := range out {
			out[i] = uint8(sum >> 3)
		}
	case modeTM:
		for y := range 4 {
			d := int32(e[corner-1-y]) - int32(e[corner])
			for x := range 4 {
				out[4*y+x] = clip(int32(e[corner+1+x]) + d)
			}
		}
	default:
		for i, k := range &directed[mode-modeVE] {
			out[i] = t[k&31]
		}
	}
}

// border is what 16x16 luma samples, or 8x8 chroma samples with n = 2 blocks a
// side, are predicted from.
type border struct {
	n           int
	above, left [16]int32
	corner, dc  int32
}

// read takes the border of the samples at x,y. The mean leaves out an edge
// that lies outside of the picture.
func (b *border) read(p *plane, x, y, n int) {
	b.n = n
	at := p.at(x, y)
	b.corner = int32(p.pix[at-p.stride-1])
	above, left := int32(0), int32(0)
	for i := range 4 * n {
		b.above[i] = int32(p.pix[at-p.stride+i])
		b.left[i] = int32(p.pix[at+i*p.stride-1])
		above += b.above[i]
		left += b.left[i]
	}
	size := int32(4 * n)
	switch {
	case x > 0 && y > 0:
		b.dc = (above + left + size) / (2 * size)
	case y > 0:
		b.dc = (above + size/2) / size
	case x > 0:
		b.dc = (left + size/2) / size
	default:
		b.dc = 128
	}
}

// predict makes the prediction of the block in column bx and row by.
func (b *border) predict(mode, bx, by int, out *block) {
	above, left := b.above[4*bx:][:4], b.left[4*by:][:4]
	for y := range 4 {
		for x := range 4 {
			v := b.dc
			switch mode {
			case modeVE:
				v = above[x]
			case modeHE:
				v = left[y]
			case modeTM:
				v = left[y] + above[x] - b.corner
			}
			out[4*y+x] = clip(v)
		}
	}
}
