package raster

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// Types of colour of PNG.
const (
	typeGrey      = 0
	typeRGB       = 2
	typePalette   = 3
	typeGreyAlpha = 4
	typeRGBA      = 6
)

// form is one way to write a picture: with a type of colour and so many bits,
// in which all its pixels are exact.
type form struct {
	colour, depth int
	colors        []color.NRGBA // of a palette
}

// formsOf are the forms of which one can be the shortest.
func formsOf(m *image.NRGBA) []form {
	plain := form{colour: plainOf(m), depth: 8}
	colors := colorsOf(m, MaxColors)
	if colors == nil {
		return []form{plain}
	}
	slices.SortFunc(colors, compareColors)
	palette := form{colour: typePalette, depth: depthOf(len(colors)), colors: colors}
	if depth := greyDepth(colors); plain.colour == typeGrey && depth <= palette.depth {
		plain.depth = depth // it needs no palette
		return []form{plain}
	}
	return []form{palette, plain}
}

// plainOf is the type of colour in which a picture is exact without a palette.
func plainOf(m *image.NRGBA) int {
	grey, whole := true, true
	for y := 0; y < m.Rect.Dy() && (grey || whole); y++ {
		for p := row(m, y); len(p) >= 4; p = p[4:] {
			if p[3] != 255 {
				whole = false
			}
			if p[0] != p[1] || p[1] != p[2] {
				grey = grey && p[3] == 0 // no matter where nothing is seen
			}
		}
	}
	switch {
	case grey && whole:
		return typeGrey
	case grey:
		return typeGreyAlpha
	case whole:
		return typeRGB
	}
	return typeRGBA
}

// greyDepth is how many bits these greys need: those of few bits are parted
// evenly from black to white.
func greyDepth(colors []color.NRGBA) int {
	for _, depth := range []int{1, 2, 4} {
		step := 255 / (1<<depth - 1)
		if !slices.ContainsFunc(colors, func(c color.NRGBA) bool { return int(c.R)%step != 0 }) {
			return depth
		}
	}
	return 8
}

// compareColors puts what shows through first, as the list of alphas ends with
// the last one of these, and else goes by brightness.
func compareColors(a, b color.NRGBA) int {
	whole := func(c color.NRGBA) int { return int(c.A) / 255 }
	light := func(c color.NRGBA) int { return 3*int(c.R) + 6*int(c.G) + int(c.B) }
	return cmp.Or(whole(a)-whole(b), light(a)-light(b), int(a.A)-int(b.A), int(a.R)-int(b.R), int(a.G)-int(b.G))
}

func depthOf(colors int) int {
	for _, bits := range []int{1, 2, 4} {
		if colors <= 1<<bits {
			return bits
		}
	}
	return 8
}

// bits are those of a pixel.
func (f *form) bits() int {
	samples := map[int]int{typeGrey: 1, typeRGB: 3, typePalette: 1, typeGreyAlpha: 2, typeRGBA: 4}
	return f.depth * samples[f.colour]
}

// packer returns what writes a row of pixels in the form. What is wholly
// transparent has no colour.
func (f *form) packer() func(to, from []uint8) {
	switch f.colour {
	case typeGrey:
		step := 255 / (1<<f.depth - 1)
		return f.packBits(func(p []uint8) int { return int(p[0]) / step })
	case typeGreyAlpha:
		return func(to, from []uint8) {
			for ; len(to) >= 2; to, from = to[2:], from[4:] {
				to[0], to[1] = from[0], from[3]
				if from[3] == 0 {
					to[0] = 0
				}
			}
		}
	case typeRGB:
		return func(to, from []uint8) {
			for ; len(to) >= 3; to, from = to[3:], from[4:] {
				to[0], to[1], to[2] = from[0], from[1], from[2]
			}
		}
	case typePalette:
		return f.packPlaces()
	}
	return func(to, from []uint8) {
		for ; len(to) >= 4; to, from = to[4:], from[4:] {
			if copy(to[:4], from); from[3] == 0 {
				clear(to[:4])
			}
		}
	}
}

func (f *form) packPlaces() func(to, from []uint8) {
	find := newIndexes(len(f.colors))
	for i, c := range f.colors {
		find.add(c, i)
	}
	return f.packBits(func(p []uint8) int {
		c := colorOf(p)
		if c.A == 0 {
			c = color.NRGBA{}
		}
		place, _ := find.find(c)
		return place
	})
}

// packBits puts as many pixels into a byte as it has room for, from its highest
// bits on.
func (f *form) packBits(value func(p []uint8) int) func(to, from []uint8) {
	per := 8 / f.depth
	return func(to, from []uint8) {
		clear(to)
		for x := 0; len(from) >= 4; x, from = x+1, from[4:] {
			to[x/per] |= uint8(value(from) << ((per - 1 - x%per) * f.depth))
		}
	}
}
