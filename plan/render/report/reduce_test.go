package report

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"testing"

	"assetform/config/picture"
)

// TestThumbnailsStayTheSame holds the pixels that thumbnails show to the
// version in their names: who changes what this sums up raises thumbVersion.
func TestThumbnailsStayTheSame(t *testing.T) {
	t.Parallel()
	const want = "e071c6a8a18e9a76"
	sum := sha256.New()
	for n, size := range []image.Point{{1344, 768}, {513, 7}, {1700, 900}, {100_000, 1}, {1, 600}} {
		m := image.NewNRGBA(image.Rect(0, 0, size.X, size.Y))
		for i := range m.Pix {
			m.Pix[i] = uint8(i>>2*(i&3+1)/7 + i*i>>9*n)
		}
		var file bytes.Buffer
		if err := png.Encode(&file, m); err != nil {
			t.Fatal(err)
		}
		b := file.Bytes()
		f, err := picture.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		r := newReducer(f.Width, f.Height, 512)
		if _, err := f.Rows(r.add); err != nil {
			t.Fatal(err)
		}
		small := r.picture()
		if max(small.Rect.Dx(), small.Rect.Dy()) != 512 {
			t.Errorf("%v became %v", size, small.Rect.Max)
		}
		sum.Write(small.Pix)
	}
	if got := fmt.Sprintf("%x", sum.Sum(nil)[:8]); got != want {
		t.Errorf("the pixels are %s, of version 2 %s", got, want)
	}
}

// TestReducer has pictures whose reduction is known.
func TestReducer(t *testing.T) {
	t.Parallel()
	for _, size := range []image.Point{{513, 513}, {1344, 768}, {1023, 2000}, {5000, 3}} {
		for name, c := range map[string]color.RGBA{"white": {255, 255, 255, 255}, "clear": {}, "half": {60, 0, 128, 128}, "black": {A: 255}} {
			r := newReducer(size.X, size.Y, 512)
			for range size.Y {
				r.add(bytes.Repeat([]byte{c.R, c.G, c.B, c.A}, size.X))
			}
			m := r.picture()
			for y := range m.Rect.Dy() {
				for x := range m.Rect.Dx() {
					if got := m.RGBAAt(x, y); got != c {
						t.Fatalf("%v of %s: got %v at %d,%d, want %v", size, name, got, x, y, c)
					}
				}
			}
		}
	}
	// Black at the left and clear at the right of the middle, in a picture
	// whose last square lacks pixels: the edge stays in the middle.
	r := newReducer(1501, 2, 512)
	row := make([]byte, 4*1501)
	for x := range 750 {
		row[4*x+3] = 255
	}
	r.add(row)
	r.add(row)
	m := r.picture()
	if l, r := m.RGBAAt(254, 0).A, m.RGBAAt(257, 0).A; l < 250 || r > 5 {
		t.Errorf("the edge moved: %d and %d at its sides", l, r)
	}
}

// BenchmarkReducer makes the thumbnail of a picture as large as generators
// make them.
func BenchmarkReducer(b *testing.B) {
	row := bytes.Repeat([]byte{10, 20, 30, 255}, 1344)
	b.ReportAllocs()
	for b.Loop() {
		r := newReducer(1344, 768, 512)
		for range 768 {
			r.add(row)
		}
		if got := r.picture().Rect.Max; got != image.Pt(512, 293) {
			b.Fatal(got)
		}
	}
}
