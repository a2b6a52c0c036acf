package raster

import (
	"cmp"
	"image/color"
	"slices"
)

// point is a colour as it looks on black and, with what shows through, on
// white: two colours are as far apart as they look on both.
type point struct{ black, white [3]int32 }

// weight is how much the eye makes of red, green and blue.
var weight = [3]int32{3, 4, 2}

const weights = 3 + 4 + 2

func pointOf(c color.NRGBA) (p point) {
	a := int32(c.A)
	for i, v := range [3]uint8{c.R, c.G, c.B} {
		p.black[i] = (int32(v)*a + 127) / 255
		p.white[i] = p.black[i] + 255 - a
	}
	return p
}

func (p *point) distance(q *point) (sum int32) {
	for i, w := range weight {
		b, s := p.black[i]-q.black[i], p.white[i]-q.white[i]
		sum += w * (b*b + s*s)
	}
	return sum
}

// key is a projection: where two keys differ by d, the colours are at least
// d*d/(2*weights) apart, by the inequality of Cauchy and Schwarz.
func (p *point) key() (sum int32) {
	for i, w := range weight {
		sum += w * (p.black[i] + p.white[i])
	}
	return sum
}

// finder finds the nearest of some colours.
type finder struct {
	colors []color.NRGBA // by key
	points []point
	keys   []int32
	// binary is that no colour shows through half, and none that is half
	// transparent is to be mixed.
	binary bool
	// known remembers answers: at a colour's hash, the colour and its place.
	known []answer
}

type answer struct {
	color color.NRGBA
	place int16 // plus 1
}

const knownBits = 13

func newFinder(colors []color.NRGBA) *finder {
	f := &finder{binary: true, known: make([]answer, 1<<knownBits)}
	for _, c := range colors {
		if c.A > 0 && c.A < 255 {
			f.binary = false
		}
	}
	for _, c := range colors {
		if c.A > 0 || !f.binary { // binary ones cut alpha at half instead
			f.colors = append(f.colors, c)
		}
	}
	slices.SortFunc(f.colors, func(a, b color.NRGBA) int {
		p, q := pointOf(a), pointOf(b)
		return cmp.Or(cmp.Compare(p.key(), q.key()), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B), cmp.Compare(a.A, b.A))
	})
	for _, c := range f.colors {
		p := pointOf(c)
		f.points, f.keys = append(f.points, p), append(f.keys, p.key())
	}
	return f
}

// hidden reports whether a colour is made transparent without a look.
func (f *finder) hidden(c color.NRGBA) bool {
	return c.A == 0 || f.binary && c.A < 128 || len(f.colors) == 0
}

// nearest returns the colour to use for one. Where two are equally near, it is
// the first in the order of the finder.
func (f *finder) nearest(c color.NRGBA) color.NRGBA {
	if f.hidden(c) {
		return color.NRGBA{}
	}
	if f.binary {
		c.A = 255
	}
	h := (uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | uint32(c.A)<<24) * 2654435761
	known := &f.known[h>>(32-knownBits)]
	if known.place == 0 || known.color != c {
		p := pointOf(c)
		*known = answer{c, int16(f.search(&p) + 1)}
	}
	return f.colors[known.place-1]
}

// search goes both ways from where a colour's key stands, until the keys alone
// are too far apart.
func (f *finder) search(p *point) int {
	key := p.key()
	up, _ := slices.BinarySearch(f.keys, key)
	down := up - 1
	best, least := 0, int32(1<<31-1)
	look := func(i int) bool {
		apart := int64(f.keys[i] - key)
		if apart*apart > int64(least)*2*weights {
			return false
		}
		if d := p.distance(&f.points[i]); d < least || d == least && i < best {
			best, least = i, d
		}
		return true
	}
	for down >= 0 || up < len(f.keys) {
		if up < len(f.keys) {
			if up++; !look(up - 1) {
				up = len(f.keys)
			}
		}
		if down >= 0 {
			if down--; !look(down + 1) {
				down = -1
			}
		}
	}
	return best
}
