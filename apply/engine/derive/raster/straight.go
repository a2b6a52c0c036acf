package raster

import (
	"image"
	"image/color"
	"image/draw"
)

// Straight returns a picture with 8 bits a channel and alpha that is not
// multiplied in, whose bounds begin at 0,0. The pixels are those that
// color.NRGBAModel makes; where they are that already, they are shared.
func Straight(m image.Image) *image.NRGBA {
	b := m.Bounds()
	switch m := m.(type) {
	case *image.NRGBA:
		return Part(m, b.Sub(b.Min))
	case *image.RGBA:
		if m.Opaque() { // the bytes are the same
			return Part(&image.NRGBA{Pix: m.Pix, Stride: m.Stride, Rect: m.Rect}, b.Sub(b.Min))
		}
	}
	dst := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	switch m := m.(type) {
	case *image.Gray:
		eachRow(dst, m.Pix, m.Stride, 1, func(to, from []uint8) {
			to[0], to[1], to[2], to[3] = from[0], from[0], from[0], 255
		})
	case *image.Paletted:
		straightPaletted(dst, m)
	case *image.RGBA:
		eachRow(dst, m.Pix, m.Stride, 4, func(to, from []uint8) {
			c := color.NRGBAModel.Convert(color.RGBA{from[0], from[1], from[2], from[3]}).(color.NRGBA)
			to[0], to[1], to[2], to[3] = c.R, c.G, c.B, c.A
		})
	case *image.YCbCr, *image.CMYK: // opaque, and drawing to RGBA has fast paths
		draw.Draw(&image.RGBA{Pix: dst.Pix, Stride: dst.Stride, Rect: dst.Rect}, dst.Rect, m, b.Min, draw.Src)
	default:
		for y := range b.Dy() {
			for x := range b.Dx() {
				dst.SetNRGBA(x, y, color.NRGBAModel.Convert(m.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA))
			}
		}
	}
	return dst
}

// eachRow converts pixel by pixel; those of the source have so many bytes.
func eachRow(dst *image.NRGBA, pix []uint8, stride, size int, convert func(to, from []uint8)) {
	for y := range dst.Rect.Dy() {
		from, to := pix[y*stride:], dst.Pix[y*dst.Stride:]
		for x := range dst.Rect.Dx() {
			convert(to[4*x:][:4:4], from[size*x:][:size])
		}
	}
}

func straightPaletted(dst *image.NRGBA, m *image.Paletted) {
	colors := make([]color.NRGBA, 256) // an index beyond the palette is transparent
	for i, c := range m.Palette[:min(len(m.Palette), 256)] {
		colors[i] = color.NRGBAModel.Convert(c).(color.NRGBA)
	}
	eachRow(dst, m.Pix, m.Stride, 1, func(to, from []uint8) {
		c := colors[from[0]]
		to[0], to[1], to[2], to[3] = c.R, c.G, c.B, c.A
	})
}

// Part is a view of a picture that shares its pixels; r counts from its corner.
func Part(m *image.NRGBA, r image.Rectangle) *image.NRGBA {
	if r.Empty() {
		return &image.NRGBA{}
	}
	end := (r.Max.Y-1)*m.Stride + 4*r.Max.X
	return &image.NRGBA{
		Pix:    m.Pix[r.Min.Y*m.Stride+4*r.Min.X : end], // up to the end of the picture's memory, for Shares
		Stride: m.Stride,
		Rect:   image.Rectangle{Max: r.Size()},
	}
}

// Shares reports whether one picture was made of the other one's pixels and keeps
// these in memory.
func Shares(a, b *image.NRGBA) bool {
	end := func(m *image.NRGBA) *uint8 { return &m.Pix[:cap(m.Pix)][cap(m.Pix)-1] }
	return end(a) == end(b)
}

// row is the pixels of one row.
func row(m *image.NRGBA, y int) []uint8 {
	return m.Pix[y*m.Stride:][:4*m.Rect.Dx()]
}

// opaque reports whether nothing shows through; unlike the method of the same
// name it does not look at a stride's rest.
func opaque(m *image.NRGBA) bool {
	for y := range m.Rect.Dy() {
		for r := row(m, y); len(r) >= 4; r = r[4:] {
			if r[3] != 255 {
				return false
			}
		}
	}
	return true
}
