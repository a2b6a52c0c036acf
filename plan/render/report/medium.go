package report

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/draw"
	"golang.org/x/image/webp"
	"golang.org/x/sync/semaphore"
)

// Bounds of what is decoded. They are far above what generators deliver and
// keep pictures from taking the machine's memory: one may have maxPixels, and
// so may all that are decoded at the same time.
const (
	maxImageBytes = 64 << 20
	maxPixels     = 64 << 20
	maxVideoBytes = 1 << 30
)

// thumbSide is the longer side of a thumbnail in pixels: twice the width of
// its place on a page, for screens with two pixels a point.
const thumbSide = 512

// medium is one content as pages show it.
type medium struct {
	version *Version
	// pixels are how many may be in memory at a time, of all pictures
	// together: a small file can hold a large picture.
	pixels *semaphore.Weighted

	File    string // the copied content; "" if there is none
	Thumb   string // its small picture; "" for videos
	Width   int    // pixels, 0 if not known
	Height  int
	Video   bool
	Alpha   bool   // has transparent parts
	Problem string // why there is no File, for people
}

// mediaType is what the first bytes of a content are.
type mediaType struct {
	ext    string
	video  bool
	decode func(io.Reader) (image.Image, error)
	config func(io.Reader) (image.Config, error)
}

// sniff tells a content's type by its bytes alone. What is not recognised is
// never copied: a page that was named .png must not become a page of the
// report.
func sniff(head []byte) (mediaType, bool) {
	switch {
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return mediaType{ext: "png", decode: png.Decode, config: png.DecodeConfig}, true
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return mediaType{ext: "jpg", decode: jpeg.Decode, config: jpeg.DecodeConfig}, true
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return mediaType{ext: "webp", decode: webp.Decode, config: webp.DecodeConfig}, true
	case len(head) >= 8 && string(head[4:8]) == "ftyp":
		return mediaType{ext: "mp4", video: true}, true
	case bytes.HasPrefix(head, []byte("\x1a\x45\xdf\xa3")):
		return mediaType{ext: "webm", video: true}, true
	}
	return mediaType{}, false
}

// write copies the content and makes the thumbnail. What is wrong with the
// content becomes the medium's problem; the error is one of writing.
func (m *medium) write(ctx context.Context, files Files) error {
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
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		m.Problem = "The file could not be read: " + err.Error() + "."
		return nil
	}
	kind, ok := sniff(head[:n])
	if !ok {
		m.Problem = "The file is no PNG, JPEG, WebP, MP4 or WebM, whatever its name says."
		return nil
	}
	all := io.MultiReader(bytes.NewReader(head[:n]), f)
	m.Video = kind.video
	name := hex.EncodeToString(v.Hash[:])
	if kind.video {
		return m.copy(files, "media/"+name+"."+kind.ext, &limited{all, maxVideoBytes})
	}
	return m.writeImage(ctx, files, name, kind, all)
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

func (m *medium) writeImage(ctx context.Context, files Files, name string, kind mediaType, r io.Reader) error {
	b, err := io.ReadAll(io.LimitReader(r, maxImageBytes+1))
	switch {
	case err != nil:
		m.Problem = "The file could not be read: " + err.Error() + "."
		return nil
	case len(b) > maxImageBytes:
		m.Problem = fmt.Sprintf("The picture has more than %d MiB and is not shown.", maxImageBytes>>20)
		return nil
	}
	cfg, err := kind.config(bytes.NewReader(b))
	if err == nil && (cfg.Width < 1 || cfg.Height < 1 || cfg.Width > maxPixels/cfg.Height) {
		m.Problem = fmt.Sprintf("The picture of %d × %d pixels is too large to be shown.", cfg.Width, cfg.Height)
		return nil
	}
	var img image.Image
	if err == nil {
		weight := int64(cfg.Width) * int64(cfg.Height)
		if err := m.pixels.Acquire(ctx, weight); err != nil {
			return err
		}
		defer m.pixels.Release(weight)
		img, err = kind.decode(bytes.NewReader(b))
	}
	if err != nil {
		m.Problem = "The picture does not decode: " + err.Error() + "."
		return nil
	}
	m.Width, m.Height = cfg.Width, cfg.Height
	o, known := img.(interface{ Opaque() bool })
	m.Alpha = !known || !o.Opaque()
	if err := m.copy(files, "media/"+name+"."+kind.ext, bytes.NewReader(b)); err != nil {
		return err
	}
	return m.writeThumb(files, name, img)
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
	draw.CatmullRom.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
	return files.Write(m.Thumb, func(out io.Writer) error {
		if m.Alpha {
			return png.Encode(out, small)
		}
		return jpeg.Encode(out, small, &jpeg.Options{Quality: 84})
	})
}

// fit scales a size so that its longer side is the given one.
func fit(w, h, side int) (int, int) {
	if w >= h {
		return side, max(1, (h*side+w/2)/w)
	}
	return max(1, (w*side+h/2)/h), side
}
