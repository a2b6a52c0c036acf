package webp

import "math"

// trySplit codes the luma with a mode for each block, and says whether that is
// possible and better than the score to beat. The plane is changed either way.
func (e *encoder) trySplit(s *source, c *candidate, beat int64) bool {
	above, left := e.above[s.x], e.left
	c.cost = int64(e.modeCosts.split)
	c.score = e.luma.lambda * c.cost
	room := e.room - int64(e.modeCosts.chroma[modeDC])
	for i := range 16 {
		x, y := 16*s.x+i%4*4, 16*s.y+i/4*4
		upMode, sideMode := &above.modes[i%4], &left.modes[i/4]
		up, side := &above.luma[i%4], &left.luma[i/4]
		t := trial{src: &s.luma[i], shape: &s.shapes[i], modeCosts: &e.modeCosts.small[*upMode][*sideMode], context: int(*up + *side)}
		e.edge(&t.edge, x, y, i, 16*s.y)
		e.tryModes(&t, &c.blocks[i], &c.out[i])
		c.score += t.score
		c.cost += int64(t.modeCosts[t.mode])
		if c.score >= beat || c.cost > room {
			return false
		}
		c.modes[i], *upMode, *sideMode = t.mode, t.mode, t.mode
		*up = nonzero(&c.blocks[i], 0)
		*side = *up
		e.y.set(e.y.at(x, y), &c.out[i])
	}
	return true
}

// edge reads what the block i of a macroblock is predicted from. Right of the
// macroblock the samples of the row above it stand in for all its rows.
func (e *encoder) edge(ed *edge, x, y, i, top int) {
	p := &e.y
	at := p.at(x, y)
	for k := range 4 {
		ed[corner-1-k] = p.pix[at+k*p.stride-1]
	}
	copy(ed[corner:], p.pix[at-p.stride-1:][:9])
	if i%4 == 3 {
		copy(ed[corner+5:], p.pix[p.at(x+4, top-1):][:4])
	}
}

// trial is the search for the mode of one 4x4 block.
type trial struct {
	src       *block
	shape     *shape
	edge      edge
	taps      taps
	modeCosts *[modes4]int32
	context   int
	mode      uint8
	score     int64
}

// tryModes codes the modes that leave the smoothest differences, to choose
// among them: into l and out.
func (e *encoder) tryModes(t *trial, l *levels, out *block) {
	scores := e.rate(t)
	t.score = math.MaxInt64
	limit := int64(math.MaxInt64)
	for range e.tries {
		m := 0
		for k, score := range scores {
			if score < scores[m] {
				m = k
			}
		}
		if scores[m] >= limit {
			break
		}
		limit = min(limit, worthTrying(scores[m]))
		scores[m] = math.MaxInt64
		var pred block
		var c, back coeffs
		var try levels
		predict4(m, &t.edge, &t.taps, &pred)
		forward(t.src, &pred, &c)
		score := e.luma.quantise(&c, 0, &try, &back)<<8 +
			e.luma.lambda*int64(t.modeCosts[m]+e.costs.of(&try, kindY1, t.context, 0))
		if score < t.score {
			t.score, t.mode, *l = score, uint8(m), try
			reconstruct(&try, &back, &pred, out)
		}
	}
}

// worthTrying says which score another mode must stay below, given the best.
func worthTrying(best int64) int64 { return best + best/4 + 1 }

// rate returns for each mode how rough a difference it leaves and what it
// costs. A mode that costs too much to be tried is not looked at.
func (e *encoder) rate(t *trial) (scores [modes4]int64) {
	t.edge.taps(&t.taps)
	rough := t.edge.roughness(t.shape, &t.taps)
	best := int64(math.MaxInt64)
	for m := range modes4 {
		score := e.luma.rough * int64(t.modeCosts[m])
		switch {
		case m < modes16:
			score += int64(rough[m]) << 8
		case score < worthTrying(best):
			var pred block
			predict4(m, &t.edge, &t.taps, &pred)
			score += int64(roughness(t.src, &pred)) << 8
		}
		scores[m] = score
		best = min(best, score)
	}
	return scores
}
