package derive

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"io"
	"os"
	"strings"
	"testing"

	"assetform/apply/engine/derive/raster"
	"assetform/apply/media/marks"
)

// exif is a directory with these entries, each of one short.
func exif(tags map[uint16]uint16) []byte {
	b := binary.BigEndian.AppendUint16([]byte("MM\x00*\x00\x00\x00\x08"), uint16(len(tags)))
	for tag := range uint16(0xffff) { // they stand in order
		if value, ok := tags[tag]; ok {
			b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(b, tag), 3)
			b = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint32(b, 1), value)
			b = append(b, 0, 0)
		}
	}
	return append(b, 0, 0, 0, 0)
}

// inside puts metadata into a file: a segment or a chunk behind its head.
func inside(f raster.Format, b []byte, name string, body []byte) []byte {
	switch f {
	case raster.JPEG:
		segment := binary.BigEndian.AppendUint16([]byte{0xff, name[0]}, uint16(len(body)+2))
		return bytes.Join([][]byte{b[:2], segment, body, b[2:]}, nil)
	case raster.PNG:
		chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), name+string(body)...)
		chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
		return bytes.Join([][]byte{b[:33], chunk, b[33:]}, nil)
	}
	size := decodedSize(b).Sub(image.Pt(1, 1))
	head := []byte{0x08, 0, 0, 0, byte(size.X), 0, 0, byte(size.Y), 0, 0}
	riff := func(name string, body []byte) []byte {
		return append(append(binary.LittleEndian.AppendUint32([]byte(name), uint32(len(body))), body...), make([]byte, len(body)&1)...)
	}
	out := bytes.Join([][]byte{b[:12], riff("VP8X", head), b[12:], riff(name, body)}, nil)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func embedded(t *testing.T, b []byte, xmp string) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := marks.Embed(&out, []byte(xmp), func(w io.Writer) error { _, err := w.Write(b); return err }); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func decodedSize(b []byte) image.Point {
	var t testing.T
	return decoded(&t, b).Rect.Size()
}

// TestCopiedPrivate leaves out of a copy where and with what it was taken, and
// nothing of the picture: the pixels are those of the source.
func TestCopiedPrivate(t *testing.T) {
	t.Parallel()
	const make, gps, iso = 0x010f, 0x8825, 0x8827
	place := append([]byte("Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0b\x1c\x02\x5a\x00\x06"), "Berlin"...)
	names := map[raster.Format]string{raster.PNG: "eXIf", raster.JPEG: "\xe1", raster.WebP: "EXIF"}
	for f, name := range names {
		plain := encoded(t, scene(31, 22, 3), f)
		front := ""
		if f == raster.JPEG {
			front = "Exif\x00\x00"
		}
		with := func(tags map[uint16]uint16) []byte {
			return inside(f, plain, name, append([]byte(front), exif(tags)...))
		}
		type test struct {
			what string
			b    []byte
			same bool
		}
		tests := []test{
			{"nothing", plain, true},
			{"a film's speed", with(map[uint16]uint16{iso: 100}), true},
			{"a place", with(map[uint16]uint16{gps: 26}), false},
			{"a maker", with(map[uint16]uint16{iso: 100, make: 26}), false},
			{"a place in XMP", embedded(t, plain, `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:City="Berlin" photoshop:Credit="A"/></rdf:RDF></x:xmpmeta>`), false},
			{"what nobody reads", inside(f, plain, name, []byte(front+"else")), false},
			{"a second picture", append(bytes.Clone(plain), plain...), false},
		}
		switch f {
		case raster.JPEG:
			tests = append(tests, test{"a city", inside(f, plain, "\xed", place), false}, test{"more pictures", inside(f, plain, "\xe2", []byte("MPF\x00MM")), false})
		case raster.PNG:
			tests = append(tests, test{"a text", inside(f, plain, "tEXt", []byte("Title\x00A")), true}, test{"a raw profile", inside(f, plain, "zTXt", []byte("Raw profile type exif\x00\x00")), false})
		}
		for _, c := range tests {
			for _, params := range []map[string]any{nil, {"padding": int64(0), "kernel": "nearest"}} {
				b, r := made(t, New(Options{}), variantJob("a."+string(f), file("a", c.b, nil), params))
				if same := bytes.Equal(b, c.b); same != c.same || r.Lost != "" {
					t.Errorf("%s, %s: byte for byte %v, want %v; %s", f, c.what, same, c.same, r.Lost)
				}
				if !bytes.Equal(decoded(t, b).Pix, decoded(t, plain).Pix) {
					t.Errorf("%s, %s: other pixels", f, c.what)
				}
				if again, _ := made(t, New(Options{}), variantJob("a."+string(f), file("a", b, nil), params)); !bytes.Equal(again, b) {
					t.Errorf("%s, %s: a copy of the copy differs", f, c.what)
				}
			}
		}
	}
}

