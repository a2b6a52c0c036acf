package report

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"image/jpeg"
	"image/png"
	"io"
	"strings"

	"assetform/config/format"
	"assetform/config/picture"
	"assetform/lockfile"
)

// Bounds of what is shown. They are far above what generators deliver; pixels
// are bounded by package picture.
const (
	maxImageBytes = 64 << 20
	maxVideoBytes = 1 << 30
)

// thumbSide is the longer side of a thumbnail in pixels: twice the width of
// its place on a page, for screens with two pixels a point.
const thumbSide = 512

// thumbVersion is in the names of thumbnails. It goes up when the same content
// would give another one, in what package picture reads of it, in its scaling
// or its form: one that an earlier release made is not taken then.
const thumbVersion = 2

// medium is one content as pages show it.
type medium struct {
	content *Content

	File    string // the copied content; "" if there is none
	Thumb   string // its small picture; "" for videos
	Width   int    // pixels, 0 if not known
	Height  int
	Video   bool
	Alpha   bool   // has transparent parts
	Problem string // why there is no File, for people
	Note    string // what else is to be known of it

	Duration float64 // of a film in seconds, 0 if not known
	Bytes    int64   // 0 if not known

	probe      func(open func() (io.ReadCloser, error)) (Film, error)
	extensions []string // of the outputs of which it is the content
	textual    bool     // an asset has it that is a text
	IsText     bool     // it is one, and Text its beginning
	Text       string
	Cut        bool // there is more of it

	again  bool                                      // decode it, whatever an earlier report made
	rows   func(width, height int) func(row []uint8) // takes its rows as they are decoded
	shares map[lockfile.ContentHash]string           // how many pixels differ from those of another content
}

// write copies the content and makes the thumbnail. What is wrong with the
// content becomes the medium's problem; the error is one of writing.
func (m *medium) write(files Files) error {
	v := m.content
	if v.Open == nil {
		m.Problem = v.Missing
		return nil
	}
	if !m.again && m.kept(files) {
		return nil
	}
	f, err := v.Open()
	if err != nil {
		m.Problem = "The file could not be read: " + err.Error() + "."
		return nil
	}
	defer f.Close()
	head := make([]byte, format.HeadBytes)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		m.Problem = "The file could not be read: " + err.Error() + "."
		return nil
	}
	// What is not recognised is never copied: a page that was named .png must
	// not become a page of the report.
	mediaType := format.Sniff(head[:n])
	all := io.MultiReader(bytes.NewReader(head[:n]), f)
	switch {
	case mediaType != "":
	case isAsIs(head[:n], m.extensions):
		return m.writeAsIs(files, all)
	case m.textual:
		m.readText(all)
		return nil
	default:
		found, _ := format.Describe(head[:n])
		m.Problem = "The file is no PNG, JPEG, WebP, MP4 or WebM, whatever its name says: it is " + found + "."
		return nil
	}
	m.Video = strings.HasPrefix(mediaType, "video/")
	file := m.file(format.ExtensionOf(mediaType))
	if m.Video {
		return m.writeFilm(files, file, &limited{all, maxVideoBytes})
	}
	return m.writeImage(files, file, all)
}

func (m *medium) file(ext string) string {
	return "media/" + hex.EncodeToString(m.content.Hash[:]) + ext
}

// thumb is the name of the small picture. It tells what is in it, and that the
// content was seen to have transparent parts or none.
func (m *medium) thumb() string {
	ext := "jpg"
	if m.Alpha {
		ext = "png"
	}
	return fmt.Sprintf("thumb/%s-%d.%s", hex.EncodeToString(m.content.Hash[:]), thumbVersion, ext)
}

// kept takes what an earlier report made of the same content, and decodes
// nothing: a picture was decoded once to make it. What is not whole, or was
// made by another version, is made again.
func (m *medium) kept(files Files) bool {
	for _, ext := range asIsExtensions {
		if b, ok := files.Read(m.file(ext)); ok {
			return isAsIs(b, m.extensions) && m.takeAsIs(b) == nil
		}
	}
	for _, ext := range []string{".png", ".jpg", ".webp"} {
		b, ok := files.Read(m.file(ext))
		if !ok {
			continue
		}
		f, err := picture.Open(bytes.NewReader(b), int64(len(b)))
		if err != nil || f.Animated || max(f.Width, f.Height) <= thumbSide && f.MayBeClear() {
			return false // nothing but pixels tells about a small one
		}
		m.File, m.Width, m.Height, m.Bytes = m.file(ext), f.Width, f.Height, int64(len(b))
		if max(f.Width, f.Height) <= thumbSide {
			m.Thumb = m.File
			return true
		}
		for _, m.Alpha = range []bool{false, true} {
			if m.Thumb = m.thumb(); files.Has(m.Thumb) {
				return true
			}
		}
		m.File, m.Thumb, m.Width, m.Height, m.Alpha, m.Bytes = "", "", 0, 0, false, 0
		return false
	}
	return false
}

