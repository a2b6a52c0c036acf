package derive

import (
	"context"
	"fmt"
	"image"
	"io"

	"assetform/apply/engine/derive/raster"
	"assetform/apply/engine/derive/sheet"
	"assetform/apply/media/marks"
)

// atlas makes one. Its sprites are decoded one after the other; what is held of
// them is no more than what a sheet can show.
func (m *Maker) atlas(ctx context.Context, j *Job, dst io.Writer, r *Result) error {
	s, e, err := atlasOf(j)
	if err != nil {
		return err
	}
	sources := j.of(inputSprites)
	boxes := make([]sheet.Box, len(sources))
	decoding := int64(0) // of one after the other
	for i, src := range sources {
		l, err := m.lookAt(ctx, src)
		if err == nil && l.film {
			err = fmt.Errorf("it is a video, and a sprite is a picture")
		}
		if err != nil {
			return inFile(src, err)
		}
		boxes[i] = sheet.Box{Name: src.Name, Size: l.size()}
		decoding = max(decoding, l.decoding)
	}
	c := &claim{beside: atlasNeeds(s, e, decoding, boxes)}
	if err := m.memory.take(ctx, c); err != nil {
		return err
	}
	defer m.memory.give(c)
	sprites, found, err := spritesOf(ctx, s, sources, boxes)
	if err != nil {
		return err
	}
	sheetOf, frames, err := sheet.Make(sprites, *s)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	r.Width, r.Height = sheetOf.Rect.Dx(), sheetOf.Rect.Dy()
	r.Frames = make(map[string][]int, len(frames))
	for _, f := range frames {
		r.Frames[f.Name] = f.Numbers()
	}
	return j.marked(sources, found, e, dst, r, func(w io.Writer) error { return raster.Encode(w, sheetOf, e) })
}

// maxArea is how many pixels a sheet can have.
func maxArea(s *sheet.Settings) int64 {
	side := int64(s.MaxSize)
	return min(side*side, raster.MaxPixels)
}

// atlasNeeds is how many bytes an atlas takes: its sprites while they are decoded
// and while they are drawn, then the sheet.
func atlasNeeds(s *sheet.Settings, e raster.Encoding, decoding int64, boxes []sheet.Box) int64 {
	var all int64
	for _, b := range boxes {
		all += weightOf(b.Size)
	}
	area := maxArea(s)
	if !s.Trim { // a packed sheet is seldom twice as large as its sprites
		gap := int64(2*s.Extrude + s.Padding)
		sum := int64(0)
		for _, b := range boxes {
			sum += (int64(b.Size.X) + gap) * (int64(b.Size.Y) + gap)
		}
		if !s.Grid && !s.PowerOfTwo {
			area = min(area, 2*sum+4096)
		}
	}
	sprites := min(all, 4*maxArea(s))
	return max(sprites+decoding, sprites+4*area, 4*area+encodingNeeds(e, area))
}

// spritesOf decodes and trims the sprites. Where they cannot fit any more, the
// pixels of those that follow are not kept: what fits then says the sizes.
func spritesOf(ctx context.Context, s *sheet.Settings, sources []*Source, boxes []sheet.Box) ([]sheet.Sprite, []marks.Marks, error) {
	sprites := make([]sheet.Sprite, len(sources))
	found := make([]marks.Marks, len(sources))
	left := 4 * maxArea(s)
	for i, src := range sources {
		p, err := decode(ctx, src)
		if err == nil && p.pixels.Rect.Size() != boxes[i].Size {
			err = errChanged
		}
		if err != nil {
			return nil, nil, inFile(src, err)
		}
		sprite := s.Trimmed(src.Name, p.pixels)
		size := sprite.Image.Rect.Size()
		if left -= weightOf(size); left < 0 {
			sprite.Image = &image.NRGBA{Rect: sprite.Image.Rect}
		}
		sprites[i], found[i] = sprite, p.marks
		if len(sources) > 1 {
			found[i].XMP = nil // none of many is carried over
		}
	}
	return sprites, found, nil
}
