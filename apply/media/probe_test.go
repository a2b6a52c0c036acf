package media

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/engine/sketch/drawing"
)

func probeBytes(b []byte) (Info, error) { return Probe(bytes.NewReader(b), int64(len(b))) }

func readMedia(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The fixtures were made with ffmpeg from its testsrc.
func TestProbe(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file string
		want Info
	}{
		{"film.mp4", Info{Type: typeMP4, Width: 64, Height: 48, Duration: 1}}, // with a sound track
		{"faststart.mp4", Info{Type: typeMP4, Width: 64, Height: 48, Duration: 1}},
		{"fragmented.mp4", Info{Type: typeMP4, Width: 64, Height: 48, Duration: 1}},
		{"film.webm", Info{Type: typeWebM, Width: 64, Height: 48, Duration: 1}},
		{"live.webm", Info{Type: typeWebM, Width: 64, Height: 48, Duration: 0.875}}, // no length written: time of the last frame
		{"picture.webp", Info{Type: typeWebP, Width: 32, Height: 24}},
		{"alpha.webp", Info{Type: typeWebP, Width: 32, Height: 24}},
		{"animated.png", Info{Type: typePNG, Width: 32, Height: 24}}, // its first picture
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			t.Parallel()
			got, err := probeBytes(readMedia(t, test.file))
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(got.Duration-test.want.Duration) > 0.002 {
				t.Errorf("duration is %v seconds, want %v", got.Duration, test.want.Duration)
			}
			test.want.Bytes = int64(len(readMedia(t, test.file)))
			test.want.Duration = got.Duration
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if IsVideo(got.Type) != (got.Duration > 0) {
				t.Errorf("IsVideo is %v", IsVideo(got.Type))
			}
		})
	}
}

func TestProbeRefusesWhatIsNoResult(t *testing.T) {
	t.Parallel()
	tests := []struct{ file, want string }{
		{"picture.gif", "found a GIF image"},
		{"animated.webp", "it is an animation"},
		{"sound.mp4", "no video track"},
		{"film.mkv", "it is a Matroska film"},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			t.Parallel()
			m, err := probeBytes(readMedia(t, test.file))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v and error %v, want %q", m, err, test.want)
			}
		})
	}
}

func TestProbeNamesWhatItFound(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, body string
		want       NotMediaError
	}{
		{"empty", "", NotMediaError{Found: "an empty file"}},
		{"HTML", "\n<!DOCTYPE html><title>502\tBad Gateway</title>", NotMediaError{Found: "an HTML page", Words: `"<!DOCTYPE html><title>502 Bad Gateway</title>"`}},
		{"HTML without doctype", "<HTML lang=en>", NotMediaError{Found: "an HTML page", Words: `"<HTML lang=en>"`}},
		{"JSON", `{"error": "gone"}`, NotMediaError{Found: "JSON", Words: `"{\"error\": \"gone\"}"`}},
		{"XML", `<Error><Code>AccessDenied`, NotMediaError{Found: "XML", Words: `"<Error><Code>AccessDenied"`}},
		{"terminal escape", "no \x1b[31mred\x07", NotMediaError{Found: "text", Words: `"no \x1b[31mred\a"`}},
		{"long", strings.Repeat("ü", 300), NotMediaError{Found: "text", Words: `"` + strings.Repeat("ü", 80) + `..."`}},
		{"cut rune", strings.Repeat("a", 511) + "ü", NotMediaError{Found: "text", Words: `"` + strings.Repeat("a", 80) + `..."`}},
		{"binary", "\x00\x01\x02", NotMediaError{Found: "unknown data"}},
		{"spaces", "  \n ", NotMediaError{Found: "unknown data"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := probeBytes([]byte(test.body))
			got, ok := errors.AsType[*NotMediaError](err)
			if !ok || *got != test.want {
				t.Errorf("got %+v, want %+v", err, test.want)
			}
		})
	}
}

// A file that lost its end is never taken for a result, wherever it was cut.
func TestProbeRefusesTruncated(t *testing.T) {
	t.Parallel()
	var picture bytes.Buffer
	m := image.NewNRGBA(image.Rect(0, 0, 16, 16))
	m.Pix[7] = 200
	if err := png.Encode(&picture, m); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"made.png": picture.Bytes()}
	for _, name := range []string{"film.mp4", "faststart.mp4", "film.webm", "picture.webp", "alpha.webp"} {
		files[name] = readMedia(t, name)
	}
	for name, whole := range files {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := 0; n < len(whole)-8; n += 7 {
				if m, err := probeBytes(whole[:n]); err == nil {
					// Indexes at the end of a WebM are for seeking only.
					if name == "film.webm" && n > len(whole)*9/10 {
						continue
					}
					if m.Flaw != "" && n > len(whole)-16 {
						continue // all pixels are there, and the flaw is said
					}
					t.Fatalf("%d of %d bytes were taken for %+v", n, len(whole), m)
				}
			}
		})
	}
}

// What the local engine delivers passes.
func TestProbeLocalFilm(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	request := drawing.Request{Method: drawing.MethodVideo, Prompt: "a quiet sea at dusk", Aspect: "portrait"}
	if err := drawing.MP4(t.Context(), &b, request); err != nil {
		t.Fatal(err)
	}
	got, err := probeBytes(b.Bytes())
	if want := (Info{Type: typeMP4, Bytes: int64(b.Len()), Width: 720, Height: 1280, Duration: 4}); err != nil || got != want {
		t.Errorf("got %+v, want %+v, error %v", got, want, err)
	}
}
