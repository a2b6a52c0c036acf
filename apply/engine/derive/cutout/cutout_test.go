package cutout

import (
	"image"
	"image/color"
	"math/rand/v2"
	"strings"
	"testing"
)

var (
	green = color.NRGBA{0, 255, 0, 255}
	white = color.NRGBA{255, 255, 255, 255}
	red   = color.NRGBA{200, 30, 20, 255}
	none  = color.NRGBA{}
)

// painted is a picture of one colour with boxes of others.
func painted(w, h int, ground color.NRGBA, boxes ...any) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	fill(m, m.Rect, ground)
	for i := 0; i < len(boxes); i += 2 {
		fill(m, boxes[i].(image.Rectangle), boxes[i+1].(color.NRGBA))
	}
	return m
}

func fill(m *image.NRGBA, r image.Rectangle, c color.NRGBA) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			m.SetNRGBA(x, y, c)
		}
	}
}

// noise changes every channel by up to n.
func noise(m *image.NRGBA, n int) *image.NRGBA {
	r := rand.New(rand.NewPCG(7, 7))
	for i := range m.Pix {
		if i%4 < 3 {
			m.Pix[i] = uint8(min(max(int(m.Pix[i])+r.IntN(2*n+1)-n, 0), 255))
		}
	}
	return m
}

func TestCut(t *testing.T) {
	t.Parallel()
	body := image.Rect(20, 20, 60, 60)
	inner := image.Rect(34, 34, 46, 46)
	key := func(s string, c color.NRGBA, tolerance float64) Settings {
		set := Defaults()
		set.Key, set.Tolerance, set.Holes = &c, tolerance, strings.Contains(s, "holes")
		return set
	}
	holes := Defaults()
	holes.Holes = true
	exact := Defaults()
	exact.Tolerance = 0
	for _, c := range []struct {
		name string
		src  *image.NRGBA
		set  Settings
		want map[image.Point]color.NRGBA
	}{
		{"auto", painted(80, 80, green, body, red), Defaults(),
			map[image.Point]color.NRGBA{{0, 0}: none, {19, 40}: none, {20, 40}: red, {59, 59}: red, {60, 59}: none}},
		{"the key's colour inside stays", painted(80, 80, green, body, red, inner, green), Defaults(),
			map[image.Point]color.NRGBA{{0, 0}: none, {25, 25}: red, {40, 40}: green}},
		{"holes", painted(80, 80, green, body, red, inner, green), holes,
			map[image.Point]color.NRGBA{{0, 0}: none, {25, 25}: red, {40, 40}: none}},
		{"a gap is no hole", painted(80, 80, green, body, red, inner, green, image.Rect(39, 10, 42, 40), green), Defaults(),
			map[image.Point]color.NRGBA{{40, 40}: none, {25, 25}: red}},
		{"no gap across a corner", painted(80, 80, green, body, red, image.Rect(20, 20, 21, 21), green, image.Rect(21, 21, 22, 22), green), Defaults(),
			map[image.Point]color.NRGBA{{20, 20}: none, {21, 21}: green}},
		{"exact", painted(80, 80, green, body, color.NRGBA{0, 254, 0, 255}), exact,
			map[image.Point]color.NRGBA{{0, 0}: none, {20, 20}: {0, 254, 0, 255}}},
		{"a key near the ground", painted(80, 80, color.NRGBA{10, 240, 12, 255}, body, red), key("", green, 0.1),
			map[image.Point]color.NRGBA{{0, 0}: none, {20, 20}: red}},
		{"noise", noise(painted(80, 80, green, body, red), 9), Defaults(),
			map[image.Point]color.NRGBA{{0, 0}: none, {10, 40}: none, {70, 70}: none}},
		{"what is transparent stays so", painted(80, 80, green, body, red, image.Rect(30, 30, 40, 40), none), Defaults(),
			map[image.Point]color.NRGBA{{0, 0}: none, {35, 35}: none, {45, 45}: red}},
		{"alpha is kept", painted(80, 80, green, body, color.NRGBA{200, 30, 20, 128}), Defaults(),
			map[image.Point]color.NRGBA{{0, 0}: none, {40, 40}: {200, 30, 20, 128}}},
		{"one pixel wide", painted(1, 40, white, image.Rect(0, 10, 1, 11), red), Defaults(),
			map[image.Point]color.NRGBA{{0, 0}: none, {0, 10}: red, {0, 39}: none}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, err := Cut(c.src, c.set)
			if err != nil {
				t.Fatal(err)
			}
			for p, want := range c.want {
				if got := m.NRGBAAt(p.X, p.Y); got != want {
					t.Errorf("%v is %v, want %v", p, got, want)
				}
			}
		})
	}
}

