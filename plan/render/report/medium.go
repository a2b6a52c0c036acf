package report

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"strings"

	"assetform/config/format"
	"assetform/config/picture"

	"golang.org/x/image/draw"
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

// medium is one content as pages show it.
type medium struct {
	version *Version

	File    string // the copied content; "" if there is none
	Thumb   string // its small picture; "" for videos
	Width   int    // pixels, 0 if not known
	Height  int
	Video   bool
	Alpha   bool   // has transparent parts
	Problem string // why there is no File, for people
}

// write copies the content and makes the thumbnail. What is wrong with the
// content becomes the medium's problem; the error is one of writing.
func (m *medium) write(files Files) error {
	v := m.version
	if v.Open == nil {
		m.Problem = v.Missing
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
	if mediaType == "" {
		found, _ := format.Describe(head[:n])
		m.Problem = "The file is no PNG, JPEG, WebP, MP4 or WebM, whatever its name says: it is " + found + "."
		return nil
	}
	all := io.MultiReader(bytes.NewReader(head[:n]), f)
	m.Video = strings.HasPrefix(mediaType, "video/")
	name := hex.EncodeToString(v.Hash[:])
	file := "media/" + name + format.ExtensionOf(mediaType)
	if m.Video {
		return m.copy(files, file, &limited{all, maxVideoBytes})
	}
	return m.writeImage(files, name, file, all)
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

func (m *medium) writeImage(files Files, name, file string, r io.Reader) error {
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
	var written error
	if err == nil {
		err = f.Use(func(img image.Image) error {
			m.Width, m.Height = f.Width, f.Height
			o, known := img.(interface{ Opaque() bool })
			m.Alpha = !known || !o.Opaque()
			if written = m.copy(files, file, bytes.NewReader(b)); written == nil {
				written = m.writeThumb(files, name, img)
			}
			return nil
		})
	}
	if err != nil {
		m.Problem = "The picture cannot be shown: " + err.Error() + "."
		return nil
	}
	return written
}

// writeThumb makes the small picture. One that is small already is its own.
func (m *medium) writeThumb(files Files, name string, img image.Image) error {
	if max(m.Width, m.Height) <= thumbSide {
		m.Thumb = m.File
		return nil
	}
	ext := "jpg"
	if m.Alpha {
		ext = "png"
	}
	m.Thumb = "thumb/" + name + "." + ext
	if files.Has(m.Thumb) {
		return nil
	}
	w, h := fit(m.Width, m.Height, thumbSide)
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	near := halved(img, 4*thumbSide)
	draw.CatmullRom.Scale(small, small.Bounds(), near, near.Bounds(), draw.Src, nil)
	return files.Write(m.Thumb, func(out io.Writer) error {
		if m.Alpha {
			return png.Encode(out, small)
		}
		return jpeg.Encode(out, small, &jpeg.Options{Quality: 84})
	})
}

// halved is a picture of at most so many pixels a side: of a larger one each
// pixel is the mean of a square. Scaling takes memory by the height of what is
// scaled.
func halved(img image.Image, side int) image.Image {
	b := img.Bounds()
	n := (max(b.Dx(), b.Dy()) + side - 1) / side
	if n < 2 {
		return img
	}
	w, h := max(1, b.Dx()/n), max(1, b.Dy()/n)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	rows := image.NewRGBA(image.Rect(0, 0, b.Dx(), n))
	for y := range h {
		draw.Draw(rows, rows.Rect, img, image.Pt(b.Min.X, b.Min.Y+y*n), draw.Src)
		for x := range w {
			mean(dst.Pix[dst.PixOffset(x, y):][:4], rows, image.Rect(x*n, 0, x*n+n, n).Intersect(rows.Rect))
		}
	}
	return dst
}

func mean(p []uint8, m *image.RGBA, r image.Rectangle) {
	var sum [4]int
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for i := m.PixOffset(r.Min.X, y); i < m.PixOffset(r.Max.X, y); i++ {
			sum[i&3] += int(m.Pix[i])
		}
	}
	n := r.Dx() * r.Dy()
	for c := range p {
		p[c] = uint8((sum[c] + n/2) / n)
	}
}

// fit scales a size so that its longer side is the given one.
func fit(w, h, side int) (int, int) {
	if w >= h {
		return side, max(1, (h*side+w/2)/w)
	}
	return max(1, (w*side+h/2)/h), side
}
