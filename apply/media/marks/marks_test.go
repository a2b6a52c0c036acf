package marks

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const pngHead = 33 // signature and IHDR

func TestReadFindsManifests(t *testing.T) {
	t.Parallel()
	photo, picture, web, film := encoded(t, "image/jpeg", drawn(9, 7, 255)), encoded(t, "image/png", drawn(9, 7, 255)), encoded(t, "image/webp", drawn(9, 7, 255)), readMedia(t, "film.mp4")
	inPNG := func(b []byte) []byte { return insert(picture, pngHead, pngChunk("caBX", b)) }
	inJPEG := func(segments []byte) []byte { return insert(photo, 2, segments) }
	small, large := store(20), store(150_000)
	longer := bytes.Clone(small)
	binary.BigEndian.PutUint32(longer, uint32(len(small)+1))
	wide := append(binary.BigEndian.AppendUint64([]byte("\x00\x00\x00\x01jumb"), uint64(len(small)+8)), small[8:]...)
	other := bytes.Replace(small, []byte("c2pa"+isoType), []byte("c2pb"+isoType), 1)
	unlabelled := bytes.Replace(small, []byte("\x03c2pa\x00"), []byte("\x00c2pa\x00"), 1)
	split := jumbfSegments(large, 7, 60_000)
	manifest := jumbf("c2ma", "urn:uuid:1", box("cbor", make([]byte, 20)))
	tests := []struct {
		name string
		file []byte
		want bool
	}{
		{"PNG", inPNG(small), true},
		{"PNG with a large one", inPNG(large), true},
		{"PNG with one behind its pixels", insert(picture, len(picture)-12, pngChunk("caBX", small)), true},
		{"PNG with one that has a long head", inPNG(wide), true},
		{"PNG with one that goes to the end", inPNG(append(make([]byte, 4), small[4:]...)), true},
		{"PNG with padding behind it", inPNG(append(bytes.Clone(small), 0, 0)), true},
		{"PNG without", picture, false},
		{"PNG with letters", inPNG([]byte("c2pa jumb jumd c2pa")), false},
		{"PNG with an empty chunk", inPNG(nil), false},
		{"PNG with a store without manifests", inPNG(jumbf("c2pa", "c2pa")), false},
		{"PNG with a store of other boxes", inPNG(jumbf("c2pa", "c2pa", box("cbor", make([]byte, 40)))), false},
		{"PNG with a store of another type", inPNG(other), false},
		{"PNG with a store without its label", inPNG(unlabelled), false},
		{"PNG with a store of another label", inPNG(jumbf("c2pa", "c2px", manifest)), false},
		{"PNG with a manifest in no store", inPNG(manifest), false},
		{"PNG with a store that does not fit", inPNG(longer), false},
		{"PNG with a store in a text", insert(picture, pngHead, pngChunk("tEXt", append([]byte("caBX\x00"), small...))), false},
		{"PNG with a store behind its end", append(bytes.Clone(picture), pngChunk("caBX", small)...), false},

		{"JPEG", inJPEG(jumbfSegments(small, 1, 60_000)), true},
		{"JPEG in several segments", inJPEG(split), true},
		{"JPEG behind another box", inJPEG(append(jumbfSegments(jumbf("json", "x", box("json", []byte("{}"))), 1, 60_000), split...)), true},
		{"JPEG without", photo, false},
		{"JPEG that lacks a segment", inJPEG(append(bytes.Clone(split[:60_000+20]), split[2*(60_000+20):]...)), false},
		{"JPEG that lacks the last segment", inJPEG(split[:2*(60_000+20)]), false},
		{"JPEG with letters in APP11", inJPEG(jpegSegment(0xeb, []byte("JP\x00\x01\x00\x00\x00\x01\x00\x00\x00\x20jumb\x00\x00\x00\x10jumdc2pa"))), false},
		{"JPEG with a store in another segment", inJPEG(jpegSegment(0xea, jumbfSegments(small, 1, 60_000)[4:])), false},

		{"WebP", withChunk(web, "C2PA", small), true},
		{"WebP without", web, false},
		{"WebP with letters", withChunk(web, "C2PA", []byte("c2pa")), false},
		{"WebP with a store in another chunk", withChunk(web, "c2pa", small), false},

		{"MP4", append(bytes.Clone(film), manifestBox("manifest", small)...), true},
		{"MP4 with a box of its own", append(bytes.Clone(film), small...), true},
		{"MP4 without", film, false},
		{"MP4 with hashes alone", append(bytes.Clone(film), manifestBox("merkle", small)...), false},
		{"MP4 with another uuid", append(bytes.Clone(film), box("uuid", []byte("0123456789abcdef\x00\x00\x00\x00manifest\x00\x00\x00\x00\x00\x00\x00\x00\x00"), small)...), false},
		{"MP4 with a short uuid", append(bytes.Clone(film), box("uuid", []byte(uuidC2PA))...), false},
		{"MP4 with a store in free space", append(bytes.Clone(film), box("free", manifestBox("manifest", small))...), false},
		{"WebM", readMedia(t, "film.webm"), false},
		{"GIF", readMedia(t, "picture.gif"), false},
		{"nothing", nil, false},
	}
	for _, test := range tests {
		if got := read(t, test.file); got.C2PA != test.want || got.XMP != nil {
			t.Errorf("%s: %+v, want C2PA %v", test.name, got, test.want)
		}
	}
}

