package raster

import (
	"image"
	"image/color"
	"testing"
)

func equal(t *testing.T, name string, got, want *image.NRGBA) {
	t.Helper()
	if got.Rect != want.Rect {
		t.Fatalf("%s: %v, want %v", name, got.Rect, want.Rect)
	}
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			if a, b := got.NRGBAAt(x, y), want.NRGBAAt(x, y); a != b {
				t.Fatalf("%s: pixel %d,%d is %v, want %v", name, x, y, a, b)
			}
		}
	}
}

// TestFocus has sources that need no scaling, so that what is cut off, or left
// free, is seen to the pixel.
func TestFocus(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		focus string
		x, y  int // of the part of a wide source, of a high one
		at    image.Point
	}{
		{"center", 30, 25, image.Pt(20, 3)},
		{"left", 0, 25, image.Pt(0, 3)},
		{"right", 60, 25, image.Pt(40, 3)},
		{"top", 30, 0, image.Pt(20, 0)},
		{"bottom-right", 60, 50, image.Pt(40, 5)},
	} {
		focus, err := ParseFocus(c.focus)
		if err != nil {
			t.Fatal(err)
		}
		s := Settings{Width: 40, Height: 40, Focus: &focus}
		wide, high := noise(100, 40, 1), noise(40, 90, 1)
		got, err := s.Resized(wide)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, c.focus, got, Part(wide, image.Rect(c.x, 0, c.x+40, 40)))
		if got, err = s.Resized(high); err != nil {
			t.Fatal(err)
		}
		equal(t, c.focus, got, Part(high, image.Rect(0, c.y, 40, c.y+40)))
		s = Settings{Width: 140, Height: 45, Focus: &focus, Fit: Contain}
		if got, err = s.Resized(wide); err != nil {
			t.Fatal(err)
		}
		equal(t, c.focus, Part(got, image.Rectangle{Min: c.at, Max: c.at.Add(wide.Rect.Max)}), wide)
		if r := Visible(got, 0); !r.In(image.Rectangle{Min: c.at, Max: c.at.Add(wide.Rect.Max)}) {
			t.Errorf("%s: something stands at %v", c.focus, r)
		}
	}
}

func TestNearestKeepsPixels(t *testing.T) {
	t.Parallel()
	src := noise(13, 9, 1)
	s := Settings{Width: 52, Kernel: Nearest, Enlarge: true}
	large, err := s.Resized(src)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 36 {
		for x := range 52 {
			if got, want := large.NRGBAAt(x, y), src.NRGBAAt(x/4, y/4); got != want {
				t.Fatalf("pixel %d,%d is %v, want %v", x, y, got, want)
			}
		}
	}
	s = Settings{Width: 13, Kernel: Nearest}
	back, err := s.Resized(large)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "there and back", back, src)
}

// TestBackground lies behind all of the picture, its holes, its padding and
// what Contain leaves free.
func TestBackground(t *testing.T) {
	t.Parallel()
	ground := color.NRGBA{10, 20, 200, 255}
	src := image.NewNRGBA(image.Rect(0, 0, 20, 10))
	for i := range 10 {
		src.SetNRGBA(i, 5, color.NRGBA{255, 255, 255, 128})
	}
	s := Settings{Width: 40, Height: 30, Fit: Contain, Padding: 2, Background: &ground}
	m, err := allSteps(s, src)
	if err != nil {
		t.Fatal(err)
	}
	half := color.NRGBA{133, 138, 228, 255}
	for at, want := range map[image.Point]color.NRGBA{{0, 0}: ground, {39, 29}: ground, {3, 15}: ground, {12, 11}: ground, {12, 15}: half, {25, 15}: ground} {
		if got := m.NRGBAAt(at.X, at.Y); got != want {
			t.Errorf("%v is %v, want %v", at, got, want)
		}
	}
	soft := color.NRGBA{0, 0, 0, 128}
	s = Settings{Background: &soft}
	if m, err = s.Padded(src); err != nil {
		t.Fatal(err)
	}
	if got, want := m.NRGBAAt(3, 5), (color.NRGBA{170, 170, 170, 192}); got != want {
		t.Errorf("half on half is %v, want %v", got, want)
	}
	if got := m.NRGBAAt(3, 0); got != soft {
		t.Errorf("nothing on half is %v", got)
	}
}
