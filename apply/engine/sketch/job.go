package sketch

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
	"maps"
	"math/rand/v2"
	"slices"

	"assetform/apply/engine/sketch/drawing"
	"assetform/config/address"
	"assetform/config/engine"
)

// A Format is the media type of a result.
type Format string

// The formats that results come in. WebM is drawn where it is asked for.
const (
	PNG  Format = "image/png"
	MP4  Format = "video/mp4"
	WebM Format = "video/webm"
)

// FormatOf is the format in which results of that kind are made.
func FormatOf(k address.Kind) Format {
	if k == address.Video {
		return MP4
	}
	return PNG
}

// A Job is a valid request with its defaults applied: what there is to draw.
type Job struct {
	Method  string
	Params  map[string]any      // by their names in the engine's table; without the seed
	Images  map[string][][]byte // encoded, by the inputs' names
	Seed    int64
	Caption bool // a strip with the prompt
}

// Text returns a parameter that is a text.
func (j *Job) Text(name string) string {
	text, _ := j.Params[name].(string)
	return text
}

// Draw writes the job's result in the format.
func (j *Job) Draw(ctx context.Context, w io.Writer, f Format, maxPixels int) error {
	r, err := j.request(maxPixels)
	if err != nil {
		return err
	}
	switch f {
	case MP4:
		return drawing.MP4(ctx, w, r)
	case WebM:
		return drawing.WebM(ctx, w, r)
	default:
		return drawing.EncodePNG(w, drawing.Image(r))
	}
}

func (j *Job) request(maxPixels int) (drawing.Request, error) {
	r := drawing.Request{Method: j.Method, Seed: j.Seed, NoCaption: !j.Caption}
	for _, name := range slices.Sorted(maps.Keys(j.Params)) {
		switch v := j.Params[name]; name {
		case "prompt":
			r.Prompt, _ = v.(string)
		case "model":
			r.Model, _ = v.(string)
		case "aspect_ratio":
			r.Aspect, _ = v.(string)
		case "loop":
			r.Loop, _ = v.(bool)
		default:
			r.More += fmt.Sprintf("%s\x00%v\x00", name, v)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(j.Images)) {
		for _, data := range j.Images[name] {
			img, _, err := drawing.Decode(data, maxPixels)
			if err != nil {
				return r, fmt.Errorf("read %s: %w", name, err)
			}
			place(&r, name, img)
		}
	}
	return r, nil
}

// place gives an input of the method table its place in the drawing.
func place(r *drawing.Request, name string, img image.Image) {
	switch name {
	case "subject":
		r.Subject = img
	case "scene":
		r.Scene = img
	case "style":
		r.Style = img
	case "image":
		r.Image = img
	case "start_image":
		r.Start = img
	case "end_image":
		r.End = img
	default:
		r.References = append(r.References, img)
	}
}

// Seed returns the seed that was asked for, else one that follows from the
// idempotency key, so that two machines that ask for the same thing under the
// same key draw the same, else a random one.
func Seed(asked *int64, key string) int64 {
	switch {
	case asked != nil:
		return *asked
	case key != "":
		sum := sha256.Sum256([]byte("assetform studio seed\x00" + key))
		return int64(binary.BigEndian.Uint64(sum[:]) >> 1)
	default:
		return rand.Int64()
	}
}

// defaultMaxPixels is what an input image may have.
const defaultMaxPixels = 40_000_000

// CheckImages decodes every input to its last pixel, so that a damaged or
// oversized image is refused before anything is made of it. All images of a
// request, which are drawn together, may have twice the pixels of one. where
// names an input for people; decoding bounds how many are in memory at once.
func CheckImages(ctx context.Context, m *engine.Method, images map[string][][]byte, where func(engine.Input) string, maxPixels int, decoding chan struct{}) error {
	total := 0
	for _, in := range m.Inputs {
		for i, data := range images[in.Name] {
			name := where(in)
			if in.List {
				name = fmt.Sprintf("%s[%d]", name, i)
			}
			select {
			case decoding <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
			img, _, err := drawing.Decode(data, maxPixels)
			<-decoding
			if errors.Is(err, drawing.ErrTooManyPixels) {
				return fmt.Errorf("%q is too large: %v; at most %d pixels are accepted", name, err, maxPixels)
			}
			if err != nil {
				return fmt.Errorf("%q is not an image that can be read: %v", name, err)
			}
			total += img.Bounds().Dx() * img.Bounds().Dy()
			if total > 2*maxPixels {
				return fmt.Errorf("%q is too much: the images have more than %d pixels together", name, 2*maxPixels)
			}
		}
	}
	return nil
}
