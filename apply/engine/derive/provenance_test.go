package derive

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"assetform/apply/engine/derive/raster"
	"assetform/apply/media/marks"
)

// markedFile is a picture with a packet of XMP.
func markedFile(t *testing.T, path string, want marks.Want) Source {
	t.Helper()
	xmp, err := marks.Patch(nil, want)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	err = marks.Embed(&b, xmp, func(w io.Writer) error {
		return raster.Encode(w, scene(20, 20, 1), raster.Encoding{Format: raster.PNG})
	})
	if err != nil {
		t.Fatal(err)
	}
	return file(path, b.Bytes(), nil)
}

func marksOf(t *testing.T, b []byte) marks.Marks {
	t.Helper()
	m, err := marks.Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestMarks(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	plain := file("plain.png", encoded(t, scene(20, 20, 1), raster.PNG), nil)
	says := markedFile(t, "says.png", marks.Want{SourceType: marks.Trained, Credit: "A", Rights: "B"})
	of := func(s Source, o Origin) Source { s.Made = o; return s }
	for _, c := range []struct {
		name                         string
		sources                      []Source
		output                       string
		sourceType, credit, rights   string
		ownCredit, ownRights, method string
	}{
		{"a person's", []Source{plain}, "a.webp", "", "", "", "Us", "2026", Variant},
		{"generated", []Source{of(plain, Service)}, "a.webp", marks.Trained, "Us", "2026", "Us", "2026", Variant},
		{"generated, to JPEG", []Source{of(plain, Service)}, "a.jpg", marks.Trained, "", "", "", "", Variant},
		{"drawn", []Source{of(plain, Program)}, "a.webp", marks.Algorithmic, "", "", "", "", Variant},
		{"of an atlas", []Source{of(plain, Composite)}, "a.webp", marks.Composite, "", "", "", "", Variant},
		{"carried", []Source{says}, "a.webp", marks.Trained, "A", "B", "Us", "2026", Variant},
		{"carried, credited anew", []Source{of(says, Program)}, "a.webp", marks.Trained, "Us", "B", "Us", "", Variant},
		{"GIF", []Source{of(says, Service)}, "a.gif", "", "", "", "Us", "2026", Variant},
		{"atlas of both", []Source{of(plain, Service), of(plain, Program)}, "a.png", marks.Composite, "Us", "", "Us", "", Atlas},
		{"atlas with a person's", []Source{plain, of(plain, Service)}, "a.png", marks.Composite, "", "", "", "", Atlas},
		{"atlas of generated", []Source{of(plain, Service), of(says, Person)}, "a.png", marks.Trained, "", "", "", "", Atlas},
		{"atlas of credited", []Source{says, says}, "a.png", marks.Trained, "A", "B", "Us", "", Atlas},
		{"atlas of drawn and a person's", []Source{plain, of(plain, Program)}, "a.png", "", "", "", "", "", Atlas},
	} {
		j := Job{Method: c.method, Address: "x.a", Output: c.output, Credit: c.ownCredit, Rights: c.ownRights}
		for i, s := range c.sources {
			if s.Input = inputSource; c.method == Atlas {
				s = named(string(rune('a'+i)), s)
			}
			j.Sources = append(j.Sources, s)
		}
		b, r := made(t, m, j)
		got := marksOf(t, b)
		if got.SourceType != c.sourceType || got.Credit != c.credit || got.Rights != c.rights {
			t.Errorf("%s: %q %q %q", c.name, got.SourceType, got.Credit, got.Rights)
		}
		if r.Marks.SourceType != c.sourceType || r.Marks.C2PA != "" || r.Warnings != nil {
			t.Errorf("%s: told %+v", c.name, r)
		}
	}
}

// A packet that is damaged is left out with a word, and keeps nothing from being
// made and marked.
func TestMarksUnreadable(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	err := marks.Embed(&b, []byte(`<x:xmpmeta exif:GPSLatitude="52,31.2N" <<`), func(w io.Writer) error {
		return raster.Encode(w, scene(20, 20, 1), raster.Encoding{Format: raster.PNG})
	})
	if err != nil {
		t.Fatal(err)
	}
	s := file("art/damaged.png", b.Bytes(), nil)
	s.Made = Service
	for _, output := range []string{"a.webp", "a.jpg"} {
		got, r := made(t, New(Options{}), variantJob(output, s, nil))
		if bytes.Contains(got, []byte("GPS")) || marksOf(t, got).SourceType != marks.Trained {
			t.Errorf("%s: %+v", output, marksOf(t, got))
		}
		if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "art/damaged.png: its XMP is damaged") {
			t.Errorf("%s: told %q", output, r.Warnings)
		}
	}
}

func TestMarksC2PA(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	b := withManifest(encoded(t, scene(20, 20, 1), raster.PNG))
	if !marksOf(t, b).C2PA {
		t.Fatal("the test's manifest is none")
	}
	s := file("art/signed.png", b, nil)
	s.Made = Service
	copied, r := made(t, m, variantJob("a.png", s, nil))
	if !bytes.Equal(copied, b) || r.Marks.C2PA != marks.Kept || r.Lost != "" {
		t.Errorf("copied: %+v", r)
	}
	_, r = made(t, m, variantJob("a.webp", s, nil))
	if r.Marks.C2PA != marks.Lost || r.Warnings != nil || !strings.Contains(r.Lost, "art/signed.png") {
		t.Errorf("encoded anew: %+v", r)
	}
}

// withManifest puts the shortest store of C2PA into a PNG.
func withManifest(png []byte) []byte {
	box := func(name string, parts ...[]byte) []byte {
		body := bytes.Join(parts, nil)
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(body)+8)), name...), body...)
	}
	super := func(kind, label string, parts ...[]byte) []byte {
		described := box("jumd", []byte(kind+"\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71\x03"+label+"\x00"))
		return box("jumb", append([][]byte{described}, parts...)...)
	}
	store := super("c2pa", "c2pa", super("c2ma", "urn:uuid:1", super("c2cl", "c2pa.claim", box("cbor", make([]byte, 9)))))
	const head = 33
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(store)))
	chunk = append(append(chunk, "caBX"...), store...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return bytes.Join([][]byte{png[:head], chunk, png[head:]}, nil)
}
