package raster

import (
	"image"
	"image/color"
)

// Resized scales a picture as width, height and fit say, and lays what Contain
// leaves free around it. It returns m where nothing changes.
func (s *Settings) Resized(m *image.NRGBA) (*image.NRGBA, error) {
	l, err := s.layout(m.Rect.Size())
	if err != nil {
		return nil, err
	}
	out := m
	switch {
	case l.whole() && l.scaled == m.Rect.Size():
	case l.across.length == float64(l.scaled.X) && l.down.length == float64(l.scaled.Y):
		at := image.Pt(int(l.across.from), int(l.down.from)) // whole pixels
		out = Part(m, image.Rectangle{Min: at, Max: at.Add(l.scaled)})
	case s.Kernel == Nearest:
		out = nearest(m, l)
	default:
		out = scale(m, l)
	}
	return onCanvas(out, l.canvas, l.place), nil
}

// whole reports whether nothing is cut off.
func (l *layout) whole() bool { return l.across.from == 0 && l.down.from == 0 }

// Padded lays the padding around a picture and the background behind it. It
// returns m where there is neither.
func (s *Settings) Padded(m *image.NRGBA) (*image.NRGBA, error) {
	size := s.around(m.Rect.Size())
	if err := checkSize(size); err != nil {
		return nil, err
	}
	out := onCanvas(m, size, image.Pt(s.Padding, s.Padding))
	if s.Background == nil || s.Background.A == 0 || opaque(out) {
		return out, nil
	}
	return flattened(out, *s.Background), nil
}

// onCanvas is a picture on a transparent ground of that size.
func onCanvas(m *image.NRGBA, size, at image.Point) *image.NRGBA {
	if m.Rect.Size() == size {
		return m
	}
	out := image.NewNRGBA(image.Rectangle{Max: size})
	for y := range m.Rect.Dy() {
		copy(out.Pix[out.PixOffset(at.X, at.Y+y):], row(m, y))
	}
	return out
}

// flattened returns a picture laid on a ground, as programs that show it would do
// it: in the values of sRGB.
func flattened(m *image.NRGBA, ground color.NRGBA) *image.NRGBA {
	out := image.NewNRGBA(m.Rect)
	behind := [3]uint32{uint32(ground.R), uint32(ground.G), uint32(ground.B)}
	for y := range m.Rect.Dy() {
		from, to := row(m, y), row(out, y)
		for ; len(from) >= 4; from, to = from[4:], to[4:] {
			a := uint32(from[3])
			rest := (255 - a) * uint32(ground.A) // of 255*255
			all := a*255 + rest
			if all == 0 {
				continue
			}
			for c := range 3 {
				to[c] = uint8((uint32(from[c])*a*255 + behind[c]*rest + all/2) / all)
			}
			to[3] = uint8((all + 127) / 255)
		}
	}
	return out
}