// withKey are the defaults with a key.
func withKey(c color.NRGBA) Settings {
	s := Defaults()
	s.Key = &c
	return s
}

// TestDistance: a tolerance of 0 is exact, 1 is everything, and the more of it
// the further ground may be.
func TestDistance(t *testing.T) {
	t.Parallel()
	for tolerance, want := range map[float64]int{0: 0, 0.1: 13, 0.2: 28, 0.3: 47, 0.5: 92, 1: 255} {
		if got := distance(tolerance); got != want {
			t.Errorf("%v is %d, want %d", tolerance, got, want)
		}
	}
	for n := range 1000 {
		if a, b := distance(float64(n)/1000), distance(float64(n+1)/1000); a > b || b > a+1 {
			t.Errorf("from %d to %d at %d thousandths", a, b, n)
		}
	}
}

// TestDust: specks in the ground go with it if they are pale, whatever is left
// of them, but not dots, and not pale areas.
func TestDust(t *testing.T) {
	t.Parallel()
	pale := color.NRGBA{255 - 20, 255 - 20, 255 - 20, 255}
	m, err := Cut(painted(80, 80, white, image.Rect(30, 30, 60, 60), red, image.Rect(10, 10, 12, 13), pale,
		image.Rect(20, 10, 22, 12), red, image.Rect(10, 40, 20, 50), pale), Defaults())
	if err != nil {
		t.Fatal(err)
	}
	for p, want := range map[image.Point]uint8{{10, 10}: 0, {11, 12}: 0, {20, 10}: 255, {15, 45}: 255, {40, 40}: 255} {
		if got := m.NRGBAAt(p.X, p.Y).A; got != want {
			t.Errorf("%v has alpha %d, want %d", p, got, want)
		}
	}
}

