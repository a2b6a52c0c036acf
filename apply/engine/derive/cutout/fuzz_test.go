package cutout

import (
	"image"
	"image/color"
	"math"
	"testing"
)

// FuzzCut: any picture and settings give an error or a picture of the same
// size, the same each time, and what is far from everything that could be
// ground is as it was.
func FuzzCut(f *testing.F) {
	f.Add([]byte("\x00\xff\x00\x00\xff\x00\x00\xff\x00\xc8\x10\x10"), uint8(9), uint16(26), uint8(1), false)
	f.Add([]byte("a checkerboard of two greys"), uint8(31), uint16(0), uint8(2), true)
	f.Add([]byte{255, 255, 255, 250, 251, 252, 0, 0, 0}, uint8(64), uint16(900), uint8(4), true)
	f.Fuzz(func(t *testing.T, data []byte, width uint8, tolerance uint16, kind uint8, holes bool) {
		w := max(int(width), 1)
		src := scattered(data, w, kind)
		before := append([]byte(nil), src.Pix...)
		s := Settings{Tolerance: float64(tolerance) / 1000, Despill: kind&1 > 0, MinGround: float64(kind&6) / 8, Holes: holes}
		if kind&8 > 0 {
			s.Key = &color.NRGBA{0, 255, 0, 255}
		}
		m, err := Cut(src, s)
		again, err2 := Cut(src, s)
		if (err == nil) != (err2 == nil) || string(src.Pix) != string(before) {
			t.Fatal("not the same again, or the source was changed")
		}
		if err != nil {
			return
		}
		if m.Rect.Size() != src.Rect.Size() || string(m.Pix) != string(again.Pix) {
			t.Fatal("another size, or not the same again")
		}
		for i := 0; i < len(m.Pix); i += 4 {
			if m.Pix[i+3] > src.Pix[i+3] {
				t.Fatalf("pixel %d became more opaque", i/4)
			}
		}
	})
}

// scattered repeats the data as a picture: scaled up, mirrored or with a ground
// around it.
func scattered(data []byte, w int, kind uint8) *image.NRGBA {
	h := 1 + len(data)%61
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{0, 255, 0, 255}
			if n := len(data) / 3; n > 0 && (kind&16 == 0 || x > 2 && y > 2 && x < w-3 && y < h-3) {
				i := (y>>(kind>>6)*w + x>>(kind>>6)) % n * 3
				c = color.NRGBA{data[i], data[i+1], data[i+2], 255}
			}
			if kind&32 > 0 && (x+y)%7 == 0 {
				c.A = uint8(x * y)
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// TestFarIsKept: what is more than the softest edge away from what could be
// ground keeps its colour and its opacity, after every noise.
func TestFarIsKept(t *testing.T) {
	t.Parallel()
	for _, n := range noises {
		for _, g := range grounds[:5] {
			src := n.make(t, paintEmblem(rgb{}).over(g.at))
			m, err := Cut(src, Defaults())
			if err != nil {
				t.Fatal(n.name, g.name, err)
			}
			for y := 104; y < 172; y++ {
				for x := 96; x < 144; x++ {
					if m.NRGBAAt(x, y) != src.NRGBAAt(x, y) {
						t.Fatalf("%s %s: %d,%d is %v, was %v", n.name, g.name, x, y, m.NRGBAAt(x, y), src.NRGBAAt(x, y))
					}
				}
			}
		}
	}
}

// TestOddSettings: numbers that are none are bounded.
func TestOddSettings(t *testing.T) {
	t.Parallel()
	src := painted(40, 40, green, image.Rect(10, 10, 30, 30), red)
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -1, 2} {
		if m, err := Cut(src, Settings{Tolerance: f, MinGround: f}); err == nil && m.Rect != src.Rect {
			t.Errorf("%v: size %v", f, m.Rect)
		}
	}
}
