package raster

import (
	"math"
	"sync"
)

// one is full light, and full alpha while scaling.
const one = 1<<16 - 1

// light is a pixel in linear light with alpha multiplied in, two channels of 32
// bits in a word: red and blue, or green and alpha, in the lower half of each.
// A word is the sum of its halves, which may be negative: it is multiplied by a
// weight at once, and whatever runs over on the way is right again in the sum.
type light struct{ rg, ba int64 }

const upper = 1 << 32

// halves parts a word again.
func halves(v int64) (low, high int64) {
	low = int64(int32(v))
	return low, (v - low) >> 32
}

// tables lead from values of sRGB to light and back.
type tables struct {
	expand   [256]uint16
	compress [one + 1]uint8 // the nearest value
}

// srgb is the tables, made once. No entry lies so near to the next one that a
// processor could round it otherwise, which a test holds.
var srgb = sync.OnceValue(func() *tables {
	t := &tables{}
	for v := range t.expand {
		t.expand[v] = uint16(math.Round(expand(float64(v)/255) * one))
	}
	at := 0
	for v := range 256 {
		end := one + 1
		if v < 255 {
			end = int(math.Ceil(expand((float64(v)+0.5)/255) * one))
		}
		for ; at < end; at++ {
			t.compress[at] = uint8(v)
		}
	}
	return t
})

// expand is the curve of sRGB, from its value to light, both from 0 to 1.
func expand(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

// lit makes light of a row of pixels.
func (t *tables) lit(dst []light, src []uint8) {
	for i := range dst {
		p := src[4*i:][:4:4]
		r, g, b := int64(t.expand[p[0]]), int64(t.expand[p[1]]), int64(t.expand[p[2]])
		switch a := int64(p[3]); a {
		case 255:
			dst[i] = light{r + g*upper, b + one*upper}
		case 0:
			dst[i] = light{}
		default:
			r, g, b = (r*a+127)/255, (g*a+127)/255, (b*a+127)/255
			dst[i] = light{r + g*upper, b + a*(one/255)*upper}
		}
	}
}

// seen makes pixels of a row of light whose channels are sums with bits of
// fraction.
func (t *tables) seen(dst []uint8, src []light) {
	for i, v := range src {
		p := dst[4*i:][:4:4]
		r, g := halves(v.rg)
		b, a := halves(v.ba)
		r, g, b, a = r>>bits, g>>bits, b>>bits, a>>bits
		if a != one {
			if a < one/510 {
				p[0], p[1], p[2], p[3] = 0, 0, 0, 0
				continue
			}
			// Where the cubic swings beyond an edge, colour and alpha do alike.
			r, g, b = (r*one+a/2)/a, (g*one+a/2)/a, (b*one+a/2)/a
			a = min(a, one)
		}
		p[3] = uint8((a*255 + one/2) / one)
		r, g, b = min(max(r, 0), one), min(max(g, 0), one), min(max(b, 0), one)
		p[0], p[1], p[2] = t.compress[r], t.compress[g], t.compress[b]
	}
}
