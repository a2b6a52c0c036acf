package webp

import (
	"bytes"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/webp"
)

// TestAlphaIsExact has masks of every kind that the filters and the lossless
// format treat in their own way.
func TestAlphaIsExact(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	kinds := map[string]func(x, y int) int{
		"none":     func(x, y int) int { return 0 },
		"half":     func(x, y int) int { return 128 },
		"noise":    func(x, y int) int { return r.IntN(256) },
		"bits":     func(x, y int) int { return 255 * r.IntN(2) },
		"disc":     func(x, y int) int { return min(max(255*(400-(x-20)*(x-20)-(y-20)*(y-20))/400, 0), 255) },
		"rows":     func(x, y int) int { return 9 * y },
		"columns":  func(x, y int) int { return 7 * x },
		"diagonal": func(x, y int) int { return 3*x + 5*y },
		"dither":   func(x, y int) int { return 250 * ((x + y) % 2) },
	}
	for name, f := range kinds {
		for _, size := range []image.Point{{1, 1}, {2, 9}, {1, 40}, {40, 1}, {33, 50}, {300, 41}} {
			m := image.NewNRGBA(image.Rectangle{Max: size})
			for y := range size.Y {
				for x := range size.X {
					m.SetNRGBA(x, y, color.NRGBA{R: 200, G: 90, B: uint8(x), A: uint8(f(x, y))})
				}
			}
			if m.Opaque() {
				t.Fatalf("%s: the mask is opaque", name)
			}
			var b bytes.Buffer
			if err := Encode(&b, m, Options{Quality: 80}); err != nil {
				t.Fatal(err)
			}
			got, err := webp.Decode(&b)
			if err != nil {
				t.Fatalf("%s of %v: %v", name, size, err)
			}
			for y := range size.Y {
				for x := range size.X {
					if have, want := got.(*image.NYCbCrA).NYCbCrAAt(x, y).A, m.NRGBAAt(x, y).A; have != want {
						t.Fatalf("%s of %v: alpha at %d,%d is %d, want %d", name, size, x, y, have, want)
					}
				}
			}
		}
	}
}

// TestAlphaIsSmall holds that a cut-out costs little: a mask is mostly runs.
func TestAlphaIsSmall(t *testing.T) {
	t.Parallel()
	const w, h = 512, 512
	alpha := make([]uint8, w*h)
	for i := range alpha {
		x, y := i%w-w/2, i/w-h/2
		alpha[i] = uint8(min(max(200*200-x*x-y*y, 0)/2, 255))
	}
	c := chunk{parts: alphaChunk(alpha, w, h)}
	if n := c.bytes(); n > 3500 {
		t.Errorf("the alpha of a disc takes %d bytes of %d", n, len(alpha))
	}
}
