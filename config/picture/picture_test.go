package picture

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func open(b []byte) (*File, error) { return Open(bytes.NewReader(b), int64(len(b))) }

// decode opens and decodes, and has both succeed.
func decode(t *testing.T, b []byte) image.Image {
	t.Helper()
	f, err := open(b)
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.Decode()
	if err != nil {
		t.Fatal(err)
	}
	if s := m.Bounds().Size(); s.X != f.Width || s.Y != f.Height {
		t.Fatalf("the picture is %v, its file says %d x %d", s, f.Width, f.Height)
	}
	return m
}

// corners is a picture whose corners differ, of 32 x 16 pixels.
func corners() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 32, 16))
	for y := range 16 {
		for x := range 32 {
			c := color.NRGBA{128, 128, 128, 255}
			switch {
			case x < 8 && y < 8:
				c = color.NRGBA{255, 0, 0, 255}
			case x >= 24 && y < 8:
				c = color.NRGBA{0, 255, 0, 255}
			case x < 8:
				c = color.NRGBA{0, 0, 255, 255}
			}
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

func asPNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withChunk puts a chunk behind the header of a PNG.
func withChunk(b []byte, name string, body []byte) []byte {
	const afterHead = 33
	var c bytes.Buffer
	writeChunk(&c, name, body)
	return bytes.Join([][]byte{b[:afterHead], c.Bytes(), b[afterHead:]}, nil)
}

// exif says how the camera was held.
func exif(orientation byte) []byte {
	return []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(orientation)) + "\x00\x00\x00\x00\x00\x00")
}

func asJPEG(t *testing.T, m image.Image, app1 []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 98}); err != nil {
		t.Fatal(err)
	}
	segment := append(binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(app1)+2)), app1...)
	return bytes.Join([][]byte{b.Bytes()[:2], segment, b.Bytes()[2:]}, nil)
}

// withEXIF puts EXIF data behind a WebP.
func withEXIF(t *testing.T, name string, data []byte) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	b = append(binary.LittleEndian.AppendUint32(append(b, "EXIF"...), uint32(len(data))), data...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// A picture comes out as people see it, however the camera was held.
func TestOrientation(t *testing.T) {
	t.Parallel()
	// Where red, green and blue are seen: of the corners 0 1 over 2 3.
	seen := [][3]int{1: {0, 1, 2}, 2: {1, 0, 3}, 3: {3, 2, 1}, 4: {2, 3, 0}, 5: {0, 2, 1}, 6: {1, 3, 0}, 7: {3, 1, 2}, 8: {2, 0, 3}}
	want := []color.NRGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}}
	for o := byte(1); o <= 8; o++ {
		for name, b := range map[string][]byte{
			"PNG":  withChunk(asPNG(t, corners()), "eXIf", exif(o)),
			"JPEG": asJPEG(t, corners(), append([]byte("Exif\x00\x00"), exif(o)...)),
		} {
			m := decode(t, b)
			w, h := m.Bounds().Dx(), m.Bounds().Dy()
			if sideways := o > 4; sideways != (w < h) {
				t.Fatalf("%s %d: %d x %d", name, o, w, h)
			}
			at := []image.Point{{3, 3}, {w - 4, 3}, {3, h - 4}, {w - 4, h - 4}}
			for i, corner := range seen[o] {
				if got := m.At(at[corner].X, at[corner].Y); far(got, want[i], 12) {
					t.Errorf("%s %d: corner %d is %v, want %v", name, o, corner, got, want[i])
				}
			}
		}
	}
	f, err := open(withEXIF(t, "smooth.webp", exif(6)))
	if err != nil || f.Width != 95 || f.Height != 159 {
		t.Errorf("WebP: %+v, error %v", f, err)
	}
	for _, b := range []string{"", "II", "MM\x00*\xff\xff\xff\xff", "II*\x00\x08\x00\x00\x00\xff\xff", string(exif(9)), string(exif(0))} {
		if o := orientationOf([]byte(b)); o != 1 {
			t.Errorf("%q says %d", b, o)
		}
	}
}

