package media

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"assetform/config/format"
	"assetform/config/picture"
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
	maxPixels     = picture.MaxPixels // of an image or a video's frame
	maxVideoBytes = 4 << 30
	maxDuration   = 3600 // seconds
)

// Info is what a file is by its content.
type Info struct {
	Type          string // "image/png" and so on
	Bytes         int64
	Width, Height int     // pixels, as it is displayed: upright
	Duration      float64 // seconds; 0 for images
	// Flaw is what is wrong with the file although programs show it, for
	// people: "it lacks its end"; "" is the rule.
	Flaw string
}

// IsVideo reports whether files of that media type are films and not images.
func IsVideo(mediaType string) bool { return strings.HasPrefix(mediaType, "video/") }

// NotMediaError says that a file is neither image nor film that assetform
// knows, and what it looks like instead.
type NotMediaError struct {
	Found string // "an HTML page", "text", "an AVIF image" and so on, as format.Describe says it
	Words string // the first words of a text, with control characters escaped; not redacted
}

func (e *NotMediaError) Error() string {
	const want = "expected a PNG, JPEG or WebP image or an MP4 or WebM video"
	if e.Words == "" {
		return fmt.Sprintf("found %s, %s", e.Found, want)
	}
	return fmt.Sprintf("found %s that begins with %s, %s", e.Found, e.Words, want)
}

// MayComeWhole reports whether an error of Probe is about a file that a server
// may deliver whole another time: one that was cut short, or an answer in words
// where a file should be. What is in another format stays that.
func MayComeWhole(err error) bool {
	if errors.Is(err, errCutShort) {
		return true
	}
	refused, ok := errors.AsType[*NotMediaError](err)
	return ok && format.IsAnswer(refused.Found)
}

// Probe finds out by content alone what a file of that many bytes is, and
// verifies it: an image is decoded as a whole, of a film the structure, the
// tables of its video track and its length are checked. Files over the bounds
// above are refused before they are decoded. It returns a *NotMediaError for
// what is no media, and errors that say what is wrong with the rest.
func Probe(r io.ReaderAt, size int64) (m Info, err error) {
	head := make([]byte, min(size, format.HeadBytes))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return Info{}, err
	}
	mediaType := format.Sniff(head)
	if mediaType == "" {
		found, words := format.Describe(head)
		return Info{}, &NotMediaError{Found: found, Words: words}
	}
	switch mediaType {
	case typeMP4:
		m, err = probeMP4(r, size)
	case typeWebM:
		m, err = probeWebM(r, size)
	default:
		m, err = probeImage(r, size)
	}
	if err != nil {
		return Info{}, fmt.Errorf("the %s file is not usable: %w", mediaType, err)
	}
	m.Type, m.Bytes = mediaType, size
	return m, nil
}

// probeImage goes through an image to its last pixel.
func probeImage(r io.ReaderAt, size int64) (Info, error) {
	f, err := picture.Open(r, size)
	if err == nil {
		err = f.Verify()
	}
	if err != nil {
		return Info{}, err
	}
	return Info{Width: f.Width, Height: f.Height, Flaw: f.Flaw}, nil
}

// MaxInput bounds the pictures that are sent with one request, in bytes.
const MaxInput = picture.MaxInput

// CheckInput decodes a picture that is to be sent to a service; what services
// take, package picture says. Of a result that an engine delivered a flaw was
// told already.
func CheckInput(r io.ReaderAt, size int64, result bool) error {
	open := picture.OpenInput
	if result {
		open = picture.OpenResult
	}
	f, err := open(r, size)
	if err != nil {
		return err
	}
	return f.Verify()
}

// TypeOf returns the media type that a file's first bytes claim, "" for what is
// no media.
func TypeOf(r io.Reader) string {
	head := make([]byte, format.HeadBytes)
	n, _ := io.ReadFull(r, head)
	return format.Sniff(head[:n])
}

// Reads tells whether files of a media type are recognised by what they hold.
func Reads(mediaType string) bool {
	return mediaType != "image/gif" && mediaType != "image/x-icon"
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
