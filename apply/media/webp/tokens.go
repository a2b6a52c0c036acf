package webp

// The kinds of blocks that have token probabilities of their own.
const (
	kindY1AfterY2 = iota // luma without its first coefficients
	kindY2               // the first coefficients of 16 luma blocks
	kindChroma
	kindY1
	kinds
)

const (
	bandCount    = 8
	contextCount = 3
	nodeCount    = 11
)

type (
	nodeProbs  [nodeCount]uint8
	tokenProbs [kinds][bandCount][contextCount]nodeProbs
)

// The nodes of the tree of tokens (section 13.2), by what a 1 says. The nodes
// not named here part the values above 4.
const (
	nodeMore    = 0 // there are further coefficients; not asked after a zero
	nodeNonzero = 1
	nodeAbove1  = 2
	nodeAbove4  = 3
	nodeAbove2  = 4
	nodeIs4     = 5
	nodeAbove10 = 6
	nodeAbove6  = 7
	nodeAbove34 = 8
	nodeAbove18 = 9
	nodeAbove66 = 10
)

// levels are the quantised coefficients of a block in scan order; end is where
// the zeros at its end begin. None exceeds 2041, the sum of 256 samples over
// the finest step; the format can express 2114.
type levels struct {
	v   [16]int16
	end int
}

// A token is a bit together with how it is coded: the number of its node in a
// tokenProbs, or fixedProb and the probability itself. The lowest bit is the
// bit.
type token uint16

const fixedProb = 1 << 15

// recorder keeps the levels of a frame until the probabilities that suit their
// tokens are known, and counts the zeros and ones of each node. The tokens would
// take many times the memory that the levels do.
type recorder struct {
	tokens []token // of the latest block
	held   heldLevels
	counts [kinds * bandCount * contextCount * nodeCount][2]uint32
	sure   int64 // what the tokens cost whose probability is fixed, in 1/256 bit
}

func nodeAt(kind, band, context int) int {
	return ((kind*bandCount+band)*contextCount + context) * nodeCount
}

func (r *recorder) bit(node, bit int) {
	r.tokens = append(r.tokens, token(node<<1|bit))
	r.counts[node][bit]++
}

func (r *recorder) fixed(prob uint8, bit int) {
	r.tokens = append(r.tokens, token(fixedProb|int(prob)<<1|bit))
	r.sure += int64(bitCost(bit, prob))
}

// block records a block. The context says how many of the blocks above and to
// the left have coefficients.
func (r *recorder) block(l *levels, kind, context int) {
	r.held.add(l, kind, context)
	r.tokenise(l, kind, context)
}

// tokenise makes tokens of a block.
func (r *recorder) tokenise(l *levels, kind, context int) {
	r.tokens = r.tokens[:0]
	first := firstOf(kind)
	at := nodeAt(kind, int(bands[first]), context)
	asked := true
	for n := first; n < 16; n++ {
		if asked {
			if n >= l.end {
				r.bit(at+nodeMore, 0)
				return
			}
			r.bit(at+nodeMore, 1)
		}
		v := int(l.v[n])
		sign := 0
		if v < 0 {
			v, sign = -v, 1
		}
		next := nodeAt(kind, int(bands[n+1]), min(v, 2))
		if asked = v != 0; !asked {
			r.bit(at+nodeNonzero, 0)
			at = next
			continue
		}
		r.bit(at+nodeNonzero, 1)
		if v == 1 {
			r.bit(at+nodeAbove1, 0)
		} else {
			r.bit(at+nodeAbove1, 1)
			r.large(at, v)
		}
		r.fixed(128, sign)
		at = next
	}
}

// large records a value above 1.
func (r *recorder) large(at, v int) {
	if v <= 4 {
		r.bit(at+nodeAbove4, 0)
		r.choice(at+nodeAbove2, v > 2)
		if v > 2 {
			r.choice(at+nodeIs4, v == 4)
		}
		return
	}
	r.bit(at+nodeAbove4, 1)
	r.choice(at+nodeAbove10, v > 10)
	category := 0
	switch {
	case v <= 10:
		r.choice(at+nodeAbove6, v > 6)
		if v > 6 {
			category = 1
		}
	case v <= 34:
		r.bit(at+nodeAbove34, 0)
		r.choice(at+nodeAbove18, v > 18)
		category = 2
		if v > 18 {
			category = 3
		}
	default:
		r.bit(at+nodeAbove34, 1)
		r.choice(at+nodeAbove66, v > 66)
		category = 4
		if v > 66 {
			category = 5
		}
	}
	probs := extraBits[category]
	extra := v - (2<<category + 3)
	for i, p := range probs {
		r.fixed(p, extra>>(len(probs)-1-i)&1)
	}
}

func (r *recorder) choice(node int, is bool) {
	if is {
		r.bit(node, 1)
	} else {
		r.bit(node, 0)
	}
}

// probs returns the probabilities that suit what was counted. One is changed
// only if that saves more than it costs to say so.
func (r *recorder) probs(old *tokenProbs) *tokenProbs {
	p := *old
	i := 0
	for k := range p {
		for b := range p[k] {
			for c := range p[k][b] {
				for n := range p[k][b][c] {
					p[k][b][c][n] = better(r.counts[i], p[k][b][c][n], updateProbs[k][b][c][n])
					i++
				}
			}
		}
	}
	return &p
}

// better returns the probability of a zero that suits the counts, or the old
// one if the change costs more bits than it saves.
func better(count [2]uint32, old, update uint8) uint8 {
	zeros, ones := int64(count[0]), int64(count[1])
	if zeros+ones == 0 {
		return old
	}
	p := uint8(min(max((zeros*256+(zeros+ones)/2)/(zeros+ones), 1), 255))
	cost := func(p uint8) int64 { return zeros*int64(bitCost(0, p)) + ones*int64(bitCost(1, p)) }
	if cost(p)+int64(bitCost(1, update))+8*256 < cost(old)+int64(bitCost(0, update)) {
		return p
	}
	return old
}

// write codes the tokens.
func (r *recorder) write(w *boolWriter, p *tokenProbs) {
	var flat [len(r.counts)]uint8
	i := 0
	for k := range p {
		for b := range p[k] {
			for c := range p[k][b] {
				i += copy(flat[i:], p[k][b][c][:])
			}
		}
	}
	r.held.each(func(l *levels, kind, context int) {
		r.tokenise(l, kind, context) // once more; nobody looks at the counts now
		for _, t := range r.tokens {
			prob := uint8(t >> 1)
			if t < fixedProb {
				prob = flat[t>>1]
			}
			w.put(int(t&1), prob)
		}
	})
}

// size is about how many bytes the tokens take, rather more than less.
func (r *recorder) size(p *tokenProbs) int {
	cost, i := r.sure, 0
	for k := range p {
		for b := range p[k] {
			for c := range p[k][b] {
				for _, prob := range p[k][b][c] {
					n := r.counts[i]
					cost += int64(n[0])*int64(bitCost(0, prob)) + int64(n[1])*int64(bitCost(1, prob))
					i++
				}
			}
		}
	}
	return int(cost/(8*256)*102/100) + 64 // the coder wastes up to 2%
}