func far(a, b color.Color, by int) bool {
	r, g, bl, al := a.RGBA()
	r2, g2, bl2, al2 := b.RGBA()
	for _, d := range []int{int(r) - int(r2), int(g) - int(g2), int(bl) - int(bl2), int(al) - int(al2)} {
		if d > by<<8 || -d > by<<8 {
			return true
		}
	}
	return false
}

func chroma(gamma uint32, c ...uint32) (chunks map[string][]byte) {
	chunks = map[string][]byte{}
	if gamma > 0 {
		chunks["gAMA"] = binary.BigEndian.AppendUint32(nil, gamma)
	}
	for _, v := range c {
		chunks["cHRM"] = binary.BigEndian.AppendUint32(chunks["cHRM"], v)
	}
	return chunks
}

// be writes numbers with 16 bits of fraction.
func be(v ...float64) (b []byte) {
	for _, f := range v {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(f*65536)))
	}
	return b
}

// iccProfile is a profile of these tags.
func iccProfile(space, connection string, tags map[string][]byte) []byte {
	b := make([]byte, 128)
	copy(b[16:], space+connection)
	copy(b[36:], "acsp")
	b = binary.BigEndian.AppendUint32(b, uint32(len(tags)))
	at := len(b) + 12*len(tags)
	var bodies []byte
	for name, body := range tags {
		b = append(b, name...)
		b = binary.BigEndian.AppendUint32(b, uint32(at+len(bodies)))
		b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
		bodies = append(bodies, body...)
	}
	return append(b, bodies...)
}

func iccp(profile []byte) map[string][]byte {
	var b bytes.Buffer
	b.WriteString("p\x00\x00")
	z := zlib.NewWriter(&b)
	z.Write(profile)
	z.Close()
	return map[string][]byte{"iCCP": b.Bytes()}
}

