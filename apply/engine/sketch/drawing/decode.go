package drawing

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io"

	"assetform/config/picture"
)

// ErrTooManyPixels is returned by Decode for an image over its bound.
var ErrTooManyPixels = errors.New("too many pixels")

// Decode reads a PNG, JPEG or still WebP image, upright and in the colours of
// sRGB, and tells its media type. The header is checked first, so that an image
// of more than maxPixels costs nothing to refuse.
func Decode(b []byte, maxPixels int) (m image.Image, mediaType string, err error) {
	f, err := picture.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, "", fmt.Errorf("decode image: %w", err)
	}
	if f.Width > maxPixels/f.Height {
		return nil, f.Type, fmt.Errorf("decode image of %d by %d: %w", f.Width, f.Height, ErrTooManyPixels)
	}
	if m, err = f.Decode(); err != nil {
		return nil, f.Type, fmt.Errorf("decode image: %w", err)
	}
	return m, f.Type, nil
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
