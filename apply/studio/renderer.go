package studio

import (
	"context"
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
