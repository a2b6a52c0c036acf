package drawing

import (
	"image"
	"math"
	"testing"
)

func TestSin(t *testing.T) {
	t.Parallel()
	for a := -2 * turn; a <= 2*turn; a++ {
		want := math.Sin(float64(a)*2*math.Pi/turn) * 65536
		if d := float64(sin(a)) - want; math.Abs(d) > 12 {
			t.Fatalf("sin(%d) = %d, want %.0f", a, sin(a), want)
		}
	}
}

func TestIsqrt(t *testing.T) {
	t.Parallel()
	for n := range 70000 {
		if r := isqrt(n); r*r > n || (r+1)*(r+1) <= n {
			t.Fatalf("isqrt(%d) = %d", n, r)
		}
	}
	if got := isqrt(1 << 60); got != 1<<30 {
		t.Errorf("isqrt(1<<60) = %d", got)
	}
}

func TestHSVRoundTrip(t *testing.T) {
	t.Parallel()
	for v := uint32(0); v < 1<<24; v += 4099 {
		c := hex(v)
		if got := hsv(c.toHSV()); distance(got, c) > 40 {
			t.Fatalf("%v comes back as %v", c, got)
		}
	}
}

func TestResize(t *testing.T) {
	t.Parallel()
	src := newCanvas(37, 53)
	src.rect(0, 0, 37, 53, flat(hex(0x4080c0)))
	for _, s := range [][2]int{{1, 1}, {7, 200}, {300, 5}, {37, 53}, {36, 54}} {
		m := resize(src.RGBA, s[0], s[1])
		if m.Rect != image.Rect(0, 0, s[0], s[1]) {
			t.Fatalf("%v gave %v", s, m.Rect)
		}
		for y := range s[1] {
			for x := range s[0] {
				if got := wrap(m).at(x, y); got != hex(0x4080c0) {
					t.Fatalf("%v: a plain picture has %v at %d, %d", s, got, x, y)
				}
			}
		}
	}
}

func TestFillCoversExactly(t *testing.T) {
	t.Parallel()
	k := newCanvas(20, 20)
	p := &path{} // 10 by 10 pixels, a quarter pixel off the grid
	p.move(5*one+64, 5*one)
	p.line(15*one+64, 5*one)
	p.line(15*one+64, 15*one)
	p.line(5*one+64, 15*one)
	k.fill(p, flat(hex(0xffffff)))
	sum := 0
	for i := 3; i < len(k.Pix); i += 4 {
		sum += int(k.Pix[i])
	}
	if want := 100 * 255; abs(sum-want) > 30 {
		t.Errorf("coverage %d, want %d", sum, want)
	}
	if a := k.Pix[k.PixOffset(5, 8)+3]; abs(int(a)-191) > 2 {
		t.Errorf("the left edge has alpha %d, want three quarters", a)
	}
}
