package webp

import (
	"image"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
)

// TestMemory encodes noise, of which nothing can be left out, and counts what is
// allocated for each pixel, whether it is held or garbage: who bounds the memory
// of pictures of many millions reckons with it. It runs alone.
func TestMemory(t *testing.T) {
	const w, h = 1024, 1024
	r := rand.New(rand.NewPCG(5, 6))
	clear, opaque := image.NewNRGBA(image.Rect(0, 0, w, h)), image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range clear.Pix {
		clear.Pix[i] = uint8(r.IntN(256))
		if opaque.Pix[i] = clear.Pix[i]; i%4 == 3 {
			opaque.Pix[i] = 255
		}
	}
	lossy := func(quality int) func(io.Writer, image.Image) error {
		return func(w io.Writer, m image.Image) error { return Encode(w, m, Options{Quality: quality}) }
	}
	for _, c := range []struct {
		name   string
		m      image.Image
		encode func(io.Writer, image.Image) error
		fixed  float64 // MiB, whatever the size
		most   float64 // bytes a pixel beside that
	}{
		{"lossy", opaque, lossy(90), 1, 11},
		{"best lossy", opaque, lossy(100), 1, 11},
		{"lossy with alpha", clear, lossy(100), 9, 22},
		{"lossless", opaque, EncodeLossless, 12, 14},
		{"lossless with alpha", clear, EncodeLossless, 24, 14},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if err := c.encode(io.Discard, c.m); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		n := (float64(after.TotalAlloc-before.TotalAlloc) - c.fixed*(1<<20)) / (w * h)
		t.Logf("%s: %.1f bytes a pixel", c.name, n)
		if n > c.most {
			t.Errorf("%s: %.1f bytes a pixel are allocated, at most %v are expected", c.name, n, c.most)
		}
	}
}
