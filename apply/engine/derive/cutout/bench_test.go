package cutout

import (
	"image"
	"testing"
)

// large is a scene of the bench at the size of a generated picture.
func large(b *testing.B, paint func(rgb) *layer, at func(x, y float64) [3]float64) *image.NRGBA {
	b.Helper()
	small := paint(rgb{0, 255, 0}).over(at)
	m := image.NewNRGBA(image.Rect(0, 0, 1344, 768))
	for y := range 768 {
		for x := range 1344 {
			m.SetNRGBA(x, y, small.NRGBAAt(clampInt((x-192)/4, 239), clampInt(y/4+4, 199)))
		}
	}
	return throughJPEG(b, m, 92)
}

func clampInt(n, hi int) int { return min(max(n, 0), hi) }

func BenchmarkCut(b *testing.B) {
	for _, c := range []struct {
		name  string
		paint func(rgb) *layer
		at    func(x, y float64) [3]float64
	}{
		{"fur on green", paintFur, grounds[0].at},
		{"shadow on grey", paintShadow, grounds[6].at},
		{"emblem on white", paintEmblem, grounds[4].at},
	} {
		b.Run(c.name, func(b *testing.B) {
			src := large(b, c.paint, c.at)
			b.ReportAllocs()
			b.SetBytes(int64(len(src.Pix) / 4))
			for b.Loop() {
				m, err := Cut(src, Defaults())
				if err != nil {
					b.Fatal(err)
				}
				if m.NRGBAAt(0, 0).A != 0 || m.NRGBAAt(672, 384).A != 255 {
					b.Fatal("not cut")
				}
			}
		})
	}
}