const iptcURI = "http://" + vocabulary

func xmpOf(t testing.TB, want Want) []byte {
	t.Helper()
	b, err := Patch(nil, want)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestReadFindsXMP(t *testing.T) {
	t.Parallel()
	packet := xmpOf(t, Want{Trained, "A & B", "© C"})
	want := Marks{XMP: packet, SourceType: Trained, Credit: "A & B", Rights: "© C"}
	film := readMedia(t, "film.mp4")
	ftyp := box("ftyp", []byte("isom\x00\x00\x00\x00"))
	tests := map[string][]byte{
		"PNG":            insert(encoded(t, "image/png", drawn(9, 7, 255)), pngHead, pngText(packet)),
		"JPEG":           insert(encoded(t, "image/jpeg", drawn(9, 7, 255)), 2, jpegText(packet)),
		"WebP":           withChunk(encoded(t, "image/webp", drawn(9, 7, 255)), "XMP ", packet),
		"MP4":            append(bytes.Clone(film), box("uuid", []byte(uuidXMP), packet)...),
		"MP4 in front":   append(bytes.Join([][]byte{ftyp, box("uuid", []byte(uuidXMP), packet)}, nil), film...),
		"MP4, its movie": append(bytes.Clone(ftyp), box("moov", box("mvhd"), box("udta", box("name"), box("XMP_", packet)))...),
		"MP4, a uuid":    append(bytes.Clone(ftyp), box("moov", box("uuid", []byte(uuidXMP), packet))...),
	}
	for name, file := range tests {
		if diff := cmp.Diff(want, read(t, file)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	sloppy := []byte(around(" photoshop:Credit='caf\xe9'", "") + "\x00")
	got := read(t, insert(encoded(t, "image/png", drawn(9, 7, 255)), pngHead, pngText(sloppy)))
	if diff := cmp.Diff(Marks{XMP: sloppy, Credit: "caf\ufffd"}, got); diff != "" {
		t.Errorf("a packet with what no XML holds (-want +got):\n%s", diff)
	}
	damaged := []byte("<x:xmpmeta xmlns:x='adobe:ns:meta/'><a>")
	got = read(t, insert(encoded(t, "image/png", drawn(9, 7, 255)), pngHead, pngText(damaged)))
	if diff := cmp.Diff(Marks{XMP: damaged, Unreadable: true}, got); diff != "" {
		t.Errorf("a packet that is no XML (-want +got):\n%s", diff)
	}
}

// A value stands for a term of IPTC's, or for none.
func TestSourceTypes(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		iptcURI + Trained:                      Trained,
		"https://" + vocabulary + Composite:    Composite,
		" \n" + iptcURI + "digitalCapture\t":   "digitalCapture",
		Algorithmic:                            Algorithmic,
		"digitalCapture":                       "",
		vocabulary + Trained:                   "",
		iptcURI:                                "",
		iptcURI + "a b":                        "",
		iptcURI + "1a":                         "",
		iptcURI + "a&#10;b":                    "",
		iptcURI + strings.Repeat("a", 64):      strings.Repeat("a", 64),
		iptcURI + strings.Repeat("a", 65):      "",
		"http://example.com/" + Trained:        "",
		"http://c2pa.org/digitalsourcetype/ab": "",
	} {
		packet := strings.Replace(string(xmpOf(t, Want{SourceType: Trained})), iptcURI+Trained, value, 1)
		p, err := parse([]byte(packet))
		if err != nil {
			t.Fatal(err)
		}
		if got := codeOf(p.value(sourceType)); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

// Wherever a file is cut, nothing that lies behind counts.
func TestReadCutShort(t *testing.T) {
	t.Parallel()
	packet, small := xmpOf(t, Want{SourceType: Trained}), store(20)
	for name, file := range map[string][]byte{
		"PNG":  insert(encoded(t, "image/png", drawn(3, 2, 255)), pngHead, pngText(packet), pngChunk("caBX", small)),
		"JPEG": insert(encoded(t, "image/jpeg", drawn(3, 2, 255)), 2, jpegText(packet), jumbfSegments(small, 1, 100)),
		"WebP": withChunk(withChunk(encoded(t, "image/webp", drawn(3, 2, 255)), "C2PA", small), "XMP ", packet),
		"MP4":  bytes.Join([][]byte{box("ftyp", []byte("isom\x00\x00\x00\x00")), manifestBox("manifest", small), box("uuid", []byte(uuidXMP), packet)}, nil),
	} {
		end := bytes.Index(file, []byte("cbor")) + 4 + 20
		if name == "JPEG" {
			end = bytes.LastIndex(file, []byte("JP\x00\x01"))
		}
		for n := range file {
			got := read(t, file[:n])
			if got.C2PA && n < end {
				t.Fatalf("%s of %d bytes: a manifest of which %d are there", name, n, end)
			}
			if got.XMP != nil && !bytes.Equal(got.XMP, packet) {
				t.Fatalf("%s of %d bytes: a part of a packet", name, n)
			}
		}
		if got := read(t, file); !got.C2PA || got.SourceType != Trained {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

type broken struct {
	r    io.ReaderAt
	from int64
}

var errDisk = errors.New("the disk is broken")

func (b broken) ReadAt(p []byte, at int64) (int, error) {
	if b.from > 0 && at == 0 { // what the file is can be read
		return b.r.ReadAt(p, at)
	}
	if at+int64(len(p)) > b.from {
		return 0, errDisk
	}
	return b.r.ReadAt(p, at)
}

// A file that cannot be read is none without marks.
func TestReadFails(t *testing.T) {
	t.Parallel()
	small := store(20)
	for name, file := range map[string][]byte{
		"PNG":  insert(encoded(t, "image/png", drawn(64, 64, 255)), pngHead, pngChunk("caBX", small)),
		"JPEG": insert(encoded(t, "image/jpeg", drawn(64, 64, 255)), 2, jumbfSegments(small, 1, 100)),
		"WebP": withChunk(encoded(t, "image/webp", drawn(64, 64, 255)), "C2PA", small),
		"MP4":  append(readMedia(t, "film.mp4"), manifestBox("manifest", small)...),
	} {
		for _, from := range []int{0, bytes.Index(file, []byte("jumd"))} {
			if got, err := Read(broken{bytes.NewReader(file), int64(from)}, int64(len(file))); !errors.Is(err, errDisk) {
				t.Errorf("%s, broken at %d: %+v, error %v", name, from, got, err)
			}
		}
	}
}

func TestEntryOf(t *testing.T) {
	t.Parallel()
	signed, plain, said := Marks{C2PA: true}, Marks{}, Marks{SourceType: Trained}
	for _, test := range []struct {
		name    string
		output  Marks
		sources []Marks
		want    Entry
	}{
		{"nothing", plain, nil, Entry{}},
		{"as it was delivered", signed, nil, Entry{C2PA: Kept}},
		{"as it was delivered, told twice", signed, []Marks{signed}, Entry{C2PA: Kept}},
		{"encoded anew", said, []Marks{plain, signed}, Entry{C2PA: Lost, SourceType: Trained}},
		{"encoded anew, unsigned", said, []Marks{plain}, Entry{SourceType: Trained}},
	} {
		if got := EntryOf(test.output, test.sources...); got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}
