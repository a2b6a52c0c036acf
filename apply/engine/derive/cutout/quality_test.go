package cutout

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"assetform/apply/media/webp"
	decoder "assetform/config/picture"
)

var pictures = flag.String("pictures", "", "folder to write what is cut out to, over black, white and magenta")

// noises are what happens to a picture before it is cut.
var noises = []struct {
	name string
	make func(t testing.TB, m *image.NRGBA) *image.NRGBA
}{
	{"clean", func(t testing.TB, m *image.NRGBA) *image.NRGBA { return m }},
	{"jpeg90", func(t testing.TB, m *image.NRGBA) *image.NRGBA { return throughJPEG(t, m, 90) }},
	{"jpeg65", func(t testing.TB, m *image.NRGBA) *image.NRGBA { return throughJPEG(t, m, 65) }},
	{"webp80", throughWebP},
	{"grain", func(t testing.TB, m *image.NRGBA) *image.NRGBA { return throughJPEG(t, grainy(m, 3), 80) }},
}

// grainy is the picture with noise of that deviation.
func grainy(m *image.NRGBA, sigma float64) *image.NRGBA {
	r := rand.New(rand.NewPCG(5, 5))
	out := image.NewNRGBA(m.Rect)
	for i, v := range m.Pix {
		if out.Pix[i] = v; i%4 < 3 {
			out.Pix[i] = uint8(min(max(float64(v)+sigma*r.NormFloat64()+0.5, 0), 255))
		}
	}
	return out
}

func throughJPEG(t testing.TB, m *image.NRGBA, quality int) *image.NRGBA {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	d, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return nrgba(d)
}

func throughWebP(t testing.TB, m *image.NRGBA) *image.NRGBA {
	t.Helper()
	var b bytes.Buffer
	if err := webp.Encode(&b, m, webp.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	f, err := decoder.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var out *image.NRGBA
	if err := f.Use(func(m image.Image) error { out = nrgba(m); return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

func nrgba(m image.Image) *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, m.Bounds().Dx(), m.Bounds().Dy()))
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Src)
	return out
}

// errors of a cut against the truth: alpha and what is seen over black, white
// and magenta, of 255, on the pixels that are not plainly ground or subject, and
// the share of pixels in the picture that are wrong by more than a fifth.
type quality struct{ alpha, seen, bad float64 }

func compare(l *layer, m *image.NRGBA) quality {
	var q quality
	n := 0
	for i, p := range l.px {
		c := m.NRGBAAt(i%l.w, i/l.w)
		a := float64(c.A) / 255
		da := math.Abs(a - p[3])
		worst := 0.0
		for _, over := range [3][3]float64{{0, 0, 0}, {1, 1, 1}, {1, 0, 1}} {
			for k, v := range [3]float64{float64(c.R), float64(c.G), float64(c.B)} {
				worst = max(worst, math.Abs(v/255*a+over[k]*(1-a)-p[k]-over[k]*(1-p[3])))
			}
		}
		if worst > 0.2 {
			q.bad++
		}
		if p[3] > 0.01 && p[3] < 0.99 || da > 0.02 {
			n++
			q.alpha += da
			q.seen += worst
		}
	}
	q.alpha, q.seen, q.bad = q.alpha*255/float64(max(n, 1)), q.seen*255/float64(max(n, 1)), q.bad*100/float64(len(l.px))
	return q
}

// limit is what a cut may have of wrong pixels, in percent, and of error on the
// pixels that are not plain.
type limit struct {
	noise, subject, ground string
	bad, seen              float64
}

