package picture

import (
	"bytes"
	"strings"
	"testing"
)

// jpegHead is a JPEG of no pixels that says so many are to come.
func jpegHead(frame byte, w, h int, sampling ...byte) []byte {
	b := []byte{0xff, 0xd8, 0xff, frame, 0, byte(8 + 3*len(sampling)), 8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(len(sampling))}
	for i, s := range sampling {
		b = append(b, byte(i+1), s, 0)
	}
	b = append(b, 0xff, 0xda, 0, byte(6+2*len(sampling)), byte(len(sampling)))
	for i := range sampling {
		b = append(b, byte(i+1), 0)
	}
	return append(b, 0, 63, 0, 0xff, 0xd9)
}

// TestMemoryOfJPEG has pictures of 64 million pixels: what decoding takes is known
// before, and what takes too much is refused with the way out.
func TestMemoryOfJPEG(t *testing.T) {
	t.Parallel()
	const baseline, progressive = 0xc0, 0xc2
	for name, c := range map[string]struct {
		frame    byte
		sampling []byte
		want     int64 // bytes a pixel; 0: it is refused
	}{
		"grey":                      {baseline, []byte{0x11}, 1},
		"4:4:4":                     {baseline, []byte{0x11, 0x11, 0x11}, 3},
		"CMYK":                      {baseline, []byte{0x11, 0x11, 0x11, 0x11}, 8},
		"progressive, 4:4:4":        {progressive, []byte{0x11, 0x11, 0x11}, 15},
		"progressive, of four inks": {progressive, []byte{0x11, 0x11, 0x11, 0x11}, 0},
		"progressive, 4:2:0":        {progressive, []byte{0x22, 0x11, 0x11}, 7},
	} {
		b := jpegHead(c.frame, 8000, 8000, c.sampling...)
		f, err := Open(bytes.NewReader(b), int64(len(b)))
		switch {
		case c.want == 0:
			if err == nil || !strings.Contains(err.Error(), "progressive JPEG") || !strings.Contains(err.Error(), "save it as a baseline one") {
				t.Errorf("%s: %v", name, err)
			}
		case err != nil:
			t.Errorf("%s: %v", name, err)
		case f.Memory()/f.pixels() != c.want:
			t.Errorf("%s: %d bytes a pixel, want %d", name, f.Memory()/f.pixels(), c.want)
		}
	}
}
