package media

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Media types of what an asset can be.
const (
	typePNG  = "image/png"
	typeJPEG = "image/jpeg"
	typeWebP = "image/webp"
	typeMP4  = "video/mp4"
	typeWebM = "video/webm"
)

// Bounds of what is taken for a result. They are far above what the API
// delivers and keep a hostile server from exhausting memory or time.
const (
	maxPixels     = 64_000_000 // of an image or a video's frame
	maxImageBytes = 256 << 20
	maxVideoBytes = 4 << 30
	maxDuration   = 3600 // seconds
)

// Info is what a file is by its content.
type Info struct {
	Type          string // "image/png" and so on
	Bytes         int64
	Width, Height int     // pixels
	Duration      float64 // seconds; 0 for images
}

// IsVideo reports whether files of that media type are films and not images.
func IsVideo(mediaType string) bool { return strings.HasPrefix(mediaType, "video/") }

// NotMediaError says that a file is neither image nor film that assetform
// knows, and what it looks like instead.
type NotMediaError struct {
	Found string // "an HTML page", "JSON", "text", "a GIF image", "an empty file" or "unknown data"
	Words string // the first words of a text, with control characters escaped; not redacted
}

func (e *NotMediaError) Error() string {
	const want = "expected a PNG, JPEG or WebP image or an MP4 or WebM video"
	if e.Words == "" {
		return fmt.Sprintf("found %s, %s", e.Found, want)
	}
	return fmt.Sprintf("found %s that begins with %s, %s", e.Found, e.Words, want)
}

// Probe finds out by content alone what a file of that many bytes is, and
// verifies it: an image is decoded as a whole, of a film the structure, the
// tables of its video track and its length are checked. Files over the bounds
// above are refused before they are decoded. It returns a *NotMediaError for
// what is no media, and errors that say what is wrong with the rest.
func Probe(r io.ReaderAt, size int64) (m Info, err error) {
	head := make([]byte, min(size, 512))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return Info{}, err
	}
	mediaType := sniff(head)
	if mediaType == "" {
		return Info{}, notMedia(head)
	}
	// The decoders have been fuzzed for years, but what they read here was
	// sent by a server: a panic is one bad file, not the end of an apply.
	defer func() {
		if p := recover(); p != nil {
			m, err = Info{}, fmt.Errorf("the %s file is damaged: %v", mediaType, p)
		}
	}()
	switch mediaType {
	case typeMP4:
		m, err = probeMP4(r, size)
	case typeWebM:
		m, err = probeWebM(r, size)
	default:
		m, err = probeImage(r, size, mediaType)
	}
	if err != nil {
		return Info{}, fmt.Errorf("the %s file is not usable: %w", mediaType, err)
	}
	m.Type, m.Bytes = mediaType, size
	return m, nil
}

// TypeOf returns the media type that a file's first bytes claim, "" for what is
// no media.
func TypeOf(r io.Reader) string {
	head := make([]byte, 512)
	n, _ := io.ReadFull(r, head)
	return sniff(head[:n])
}

// sniff returns the media type that the first bytes claim, or "".
func sniff(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return typePNG
	case bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff}):
		return typeJPEG
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return typeWebP
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return typeMP4
	case bytes.HasPrefix(head, []byte{0x1a, 0x45, 0xdf, 0xa3}):
		return typeWebM
	}
	return ""
}

func notMedia(head []byte) error {
	text := bytes.TrimPrefix(head, []byte("\ufeff"))
	text = bytes.TrimSpace(text)
	switch {
	case len(head) == 0:
		return &NotMediaError{Found: "an empty file"}
	case bytes.HasPrefix(head, []byte("GIF8")):
		return &NotMediaError{Found: "a GIF image"}
	case len(text) == 0 || !isText(text):
		return &NotMediaError{Found: "unknown data"}
	}
	found := "text"
	switch start := strings.ToLower(string(text[:min(len(text), 15)])); {
	case strings.HasPrefix(start, "<!doctype html"), strings.HasPrefix(start, "<html"):
		found = "an HTML page"
	case start[0] == '{', start[0] == '[':
		found = "JSON"
	case start[0] == '<':
		found = "XML"
	}
	return &NotMediaError{Found: found, Words: firstWords(text)}
}

// isText reports whether bytes look like text: valid UTF-8, but for a rune
// that is cut at the end, and no NUL.
func isText(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == 0 || r == utf8.RuneError && n == 1 && utf8.FullRune(b) {
			return false
		}
		b = b[n:]
	}
	return true
}

// firstWords quotes the beginning of a text on one line.
func firstWords(text []byte) string {
	const limit = 80
	words := []rune(strings.Join(strings.Fields(string(text)), " "))
	if len(words) > limit {
		return strconv.Quote(string(words[:limit]) + "...")
	}
	return strconv.Quote(string(words))
}

var errNoFrame = errors.New("its width or height is 0")

// checkFrame refuses sizes that no image or film of ours has.
func checkFrame(width, height int64) error {
	if width <= 0 || height <= 0 {
		return errNoFrame
	}
	if width > maxPixels || height > maxPixels || width*height > maxPixels {
		return fmt.Errorf("its %d x %d pixels are more than %d million", width, height, maxPixels/1_000_000)
	}
	return nil
}

// checkDuration refuses lengths in seconds that no film of ours has.
func checkDuration(seconds float64) error {
	if !(seconds > 0) { // also NaN
		return errors.New("it has no length")
	}
	if seconds > maxDuration {
		return fmt.Errorf("its %.0f seconds are more than %d", seconds, maxDuration)
	}
	return nil
}
