package webp

import (
	"math"
	"math/bits"
)

// The ways in which a pixel is foretold from those to the left (l), above (t),
// and above to the left (tl) and right (tr).
const predictors = 14

// Blocks of 1<<predictBits pixels a side have one way.
const predictBits = 3

// foretold takes green off red and blue, and off each pixel what its block's
// predictor says.
func (b *bitWriter) foretold(pix []uint32, w, h int) {
	b.put(1, 1)
	b.put(transformNoGreen, 2)
	for i, v := range pix {
		g := v >> 8 & 0xff
		pix[i] = minus(v, g<<16|g)
	}
	b.put(1, 1)
	b.put(transformPredict, 2)
	b.put(predictBits-2, 3)
	across := (w + 1<<predictBits - 1) >> predictBits
	down := (h + 1<<predictBits - 1) >> predictBits
	modes := make([]uint32, across*down)
	for by := range down {
		for bx := range across {
			beside := uint32(0)
			if bx > 0 {
				beside = modes[by*across+bx-1] >> 8
			}
			modes[by*across+bx] = quietest(pix, w, h, bx, by, beside) << 8
		}
	}
	b.pixels(modes, across, false)
	// From the end on, as a pixel is foretold by those before it as they were.
	for y := h - 1; y >= 0; y-- {
		for x := w - 1; x >= 0; x-- {
			i := y*w + x
			pix[i] = minus(pix[i], foretell(modes[y>>predictBits*across+x>>predictBits]>>8, pix, i, x, y, w))
		}
	}
}

// quietest returns the predictor that leaves the least of a block. That of the
// block beside it has a little advantage, as equal ones take fewer bits.
func quietest(pix []uint32, w, h, bx, by int, beside uint32) uint32 {
	best, least := uint32(0), math.MaxInt
	// The first row and column have predictors of their own.
	left, top := max(bx<<predictBits, 1), max(by<<predictBits, 1)
	right, bottom := min((bx+1)<<predictBits, w), min((by+1)<<predictBits, h)
	for mode := range uint32(predictors) {
		cost := 0
		if mode != beside {
			cost = 40
		}
		for y := top; y < bottom && cost < least; y++ {
			for i := y*w + left; i < y*w+right; i++ {
				cost += int(costOf(minus(pix[i], predicted(mode, pix[i-1], pix[i-w], pix[i-w-1], pix[i-w+1]))))
			}
		}
		if cost < least {
			best, least = mode, cost
		}
	}
	return best
}

// costOf is about how many bits a difference takes, in eighths.
func costOf(v uint32) uint8 {
	return costs[v>>24] + costs[v>>16&0xff] + costs[v>>8&0xff] + costs[v&0xff]
}

// costs are those of the difference of one channel: about twice the logarithm.
var costs = func() (t [256]uint8) {
	for d := range t {
		far := min(d, 256-d)
		if far > 0 {
			n := bits.Len(uint(far))
			t[d] = uint8(8*n + far<<3>>(n-1) - 8)
		}
	}
	return t
}()

// foretell is what the decoder says of the pixel at i.
func foretell(mode uint32, pix []uint32, i, x, y, w int) uint32 {
	switch {
	case i == 0:
		return opaqueBlack
	case y == 0:
		return pix[i-1]
	case x == 0:
		return pix[i-w]
	}
	return predicted(mode, pix[i-1], pix[i-w], pix[i-w-1], pix[i-w+1])
}

func predicted(mode, l, t, tl, tr uint32) uint32 {
	switch mode {
	case 1:
		return l
	case 2:
		return t
	case 3:
		return tr
	case 4:
		return tl
	case 5:
		return average(average(l, tr), t)
	case 6:
		return average(l, tl)
	case 7:
		return average(l, t)
	case 8:
		return average(tl, t)
	case 9:
		return average(t, tr)
	case 10:
		return average(average(l, tl), average(t, tr))
	case 11:
		return selected(l, t, tl)
	case 12:
		return clamped(l, t, tl)
	case 13:
		return halfway(average(l, t), tl)
	}
	return opaqueBlack
}

// average is that of each channel.
func average(a, b uint32) uint32 { return (a^b)&0xfefefefe>>1 + a&b }

// selected is the one of left and above to which the gradient points.
func selected(l, t, tl uint32) uint32 {
	toLeft, toTop := 0, 0
	for s := 0; s < 32; s += 8 {
		a, b, c := int(l>>s&0xff), int(t>>s&0xff), int(tl>>s&0xff)
		toLeft += max(b-c, c-b) // the gradient's end is a+b-c
		toTop += max(a-c, c-a)
	}
	if toLeft < toTop {
		return l
	}
	return t
}

func clamped(l, t, tl uint32) (v uint32) {
	for s := 0; s < 32; s += 8 {
		v |= uint32(clip(int32(l>>s&0xff)+int32(t>>s&0xff)-int32(tl>>s&0xff))) << s
	}
	return v
}

func halfway(a, tl uint32) (v uint32) {
	for s := 0; s < 32; s += 8 {
		c := int32(a >> s & 0xff)
		v |= uint32(clip(c+(c-int32(tl>>s&0xff))/2)) << s
	}
	return v
}
