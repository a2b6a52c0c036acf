package raster

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"assetform/config/picture"

	"golang.org/x/image/webp"
)

func encoded(t testing.TB, m *image.NRGBA, e Encoding) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, m, e); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// kinds are pictures of which each has a form of its own in PNG.
func kinds() map[string]*image.NRGBA {
	of := func(w, h int, f func(x, y int) color.NRGBA) *image.NRGBA {
		m := image.NewNRGBA(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				m.SetNRGBA(x, y, f(x, y))
			}
		}
		return m
	}
	grey := func(v, a int) color.NRGBA { return color.NRGBA{uint8(v), uint8(v), uint8(v), uint8(a)} }
	return map[string]*image.NRGBA{
		"colour":         photo(60, 40),
		"colour, alpha":  noise(60, 40, 3),
		"grey":           of(61, 40, func(x, y int) color.NRGBA { return grey(x*4+y%7, 255) }),
		"grey, alpha":    of(61, 40, func(x, y int) color.NRGBA { return grey(x*4, y*6) }),
		"grey, 1 bit":    of(61, 50, func(x, y int) color.NRGBA { return grey(255*(x*y%2), 255) }),
		"grey, 4 bits":   of(61, 50, func(x, y int) color.NRGBA { return grey(17*(x*y%9), 255) }),
		"1 bit":          of(61, 50, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x * y % 2), 9, 9, 255} }),
		"2 bits":         of(61, 50, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x * y % 3), 9, 9, 255} }),
		"4 bits":         of(61, 50, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x * y % 13), 9, 9, 255} }),
		"8 bits":         of(61, 50, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x * y * 7 % 61), uint8(x % 3), 9, 255} }),
		"palette, alpha": of(61, 50, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x), 7, 8, uint8(255 * (y % 3) / 2)} }),
		"hidden colours": of(61, 50, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x), uint8(y), 8, uint8(255 * (x / 40))} }),
		"one pixel":      of(1, 1, func(x, y int) color.NRGBA { return color.NRGBA{1, 2, 3, 4} }),
		"wholly nothing": of(9, 9, func(x, y int) color.NRGBA { return color.NRGBA{1, 2, 3, 0} }),
	}
}

// same holds that a decoded picture is m, but for the colour of what is
// transparent.
func same(t *testing.T, name string, got image.Image, m *image.NRGBA) {
	t.Helper()
	if got.Bounds().Size() != m.Rect.Size() {
		t.Fatalf("%s: has %v, want %v", name, got.Bounds(), m.Rect)
	}
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			have, want := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA), m.NRGBAAt(x, y)
			if have != want && (have.A != 0 || want.A != 0) {
				t.Fatalf("%s: pixel %d,%d is %v, want %v", name, x, y, have, want)
			}
		}
	}
}

// TestPNG reads each form that a picture is tried in, and holds which these are:
// type of colour and bits.
func TestPNG(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"colour": "2/8", "colour, alpha": "6/8", "grey": "0/8", "grey, alpha": "4/8", "grey, 1 bit": "0/1", "grey, 4 bits": "0/4",
		"1 bit": "3/1 2/8", "2 bits": "3/2 2/8", "4 bits": "3/4 2/8", "8 bits": "3/8 2/8", "palette, alpha": "3/8 6/8",
		"hidden colours": "6/8", "one pixel": "3/1 6/8", "wholly nothing": "3/1 4/8",
	}
	for name, m := range kinds() {
		var forms []string
		for _, f := range formsOf(m) {
			forms = append(forms, fmt.Sprint(f.colour, "/", f.depth))
			for way := range ways {
				var b bytes.Buffer
				if err := f.encode(&b, m, way, levelTrial); err != nil {
					t.Fatal(name, err)
				}
				got, err := png.Decode(&b)
				if err != nil {
					t.Fatal(name, err)
				}
				same(t, fmt.Sprint(name, " filtered by ", way), got, m)
			}
		}
		if got := strings.Join(forms, " "); got != want[name] {
			t.Errorf("%s: forms are %s, want %s", name, got, want[name])
		}
		b := encoded(t, m, Encoding{Format: PNG})
		got, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(name, err)
		}
		same(t, name, got, m)
		var std bytes.Buffer
		if err := png.Encode(&std, m); err != nil {
			t.Fatal(err)
		}
		// Holes of a pixel each are dearer without the colours under them.
		if most := std.Len(); name != "colour, alpha" && len(b) > most+most/20 {
			t.Errorf("%s: %d bytes, of the standard library's encoder %d", name, len(b), most)
		}
	}
}

