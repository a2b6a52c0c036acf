package marks

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"strings"
	"testing"

	"assetform/config/picture"
)

// embedded puts a packet into a picture that is written so many bytes at a time.
func embedded(t testing.TB, file, xmp []byte, at int) []byte {
	t.Helper()
	var b bytes.Buffer
	err := Embed(&b, xmp, func(w io.Writer) error {
		for left := file; len(left) > 0; left = left[min(at, len(left)):] {
			if _, err := w.Write(left[:min(at, len(left))]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pixels(t testing.TB, b []byte) (*picture.File, image.Image) {
	t.Helper()
	f, err := picture.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	m, err := f.Decode()
	if err != nil {
		t.Fatal(err)
	}
	return f, m
}

// lossless is a WebP of the lossless form: 3 x 2 pixels of one colour.
func lossless(alpha uint32) []byte {
	body := binary.LittleEndian.AppendUint32([]byte{0x2f}, 2|1<<14|alpha<<28)
	// No transform, no cache, no groups; five codes of one symbol each: green
	// 40, red 50, blue 60, alpha 128 and distance 0.
	var bits uint64
	var n int
	put := func(v uint64, width int) { bits |= v << n; n += width }
	put(0, 3)
	for _, symbol := range []uint64{40, 50, 60, 128, 0} {
		put(1|0<<1|1<<2, 3) // simple, of one symbol, which has 8 bits
		put(symbol, 8)
	}
	body = append(body, binary.LittleEndian.AppendUint64(nil, bits)...)
	return withChunk([]byte("RIFF\x04\x00\x00\x00WEBP"), "VP8L", body)
}

func TestEmbed(t *testing.T) {
	t.Parallel()
	packet := xmpOf(t, Want{Trained, "a", "b"})
	photo := encoded(t, "image/jpeg", drawn(33, 17, 255))
	jfif := insert(photo, 2, jpegSegment(0xe0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")))
	odd := append(bytes.Clone(packet), ' ')
	for name, test := range map[string]struct {
		file  []byte
		place string // what stands in front of the packet's part, at the least
	}{
		"PNG":                 {encoded(t, "image/png", drawn(33, 17, 100)), "IHDR"},
		"JPEG":                {photo, "\xff\xd8"},
		"JPEG with JFIF":      {jfif, "JFIF"},
		"WebP":                {encoded(t, "image/webp", drawn(33, 17, 255)), "VP8X"},
		"WebP with alpha":     {encoded(t, "image/webp", drawn(33, 17, 100)), "ALPH"},
		"WebP of one pixel":   {encoded(t, "image/webp", drawn(1, 1, 255)), "VP8X"},
		"WebP, lossless":      {lossless(0), "VP8L"},
		"WebP, clear":         {lossless(1), "VP8L"},
		"WebP with EXIF":      {withChunk(encoded(t, "image/webp", drawn(9, 9, 100)), "EXIF", []byte("MM\x00*\x00\x00\x00\x08")), "EXIF"},
		"WebP of another one": {readMedia(t, "picture.webp"), "VP8X"},
	} {
		for _, xmp := range [][]byte{packet, odd} {
			want, before := pixels(t, test.file)
			first := embedded(t, test.file, xmp, len(test.file))
			for _, n := range []int{1, 7, 40} {
				if again := embedded(t, test.file, xmp, n); !bytes.Equal(first, again) {
					t.Errorf("%s: other bytes when written %d at a time", name, n)
				}
			}
			got, after := pixels(t, first)
			if !bytes.Equal(got.XMP, xmp) || got.Width != want.Width || got.Height != want.Height || got.Flaw != "" || got.MayBeClear() != want.MayBeClear() {
				t.Errorf("%s: %d x %d, flaw %q, XMP %q", name, got.Width, got.Height, got.Flaw, got.XMP)
			}
			if !samePixels(before, after) {
				t.Errorf("%s: other pixels", name)
			}
			if at := bytes.Index(first, []byte(test.place)); at < 0 || at > bytes.Index(first, xmp) {
				t.Errorf("%s: the packet stands before %q", name, test.place)
			}
			if m := read(t, first); m.SourceType != Trained || m.Credit != "a" || m.Rights != "b" {
				t.Errorf("%s: %+v", name, m)
			}
		}
	}
}

func samePixels(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}

// The head of the extended form says what the picture's own says.
func TestEmbedMakesHead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file  []byte
		flags byte
		w, h  byte
	}{
		"lossy":           {encoded(t, "image/webp", drawn(33, 17, 255)), 0x04, 32, 16},
		"lossless":        {lossless(0), 0x04, 2, 1},
		"lossless, clear": {lossless(1), 0x14, 2, 1},
		"extended":        {encoded(t, "image/webp", drawn(33, 17, 100)), 0x14, 32, 16},
	} {
		got := embedded(t, test.file, []byte("<x:xmpmeta/>"), 100)
		want := []byte{test.flags, 0, 0, 0, test.w, 0, 0, test.h, 0, 0}
		if head := got[20:30]; string(got[12:16]) != "VP8X" || !bytes.Equal(head, want) {
			t.Errorf("%s: the head is %v, want %v", name, head, want)
		}
		if n := int(binary.LittleEndian.Uint32(got[4:])); n != len(got)-8 || n%2 != 0 {
			t.Errorf("%s: it says %d bytes and has %d", name, n, len(got)-8)
		}
	}
}

// What has no place for a packet is written as it is.
func TestEmbedPasses(t *testing.T) {
	t.Parallel()
	for name, file := range map[string][]byte{"GIF": readMedia(t, "picture.gif"), "icon": []byte("\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00\x01\x00\x20\x00"), "short": []byte("GIF8"), "nothing": nil} {
		if got := embedded(t, file, []byte("<x/>"), 3); !bytes.Equal(got, file) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if file := encoded(t, "image/png", drawn(3, 2, 255)); !bytes.Equal(embedded(t, file, nil, 9), file) {
		t.Error("no packet changes the picture")
	}
}

func TestEmbedRefuses(t *testing.T) {
	t.Parallel()
	whole := encoded(t, "image/webp", drawn(9, 7, 255))
	for name, file := range map[string][]byte{
		"a short PNG": encoded(t, "image/png", drawn(3, 2, 255))[:32], "a short JPEG": []byte("\xff\xd8\xff\xe0\xff\xff________"),
		"a short WebP": whole[:len(whole)-1], "a WebP without a picture": withChunk([]byte("RIFF\x04\x00\x00\x00WEBP"), "EXIF", make([]byte, 20)),
		"a WebP with a damaged picture": withChunk([]byte("RIFF\x04\x00\x00\x00WEBP"), "VP8 ", make([]byte, 20)),
	} {
		err := Embed(io.Discard, []byte("<x/>"), func(w io.Writer) error { _, err := w.Write(file); return err })
		if err == nil {
			t.Errorf("%s is written", name)
		}
	}
	if err := Embed(io.Discard, []byte("<x/>"), func(io.Writer) error { return errDisk }); !errors.Is(err, errDisk) {
		t.Errorf("an encoder that fails: %v", err)
	}
	if err := Embed(io.Discard, make([]byte, maxPacket+1), func(io.Writer) error { return nil }); err == nil {
		t.Error("a packet that nobody reads is written")
	}
}

// What does not fit into a segment lies in several, and its marks in the first.
func TestEmbedExtends(t *testing.T) {
	t.Parallel()
	photo := encoded(t, "image/jpeg", drawn(9, 7, 255))
	long := around(` rdf:about="uuid:1" xmlns:x2="urn:x" x2:Text="`+strings.Repeat("x", 150_000)+`"`, "")
	packet, err := Patch([]byte(long), Want{Trained, "a & b", "c"})
	if err != nil {
		t.Fatal(err)
	}
	fits := around(` xmlns:x2="urn:x" x2:Text="`+strings.Repeat("x", maxSegment-len(jpegMain)-len(around(` xmlns:x2="urn:x" x2:Text=""`, "")))+`"`, "")
	for name, test := range map[string]struct {
		xmp      string
		extended bool
		body     string // of the extension
		want     Marks
	}{
		"what just fits": {fits, false, "", Marks{XMP: []byte(fits)}},
		"a byte more":    {fits + " ", true, strings.Trim(fits[strings.Index(fits, "<x:xmpmeta"):strings.Index(fits, "<?xpacket end")], " \n"), Marks{}},
		"with marks":     {string(packet), true, string(packet[bytes.Index(packet, []byte("<x:xmpmeta")) : bytes.Index(packet, []byte("</x:xmpmeta>"))+12]), Marks{SourceType: Trained, Credit: "a & b", Rights: "c"}},
		"no XML":         {"<x:xmpmeta " + strings.Repeat("<", 70_000), true, "<x:xmpmeta " + strings.Repeat("<", 70_000), Marks{}},
		"a long about":   {strings.Replace(long, "uuid:1", strings.Repeat("u", 70_000), 1), true, "", Marks{}},
	} {
		file := embedded(t, photo, []byte(test.xmp), 1000)
		got := read(t, file)
		if got.SourceType != test.want.SourceType || got.Credit != test.want.Credit || got.Rights != test.want.Rights {
			t.Errorf("%s: %s, %q, %q", name, got.SourceType, got.Credit, got.Rights)
		}
		body, sum := extensionOf(t, file)
		if (body != "") != test.extended || test.body != "" && body != test.body || !strings.Contains(string(file), "HasExtendedXMP>"+sum) && test.extended {
			t.Errorf("%s: the extension %q has %d bytes, want %d", name, sum, len(body), len(test.body))
		}
		if _, err := parse(got.XMP); err != nil {
			t.Errorf("%s: the first segment: %v", name, err)
		}
		if _, err := parse([]byte(body)); err == nil && string(got.XMP) != body {
			t.Errorf("%s: of the extension %d bytes come back as %d", name, len(body), len(got.XMP))
		}
	}
}

// extensionOf puts together what lies in the segments behind the first.
func extensionOf(t *testing.T, file []byte) (body, sum string) {
	t.Helper()
	_, err := picture.WalkJPEG(bytes.NewReader(file), func(marker byte, at, n int64) error {
		b := string(file[at : at+n])
		if rest, ok := strings.CutPrefix(b, jpegExtension); ok && marker == 0xe1 {
			if sum = rest[:32]; int(binary.BigEndian.Uint32([]byte(rest[36:]))) != len(body) {
				t.Errorf("a part stands in the wrong place")
			}
			body += rest[40:]
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return body, sum
}
