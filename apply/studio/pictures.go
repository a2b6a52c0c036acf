package studio

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"

	"assetform/apply/engine/sketch"
)

// decodeBase64 decodes the standard alphabet with padding, and nothing else.
func decodeBase64(text string) ([]byte, error) {
	return base64.StdEncoding.Strict().DecodeString(text)
}

// checkImages decodes every input to its last pixel, so that a damaged or
// oversized image is refused before anything is charged. All images of a
// request, which are drawn together, may have twice the pixels of one.
// decoding bounds how many are in memory at once here.
func checkImages(ctx context.Context, o *order, maxPixels int, decoding chan struct{}) error {
	total := 0
	for _, in := range o.method.Inputs {
		for i, data := range o.inputs[in.Name] {
			where := in.Wire
			if in.List {
				where = fmt.Sprintf("%s[%d]", in.Wire, i)
			}
			select {
			case decoding <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			img, _, err := sketch.Decode(data, maxPixels)
			<-decoding
			if errors.Is(err, sketch.ErrTooManyPixels) {
				return fmt.Errorf("%q is too large: %v; at most %d pixels are accepted", where, err, maxPixels)
			}
			if err != nil {
				return fmt.Errorf("%q is not an image that can be read: %v", where, err)
			}
			total += img.Bounds().Dx() * img.Bounds().Dy()
			if total > 2*maxPixels {
				return fmt.Errorf("%q is too much: the images have more than %d pixels together", where, 2*maxPixels)
			}
		}
	}
	return nil
}
