package outputs

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"strings"
	"testing"

	"assetform/apply/media"
)

func TestIdentify(t *testing.T) {
	t.Parallel()
	var still bytes.Buffer
	if err := gif.Encode(&still, image.NewPaletted(image.Rect(0, 0, 5, 3), color.Palette{color.Black, color.White}), nil); err != nil {
		t.Fatal(err)
	}
	icon := func(sides ...byte) []byte {
		b := binary.LittleEndian.AppendUint16([]byte{0, 0, 1, 0}, uint16(len(sides)))
		end := len(b) + 16*len(sides)
		for _, side := range sides {
			b = append(b, side, side, 0, 0, 1, 0, 32, 0, 1, 0, 0, 0)
			b = binary.LittleEndian.AppendUint32(b, uint32(end))
		}
		return append(b, 'x')
	}
	tests := map[string]struct {
		ext, content string
		want         media.Info
		err          string
	}{
		"text":           {".ts", "export const a = 1\n", media.Info{Type: "text/plain", Bytes: 19}, ""},
		"no text":        {".ts", "a\x00b", media.Info{}, "no text in UTF-8"},
		"other encoding": {".ts", "caf\xe9", media.Info{}, "no text in UTF-8"},
		"too long":       {".ts", strings.Repeat("a", maxTextBytes+1), media.Info{}, "at most 16777216"},
		"gif":            {".gif", still.String(), media.Info{Type: "image/gif", Bytes: int64(still.Len()), Width: 5, Height: 3}, ""},
		"cut gif":        {".gif", still.String()[:20], media.Info{}, "no usable GIF"},
		"large gif":      {".gif", "GIF89a\xff\xff\xff\xff\x00\x00\x00", media.Info{}, "more than 67108864 pixels"},
		"icon":           {".ico", string(icon(16, 48, 32)), media.Info{Type: "image/x-icon", Bytes: 55, Width: 48, Height: 48}, ""},
		"largest icon":   {".ico", string(icon(0)), media.Info{Type: "image/x-icon", Bytes: 23, Width: 256, Height: 256}, ""},
		"cut icon":       {".ico", string(icon(16, 48)[:30]), media.Info{}, "no usable ICO"},
		"icon beyond":    {".ico", string(icon(16)[:22]), media.Info{}, "no usable ICO"},
		"no icon":        {".ico", "GIF89a", media.Info{}, "no usable ICO"},
		"empty icon":     {".ico", "\x00\x00\x01\x00\x00\x00", media.Info{}, "no usable ICO"},
		"no picture":     {".png", "hello", media.Info{}, "expected a PNG"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := identify(strings.NewReader(tt.content), int64(len(tt.content)), tt.ext)
			switch {
			case tt.err == "" && (err != nil || got != tt.want):
				t.Errorf("got %+v, %v, want %+v", got, err, tt.want)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("got %+v, %v, want an error with %q", got, err, tt.err)
			}
		})
	}
}

// FuzzIdentify: whatever a file holds, it is refused or has the size that it
// says.
func FuzzIdentify(f *testing.F) {
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x00\x00\x00"), byte(0))
	f.Add([]byte("\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00\x01\x00\x20\x00\x01\x00\x00\x00\x16\x00\x00\x00x"), byte(1))
	f.Add([]byte("export const a = 1\n"), byte(2))
	f.Fuzz(func(t *testing.T, b []byte, kind byte) {
		ext := []string{".gif", ".ico", ".ts"}[kind%3]
		m, err := identify(bytes.NewReader(b), int64(len(b)), ext)
		if err != nil {
			return
		}
		if m.Bytes != int64(len(b)) || (m.Width > 0) != (m.Height > 0) || (m.Width > 0) == (m.Type == mediaTypeText) {
			t.Errorf("%s is %+v", ext, m)
		}
	})
}