// limits are what the bench found and a little more.
var limits = []limit{
	{"clean", "emblem", "green", 0.01, 6}, {"clean", "emblem", "magenta", 0.01, 5}, {"clean", "emblem", "white", 0.01, 4},
	{"clean", "emblem", "grey", 0.01, 4}, {"clean", "emblem", "vignette", 0.01, 8}, {"jpeg90", "emblem", "white", 0.05, 11},
	{"jpeg90", "emblem", "green", 0.4, 40}, {"webp80", "emblem", "screen", 0.2, 34},
	{"clean", "fur", "green", 0.6, 14}, {"clean", "fur", "white", 3.5, 33}, {"jpeg90", "fur", "magenta", 5, 42},
	{"clean", "glass", "green", 0.2, 19}, {"clean", "glass", "blue", 0.4, 21}, {"jpeg90", "glass", "magenta", 1.5, 19},
	{"clean", "shadow", "green", 0.1, 13}, {"clean", "shadow", "white", 0.1, 11}, {"clean", "shadow", "vignette", 0.1, 18},
	{"jpeg65", "shadow", "white", 0.5, 14}, {"webp80", "shadow", "blue", 0.9, 21},
	{"clean", "flat", "green", 0.05, 7}, {"clean", "flat", "black", 0.05, 7}, {"jpeg90", "flat", "black", 0.7, 38},
	{"clean", "leaf", "green", 0.05, 9}, {"clean", "leaf", "grey", 0.05, 8}, {"jpeg90", "leaf", "vignette", 0.12, 19},
	{"clean", "lines", "magenta", 0.3, 11}, {"webp80", "lines", "white", 1, 28},
	{"clean", "flat", "white", 0.05, 6}, {"jpeg90", "flat", "white", 0.7, 35}, {"clean", "flat", "vignette", 0.05, 8},
	{"grain", "emblem", "spot", 0.1, 18}, {"grain", "emblem", "studio", 0.6, 41}, {"jpeg90", "fur", "studio", 6, 47},
	{"grain", "text", "spot", 5.8, 52}, {"clean", "text", "white", 0.05, 4}, {"jpeg90", "text", "white", 1.6, 29},
	{"jpeg90", "paper", "white", 0.3, 70}, {"jpeg90", "paper", "studio", 0.1, 33}, {"grain", "smoke", "spot", 5, 36},
	{"clean", "glow", "black", 0.1, 10}, {"jpeg90", "glow", "black", 0.9, 11},
}

// TestBench cuts each subject from each ground, after each noise: with
// -pictures all of them, else those that have a limit.
func TestBench(t *testing.T) {
	t.Parallel()
	layers := map[string]*layer{}
	for _, n := range noises {
		sheet := newSheet()
		for _, s := range subjects {
			for _, g := range grounds {
				at := slices.IndexFunc(limits, func(l limit) bool {
					return l.noise == n.name && l.subject == s.name && l.ground == g.name
				})
				if at < 0 && *pictures == "" {
					continue
				}
				c := g.at(0.5, 0.5)
				l := layers[s.name+g.name]
				if l == nil {
					l = s.paint(rgb{int(c[0] * 255), int(c[1] * 255), int(c[2] * 255)})
					layers[s.name+g.name] = l
				}
				src := n.make(t, l.over(g.at))
				set := Defaults()
				set.Holes = s.holes
				got, err := Cut(src, set)
				if err != nil {
					t.Errorf("%s %s %s: %v", n.name, s.name, g.name, err)
					sheet.add(src, nil)
					continue
				}
				q := compare(l, got)
				t.Logf("%-26s alpha %5.1f seen %5.1f bad %.2f%%", n.name+" "+s.name+" "+g.name, q.alpha, q.seen, q.bad)
				if at >= 0 && (q.bad > limits[at].bad || q.seen > limits[at].seen) {
					t.Errorf("%.2f%% wrong and %.1f is more than %+v", q.bad, q.seen, limits[at])
				}
				sheet.add(src, got)
			}
		}
		sheet.write(t, n.name)
	}
}

// sheet has a row for each subject.
type sheet struct{ m []*image.NRGBA }

func newSheet() *sheet { return &sheet{} }

func (s *sheet) add(src, cut *image.NRGBA) {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	m := image.NewNRGBA(image.Rect(0, 0, 2*w, 2*h))
	draw.Draw(m, src.Rect, src, image.Point{}, draw.Src)
	for i, c := range []color.Color{color.Black, color.White, color.NRGBA{255, 0, 255, 255}} {
		r := src.Rect.Add(image.Pt((i+1)%2*w, (i+1)/2*h))
		draw.Draw(m, r, image.NewUniform(c), image.Point{}, draw.Src)
		if cut != nil {
			draw.Draw(m, r, cut, image.Point{}, draw.Over)
		}
	}
	s.m = append(s.m, m)
}

func (s *sheet) write(t *testing.T, name string) {
	t.Helper()
	if *pictures == "" {
		return
	}
	for i := range subjects {
		part := s.m[i*len(grounds) : (i+1)*len(grounds)]
		b := part[0].Rect
		all := image.NewNRGBA(image.Rect(0, 0, 5*b.Dx(), 2*b.Dy()))
		for k, m := range part {
			draw.Draw(all, b.Add(image.Pt(k%5*b.Dx(), k/5*b.Dy())), m, image.Point{}, draw.Src)
		}
		writePNG(t, filepath.Join(*pictures, fmt.Sprintf("%s-%s.png", subjects[i].name, name)), all)
	}
}

func writePNG(t testing.TB, name string, m image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
