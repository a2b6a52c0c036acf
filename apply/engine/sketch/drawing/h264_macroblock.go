package drawing

// A macroblock that is neither copied nor skipped is predicted, from the frame
// before or from what lies around it, and its difference from that is
// transformed, quantised and coded.

// coded is one macroblock on its way to the stream.
type coded struct {
	pred   [mbSize * mbSize]byte
	chroma [2][64]byte // the prediction of both planes

	means   [16]int32     // of luma, if it is predicted from around
	luma    [16][16]int32 // levels, by block in the order of the stream
	planes  [2][4]int32   // means of chroma
	details [2][4][16]int32
	pattern int // which of luma's quarters and of chroma have levels
}

// Shares of a step that round up, as 1 of so many: less where the difference
// from the frame before is coded, which is often noise.
const (
	intraPart = 3
	interPart = 6
)

// Modes of prediction from around.
const (
	fromAbove = 0
	fromLeft  = 1
	fromMean  = 2
)

// blockAt is where a block of luma lies in its macroblock, in blocks.
func blockAt(i int) (x, y int) { return i&1 | i>>1&2, i>>1&1 | i>>2&2 }

// transform codes the difference of a macroblock from its prediction, and puts
// what the decoder will show into the reconstruction.
func (e *encoder) transform(c *coded, f *frame, mb int, intra bool) {
	part := int64(interPart)
	if intra {
		part = intraPart
	}
	x, y := mb%e.mbw*mbSize, mb/e.mbw*mbSize
	var blocks [16]block
	var means block
	for i := range blocks {
		bx, by := blockAt(i)
		difference(&blocks[i], f.y[(y+4*by)*f.w+x+4*bx:], f.w, c.pred[4*by*mbSize+4*bx:], mbSize)
		blocks[i].forward()
		means[4*by+bx] = blocks[i][0]
	}
	first := 0
	if intra {
		first = 1
		means.quantiseMeans(&c.means, part)
	}
	c.pattern = 0
	for i := range blocks {
		if blocks[i].quantise(&c.luma[i], first, part) {
			c.pattern |= 1 << (i / 4)
		}
		bx, by := blockAt(i)
		if intra {
			blocks[i][0] = means[4*by+bx]
		}
		blocks[i].inverse()
		add(e.now.y[(y+4*by)*f.w+x+4*bx:], f.w, c.pred[4*by*mbSize+4*bx:], mbSize, &blocks[i])
	}
	if intra && c.pattern != 0 {
		c.pattern = 15
	}
	chroma := 0
	for p, planes := range [2][2][]byte{{f.cb, e.now.cb}, {f.cr, e.now.cr}} {
		chroma = max(chroma, c.transformChroma(p, planes[0][y/2*(f.w/2)+x/2:], planes[1][y/2*(f.w/2)+x/2:], f.w/2, part))
	}
	c.pattern |= chroma << 4
}

// transformChroma returns 0 if nothing is left of a plane, 1 for its means, 2
// for more.
func (c *coded) transformChroma(p int, src, dst []byte, stride int, part int64) (left int) {
	var blocks [4]block
	var means [4]int32
	for i := range blocks {
		at, from := i>>1*4*stride+i&1*4, i>>1*32+i&1*4
		difference(&blocks[i], src[at:], stride, c.chroma[p][from:], 8)
		blocks[i].forward()
		means[i] = blocks[i][0]
	}
	if quantiseChroma(&means, &c.planes[p], part) {
		left = 1
	}
	for i := range blocks {
		if blocks[i].quantise(&c.details[p][i], 1, part) {
			left = 2
		}
		blocks[i][0] = means[i]
		blocks[i].inverse()
		at, from := i>>1*4*stride+i&1*4, i>>1*32+i&1*4
		add(dst[at:], stride, c.chroma[p][from:], 8, &blocks[i])
	}
	return left
}

func difference(out *block, src []byte, stride int, pred []byte, width int) {
	for r := range 4 {
		for x := range 4 {
			out[4*r+x] = int32(src[r*stride+x]) - int32(pred[r*width+x])
		}
	}
}

func add(dst []byte, stride int, pred []byte, width int, d *block) {
	for r := range 4 {
		for x := range 4 {
			dst[r*stride+x] = uint8(min(max(int32(pred[r*width+x])+d[4*r+x], 0), 255))
		}
	}
}

// around predicts from the samples left of and above a macroblock, in the mode
// that comes nearest, and returns it with its distance. Chroma follows luma.
func (e *encoder) around(c *coded, f *frame, mb int) (mode, apart int) {
	x, y := mb%e.mbw*mbSize, mb/e.mbw*mbSize
	apart = 1 << 30
	var try [mbSize * mbSize]byte
	for m := range 3 {
		if !predictFrom(m, try[:], mbSize, e.now.y, f.w, x, y) {
			continue
		}
		if d := farness(f.y[y*f.w+x:], f.w, try[:], mbSize); d < apart {
			mode, apart, c.pred = m, d, try
		}
	}
	for p, plane := range [2][]byte{e.now.cb, e.now.cr} {
		if mode == fromMean {
			for i := range 4 {
				predictMean(c.chroma[p][i>>1*32+i&1*4:], 8, plane, f.w/2, x/2+i&1*4, y/2+i>>1*4, i&1, i>>1)
			}
			continue
		}
		predictFrom(mode, c.chroma[p][:], 8, plane, f.w/2, x/2, y/2)
	}
	return mode, apart
}

