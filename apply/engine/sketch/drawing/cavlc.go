package drawing

import (
	"strings"
	"sync"
)

// The entropy code of H.264's baseline, clause 9.2: how many coefficients a
// block has, what they are from the last one on, and how many zeros lie between
// them. Its tables are made when the first film is coded.

// vlc is one code word.
type vlc struct {
	bits uint32
	n    uint
}

// words reads code words as the standard prints them.
func words(list string) []vlc {
	var out []vlc
	for w := range strings.FieldsSeq(list) {
		c := vlc{n: uint(len(w))}
		for _, bit := range w {
			c.bits = c.bits<<1 | uint32(bit-'0')
		}
		out = append(out, c)
	}
	return out
}

func (b *bitWriter) word(c vlc) { b.u(c.bits, c.n) }

// coeffTokens are those of table 9-5 by the neighbours' mean count: under 2,
// under 4, under 8. For each count of coefficients there are four words, by
// how many of the last are 1 or -1; a "-" is none.
var coeffTokens = sync.OnceValue(func() [][]vlc {
	return [][]vlc{
		tokens(`1 - - - 000101 01 - - 00000111 000100 001 - 000000111 00000110 0000101 00011
		0000000111 000000110 00000101 000011 00000000111 0000000110 000000101 0000100
		0000000001111 00000000110 0000000101 00000100 0000000001011 0000000001110 00000000101 000000100
		0000000001000 0000000001010 0000000001101 0000000100 00000000001111 00000000001110 0000000001001 00000000100
		00000000001011 00000000001010 00000000001101 0000000001100 000000000001111 000000000001110 00000000001001 00000000001100
		000000000001011 000000000001010 000000000001101 00000000001000 0000000000001111 000000000000001 000000000001001 000000000001100
		0000000000001011 0000000000001110 0000000000001101 000000000001000 0000000000000111 0000000000001010 0000000000001001 0000000000001100
		0000000000000100 0000000000000110 0000000000000101 0000000000001000`),
		tokens(`11 - - - 001011 10 - - 000111 00111 011 - 0000111 001010 001001 0101
		00000111 000110 000101 0100 00000100 0000110 0000101 00110
		000000111 00000110 00000101 001000 00000001111 000000110 000000101 000100
		00000001011 00000001110 00000001101 0000100 000000001111 00000001010 00000001001 000000100
		000000001011 000000001110 000000001101 00000001100 000000001000 000000001010 000000001001 00000001000
		0000000001111 0000000001110 0000000001101 000000001100 0000000001011 0000000001010 0000000001001 0000000001100
		0000000000111 00000000001011 0000000000110 0000000001000 00000000001001 00000000001000 00000000001010 0000000000001
		00000000000111 00000000000110 00000000000101 00000000000100`),
		tokens(`1111 - - - 001111 1110 - - 001011 01111 1101 - 001000 01100 01110 1100
		0001111 01010 01011 1011 0001011 01000 01001 1010
		0001001 001110 001101 1001 0001000 001010 001001 1000
		00001111 0001110 0001101 01101 00001011 00001110 0001010 001100
		000001111 00001010 00001101 0001100 000001011 000001110 00001001 00001100
		000001000 000001010 000001101 00001000 0000001101 000000111 000001001 000001100
		0000001001 0000001100 0000001011 0000001010 0000000101 0000001000 0000000111 0000000110
		0000000001 0000000100 0000000011 0000000010`),
	}
})

// chromaTokens are those of the four means of a chroma plane.
var chromaTokens = sync.OnceValue(func() []vlc {
	return tokens(`01 - - - 000111 1 - - 000100 000110 001 - 000011 0000011 0000010 000101
	000010 00000011 00000010 0000000`)
})

func tokens(list string) []vlc { return words(strings.ReplaceAll(list, "-", "0")) }

