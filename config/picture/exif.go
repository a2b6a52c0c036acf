package picture

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/draw"
	"slices"
)

// orientationOf reads how a camera was held from EXIF data: 1 is upright, 2 to
// 4 are turned or mirrored, 5 to 8 lie on their side.
func orientationOf(exif []byte) int {
	const tag, short = 0x0112, 3
	held := 1
	walkEXIF(exif, 1, func(order binary.ByteOrder, is, kind uint16, value []byte) {
		if o := int(order.Uint16(value)); held == 1 && is == tag && kind == short && o >= 1 && o <= 8 {
			held = o
		}
	})
	return held
}

// privateEXIF are the tags of a place, of a device and of whose it is, and the
// one under which makers keep what only they can read.
var privateEXIF = []uint16{
	0x010f, 0x0110, 0x013c, 0x8825, // Make, Model, HostComputer, GPS
	0x927c, 0xa430, 0xa431, 0xa432, 0xa433, 0xa434, 0xa435, // MakerNote, the owner, the camera's number, lenses
}

// IsPrivate reports whether EXIF data says where a picture was taken or with
// which device. Of what cannot be read nobody knows, so it does.
func IsPrivate(exif []byte) bool {
	private := false
	read := walkEXIF(exif, 2, func(_ binary.ByteOrder, is, _ uint16, _ []byte) {
		private = private || slices.Contains(privateEXIF, is)
	})
	return private || !read
}

// walkEXIF calls visit with each entry of the first directory, and of two that
// of EXIF, which it names; ok is false where there is no directory.
func walkEXIF(exif []byte, directories int, visit func(order binary.ByteOrder, tag, kind uint16, value []byte)) (ok bool) {
	exif = bytes.TrimPrefix(exif, []byte("Exif\x00\x00"))
	if len(exif) < 8 {
		return false
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(exif[:4]) {
	case "MM\x00*":
		order = binary.BigEndian
	case "II*\x00":
	default:
		return false
	}
	const more, row = 0x8769, 12
	next := int64(order.Uint32(exif[4:]))
	for range directories {
		at := next
		if next = 0; at+2 > int64(len(exif)) {
			return ok
		}
		n := int64(order.Uint16(exif[at:]))
		for i := at + 2; n > 0 && i+row <= int64(len(exif)); n, i = n-1, i+row {
			e := exif[i:]
			tag := order.Uint16(e)
			if visit(order, tag, order.Uint16(e[2:]), e[8:row]); tag == more {
				next = int64(order.Uint32(e[8:]))
			}
		}
		if ok = true; next == 0 {
			break
		}
	}
	return ok
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
