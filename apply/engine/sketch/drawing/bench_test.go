package drawing

import (
	"context"
	"image"
	"io"
	"testing"
)

func BenchmarkImage(b *testing.B) {
	for _, bm := range []struct{ name, prompt, model string }{
		{"castle/imagen3.5", "A castle on a hill at dusk", ""},
		{"castle/pro", "A castle on a hill at dusk", "nano_banana_pro"},
		{"mountains/imagen3.5", "Snowy mountains at sunrise", ""},
		{"city/imagen3.5", "Neon city at night, rain", ""},
		{"painterly/pro", "Painterly forest with a wolf", "nano_banana_pro"},
		{"icon/imagen3.5", "Game icon of a sword", ""},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m := Image(Request{Method: MethodImage, Prompt: bm.prompt, Model: bm.model})
				if !m.Opaque() {
					b.Fatal("not drawn")
				}
			}
		})
	}
}

func BenchmarkEncodePNG(b *testing.B) {
	m := Image(Request{Method: MethodImage, Prompt: "A castle on a hill at dusk"})
	b.ReportAllocs()
	var n counter
	for b.Loop() {
		n = 0
		if err := EncodePNG(&n, m); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n), "bytes/file")
}

func BenchmarkMP4(b *testing.B) {
	a, c := testImages()
	for _, r := range []Request{
		{Method: MethodVideo, Prompt: "A dragon over mountains"},
		{Method: MethodVideoFromImage, Prompt: "breathes", Image: a},
		{Method: MethodVideoTransition, Prompt: "open", Start: a, End: c},
		{Method: MethodVideoReference, Prompt: "walks in rain", References: []image.Image{c}},
	} {
		b.Run(r.Method, func(b *testing.B) {
			b.ReportAllocs()
			var n counter
			for b.Loop() {
				n = 0
				if err := MP4(context.Background(), &n, r); err != nil {
					b.Fatal(err)
				}
			}
			if n < 32<<10 {
				b.Fatalf("a film of %d bytes", n)
			}
			b.ReportMetric(float64(n), "bytes/file")
		})
	}
}

func BenchmarkWebM(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := WebM(context.Background(), io.Discard, Request{Method: MethodVideo, Prompt: "A dragon over mountains"}); err != nil {
			b.Fatal(err)
		}
	}
}

// counter counts what is written to it.
type counter int

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
