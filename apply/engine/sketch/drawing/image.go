package drawing

import (
	"image"
)

// Image draws the picture of an image method. It is opaque, its origin is
// (0, 0), and its size is that of size.
func Image(r Request) *image.RGBA {
	w, h := r.size()
	s := r.scene(w, h)
	s.air()
	s.finish()
	if r.Method == MethodRecipe && r.Style != nil {
		recolour(s.k, uncaptioned(shrinkInput(r.Style)))
	}
	if !r.NoCaption && !s.b.bare { // a strip of text is no plain ground
		caption(s.k, r.Prompt)
	}
	return s.k.RGBA
}

// scene paints backdrop and cast, before weather and style.
func (r Request) scene(w, h int) *scene {
	s := newScene(r.brief(), w, h, r.borrowedColours())
	if r.Method == MethodRecipe {
		if r.Scene != nil {
			s.k = fit(uncaptioned(shrinkInput(r.Scene)), w, h)
		} else {
			s.backdrop()
		}
		s.place(r.subject(s))
		return s
	}
	s.backdrop()
	s.place(r.company(s))
	return s
}

func (r Request) brief() brief {
	b := readPrompt(r.Prompt, r.detail(), r.promptSeed(), r.seed())
	if r.Method == MethodRecipe && r.Scene != nil {
		b.bare = false
	}
	if r.pastes() {
		b.icon = false
		if b.place == nowhere {
			b.place = hills
		}
	}
	return b
}

// pastes reports whether input images stand in the picture.
func (r Request) pastes() bool { return len(r.References) > 0 || r.Subject != nil }

// company is who stands in the picture: the cut-outs of the references play
// the first of the prompt's cast, sprites the rest. Where there is a cast, a
// broad cut-out is taken for scenery, which lends its colours alone.
func (r Request) company(s *scene) []player {
	var cuts []*image.RGBA
	for _, m := range r.References {
		cut := cutOut(m)
		if cut == nil || len(s.b.cast) > 0 && cut.Rect.Dx()*10 > cut.Rect.Dy()*11 {
			continue
		}
		cuts = append(cuts, cut)
	}
	if len(cuts) == 0 {
		return s.cast()
	}
	rest := s.b.cast[min(len(cuts), len(s.b.cast)):]
	n := len(cuts) + len(rest)
	var out []player
	for i, cut := range cuts {
		out = append(out, s.stand(cut, i, n))
	}
	return append(out, s.troupe(rest, len(cuts), n)...)
}

// subject is the one player of a recipe: what the subject's image shows.
func (r Request) subject(s *scene) []player {
	if r.Subject == nil {
		return nil
	}
	cut := cutOut(r.Subject)
	if cut == nil {
		cut = oval(uncaptioned(shrinkInput(r.Subject)))
	}
	return []player{s.stand(cut, 0, 1)}
}

// stand sets a cut-out on the scene as number i of n.
func (s *scene) stand(cut *image.RGBA, i, n int) player {
	cut = contain(cut, s.frameW*max(88-16*n, 20)/100, min(s.stature(i, n), s.k.h*78/100))
	edge := max(s.unit/2, 2)
	cut = outlined(padded(cut, edge+1), mix(s.p.dark, hex(0x101014), 120), max(edge/3, 1))
	at := s.frameW * (2*i + 1) / (2 * n)
	foot := s.footing(i)
	return player{m: cut, x: at - cut.Rect.Dx()/2, y: foot - cut.Rect.Dy() + edge, foot: foot}
}

// padded adds a clear margin.
func padded(m *image.RGBA, n int) *image.RGBA {
	k := newCanvas(m.Rect.Dx()+2*n, m.Rect.Dy()+2*n)
	k.over(m, n, n, 255)
	return k.RGBA
}

// borrowedColours are those that references lend to a picture.
func (r Request) borrowedColours() []rgb {
	var out []rgb
	for _, m := range r.References {
		out = append(out, coloursOf(shrinkInput(m), max(4/len(r.References), 1))...)
	}
	if r.Style != nil {
		out = append(out, coloursOf(shrinkInput(r.Style), 4)...)
	}
	return out
}

// recolour moves a picture into the colours of a style: each channel takes
// most of the way to the style's mean and spread.
func recolour(k *canvas, style *image.RGBA) {
	from, to := spreadOf(resize(k.RGBA, 64, 64)), spreadOf(resize(style, 64, 64))
	for i := 0; i < len(k.Pix); i += 4 {
		p := k.Pix[i:][:3:3]
		for c := range p {
			ratio := min(max(to[c].dev*256/max(from[c].dev, 1), 150), 340)
			v := to[c].mean + (int(p[c])-from[c].mean)*ratio>>8
			p[c] = uint8((int(p[c])*66 + min(max(v, 0), 255)*190) >> 8)
		}
	}
}

// spread is the mean of a channel and the mean distance from it.
type spread struct{ mean, dev int }

func spreadOf(m *image.RGBA) (out [3]spread) {
	n := len(m.Pix) / 4
	for c := range out {
		for i := c; i < len(m.Pix); i += 4 {
			out[c].mean += int(m.Pix[i])
		}
		out[c].mean /= n
		for i := c; i < len(m.Pix); i += 4 {
			out[c].dev += abs(int(m.Pix[i]) - out[c].mean)
		}
		out[c].dev /= n
	}
	return out
}
