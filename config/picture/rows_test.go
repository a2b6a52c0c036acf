package picture

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"
)

// BenchmarkRows goes through a picture as large as generators make them.
func BenchmarkRows(b *testing.B) {
	file := asPNG(b, noisy(1344, 768, 255))
	b.SetBytes(1344 * 768 * 4)
	b.ReportAllocs()
	for b.Loop() {
		f, err := Open(bytes.NewReader(file), int64(len(file)))
		rows := 0
		if err == nil {
			_, err = f.Rows(func([]uint8) { rows++ })
		}
		if err != nil || rows != 768 {
			b.Fatal(rows, err)
		}
	}
}

// noisy is a slope with noise, for which an encoder takes every filter, and
// is as opaque as alpha says.
func noisy(w, h int, alpha uint8) *image.NRGBA {
	random := rand.New(rand.NewPCG(3, 4))
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			n := random.IntN(1 + y/40%4*7)
			m.SetNRGBA(x, y, color.NRGBA{uint8(x/5 + n), uint8(y/3 + x/9), uint8(n * y), uint8(max(int(alpha), 255-x%256))})
		}
	}
	return m
}

// TestRows holds the rows of every kind of picture to what Use gives.
func TestRows(t *testing.T) {
	t.Parallel()
	grey, deep, few := image.NewGray(image.Rect(0, 0, 70, 50)), image.NewNRGBA64(image.Rect(0, 0, 70, 50)), image.NewPaletted(image.Rect(0, 0, 70, 50), color.Palette{color.Black, color.NRGBA{200, 100, 50, 90}})
	for _, m := range []draw.Image{grey, deep, few} {
		draw.Draw(m, m.Bounds(), noisy(70, 50, 0), image.Point{}, draw.Src)
	}
	files := map[string][]byte{
		"opaque": asPNG(t, noisy(301, 160, 255)), "clear": asPNG(t, noisy(301, 160, 0)), "tall": asPNG(t, noisy(1, 3000, 0)),
		"wide": asPNG(t, noisy(90_000, 2, 0)), "grey": asPNG(t, grey), "16 bits": asPNG(t, deep), "palette": asPNG(t, few),
		"profile": withChunk(asPNG(t, noisy(20, 20, 255)), "gAMA", []byte{0, 1, 0x86, 0xa0}),
		"side":    withChunk(asPNG(t, noisy(20, 30, 0)), "eXIf", exif(6)),
	}
	for name, b := range files {
		got, want := rowsOf(t, b)
		if got != want {
			t.Errorf("%s: rows and picture differ: %.90s, %.90s", name, got, want)
		}
		plain := name == "opaque" || name == "clear" || name == "tall" || name == "wide"
		if f, err := Open(bytes.NewReader(b), int64(len(b))); err != nil || f.plainPNG() != plain {
			t.Errorf("%s: plain is not %v, error %v", name, plain, err)
		}
		// A file that is cut or altered has the error that it ever had.
		for i := range 40 {
			bad := bytes.Clone(b[:len(b)-max(i-20, 0)*len(b)/50])
			if i < 20 {
				bad[i*len(b)/20] ^= 1 << (i % 8)
			}
			if got, want := rowsOf(t, bad); got != want {
				t.Errorf("%s, damaged %d: got %.90s, want %.90s", name, i, got, want)
			}
		}
	}
}

// rowsOf is what Rows gives and what Decode gives, with the errors of both.
func rowsOf(t *testing.T, b []byte) (rows, picture string) {
	t.Helper()
	open := func() *File {
		f, err := Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			return nil
		}
		return f
	}
	f := open()
	if f == nil {
		return "", ""
	}
	var pix []byte
	opaque, err := f.Rows(func(row []uint8) { pix = append(pix, row...) })
	if err != nil {
		pix, opaque = nil, false
	}
	rows = fmt.Sprintf("%v %v %x", err, opaque, sha256.Sum256(pix))
	m, err := open().Decode()
	if err != nil {
		return rows, fmt.Sprintf("%v %v %x", err, false, sha256.Sum256(nil))
	}
	straight := image.NewRGBA(m.Bounds())
	draw.Draw(straight, straight.Rect, m, m.Bounds().Min, draw.Src)
	return rows, fmt.Sprintf("%v %v %x", err, m.(interface{ Opaque() bool }).Opaque(), sha256.Sum256(straight.Pix))
}
