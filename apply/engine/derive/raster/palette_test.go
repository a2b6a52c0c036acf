package raster

import (
	"image"
	"image/color"
	"math/rand/v2"
	"testing"
)

// TestReducedCounts holds that there are no more colours than were asked for,
// with the transparent one.
func TestReducedCounts(t *testing.T) {
	t.Parallel()
	for _, m := range []*image.NRGBA{photo(90, 70), noise(90, 70, 1)} {
		for _, n := range []int{2, 3, 16, 255, 256} {
			for _, dither := range []bool{false, true} {
				s := Settings{Colors: n, Dither: dither}
				out := s.Reduced(m)
				got := colorsOf(out, 300)
				if len(got) > n || len(got) < n/2 {
					t.Errorf("%d colours come out as %d", n, len(got))
				}
				for i := 3; i < len(m.Pix); i += 4 {
					if m.Pix[i] == 0 && out.Pix[i] != 0 {
						t.Fatal("what is transparent is no more")
					}
				}
			}
		}
	}
}

func TestReducedKeepsWhatIsFew(t *testing.T) {
	t.Parallel()
	m := image.NewNRGBA(image.Rect(0, 0, 16, 16))
	for i := range 256 {
		m.SetNRGBA(i%16, i/16, color.NRGBA{uint8(i), uint8(255 - i), 7, 255})
	}
	s := Settings{Colors: 256}
	if s.Reduced(m) != m {
		t.Error("256 colours are not kept as they are")
	}
}

// TestReducedIsNear holds how far colours are off, which is less than what
// ImageMagick reaches on such a picture.
func TestReducedIsNear(t *testing.T) {
	t.Parallel()
	m := photo(200, 150)
	for n, most := range map[int]float64{16: 330, 64: 90, 256: 30} {
		s := Settings{Colors: n}
		out := s.Reduced(m)
		sum := 0
		for i := range m.Pix {
			d := int(m.Pix[i]) - int(out.Pix[i])
			sum += d * d
		}
		mse := float64(sum) / float64(len(m.Pix)*3/4)
		t.Logf("%d colours: mean square %.1f", n, mse)
		if mse > most {
			t.Errorf("%d colours: mean square of the error %.1f, want %.1f", n, mse, most)
		}
	}
}

// TestListed holds that pixels take colours of the list alone, and stay
// transparent by half.
func TestListed(t *testing.T) {
	t.Parallel()
	list := []color.NRGBA{{255, 0, 0, 255}, {0, 0, 0, 255}, {250, 250, 250, 255}}
	m := noise(60, 50, 2)
	for _, dither := range []bool{false, true} {
		s := Settings{Palette: list, Dither: dither}
		out := s.Reduced(m)
		for i := 0; i < len(out.Pix); i += 4 {
			c := colorOf(out.Pix[i:])
			if m.Pix[i+3] < 128 != (c.A == 0) {
				t.Fatalf("alpha %d became %v", m.Pix[i+3], c)
			}
			if c.A > 0 && c != list[0] && c != list[1] && c != list[2] {
				t.Fatalf("%v is not in the list", c)
			}
		}
	}
}

// TestDitherKeepsTheMean spreads a grey over black and white.
func TestDitherKeepsTheMean(t *testing.T) {
	t.Parallel()
	for _, v := range []uint8{20, 100, 128, 230} {
		m := image.NewNRGBA(image.Rect(0, 0, 64, 64))
		for i := range m.Pix {
			m.Pix[i] = v
			if i%4 == 3 {
				m.Pix[i] = 255
			}
		}
		s := Settings{Palette: []color.NRGBA{{0, 0, 0, 255}, {255, 255, 255, 255}}, Dither: true}
		sum := 0
		for i, p := range s.Reduced(m).Pix {
			if i%4 == 0 {
				sum += int(p)
			}
		}
		if mean := sum / (64 * 64); mean < int(v)-4 || mean > int(v)+4 {
			t.Errorf("a grey of %d has the mean %d", v, mean)
		}
	}
}

// TestNearest compares the search with a look at all colours.
func TestNearest(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	random := func() color.NRGBA {
		return color.NRGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32() | 1)}
	}
	var colors []color.NRGBA
	for range 100 {
		colors = append(colors, random())
	}
	f := newFinder(colors)
	for range 5000 {
		c := random()
		p := pointOf(c)
		got := f.nearest(c)
		q := pointOf(got)
		for i := range f.points {
			if p.distance(&f.points[i]) < p.distance(&q) {
				t.Fatalf("for %v: %v, but %v is nearer", c, got, f.colors[i])
			}
		}
	}
}

// TestReducedSmooth holds that colours that differ by little are told apart: a
// picture that has a few more than are wanted loses a few.
func TestReducedSmooth(t *testing.T) {
	t.Parallel()
	ramp := image.NewNRGBA(image.Rect(0, 0, 40, 286))
	for i := range 40 * 286 {
		y := i / 40
		ramp.SetNRGBA(i%40, y, color.NRGBA{uint8(32 + 176*y/285), uint8(48 + 144*y/285), uint8(64 + 96*y/285), 255})
	}
	reds := image.NewNRGBA(image.Rect(0, 0, 257, 4))
	for i := range 257 * 4 {
		reds.SetNRGBA(i%257, i/257, color.NRGBA{uint8(i % 257), uint8(i % 257 / 256), 0, 255})
	}
	for name, m := range map[string]*image.NRGBA{"ramp": ramp, "reds": reds} {
		all := len(colorsOf(m, 1000))
		before := 1 << 30
		for _, n := range []int{16, 64, 128, 256} {
			s := Settings{Colors: n}
			out := s.Reduced(m)
			if got := len(colorsOf(out, 1000)); got < min(n, all)*9/10 {
				t.Errorf("%s: %d colours come out as %d", name, n, got)
			}
			sum := 0
			for i := range m.Pix {
				d := int(m.Pix[i]) - int(out.Pix[i])
				sum += d * d
			}
			if sum >= before {
				t.Errorf("%s: %d colours are no better than fewer", name, n)
			}
			before = sum
		}
	}
}

// TestCells holds that cells tell as many colours apart as they may, and that no
// pixel is lost where they are joined.
func TestCells(t *testing.T) {
	t.Parallel()
	m := noise(500, 400, 3)
	cells, _ := cellsOf(m)
	if len(cells) > maxCells || len(cells) < maxCells/8 {
		t.Errorf("%d cells", len(cells))
	}
	seen, shown := int64(0), int64(0)
	for _, c := range cells {
		seen += c.count
	}
	for i := 3; i < len(m.Pix); i += 4 {
		if m.Pix[i] > 0 {
			shown++
		}
	}
	if seen != shown {
		t.Errorf("%d pixels of %d", seen, shown)
	}
}
