package raster

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("not as in %s:\n%s", file, got)
	}
}

// TestPixels holds the pixels of each step, which are the same on every
// processor: the sums were written on one and hold on the others.
func TestPixels(t *testing.T) {
	t.Parallel()
	red := color.NRGBA{200, 30, 20, 255}
	var got strings.Builder
	for _, c := range []struct {
		name string
		s    Settings
	}{
		{"crop", Settings{Crop: Area{5, 7, 55, 33}}},
		{"cell", Settings{Grid: image.Pt(4, 3), Cell: image.Pt(3, 1)}},
		{"width", Settings{Width: 50}},
		{"height", Settings{Height: 77}},
		{"cover", Settings{Width: 30, Height: 40}},
		{"cover bottom right", Settings{Width: 30, Height: 40, Focus: &Focus{1, 1}}},
		{"cover at a share", Settings{Width: 100, Height: 10, Focus: &Focus{0.3, 0.7}}},
		{"fill", Settings{Width: 97, Height: 13, Fit: Fill}},
		{"contain", Settings{Width: 40, Height: 40, Fit: Contain}},
		{"contain on red", Settings{Width: 40, Height: 40, Fit: Contain, Focus: &Focus{0.5, 1}, Background: &red}},
		{"inside", Settings{Width: 40, Height: 40, Fit: Inside}},
		{"enlarged", Settings{Width: 300, Height: 200, Enlarge: true}},
		{"nearest", Settings{Width: 33, Kernel: Nearest}},
		{"nearest enlarged", Settings{Width: 360, Kernel: Nearest, Enlarge: true}},
		{"contain enlarged", Settings{Width: 250, Height: 250, Fit: Contain, Enlarge: true}},
		{"padding", Settings{Padding: 5}},
		{"padding on red", Settings{Width: 40, Height: 50, Padding: 5, Background: &red}},
		{"16 colours", Settings{Colors: 16}},
		{"16 colours dithered", Settings{Colors: 16, Dither: true}},
		{"listed colours", Settings{Palette: []color.NRGBA{{}, red, {0, 0, 0, 255}, {255, 255, 255, 255}}, Dither: true}},
	} {
		src := noise(120, 90, 4)
		before := slices.Clone(src.Pix)
		m, err := allSteps(c.s, src)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if !bytes.Equal(before, src.Pix) {
			t.Errorf("%s: the source was changed", c.name)
		}
		h := sha256.New()
		for y := range m.Rect.Dy() {
			h.Write(row(m, y))
		}
		fmt.Fprintf(&got, "%s %s %x\n", c.name, sized(m.Rect.Size()), h.Sum(nil))
	}
	golden(t, "pixels.txt", got.String())
}

