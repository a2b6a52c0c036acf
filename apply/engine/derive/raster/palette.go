package raster

import (
	"image"
	"image/color"
)

// Reduced returns a picture in the colours of the palette: those that are
// listed, or as many as are wanted, which are then chosen from the picture. A
// picture that has no other ones is m itself.
//
// A list without a colour that shows through half keeps pixels either whole or
// transparent, whatever else it lists.
func (s *Settings) Reduced(m *image.NRGBA) *image.NRGBA {
	switch {
	case s.Palette != nil:
		return mapped(m, s.Palette, s.Dither)
	case s.Colors > 0:
		return reduced(m, s.Colors, s.Dither)
	}
	return m
}

func reduced(m *image.NRGBA, n int, dither bool) *image.NRGBA {
	if colorsOf(m, n) != nil {
		return m
	}
	return mapped(m, chosen(m, n), dither)
}

// colorsOf returns the colours of a picture in the order in which they come, or
// nil if there are more than n. All that is transparent is one colour.
func colorsOf(m *image.NRGBA, n int) []color.NRGBA {
	colors := make([]color.NRGBA, 0, n)
	seen := newIndexes(n)
	var last color.NRGBA
	for y := range m.Rect.Dy() {
		for p := row(m, y); len(p) >= 4; p = p[4:] {
			c := colorOf(p)
			if c.A == 0 {
				c = color.NRGBA{}
			}
			if c == last && len(colors) > 0 {
				continue
			}
			last = c
			if _, ok := seen.find(c); ok {
				continue
			}
			if len(colors) == n {
				return nil
			}
			seen.add(c, len(colors))
			colors = append(colors, c)
		}
	}
	return colors
}

// indexes finds colours, in a table that is never more than half full.
type indexes struct {
	keys   []color.NRGBA
	places []int32 // plus 1; 0: free
}

func newIndexes(n int) *indexes {
	size := 16
	for size < 2*n {
		size *= 2
	}
	return &indexes{make([]color.NRGBA, size), make([]int32, size)}
}

func (x *indexes) slot(c color.NRGBA) int {
	h := (uint32(c.R) | uint32(c.G)<<8 | uint32(c.B)<<16 | uint32(c.A)<<24) * 2654435761
	at := int(h>>8) & (len(x.keys) - 1)
	for x.places[at] != 0 && x.keys[at] != c {
		at = (at + 1) & (len(x.keys) - 1)
	}
	return at
}

func (x *indexes) find(c color.NRGBA) (place int, ok bool) {
	at := x.slot(c)
	return int(x.places[at]) - 1, x.places[at] != 0
}

func (x *indexes) add(c color.NRGBA, place int) {
	at := x.slot(c)
	x.keys[at], x.places[at] = c, int32(place+1)
}

// mapped gives every pixel one of the colours.
func mapped(m *image.NRGBA, colors []color.NRGBA, dither bool) *image.NRGBA {
	out := image.NewNRGBA(image.Rectangle{Max: m.Rect.Size()})
	f := newFinder(colors)
	if dither {
		f.diffuse(out, m)
		return out
	}
	for y := range m.Rect.Dy() {
		from, to := row(m, y), row(out, y)
		for ; len(from) >= 4; from, to = from[4:], to[4:] {
			c := f.nearest(colorOf(from))
			to[0], to[1], to[2], to[3] = c.R, c.G, c.B, c.A
		}
	}
	return out
}

// diffuse hands on what a pixel lost to those beside and below it, as Floyd and
// Steinberg do, in rows that go to and fro. Alpha is not diffused, and what is
// transparent neither takes nor gives.
func (f *finder) diffuse(out, m *image.NRGBA) {
	w := m.Rect.Dx()
	now, below := make([][3]int32, w+2), make([][3]int32, w+2) // of sixteenths, one pixel to the right
	for y := range m.Rect.Dy() {
		from, to := row(m, y), row(out, y)
		x, step, end := 0, 1, w
		if y%2 == 1 {
			x, step, end = w-1, -1, -1
		}
		for ; x != end; x += step {
			c := colorOf(from[4*x:][:4])
			if f.hidden(c) {
				continue // the result is transparent as it is
			}
			want := [3]int32{int32(c.R), int32(c.G), int32(c.B)}
			for i := range want {
				want[i] = min(max(want[i]+(now[x+1][i]+8)>>4, 0), 255)
			}
			got := f.nearest(color.NRGBA{R: uint8(want[0]), G: uint8(want[1]), B: uint8(want[2]), A: c.A})
			p := to[4*x:][:4:4]
			p[0], p[1], p[2], p[3] = got.R, got.G, got.B, got.A
			if got.A == 0 {
				continue
			}
			lost := [3]int32{want[0] - int32(got.R), want[1] - int32(got.G), want[2] - int32(got.B)}
			for i, e := range lost {
				now[x+1+step][i] += 7 * e
				below[x+1-step][i] += 3 * e
				below[x+1][i] += 5 * e
				below[x+1+step][i] += e
			}
		}
		now, below = below, now
		clear(below)
	}
}
