package webp

import (
	"bytes"
	"errors"
	"fmt"
	"image"
)

// maxSide is the greatest width and height that the formats can express.
const maxSide = 16383

// maxFirst is the greatest length of the first partition, which has the modes.
const maxFirst = 1<<19 - 1

// frameHeader is what the header of a frame takes of it, at most.
const frameHeader = 4096

// KeyFrame returns m as one key frame of VP8. m has the samples as VP8 has
// them: 4:2:0, luma from 16 to 235 and the matrix of BT.601, which is not how
// image.YCbCr is converted to RGB elsewhere.
func KeyFrame(m *image.YCbCr, o Options) ([]byte, error) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	if err := checkSize(w, h); err != nil {
		return nil, err
	}
	if m.SubsampleRatio != image.YCbCrSubsampleRatio420 || m.Rect.Min != (image.Point{}) {
		return nil, errors.New("encode a key frame: the samples are not 4:2:0 from 0,0 on")
	}
	parts, err := frameParts(m, o)
	return bytes.Join(parts, nil), err
}

// frameParts is a key frame in parts. The samples can go when it has taken them.
func frameParts(m *image.YCbCr, o Options) ([][]byte, error) {
	if o.Quality < 0 || o.Quality > 100 {
		return nil, fmt.Errorf("encode a key frame: the quality is %d, expected 1 to 100", o.Quality)
	}
	e := newEncoder(m.Rect.Dx(), m.Rect.Dy(), o)
	e.fill(m)
	e.rows()
	e.y, e.u, e.v = plane{}, plane{}, plane{} // they are as large as what is written
	return e.parts()
}

func (e *encoder) fill(m *image.YCbCr) {
	e.y.fill(m.Y, m.YStride, e.w, e.h)
	e.u.fill(m.Cb, m.CStride, (e.w+1)/2, (e.h+1)/2)
	e.v.fill(m.Cr, m.CStride, (e.w+1)/2, (e.h+1)/2)
}

func checkSize(w, h int) error {
	if w < 1 || h < 1 || w > maxSide || h > maxSide {
		return fmt.Errorf("WebP holds 1 to %d pixels a side, the image has %d x %d", maxSide, w, h)
	}
	return nil
}

func newEncoder(w, h int, o Options) *encoder {
	e := &encoder{w: w, h: h, across: (w + 15) / 16, down: (h + 15) / 16, tries: 2, modeCosts: costsOfModes()}
	if o.Fast {
		e.tries = 1
	}
	e.y = newPlane(16*e.across, 16*e.down)
	e.u = newPlane(8*e.across, 8*e.down)
	e.v = newPlane(8*e.across, 8*e.down)
	e.macroblocks = make([]macroblock, e.across*e.down)
	e.above = make([]neighbour, e.across)
	e.budget(maxFirst)
	e.setQuality(o.Quality)
	return e
}

// budget gives each macroblock an even share of what the first partition can
// hold, which only a picture of more than some 20 million pixels gets to feel:
// there the modes of each block may cost too much to spell out. The cheapest
// modes, which take less than 3.5 bits, fit in whatever the size. A mark for
// macroblocks without coefficients takes up to a bit more, and is done without
// where even that is too much.
func (e *encoder) budget(bytes int) {
	n := int64(len(e.macroblocks))
	e.share = int64(bytes-frameHeader) * 8 * 256 * 98 / 100 / n // the coder wastes up to 2%
	if e.skips = e.share >= 5*256; e.skips {
		e.share -= 256
	}
}

// setQuality chooses the quantisers. Rounding up from 160 or so of 256 instead
// of from half loses little, since small remainders are frequent, and saves
// more.
func (e *encoder) setQuality(quality int) {
	e.index = indexOf(quality)
	e.filter = e.index / 2 // was found to give the least error, at all qualities
	dc, ac := dcSteps[e.index], acSteps[e.index]
	e.luma = newQuantiser(newScale(dc, 96), newScale(ac, 90))
	e.second = newQuantiser(newScale(2*dc, 110), newScale(max(ac*155/100, 8), 90))
	e.chroma = newQuantiser(newScale(min(dc, 132), 110), newScale(ac, 100))
}

// qualities say which quantiser some qualities have. Those between lie on the
// line between two. Equal qualities of other encoders look about alike.
var qualities = []struct{ quality, index int }{{0, 127}, {25, 57}, {50, 39}, {75, 26}, {90, 9}, {100, 0}}