// TestCopiedMarks writes into a copy what a result says, beside the same pixels.
func TestCopiedMarks(t *testing.T) {
	t.Parallel()
	for _, f := range []raster.Format{raster.PNG, raster.JPEG, raster.WebP} {
		plain := encoded(t, scene(30, 20, 3), f)
		s := file("a", plain, nil)
		s.Made = Service
		j := variantJob("a."+string(f), s, nil)
		j.Credit, j.Rights = "Us", "2026"
		b, r := made(t, New(Options{}), j)
		got := marksOf(t, b)
		if got.SourceType != marks.Trained || got.Credit != "Us" || got.Rights != "2026" || r.Marks.SourceType != marks.Trained {
			t.Errorf("%s: says %q %q %q, told %+v", f, got.SourceType, got.Credit, got.Rights, r.Marks)
		}
		if !bytes.Equal(decoded(t, b).Pix, decoded(t, plain).Pix) {
			t.Errorf("%s: other pixels", f)
		}
		j.Sources[0] = file("a", b, nil)
		j.Sources[0].Made = Service
		if again, _ := made(t, New(Options{}), j); !bytes.Equal(again, b) {
			t.Errorf("%s: what says it already is not the same", f)
		}
	}
}

// TestCopiedSigned keeps a manifest with all of its file, unless that says where
// it was taken.
func TestCopiedSigned(t *testing.T) {
	t.Parallel()
	b := withManifest(inside(raster.PNG, encoded(t, scene(20, 20, 1), raster.PNG), "eXIf", exif(map[uint16]uint16{0x8825: 26})))
	got, r := made(t, New(Options{}), variantJob("a.png", file("art/signed.png", b, nil), nil))
	if marksOf(t, got).C2PA || r.Marks.C2PA != marks.Lost || !strings.Contains(r.Lost, "art/signed.png") {
		t.Errorf("%+v", r)
	}
}

// TestCopiedStraight encodes anew what is stored otherwise than it is displayed.
func TestCopiedStraight(t *testing.T) {
	t.Parallel()
	plain := encoded(t, scene(30, 20, 3), raster.JPEG)
	turned := inside(raster.JPEG, plain, "\xe1", append([]byte("Exif\x00\x00"), exif(map[uint16]uint16{0x0112: 6})...))
	b, r := made(t, New(Options{}), variantJob("a.jpg", file("a.jpg", turned, nil), nil))
	if size := decoded(t, b).Rect.Size(); size != image.Pt(20, 30) || bytes.Contains(b, []byte("Exif")) {
		t.Errorf("turned: %v, %+v", size, r)
	}
	dull := inside(raster.PNG, encoded(t, scene(30, 20, 3), raster.PNG), "gAMA", binary.BigEndian.AppendUint32(nil, 100_000))
	b, _ = made(t, New(Options{}), variantJob("a.png", file("a.png", dull, nil), nil))
	if bytes.Contains(b, []byte("gAMA")) || decoded(t, b).NRGBAAt(9, 9) != decoded(t, dull).NRGBAAt(9, 9) {
		t.Error("the curve of another screen stays")
	}
	inks, err := os.ReadFile("testdata/cmyk.jpg")
	if err != nil {
		t.Fatal(err)
	}
	b, _ = made(t, New(Options{}), variantJob("a.jpg", file("a.jpg", inks, nil), nil))
	if c := componentsOf(b); c != 3 || componentsOf(inks) != 4 {
		t.Errorf("inks: %d components", c)
	}
	near := func(a, b uint8) bool { return max(a, b)-min(a, b) < 12 }
	if p, q := decoded(t, b).NRGBAAt(4, 4), decoded(t, inks).NRGBAAt(4, 4); !near(p.R, q.R) || !near(p.G, q.G) || !near(p.B, q.B) || p == (color.NRGBA{}) {
		t.Errorf("inks: %v, want %v", p, q)
	}
}

// componentsOf is how many channels a baseline JPEG has.
func componentsOf(b []byte) int {
	at := bytes.Index(b, []byte{0xff, 0xc0})
	return int(b[at+9])
}