func TestTrimmed(t *testing.T) {
	t.Parallel()
	clear, white, off := color.NRGBA{}, color.NRGBA{255, 255, 255, 255}, color.NRGBA{251, 252, 250, 255}
	black, faint := color.NRGBA{0, 0, 0, 255}, color.NRGBA{9, 9, 9, 5}
	fill := func(m *image.NRGBA, r image.Rectangle, c color.NRGBA) {
		draw.Draw(m, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	for _, c := range []struct {
		name string
		make func(m *image.NRGBA)
		want string
	}{
		{"on transparent", func(m *image.NRGBA) { fill(m, image.Rect(3, 2, 9, 5), black) }, "(3,2)-(9,5)"},
		{"on what is nearly transparent", func(m *image.NRGBA) { fill(m, m.Rect, faint); fill(m, image.Rect(3, 2, 9, 5), black) }, "(3,2)-(9,5)"},
		{"on white", func(m *image.NRGBA) { fill(m, m.Rect, white); fill(m, image.Rect(3, 2, 9, 5), black) }, "(3,2)-(9,5)"},
		{"on what is nearly white", func(m *image.NRGBA) {
			fill(m, m.Rect, white)
			fill(m, image.Rect(0, 0, 20, 1), off)
			fill(m, image.Rect(3, 2, 9, 5), black)
		}, "(3,2)-(9,5)"},
		{"in the corner", func(m *image.NRGBA) { fill(m, m.Rect, white); fill(m, image.Rect(0, 0, 9, 5), black) }, "(0,0)-(9,5)"},
		{"a point", func(m *image.NRGBA) { m.SetNRGBA(19, 9, black) }, "(19,9)-(20,10)"},
		{"transparent holds what is white", func(m *image.NRGBA) {
			fill(m, image.Rect(2, 2, 18, 8), white)
			fill(m, image.Rect(4, 4, 6, 6), black)
		}, "(2,2)-(18,8)"},
		{"no border", func(m *image.NRGBA) {
			fill(m, m.Rect, white)
			m.SetNRGBA(0, 9, color.NRGBA{255, 0, 0, 255})
			m.SetNRGBA(19, 0, black)
		}, "(0,0)-(20,10)"},
		{"nothing", func(m *image.NRGBA) { fill(m, m.Rect, clear) }, "trim leaves nothing: the picture is wholly transparent"},
		{"white", func(m *image.NRGBA) { fill(m, m.Rect, white) }, "trim leaves nothing: the picture is all of one colour, #ffffff"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := image.NewNRGBA(image.Rect(0, 0, 20, 10))
			c.make(m)
			s := Settings{Trim: true}
			out, f, err := s.Trimmed(m)
			got := fmt.Sprint(err)
			if err == nil {
				got = image.Rectangle{Min: f.Offset, Max: f.Offset.Add(out.Rect.Size())}.String()
				if f.Source != m.Rect.Max {
					t.Errorf("the source has %v", f.Source)
				}
				if first, want := out.NRGBAAt(0, 0), m.NRGBAAt(f.Offset.X, f.Offset.Y); first != want {
					t.Errorf("the first pixel is %v, want %v", first, want)
				}
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestNoFringe scales a disc of one colour on transparent pixels of another
// colour: only its own colour may be seen at its edge, on whatever ground.
func TestNoFringe(t *testing.T) {
	t.Parallel()
	m := image.NewNRGBA(image.Rect(0, 0, 200, 200))
	for y := range 200 {
		for x := range 200 {
			c := color.NRGBA{0, 255, 0, 0}
			if d := math.Hypot(float64(x)-99.5, float64(y)-99.5); d < 80 {
				c = color.NRGBA{240, 120, 30, uint8(255 * min(80-d, 1))}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	for _, s := range []Settings{{Width: 37}, {Width: 63, Height: 50}, {Width: 311, Enlarge: true}, {Width: 150, Height: 40, Fit: Fill}} {
		out, err := s.Resized(m)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(out.Pix); i += 4 {
			p := out.Pix[i:][:4]
			if p[3] == 0 {
				if p[0]|p[1]|p[2] != 0 {
					t.Fatalf("%v: what is transparent has the colour %v", out.Rect, p)
				}
				continue
			}
			// A colour of little alpha is less exact.
			far := 1 + 255/int(p[3])
			for c, want := range []int{240, 120, 30} {
				if d := int(p[c]) - want; d > far || d < -far {
					t.Fatalf("%v: a pixel at the edge is %v", out.Rect, p)
				}
			}
		}
	}
}

// TestAreaTrue scales a checkerboard down: its light is half of white's, not
// that of middle grey, wherever the new pixels fall.
func TestAreaTrue(t *testing.T) {
	t.Parallel()
	m := image.NewNRGBA(image.Rect(0, 0, 240, 240))
	for i := range 240 * 240 {
		v := uint8(255 * ((i%240 + i/240) % 2))
		m.SetNRGBA(i%240, i/240, color.NRGBA{v, v, v, 255})
	}
	for _, w := range []int{1, 7, 30, 53, 80} {
		s := Settings{Width: w}
		out, err := s.Resized(m)
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range out.Pix {
			if i%4 < 3 && (v < 186 || v > 190) && w <= 60 {
				t.Fatalf("width %d: a grey of %d, want 188", w, v)
			}
		}
	}
}

// TestTables holds that each value comes back, and that no entry lies so near
// to where it is rounded that a processor could decide otherwise.
func TestTables(t *testing.T) {
	t.Parallel()
	s := srgb()
	for v := range 256 {
		if back := s.compress[s.expand[v]]; int(back) != v {
			t.Errorf("%d comes back as %d", v, back)
		}
		exact := expand(float64(v)/255) * one
		if d := math.Abs(exact - math.Floor(exact) - 0.5); d < 1e-6 {
			t.Errorf("the light of %d is %v, too near to a half", v, exact)
		}
		limit := expand((float64(v)+0.5)/255) * one
		if d := math.Abs(limit - math.Round(limit)); v < 255 && d < 1e-6 {
			t.Errorf("the end of %d is at %v, too near to a whole", v, limit)
		}
	}
}

func TestStraight(t *testing.T) {
	t.Parallel()
	src := noise(40, 30, 9)
	whole := image.Rect(0, 0, 40, 30)
	copies := []draw.Image{image.NewNRGBA(whole), image.NewRGBA(whole), image.NewGray(whole), image.NewGray16(whole), image.NewNRGBA64(whole), image.NewRGBA64(whole), image.NewCMYK(whole),
		image.NewPaletted(whole, color.Palette{color.NRGBA{}, color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 90, 200, 100}, color.Gray{80}})}
	all := []image.Image{}
	for _, m := range copies {
		draw.Draw(m, whole, src, image.Point{}, draw.Src)
		all = append(all, m, m.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(image.Rect(3, 5, 31, 29)))
	}
	y := image.NewYCbCr(whole, image.YCbCrSubsampleRatio420)
	for i := range y.Y {
		y.Y[i] = uint8(i * 7)
	}
	for i := range y.Cb {
		y.Cb[i], y.Cr[i] = uint8(i*11), uint8(i*5)
	}
	opaque := image.NewRGBA(whole)
	draw.Draw(opaque, whole, y, image.Point{}, draw.Src)
	for _, m := range append(all, y, y.SubImage(image.Rect(3, 5, 31, 29)), opaque, opaque.SubImage(image.Rect(3, 5, 31, 29))) {
		got, b := Straight(m), m.Bounds()
		if got.Rect != b.Sub(b.Min) {
			t.Fatalf("%T: bounds are %v", m, got.Rect)
		}
		for y := range b.Dy() {
			for x := range b.Dx() {
				if have, want := got.NRGBAAt(x, y), color.NRGBAModel.Convert(m.At(b.Min.X+x, b.Min.Y+y)); have != want {
					t.Fatalf("%T %v: pixel %d,%d is %v, want %v", m, b, x, y, have, want)
				}
			}
		}
	}
}

// TestViews holds that parts of pictures, which share rows with them, are taken
// as whole ones are.
func TestViews(t *testing.T) {
	t.Parallel()
	m := noise(80, 60, 2)
	view := Part(m, image.Rect(7, 9, 50, 41))
	whole := image.NewNRGBA(view.Rect)
	draw.Draw(whole, whole.Rect, m, image.Pt(7, 9), draw.Src)
	for _, s := range []Settings{{Width: 20}, {Width: 20, Kernel: Nearest}, {Padding: 3}, {Colors: 9}, {Trim: true}, {Width: 60, Height: 60, Fit: Contain, Background: &color.NRGBA{9, 9, 9, 99}}} {
		a, err := allSteps(s, view)
		if err != nil {
			t.Fatal(err)
		}
		b, err := allSteps(s, whole)
		if err != nil {
			t.Fatal(err)
		}
		for y := range a.Rect.Dy() {
			if !bytes.Equal(row(a, y), row(b, y)) {
				t.Fatalf("%+v: row %d differs", s, y)
			}
		}
		for _, f := range []Format{PNG, JPEG, WebP, GIF, ICO} {
			if !bytes.Equal(encoded(t, a, Encoding{Format: f}), encoded(t, b, Encoding{Format: f})) {
				t.Errorf("%+v: %s differs", s, f)
			}
		}
	}
}
