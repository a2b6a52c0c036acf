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

	"assetform/apply/media/webp"
	"assetform/config/format"
)

// Qualities of the formats that lose detail, of 100.
const (
	jpegQuality = 92
	webpQuality = 90
)

// Fits reports whether a file of that media type is written as it is to an
// output with that extension (".png", in any case).
func Fits(mediaType, ext string) bool {
	return mediaType != "" && format.TypeOf(ext) == mediaType
}

// Convert writes the image src of that media type to dst in the format of an
// output's extension: PNG without loss, JPEG with quality 92 and what is
// transparent laid on white, WebP with quality 90. Equal input gives equal
// bytes. Metadata is dropped, an EXIF orientation too. Films are not converted:
// the error names the extension to use. After an error dst must not be used.
func Convert(src io.Reader, mediaType, ext string, dst io.Writer) (err error) {
	if use := format.ExtensionOf(mediaType); use != "" && IsVideo(mediaType) {
		return fmt.Errorf("the server delivered %s, which is not written to a %q file: give the output the extension %q", mediaType, ext, use)
	}
	to := format.TypeOf(ext)
	var encode func(io.Writer, image.Image) error
	switch to {
	case typePNG:
		encode = encodePNG
	case typeJPEG:
		encode = encodeJPEG
	case typeWebP:
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

// Decode returns the picture in an image that Probe has taken for that media
// type. It reads src whole only if that cannot be read twice.
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
	if err != nil || mediaType != typeWebP {
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
