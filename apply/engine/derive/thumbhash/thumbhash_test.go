package thumbhash

import (
	"encoding/hex"
	"image"
	"image/color"
	"image/draw"
	"math"
	"testing"
)

// drawn makes the pictures of the vectors in integers alone.
func drawn(kind string, w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	seed := uint32(1)
	for y := range h {
		for x := range w {
			c := color.NRGBA{A: 255}
			switch kind {
			case "gradient":
				c = color.NRGBA{uint8(x * 255 / max(w-1, 1)), uint8(y * 255 / max(h-1, 1)), 90, 255}
			case "noise":
				seed = seed*1664525 + 1013904223
				c = color.NRGBA{uint8(seed >> 24), uint8(seed >> 16), uint8(seed >> 8), 255}
			case "clear noise":
				seed = seed*1664525 + 1013904223
				c = color.NRGBA{uint8(seed >> 24), uint8(seed >> 16), uint8(seed >> 20), uint8(seed >> 9)}
			case "disc":
				if dx, dy := 2*x-w, 2*y-h; dx*dx+dy*dy < min(w, h)*min(w, h) {
					c = color.NRGBA{220, 60, 20, 255}
				} else {
					c = color.NRGBA{}
				}
			case "scene":
				c = color.NRGBA{90, 140, uint8(255 - y*100/h), 255}
				if 3*y > 2*h-x*h/(2*w) {
					c = color.NRGBA{40, uint8(80 + x*60/w), 30, 255}
				}
			case "flat":
				c = color.NRGBA{200, 100, 50, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// TestVectors holds pictures of our own to the bytes that the published code
// makes of them, but for the last ones: of these the published code leaves some
// to the last bit of a machine.
func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors {
		if got := hex.EncodeToString(Of(drawn(v.kind, v.w, v.h))); got != v.hash {
			t.Errorf("%s of %dx%d: %s, want %s", v.kind, v.w, v.h, got, v.hash)
		}
	}
}

var vectors = []struct {
	kind string
	w, h int
	hash string
}{
	{"noise", 100, 100, "dff7010700705aaa7863579a97b467b5675995e94fb7930f"},
	{"noise", 100, 63, "20f8010480306aa88966657d85693da69fcf98"},
	{"noise", 57, 100, "e0f70104006ba85af6045898789b9b07fee195"},
	{"noise", 32, 32, "2008020f027d8664779898849a396b97598700594b4d5f06"},
	{"noise", 100, 12, "2008020182031966266968b6bda8a0f5c7"},
	{"noise", 71, 99, "dff70105009daadb6edf86e83905b968ddf9cac9bf"},
	{"clear noise", 100, 100, "1ff881050008703789866ab7eafa2c55f8eeb675a07a85e669"},
	{"clear noise", 100, 63, "1ff88103800852287978bf446a90fd4cb86593878d0796"},
	{"clear noise", 57, 100, "1ff8810300074a7af9a6d6f378c4f3523a5a9656aa04b6"},
	{"clear noise", 32, 32, "200882050007bac47db9a1067d49a0caf6997b6674e4605a94"},
	{"clear noise", 100, 12, "20088209800757896f581346a0f9c2edba140572a30da6"},
	{"clear noise", 71, 99, "1ff8810400089c94dae7994fd8df1c6dfc77c50d9ae8578300"},
	{"scene", 100, 100, "9c86116f028888888f8787767868889878787708887e3f06"},
	{"scene", 100, 63, "9c86116c828888888f87877678868780e8f763"},
	{"scene", 57, 100, "9c86116c0288f8786887869888778780f8f763"},
	{"scene", 32, 32, "5d86116f028888888f8777767878889878777708987e3f06"},
	{"scene", 100, 12, "1e860d61828888877f7757878780e9f753"},
	{"scene", 71, 99, "9c86116d0288888f87678767888987778780f8f763"},
	{"gradient", 100, 63, "1c090a349a808787808888888887808008f878"},
	{"disc", 100, 12, "993b830180110000000000000000000007f88778867978"},
	{"flat", 32, 32, "1dcb02070000000000000000000000000000000000000000"},
	{"noise", 1, 1, "576831172608f808888888808f8088f80888808008f8880f"},
}

// What is stored in another way is the same picture.
func TestImageTypes(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"scene", "disc"} {
		want := drawn(kind, 230, 170)
		rgba := image.NewRGBA(image.Rect(-3, 5, 227, 175))
		draw.Draw(rgba, rgba.Rect, want, image.Point{}, draw.Src)
		wide := image.NewNRGBA(image.Rect(0, 0, 300, 300))
		draw.Draw(wide, image.Rect(20, 30, 250, 200), want, image.Point{}, draw.Src)
		for name, m := range map[string]image.Image{"RGBA": rgba, "part": wide.SubImage(image.Rect(20, 30, 250, 200)), "foreign": foreign{want}} {
			if string(Of(m)) != string(Of(want)) {
				t.Errorf("%s as %s: %x, want %x", kind, name, Of(m), Of(want))
			}
		}
	}
}

// foreign has the methods of image.Image alone.
type foreign struct{ image.Image }

// A large picture is what it is small.
func TestShrink(t *testing.T) {
	t.Parallel()
	small := drawn("noise", 80, 50)
	large := image.NewNRGBA(image.Rect(0, 0, 400, 250))
	for y := range 250 {
		for x := range 400 {
			large.SetNRGBA(x, y, small.NRGBAAt(x/5, y/5))
		}
	}
	w, h, _ := shrink(large)
	if w != 100 || h != 63 {
		t.Errorf("%dx%d", w, h)
	}
	for _, size := range [][4]int{{100, 100, 100, 100}, {101, 1, 100, 1}, {1, 10000, 1, 100}, {10000, 1, 100, 1}, {640, 480, 100, 75}, {3, 2, 3, 2}} {
		if w, h, pix := shrink(drawn("noise", size[0], size[1])); w != size[2] || h != size[3] || len(pix) != 4*w*h {
			t.Errorf("%v: %dx%d, %d bytes", size, w, h, len(pix))
		}
	}
	// Transparent pixels have no colour to give.
	m := image.NewNRGBA(image.Rect(0, 0, 200, 1))
	for x := range 200 {
		m.SetNRGBA(x, 0, color.NRGBA{255, 0, 0, uint8(x % 2 * 255)})
		if x%2 == 0 {
			m.SetNRGBA(x, 0, color.NRGBA{G: 255})
		}
	}
	if _, _, pix := shrink(m); pix[0] != 255 || pix[1] != 0 || pix[3] != 128 {
		t.Errorf("mean of red and nothing: %v", pix[:4])
	}
}

func TestEdges(t *testing.T) {
	t.Parallel()
	if got := Of(image.NewNRGBA(image.Rectangle{})); got != nil {
		t.Errorf("of nothing: %x", got)
	}
	for _, m := range []image.Image{
		image.NewNRGBA(image.Rect(0, 0, 1, 1)), image.NewGray(image.Rect(0, 0, 5, 5000)), image.NewYCbCr(image.Rect(0, 0, 333, 7), image.YCbCrSubsampleRatio420),
	} {
		if n := len(Of(m)); n < 5 || n > 25 {
			t.Errorf("%v: %d bytes", m.Bounds(), n)
		}
	}
}

// The cosines are those of the library, but for the last bits.
func TestCosine(t *testing.T) {
	t.Parallel()
	for b := 2; b <= 200; b++ {
		for a := range 14 * b {
			if got, want := cosine(a, b), math.Cos(math.Pi*float64(a%(2*b))/float64(b)); math.Abs(got-want) > 2e-15 {
				t.Fatalf("cos(pi*%d/%d) = %v, want %v", a, b, got, want)
			}
		}
	}
	if cosine(0, 2) != 1 || cosine(1, 2) != 0 || cosine(2, 2) != -1 || cosine(3, 2) != 0 || cosine(4, 2) != 1 {
		t.Error("the quarters of the circle are not exact")
	}
}

func BenchmarkOf(b *testing.B) {
	m := drawn("scene", 1344, 768)
	b.ReportAllocs()
	for b.Loop() {
		if len(Of(m)) < 15 {
			b.Fatal("no hash")
		}
	}
}
