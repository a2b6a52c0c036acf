package webp

// quantiser turns coefficients into levels and back: the first one of a block
// and the others.
type quantiser struct {
	dc, ac scale
	rough  int64 // what 1/256 bit is worth in roughness over 256
	lambda int64 // and in squares of coefficients over 256
}

type scale struct{ step, inverse, round int32 }

// newScale takes how far up a remainder is rounded, of 256 for a whole step.
func newScale(step, round int32) scale {
	return scale{step, (1<<17 + step/2) / step, round << 9}
}

// level returns the level of a coefficient and what a decoder makes of it.
func (s *scale) level(v int32) (level, back int32) {
	sign := v >> 31
	level = ((v^sign-sign)*s.inverse + s.round) >> 17
	level = level ^ sign - sign
	return level, level * s.step
}

func newQuantiser(dc, ac scale) quantiser {
	step := int64(ac.step)
	// At an even rate a bit more halves the error, and the error of a step is a
	// twelfth of its square: a bit is worth a ninth of that or so. Either was
	// then tried on photographs and drawings.
	return quantiser{dc: dc, ac: ac, rough: step / 4, lambda: step * step * 3 / 32}
}

// quantise fills in the levels of c from the place first on and what a decoder
// makes of them, and returns the sum of the squared errors.
func (q *quantiser) quantise(c *coeffs, first int, l *levels, back *coeffs) int64 {
	errors, end := int32(0), 0
	if first == 0 {
		level, b := q.dc.level(c[0])
		if level != 0 {
			end = 1
		}
		l.v[0], back[0] = int16(level), b
		errors = (c[0] - b) * (c[0] - b)
	}
	ac := q.ac
	for n := 1; n < 16; n++ {
		k := zigzag[n] & 15
		level, b := ac.level(c[k])
		if level != 0 {
			end = n + 1
		}
		l.v[n], back[k] = int16(level), b
		errors += (c[k] - b) * (c[k] - b)
	}
	l.end = end
	return int64(errors)
}

// tokenCosts say what levels cost.
type tokenCosts [kinds][bandCount][contextCount]struct {
	end, more int32
	level     [68]int32 // with the sign; the last stands for all above 66
}

// update takes the probabilities that the tokens up to now suggest.
func (t *tokenCosts) update(r *recorder) {
	i := 0
	for k := range t {
		for b := range t[k] {
			for c := range t[k][b] {
				var zero, one [nodeCount]int32
				for n := range nodeCount {
					zeros, ones := int64(r.counts[i][0]), int64(r.counts[i][1])
					old := int64(defaultProbs[k][b][c][n])
					p := uint8(min(max((zeros*256+old*32)/(zeros+ones+32), 1), 255))
					zero[n], one[n] = bitCost(0, p), bitCost(1, p)
					i++
				}
				e := &t[k][b][c]
				e.end, e.more = zero[nodeMore], one[nodeMore]
				fillLevels(&e.level, &zero, &one)
			}
		}
	}
}

func fillLevels(level *[68]int32, zero, one *[nodeCount]int32) {
	const sign = 256
	level[0] = zero[nodeNonzero]
	level[1] = one[nodeNonzero] + zero[nodeAbove1] + sign
	large := one[nodeNonzero] + one[nodeAbove1] + sign
	upTo4 := large + zero[nodeAbove4]
	level[2] = upTo4 + zero[nodeAbove2]
	level[3] = upTo4 + one[nodeAbove2] + zero[nodeIs4]
	level[4] = upTo4 + one[nodeAbove2] + one[nodeIs4]
	above4 := large + one[nodeAbove4]
	upTo10, above10 := above4+zero[nodeAbove10], above4+one[nodeAbove10]
	upTo34, above34 := above10+zero[nodeAbove34], above10+one[nodeAbove34]
	for category, base := range [6]int32{
		upTo10 + zero[nodeAbove6], upTo10 + one[nodeAbove6],
		upTo34 + zero[nodeAbove18], upTo34 + one[nodeAbove18],
		above34 + zero[nodeAbove66], above34 + one[nodeAbove66],
	} {
		from := 2<<category + 3
		for v := from; v < min(2*from-3, 68); v++ {
			level[v] = base + extraCosts()[v]
		}
	}
}

// of returns the cost of a block's levels from first on.
func (t *tokenCosts) of(l *levels, kind, context, first int) int32 {
	of := &t[kind]
	e := &of[bands[first]][context]
	if l.end <= first {
		return e.end
	}
	sum := e.more
	for n := first; ; {
		v := int32(l.v[n])
		v = max(v, -v)
		sum += e.level[min(v, 67)]
		n++
		e = &of[bands[n]][min(v, 2)]
		if n >= l.end {
			break
		}
		if v != 0 {
			sum += e.more
		}
	}
	if l.end < 16 {
		sum += e.end
	}
	return sum
}