// Whatever a file says of its colours, they are those of sRGB afterwards. The
// expected values are those of lcms and of the formulas.
func TestColours(t *testing.T) {
	t.Parallel()
	adobe := func(curve []byte) []byte {
		xyz := func(v ...float64) []byte { return append([]byte("XYZ \x00\x00\x00\x00"), be(v...)...) }
		return iccProfile("RGB ", "XYZ ", map[string][]byte{
			"rXYZ": xyz(0.60974, 0.31111, 0.01947), "gXYZ": xyz(0.20528, 0.62567, 0.06087), "bXYZ": xyz(0.14919, 0.06322, 0.74457),
			"rTRC": curve, "gTRC": curve, "bTRC": curve,
		})
	}
	gamma22 := []byte("curv\x00\x00\x00\x00\x00\x00\x00\x01\x02\x33")
	formula := append([]byte("para\x00\x00\x00\x00\x00\x00\x00\x00"), be(2.19921875)...)
	tests := []struct {
		name   string
		chunks map[string][]byte
		in     color.NRGBA
		want   color.NRGBA
	}{
		{"nothing", nil, color.NRGBA{100, 150, 200, 255}, color.NRGBA{100, 150, 200, 255}},
		{"gamma of sRGB", chroma(45455), color.NRGBA{10, 150, 200, 255}, color.NRGBA{10, 150, 200, 255}},
		{"linear light", chroma(100000), color.NRGBA{55, 128, 0, 255}, color.NRGBA{128, 188, 0, 255}},
		{"sRGB said beside", map[string][]byte{"sRGB": {0}, "gAMA": {0, 1, 0x86, 0xa0}}, color.NRGBA{55, 128, 0, 255}, color.NRGBA{55, 128, 0, 255}},
		{"Adobe's chromaticities", chroma(45470, 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000), color.NRGBA{200, 100, 100, 255}, color.NRGBA{226, 100, 100, 255}},
		{"Adobe's profile", iccp(adobe(gamma22)), color.NRGBA{200, 100, 100, 255}, color.NRGBA{227, 100, 100, 255}},
		{"Adobe's profile as a formula", iccp(adobe(formula)), color.NRGBA{200, 100, 100, 255}, color.NRGBA{227, 100, 100, 255}},
		{"white of Adobe's profile", iccp(adobe(gamma22)), color.NRGBA{255, 255, 255, 120}, color.NRGBA{255, 255, 255, 120}},
		{"Display P3", map[string][]byte{"cICP": {12, 13, 0, 1}}, color.NRGBA{200, 100, 100, 255}, color.NRGBA{215, 93, 97, 255}},
		{"more light than sRGB has", map[string][]byte{"cICP": {9, 16, 0, 1}}, color.NRGBA{200, 100, 100, 255}, color.NRGBA{200, 100, 100, 255}},
		{"a damaged profile", iccp([]byte("acsp")), color.NRGBA{200, 100, 100, 255}, color.NRGBA{200, 100, 100, 255}},
		{"chromaticities of nothing", chroma(0, 0, 0, 0, 0, 0, 0, 0, 0), color.NRGBA{200, 100, 100, 255}, color.NRGBA{200, 100, 100, 255}},
	}
	for _, test := range tests {
		deep := image.NewNRGBA64(image.Rect(0, 0, 3, 2))
		plain := image.NewNRGBA(deep.Rect)
		for i := range 6 {
			plain.SetNRGBA(i%3, i/3, test.in)
			deep.Set(i%3, i/3, test.in)
		}
		table := image.NewPaletted(deep.Rect, color.Palette{test.in})
		for kind, m := range map[string]image.Image{"8 bits": plain, "16 bits": deep, "palette": table} {
			b := asPNG(t, m)
			for name, body := range test.chunks {
				b = withChunk(b, name, body)
			}
			if got := color.NRGBAModel.Convert(decode(t, b).At(1, 1)); far(got, test.want, 1) {
				t.Errorf("%s, %s: %v became %v, want %v", test.name, kind, test.in, got, test.want)
			}
		}
	}
}

// A profile of measured points, as those of inks are.
func TestColoursOfInk(t *testing.T) {
	t.Parallel()
	b := make([]byte, 48)
	copy(b, "mft1")
	b[8], b[9], b[10] = 4, 3, 2
	ramp := make([]byte, 256)
	for i := range ramp {
		ramp[i] = byte(i)
	}
	b = append(b, bytes.Repeat(ramp, 4)...)
	for corner := range 16 { // no ink is white; each takes a share of the light
		light := 255 - 17*corner
		b = append(b, byte(light), 128, 128)
	}
	b = append(b, bytes.Repeat(ramp, 3)...)
	p := parseProfile(iccProfile("CMYK", "Lab ", map[string][]byte{"A2B0": b}))
	ink := image.NewCMYK(image.Rect(0, 0, 2, 1))
	ink.SetCMYK(1, 0, color.CMYK{255, 255, 255, 255})
	g := p.grid(ink)
	if g == nil {
		t.Fatal("the profile is not read")
	}
	m := throughGrid(ink, g)
	if far(m.At(0, 0), color.White, 1) || far(m.At(1, 0), color.Black, 1) {
		t.Errorf("no ink is %v, all of it is %v", m.At(0, 0), m.At(1, 0))
	}
	if p.grid(image.NewNRGBA(ink.Rect)) != nil {
		t.Error("a profile of inks is used for light")
	}
}