// totalZeros are the words of tables 9-7 and 9-8 by the count of coefficients.
var totalZeros = sync.OnceValue(func() [][]vlc {
	return [][]vlc{
		1:  words("1 011 010 0011 0010 00011 00010 000011 000010 0000011 0000010 00000011 00000010 000000011 000000010 000000001"),
		2:  words("111 110 101 100 011 0101 0100 0011 0010 00011 00010 000011 000010 000001 000000"),
		3:  words("0101 111 110 101 0100 0011 100 011 0010 00011 00010 000001 00001 000000"),
		4:  words("00011 111 0101 0100 110 101 100 0011 011 0010 00010 00001 00000"),
		5:  words("0101 0100 0011 111 110 101 100 011 0010 00001 0001 00000"),
		6:  words("000001 00001 111 110 101 100 011 010 0001 001 000000"),
		7:  words("000001 00001 101 100 011 11 010 0001 001 000000"),
		8:  words("000001 0001 00001 011 11 10 010 001 000000"),
		9:  words("000001 000000 0001 11 10 001 01 00001"),
		10: words("00001 00000 001 11 10 01 0001"),
		11: words("0000 0001 001 010 1 011"),
		12: words("0000 0001 01 1 001"),
		13: words("000 001 1 01"),
		14: words("00 01 1"),
		15: words("0 1"),
	}
})

var chromaZeros = sync.OnceValue(func() [][]vlc {
	return [][]vlc{1: words("1 01 001 000"), 2: words("1 01 00"), 3: words("1 0")}
})

// runsBefore are the words of table 9-10 by how many zeros are left, at most 7.
var runsBefore = sync.OnceValue(func() [][]vlc {
	return [][]vlc{
		1: words("1 0"),
		2: words("1 01 00"),
		3: words("11 10 01 00"),
		4: words("11 10 01 001 000"),
		5: words("11 10 011 010 001 000"),
		6: words("11 000 001 011 010 101 100"),
		7: words("111 110 101 100 011 010 001 0001 00001 000001 0000001 00000001 000000001 0000000001 00000000001"),
	}
})

// token writes how many coefficients there are. near is what the neighbours
// have, -1 for the means of chroma.
func (b *bitWriter) token(near, total, ones int) {
	switch {
	case near < 0:
		b.word(chromaTokens()[4*total+ones])
	case near < 2:
		b.word(coeffTokens()[0][4*total+ones])
	case near < 4:
		b.word(coeffTokens()[1][4*total+ones])
	case near < 8:
		b.word(coeffTokens()[2][4*total+ones])
	case total == 0:
		b.u(3, 6)
	default:
		b.u(uint32(total-1)<<2|uint32(ones), 6)
	}
}

// residual writes the coefficients of a block, the lowest frequency first, and
// returns how many there are.
func (b *bitWriter) residual(c []int32, near int) int {
	var levels [16]int32 // from the last one on
	var runs [16]int     // zeros in front of each
	total, zeros, run := 0, 0, 0
	for i := len(c) - 1; i >= 0; i-- {
		switch {
		case c[i] != 0:
			levels[total] = c[i]
			total++
		case total > 0:
			runs[total-1]++
			zeros++
		}
	}
	ones := 0
	for ones < min(total, 3) && (levels[ones] == 1 || levels[ones] == -1) {
		ones++
	}
	b.token(near, total, ones)
	if total == 0 {
		return 0
	}
	for _, l := range levels[:ones] {
		b.u(uint32(l)>>31, 1)
	}
	b.levels(levels[ones:total], total, ones)
	if total < len(c) {
		table := totalZeros()
		if near < 0 {
			table = chromaZeros()
		}
		b.word(table[total][zeros])
	}
	for _, run = range runs[:total-1] {
		if zeros == 0 {
			break
		}
		b.word(runsBefore()[min(zeros, 7)][run])
		zeros -= run
	}
	return total
}

// levels writes the coefficients behind those of 1 and -1. The code of each
// grows with the one before.
func (b *bitWriter) levels(list []int32, total, ones int) {
	size := uint(0)
	if total > 10 && ones < 3 {
		size = 1
	}
	for i, l := range list {
		code := uint32(2*l - 2)
		if l < 0 {
			code = uint32(-2*l - 1)
		}
		if i == 0 && ones < 3 {
			code -= 2
		}
		switch {
		case size == 0 && code < 14:
			b.prefix(uint(code))
		case size == 0 && code < 30:
			b.prefix(14)
			b.u(code-14, 4)
		case size == 0:
			b.prefix(15)
			b.u(code-30, 12)
		case code < 15<<size:
			b.prefix(uint(code >> size))
			b.u(code, size)
		default:
			b.prefix(15)
			b.u(code-15<<size, 12)
		}
		size = max(size, 1)
		if max(l, -l) > 3<<(size-1) && size < 6 {
			size++
		}
	}
}

// prefix writes n zeros and a one.
func (b *bitWriter) prefix(n uint) { b.u(1, n+1) }