func indexOf(quality int) int {
	if quality == 0 {
		quality = 75
	}
	i := 1
	for quality > qualities[i].quality {
		i++
	}
	a, b := qualities[i-1], qualities[i]
	return a.index - (quality-a.quality)*(a.index-b.index)/(b.quality-a.quality)
}

// parts writes the frame after its last row.
func (e *encoder) parts() ([][]byte, error) {
	probs := e.rec.probs(&defaultProbs)
	first := e.first(probs)
	if len(first) > maxFirst {
		return nil, errors.New("the modes of the macroblocks exceed what a frame can hold")
	}
	w := newBoolWriter(e.rec.size(probs))
	e.rec.write(w, probs)
	tag := uint32(len(first))<<5 | 1<<4 // a key frame, version 0, shown
	head := []byte{
		byte(tag), byte(tag >> 8), byte(tag >> 16), 0x9d, 0x01, 0x2a,
		byte(e.w), byte(e.w >> 8), byte(e.h), byte(e.h >> 8),
	}
	return [][]byte{head, first, w.finish()}, nil
}

// first writes the first partition (section 9): the header and the modes.
func (e *encoder) first(probs *tokenProbs) []byte {
	w := newBoolWriter(4 * len(e.macroblocks))
	w.bits(0, 2) // colour space and clamping as usual
	w.bits(0, 1) // no segments
	w.bits(0, 1) // the normal loop filter
	w.bits(e.filter, 6)
	w.bits(0, 3) // sharpness
	w.bits(0, 1) // no adjustments by mode
	w.bits(0, 2) // one partition of tokens
	w.bits(e.index, 7)
	w.bits(0, 5) // the five other quantisers have the same index
	w.bits(0, 1) // the probabilities hold for this frame
	writeProbs(w, probs)
	skipProb := e.writeSkips(w)
	for i := range e.macroblocks {
		if e.skips {
			w.flag(e.macroblocks[i].skip, skipProb)
		}
		e.writeModes(w, i)
	}
	return w.finish()
}

// writeSkips says how probable it is that a macroblock has coefficients.
func (e *encoder) writeSkips(w *boolWriter) uint8 {
	w.flag(e.skips, 128)
	if !e.skips {
		return 0
	}
	coded := 0
	for i := range e.macroblocks {
		if !e.macroblocks[i].skip {
			coded++
		}
	}
	prob := uint8(min(max(coded*256/len(e.macroblocks), 1), 255))
	w.bits(int(prob), 8)
	return prob
}

func writeProbs(w *boolWriter, probs *tokenProbs) {
	for k := range probs {
		for b := range probs[k] {
			for c := range probs[k][b] {
				for n, p := range probs[k][b][c] {
					changed := p != defaultProbs[k][b][c][n]
					w.flag(changed, updateProbs[k][b][c][n])
					if changed {
						w.bits(int(p), 8)
					}
				}
			}
		}
	}
}

func (e *encoder) writeModes(w *boolWriter, i int) {
	m := &e.macroblocks[i]
	w.flag(!m.split, wholeProb)
	if !m.split {
		writePath(w, lumaPaths[m.luma], lumaProbs)
	} else {
		for b, mode := range m.small {
			writePath(w, modePaths[mode], modeProbs[e.modeAbove(i, b)][e.modeLeft(i, b)][:])
		}
	}
	writePath(w, chromaPaths[m.chroma], chromaProbs)
}

func writePath(w *boolWriter, path []branch, probs []uint8) {
	for _, b := range path {
		w.put(int(b&1), probs[b>>1])
	}
}

// mode returns that of a block, which has the macroblock's if that is not split.
func (m *macroblock) mode(block int) uint8 {
	if m.split {
		return m.small[block]
	}
	return m.luma
}

func (e *encoder) modeAbove(i, block int) uint8 {
	switch {
	case block > 3:
		return e.macroblocks[i].mode(block - 4)
	case i >= e.across:
		return e.macroblocks[i-e.across].mode(block + 12)
	}
	return modeDC
}

func (e *encoder) modeLeft(i, block int) uint8 {
	switch {
	case block%4 > 0:
		return e.macroblocks[i].mode(block - 1)
	case i%e.across > 0:
		return e.macroblocks[i-1].mode(block + 3)
	}
	return modeDC
}
