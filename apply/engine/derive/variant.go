package derive

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"

	"assetform/apply/engine/derive/cutout"
	"assetform/apply/engine/derive/raster"
	"assetform/apply/media"
	"assetform/apply/media/marks"
)

// variant makes one.
func (m *Maker) variant(ctx context.Context, j *Job, dst io.Writer, r *Result) error {
	v, err := variantOf(j)
	if err != nil {
		return err
	}
	s := j.of(inputSource)[0]
	l, err := m.lookAt(ctx, s)
	switch {
	case err != nil:
		return inFile(s, err)
	case l.film && v.at == nil:
		return inFile(s, errFilm)
	case !l.film && v.at != nil:
		return inFile(s, errNoFilm)
	}
	if v.copied && l.straight && media.Fits(l.Type, j.ext()) {
		r.Width, r.Height = l.Width, l.Height
		return m.copied(ctx, j, s, &l, dst, r)
	}
	size := l.size()
	beside, err := v.beside(size)
	if err != nil {
		return inFile(s, err)
	}
	key := s.Hash
	load := func() (*picture, error) {
		p, err := decode(ctx, s)
		if err == nil && p.pixels.Rect.Size() != size {
			err = errChanged
		}
		return p, err
	}
	if l.film {
		key = fmt.Sprintf("%s at %v", s.Hash, v.at)
		load = func() (*picture, error) { return m.frame(ctx, s, v.at) }
	}
	return m.with(ctx, s, key, weightOf(size), l.decoding, beside, load,
		func(p *picture, done func()) error { return m.write(ctx, v, j, s, p, done, dst, r) })
}

var (
	errFilm   = errors.New("it is a video: say with at which picture of it to take")
	errNoFilm = errors.New("at is set, and it is no video")
)

// write does with the pixels what the settings say. It calls released where it
// needs those of the source no longer.
func (m *Maker) write(ctx context.Context, v *variant, j *Job, s *Source, p *picture, released func(), dst io.Writer, r *Result) error {
	done, err := v.apply(ctx, p.pixels, m.memory.tidy)
	if err != nil {
		return inFile(s, err)
	}
	if s.Record.Address == "" && p.flaw != "" {
		r.Warnings = append(r.Warnings, fmt.Sprintf("%s: %s", s.Path, p.flaw))
	}
	found := []marks.Marks{p.marks}
	if !raster.Shares(done, p.pixels) {
		released()
	}
	r.Width, r.Height = done.Rect.Dx(), done.Rect.Dy()
	if n := v.icon(); n > 0 {
		r.Width, r.Height = n, n
	}
	return j.marked([]*Source{s}, found, v.encoding, dst, r, func(w io.Writer) error {
		return raster.Encode(w, done, v.encoding)
	})
}

// apply takes the steps from a picture to what is encoded, in their order.
func (v *variant) apply(ctx context.Context, m *image.NRGBA, tidy func(bytes int64)) (*image.NRGBA, error) {
	for _, step := range []func(*image.NRGBA) (*image.NRGBA, error){
		v.Cropped,
		func(m *image.NRGBA) (*image.NRGBA, error) {
			if v.cutout == nil {
				return m, nil
			}
			return cutout.Cut(m, *v.cutout)
		},
		func(m *image.NRGBA) (*image.NRGBA, error) {
			m, _, err := v.Trimmed(m)
			return m, err
		},
		v.Resized,
		v.Padded,
		func(m *image.NRGBA) (*image.NRGBA, error) {
			if v.encoding.Format == raster.ICO {
				return m, nil // the encoder scales it yet
			}
			return v.Reduced(m), nil
		},
	} {
		before, err := m, error(nil)
		if m, err = step(before); err != nil {
			return nil, err
		}
		if !raster.Shares(m, before) {
			tidy(int64(len(before.Pix)))
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	return m, nil
}

// icon is the side of the largest picture of an ICO, 0 for other formats.
func (v *variant) icon() int {
	if v.encoding.Format != raster.ICO {
		return 0
	}
	most := 48
	if len(v.encoding.Sizes) > 0 {
		most = 0
	}
	for _, n := range v.encoding.Sizes {
		most = max(most, n)
	}
	return most
}

// beside is how many bytes are needed beside a source of that size: whatever
// the steps allocate, since it is garbage at best until the end.
func (v *variant) beside(source image.Point) (int64, error) {
	result, known, err := v.size(source)
	if err != nil {
		return 0, err
	}
	part := source
	switch {
	case v.Crop != (raster.Area{}):
		part = image.Pt(v.Crop.W, v.Crop.H)
	case v.Grid != (image.Point{}):
		part = image.Pt(source.X/v.Grid.X, source.Y/v.Grid.Y)
	}
	pixels := int64(result.X) * int64(result.Y)
	if !known {
		around := part.Add(image.Pt(2*v.Padding, 2*v.Padding))
		if pixels = int64(around.X) * int64(around.Y); v.Enlarge {
			pixels = raster.MaxPixels
		}
	}
	need := int64(0)
	if v.cutout != nil {
		need += 8 * int64(part.X) * int64(part.Y)
	}
	need += 5 * pixels // scaled
	if v.Padding > 0 || v.Fit == raster.Contain {
		need += 4 * pixels
	}
	if v.Background != nil {
		need += 4 * pixels
	}
	if v.Colors > 0 || v.Palette != nil {
		need += 16 * pixels
	}
	return need + encodingNeeds(v.encoding, pixels), nil
}

// encodingNeeds is how many bytes are allocated to encode so many pixels of an
// ordinary picture, as measured.
func encodingNeeds(e raster.Encoding, pixels int64) int64 {
	const base = 4 << 20
	switch {
	case e.Format == raster.WebP && e.Lossless:
		return base + min(64*pixels, 48<<20) + 14*pixels
	case e.Format == raster.WebP:
		return base + 24*pixels
	case e.Format == raster.GIF:
		return base + 16*pixels
	}
	return base + 8*pixels
}

// size is that of the result's pixels, before an ICO makes its own of them. The
// source's is zero where it is not known.
func (v *variant) size(source image.Point) (image.Point, bool, error) {
	size, known, err := v.Unseen()
	if source != (image.Point{}) {
		size, known, err = v.Size(source)
	}
	if err == nil && known {
		err = v.encoding.CheckSize(size)
	}
	return size, known, err
}
