package media

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
	"testing"

	"assetform/apply/media/marks"
	"assetform/config/picture"
)

// gradient returns a smooth picture whose right half is see-through.
func gradient() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 64, 48))
	for y := range 48 {
		for x := range 64 {
			c := color.NRGBA{R: uint8(4 * x), G: uint8(5 * y), B: 90, A: 255}
			if x >= 32 {
				c = color.NRGBA{R: 250, G: 10, B: 10, A: 0}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func encoded(t testing.TB, mediaType string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch mediaType {
	case typePNG:
		err = png.Encode(&b, m)
	case typeJPEG:
		err = jpeg.Encode(&b, m, &jpeg.Options{Quality: 95})
	case typeWebP:
		err = encodeWebP(&b, m)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func convert(src []byte, mediaType, ext string, dst io.Writer) error {
	return Convert(bytes.NewReader(src), int64(len(src)), mediaType, ext, marks.Want{}, dst)
}

func decoded(b []byte) (m image.Image, err error) {
	err = Use(bytes.NewReader(b), int64(len(b)), func(got image.Image) error { m = got; return nil })
	return m, err
}

// flat is gradient on white, which every format must come near.
func flat(x, y int) color.RGBA {
	if x >= 32 {
		return color.RGBA{255, 255, 255, 255}
	}
	return color.RGBA{uint8(4 * x), uint8(5 * y), 90, 255}
}

func difference(a, b color.Color) int {
	r1, g1, b1, a1 := a.RGBA()
	r2, g2, b2, a2 := b.RGBA()
	worst := 0
	for _, d := range []int{int(r1) - int(r2), int(g1) - int(g2), int(b1) - int(b2), int(a1) - int(a2)} {
		worst = max(worst, d, -d)
	}
	return worst >> 8
}

// TestConvert compares decoded pixels: near the transparent edge formats with
// loss may ring, elsewhere all are close to the source.
func TestConvert(t *testing.T) {
	t.Parallel()
	for _, from := range []string{typePNG, typeJPEG, typeWebP} {
		var source image.Image = gradient()
		if from == typeJPEG {
			source = opaque(gradient())
		}
		src := encoded(t, from, source)
		for ext, to := range map[string]string{".png": typePNG, ".JPG": typeJPEG, ".jpeg": typeJPEG, ".webp": typeWebP} {
			t.Run(from+" to "+ext, func(t *testing.T) {
				t.Parallel()
				var first, second bytes.Buffer
				for _, b := range []*bytes.Buffer{&first, &second} {
					if err := convert(src, from, ext, b); err != nil {
						t.Fatal(err)
					}
				}
				if !bytes.Equal(first.Bytes(), second.Bytes()) {
					t.Error("two conversions differ")
				}
				got, err := probeBytes(first.Bytes())
				if want := (Info{Type: to, Bytes: int64(first.Len()), Width: 64, Height: 48}); err != nil || got != want {
					t.Fatalf("the result is %+v (error %v), want %+v", got, err, want)
				}
				m, err := decoded(first.Bytes())
				if err != nil {
					t.Fatal(err)
				}
				shown := opaque(m)
				for y := range 48 {
					for x := range 64 {
						if x > 24 && x < 40 {
							continue
						}
						if d := difference(shown.At(x, y), flat(x, y)); d > 14 {
							t.Fatalf("pixel %d,%d differs by %d: %v, want %v", x, y, d, shown.At(x, y), flat(x, y))
						}
					}
				}
				if _, _, _, a := m.At(60, 4).RGBA(); (a == 0) != (from != typeJPEG && to != typeJPEG) {
					t.Errorf("alpha on the see-through side is %d", a)
				}
			})
		}
	}
}

// Nothing that PNG can hold is lost on the way to PNG.
func TestConvertToPNGIsLossless(t *testing.T) {
	t.Parallel()
	deep := image.NewNRGBA64(image.Rect(0, 0, 2, 1))
	deep.SetNRGBA64(1, 0, color.NRGBA64{R: 0x1234, A: 0xffff})
	var out bytes.Buffer
	if err := convert(encoded(t, typePNG, deep), typePNG, ".png", &out); err != nil {
		t.Fatal(err)
	}
	back, err := png.Decode(&out)
	if err != nil {
		t.Fatal(err)
	}
	if got := back.(*image.NRGBA64).NRGBA64At(1, 0); got.R != 0x1234 {
		t.Errorf("16 bits became %#x", got.R)
	}
}

// Black, white and pure colours survive a WebP, whose range of luma is not
// that of Go's YCbCr.
func TestConvertKeepsWebPColours(t *testing.T) {
	t.Parallel()
	m := image.NewRGBA(image.Rect(0, 0, 64, 16))
	bars := []color.RGBA{{0, 0, 0, 255}, {255, 255, 255, 255}, {255, 0, 0, 255}, {0, 0, 255, 255}}
	for x := range 64 {
		for y := range 16 {
			m.SetRGBA(x, y, bars[x/16])
		}
	}
	var b bytes.Buffer
	if err := convert(encoded(t, typeWebP, m), typeWebP, ".png", &b); err != nil {
		t.Fatal(err)
	}
	got, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range bars {
		if have := got.At(16*i+8, 8); difference(have, want) > 6 {
			t.Errorf("bar %d is %v, want %v", i, have, want)
		}
	}
}

// What a picture says of itself goes along.
func TestConvertKeepsXMP(t *testing.T) {
	t.Parallel()
	packet := `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ` +
		`xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" ` +
		`tiff:Orientation="6" Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia"/></rdf:RDF></x:xmpmeta>`
	want := strings.Replace(packet, `"6"`, `"1"`, 1)
	from := map[string][]byte{
		typePNG:  insert(encoded(t, typePNG, gradient()), 33, pngChunk("iTXt", []byte("XML:com.adobe.xmp\x00\x01\x00\x00\x00"+string(packed(t, packet))))),
		typeJPEG: insert(encoded(t, typeJPEG, opaque(gradient())), 2, jpegSegment(0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00"+packet))),
		typeWebP: withChunk(encoded(t, typeWebP, gradient()), riffChunk("XMP ", []byte(packet))),
	}
	for mediaType, src := range from {
		for ext, to := range map[string]string{".png": typePNG, ".jpg": typeJPEG, ".webp": typeWebP} {
			var b bytes.Buffer
			if err := convert(src, mediaType, ext, &b); err != nil {
				t.Fatal(err)
			}
			f, err := picture.Open(bytes.NewReader(b.Bytes()), int64(b.Len()))
			if err != nil || string(f.XMP) != want {
				t.Errorf("%s to %s: %q, %v", mediaType, to, f.XMP, err)
			}
			if m, err := probeBytes(b.Bytes()); err != nil || m.Flaw != "" || m.Width != 64 {
				t.Errorf("%s to %s: %+v, %v", mediaType, to, m, err)
			}
			if err := CheckCargo(bytes.NewReader(b.Bytes()), int64(b.Len()), to); err != nil {
				t.Errorf("%s to %s: %v", mediaType, to, err)
			}
		}
	}
}

func TestConvertRefuses(t *testing.T) {
	t.Parallel()
	err := convert(readMedia(t, "film.mp4"), typeMP4, ".webm", io.Discard)
	if err == nil || !strings.HasSuffix(err.Error(), `give the output the extension ".mp4"`) {
		t.Errorf("a film in another container: %v", err)
	}
	wide := encoded(t, typePNG, image.NewGray(image.Rect(0, 0, 16384, 1)))
	for _, test := range []struct {
		name, mediaType, ext string
		src                  []byte
	}{
		{"image to film", typePNG, ".mp4", wide},
		{"unknown extension", typePNG, ".gif", wide},
		{"too wide for WebP", typePNG, ".webp", wide},
		{"unknown type", "image/gif", ".png", readMedia(t, "picture.gif")},
		{"damaged", typePNG, ".jpg", wide[:60]},
		{"too many pixels", typePNG, ".jpg", pngFile(1<<15, 1<<15, nil)},
	} {
		if err := convert(test.src, test.mediaType, test.ext, io.Discard); err == nil {
			t.Errorf("%s: no error", test.name)
		}
	}
}

func TestFits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		mediaType, ext string
		want           bool
	}{
		{typeJPEG, ".jpg", true}, {typeJPEG, ".JPEG", true}, {typePNG, ".png", true},
		{typePNG, ".jpg", false}, {typeMP4, ".webm", false}, {"text/html", ".html", false}, {typePNG, "", false},
		{typeWebM, ".WebM", true}, {"", ".txt", false},
	} {
		if got := Fits(test.mediaType, test.ext); got != test.want {
			t.Errorf("Fits(%q, %q) is %v", test.mediaType, test.ext, got)
		}
	}
}

func BenchmarkProbePNG(b *testing.B) {
	file := encoded(b, typePNG, image.NewRGBA(image.Rect(0, 0, 1344, 768)))
	b.ReportAllocs()
	for b.Loop() {
		if m, err := probeBytes(file); err != nil || m.Width != 1344 {
			b.Fatal(m, err)
		}
	}
}
