package media

import (
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"

	"assetform/apply/media/marks"
	"assetform/apply/media/webp"
	"assetform/config/format"
	"assetform/config/picture"
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

// Convert writes the image in a file of that many bytes and that media type to
// dst in the format of an output's extension: PNG without loss, JPEG with
// quality 92 and what is transparent laid on white, WebP with quality 90. Equal
// input gives equal bytes. The picture comes out upright and in the colours of
// sRGB, and its XMP goes along as far as marks.Carried says, with what it is
// wanted to say; other metadata is dropped. Films are not converted: the error names the extension to use. After
// an error dst must not be used.
func Convert(src io.ReaderAt, size int64, mediaType, ext string, want marks.Want, dst io.Writer) (err error) {
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
	f, err := picture.Open(src, size)
	var packet []byte
	if err == nil {
		packet, err = marks.Patch(marks.Carried(marks.Joined(f.XMP, f.ExtendedXMP)), want)
	}
	if err == nil {
		err = f.Use(func(m image.Image) error {
			return marks.Embed(dst, packet, func(w io.Writer) error { return encode(w, m) })
		})
	}
	if err != nil {
		return fmt.Errorf("convert %s to %s: %w", mediaType, to, err)
	}
	return nil
}

// Use decodes the image in a file of that many bytes and calls use with it,
// upright and in the colours of sRGB. use must not call it again: the memory of
// all pictures together is bounded.
func Use(src io.ReaderAt, size int64, use func(image.Image) error) error {
	f, err := picture.Open(src, size)
	if err != nil {
		return err
	}
	return f.Use(use)
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