// TestReadAgain holds that what is written is a picture to the one that reads
// them: a variant may be the source of another one.
func TestReadAgain(t *testing.T) {
	t.Parallel()
	for name, m := range kinds() {
		for _, e := range []Encoding{{Format: PNG}, {Format: WebP, Lossless: true}, {Format: WebP}, {Format: JPEG}} {
			b := encoded(t, m, e)
			f, err := picture.Open(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				t.Fatalf("%s as %s: %v", name, e.Format, err)
			}
			if f.Flaw != "" || f.Width != m.Rect.Dx() || f.Height != m.Rect.Dy() {
				t.Errorf("%s as %s: %dx%d, flaw %q", name, e.Format, f.Width, f.Height, f.Flaw)
			}
			err = f.Use(func(got image.Image) error {
				if e.Format == PNG || e.Lossless {
					same(t, name, Straight(got), m)
				}
				return nil
			})
			if err != nil {
				t.Errorf("%s as %s: %v", name, e.Format, err)
			}
		}
	}
}

func TestLossless(t *testing.T) {
	t.Parallel()
	for name, m := range kinds() {
		got, err := webp.Decode(bytes.NewReader(encoded(t, m, Encoding{Format: WebP, Lossless: true})))
		if err != nil {
			t.Fatal(name, err)
		}
		same(t, name, got, m)
	}
}

func TestGIF(t *testing.T) {
	t.Parallel()
	for name, m := range kinds() {
		got, err := gif.Decode(bytes.NewReader(encoded(t, m, Encoding{Format: GIF})))
		if err != nil {
			t.Fatal(name, err)
		}
		cut := cutAlpha(m)
		if colorsOf(cut, MaxColors) != nil {
			same(t, name, got, cut)
			continue
		}
		for y := range m.Rect.Dy() {
			for x := range m.Rect.Dx() {
				_, _, _, a := got.At(x, y).RGBA()
				if want := m.NRGBAAt(x, y).A >= 128; want != (a > 0) {
					t.Fatalf("%s: pixel %d,%d has alpha %d", name, x, y, a)
				}
			}
		}
	}
}

func TestJPEGIsOnWhite(t *testing.T) {
	t.Parallel()
	m := image.NewNRGBA(image.Rect(0, 0, 32, 16))
	for i := range m.Pix[:32*16*4] {
		if i/4%32 < 16 && i%4 == 3 {
			m.Pix[i] = 128
		}
	}
	got, err := jpeg.Decode(bytes.NewReader(encoded(t, m, Encoding{Format: JPEG})))
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range map[int]uint8{4: 127, 28: 255} {
		c := color.NRGBAModel.Convert(got.At(x, 7)).(color.NRGBA)
		if !alike([]uint8{c.R, c.G, c.B, c.A}, []uint8{want, want, want, 255}) {
			t.Errorf("at %d: %v, want %d", x, c, want)
		}
	}
}

// TestICOPalette counts the colours of each size.
func TestICOPalette(t *testing.T) {
	t.Parallel()
	for _, e := range []Encoding{{Colors: 4}, {Colors: 4, Dither: true}, {Palette: []color.NRGBA{{0, 0, 0, 255}, {255, 255, 255, 255}, {255, 0, 0, 255}, {}}}} {
		e.Format, e.Sizes = ICO, []int{16, 24, 48}
		b := encoded(t, photo(200, 200), e)
		for i, n := range e.Sizes {
			at := binary.LittleEndian.Uint32(b[6+16*i+12:]) + 40
			seen := map[[4]byte]bool{}
			for p := b[at:][:4*n*n]; len(p) > 0; p = p[4:] {
				seen[[4]byte(p)] = true
			}
			if len(seen) > 4 || len(seen) < 2 {
				t.Errorf("%d colours at %d", len(seen), n)
			}
		}
	}
}

