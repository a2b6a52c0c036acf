package marks

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"assetform/apply/media/webp"
)

// Files that tests put together.

func insert(b []byte, at int, parts ...[]byte) []byte {
	return bytes.Join(append(append([][]byte{b[:at]}, parts...), b[at:]), nil)
}

func pngChunk(name string, data []byte) []byte {
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(data))), name...)
	b = append(b, data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func jpegSegment(marker byte, data []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
}

func withChunk(b []byte, name string, data []byte) []byte {
	b = append(bytes.Clone(b), riff(name, data)...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

func box(name string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	b := append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), name...)
	return append(b, body...)
}

// jumbf is a superbox with its description.
func jumbf(kind, label string, parts ...[]byte) []byte {
	described := box("jumd", []byte(kind+isoType+"\x03"+label+"\x00"))
	return box("jumb", append([][]byte{described}, parts...)...)
}

// store is a store of so many bytes of claims.
func store(n int) []byte {
	return jumbf("c2pa", "c2pa", jumbf("c2ma", "urn:uuid:1", jumbf("c2cl", "c2pa.claim", box("cbor", make([]byte, n)))))
}

// jumbfSegments are the segments of a JPEG that hold a box.
func jumbfSegments(b []byte, number uint16, most int) (all []byte) {
	body := b[8:]
	for part := uint32(1); len(body) > 0; part++ {
		piece := body[:min(most, len(body))]
		body = body[len(piece):]
		head := binary.BigEndian.AppendUint16([]byte("JP"), number)
		head = binary.BigEndian.AppendUint32(head, part)
		all = append(all, jpegSegment(0xeb, bytes.Join([][]byte{head, b[:8], piece}, nil))...)
	}
	return all
}

// manifestBox is a box of an MP4 with a store.
func manifestBox(purpose string, store []byte) []byte {
	return box("uuid", []byte(uuidC2PA+"\x00\x00\x00\x00"+purpose+"\x00"), make([]byte, 8), store)
}

func drawn(w, h int, alpha uint8) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(9 * x), uint8(7 * y), 80, alpha})
		}
	}
	return m
}

func encoded(t testing.TB, mediaType string, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch mediaType {
	case "image/png":
		err = png.Encode(&b, m)
	case "image/jpeg":
		err = jpeg.Encode(&b, m, nil)
	case "image/webp":
		err = webp.Encode(&b, m, webp.Options{Quality: 90})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readMedia(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t testing.TB, b []byte) Marks {
	t.Helper()
	m, err := Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}
