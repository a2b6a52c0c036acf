package raster

import (
	"fmt"
	"image"
	"math"
)

// Size returns the size of the result from that of the source, in pixels. known
// is false where it depends on what trimming leaves; what fails then whatever
// trimming leaves is still an error.
func (s *Settings) Size(source image.Point) (result image.Point, known bool, err error) {
	if err := s.Check(); err != nil {
		return result, false, err
	}
	part, err := s.part(source)
	if err != nil {
		return result, false, err
	}
	l, err := s.layout(part.Size())
	if err != nil && (!s.Trim || s.tooSmall(part.Size())) {
		return result, false, err
	}
	// Trimmed pictures have a size that is given whole, but for Inside.
	if s.Trim && (!s.both() || s.Fit == Inside) {
		return result, false, nil
	}
	return s.around(l.canvas), true, err
}

// Unseen is Size where that of the source is not known: it is then what the
// settings alone say.
func (s *Settings) Unseen() (result image.Point, known bool, err error) {
	if c := s.Crop; c != (Area{}) {
		return s.Size(image.Pt(c.X+c.W, c.Y+c.H)) // what lies around it does not count
	}
	if err := s.Check(); err != nil || !s.both() || s.Fit == Inside {
		return result, false, err
	}
	result = s.around(s.box())
	return result, true, checkSize(result)
}

// ShowsAll reports whether the result of a picture of that size is all of it, in
// its shape and without anything around.
func (s *Settings) ShowsAll(source image.Point) bool {
	if source.X < 1 || source.Y < 1 {
		return false
	}
	inside := *s
	inside.Fit = Inside
	is, err := s.layout(source)
	if err != nil {
		return false
	}
	all, err := inside.layout(source)
	return err == nil && is.canvas == all.canvas
}

// part is what crop, or grid and cell, leave of a picture.
func (s *Settings) part(source image.Point) (image.Rectangle, error) {
	whole := image.Rectangle{Max: source}
	if whole.Empty() {
		return whole, fmt.Errorf("the picture has %s pixels", sized(source))
	}
	if source.X > maxSource || source.Y > maxSource {
		return whole, fmt.Errorf("the picture has %s, expected at most %d pixels a side", sized(source), maxSource)
	}
	if c := s.Crop; c != (Area{}) {
		if c.W > source.X-c.X || c.H > source.Y-c.Y {
			return whole, fmt.Errorf("crop %s reaches beyond the picture, which has %s", c, sized(source))
		}
		return image.Rect(c.X, c.Y, c.X+c.W, c.Y+c.H), nil
	}
	if s.Grid == (image.Point{}) {
		return whole, nil
	}
	if source.X%s.Grid.X != 0 {
		return whole, fmt.Errorf("the width of %s does not divide evenly into %d columns", sized(source), s.Grid.X)
	}
	if source.Y%s.Grid.Y != 0 {
		return whole, fmt.Errorf("the height of %s does not divide evenly into %d rows", sized(source), s.Grid.Y)
	}
	w, h := source.X/s.Grid.X, source.Y/s.Grid.Y
	return image.Rect(0, 0, w, h).Add(image.Pt(s.Cell.X*w, s.Cell.Y*h)), nil
}

// A layout is how a picture is scaled, and where it then stands.
type layout struct {
	// scaled is the size that the window, a part of the picture with fractions
	// of pixels, comes to.
	scaled        image.Point
	across, down  window
	canvas, place image.Point // without padding; the picture's corner on it
}

// window is a stretch of one side of a picture, in pixels.
type window struct{ from, length float64 }

// layout decides for a picture of that size.
func (s *Settings) layout(src image.Point) (layout, error) {
	l := layout{scaled: src, across: window{0, float64(src.X)}, down: window{0, float64(src.Y)}}
	box := s.box()
	switch {
	case s.both() && (s.Fit == Contain || s.Fit == Inside):
		l.scaled = within(src, box)
	case s.both():
		if s.tooSmall(src) {
			return l, s.tooSmallError(src)
		}
		l.scaled = box
		if s.Fit != Fill {
			s.cover(&l, src)
		}
	case s.Width > 0:
		l.scaled = image.Pt(s.Width, share(src.Y, s.Width, src.X))
	case s.Height > 0:
		l.scaled = image.Pt(share(src.X, s.Height, src.Y), s.Height)
	}
	if !s.Enlarge && (l.scaled.X > src.X || l.scaled.Y > src.Y) {
		l.scaled = src
	}
	l.canvas = l.scaled
	if s.both() && s.Fit == Contain {
		l.canvas = box
		f := s.focus()
		slack := box.Sub(l.scaled)
		l.place = image.Pt(int(math.Round(float64(slack.X)*f.X)), int(math.Round(float64(slack.Y)*f.Y)))
	}
	return l, checkSize(s.around(l.canvas))
}

// cover narrows the window to the shape of what it is scaled to.
func (s *Settings) cover(l *layout, src image.Point) {
	f := s.focus()
	across, down := int64(src.X)*int64(l.scaled.Y), int64(src.Y)*int64(l.scaled.X)
	switch {
	case across > down: // too wide
		l.across.length = float64(down) / float64(l.scaled.Y)
		l.across.from = (float64(src.X) - l.across.length) * f.X
		if l.scaled.Y == src.Y { // it is not scaled: pixels stay whole
			l.across.from = math.Round(l.across.from)
		}
	case down > across:
		l.down.length = float64(across) / float64(l.scaled.X)
		l.down.from = (float64(src.Y) - l.down.length) * f.Y
		if l.scaled.X == src.X {
			l.down.from = math.Round(l.down.from)
		}
	}
}

// tooSmall reports whether a picture would have to be enlarged that must not be.
func (s *Settings) tooSmall(src image.Point) bool {
	box := s.box()
	return s.both() && s.Fit != Contain && s.Fit != Inside && !s.Enlarge && (src.X < box.X || src.Y < box.Y)
}

func (s *Settings) tooSmallError(src image.Point) error {
	fit, inside := s.Fit, ""
	if fit == "" {
		fit = Cover
	}
	if s.Padding > 0 {
		inside = fmt.Sprintf(" inside its padding of %d", s.Padding)
	}
	return fmt.Errorf("the picture has %s, too small to %s %s%s: set enlarge = true, or fit = \"contain\" or \"inside\"", sized(src), fit, sized(s.box()), inside)
}

// around is the size with padding around.
func (s *Settings) around(p image.Point) image.Point {
	return p.Add(image.Pt(2*s.Padding, 2*s.Padding))
}

// within is the largest size of that shape inside of a box.
func within(src, box image.Point) image.Point {
	if int64(box.X)*int64(src.Y) <= int64(box.Y)*int64(src.X) {
		return image.Pt(box.X, share(src.Y, box.X, src.X))
	}
	return image.Pt(share(src.X, box.Y, src.Y), box.Y)
}

// share is a*b/c, rounded, and at least 1.
func share(a, b, c int) int {
	return int(max((int64(a)*int64(b)+int64(c)/2)/int64(c), 1))
}

func checkSize(p image.Point) error {
	if p.X > MaxSide || p.Y > MaxSide {
		return fmt.Errorf("the result would have %s, expected at most %d pixels a side", sized(p), MaxSide)
	}
	if int64(p.X)*int64(p.Y) > MaxPixels {
		return fmt.Errorf("the result would have %s, expected at most %d megapixels", sized(p), MaxPixels/1_000_000)
	}
	return nil
}
