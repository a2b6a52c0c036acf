package webp

import (
	"cmp"
	"math/bits"
	"slices"
)

// code is the bits of a symbol, in the order in which they are written.
type code struct {
	bits   uint16
	length uint8
}

// lengthOrder is the order in which the lengths of the codes for lengths stand.
var lengthOrder = [19]int{17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// prefixCode writes the code that suits the counts of the symbols.
func (b *bitWriter) prefixCode(counts []int) []code {
	used, last := 0, 0
	for s, n := range counts {
		if n > 0 {
			used, last = used+1, s
		}
	}
	if used < 2 && last < 256 { // the symbol then takes no bits
		b.put(0b101, 3)
		b.put(last, 8)
		return make([]code, len(counts))
	}
	lengths := codeLengths(counts, 15)
	runs := lengthRuns(lengths)
	var runCounts [19]int
	for _, r := range runs {
		runCounts[r.symbol]++
	}
	if runCounts[runs[0].symbol] == len(runs) {
		// A code of one symbol would take no bits: a second one, never used,
		// makes it one of two.
		runCounts[18-runs[0].symbol/18]++
	}
	runLengths := codeLengths(runCounts[:], 7)
	n := len(lengthOrder)
	for n > 4 && runLengths[lengthOrder[n-1]] == 0 {
		n--
	}
	b.put(0, 1)
	b.put(n-4, 4)
	for _, s := range lengthOrder[:n] {
		b.put(int(runLengths[s]), 3)
	}
	b.put(0, 1) // the lengths of all symbols follow
	runCodes := canonical(runLengths)
	for _, r := range runs {
		b.symbol(runCodes[r.symbol])
		b.put(r.extra, r.bits)
	}
	return canonical(lengths)
}

// lengthRun is a length, or 17 and 18 for several zeros.
type lengthRun struct{ symbol, extra, bits int }

func lengthRuns(lengths []uint8) []lengthRun {
	var runs []lengthRun
	for i := 0; i < len(lengths); {
		zeros := 0
		for i+zeros < len(lengths) && lengths[i+zeros] == 0 && zeros < 138 {
			zeros++
		}
		switch {
		case zeros >= 11:
			runs = append(runs, lengthRun{18, zeros - 11, 7})
		case zeros >= 3:
			runs = append(runs, lengthRun{17, zeros - 3, 3})
		default:
			zeros = 1
			runs = append(runs, lengthRun{symbol: int(lengths[i])})
		}
		i += zeros
	}
	return runs
}

// codeLengths returns the lengths of Huffman's code. If one exceeds limit, the
// rare symbols are counted as less rare until none does.
func codeLengths(counts []int, limit int) []uint8 {
	for least := 1; ; least *= 2 {
		if lengths, longest := huffman(counts, least); longest <= limit {
			return lengths
		}
	}
}

// huffman joins the two rarest subtrees until one is left. Equal counts are
// told apart by their order, so that the result is one and the same.
func huffman(counts []int, least int) (lengths []uint8, longest int) {
	type tree struct {
		count   int
		symbols []int
	}
	var trees []tree
	for s, n := range counts {
		if n > 0 {
			trees = append(trees, tree{max(n, least), []int{s}})
		}
	}
	lengths = make([]uint8, len(counts))
	if len(trees) == 1 {
		// A code of one symbol has no place for a second: give it a bit.
		lengths[trees[0].symbols[0]] = 1
		return lengths, 1
	}
	slices.SortStableFunc(trees, func(a, b tree) int { return cmp.Compare(b.count, a.count) })
	for len(trees) > 1 {
		n := len(trees)
		a, b := trees[n-1], trees[n-2]
		joined := tree{a.count + b.count, slices.Concat(a.symbols, b.symbols)}
		for _, s := range joined.symbols {
			lengths[s]++
			longest = max(longest, int(lengths[s]))
		}
		trees = trees[:n-2]
		i, _ := slices.BinarySearchFunc(trees, joined, func(a, b tree) int { return cmp.Compare(b.count, a.count) })
		trees = slices.Insert(trees, i, joined)
	}
	return lengths, longest
}

// canonical numbers the codes by length, then by symbol, and turns their bits
// round.
func canonical(lengths []uint8) []code {
	codes := make([]code, len(lengths))
	next := uint16(0)
	for n := uint8(1); n <= 15; n++ {
		for s, l := range lengths {
			if l == n {
				codes[s] = code{bits.Reverse16(next) >> (16 - n), n}
				next++
			}
		}
		next <<= 1
	}
	return codes
}
