package raster

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"
)

// noise is a picture in which everything occurs: whole, transparent and soft
// pixels of all colours, in patches and at random.
func noise(w, h int, seed uint64) *image.NRGBA {
	r := rand.New(rand.NewPCG(seed, 1))
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.NRGBA{uint8(x * 255 / w), uint8(y * 255 / h), uint8(r.IntN(256)), 255}
			switch {
			case x < w/4:
				c = color.NRGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256))}
			case (x+y)%7 == 0:
				c.A = 0
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// photo is a smooth opaque picture with edges and some grain.
func photo(w, h int) *image.NRGBA {
	r := rand.New(rand.NewPCG(7, 7))
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			u, v := float64(x)/float64(w), float64(y)/float64(h)
			a := 128 + 90*math.Sin(9*u+3*math.Sin(5*v)) + float64(r.IntN(9))
			b := 128 + 90*math.Cos(11*v*u+2) + float64(r.IntN(9))
			c := 255*u*v + float64(r.IntN(5))
			if math.Hypot(u-0.5, v-0.5) < 0.2 {
				a, b = b, 255-a
			}
			m.SetNRGBA(x, y, color.NRGBA{uint8(min(max(a, 0), 255)), uint8(min(max(b, 0), 255)), uint8(min(c, 255)), 255})
		}
	}
	return m
}

// exactScale is what scale is to make, in floats and without haste.
func exactScale(src *image.NRGBA, l layout) *image.NRGBA {
	type pixel [4]float64
	w, h := src.Rect.Dx(), src.Rect.Dy()
	in := make([]pixel, w*h)
	for y := range h {
		for x := range w {
			c := src.NRGBAAt(x, y)
			a := float64(c.A) / 255
			in[y*w+x] = pixel{a * expand(float64(c.R)/255), a * expand(float64(c.G)/255), a * expand(float64(c.B)/255), a}
		}
	}
	pass := func(in []pixel, w, h int, win window, wanted int) []pixel { // across, and turned
		out := make([]pixel, wanted*h)
		scale := win.length / float64(wanted)
		wide := max(scale, 1)
		for i := range wanted {
			middle := (float64(i)+0.5)*scale + win.from - 0.5
			for y := range h {
				var sum pixel
				var all float64
				for x := range w {
					d := math.Abs(float64(x)-middle) / wide
					if d >= 2 {
						continue
					}
					k := catmullRom(d)
					all += k
					for c := range sum {
						sum[c] += k * in[y*w+x][c]
					}
				}
				for c := range sum {
					sum[c] /= all
				}
				out[i*h+y] = sum
			}
		}
		return out
	}
	mid := pass(in, w, h, l.across, l.scaled.X)
	out := pass(mid, h, l.scaled.X, l.down, l.scaled.Y)
	dst := image.NewNRGBA(image.Rectangle{Max: l.scaled})
	compress := func(v float64) uint8 {
		v = min(max(v, 0), 1)
		if v <= 0.0031308 {
			return uint8(math.Round(v * 12.92 * 255))
		}
		return uint8(math.Round((1.055*math.Pow(v, 1/2.4) - 0.055) * 255))
	}
	for y := range l.scaled.Y {
		for x := range l.scaled.X {
			p := out[y*l.scaled.X+x]
			a := p[3]
			if a < 0.5/255 {
				continue
			}
			dst.SetNRGBA(x, y, color.NRGBA{compress(p[0] / a), compress(p[1] / a), compress(p[2] / a), uint8(math.Round(min(a, 1) * 255))})
		}
	}
	return dst
}

func TestScaleIsExact(t *testing.T) {
	t.Parallel()
	src := noise(61, 47, 1)
	for _, size := range []image.Point{{30, 23}, {61, 47}, {7, 5}, {1, 1}, {90, 70}, {200, 10}, {10, 200}, {61, 20}, {45, 47}, {59, 45}} {
		for _, win := range [][2]window{{{0, 61}, {0, 47}}, {{3.3, 40.5}, {10, 20.25}}} {
			l := layout{scaled: size, across: win[0], down: win[1]}
			got, want := scale(src, l), exactScale(src, l)
			worst, at := 0, image.Point{}
			for i := range got.Pix {
				a := int(got.Pix[i|3])
				// Colours of what is hardly there are those of little light.
				d := (int(got.Pix[i]) - int(want.Pix[i])) * a / 255
				if i&3 == 3 {
					d = int(got.Pix[i]) - int(want.Pix[i])
				}
				if d = max(d, -d); d > worst {
					worst, at = d, image.Pt(i/4%size.X, i/4/size.X)
				}
			}
			if worst > 1 {
				t.Errorf("scaled to %v from %v: channels differ by up to %d, at %v: %v, want %v", size, win, worst, at, got.NRGBAAt(at.X, at.Y), want.NRGBAAt(at.X, at.Y))
			}
		}
	}
}

// TestScaleFar makes long stripes of extremes small and large.
func TestScaleFar(t *testing.T) {
	t.Parallel()
	long := image.NewNRGBA(image.Rect(0, 0, 4000, 3))
	for i := range long.Pix {
		long.Pix[i] = uint8(255 * (i / 4 / 5 % 2))
		if i%4 == 3 {
			long.Pix[i] = uint8(255 * (i / 4 / 7 % 2))
		}
	}
	for _, size := range []image.Point{{3, 2}, {100, 9}, {1, 1}} {
		l := layout{scaled: size, across: window{0, 4000}, down: window{0, 3}}
		got, want := scale(long, l), exactScale(long, l)
		for i := range got.Pix {
			if d := int(got.Pix[i]) - int(want.Pix[i]); d > 1 || d < -1 {
				t.Fatalf("%v: byte %d is %d, want %d", size, i, got.Pix[i], want.Pix[i])
			}
		}
	}
}