// The two forms of measured points say the same.
func TestColoursOfGrids(t *testing.T) {
	t.Parallel()
	var points []byte
	for i := range 8 { // red is light, green is green to red, blue is blue to yellow
		points = append(points, byte(255*(i>>2)), byte(100+50*(i>>1&1)), byte(90+60*(i&1)))
	}
	ramp := make([]byte, 256)
	for i := range ramp {
		ramp[i] = byte(i)
	}
	tables := append(make([]byte, 0, 4000), "mft1\x00\x00\x00\x00\x03\x03\x02\x00"...)
	tables = append(tables, make([]byte, 36)...)
	tables = append(append(append(tables, bytes.Repeat(ramp, 3)...), points...), bytes.Repeat(ramp, 3)...)
	straightCurves := bytes.Repeat([]byte("curv\x00\x00\x00\x00\x00\x00\x00\x00"), 3)
	free := []byte("mAB \x00\x00\x00\x00\x03\x03\x00\x00")
	for _, at := range []uint32{32, 68, 116, 152, 196} { // B curves, matrix, M curves, points, A curves
		free = binary.BigEndian.AppendUint32(free, at)
	}
	free = append(free, straightCurves...)
	free = append(free, be(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)...)
	free = append(free, straightCurves...)
	free = append(free, "\x02\x02\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00"...)
	free = append(append(free, points...), straightCurves...)
	m := image.NewNRGBA(image.Rect(0, 0, 3, 1))
	for i, c := range []color.NRGBA{{0, 0, 0, 255}, {200, 30, 90, 255}, {120, 255, 255, 7}} {
		m.SetNRGBA(i, 0, c)
	}
	var got [2]image.Image
	for i, body := range [][]byte{tables, free} {
		g := parseProfile(iccProfile("RGB ", "Lab ", map[string][]byte{"A2B0": body})).grid(m)
		if g == nil {
			t.Fatalf("grid %d is not read", i)
		}
		got[i] = throughGrid(m, g)
	}
	for x := range 3 {
		if a, b := got[0].At(x, 0), got[1].At(x, 0); a != b {
			t.Errorf("%v is %v by tables, %v by formulas", m.At(x, 0), a, b)
		}
	}
	if _, _, _, a := got[0].At(2, 0).RGBA(); a>>8 != 7 {
		t.Errorf("transparency became %d", a>>8)
	}
}

// The colours of a lossy WebP are those that libwebp makes, to the last bit.
func TestWebPIsSmooth(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/smooth.webp")
	if err != nil {
		t.Fatal(err)
	}
	golden, err := os.ReadFile("testdata/smooth.png") // written by dwebp
	if err != nil {
		t.Fatal(err)
	}
	got, want := decode(t, b).(*image.NRGBA), straight(decode(t, golden))
	if !bytes.Equal(got.Pix, want.Pix) {
		t.Error("the pixels differ from those of libwebp")
	}
}

