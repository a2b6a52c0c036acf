package raster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"
)

const (
	maxSizeICO  = 256
	maxSizesICO = 16
	// firstPNG is the first size that is written as PNG: what reads icons of
	// old expects bitmaps of the small ones, and all that reads 64 and more
	// knows PNG.
	firstPNG = 64
)

// sizesICO are the sides if none are given.
var sizesICO = []int{16, 32, 48}

func (e *Encoding) checkSizes() error {
	if e.Sizes != nil && (len(e.Sizes) == 0 || len(e.Sizes) > maxSizesICO) {
		return fmt.Errorf("sizes lists %d, expected 1 to %d", len(e.Sizes), maxSizesICO)
	}
	seen := map[int]bool{}
	for _, n := range e.Sizes {
		if n < 1 || n > maxSizeICO {
			return fmt.Errorf("sizes has %d, expected 1 to %d", n, maxSizeICO)
		}
		if seen[n] {
			return fmt.Errorf("sizes has %d twice", n)
		}
		seen[n] = true
	}
	return nil
}

// encodeICO writes the picture at each size, by Contain.
func encodeICO(w io.Writer, m *image.NRGBA, e Encoding) error {
	sizes := e.Sizes
	if sizes == nil {
		sizes = sizesICO
	}
	const head, entry = 6, 16
	le := binary.LittleEndian
	out := []byte{0, 0, 1, 0}
	out = le.AppendUint16(out, uint16(len(sizes)))
	var body []byte
	for _, n := range sizes {
		s := Settings{Width: n, Height: n, Fit: Contain, Kernel: e.Kernel, Colors: e.Colors, Palette: e.Palette, Dither: e.Dither}
		small, err := s.Resized(m)
		if err != nil {
			return err
		}
		data, err := iconOf(s.Reduced(small))
		if err != nil {
			return err
		}
		out = append(out, byte(n), byte(n), 0, 0, 1, 0, 32, 0) // a side of 256 is 0
		out = le.AppendUint32(out, uint32(len(data)))
		out = le.AppendUint32(out, uint32(head+entry*len(sizes)+len(body)))
		body = append(body, data...)
	}
	if _, err := w.Write(append(out, body...)); err != nil {
		return fmt.Errorf("encode ICO: %w", err)
	}
	return nil
}

func iconOf(m *image.NRGBA) ([]byte, error) {
	if m.Rect.Dx() < firstPNG {
		return bitmap(m), nil
	}
	var b bytes.Buffer
	err := encodePNG(&b, m)
	return b.Bytes(), err
}

// bitmap is a picture as icons hold it: a header of BMP that speaks of twice
// the height, the rows of BGRA from the last to the first, and a mask of one bit
// for each pixel that is transparent, for what knows no alpha.
func bitmap(m *image.NRGBA) []byte {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	le := binary.LittleEndian
	maskRow := (w + 31) / 32 * 4
	var out []byte
	for _, v := range []int{40, w, 2 * h, 1 | 32<<16, 0, 4*w*h + maskRow*h, 0, 0, 0, 0} {
		out = le.AppendUint32(out, uint32(v))
	}
	mask := make([]byte, maskRow*h)
	for y := range h {
		line := row(m, h-1-y)
		for x := range w {
			p := line[4*x:][:4]
			if p[3] == 0 {
				out = append(out, 0, 0, 0, 0)
				mask[y*maskRow+x/8] |= 0x80 >> (x % 8)
				continue
			}
			out = append(out, p[2], p[1], p[0], p[3])
		}
	}
	return append(out, mask...)
}
