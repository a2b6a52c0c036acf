package raster

import (
	"image"
	"image/color"
	"image/draw"
	"testing"
)

// BenchmarkResized brings a picture as generators deliver it to sizes in every
// way.
func BenchmarkResized(b *testing.B) {
	src := photo(1344, 768)
	for _, c := range []struct {
		name string
		s    Settings
		want image.Point
	}{
		{"width 320", Settings{Width: 320}, image.Pt(320, 183)},
		{"width 960", Settings{Width: 960}, image.Pt(960, 549)},
		{"cover", Settings{Width: 512, Height: 512}, image.Pt(512, 512)},
		{"contain", Settings{Width: 512, Height: 512, Fit: Contain}, image.Pt(512, 512)},
		{"fill", Settings{Width: 512, Height: 512, Fit: Fill}, image.Pt(512, 512)},
		{"inside", Settings{Width: 512, Height: 512, Fit: Inside}, image.Pt(512, 293)},
		{"enlarged", Settings{Width: 2000, Enlarge: true}, image.Pt(2000, 1143)},
		{"nearest", Settings{Width: 512, Kernel: Nearest}, image.Pt(512, 293)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(src.Pix) / 4))
			for b.Loop() {
				m, err := c.s.Resized(src)
				if err != nil || m.Rect.Size() != c.want {
					b.Fatal(err, m.Rect)
				}
			}
		})
	}
}

func BenchmarkTrimmed(b *testing.B) {
	clear := image.NewNRGBA(image.Rect(0, 0, 1344, 768))
	white := image.NewNRGBA(clear.Rect)
	draw.Draw(white, white.Rect, image.White, image.Point{}, draw.Src)
	inner := image.Rect(400, 200, 900, 700)
	for name, m := range map[string]*image.NRGBA{"transparent": clear, "white": white} {
		draw.Draw(m, inner, image.NewUniform(color.NRGBA{200, 30, 20, 255}), image.Point{}, draw.Src)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				out, _, err := (&Settings{Trim: true}).Trimmed(m)
				if err != nil || out.Rect.Size() != inner.Size() {
					b.Fatal(err, out.Rect)
				}
			}
		})
	}
}

func BenchmarkPadded(b *testing.B) {
	m := photo(640, 366)
	b.ReportAllocs()
	for b.Loop() {
		if out, err := (&Settings{Padding: 16}).Padded(m); err != nil || out.Rect.Dx() != 672 {
			b.Fatal(err, out.Rect)
		}
	}
}

func BenchmarkReduced(b *testing.B) {
	m := photo(640, 366)
	listed := []color.NRGBA{{0, 0, 0, 255}, {255, 255, 255, 255}, {200, 40, 40, 255}, {40, 40, 200, 255}}
	for _, c := range []struct {
		name  string
		s     Settings
		least int
	}{
		{"64 colours", Settings{Colors: 64}, 32},
		{"64 colours dithered", Settings{Colors: 64, Dither: true}, 32},
		{"listed", Settings{Palette: listed}, 3},
		{"listed dithered", Settings{Palette: listed, Dither: true}, 4},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if n := len(colorsOf(c.s.Reduced(m), 300)); n < c.least || n > 64 {
					b.Fatal(n)
				}
			}
		})
	}
}

func BenchmarkEncode(b *testing.B) {
	m := photo(640, 366)
	few := (&Settings{Colors: 64}).Reduced(m)
	for _, c := range []struct {
		name string
		m    *image.NRGBA
		e    Encoding
	}{
		{"png", m, Encoding{Format: PNG}},
		{"png of 64 colours", few, Encoding{Format: PNG}},
		{"jpg", m, Encoding{Format: JPEG}},
		{"webp", m, Encoding{Format: WebP}},
		{"webp lossless", m, Encoding{Format: WebP, Lossless: true}},
		{"gif", m, Encoding{Format: GIF, Dither: true}},
		{"ico", m, Encoding{Format: ICO}},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			var n int
			for b.Loop() {
				if n = len(encoded(b, c.m, c.e)); n < 5000 {
					b.Fatal(n)
				}
			}
			b.ReportMetric(float64(n), "bytes/file")
		})
	}
}