// What browsers pass over is a flaw; what lacks pixels is refused.
func TestFlaws(t *testing.T) {
	t.Parallel()
	whole := asPNG(t, corners())
	broken := func(name string) []byte {
		b := withChunk(whole, "tEXt", []byte("a\x00b"))
		at := bytes.Index(b, []byte(name))
		n := int(binary.BigEndian.Uint32(b[at-4:]))
		b[at+4+n] ^= 1
		return b
	}
	photo := asJPEG(t, corners(), nil)
	tests := []struct {
		name  string
		b     []byte
		flaw  string
		fails string
	}{
		{"whole", whole, "", ""},
		{"no end", whole[:len(whole)-12], "lacks its end", ""},
		{"half an end", whole[:len(whole)-5], "lacks its end", ""},
		{"no checksum of the pixels", whole[:len(whole)-14], "lacks its end", ""},
		{"no end of the pixels", whole[:len(whole)-20], "lacks its end", "cut short"},
		{"half of it", whole[:len(whole)/2], "lacks its end", "cut short"},
		{"checksum of a text", broken("tEXt"), `"tEXt" is wrong`, ""},
		{"checksum of the pixels", broken("IDAT"), `"IDAT" is wrong`, ""},
		{"checksum of the end", broken("IEND"), `"IEND" is wrong`, ""},
		{"checksum of the header", broken("IHDR"), "", `"IHDR" is wrong`},
		{"transparency of another kind", withChunk(whole, "tRNS", []byte{1}), "tRNS", ""},
		{"photo", photo, "", ""},
		{"photo without its end", photo[:len(photo)-2], "", "cut short"},
	}
	for _, test := range tests {
		f, err := open(test.b)
		if err == nil {
			err = f.Verify()
		}
		switch {
		case err == nil:
			_, err = f.Decode()
		case f != nil: // decoding says the same
			if _, err := f.Decode(); err == nil || !strings.Contains(err.Error(), test.fails) {
				t.Errorf("%s: decoding fails with %v, want %q", test.name, err, test.fails)
			}
		}
		switch {
		case (err != nil) != (test.fails != "") || err != nil && !strings.Contains(err.Error(), test.fails):
			t.Errorf("%s: error %v, want %q", test.name, err, test.fails)
		case err == nil && ((f.Flaw != "") != (test.flaw != "") || !strings.Contains(f.Flaw, test.flaw)):
			t.Errorf("%s: flaw %q, want %q", test.name, f.Flaw, test.flaw)
		}
		if _, err := OpenResult(bytes.NewReader(test.b), int64(len(test.b))); err != nil && test.fails == "" {
			t.Errorf("%s as a result: %v", test.name, err)
		}
		if _, err := OpenInput(bytes.NewReader(test.b), int64(len(test.b))); (err == nil) != (test.flaw == "" && test.fails == "") {
			t.Errorf("%s as an input: %v", test.name, err)
		}
	}
	if _, err := OpenInput(bytes.NewReader(whole), MaxInput+1); err == nil || !strings.Contains(err.Error(), "MiB") {
		t.Errorf("a giant file as an input: %v", err)
	}
	moving := withChunk(whole, "acTL", make([]byte, 8))
	if _, err := OpenInput(bytes.NewReader(moving), int64(len(moving))); !errors.Is(err, ErrAnimated) {
		t.Errorf("an animation as an input: %v", err)
	}
}

// Pictures of every kind of PNG are verified as they are decoded.
func TestVerifyAgreesWithDecoding(t *testing.T) {
	t.Parallel()
	r := image.Rect(0, 0, 13, 9)
	for _, m := range []image.Image{
		image.NewGray(r), image.NewGray16(r), image.NewNRGBA(r), image.NewNRGBA64(r), image.NewRGBA(r),
		image.NewPaletted(r, color.Palette{color.Black, color.White}), image.NewPaletted(r, color.Palette{color.Black, color.White, color.Transparent}),
	} {
		b := asPNG(t, m)
		f, err := open(b)
		if err != nil || f.Verify() != nil {
			t.Errorf("%T: %v, %v", m, err, f.Verify())
		}
	}
	// Woven: seven pictures, of which some are empty in one so small.
	woven := []byte("\x89PNG\r\n\x1a\n")
	var c bytes.Buffer
	writeChunk(&c, "IHDR", []byte{0, 0, 0, 3, 0, 0, 0, 3, 8, 0, 0, 0, 1})
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write([]byte{0, 1, 0, 2, 0, 3, 4, 0, 5, 0, 6, 0, 7, 8, 9})
	w.Close()
	writeChunk(&c, "IDAT", z.Bytes())
	writeChunk(&c, "IEND", nil)
	f, err := open(append(woven, c.Bytes()...))
	if err != nil {
		t.Fatal(err)
	}
	_, decoded := f.Decode()
	if verified := f.Verify(); (verified == nil) != (decoded == nil) {
		t.Errorf("verified: %v, decoded: %v", verified, decoded)
	}
}