func TestCutErrors(t *testing.T) {
	t.Parallel()
	body := image.Rect(20, 20, 60, 60)
	blue := color.NRGBA{0, 0, 255, 255}
	for _, c := range []struct {
		name string
		src  *image.NRGBA
		set  Settings
		want string
	}{
		{"no pixels", image.NewNRGBA(image.Rect(0, 0, 0, 4)), Defaults(), "the picture has no pixels"},
		{"nothing left", painted(80, 80, green), Defaults(), "nothing is left: all of the picture is ground of #00ff00 within the tolerance 0.1"},
		{"half", painted(80, 80, green, image.Rect(0, 50, 80, 80), red), Defaults(), "56% of the border is ground of #00ff00, at least 90% is needed, and something else is at the bottom: ask for a ground of one colour all round the subject in the prompt, or lower min_ground or raise tolerance"},
		{"a corner", painted(80, 80, green, image.Rect(60, 60, 80, 80), red), Defaults(), "87% of the border is ground of #00ff00, at least 90% is needed: ask for"},
		{"a side", painted(80, 80, green, image.Rect(50, 10, 80, 80), red), withKey(green), "68% of the border is ground of #00ff00, at least 90% is needed, and something else is at the right: ask for"},
		{"another key", painted(80, 80, green, body, red), withKey(blue), "no ground of #0000ff at the border, which is mostly #00ff00"},
		{"checkerboard", checkerboard(160, 120, 8, 255, 204), Defaults(), "the ground is a painted checkerboard, which is no transparency: ask for a ground of one colour in the prompt"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := Cut(c.src, c.set)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestTransparentBorder: what is transparent already is given back.
func TestTransparentBorder(t *testing.T) {
	t.Parallel()
	src := painted(80, 80, none, image.Rect(20, 20, 60, 60), red)
	m, err := Cut(src, Defaults())
	if err != nil || m != src {
		t.Errorf("got another picture, error %v", err)
	}
	src = painted(80, 80, none, image.Rect(0, 0, 40, 80), green, image.Rect(20, 20, 60, 60), red)
	m, err = Cut(src, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if got := [3]color.NRGBA{m.NRGBAAt(0, 0), m.NRGBAAt(79, 79), m.NRGBAAt(40, 40)}; got != [3]color.NRGBA{none, none, red} {
		t.Errorf("half transparent, half green: got %v", got)
	}
}

// TestDespill: hair on green keeps a green cast only if it is asked to.
func TestDespill(t *testing.T) {
	t.Parallel()
	src := throughJPEG(t, paintFur(rgb{}).over(grounds[0].at), 90)
	cast := func(despill bool) (n int) {
		s := Defaults()
		s.Holes, s.Despill = true, despill
		m, err := Cut(src, s)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(m.Pix); i += 4 {
			if p := m.Pix[i:][:4]; p[3] > 64 && int(p[1]) > int(max(p[0], p[2]))+20 {
				n++
			}
		}
		return n
	}
	if with, without := cast(true), cast(false); with*5 > without*4 {
		t.Errorf("%d pixels are greenish, without despill %d", with, without)
	}
}

// TestCutPart: a part of a picture is cut as a picture of its own.
func TestCutPart(t *testing.T) {
	t.Parallel()
	l := paintEmblem(rgb{0, 255, 0})
	whole := l.over(grounds[1].at)
	r := image.Rect(40, 4, 200, 196)
	part := whole.SubImage(r).(*image.NRGBA)
	before := append([]byte(nil), whole.Pix...)
	got, err := Cut(part, Defaults())
	if err != nil {
		t.Fatal(err)
	}
	want, err := Cut(nrgba(part), Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if got.Rect != image.Rect(0, 0, r.Dx(), r.Dy()) || string(got.Pix) != string(want.Pix) {
		t.Error("the part comes out another way than its copy")
	}
	if string(whole.Pix) != string(before) {
		t.Error("the source was changed")
	}
}

// checkerboard is squares of two greys with a disc on them.
func checkerboard(w, h, side int, one, two uint8) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := one
			if (x/side+y/side)%2 == 1 {
				v = two
			}
			c := color.NRGBA{v, v, v, 255}
			if dx, dy := x-w/2, y-h/2; dx*dx+dy*dy < h*h/9 {
				c = red
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func TestCheckerboard(t *testing.T) {
	t.Parallel()
	for _, side := range []int{2, 8, 31, 60} {
		for _, pair := range [][2]uint8{{255, 204}, {255, 239}, {238, 221}, {153, 102}, {68, 51}} {
			for name, m := range map[string]*image.NRGBA{
				"clean": checkerboard(320, 240, side, pair[0], pair[1]),
				"noisy": noise(checkerboard(320, 240, side, pair[0], pair[1]), 2),
				"jpeg":  throughJPEG(t, checkerboard(320, 240, side, pair[0], pair[1]), 80),
			} {
				if side == 2 && name == "jpeg" {
					continue
				}
				if _, err := Cut(m, Defaults()); err != errCheckerboard {
					t.Errorf("side %d of %v, %s: %v", side, pair, name, err)
				}
			}
		}
	}
}

// TestNoCheckerboard: stripes, halves and noise of two colours are none.
func TestNoCheckerboard(t *testing.T) {
	t.Parallel()
	stripes, halves, dots := image.NewNRGBA(image.Rect(0, 0, 320, 240)), image.NewNRGBA(image.Rect(0, 0, 320, 240)), image.NewNRGBA(image.Rect(0, 0, 320, 240))
	r := rand.New(rand.NewPCG(1, 2))
	for y := range 240 {
		for x := range 320 {
			stripes.SetNRGBA(x, y, color.NRGBA{uint8(200 + x/16%2*50), 200, 200, 255})
			halves.SetNRGBA(x, y, color.NRGBA{uint8(200 + x/160*50), 200, 200, 255})
			dots.SetNRGBA(x, y, color.NRGBA{uint8(200 + r.IntN(2)*50), 200, 200, 255})
		}
	}
	for name, m := range map[string]*image.NRGBA{"stripes": stripes, "halves": halves, "dots": dots} {
		p := newPicture(m)
		if checkered(p, lookAtBorder(p, Defaults())) {
			t.Errorf("%s are taken for a checkerboard", name)
		}
	}
}
