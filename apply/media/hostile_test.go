package media

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// reads counts what is read of a file: time says nothing on a machine that does
// other things too.
type reads struct {
	b           []byte
	calls, size int
}

func (r *reads) ReadAt(p []byte, off int64) (int, error) {
	n, err := bytes.NewReader(r.b).ReadAt(p, off)
	r.calls++
	r.size += n
	return n, err
}

// check fails the test if the file was read over and over.
func (r *reads) check(t *testing.T) {
	t.Helper()
	if size := len(r.b); r.size > 4*size+4<<10 || r.calls > size/4+64 {
		t.Errorf("%d bytes were read in %d calls of a file of %d", r.size, r.calls, size)
	}
}

func pngChunk(name string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, name...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func pngFile(width, height uint32, data []byte) []byte {
	head := binary.BigEndian.AppendUint32(nil, width)
	head = append(binary.BigEndian.AppendUint32(head, height), 8, 6, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", head)...)
	return append(append(b, pngChunk("IDAT", data)...), pngChunk("IEND", nil)...)
}

// deflated returns size zero bytes, compressed about a thousandfold.
func deflated(size int) []byte {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write(make([]byte, size))
	w.Close()
	return b.Bytes()
}

func mp4Box(name string, body ...[]byte) []byte {
	all := bytes.Join(body, nil)
	b := binary.BigEndian.AppendUint32(nil, uint32(8+len(all)))
	return append(append(b, name...), all...)
}

func mp4Sized(name string, size uint32, body []byte) []byte {
	b := mp4Box(name, body)
	binary.BigEndian.PutUint32(b, size)
	return b
}

func be32(v ...uint32) (b []byte) {
	for _, v := range v {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

// Each of these is refused at once and with little memory, whatever sizes it
// claims.
func TestProbeHostile(t *testing.T) {
	ftyp := mp4Box("ftyp", []byte("isom\x00\x00\x00\x00"))
	deep := mp4Box("free")
	for range 2000 {
		deep = mp4Box("moov", deep)
	}
	vp8x := []byte("RIFF\xff\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff")
	webm := func(segment string) []byte {
		return []byte("\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff" + segment)
	}
	stbl := func(boxes ...[]byte) []byte {
		mdia := mp4Box("mdia",
			mp4Box("mdhd", make([]byte, 24)), mp4Box("hdlr", be32(0, 0), []byte("vide")),
			mp4Box("minf", mp4Box("stbl", boxes...)))
		return append(bytes.Clone(ftyp), mp4Box("moov", mp4Box("trak", mdia))...)
	}
	tests := []struct {
		name string
		body []byte
		want string
	}{
		{"PNG of 1e9 x 1e9", pngFile(1_000_000_000, 1_000_000_000, nil), "more than 64 million"},
		{"PNG of 1 x 2e9", pngFile(1, 2_000_000_000, nil), ""},
		{"PNG of 0 x 0", pngFile(0, 0, nil), ""},
		{"PNG with too much data", pngFile(2, 2, deflated(64<<20)), "too much pixel data"},
		{"PNG with a bomb in a text", append(pngFile(2, 2, deflated(2*(1+8)))[:33], pngChunk("zTXt", append([]byte("a\x00\x00"), deflated(64<<20)...))...), ""},
		{"JPEG of 65535 x 65535", []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xc0\x00\x11\x08\xff\xff\xff\xff\x03\x01\x22\x00\x02\x11\x01\x03\x11\x01"), "more than 64 million"},
		{"WebP of 2^24 x 2^24", vp8x, ""},
		{"MP4 that is a header", ftyp, "no video track"},
		{"MP4 with a huge box", append(bytes.Clone(ftyp), mp4Sized("moov", 0xffffffff, nil)...), "cut short"},
		{"MP4 with a 64-bit size", append(bytes.Clone(ftyp), append(mp4Sized("moov", 1, nil), "\xff\xff\xff\xff\xff\xff\xff\xff"...)...), "is wrong"},
		{"MP4 with a box of no size", append(bytes.Clone(ftyp), mp4Sized("moov", 4, nil)...), "is wrong"},
		{"MP4 with deep nesting", append(bytes.Clone(ftyp), deep...), "no video track"},
		{"MP4 with a huge table of lengths", stbl(mp4Box("stts", be32(0, 0xffffffff))), "shorter than its table"},
		{"MP4 with a huge table of sizes", stbl(mp4Box("stsz", be32(0, 0, 0xffffffff))), "shorter than its table"},
		{"MP4 with a huge table of places", stbl(mp4Box("co64", be32(0, 0xfffffff0))), "shorter than its table"},
		{"MP4 with frames after its end", stbl(mp4Box("stco", be32(0, 1, 0x7fffffff))), "cut short"},
		{"MP4 without a size", stbl(mp4Box("stsz", be32(0, 1, 9))), "width or height is 0"},
		{"WebM that is a header", webm(""), "no video track"},
		{"WebM with a huge element", webm("\x16\x54\xae\x6b\x01\x0f\xff\xff\xff\xff\xff\xff"), "cut short"},
		{"WebM with a huge name", webm("\x42\x82\x01\x00\x00\x00\x7f\xff\xff\xff"), "cut short"},
		{"WebM with unknown length inside", webm("\x16\x54\xae\x6b\x01\xff\xff\xff\xff\xff\xff\xff"), "cut short"},
		{"WebM with a damaged id", webm("\x00\x00"), "damaged"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			work := &reads{b: test.body}
			m, err := Probe(work, int64(len(test.body)))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v and error %v, want %q", m, err, test.want)
			}
			runtime.ReadMemStats(&after)
			if n := after.TotalAlloc - before.TotalAlloc; n > 4<<20 {
				t.Errorf("%d bytes were allocated for a file of %d", n, len(test.body))
			}
			work.check(t)
		})
	}
}

// FuzzProbe holds that no bytes make the probe, or the search for what else a
// file carries, panic, loop or accept a size out of bounds.
func FuzzProbe(f *testing.F) {
	names, err := filepath.Glob(filepath.Join("testdata", "*.*"))
	if err != nil || len(names) == 0 {
		f.Fatalf("the seed corpus is empty: %v", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, mediaType := range []string{typePNG, typeJPEG, typeWebP, typeMP4, typeWebM} {
			_ = CheckCargo(bytes.NewReader(b), int64(len(b)), mediaType)
		}
		m, err := probeBytes(b)
		if err != nil {
			if m != (Info{}) {
				t.Errorf("error %v with %+v", err, m)
			}
			return
		}
		if m.Width <= 0 || m.Height <= 0 || m.Width*m.Height > maxPixels || m.Duration < 0 || m.Duration > maxDuration {
			t.Errorf("out of bounds: %+v", m)
		}
	})
}
