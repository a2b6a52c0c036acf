package webp

import "math"

// tryWhole codes the luma with the one mode that leaves the smoothest
// difference.
func (e *encoder) tryWhole(s *source, c *candidate) {
	var b border
	b.read(&e.y, 16*s.x, 16*s.y, 4)
	rough := b.roughness(s.shapes[:])
	room := e.room - int64(e.modeCosts.chroma[modeDC])
	c.mode = smoothest(&rough, &e.modeCosts.luma, e.luma.rough, room)
	c.cost = int64(e.modeCosts.luma[c.mode])
	e.codeWhole(s, c, &b)
}

// smoothest returns the mode with the best of roughness and cost. What does not
// fit into the room for modes is left out; the mean, the cheapest, always fits.
func smoothest(rough, costs *[modes16]int32, worth, room int64) uint8 {
	best, least := modeDC, int64(math.MaxInt64)
	for m, r := range rough {
		score := int64(r)<<8 + worth*int64(costs[m])
		if score < least && (m == modeDC || int64(costs[m]) <= room) {
			best, least = m, score
		}
	}
	return uint8(best)
}

// codeWhole codes the luma with the mode of c. The first coefficients of its
// blocks are transformed once more and make a block of their own.
func (e *encoder) codeWhole(s *source, c *candidate, b *border) {
	var dc, dcs, back coeffs
	var co [16]coeffs
	var pred [16]block
	for i := range 16 {
		b.predict(int(c.mode), i%4, i/4, &pred[i])
		forward(&s.luma[i], &pred[i], &co[i])
		dc[i] = co[i][0]
	}
	forwardDC(&dc, &dcs)
	e.second.quantise(&dcs, 0, &c.second, &back)
	inverseDCs(&back, &dcs)
	above, left := e.above[s.x], e.left
	rate := e.costs.of(&c.second, kindY2, int(above.second+left.second), 0)
	var distortion int64
	for i := range 16 {
		l := &c.blocks[i]
		distortion += e.luma.quantise(&co[i], 1, l, &back)
		distortion += int64(dc[i]-dcs[i]) * int64(dc[i]-dcs[i])
		back[0] = dcs[i]
		up, side := &above.luma[i%4], &left.luma[i/4]
		rate += e.costs.of(l, kindY1AfterY2, int(*up+*side), 1)
		*up = nonzero(l, 1)
		*side = *up
		reconstruct(l, &back, &pred[i], &c.out[i])
	}
	c.score = distortion<<8 + e.luma.lambda*(int64(rate)+c.cost)
}

// reconstruct does what the decoder will do.
func reconstruct(l *levels, back *coeffs, pred, out *block) {
	switch {
	case l.end > 1:
		inverse(back, pred, out)
	case back[0] != 0:
		inverseDC(back[0], pred, out)
	default:
		*out = *pred
	}
}

// codeChroma chooses the mode of both components, codes them and replaces their
// samples.
func (e *encoder) codeChroma(s *source, l *[8]levels) uint8 {
	planes := [2]*plane{&e.u, &e.v}
	var b [2]border
	var rough [modes16]int32
	for k, p := range planes {
		b[k].read(p, 8*s.x, 8*s.y, 2)
		var shapes [4]shape
		for i := range shapes {
			shapes[i].of(&s.chroma[4*k+i])
		}
		for m, r := range b[k].roughness(shapes[:]) {
			rough[m] += r
		}
	}
	mode := smoothest(&rough, &e.modeCosts.chroma, e.chroma.rough, e.room)
	for i := range 8 {
		k, x, y := i/4, i%2, i%4/2
		var pred, out block
		var c, back coeffs
		b[k].predict(int(mode), x, y, &pred)
		forward(&s.chroma[i], &pred, &c)
		e.chroma.quantise(&c, 0, &l[i], &back)
		reconstruct(&l[i], &back, &pred, &out)
		planes[k].set(planes[k].at(8*s.x+4*x, 8*s.y+4*y), &out)
	}
	return mode
}
