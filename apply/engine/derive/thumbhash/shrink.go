package thumbhash

import "image"

// most is how long a side may be for the transform; more would tell nothing
// else.
const most = 100

// shrink returns the picture as R, G, B, A, not multiplied by alpha, in a size
// of most by most at most. Each pixel is the mean of those that fall on it,
// colours by their alpha.
func shrink(m image.Image) (w, h int, pix []byte) {
	r := m.Bounds()
	if r.Empty() {
		return 0, 0, nil
	}
	w, h = r.Dx(), r.Dy()
	if longer := max(w, h); longer > most {
		w, h = max((w*most+longer/2)/longer, 1), max((h*most+longer/2)/longer, 1)
	}
	pix = make([]byte, 0, 4*w*h)
	sums := make([]sum, w)
	read := reader(m)
	for y := range h {
		clear(sums)
		for sy := y * r.Dy() / h; sy < (y+1)*r.Dy()/h; sy++ {
			for x := range sums {
				read(r.Min.X+x*r.Dx()/w, r.Min.X+(x+1)*r.Dx()/w, r.Min.Y+sy, &sums[x])
			}
		}
		for _, s := range sums {
			pix = append(pix, s.mean()...)
		}
	}
	return w, h, pix
}

// A sum is one of pixels: colours times alpha, alpha, and what alpha is of
// opaque ones.
type sum struct {
	r, g, b, a, full uint64
}

func (s *sum) mean() []byte {
	if s.a == 0 {
		return []byte{0, 0, 0, 0}
	}
	colour := func(v uint64) byte { return byte(min((v*255+s.a/2)/s.a, 255)) }
	return []byte{colour(s.r), colour(s.g), colour(s.b), byte((s.a*255 + s.full/2) / s.full)}
}

// reader returns what adds the pixels of a part of a row to a sum.
func reader(m image.Image) func(x0, x1, y int, s *sum) {
	switch m := m.(type) {
	case *image.NRGBA:
		return func(x0, x1, y int, s *sum) {
			for p := m.Pix[m.PixOffset(x0, y):][:4*(x1-x0)]; len(p) >= 4; p = p[4:] {
				a := uint64(p[3])
				s.r += uint64(p[0]) * a
				s.g += uint64(p[1]) * a
				s.b += uint64(p[2]) * a
				s.a += a * 255
				s.full += 255 * 255
			}
		}
	case image.RGBA64Image:
		return func(x0, x1, y int, s *sum) {
			for x := x0; x < x1; x++ {
				c := m.RGBA64At(x, y)
				s.add(uint32(c.R), uint32(c.G), uint32(c.B), uint32(c.A))
			}
		}
	}
	return func(x0, x1, y int, s *sum) {
		for x := x0; x < x1; x++ {
			s.add(m.At(x, y).RGBA())
		}
	}
}

func (s *sum) add(r, g, b, a uint32) {
	s.r += uint64(r)
	s.g += uint64(g)
	s.b += uint64(b)
	s.a += uint64(a)
	s.full += 0xffff
}
