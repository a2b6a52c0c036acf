package webp

// encoder is the state of one key frame.
type encoder struct {
	w, h         int // in samples
	across, down int // in macroblocks
	y, u, v      plane
	tries        int // modes of a 4x4 block that are coded to choose among

	index                int // of the quantiser, from 0 for the finest
	filter               int // how much the loop filter smooths the edges of blocks
	luma, second, chroma quantiser
	costs                tokenCosts
	modeCosts            *modeCosts
	rec                  recorder

	macroblocks []macroblock
	above       []neighbour // of the row above, by column
	left        neighbour

	skips bool  // macroblocks without coefficients are marked as such
	share int64 // what the modes of a macroblock may cost on average
	room  int64 // what those of the next one may
}

// macroblock is what the first partition says of one.
type macroblock struct {
	skip         bool // it has no coefficients
	split        bool // each block has a mode of its own
	luma, chroma uint8
	small        [16]uint8 // the modes of the blocks, if split
}

// neighbour is what the macroblocks below and to the right depend on.
type neighbour struct {
	modes  [4]uint8
	luma   [4]uint8 // whether the blocks at that edge have coefficients
	chroma [4]uint8 // two of each component
	second uint8    // whether the latest Y2 block has
}

// candidate is a way to code the luma of a macroblock.
type candidate struct {
	score  int64
	cost   int64 // of the modes
	mode   uint8
	modes  [16]uint8
	second levels
	blocks [16]levels
	out    [16]block
}

// source is a macroblock before it is coded.
type source struct {
	x, y   int // in macroblocks
	luma   [16]block
	shapes [16]shape // of luma
	chroma [8]block  // four of each component
}

// rows codes the frame. The costs follow what has been counted up to each row.
func (e *encoder) rows() {
	var s source
	var whole, split candidate
	for s.y = range e.down {
		e.costs.update(&e.rec)
		e.left = neighbour{}
		for s.x = range e.across {
			e.macroblock(&s, &whole, &split)
		}
		// What lies to the right of the last macroblock is its last sample.
		at := e.y.at(16*e.across, 16*s.y+15)
		for i := range margin {
			e.y.pix[at+i] = e.y.pix[at-1]
		}
	}
}

// macroblock decides on one and replaces its samples by what will be decoded.
func (e *encoder) macroblock(s *source, whole, split *candidate) {
	e.room += e.share
	e.load(s)
	m := &e.macroblocks[s.y*e.across+s.x]
	above := &e.above[s.x]
	e.tryWhole(s, whole)
	best := whole
	if e.trySplit(s, split, whole.score) {
		best, m.split = split, true
	}
	m.luma, m.small = best.mode, best.modes
	for b := range 16 {
		e.y.set(e.y.at(16*s.x+b%4*4, 16*s.y+b/4*4), &best.out[b])
	}
	e.room -= best.cost
	var c [8]levels
	m.chroma = e.codeChroma(s, &c)
	e.room -= int64(e.modeCosts.chroma[m.chroma])
	for i := range 4 {
		above.modes[i], e.left.modes[i] = m.mode(12+i), m.mode(4*i+3)
	}
	e.record(m, best, &c, above)
}

// load reads the samples.
func (e *encoder) load(s *source) {
	for b := range 16 {
		e.y.block(e.y.at(16*s.x+b%4*4, 16*s.y+b/4*4), &s.luma[b])
		s.shapes[b].of(&s.luma[b])
	}
	for b := range 4 {
		e.u.block(e.u.at(8*s.x+b%2*4, 8*s.y+b/2*4), &s.chroma[b])
		e.v.block(e.v.at(8*s.x+b%2*4, 8*s.y+b/2*4), &s.chroma[4+b])
	}
}

// record notes down the coefficients of a macroblock, in the decoder's order.
func (e *encoder) record(m *macroblock, c *candidate, chroma *[8]levels, above *neighbour) {
	left := &e.left
	first, kind := 1, kindY1AfterY2
	if m.split {
		first, kind = 0, kindY1
	}
	if m.skip = e.skips && nothing(m, c, chroma, first); m.skip {
		above.luma, above.chroma, left.luma, left.chroma = [4]uint8{}, [4]uint8{}, [4]uint8{}, [4]uint8{}
		if !m.split {
			above.second, left.second = 0, 0
		}
		return
	}
	if !m.split {
		e.put(&c.second, kindY2, 0, &above.second, &left.second)
	}
	for i := range c.blocks {
		e.put(&c.blocks[i], kind, first, &above.luma[i%4], &left.luma[i/4])
	}
	for i := range chroma {
		e.put(&chroma[i], kindChroma, 0, &above.chroma[i/4*2+i%2], &left.chroma[i/4*2+i%4/2])
	}
}

func nothing(m *macroblock, c *candidate, chroma *[8]levels, first int) bool {
	if !m.split && c.second.end > 0 {
		return false
	}
	for i := range c.blocks {
		if c.blocks[i].end > first {
			return false
		}
	}
	for i := range chroma {
		if chroma[i].end > 0 {
			return false
		}
	}
	return true
}

func (e *encoder) put(l *levels, kind, first int, above, left *uint8) {
	e.rec.block(l, kind, int(*above+*left))
	*above = nonzero(l, first)
	*left = *above
}

func nonzero(l *levels, first int) uint8 {
	if l.end > first {
		return 1
	}
	return 0
}
