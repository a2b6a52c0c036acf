package derive

import (
	"context"
	"image"
	"io"

	"assetform/apply/engine/derive/raster"
	"assetform/apply/media"
	"assetform/apply/media/marks"
	pictures "assetform/config/picture"
)

// maxSource bounds a picture's file, in bytes.
const maxSource = 256 << 20

// picture is a decoded source. Nobody changes it.
type picture struct {
	pixels *image.NRGBA
	marks  marks.Marks
	flaw   string
}

// look is what a source's head tells. It only says how much memory is needed:
// what is decoded is looked at again.
type look struct {
	media.Info
	film     bool
	straight bool  // a picture's pixels are stored as they are displayed
	decoding int64 // bytes of memory that are taken to decode it
}

func (l *look) size() image.Point { return image.Pt(l.Width, l.Height) }

// lookAt finds out what a source is, without its hash or its pixels.
func (m *Maker) lookAt(ctx context.Context, s *Source) (look, error) {
	m.mu.Lock()
	l, ok := m.looks[s.Hash]
	m.mu.Unlock()
	if ok {
		return l, nil
	}
	c, err := s.Open()
	if err != nil {
		return l, err
	}
	defer c.Close()
	r := reader{ctx, c}
	switch l.Type = media.TypeOf(io.NewSectionReader(r, 0, s.Size)); {
	case media.IsVideo(l.Type):
		l.film = true
		l.Info, err = media.Probe(r, s.Size)
		l.decoding = 2 * weightOf(l.size())
	default:
		var f *pictures.File
		if f, err = openPicture(r, s.Size); err == nil {
			l.Info = media.Info{Type: f.Type, Width: f.Width, Height: f.Height}
			l.straight = f.IsStraight()
			l.decoding = max(f.Memory(), 8*int64(f.Width)*int64(f.Height))
		}
	}
	if err != nil {
		return l, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.looks) >= maxLooks {
		clear(m.looks)
	}
	m.looks[s.Hash] = l
	return l, nil
}

const maxLooks = 1 << 16

// openPicture opens a still picture.
func openPicture(r io.ReaderAt, size int64) (*pictures.File, error) {
	f, err := pictures.Open(r, size)
	if err == nil && f.Animated {
		err = pictures.ErrAnimated
	}
	if err != nil {
		return nil, err
	}
	return f, nil
}

// decode reads a source whole, holds it against its hash and decodes it.
func decode(ctx context.Context, s *Source) (*picture, error) {
	content, err := whole(ctx, s)
	if err != nil {
		return nil, err
	}
	defer content.Close()
	r := reader{ctx, content}
	f, err := openPicture(r, s.Size)
	if err != nil {
		return nil, err
	}
	p := &picture{flaw: f.Flaw}
	if p.marks, err = marks.Read(r, s.Size); err != nil {
		return nil, err
	}
	// Package picture counts what decoding takes; the pixels are claimed by us.
	err = f.Use(func(m image.Image) error {
		p.pixels = raster.Straight(m)
		return nil
	})
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// weightOf is how many bytes decoded pixels take.
func weightOf(size image.Point) int64 { return 4 * int64(size.X) * int64(size.Y) }