// writeFilm copies a film that is whole, as far as its structure tells: a player
// would stop in the middle of another one, or wait for ever.
func (m *medium) writeFilm(files Files, file string, r io.Reader) error {
	if m.probe != nil {
		film, err := m.probe(m.content.Open)
		if err != nil {
			m.Problem = "The film cannot be shown: " + err.Error() + "."
			return nil
		}
		m.Width, m.Height, m.Duration, m.Bytes = film.Width, film.Height, film.Duration, film.Bytes
	}
	return m.copy(files, file, r)
}

// copy writes the content itself.
func (m *medium) copy(files Files, name string, r io.Reader) error {
	m.File = name
	if files.Has(name) {
		return nil
	}
	var readErr error
	err := files.Write(name, func(w io.Writer) error {
		_, err := io.Copy(w, errorReader{r, &readErr})
		return err
	})
	if readErr != nil {
		m.File, m.Problem = "", "The file could not be read: "+readErr.Error()+"."
		return nil
	}
	return err
}

// errorReader remembers the error of reading, to tell it from one of writing.
type errorReader struct {
	io.Reader
	err *error
}

func (r errorReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if err != nil && err != io.EOF {
		*r.err = err
	}
	return n, err
}

// limited is a reader whose bytes are bounded.
type limited struct {
	io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if l.left -= int64(n); l.left < 0 {
		return 0, fmt.Errorf("it has more than %d MiB", maxVideoBytes>>20)
	}
	return n, err
}

// takeAsIs makes a file that is shown as it is its own small picture. What is
// transparent in it is not looked for: the ground is drawn as if it were.
func (m *medium) takeAsIs(b []byte) error {
	p, err := readAsIs(b)
	if err != nil {
		return err
	}
	m.File, m.Width, m.Height, m.Bytes, m.Note, m.Alpha = m.file(p.ext), p.width, p.height, int64(len(b)), p.note, true
	m.Thumb = m.File
	return nil
}

func (m *medium) writeAsIs(files Files, r io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(r, maxAsIs+1))
	switch {
	case err != nil:
		m.Problem = "The file could not be read: " + err.Error() + "."
		return nil
	case len(b) > maxAsIs:
		m.Problem = fmt.Sprintf("The picture has more than %d MiB and is not shown.", maxAsIs>>20)
		return nil
	}
	if err := m.takeAsIs(b); err != nil {
		m.Problem = "The picture cannot be shown: " + err.Error() + "."
		return nil
	}
	return m.copy(files, m.File, bytes.NewReader(b))
}

func (m *medium) writeImage(files Files, file string, r io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(r, maxImageBytes+1))
	switch {
	case err != nil:
		m.Problem = "The file could not be read: " + err.Error() + "."
		return nil
	case len(b) > maxImageBytes:
		m.Problem = fmt.Sprintf("The picture has more than %d MiB and is not shown.", maxImageBytes>>20)
		return nil
	}
	f, err := picture.Open(bytes.NewReader(b), int64(len(b)))
	if err == nil && f.Animated { // browsers would show other pixels than are counted and made small here
		err = errors.New("it is an animation, expected one picture")
	}
	add, small := func([]uint8) {}, (*reducer)(nil)
	opaque := true
	if err == nil {
		if max(f.Width, f.Height) > thumbSide {
			small = newReducer(f.Width, f.Height, thumbSide)
			add = small.add
		}
		if m.rows != nil {
			scale, use := add, m.rows(f.Width, f.Height)
			add = func(row []uint8) { scale(row); use(row) }
		}
		opaque, err = f.Rows(add)
	}
	if err != nil {
		m.Problem = "The picture cannot be shown: " + err.Error() + "."
		return nil
	}
	m.Width, m.Height, m.Alpha, m.Bytes = f.Width, f.Height, !opaque, int64(len(b))
	if err := m.copy(files, file, bytes.NewReader(b)); err != nil {
		return err
	}
	m.Thumb = m.File
	if small == nil {
		return nil
	}
	if m.Thumb = m.thumb(); files.Has(m.Thumb) {
		return nil
	}
	return files.Write(m.Thumb, func(out io.Writer) error {
		if m.Alpha {
			return png.Encode(out, small.picture())
		}
		return jpeg.Encode(out, small.picture(), &jpeg.Options{Quality: 84})
	})
}