// TestVerifyAfterDamage: what unpacked a damaged picture, or one that was cut,
// unpacks the next one as if it was new.
func TestVerifyAfterDamage(t *testing.T) {
	good := asPNG(t, corners())
	verify := func(b []byte) error {
		f, err := open(b)
		if err != nil {
			t.Fatal(err)
		}
		return f.Verify()
	}
	for at := bytes.Index(good, []byte("IDAT")) + 4; at < bytes.Index(good, []byte("IEND"))-8; at++ {
		bad := bytes.Clone(good)
		bad[at] ^= 0xff
		if err := verify(bad); err == nil {
			t.Errorf("byte %d is wrong, and nobody said so", at)
		}
		if err := verify(good); err != nil {
			t.Fatalf("after byte %d of another one was wrong: %v", at, err)
		}
	}
}

// What is rewritten with 8 bits shows the same, whatever its filters are.
func TestThinPNG(t *testing.T) {
	t.Parallel()
	r := image.Rect(0, 0, 37, 23)
	grey, opaque, clear := image.NewGray16(r), image.NewRGBA64(r), image.NewNRGBA64(r)
	for y := range r.Dy() {
		for x := range r.Dx() {
			v := uint16(x*x*211 + y*1777*x)
			grey.SetGray16(x, y, color.Gray16{v})
			opaque.SetRGBA64(x, y, color.RGBA64{v, v * 3, uint16(y * 2801), 0xffff})
			clear.SetNRGBA64(x, y, color.NRGBA64{v, uint16(x * 1771), v * 7, uint16(y*2801 | 0x8000)})
		}
	}
	for _, m := range []image.Image{grey, opaque, clear} {
		f, err := open(asPNG(t, m))
		if err != nil {
			t.Fatal(err)
		}
		thinned, err := f.thinPNG()
		if err != nil {
			t.Fatal(err)
		}
		got, err := png.Decode(thinned)
		if err != nil {
			t.Fatal(err)
		}
		for y := range r.Dy() {
			for x := range r.Dx() {
				if a, b := color.NRGBA64Model.Convert(m.At(x, y)).(color.NRGBA64), color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA); uint8(a.R>>8) != b.R || uint8(a.G>>8) != b.G || uint8(a.B>>8) != b.B || uint8(a.A>>8) != b.A {
					t.Fatalf("%T: pixel %d,%d is %v, was %v", m, x, y, b, a)
				}
			}
		}
	}
}

// A small file of many pixels costs nothing to verify.
func TestVerifyHoldsNoPixels(t *testing.T) {
	const side = 4000
	var z, c bytes.Buffer
	w, _ := zlib.NewWriterLevel(&z, zlib.BestSpeed)
	row := make([]byte, 1+8*side)
	for range side {
		w.Write(row)
	}
	w.Close()
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, side), side)
	c.WriteString(pngSignature)
	writeChunk(&c, "IHDR", append(head, 16, 6, 0, 0, 0))
	writeChunk(&c, "IDAT", z.Bytes())
	writeChunk(&c, "IEND", nil)
	f, err := open(c.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := f.Verify(); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes were allocated for %d pixels", n, side*side)
	}
}

// However many run, what is held stays within the budget.
func TestWithinBudget(t *testing.T) {
	var now, most atomic.Int64
	var wait sync.WaitGroup
	for i := range 24 {
		wait.Go(func() {
			weight := []int64{budget / 2, budget / 3, 4 * budget}[i%3]
			_ = within(weight, func() error {
				most.Store(max(most.Load(), now.Add(min(weight, budget))))
				runtime.Gosched()
				now.Add(-min(weight, budget))
				return nil
			})
		})
	}
	wait.Wait()
	if most.Load() > budget {
		t.Errorf("%d bytes were held of %d", most.Load(), budget)
	}
}

// A WebP whose header speaks of transparency that is not there is refused with
// what to do.
func TestWebPHeaderThatLies(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("testdata/smooth.webp")
	if err != nil {
		t.Fatal(err)
	}
	f, err := open(bytes.Replace(b, []byte("ALPH"), []byte("JUNK"), 1))
	if err == nil {
		_, err = f.Decode()
	}
	if err == nil || !strings.Contains(err.Error(), "save it again") {
		t.Errorf("error %v", err)
	}
}
