package sheet

import (
	"image/color"
	"testing"
)

func BenchmarkArrange(b *testing.B) {
	for _, c := range []struct {
		name    string
		boxes   []Box
		s       Settings
		atLeast float64 // of density
	}{
		{"100", boxesOf(100, 16, 128, 3), Settings{Padding: 2}, 0.9},
		{"2000", boxesOf(2000, 8, 64, 1), Settings{Padding: 2, MaxSize: 4096}, 0.95},
		{"2000 in a grid", boxesOf(2000, 8, 64, 1), Settings{Grid: true, Padding: 2, MaxSize: 4096}, 0.3},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				a, err := Arrange(c.boxes, c.s)
				if err != nil || density(a, c.boxes, c.s) < c.atLeast {
					b.Fatal(err, a)
				}
			}
		})
	}
}

// BenchmarkMake trims sprites and draws them on a sheet.
func BenchmarkMake(b *testing.B) {
	s := Settings{Trim: true, Padding: 2, Extrude: 1}
	var sources []Sprite
	for i := range 100 {
		name := string([]byte{'a' + byte(i/10), 'a' + byte(i%10)})
		sources = append(sources, Sprite{Name: name, Image: disc(128, 128, 64, 64, 20+i%40, color.NRGBA{uint8(i), 90, 200, 255})})
	}
	b.ReportAllocs()
	for b.Loop() {
		var sprites []Sprite
		for _, p := range sources {
			sprites = append(sprites, s.Trimmed(p.Name, p.Image))
		}
		m, frames, err := Make(sprites, s)
		if err != nil || len(frames) != 100 || frames[39].W != 2*59+1 || m.NRGBAAt(frames[39].X+59, frames[39].Y+59).A != 255 {
			b.Fatal(err, frames)
		}
	}
}
