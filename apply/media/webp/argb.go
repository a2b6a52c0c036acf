package webp

import (
	"image"
	"io"
	"maps"
	"slices"
)

// EncodeLossless writes m as a lossless WebP: every pixel comes back as it is,
// but that the colour of what is wholly transparent is not kept.
//
// A picture of up to 256 colours is written as places in a palette. Of any other
// one green is taken off red and blue, then of every pixel what those before it
// foretell. What is left is coded as pixels, as places in a cache of colours
// that came lately, and as copies of what came before.
func EncodeLossless(w io.Writer, m image.Image) error {
	size := m.Bounds().Size()
	if err := checkSize(size.X, size.Y); err != nil {
		return err
	}
	pix, opaque := packed(straight(m))
	var b bitWriter
	b.put(0x2f, 8) // the format's mark
	b.put(size.X-1, 14)
	b.put(size.Y-1, 14)
	hasAlpha := 1
	if opaque {
		hasAlpha = 0
	}
	b.put(hasAlpha, 1)
	b.put(0, 3) // version
	width := size.X
	if palette := paletteOf(pix); palette != nil {
		width = b.indexed(pix, palette, size.X, size.Y)
		pix = pix[:width*size.Y]
	} else {
		b.foretold(pix, size.X, size.Y)
	}
	b.put(0, 1) // no more transforms
	b.pixels(pix, width, true)
	return writeRIFF(w, chunk{"VP8L", b.finish()})
}

// The transforms, by their numbers.
const (
	transformPredict  = 0
	transformNoGreen  = 2
	transformIndexing = 3
)

// packed returns the pixels as alpha, red, green and blue from the highest
// byte down; the transparent ones are 0.
func packed(m *image.NRGBA) (pix []uint32, opaque bool) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	pix, opaque = make([]uint32, 0, w*h), true
	for y := range h {
		for p := m.Pix[y*m.Stride:][:4*w]; len(p) >= 4; p = p[4:] {
			v := uint32(p[3])<<24 | uint32(p[0])<<16 | uint32(p[1])<<8 | uint32(p[2])
			if p[3] == 0 {
				v = 0
			}
			opaque = opaque && p[3] == 255
			pix = append(pix, v)
		}
	}
	return pix, opaque
}

// paletteOf returns the colours in ascending order, or nil if there are more
// than 256.
func paletteOf(pix []uint32) []uint32 {
	seen := make(map[uint32]bool, 257)
	last := ^pix[0]
	for _, v := range pix {
		if v != last && !seen[v] {
			if len(seen) == 256 {
				return nil
			}
			seen[v] = true
		}
		last = v
	}
	return slices.Sorted(maps.Keys(seen))
}

// indexed makes places of pixels, several in one where they have few bits, and
// returns how many make a row then. They stand in green.
func (b *bitWriter) indexed(pix, palette []uint32, w, h int) int {
	b.put(1, 1)
	b.put(transformIndexing, 2)
	b.put(len(palette)-1, 8)
	steps := make([]uint32, len(palette))
	places := make(map[uint32]uint32, len(palette))
	last := uint32(0)
	for i, v := range palette {
		places[v] = uint32(i)
		steps[i], last = minus(v, last), v
	}
	b.pixels(steps, len(steps), false)
	shift := 0 // of the pixels in one
	switch n := len(palette); {
	case n <= 2:
		shift = 3
	case n <= 4:
		shift = 2
	case n <= 16:
		shift = 1
	}
	per, depth := 1<<shift, 8>>shift
	width := (w + per - 1) >> shift
	for y := range h { // in place: what is written lies before what is read
		last, place := ^pix[y*w], uint32(0)
		var bundle uint32
		for x := range w {
			if v := pix[y*w+x]; v != last {
				last, place = v, places[v]
			}
			bundle |= place << (x % per * depth)
			if x%per == per-1 || x == w-1 {
				pix[y*width+x/per] = opaqueBlack | bundle<<8
				bundle = 0
			}
		}
	}
	return width
}

const opaqueBlack = 0xff000000

// minus takes one pixel off another, each channel by itself.
func minus(a, b uint32) uint32 {
	const even, odd = 0x00ff00ff, 0xff00ff00
	// A bit beside each channel lends what it needs.
	return (odd+(a&even)-(b&even))&even | (even+(a&odd)-(b&odd))&odd
}
