package graphics

import (
	"bytes"
	"fmt"
	"image"
	"image/color/palette"
	"image/draw"
	"image/png"
	"strconv"
	"strings"
)

// sixel is a PNG as sixels: columns of six pixels, colour by colour. It has the
// 256 colours of Plan 9, dithered: as many as nearly all terminals take, and no
// palette has to be looked for. What is more than half transparent is left out.
func sixel(b []byte) string {
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return ""
	}
	r := img.Bounds()
	in := image.NewPaletted(image.Rect(0, 0, r.Dx(), r.Dy()), palette.Plan9)
	draw.FloydSteinberg.Draw(in, in.Rect, img, r.Min)
	seen := func(x, y int) bool {
		_, _, _, a := img.At(r.Min.X+x, r.Min.Y+y).RGBA()
		return a >= 0x8000
	}
	return encodeSixels(in, seen)
}

// bandHeight is how many pixels a sixel has, one above the other.
const bandHeight = 6

func encodeSixels(m *image.Paletted, seen func(x, y int) bool) string {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	var b strings.Builder
	fmt.Fprintf(&b, "\x1bP0;1q\"1;1;%d;%d", w, h) // 1: what is not drawn stays as it is; square pixels
	defined := make([]bool, len(m.Palette))
	for top := 0; top < h; top += bandHeight {
		rows := map[uint8][]byte{} // of each colour, the bits of each column
		for y := top; y < min(top+bandHeight, h); y++ {
			for x := range w {
				if !seen(x, y) {
					continue
				}
				c := m.ColorIndexAt(x, y)
				if rows[c] == nil {
					rows[c] = make([]byte, w)
				}
				rows[c][x] |= 1 << (y - top)
			}
		}
		for c := range m.Palette {
			row := rows[uint8(c)]
			if row == nil {
				continue
			}
			b.WriteString("#" + strconv.Itoa(c))
			if !defined[c] {
				defined[c] = true
				red, green, blue, _ := m.Palette[c].RGBA()
				fmt.Fprintf(&b, ";2;%d;%d;%d", percent(red), percent(green), percent(blue))
			}
			writeRow(&b, row)
			b.WriteByte('$') // back to the left, for the next colour
		}
		b.WriteByte('-') // the next band
	}
	b.WriteString("\x1b\\")
	return b.String()
}

func percent(c uint32) uint32 { return (c*100 + 0x7fff) / 0xffff }

// writeRow writes the columns of a colour; of equal ones their number.
func writeRow(b *strings.Builder, row []byte) {
	row = bytes.TrimRight(row, "\x00")
	for len(row) > 0 {
		n := 1
		for n < len(row) && row[n] == row[0] {
			n++
		}
		char := string(rune('?' + row[0]))
		if n > 3 {
			b.WriteString("!" + strconv.Itoa(n) + char)
		} else {
			b.WriteString(strings.Repeat(char, n))
		}
		row = row[n:]
	}
}
