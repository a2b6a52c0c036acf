package webp

import "sync"

// Costs are counted in 1/256 bit. bitCosts says what a 0 costs at each
// probability; a 1 costs bitCosts[256-p].
var bitCosts = sync.OnceValue(func() *[257]int32 {
	var t [257]int32
	for p := range t {
		t[p] = int32(8*256 - log2(uint64(max(p, 1))))
	}
	return &t
})

// log2 returns the logarithm of a number from 1 to 2^24, times 256. It squares
// and halves: no floating point, whose last digit differs among processors.
func log2(n uint64) int {
	result, x := 0, n<<24
	for ; x >= 2<<24; x >>= 1 {
		result += 256
	}
	for step := 128; step > 0; step /= 2 {
		if x = x * x >> 24; x >= 2<<24 {
			x >>= 1
			result += step
		}
	}
	return result
}

func bitCost(bit int, prob uint8) int32 {
	if bit != 0 {
		return bitCosts()[256-int(prob)]
	}
	return bitCosts()[prob]
}

// A branch is a node of a tree and which way it is left: 2*node+bit.
type branch uint8

// modePaths are the ways to the modes of 4x4 blocks (section 11.2).
var modePaths = [modes4][]branch{
	modeDC: {0},
	modeTM: {1, 2},
	modeVE: {1, 3, 4},
	modeHE: {1, 3, 5, 6, 8},
	modeRD: {1, 3, 5, 6, 9, 10},
	modeVR: {1, 3, 5, 6, 9, 11},
	modeLD: {1, 3, 5, 7, 12},
	modeVL: {1, 3, 5, 7, 13, 14},
	modeHD: {1, 3, 5, 7, 13, 15, 16},
	modeHU: {1, 3, 5, 7, 13, 15, 17},
}

// lumaPaths and chromaPaths are those of whole macroblocks, whose
// probabilities are fixed.
var (
	lumaPaths   = [modes16][]branch{modeDC: {0, 2}, modeVE: {0, 3}, modeHE: {1, 4}, modeTM: {1, 5}}
	chromaPaths = [modes16][]branch{modeDC: {0}, modeVE: {1, 2}, modeHE: {1, 3, 4}, modeTM: {1, 3, 5}}
)

const wholeProb = 145 // of a macroblock with a mode for each 4x4 block

var (
	lumaProbs   = []uint8{156, 163, 128}
	chromaProbs = []uint8{142, 114, 183}
)

func pathCost(path []branch, probs []uint8) int32 {
	sum := int32(0)
	for _, b := range path {
		sum += bitCost(int(b&1), probs[b>>1])
	}
	return sum
}

// modeCosts say what a mode costs: of a 4x4 block by the modes above and to
// the left of it, of the luma of a macroblock (with the choice of one mode for
// all of it), and of chroma.
type modeCosts struct {
	small        [modes4][modes4][modes4]int32
	luma, chroma [modes16]int32
	split        int32 // the choice of a mode for each 4x4 block
}

var costsOfModes = sync.OnceValue(func() *modeCosts {
	t := &modeCosts{split: bitCost(0, wholeProb)}
	for m := range modes4 {
		for above := range modes4 {
			for left := range modes4 {
				t.small[above][left][m] = pathCost(modePaths[m], modeProbs[above][left][:])
			}
		}
	}
	for m := range modes16 {
		t.luma[m] = bitCost(1, wholeProb) + pathCost(lumaPaths[m], lumaProbs)
		t.chroma[m] = pathCost(chromaPaths[m], chromaProbs)
	}
	return t
})

// extraCosts say what the bits cost that tell the values of one category apart.
// That of the last category, above 66, is taken as that of its lowest value.
var extraCosts = sync.OnceValue(func() *[68]int32 {
	var t [68]int32
	for category, probs := range extraBits {
		from := 2<<category + 3
		for v := from; v < min(from+1<<len(probs), len(t)); v++ {
			for i, p := range probs {
				t[v] += bitCost((v-from)>>(len(probs)-1-i)&1, p)
			}
		}
	}
	return &t
})
