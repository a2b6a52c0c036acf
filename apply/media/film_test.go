package media

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"
)

// edited is a copy of a file in which the bytes behind the first place of a
// name are changed.
func edited(b []byte, name string, at int, to ...byte) []byte {
	b = bytes.Clone(b)
	copy(b[bytes.Index(b, []byte(name))+at:], to)
	return b
}

// zeroed is a copy in which what a box holds is zeros.
func zeroed(b []byte, name string) []byte {
	b = bytes.Clone(b)
	at := bytes.Index(b, []byte(name))
	clear(b[at+4 : at-4+int(binary.BigEndian.Uint32(b[at-4:]))])
	return b
}

// A film is what players show of it, and a file that has only the form of one
// is none.
func TestProbeFilms(t *testing.T) {
	t.Parallel()
	film, fast, pieces, webm := readMedia(t, "film.mp4"), readMedia(t, "faststart.mp4"), readMedia(t, "fragmented.mp4"), readMedia(t, "film.webm")
	quarter := be32(0, 0x10000, 0, 0xffff0000, 0)
	length := bytes.Index(film, []byte("elst")) + 4 // of the edit list's body
	lasting := binary.BigEndian.Uint32(film[length+8:])
	tests := []struct {
		name          string
		b             []byte
		width, height int
		seconds       float64
		flaw, fails   string
	}{
		{"whole", film, 64, 48, 1, "", ""},
		{"held upright", edited(film, "tkhd", 4+40, quarter...), 48, 64, 1, "", ""},
		{"half of it shown", edited(film, "elst", 4+8, be32(lasting/2)...), 64, 48, 0.5, "", ""},
		{"more shown than there is", edited(film, "elst", 4+8, be32(lasting*9)...), 64, 48, 1, "", ""},
		{"bytes behind it", append(bytes.Clone(film), "hello world, trailing"...), 64, 48, 1, "21 bytes stand behind", ""},
		{"a few bytes behind it", append(bytes.Clone(film), "abc"...), 64, 48, 1, "3 bytes", ""},
		{"padding behind it", append(bytes.Clone(film), 0, 0, 0), 64, 48, 1, "", ""},
		{"bytes behind pieces", append(bytes.Clone(pieces), "hello world, trailing"...), 64, 48, 1, "21 bytes", ""},
		{"zeros for frames", zeroed(fast, "mdat"), 0, 0, 0, "", "nothing but zeros"},
		{"zeros for frames in pieces", zeroed(pieces, "mdat"), 0, 0, 0, "", "nothing but zeros"},
		{"frames beyond the end", edited(fast, "stco", 4+8, be32(uint32(len(fast)-3))...), 0, 0, 0, "", "after the end"},
		{"no place for its frames", edited(fast, "stsc", 0, []byte("skip")...), 0, 0, 0, "", "where all of its frames lie"},
		{"fewer places than frames", edited(fast, "stsc", 4+12, be32(1)...), 0, 0, 0, "", "where all of its frames lie"},
		{"encrypted", edited(film, "avc1\x00", 0, []byte("encv")...), 0, 0, 0, "", "encrypted"},
		{"QuickTime", edited(film, "ftyp", 4, []byte("qt  \x00\x00\x00\x00qt  qt  qt  qt  ")...), 0, 0, 0, "", "found a QuickTime film"},
		{"WebM", webm, 64, 48, 1, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := probeBytes(test.b)
			switch {
			case (err != nil) != (test.fails != "") || err != nil && !strings.Contains(err.Error(), test.fails):
				t.Errorf("got error %v, want %q", err, test.fails)
			case err != nil:
			case got.Width != test.width || got.Height != test.height || math.Abs(got.Duration-test.seconds) > 0.002:
				t.Errorf("got %+v, want %d x %d for %v s", got, test.width, test.height, test.seconds)
			case (got.Flaw != "") != (test.flaw != "") || !strings.Contains(got.Flaw, test.flaw):
				t.Errorf("the flaw is %q, want %q", got.Flaw, test.flaw)
			default:
				if err := CheckCargo(bytes.NewReader(test.b), int64(len(test.b)), got.Type); err != nil {
					t.Errorf("it may not be delivered: %v", err)
				}
			}
		})
	}
}

// Behind a film nothing may stand that is a file of another kind.
func TestCargoBehindFilm(t *testing.T) {
	t.Parallel()
	film := readMedia(t, "film.mp4")
	for want, behind := range map[string][]byte{
		"image/webp": readMedia(t, "picture.webp"), "an HTML page": []byte("<html>hello"), "a ZIP archive": zipped(t, ""),
		"more than 16 MiB": bytes.Repeat([]byte("x"), 17<<20),
	} {
		b := append(bytes.Clone(film), behind...)
		if _, err := probeBytes(b); err != nil {
			t.Fatal(err)
		}
		if err := CheckCargo(bytes.NewReader(b), int64(len(b)), typeMP4); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
