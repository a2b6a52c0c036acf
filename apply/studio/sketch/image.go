package sketch

import (
	"image"
	"maps"
	"slices"
)

// Image draws the picture of an image method. It is opaque, its origin is
// (0, 0), and its size is that of Size.
func Image(r Request) *image.RGBA {
	w, h := r.size()
	s := r.scene(w, h)
	s.air()
	s.finish()
	if r.Method == MethodRecipe && r.Style != nil {
		recolour(s.k, coloursOf(shrinkInput(r.Style), 6))
	}
	if !r.NoCaption {
		caption(s.k, r.Prompt)
	}
	return s.k.RGBA
}

// scene paints backdrop and cast, before weather and style.
func (r Request) scene(w, h int) *scene {
	s := newScene(r.brief(), w, h, r.borrowedColours())
	if r.Method == MethodRecipe && r.Scene != nil {
		s.k = fit(r.Scene, w, h)
	} else {
		s.backdrop()
	}
	s.place(r.players(s))
	return s
}

func (r Request) brief() brief {
	b := readPrompt(r.Prompt, r.detail(), r.promptSeed(), r.seed())
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

// players are the cut-outs of the input images, or the sprites of the prompt.
func (r Request) players(s *scene) []player {
	pictures := r.References
	if r.Method == MethodRecipe && r.Subject != nil {
		pictures = []image.Image{r.Subject}
	}
	if len(pictures) == 0 {
		if r.Method == MethodRecipe {
			return nil
		}
		return s.cast()
	}
	d := s.d.fork(210)
	var out []player
	n := len(pictures)
	for i, m := range pictures {
		cut := cutOut(m)
		tall := s.k.h * max(74-9*n, 34) / 100 * d.in(92, 106) / 100
		cut = contain(cut, s.frameW*max(80-14*n, 24)/100, tall)
		edge := max(s.unit*3/4, 2)
		cut = outlined(padded(cut, edge+1), mix(s.p.dark, hex(0x101014), 120), max(edge/3, 1))
		at := s.frameW * (2*i + 1) / (2 * n)
		foot := s.k.h*92/100 - (i%2)*s.unit*4
		out = append(out, player{m: cut, x: at - cut.Rect.Dx()/2, y: foot - cut.Rect.Dy(), foot: foot})
	}
	return out
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

// recolour moves a picture into a palette: each pixel goes most of the way to
// the palette's colour of its brightness.
func recolour(k *canvas, colours []rgb) {
	if len(colours) == 0 {
		return
	}
	slices.SortFunc(colours, func(a, b rgb) int { return a.luma() - b.luma() })
	ramp := make([]rgb, 256)
	stops := append([]rgb{colours[0].light(30)}, colours...)
	stops = append(stops, mix(colours[len(colours)-1], hex(0xffffff), 150))
	for v := range ramp {
		i := 0
		for i+2 < len(stops) && stops[i+1].luma() < v {
			i++
		}
		lo, hi := stops[i].luma(), stops[i+1].luma()
		ramp[v] = mix(stops[i], stops[i+1], (v-lo)*256/max(hi-lo, 1))
	}
	for i := 0; i < len(k.Pix); i += 4 {
		p := k.Pix[i:][:3:3]
		c := rgb{p[0], p[1], p[2]}
		c = mix(c, ramp[c.luma()], 180)
		p[0], p[1], p[2] = c.r, c.g, c.b
	}
}

// objectNames lists the icons in a fixed order.
func objectNames() []string { return slices.Sorted(maps.Keys(icons)) }
