package report

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"strings"
	"testing"

	"assetform/config/picture"
)

// icon makes an icon of one picture, whose line says where it lies.
func icon(content []byte, size, at uint32) []byte {
	b := make([]byte, iconHeader+iconLine)
	b[2], b[4] = 1, 1
	binary.LittleEndian.PutUint32(b[iconHeader+8:], size)
	binary.LittleEndian.PutUint32(b[iconHeader+12:], at)
	return append(b, content...)
}

func smallPNG(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadAsIs(t *testing.T) {
	t.Parallel()
	bitmap := make([]byte, 40+4*32*32)
	bitmap[0], bitmap[4], bitmap[8] = 40, 32, 64
	whole := smallPNG(t, 24, 12)
	wide := smallPNG(t, 257, 1)
	for name, tt := range map[string]struct {
		b    []byte
		want string // the size, or a part of the error
	}{
		"gif":              {[]byte("GIF89a\x20\x00\x10\x00\x00\x00\x00;"), "32 × 16"},
		"gif without size": {[]byte("GIF89a\x20\x00\x00\x00\x00\x00\x00;"), "no size"},
		"huge gif":         {[]byte("GIF87a\xff\xff\xff\xff\x00\x00\x00;"), "65535 x 65535 pixels are more than"},
		"short gif":        {[]byte("GIF87a\xff"), "ends in its header"},
		"other gif":        {[]byte("GIF88a\x20\x00\x10\x00\x00\x00\x00;"), "an icon holds"},
		"png icon":         {icon(whole, uint32(len(whole)), 22), "24 × 12"},
		"bitmap icon":      {icon(bitmap, uint32(len(bitmap)), 22), "32 × 32"},
		"outside":          {icon(whole, uint32(len(whole)), 23), "lies outside"},
		"in the head":      {icon(whole, 10, 2), "lies outside"},
		"overflow":         {icon(whole, 1<<32-1, 1<<32-1), "lies outside"},
		"wide icon":        {icon(wide, uint32(len(wide)), 22), "no PNG or bitmap of at most 256 x 256"},
		"page in an icon":  {icon([]byte(strings.Repeat("<script>", 9)), 72, 22), "no PNG or bitmap"},
		"no pictures":      {[]byte("\x00\x00\x01\x00\x00\x00"), "holds 1 to 64 pictures, not 0"},
		"short icon":       {[]byte("\x00\x00\x01\x00"), "ends in its header"},
	} {
		got := ""
		if p, err := readAsIs(tt.b); err != nil {
			got = err.Error()
		} else {
			got = sizeText(p.width, p.height)
		}
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func FuzzReadAsIs(f *testing.F) {
	whole := smallPNG(f, 24, 12)
	f.Add(icon(whole, uint32(len(whole)), 22))
	f.Add([]byte("GIF89a\x20\x00\x10\x00\x00\x00\x00;"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := readAsIs(b); err == nil && (p.width <= 0 || p.height <= 0 || p.width*p.height > picture.MaxPixels) {
			t.Errorf("%d x %d", p.width, p.height)
		}
	})
}
