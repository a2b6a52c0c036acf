package webp

import "encoding/binary"

// plane holds the samples of one component in whole macroblocks, with what
// prediction sees outside the picture (RFC 6386, section 12): a row of 127
// above it and a column of 129 to its left. The samples are those of the
// source, and behind the encoder those that a decoder will have.
type plane struct {
	pix    []uint8
	stride int
	origin int // index of the sample 0,0
}

// margin is kept free on both sides of a row: the left neighbour needs one
// sample, the block above right of the last macroblock four.
const margin = 4

func newPlane(w, h int) plane {
	p := plane{stride: w + 2*margin}
	p.origin = p.stride + margin
	p.pix = make([]uint8, p.stride*(h+1))
	for i := range p.stride {
		p.pix[i] = 127
	}
	for i := p.origin; i < len(p.pix); i += p.stride {
		p.pix[i-1] = 129
	}
	return p
}

func (p *plane) at(x, y int) int { return p.origin + y*p.stride + x }

// extend repeats the last column and row of a picture of w by h samples to the
// edge of the last macroblocks, which costs the fewest bits.
func (p *plane) extend(w, h int) {
	full := p.stride - 2*margin
	for y := range h {
		row := p.pix[p.at(0, y):][:full]
		for x := w; x < full; x++ {
			row[x] = row[w-1]
		}
	}
	last := p.at(0, h-1)
	for i := last + p.stride; i < len(p.pix); i += p.stride {
		copy(p.pix[i:i+full], p.pix[last:last+full])
	}
}

// block reads the 4x4 samples from i on.
func (p *plane) block(i int, b *block) {
	for y := 0; y < 16; y += 4 {
		binary.LittleEndian.PutUint32(b[y:], binary.LittleEndian.Uint32(p.pix[i:]))
		i += p.stride
	}
}

// set writes the 4x4 samples from i on.
func (p *plane) set(i int, b *block) {
	for y := 0; y < 16; y += 4 {
		binary.LittleEndian.PutUint32(p.pix[i:], binary.LittleEndian.Uint32(b[y:]))
		i += p.stride
	}
}

// fill copies the samples of a picture and extends them.
func (p *plane) fill(pix []uint8, stride, w, h int) {
	for y := range h {
		copy(p.pix[p.at(0, y):][:w], pix[y*stride:])
	}
	p.extend(w, h)
}
