package webp

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/webp"
)

// kept returns what a picture is after it was written without loss.
func kept(t testing.TB, m *image.NRGBA) (*image.NRGBA, int) {
	t.Helper()
	var b bytes.Buffer
	if err := EncodeLossless(&b, m); err != nil {
		t.Fatal(err)
	}
	n := b.Len()
	got, err := webp.Decode(&b)
	if err != nil {
		t.Fatalf("%v: %v", m.Rect, err)
	}
	return got.(*image.NRGBA), n
}

// drawn is a picture whose pixels are those of a function.
func drawn(size image.Point, f func(x, y int) color.NRGBA) *image.NRGBA {
	m := image.NewNRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			m.SetNRGBA(x, y, f(x, y))
		}
	}
	return m
}

func TestLosslessIsExact(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	few := func(n int) func(x, y int) color.NRGBA {
		return func(x, y int) color.NRGBA {
			v := uint8(r.IntN(n))
			return color.NRGBA{v * 7, v, 255 - v, 255 - v}
		}
	}
	kinds := map[string]func(x, y int) color.NRGBA{
		"one colour": func(x, y int) color.NRGBA { return color.NRGBA{1, 2, 3, 255} },
		"nothing":    func(x, y int) color.NRGBA { return color.NRGBA{} },
		"2 colours":  few(2),
		"4 colours":  few(4),
		"16 colours": few(16),
		"200":        few(200),
		"noise": func(x, y int) color.NRGBA {
			return color.NRGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32())}
		},
		"slope": func(x, y int) color.NRGBA { return color.NRGBA{uint8(3 * x), uint8(5 * y), uint8(x * y), 255} },
		"soft":  func(x, y int) color.NRGBA { return color.NRGBA{200, uint8(9 * y), 7, uint8(x*x + y*y)} },
		"tiles": func(x, y int) color.NRGBA {
			return color.NRGBA{uint8(x % 37 * 6), uint8(y % 29 * 8), uint8(x % 37 * y % 29), 255}
		},
	}
	for name, f := range kinds {
		for _, size := range []image.Point{{1, 1}, {2, 9}, {1, 40}, {40, 1}, {33, 50}, {300, 141}} {
			m := drawn(size, f)
			got, _ := kept(t, m)
			if got.Rect != m.Rect {
				t.Fatalf("%s of %v: came back as %v", name, size, got.Rect)
			}
			for y := range size.Y {
				for x := range size.X {
					want := m.NRGBAAt(x, y)
					if want.A == 0 {
						want = color.NRGBA{}
					}
					if have := got.NRGBAAt(x, y); have != want {
						t.Fatalf("%s of %v: pixel %d,%d is %v, want %v", name, size, x, y, have, want)
					}
				}
			}
		}
	}
}

// TestLosslessBytes holds the bytes, which are the same on every processor: the
// sums were written on one and hold on the others. It holds the sizes too.
func TestLosslessBytes(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	for _, size := range []image.Point{{1, 1}, {16, 16}, {150, 101}, {333, 222}} {
		for _, opaque := range []bool{false, true} {
			var b bytes.Buffer
			if err := EncodeLossless(&b, scene(size.X, size.Y, opaque)); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&got, "%dx%d %v %d %x\n", size.X, size.Y, opaque, b.Len(), sha256.Sum256(b.Bytes()))
		}
	}
	file := filepath.Join("testdata", "lossless.txt")
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("not as in %s:\n%s", file, got.String())
	}
}

// FuzzEncodeLossless writes pictures of any bytes in any shape.
func FuzzEncodeLossless(f *testing.F) {
	f.Add([]byte{1, 2, 3, 255, 9, 9, 9, 0, 1, 2, 3, 255}, 3)
	f.Add(bytes.Repeat([]byte{7, 7, 7, 255, 1, 7, 9, 255}, 40), 5)
	f.Add(bytes.Repeat([]byte{0, 0, 0, 0}, 70), 70)
	f.Fuzz(func(t *testing.T, pix []byte, w int) {
		if w < 1 || w > len(pix)/4 || len(pix) > 1<<14 {
			return
		}
		h := len(pix) / 4 / w
		m := &image.NRGBA{Pix: pix[:4*w*h], Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
		got, _ := kept(t, m)
		for i := 0; i < len(m.Pix); i += 4 {
			if m.Pix[i+3] != 0 && !bytes.Equal(got.Pix[i:i+4], m.Pix[i:i+4]) {
				t.Fatalf("pixel %d is %v, want %v", i/4, got.Pix[i:i+4], m.Pix[i:i+4])
			}
		}
	})
}

func BenchmarkEncodeLossless(b *testing.B) {
	m := scene(640, 366, true)
	b.ReportAllocs()
	for b.Loop() {
		var w bytes.Buffer
		if err := EncodeLossless(&w, m); err != nil || w.Len() < 1000 {
			b.Fatal(err, w.Len())
		}
	}
}
