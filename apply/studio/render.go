package studio

import (
	"context"
	"encoding/base64"
	"fmt"
	"image"
	"io"

	"assetform/apply/engine/sketch"
	"assetform/config/address"
)

// A Format is the media type of a result.
type Format string

// The formats that results come in. WebM is drawn when a client asks for it.
const (
	PNG  Format = "image/png"
	MP4  Format = "video/mp4"
	WebM Format = "video/webm"
)

// extension is the file name extension of the format.
func (f Format) extension() string {
	switch f {
	case MP4:
		return ".mp4"
	case WebM:
		return ".webm"
	default:
		return ".png"
	}
}

// formatOf is the format in which results of that kind are made.
func formatOf(k address.Kind) Format {
	if k == address.Video {
		return MP4
	}
	return PNG
}

// A Job is a valid request with its defaults applied: what there is to draw.
type Job struct {
	Method  string
	Prompt  string
	Model   string
	Aspect  string
	Seed    int64
	Loop    bool
	Caption bool
	Inputs  Inputs
}

// Inputs are encoded images by the name of the input in the method table.
type Inputs map[string][][]byte

// A Renderer draws. It is called from several goroutines.
type Renderer interface {
	// Render writes the result in the format. An error fails the task, with
	// its text as the message.
	Render(ctx context.Context, w io.Writer, job Job, f Format) error
}

// sketcher is the Renderer that draws with package sketch.
type sketcher struct{ maxPixels int }

func (d sketcher) Render(ctx context.Context, w io.Writer, job Job, f Format) error {
	req, err := d.request(job)
	if err != nil {
		return err
	}
	switch f {
	case MP4:
		return sketch.MP4(ctx, w, req)
	case WebM:
		return sketch.WebM(ctx, w, req)
	default:
		return sketch.EncodePNG(w, sketch.Image(req))
	}
}

func (d sketcher) request(job Job) (sketch.Request, error) {
	req := sketch.Request{
		Method: job.Method, Prompt: job.Prompt, Model: job.Model, Aspect: job.Aspect,
		Seed: job.Seed, Loop: job.Loop, NoCaption: !job.Caption,
	}
	for name, images := range job.Inputs {
		for _, data := range images {
			img, _, err := sketch.Decode(data, d.maxPixels)
			if err != nil {
				return req, fmt.Errorf("read %s: %w", name, err)
			}
			place(&req, name, img)
		}
	}
	return req, nil
}

// place gives an input of the method table its place in the drawing.
func place(req *sketch.Request, name string, img image.Image) {
	switch name {
	case "references", "reference_image":
		req.References = append(req.References, img)
	case "subject":
		req.Subject = img
	case "scene":
		req.Scene = img
	case "style":
		req.Style = img
	case "image":
		req.Image = img
	case "start_image":
		req.Start = img
	case "end_image":
		req.End = img
	}
}

// Blank is a Renderer that takes no time: every image is the same single grey
// pixel, every video an MP4 without a picture. It is for load tests.
type Blank struct{}

// blankPNG is a PNG of one grey pixel.
const blankPNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="

// Render writes the constant result.
func (Blank) Render(_ context.Context, w io.Writer, _ Job, f Format) error {
	data := []byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomavc1")
	if f == PNG {
		var err error
		if data, err = base64.StdEncoding.DecodeString(blankPNG); err != nil {
			return err
		}
	}
	_, err := w.Write(data)
	return err
}
