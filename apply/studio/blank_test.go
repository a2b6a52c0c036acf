package studio

import (
	"context"
	"encoding/base64"
	"io"

	"assetform/apply/engine/sketch"
)

// blank is a Renderer that takes no time: every image is the same single grey
// pixel, every video an MP4 without a picture.
type blank struct{}

// blankPNG is a PNG of one grey pixel.
const blankPNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="

// Render writes the constant result.
func (blank) Render(_ context.Context, w io.Writer, _ sketch.Job, f sketch.Format) error {
	data := []byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomavc1")
	if f == sketch.PNG {
		var err error
		if data, err = base64.StdEncoding.DecodeString(blankPNG); err != nil {
			return err
		}
	}
	_, err := w.Write(data)
	return err
}
