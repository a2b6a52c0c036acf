package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"
	"strings"

	"assetform/apply/media/webp"
)

// Qualities of the formats that lose detail, of 100.
const (
	jpegQuality = 92
	webpQuality = 90
)

// ContainerError says that a film was delivered in a container that the
// output's extension does not fit. Films are not converted.
type ContainerError struct {
	Delivered string // media type
	Extension string // of the output
	Use       string // the extension to use instead
}

func (e *ContainerError) Error() string {
	return fmt.Sprintf("the server delivered %s, which is not written to a %q file: give the output the extension %q",
		e.Delivered, e.Extension, e.Use)
}

// Convert writes the image src of that media type to dst in the format of an
// output's extension: PNG without loss, JPEG with quality 92 and what is
// transparent laid on white, WebP with quality 90. Equal input gives equal
// bytes. Metadata is dropped, an EXIF orientation too. A film that does not
// fit gives a *ContainerError. After an error dst must not be used.
func Convert(src io.Reader, mediaType, ext string, dst io.Writer) (err error) {
	to := TypeOfExtension(ext)
	if use := extensionOf(mediaType); use != "" && strings.HasPrefix(mediaType, "video/") {
		return &ContainerError{Delivered: mediaType, Extension: ext, Use: use}
	}
	var encode func(io.Writer, image.Image) error
	switch to {
	case TypePNG:
		encode = encodePNG
	case TypeJPEG:
		encode = encodeJPEG
	case TypeWebP:
		encode = encodeWebP
	default:
		return fmt.Errorf("an image is not written to a %q file", ext)
	}
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("convert %s to %s: %v", mediaType, to, p)
		}
	}()
	m, err := Decode(src, mediaType)
	if err == nil {
		err = encode(dst, m)
	}
	if err != nil {
		return fmt.Errorf("convert %s to %s: %w", mediaType, to, err)
	}
	return nil
}

// Decode decodes src, reading it whole only if it cannot be read twice.
func Decode(src io.Reader, mediaType string) (image.Image, error) {
	r, ok := src.(io.ReadSeeker)
	if !ok {
		b, err := io.ReadAll(io.LimitReader(src, maxImageBytes+1))
		if err != nil {
			return nil, err
		}
		if len(b) > maxImageBytes {
			return nil, errors.New("the image is too large")
		}
		r = bytes.NewReader(b)
	}
	m, err := decodeImage(r, mediaType)
	if err != nil || mediaType != TypeWebP {
		return m, err
	}
	return webp.Colours(m), nil
}

func encodePNG(w io.Writer, m image.Image) error {
	switch m.(type) {
	case *image.YCbCr, *image.CMYK:
		m = opaque(m) // the encoder would convert pixel by pixel
	}
	return png.Encode(w, m) // every other type has a form of its own in PNG
}

func encodeJPEG(w io.Writer, m image.Image) error {
	if _, ok := m.(*image.YCbCr); !ok {
		m = opaque(m)
	}
	return jpeg.Encode(w, m, &jpeg.Options{Quality: jpegQuality})
}

func encodeWebP(w io.Writer, m image.Image) error {
	return webp.Encode(w, m, webp.Options{Quality: webpQuality})
}

// opaque lays an image on white.
func opaque(m image.Image) *image.RGBA {
	b := m.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	if o, ok := m.(interface{ Opaque() bool }); !ok || !o.Opaque() {
		draw.Draw(dst, dst.Rect, image.White, image.Point{}, draw.Src)
	}
	draw.Draw(dst, dst.Rect, m, b.Min, draw.Over)
	return dst
}
