package webp

import (
	"bytes"
	"crypto/sha256"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/config/picture"

	"golang.org/x/image/webp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// scene has what pictures have: a slope of colours, edges, texture, and with
// alpha a hole with a soft rim. All of it is integers.
func scene(w, h int, opaque bool) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	noise := uint32(1)
	for y := range h {
		for x := range w {
			noise = noise*1664525 + 1013904223
			grain := int(noise >> 28)
			c := color.NRGBA{uint8(40 + 150*x/w), uint8(90 + 100*y/h), uint8(200 - 120*y/h), 255}
			switch {
			case (x-w/3)*(x-w/3)+(y-h/2)*(y-h/2) < h*h/16:
				c = color.NRGBA{220, 40, 30, 255}
			case y > h*3/4:
				c.R, c.G = uint8(60+4*grain), uint8(110+5*grain)
			case x/9%4 == 0 && y > h/2:
				c = color.NRGBA{20, 20, 30, 255}
			}
			if d := (x-w*2/3)*(x-w*2/3) + (y-h/3)*(y-h/3); !opaque && d < h*h/9 {
				c.A = uint8(255 * d * 9 / (h * h))
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func encode(t testing.TB, m image.Image, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Encode(&b, m, o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestGolden compares decoded pixels, which only a change of the encoder's
// decisions alters.
func TestGolden(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]*image.NRGBA{"opaque": scene(150, 101, true), "alpha": scene(150, 101, false)} {
		b := encode(t, m, Options{Quality: 60})
		f, err := picture.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.Decode()
		if err != nil {
			t.Fatal(err)
		}
		shown := got.(*image.NRGBA)
		file := filepath.Join("testdata", name+".png")
		if *update {
			var b bytes.Buffer
			if err := png.Encode(&b, shown); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		golden, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer golden.Close()
		want, err := png.Decode(golden)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(straight(want).Pix, shown.Pix) {
			t.Errorf("%s is not as in %s", name, file)
		}
	}
}

// TestBytesDependOnNothing holds the bytes themselves, which are the same on
// every processor: the sums were written on one and hold on the others.
func TestBytesDependOnNothing(t *testing.T) {
	t.Parallel()
	var got strings.Builder
	for _, size := range []image.Point{{1, 1}, {16, 16}, {150, 101}, {333, 222}} {
		for _, quality := range []int{0, 1, 50, 90, 100} {
			for _, fast := range []bool{false, true} {
				b := encode(t, scene(size.X, size.Y, quality == 50), Options{Quality: quality, Fast: fast})
				fmt.Fprintf(&got, "%dx%d %d %v %x\n", size.X, size.Y, quality, fast, sha256.Sum256(b))
			}
		}
	}
	file := filepath.Join("testdata", "sums.txt")
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the bytes are not those of %s:\n%s", file, got.String())
	}
}

// TestSizes has the sizes at which macroblocks are cut, and the greatest.
func TestSizes(t *testing.T) {
	t.Parallel()
	sizes := []image.Point{{maxSide, 1}, {1, maxSide}, {maxSide, 20}}
	for n := 1; n <= 34; n++ {
		sizes = append(sizes, image.Pt(n, 35-n), image.Pt(n, 16), image.Pt(n, n))
	}
	for _, size := range sizes {
		m := scene(size.X, size.Y, true)
		got, err := webp.Decode(bytes.NewReader(encode(t, m, Options{Quality: 90})))
		if err != nil {
			t.Fatalf("%v: %v", size, err)
		}
		if got.Bounds().Size() != size {
			t.Errorf("%v came back as %v", size, got.Bounds())
		}
		checkLuma(t, got, m, 90, 10)
	}
	for _, size := range []image.Point{{maxSide + 1, 1}, {1, maxSide + 1}, {0, 5}} {
		if err := Encode(io.Discard, image.NewNRGBA(image.Rectangle{Max: size}), Options{}); err == nil {
			t.Errorf("%v was written", size)
		}
	}
}

// TestFirstPartitionIsBounded encodes noise, whose modes cost the most, with
// less room for them than the format's.
func TestFirstPartitionIsBounded(t *testing.T) {
	t.Parallel()
	const w, h = 640, 640
	m := fuzzed([]byte("0.j2f8 9cnq3p4u8ctn q8p9ty"), w, h, true)
	src := subsampled(m, false)
	for _, bits := range []int{4, 6, 20, 60} { // of a macroblock
		e := newEncoder(w, h, Options{Quality: 90})
		limit := w * h / 256 * bits / 8
		e.budget(limit + frameHeader)
		e.fill(src)
		e.rows()
		parts, err := e.parts()
		if err != nil {
			t.Fatal(err)
		}
		frame := bytes.Join(parts, nil)
		tag := int(frame[0]) | int(frame[1])<<8 | int(frame[2])<<16
		if got := tag >> 5; got > limit+frameHeader || got < limit/2 {
			t.Errorf("with %d bits a macroblock the modes take %d bytes of %d", bits, got, limit)
		}
		got := decodeFrame(t, frame)
		checkLuma(t, got, m, 90, 10)
	}
}

// TestFormsOfImages has the same pixels in the forms that decoders return.
func TestFormsOfImages(t *testing.T) {
	t.Parallel()
	m := scene(40, 30, true)
	rgba := image.NewRGBA(image.Rect(7, 5, 47, 35))
	for y := range 30 {
		for x := range 40 {
			rgba.Set(x+7, y+5, m.At(x, y))
		}
	}
	wide := image.NewNRGBA(image.Rect(0, 0, 60, 30))
	for y := range 30 {
		copy(wide.Pix[y*wide.Stride:], m.Pix[y*m.Stride:][:160])
	}
	want := encode(t, m, Options{})
	for name, other := range map[string]image.Image{
		"RGBA elsewhere": rgba, "a part": wide.SubImage(image.Rect(0, 0, 40, 30)),
	} {
		if !bytes.Equal(encode(t, other, Options{}), want) {
			t.Errorf("%s gives other bytes", name)
		}
	}
}

// TestHiddenColoursCostNothing: what nobody sees is not written.
func TestHiddenColoursCostNothing(t *testing.T) {
	t.Parallel()
	plain, noisy := scene(96, 96, true), scene(96, 96, true)
	for i := 0; i < len(plain.Pix)/2; i += 4 {
		plain.Pix[i+3], noisy.Pix[i+3] = 0, 0
		noisy.Pix[i], noisy.Pix[i+1], noisy.Pix[i+2] = byte(i*i), byte(i*7), byte(i>>3)
	}
	if !bytes.Equal(encode(t, plain, Options{}), encode(t, noisy, Options{})) {
		t.Error("the colours of transparent pixels change the bytes")
	}
}

// TestQualityOrdersSizes: more quality is more bytes and less error.
func TestQualityOrdersSizes(t *testing.T) {
	t.Parallel()
	m := scene(200, 150, true)
	last := 0
	for _, quality := range []int{1, 20, 40, 60, 75, 85, 95, 100} {
		n := len(encode(t, m, Options{Quality: quality}))
		if n <= last {
			t.Errorf("quality %d takes %d bytes, less than %d before", quality, n, last)
		}
		last = n
	}
	for _, quality := range []int{-1, 101} {
		if err := Encode(io.Discard, m, Options{Quality: quality}); err == nil {
			t.Errorf("quality %d was taken", quality)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	m := scene(1344, 768, true)
	for _, o := range []Options{{Quality: 90}, {Quality: 90, Fast: true}} {
		b.Run(fmt.Sprintf("fast=%v", o.Fast), func(b *testing.B) {
			b.ReportAllocs()
			var n int
			for b.Loop() {
				n = len(encode(b, m, o))
			}
			if n < 10_000 {
				b.Fatalf("only %d bytes were written", n)
			}
			b.ReportMetric(float64(n), "bytes/file")
		})
	}
}