// predictFrom fills a square of that side; it cannot where the frame has
// nothing there.
func predictFrom(mode int, out []byte, side int, src []byte, stride, x, y int) bool {
	if mode == fromAbove && y == 0 || mode == fromLeft && x == 0 {
		return false
	}
	for r := range side {
		row := out[r*side:][:side]
		switch mode {
		case fromAbove:
			copy(row, src[(y-1)*stride+x:])
		case fromLeft:
			for i := range row {
				row[i] = src[(y+r)*stride+x-1]
			}
		}
	}
	if mode == fromMean {
		fill(out, side, side, mean(src, stride, x, y, side, x > 0, y > 0))
	}
	return true
}

// predictMean fills a block of 4 by 4 of chroma, which lies at (bx, by) of four,
// as clause 8.3.4 wants it: those beside the diagonal take one side alone.
func predictMean(out []byte, width int, src []byte, stride, x, y, bx, by int) {
	left, above := x-4*bx > 0, y-4*by > 0
	switch {
	case bx == 1 && by == 0 && above:
		left = false
	case bx == 0 && by == 1 && left:
		above = false
	}
	sum, n := 0, 0
	for i := range 4 {
		if left {
			sum, n = sum+int(src[(y+i)*stride+x-4*bx-1]), n+1
		}
		if above {
			sum, n = sum+int(src[(y-4*by-1)*stride+x+i]), n+1
		}
	}
	v := uint8(128)
	if n > 0 {
		v = uint8((sum + n/2) / n)
	}
	fill(out, width, 4, v)
}

func mean(src []byte, stride, x, y, side int, left, above bool) uint8 {
	sum, n := 0, 0
	for i := range side {
		if left {
			sum, n = sum+int(src[(y+i)*stride+x-1]), n+1
		}
		if above {
			sum, n = sum+int(src[(y-1)*stride+x+i]), n+1
		}
	}
	if n == 0 {
		return 128
	}
	return uint8((sum + n/2) / n)
}

func fill(out []byte, width, side int, v uint8) {
	for r := range side {
		row := out[r*width:][:side]
		for i := range row {
			row[i] = v
		}
	}
}

// before predicts from the frame before at a displacement.
func (e *encoder) before(c *coded, mb int, m motion) {
	x, y := mb%e.mbw*mbSize+m.x, mb/e.mbw*mbSize+m.y
	w := e.shown.w
	for r := range mbSize {
		copy(c.pred[r*mbSize:][:mbSize], e.shown.y[(y+r)*w+x:])
	}
	for p, plane := range [2][]byte{e.shown.cb, e.shown.cr} {
		for r := range mbSize / 2 {
			copy(c.chroma[p][r*8:][:8], plane[(y/2+r)*(w/2)+x/2:])
		}
	}
}

// farness is the sum of the differences of luma.
func farness(src []byte, stride int, pred []byte, width int) (sum int) {
	for r := range mbSize {
		a, b := src[r*stride:][:mbSize], pred[r*width:][:mbSize]
		for i, v := range a {
			sum += abs(int(v) - int(b[i]))
		}
	}
	return sum
}

// put writes the levels of a macroblock, and notes how many each block has.
func (e *encoder) put(c *coded, mb int, intra bool) {
	w := 4 * e.mbw
	x, y := mb%e.mbw*4, mb/e.mbw*4
	first := 0
	if intra {
		first = 1
		e.bw.residual(c.means[:], e.near(e.counts[0], w, x, y))
	}
	for i := range c.luma {
		bx, by := blockAt(i)
		at := (y+by)*w + x + bx
		e.counts[0][at] = 0
		if c.pattern>>(i/4)&1 == 1 {
			e.counts[0][at] = uint8(e.bw.residual(c.luma[i][first:], e.near(e.counts[0], w, x+bx, y+by)))
		}
	}
	chroma := c.pattern >> 4
	for p := range c.planes {
		if chroma > 0 {
			e.bw.residual(c.planes[p][:], -1)
		}
	}
	w, x, y = w/2, x/2, y/2
	for p := range c.details {
		for i := range 4 {
			at := (y+i>>1)*w + x + i&1
			e.counts[1+p][at] = 0
			if chroma == 2 {
				e.counts[1+p][at] = uint8(e.bw.residual(c.details[p][i][1:], e.near(e.counts[1+p], w, x+i&1, y+i>>1)))
			}
		}
	}
}

// near is how many levels the blocks left of and above one have.
func (e *encoder) near(counts []uint8, w, x, y int) int {
	switch {
	case x > 0 && y > 0:
		return int(counts[y*w+x-1]+counts[(y-1)*w+x]+1) >> 1
	case x > 0:
		return int(counts[y*w+x-1])
	case y > 0:
		return int(counts[(y-1)*w+x])
	}
	return 0
}

// nothing notes that a macroblock has no levels.
func (e *encoder) nothing(mb int) {
	x, y := mb%e.mbw, mb/e.mbw
	for p, side := range []int{4, 2, 2} {
		fill(e.counts[p][side*(y*side*e.mbw+x):], side*e.mbw, side, 0)
	}
}
