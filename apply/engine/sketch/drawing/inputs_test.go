package drawing

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"

	"assetform/apply/media/webp"
)

func TestDecode(t *testing.T) {
	t.Parallel()
	src := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	for i := range src.Pix {
		src.Pix[i] = byte(i*7) | 1
	}
	encode := func(f func(io.Writer) error) []byte {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	lossless, err := os.ReadFile(filepath.Join("testdata", "lossless.webp"))
	if err != nil {
		t.Fatal(err)
	}
	pngData := encode(func(w io.Writer) error { return png.Encode(w, src) })
	tests := []struct {
		name, mediaType string
		data            []byte
	}{
		{"png", "image/png", pngData},
		{"jpeg", "image/jpeg", encode(func(w io.Writer) error { return jpeg.Encode(w, src, nil) })},
		{"webp", "image/webp", encode(func(w io.Writer) error { return webp.Encode(w, src, webp.Options{Quality: 90}) })},
		{"lossless webp", "image/webp", lossless},
	}
	for _, tt := range tests {
		m, mediaType, err := Decode(tt.data, 1200)
		if err != nil || mediaType != tt.mediaType || m.Bounds().Dx() != 40 || m.Bounds().Dy() != 30 {
			t.Errorf("%s: %v, %q, %v", tt.name, m, mediaType, err)
		}
		if _, mediaType, err := Decode(tt.data, 1199); !errors.Is(err, ErrTooManyPixels) || mediaType != tt.mediaType {
			t.Errorf("%s over the bound: %q, %v", tt.name, mediaType, err)
		}
		if _, _, err := Decode(tt.data[:len(tt.data)/2], 1200); err == nil {
			t.Errorf("%s cut in half decodes", tt.name)
		}
	}
	for _, bad := range []string{"", "hello", "GIF89a", "RIFF\x00\x00\x00\x00WAVE", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff"} {
		if m, _, err := Decode([]byte(bad), 1<<20); err == nil {
			t.Errorf("%q decodes to %v", bad, m.Bounds())
		}
	}
	if _, _, err := Decode(pngData, 0); !errors.Is(err, ErrTooManyPixels) {
		t.Errorf("a bound of 0: %v", err)
	}
}

// TestDecodeHugeHeader gives a PNG header of 2^31 pixels a side and no pixels.
func TestDecodeHugeHeader(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	copy(data[16:], "\x7f\xff\xff\xff\x7f\xff\xff\xff")
	if _, _, err := Decode(data, 1<<24); err == nil {
		t.Error("a header of 2^62 pixels was taken")
	}
}

// strangeInputs are images that break careless arithmetic.
func strangeInputs(t *testing.T) map[string]image.Image {
	t.Helper()
	half := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for x := range 32 {
		for y := range 64 {
			half.SetNRGBA(x, y, color.NRGBA{200, 30, 30, uint8(4 * y)})
		}
	}
	offset := image.NewRGBA(image.Rect(-30, -40, 50, 60))
	f, err := os.ReadFile(filepath.Join("testdata", "cmyk.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	cmyk, mediaType, err := Decode(f, 1<<20)
	if err != nil || mediaType != "image/jpeg" {
		t.Fatal(mediaType, err)
	}
	if _, ok := cmyk.(*image.CMYK); !ok {
		t.Fatalf("testdata/cmyk.jpg decodes to %T", cmyk)
	}
	return map[string]image.Image{
		"one pixel":   image.NewRGBA(image.Rect(0, 0, 1, 1)),
		"empty":       image.NewRGBA(image.Rectangle{}),
		"needle":      image.NewGray(image.Rect(0, 0, 1, 10000)),
		"plank":       image.NewGray16(image.Rect(0, 0, 10000, 1)),
		"transparent": image.NewNRGBA(image.Rect(0, 0, 300, 200)),
		"half clear":  half,
		"grey":        image.NewGray(image.Rect(0, 0, 100, 100)),
		"offset":      offset,
		"cmyk":        cmyk,
		"nil":         nil,
	}
}

func TestStrangeInputs(t *testing.T) {
	t.Parallel()
	for name, m := range strangeInputs(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, r := range []Request{
				{Method: MethodReferences, Prompt: "a duel", References: []image.Image{m, m}},
				{Method: MethodRecipe, Subject: m, Scene: m, Style: m},
			} {
				if got := Image(r); !got.Opaque() || got.Rect.Dx() != 1344 {
					t.Errorf("%s gave %v", r.Method, got.Rect)
				}
			}
			for i, r := range []Request{
				{Method: MethodVideoFromImage, Image: m},
				{Method: MethodVideoTransition, Start: m, End: m},
				{Method: MethodVideoReference, Prompt: "hills", References: []image.Image{m}},
			} {
				if !long && (i+len(name))%3 > 0 {
					continue
				}
				fl, f := newFilm(r), newFrame(1280, 720)
				for _, i := range []int{0, frameCount / 2} {
					if !fl.draw(i, f) {
						t.Errorf("%s: no frame %d", r.Method, i)
					}
				}
			}
		})
	}
}

// TestReferenceLendsColoursAndShape pastes a magenta disc on white.
func TestReferenceLendsColoursAndShape(t *testing.T) {
	t.Parallel()
	ref := newCanvas(300, 300)
	ref.rect(0, 0, 300, 300, flat(hex(0xffffff)))
	ref.fill(disc(150*one, 150*one, 90*one), flat(hex(0xff00c8)))
	cut := cutOut(ref)
	if w, h := cut.Rect.Dx(), cut.Rect.Dy(); abs(w-180) > 16 || abs(h-180) > 16 {
		t.Errorf("the cut-out is %d by %d, the disc 180", w, h)
	}
	if a := cut.Pix[cut.PixOffset(2, 2)+3]; a > 40 {
		t.Errorf("the corner of the cut-out has alpha %d", a)
	}
	count := func(m *image.RGBA) (n int) {
		for i := 0; i < len(m.Pix); i += 4 {
			if distance(rgb{m.Pix[i], m.Pix[i+1], m.Pix[i+2]}, hex(0xff00c8)) < 6000 {
				n++
			}
		}
		return n
	}
	r := Request{Method: MethodReferences, Prompt: "Hills by day", NoCaption: true, References: []image.Image{ref}}
	with := Image(r)
	if n := count(with); n < 20000 {
		t.Errorf("%d pixels of the reference's colour in the picture", n)
	}
	r.References = nil
	if n := count(Image(r)); n > 200 {
		t.Errorf("%d such pixels without the reference", n)
	}
}

func TestRecipeTakesTheStylesColours(t *testing.T) {
	t.Parallel()
	solid := func(c rgb) image.Image {
		k := newCanvas(64, 64)
		k.rect(0, 0, 64, 64, flat(c))
		return k
	}
	r := Request{Method: MethodRecipe, Subject: Image(Request{Method: MethodImage, Prompt: "icon of a gem", Aspect: "square"}),
		Scene: Image(Request{Method: MethodImage, Prompt: "green hills by day"})}
	mean := func() rgb {
		m := resize(Image(r), 1, 1)
		return rgb{m.Pix[0], m.Pix[1], m.Pix[2]}
	}
	r.Style = solid(hex(0xb03010))
	warm := mean()
	r.Style = solid(hex(0x1030b0))
	cold := mean()
	if warm.r <= warm.b || cold.b <= cold.r {
		t.Errorf("a red style gives %v, a blue one %v", warm, cold)
	}
}

// TestWebPHasItsOwnRange: the lossy form keeps black at luma 16, which taken
// for JPEG's range would decode as dark grey.
func TestWebPHasItsOwnRange(t *testing.T) {
	t.Parallel()
	for _, want := range []color.NRGBA{{0, 0, 0, 255}, {255, 255, 255, 255}, {200, 40, 30, 255}, {0, 0, 0, 128}} {
		src := image.NewNRGBA(image.Rect(0, 0, 32, 32))
		for i := range src.Pix {
			src.Pix[i] = [4]uint8{want.R, want.G, want.B, want.A}[i%4]
		}
		var b bytes.Buffer
		if err := webp.Encode(&b, src, webp.Options{Quality: 100}); err != nil {
			t.Fatal(err)
		}
		m, _, err := Decode(b.Bytes(), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		got := color.NRGBAModel.Convert(m.At(15, 16)).(color.NRGBA)
		if distance(rgb{got.R, got.G, got.B}, rgb{want.R, want.G, want.B}) > 60 || got.A != want.A {
			t.Errorf("%v decodes as %v", want, got)
		}
	}
}

func TestCaptionIsNoPartOfAReference(t *testing.T) {
	withoutRace(t)
	t.Parallel()
	for i, prompt := range []string{"A castle on a cliff above the sea at sunset", "Desert dunes at noon", "Hills at night"} {
		for j, aspect := range []string{"landscape", "portrait", "square"} {
			if !long && i != j {
				continue
			}
			r := Request{Method: MethodImage, Prompt: prompt, Aspect: aspect}
			with := Image(r)
			cut := uncaptioned(with)
			if lost := with.Rect.Dy() - cut.Rect.Dy(); lost < 30 || lost > 50 {
				t.Errorf("%s %s: %d rows were cut off", prompt, aspect, lost)
			}
			r.NoCaption = true
			if m := Image(r); uncaptioned(m) != m {
				t.Errorf("%s %s: a strip was seen where there is none", prompt, aspect)
			}
		}
	}
}

// TestCutOutIsTheFigure takes a knight from his picture: narrow and nearly
// whole, grey armour included.
func TestCutOutIsTheFigure(t *testing.T) {
	t.Parallel()
	m := Image(Request{Method: MethodImage, Prompt: "A knight with a red cape, full figure, painterly", Aspect: "portrait"})
	cut := cutOut(m)
	if cut == nil {
		t.Fatal("no subject was found")
	}
	w, h := cut.Rect.Dx(), cut.Rect.Dy()
	if w >= h || h < 300 || h > 560 {
		t.Errorf("the cut-out is %d by %d", w, h)
	}
	breast := cut.PixOffset(w*45/100, h*40/100)
	if a := cut.Pix[breast+3]; a < 200 {
		t.Errorf("the breastplate has alpha %d", a)
	}
	if scenery := cutOut(Image(Request{Method: MethodImage, Prompt: "Misty pine forest in the morning"})); scenery != nil {
		t.Errorf("a forest has a subject of %v", scenery.Rect)
	}
}
