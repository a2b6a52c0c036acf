package media

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"runtime"
	"strings"
	"testing"
)

func drawnAs(t *testing.T, encode func(*bytes.Buffer, image.Image) error) []byte {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	for i := range m.Pix {
		m.Pix[i] = byte(i * i >> 3)
	}
	var b bytes.Buffer
	if err := encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipped is an archive of one file.
func zipped(t *testing.T, comment string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create("run.sh")
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("rm -rf /"))
	if err := w.SetComment(comment); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// packed returns a text as zlib has it.
func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(text))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// insert puts bytes into a copy of a file.
func insert(b []byte, at int, parts ...[]byte) []byte {
	return bytes.Join(append(append([][]byte{b[:at]}, parts...), b[at:]), nil)
}

func jpegSegment(marker byte, data []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
}

func riffChunk(name string, data []byte) []byte {
	b := append(binary.LittleEndian.AppendUint32([]byte(name), uint32(len(data))), data...)
	return append(b, make([]byte, len(data)&1)...)
}

// withChunk appends a chunk to a WebP.
func withChunk(b []byte, chunk []byte) []byte {
	b = append(bytes.Clone(b), chunk...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// What a delivered file may carry beside its picture or film, and what not.
// Each is media as it stands, is judged with little memory and is not read over
// and over.
func TestCargo(t *testing.T) {
	pictures := drawnAs(t, func(b *bytes.Buffer, m image.Image) error { return png.Encode(b, m) })
	photo := drawnAs(t, func(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) })
	webp, film, webm := readMedia(t, "picture.webp"), readMedia(t, "film.mp4"), readMedia(t, "film.webm")
	const markerScan, maxScans = 0xda, 200
	const afterHead = 33 // of a PNG: signature and IHDR
	ancillary := func(name string, data []byte) []byte { return insert(pictures, afterHead, pngChunk(name, data)) }
	text := func(keyword, value string) []byte { return []byte(keyword + "\x00" + value) }
	bomb := deflated(64 << 20)
	end := len(pictures) - 12
	idat := bytes.Index(pictures, []byte("IDAT")) - 4
	beforeScan := bytes.Index(photo, []byte{0xff, markerScan})
	firstSegment := 4 + int(binary.BigEndian.Uint16(photo[4:]))
	scan := photo[beforeScan : len(photo)-2]
	zero := make([]byte, 17<<20)
	var segments [][]byte
	for range 300 {
		segments = append(segments, jpegSegment(0xe4, make([]byte, 65000)))
	}
	tests := []struct {
		name string
		body []byte
		want string // part of the error; "": it may be delivered
	}{
		{"PNG", pictures, ""},
		{"PNG with texts", ancillary("tEXt", text("parameters", "a <b>cat</b>, steps: 20")), ""},
		{"PNG with XMP", ancillary("iTXt", text("XML:com.adobe.xmp", "\x00\x00\x00\x00<?xpacket begin=''?><x:xmpmeta/>")), ""},
		{"PNG with a profile", ancillary("iCCP", append([]byte("icc\x00\x00"), deflated(3<<20)...)), ""},
		{"PNG with a manifest", ancillary("caBX", append([]byte("\x00\x10\x00\x00jumb"), make([]byte, 1<<20)...)), ""},
		{"PNG with EXIF", ancillary("eXIf", []byte("MM\x00*\x00\x00\x00\x08")), ""},
		{"PNG with a private chunk", ancillary("prVt", []byte("anything")), ""},
		{"PNG with padding", append(bytes.Clone(pictures), "\x00\x00\r\n"...), ""},
		{"PNG with a bomb in a text", ancillary("zTXt", append([]byte("a\x00\x00"), bomb...)), "unpacks to more than 16 MiB"},
		{"PNG with a bomb in a profile", ancillary("iCCP", append([]byte("a\x00\x00"), bomb...)), `"iCCP" unpacks`},
		{"PNG with a bomb in an international text", ancillary("iTXt", append([]byte("a\x00\x01\x00en\x00\x00"), bomb...)), `"iTXt" unpacks`},
		{"PNG with many small bombs", insert(pictures, afterHead, bytes.Repeat(pngChunk("zTXt", append([]byte("a\x00\x00"), deflated(1<<20)...)), 17)), "unpacks to more"},
		{"PNG with a packed page", ancillary("zTXt", append([]byte("a\x00\x00"), packed(t, "\n<HTML><script>alert(1)</script>")...)), "an HTML page"},
		{"PNG with a giant chunk", ancillary("prVt", zero), "more than 16 MiB"},
		{"PNG with many large chunks", insert(pictures, afterHead, bytes.Repeat(pngChunk("tEXt", append([]byte("a\x00"), make([]byte, 1<<20)...)), 17)), "more than 16 MiB"},
		{"PNG with countless chunks", insert(pictures, afterHead, bytes.Repeat(pngChunk("tEXt", []byte("a\x00")), maxParts)), "parts"},
		{"PNG with a page behind", append(bytes.Clone(pictures), "<html><script>alert(1)</script>"...), "an HTML page of 31 bytes behind its end"},
		{"PNG with zeros without end", append(bytes.Clone(pictures), make([]byte, 5000)...), "behind its end"},
		{"PNG with something behind zeros", append(append(bytes.Clone(pictures), make([]byte, 2000)...), "x"...), "behind its end"},
		{"PNG with an archive behind", append(bytes.Clone(pictures), zipped(t, "")...), "a ZIP archive of"},
		{"PNG with an archive in a chunk at the end", insert(pictures, end, pngChunk("prVt", append([]byte("x"), zipped(t, strings.Repeat("-", 16))...))), "a ZIP archive that ends"},
		{"PNG with a page in a text", ancillary("tEXt", text("Comment", "<!DOCTYPE html><script>alert(1)</script>")), "an HTML page"},
		{"PNG with a program in a chunk", ancillary("prVt", []byte("\x7fELF\x02\x01\x01")), "a program"},
		{"PNG that is a PDF document", ancillary("tEXt", text("Comment", "x\n%PDF-1.7\n")), "a PDF document"},
		{"PNG with pixels in two places", insert(pictures, end, pngChunk("tEXt", text("a", "b")), pngChunk("IDAT", []byte("anything"))), "two places"},
		{"PNG with a critical chunk of its own", insert(pictures, idat, pngChunk("CgBI", []byte("anything"))), "no PNG has"},
		{"PNG that moves", readMedia(t, "animated.png"), "animation"},

		{"JPEG", photo, ""},
		{"JPEG with EXIF and a comment", insert(photo, 2, jpegSegment(0xe1, []byte("Exif\x00\x00II*\x00")), jpegSegment(0xfe, []byte("made by hand"))), ""},
		{"JPEG with padding", append(bytes.Clone(photo), 0, 0), ""},
		{"JPEG with a page behind", append(bytes.Clone(photo), "<script>"...), "a script of 8 bytes"},
		{"JPEG with an archive behind", append(bytes.Clone(photo), zipped(t, "")...), "a ZIP archive of"},
		{"JPEG with a picture behind", append(bytes.Clone(photo), photo...), "other data"},
		{"JPEG with a program in a comment", insert(photo, 2, jpegSegment(0xfe, []byte("<?php system($_GET[0]);"))), "a PHP program"},
		{"JPEG with giant segments", insert(photo, 2, segments...), "more than 16 MiB"},
		{"JPEG with data between its segments", insert(photo, firstSegment, zero), "data between segments"},

		{"WebP", webp, ""},
		{"WebP with alpha", readMedia(t, "alpha.webp"), ""},
		{"WebP with a page behind", append(bytes.Clone(webp), "<html>"...), "an HTML page of 6 bytes"},
		{"WebP with a page in a chunk", withChunk(webp, riffChunk("XMP ", []byte("<html>"))), "an HTML page"},
		{"WebP with XMP", withChunk(webp, riffChunk("XMP ", []byte("<x:xmpmeta/>"))), ""},
		{"WebP with a giant chunk", withChunk(webp, riffChunk("prvt", zero)), "more than 16 MiB"},

		{"MP4", film, ""},
		{"MP4 in fragments", readMedia(t, "fragmented.mp4"), ""},
		{"MP4 with a manifest", append(bytes.Clone(film), mp4Box("uuid", make([]byte, 1<<20))...), ""},
		{"MP4 with a page", append(bytes.Clone(film), mp4Box("free", []byte("<html><script>"))...), "an HTML page"},
		{"MP4 with an archive", append(bytes.Clone(film), mp4Box("skip", []byte("x"), zipped(t, ""))...), "a ZIP archive"},
		{"MP4 with a giant box", append(bytes.Clone(film), mp4Box("free", zero)...), "more than 16 MiB"},
		{"WebM", webm, ""},
		{"WebM without a length", readMedia(t, "live.webm"), ""},
		{"WebM with a page", append(bytes.Clone(webm), append([]byte{0xec, 0x86}, "<html>"...)...), "an HTML page"},
		{"WebM with attachments", append(bytes.Clone(webm), 0x19, 0x41, 0xa4, 0x69, 0x81, 0), "attachments"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m, err := probeBytes(test.body)
			if err != nil {
				t.Fatalf("it is no media: %v", err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			work := &reads{b: test.body}
			err = CheckCargo(work, int64(len(test.body)), m.Type)
			runtime.ReadMemStats(&after)
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want %q", err, test.want)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > 32<<20 {
				t.Errorf("%d bytes were allocated for a file of %d", n, len(test.body))
			}
			work.check(t)
		})
	}
	t.Run("JPEG of countless passes", func(t *testing.T) {
		body := insert(photo, beforeScan, bytes.Repeat(scan, maxScans))
		if _, err := probeBytes(body); err == nil || !strings.Contains(err.Error(), "passes") {
			t.Errorf("got error %v", err)
		}
	})
}
