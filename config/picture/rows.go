package picture

import (
	"encoding/binary"
	"errors"
	"image"
	"image/draw"
	"io"

	"github.com/klauspost/compress/zlib"
)

// Rows hands out the picture's rows from top to bottom, each as image.RGBA has
// it and until use returns, and tells whether all of them are opaque. After an
// error what use was given counts for nothing. What holds for Use holds here,
// but of most pictures no more than two rows are held.
func (f *File) Rows(use func(row []uint8)) (opaque bool, err error) {
	done, opaque, err := 0, true, errNotPlain
	if f.plainPNG() {
		err = within(12*int64(f.Width), func() error {
			done, opaque, err = f.plainRows(use)
			return err
		})
	}
	if err == nil {
		return opaque, nil
	}
	// The rows that came are right, whatever stands behind them.
	err = f.Use(func(m image.Image) error {
		o, known := m.(interface{ Opaque() bool })
		opaque = known && o.Opaque()
		b := m.Bounds()
		row := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
		for y := done; y < b.Dy(); y++ {
			draw.Draw(row, row.Rect, m, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
			use(row.Pix)
		}
		return nil
	})
	return opaque, err
}

// errNotPlain tells that the picture is for the decoder of all others.
var errNotPlain = errors.New("no plain PNG")

// plainPNG tells whether it is a PNG as generators write it: upright, from top
// to bottom, with 8 bits of red, green and blue, in sRGB.
func (f *File) plainPNG() bool {
	h := f.png.head
	if f.Type != "image/png" || h[8] != 8 || h[9] != 6 && (h[9] != 2 || f.png.alpha != nil) || h[12] != 0 || f.orientation > 1 {
		return false
	}
	g, space := f.conversion(&image.NRGBA{})
	return g == nil && space == nil
}

// plainRows is Rows for such a PNG. Done is how many rows came before an error,
// which is not the last word on the file.
func (f *File) plainRows(use func(row []uint8)) (done int, opaque bool, err error) {
	z, err := zlib.NewReader(f.idat())
	if err != nil {
		return 0, true, err
	}
	p := f.passes()[0]
	n := int(p.bytes / int64(f.Width)) // bytes of a pixel
	row, last, out := make([]uint8, 1+p.bytes), make([]uint8, 1+p.bytes), make([]uint8, 4*f.Width)
	opaque = true
	for range p.rows {
		if _, err := io.ReadFull(z, row); err != nil {
			return done, opaque, err
		}
		if err := unfilter(row[0], row[1:], last[1:], n); err != nil {
			return done, opaque, err
		}
		if n == 3 {
			for i, o := row[1:], out; len(i) >= 3 && len(o) >= 4; i, o = i[3:], o[4:] {
				o[0], o[1], o[2], o[3] = i[0], i[1], i[2], 255
			}
		} else {
			opaque = multiply(out, row[1:]) && opaque
		}
		use(out)
		row, last = last, row
		done++
	}
	if _, err := io.ReadFull(z, row[:1]); err != io.EOF {
		return done, opaque, errors.Join(errNotPlain, err)
	}
	return done, opaque, nil
}

// multiply multiplies colours by alpha, rounded as package image does, and
// tells whether all of it is opaque.
func multiply(out, row []uint8) bool {
	const whole = 1<<8 + 1 // from 8 bits to 16
	opaque := true
	for ; len(row) >= 4 && len(out) >= 4; row, out = row[4:], out[4:] {
		if row[3] == 255 {
			binary.NativeEndian.PutUint32(out, binary.NativeEndian.Uint32(row))
			continue
		}
		opaque = false
		alpha := uint32(row[3]) * whole
		for c := range 3 {
			out[c] = uint8(uint32(row[c]) * alpha / 255 >> 8)
		}
		out[3] = row[3]
	}
	return opaque
}

// unfilter turns differences from neighbours into values. The row above, and
// what a pixel of n bytes has to its left, are values.
func unfilter(filter byte, row, above []uint8, n int) error {
	above = above[:len(row)]
	switch filter {
	case 0:
	case 1:
		for i := n; i < len(row); i++ {
			row[i] += row[i-n]
		}
	case 2:
		for i, v := range above {
			row[i] += v
		}
	case 3:
		for i := range n {
			row[i] += above[i] / 2
		}
		for i := n; i < len(row); i++ {
			row[i] += uint8((int(row[i-n]) + int(above[i])) / 2)
		}
	case 4:
		for i := range n {
			row[i] += above[i]
		}
		for i := n; i < len(row); i++ {
			row[i] += paeth(int(row[i-n]), int(above[i]), int(above[i-n]))
		}
	default:
		return errors.New("its pixels are damaged")
	}
	return nil
}
