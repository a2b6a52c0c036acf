package drawing

import (
	"image"
	"io"

	"assetform/apply/media/webp"

	xwebp "golang.org/x/image/webp"
)

// decodeWebP reads a WebP in its true colours.
func decodeWebP(r io.Reader) (image.Image, error) {
	m, err := xwebp.Decode(r)
	if err != nil {
		return nil, err
	}
	return webp.Colours(m), nil
}
