package drawing

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

// ErrTooManyPixels is returned by Decode for an image over its bound.
var ErrTooManyPixels = errors.New("too many pixels")

// errUnknownFormat is for bytes that are none of the formats the API takes.
var errUnknownFormat = errors.New("not a PNG, JPEG or WebP image")

// codec reads one input format. The table is used rather than image.Decode,
// whose choice depends on what else the program happens to import.
type codec struct {
	mediaType, magic string
	config           func(io.Reader) (image.Config, error)
	decode           func(io.Reader) (image.Image, error)
}

var codecs = []codec{
	{"image/png", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"image/jpeg", "\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
	{"image/webp", "RIFF", webp.DecodeConfig, decodeWebP},
}

func sniff(b []byte) (codec, error) {
	for _, c := range codecs {
		if bytes.HasPrefix(b, []byte(c.magic)) {
			return c, nil
		}
	}
	return codec{}, errUnknownFormat
}

// Decode reads a PNG, JPEG or still WebP image and tells its media type. The
// header is checked first, so that an image of more than maxPixels costs
// nothing to refuse.
func Decode(b []byte, maxPixels int) (m image.Image, mediaType string, err error) {
	k, err := sniff(b)
	if err != nil {
		return nil, "", fmt.Errorf("decode image: %w", err)
	}
	c, err := k.config(bytes.NewReader(b))
	if err != nil {
		return nil, k.mediaType, fmt.Errorf("decode image: %w", err)
	}
	if c.Width <= 0 || c.Height <= 0 {
		return nil, k.mediaType, fmt.Errorf("decode image: %d by %d pixels", c.Width, c.Height)
	}
	if c.Width > maxPixels/c.Height {
		return nil, k.mediaType, fmt.Errorf("decode image of %d by %d: %w", c.Width, c.Height, ErrTooManyPixels)
	}
	m, err = k.decode(bytes.NewReader(b))
	if err != nil {
		return nil, k.mediaType, fmt.Errorf("decode image: %w", err)
	}
	return m, k.mediaType, nil
}

// EncodePNG writes an image as PNG: the same bytes for the same pixels, fast
// rather than small.
func EncodePNG(w io.Writer, m image.Image) error {
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	return enc.Encode(w, m)
}

// toRGBA copies an input image into premultiplied pixels with origin (0, 0).
func toRGBA(m image.Image) *image.RGBA {
	b := m.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(dst, dst.Rect, m, b.Min, draw.Src)
	return dst
}
