package raster

import (
	"errors"
	"fmt"
	"image"
	"image/color"
)

// Cropped returns what crop, or grid and cell, leave. It shares the pixels of m.
func (s *Settings) Cropped(m *image.NRGBA) (*image.NRGBA, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	r, err := s.part(m.Rect.Size())
	if err != nil {
		return nil, err
	}
	return Part(m, r), nil
}

// Frame is what trimming left, within what there was.
type Frame struct {
	Offset image.Point // of the left upper corner
	Source image.Point // size of the whole
}

// near is 2% of a channel.
const near = 5

// Trimmed cuts the border off that is transparent, or else that is of one colour,
// both within 2%. It shares the pixels of m. That nothing is left is an error.
// Without trim in the settings it returns m.
func (s *Settings) Trimmed(m *image.NRGBA) (*image.NRGBA, Frame, error) {
	whole := image.Rectangle{Max: m.Rect.Size()}
	if !s.Trim || whole.Empty() {
		return m, Frame{Source: whole.Max}, nil
	}
	r := Visible(m, near)
	if r.Empty() {
		return nil, Frame{}, errors.New("trim leaves nothing: the picture is wholly transparent")
	}
	if r == whole {
		ground := groundOf(m)
		r = bounds(m, func(p []uint8) bool { return !alike(p, ground) })
		if r.Empty() {
			return nil, Frame{}, fmt.Errorf("trim leaves nothing: the picture is all of one colour, %s", named(colorOf(ground)))
		}
	}
	return Part(m, r), Frame{Offset: r.Min, Source: whole.Max}, nil
}

// Visible returns the least rectangle outside of which alpha is at most so much.
func Visible(m *image.NRGBA, alpha uint8) image.Rectangle {
	return bounds(m, func(p []uint8) bool { return p[3] > alpha })
}

// bounds returns the least rectangle that holds all pixels that count.
func bounds(m *image.NRGBA, counts func([]uint8) bool) (r image.Rectangle) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	left, right := w, 0
	for y := range h {
		line := row(m, y)
		first := 0
		for first < w && !counts(line[4*first:][:4]) {
			first++
		}
		if first == w {
			continue
		}
		last := w - 1
		for last >= right && !counts(line[4*last:][:4]) {
			last--
		}
		left, right = min(left, first), max(right, last+1)
		if r.Max.Y == 0 {
			r.Min.Y = y
		}
		r.Max.Y = y + 1
	}
	if r.Max.Y > 0 {
		r.Min.X, r.Max.X = left, right
	}
	return r
}

// groundOf is the pixel in a corner that most corners are like.
func groundOf(m *image.NRGBA) (ground []uint8) {
	top, bottom := row(m, 0), row(m, m.Rect.Dy()-1)
	end := len(top) - 4
	all := [4][]uint8{top[:4], top[end:], bottom[:4], bottom[end:]}
	most := 0
	for _, a := range all {
		n := 0
		for _, b := range all {
			if alike(a, b) {
				n++
			}
		}
		if n > most {
			ground, most = a, n
		}
	}
	return ground
}

// alike tells whether two pixels differ by no more than 2% in any channel.
func alike(a, b []uint8) bool {
	for i := range 4 {
		if d := int(a[i]) - int(b[i]); d > near || d < -near {
			return false
		}
	}
	return true
}

func colorOf(p []uint8) color.NRGBA { return color.NRGBA{R: p[0], G: p[1], B: p[2], A: p[3]} }
