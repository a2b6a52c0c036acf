package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
)

// orientationOf reads how a camera was held from EXIF data: 1 is upright, 2 to
// 4 are turned or mirrored, 5 to 8 lie on their side.
func orientationOf(exif []byte) int {
	exif = bytes.TrimPrefix(exif, []byte("Exif\x00\x00"))
	if len(exif) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(exif[:4]) {
	case "MM\x00*":
		order = binary.BigEndian
	case "II*\x00":
	default:
		return 1
	}
	at := int64(order.Uint32(exif[4:]))
	if at+2 > int64(len(exif)) {
		return 1
	}
	const tag, short, row = 0x0112, 3, 12
	n := int64(order.Uint16(exif[at:]))
	for i := at + 2; n > 0 && i+row <= int64(len(exif)); n, i = n-1, i+row {
		e := exif[i:]
		if order.Uint16(e) != tag || order.Uint16(e[2:]) != short {
			continue
		}
		if o := int(order.Uint16(e[8:])); o >= 1 && o <= 8 {
			return o
		}
	}
	return 1
}

// upright turns a picture as EXIF says.
func upright(m image.Image, orientation int) image.Image {
	if orientation <= 1 || orientation > 8 {
		return m
	}
	src := straight(m)
	w, h := src.Rect.Dx(), src.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if orientation > 4 {
		size = image.Rect(0, 0, h, w)
	}
	dst := image.NewNRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			sx, sy := x, y
			if orientation > 4 {
				sx, sy = y, x
			}
			switch orientation {
			case 2, 7, 3, 8: // the right is at the left
				sx = w - 1 - sx
			}
			switch orientation {
			case 4, 3, 6, 7: // the bottom is at the top
				sy = h - 1 - sy
			}
			copy(dst.Pix[dst.PixOffset(x, y):][:4], src.Pix[src.PixOffset(sx, sy):][:4])
		}
	}
	return dst
}

// straight returns an image with 8 bits and alpha that is not multiplied in.
func straight(m image.Image) *image.NRGBA {
	b := m.Bounds()
	if src, ok := m.(*image.NRGBA); ok && b.Min == (image.Point{}) {
		return src
	}
	if src, ok := m.(*image.RGBA); ok && b.Min == (image.Point{}) && src.Opaque() {
		return &image.NRGBA{Pix: src.Pix, Stride: src.Stride, Rect: src.Rect} // the bytes are the same
	}
	dst := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	if o, ok := m.(interface{ Opaque() bool }); ok && o.Opaque() {
		// Drawing to RGBA has fast paths.
		draw.Draw(&image.RGBA{Pix: dst.Pix, Stride: dst.Stride, Rect: dst.Rect}, dst.Rect, m, b.Min, draw.Src)
		return dst
	}
	draw.Draw(dst, dst.Rect, m, b.Min, draw.Src)
	return dst
}
