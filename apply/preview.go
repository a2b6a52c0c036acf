package apply

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"io"

	"assetform/apply/engine"
	"assetform/apply/media"
	"assetform/config/address"

	"golang.org/x/image/draw"
)

const maxPreviewBytes = 32 << 20 // of a picture that is only looked at

// Preview fetches the picture of a finished task and returns it as a small
// PNG of our own making, which no server wrote a byte of. Nothing of it is
// kept. ok is false where there is no picture to show: the task is not
// finished, or made a film.
func Preview(ctx context.Context, gen engine.Driver, taskID string, side int) (small []byte, ok bool, err error) {
	task, err := gen.Task(ctx, taskID)
	if err != nil {
		return nil, false, err
	}
	if task.Status != engine.StatusCompleted || task.Result == "" || task.Kind == address.Video {
		return nil, false, nil
	}
	var got previewSink
	if err := gen.Download(ctx, task, "", &got); err != nil {
		return nil, false, err
	}
	r := bytes.NewReader(got.buf.Bytes())
	small, err = PreviewOf(r, r.Size(), side)
	return small, err == nil, err
}

// PreviewOf returns a picture as a small PNG.
func PreviewOf(r io.ReaderAt, size int64, side int) ([]byte, error) {
	var b bytes.Buffer
	err := media.Use(r, size, func(m image.Image) error { return png.Encode(&b, shrunk(m, side)) })
	return b.Bytes(), err
}

// shrunk is an image that is at most side pixels wide and high.
func shrunk(img image.Image, side int) image.Image {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	longest := max(w, h)
	if longest > side {
		w, h = max(1, w*side/longest), max(1, h*side/longest)
	}
	dst := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.ApproxBiLinear.Scale(dst, dst.Rect, img, img.Bounds(), draw.Src, nil)
	return dst
}

// previewSink keeps a download in memory, within the bound.
type previewSink struct{ buf bytes.Buffer }

var errPreviewSize = errors.New("the picture is too large to be shown here")

func (s *previewSink) Write(p []byte) (int, error) {
	if s.buf.Len()+len(p) > maxPreviewBytes {
		return 0, errPreviewSize
	}
	return s.buf.Write(p)
}

func (s *previewSink) Reset() error {
	s.buf.Reset()
	return nil
}