// TestICO reads an icon as its users do: by its directory.
func TestICO(t *testing.T) {
	t.Parallel()
	m := noise(300, 200, 3)
	b := encoded(t, m, Encoding{Format: ICO, Sizes: []int{16, 33, 64, 256}})
	le := binary.LittleEndian
	if string(b[:6]) != "\x00\x00\x01\x00\x04\x00" {
		t.Fatalf("it begins with %q", b[:6])
	}
	for i, n := range []int{16, 33, 64, 256} {
		entry := b[6+16*i:][:16]
		data := b[le.Uint32(entry[12:]):][:le.Uint32(entry[8:])]
		if entry[0] != byte(n) || entry[1] != byte(n) {
			t.Errorf("entry %d has %dx%d", i, entry[0], entry[1])
		}
		s := Settings{Width: n, Height: n, Fit: Contain}
		want, err := s.Resized(m)
		if err != nil {
			t.Fatal(err)
		}
		if n >= 64 {
			got, err := png.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			same(t, fmt.Sprint(n), got, want)
			continue
		}
		if h := int(le.Uint32(data[8:])); h != 2*n || len(data) != 40+4*n*n+(n+31)/32*4*n {
			t.Fatalf("%d: a bitmap of height %d in %d bytes", n, h, len(data))
		}
		got := image.NewNRGBA(want.Rect)
		for y := range n {
			for x := range n {
				p := data[40+4*(y*n+x):]
				got.SetNRGBA(x, n-1-y, color.NRGBA{p[2], p[1], p[0], p[3]})
			}
		}
		same(t, fmt.Sprint(n), got, want)
	}
	if n := len(encoded(t, m, Encoding{Format: ICO})); n != 6+3*16+3*40+4*(256+1024+2304)+(64+128+384) {
		t.Errorf("with the sizes of default it has %d bytes", n)
	}
}

// TestBytes holds the files themselves, which are the same on every processor:
// the sums were written on one and hold on the others.
func TestBytes(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	m := noise(100, 70, 3)
	for _, e := range []Encoding{
		{Format: PNG}, {Format: JPEG}, {Format: JPEG, Quality: 60}, {Format: WebP}, {Format: WebP, Quality: 40},
		{Format: WebP, Lossless: true}, {Format: GIF}, {Format: GIF, Dither: true}, {Format: ICO}, {Format: ICO, Kernel: Nearest, Sizes: []int{64}},
	} {
		fmt.Fprintf(&got, "%s quality %d lossless %v dither %v: %x\n", e.Format, e.Quality, e.Lossless, e.Dither, sha256.Sum256(encoded(t, m, e)))
	}
	golden(t, "bytes.txt", got.String())
}

func TestEncodingErrors(t *testing.T) {
	t.Parallel()
	m := noise(2, 2, 1)
	for _, c := range []struct {
		e    Encoding
		want string
	}{
		{Encoding{Format: "tiff"}, `a picture is not written as "tiff", expected png, jpg, webp, gif or ico`},
		{Encoding{}, `a picture is not written as "", expected png, jpg, webp, gif or ico`},
		{Encoding{Format: WebP, Quality: 5, Lossless: true}, `quality and lossless are set, expected one of them`},
		{Encoding{Format: PNG, Quality: 5}, `quality is set for png, which keeps every detail: it is for jpg and webp`},
		{Encoding{Format: JPEG, Quality: 101}, `quality is 101, expected 1 to 100`},
		{Encoding{Format: JPEG, Lossless: true}, `lossless is set for jpg, which always loses detail: use png or webp`},
		{Encoding{Format: PNG, Sizes: []int{1}}, `sizes are set for png, they are of ico`},
		{Encoding{Format: ICO, Sizes: []int{}}, `sizes lists 0, expected 1 to 16`},
		{Encoding{Format: ICO, Sizes: []int{16, 257}}, `sizes has 257, expected 1 to 256`},
		{Encoding{Format: ICO, Sizes: []int{16, 16}}, `sizes has 16 twice`},
	} {
		err := Encode(&bytes.Buffer{}, m, c.e)
		if err == nil || err.Error() != c.want {
			t.Errorf("%+v: got %v\nwant %s", c.e, err, c.want)
		}
	}
	if err := Encode(&bytes.Buffer{}, &image.NRGBA{}, Encoding{Format: PNG}); err == nil {
		t.Error("a picture without pixels was written")
	}
	e := Encoding{Format: WebP}
	if err := e.CheckSize(image.Pt(16384, 1)); err == nil {
		t.Error("a webp of 16384 pixels is taken")
	}
}
