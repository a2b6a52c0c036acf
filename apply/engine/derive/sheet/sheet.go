package sheet

import (
	"image"

	"assetform/apply/engine/derive/raster"
)

// Sprite is a picture with the name of its frame. Its bounds begin at 0,0.
type Sprite struct {
	Name  string
	Image *image.NRGBA
	// Source is the size of the picture that it was trimmed from, at Offset;
	// zero for one that is whole.
	Offset, Source image.Point
}

// Trimmed makes a sprite of a picture, without the edges that are wholly
// transparent if the settings want that. It then has pixels of its own, so that
// the picture can go: no more is held of many of them than what the sheet will
// show. Of one that is all transparent a pixel is left.
func (s *Settings) Trimmed(name string, m *image.NRGBA) Sprite {
	size := m.Rect.Size()
	if !s.Trim || m.Rect.Empty() {
		return Sprite{Name: name, Image: m}
	}
	r := raster.Visible(m, 0)
	if r.Empty() {
		r = image.Rect(0, 0, 1, 1)
	}
	if r.Size() == size {
		return Sprite{Name: name, Image: m}
	}
	own := image.NewNRGBA(image.Rectangle{Max: r.Size()})
	draw(own, raster.Part(m, r), image.Point{}, 0)
	return Sprite{Name: name, Image: own, Offset: r.Min, Source: size}
}

// Frame is where a sprite stands, in pixels.
type Frame struct {
	Name       string
	X, Y, W, H int
	// Trimmed is that the sprite lost transparent edges: it stood at an offset
	// in a picture that was larger.
	Trimmed          bool
	OffsetX, OffsetY int
	SourceW, SourceH int
}

// Numbers are x, y, width and height, and of a trimmed sprite its offset and
// the width and height of its source.
func (f Frame) Numbers() []int {
	n := []int{f.X, f.Y, f.W, f.H}
	if f.Trimmed {
		n = append(n, f.OffsetX, f.OffsetY, f.SourceW, f.SourceH)
	}
	return n
}

// Make draws a sheet and returns the frames in the order of the sprites. It
// leaves sprites as they are: trimming is done by Trimmed.
func Make(sprites []Sprite, s Settings) (*image.NRGBA, []Frame, error) {
	boxes := make([]Box, len(sprites))
	for i, p := range sprites {
		boxes[i] = Box{p.Name, p.Image.Rect.Size()}
	}
	a, err := Arrange(boxes, s)
	if err != nil {
		return nil, nil, err
	}
	out := image.NewNRGBA(image.Rectangle{Max: a.Size})
	frames := make([]Frame, len(sprites))
	for i, p := range sprites {
		at, size := a.Places[i], boxes[i].Size
		frames[i] = Frame{Name: p.Name, X: at.X, Y: at.Y, W: size.X, H: size.Y, SourceW: size.X, SourceH: size.Y}
		if p.Source != (image.Point{}) {
			frames[i].Trimmed = true
			frames[i].OffsetX, frames[i].OffsetY = p.Offset.X, p.Offset.Y
			frames[i].SourceW, frames[i].SourceH = p.Source.X, p.Source.Y
		}
		draw(out, p.Image, at, s.Extrude)
	}
	return out, frames, nil
}

// draw copies a sprite and lets its edge go on around it, so that what is
// filtered across the edge finds the sprite's own colour there.
func draw(out, m *image.NRGBA, at image.Point, extrude int) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	for y := -extrude; y < h+extrude; y++ {
		from := m.Pix[min(max(y, 0), h-1)*m.Stride:][:4*w]
		to := out.Pix[out.PixOffset(at.X-extrude, at.Y+y):][:4*(w+2*extrude)]
		copy(to[4*extrude:], from)
		for x := range extrude {
			copy(to[4*x:][:4], from[:4])
			copy(to[4*(extrude+w+x):][:4], from[4*(w-1):])
		}
	}
}
