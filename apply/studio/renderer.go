package studio

import (
	"context"
	"encoding/base64"
	"io"

	"assetform/apply/engine/sketch"
)

// extension is the file name extension of a format.
func extension(f sketch.Format) string {
	switch f {
	case sketch.MP4:
		return ".mp4"
	case sketch.WebM:
		return ".webm"
	default:
		return ".png"
	}
}

// A Renderer draws. It is called from several goroutines.
type Renderer interface {
	// Render writes the result in the format. An error fails the task, with
	// its text as the message.
	Render(ctx context.Context, w io.Writer, job sketch.Job, f sketch.Format) error
}

// sketcher is the Renderer that draws with the built-in engine.
type sketcher struct{ maxPixels int }

func (d sketcher) Render(ctx context.Context, w io.Writer, job sketch.Job, f sketch.Format) error {
	return job.Draw(ctx, w, f, d.maxPixels)
}

// Blank is a Renderer that takes no time: every image is the same single grey
// pixel, every video an MP4 without a picture. It is for load tests.
type Blank struct{}

// blankPNG is a PNG of one grey pixel.
const blankPNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="

// Render writes the constant result.
func (Blank) Render(_ context.Context, w io.Writer, _ sketch.Job, f sketch.Format) error {
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
