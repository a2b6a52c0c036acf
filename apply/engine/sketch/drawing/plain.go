package drawing

import "image"

// backing is a phrase such as "plain white background" or "flat background of
// one light grey": the words from begin up to end of a prompt, and the colour
// that they name, if any.
type backing struct {
	begin, end int
	colour     rgb
	coloured   bool
}

// has reports whether word i is one of the phrase.
func (p backing) has(i int) bool { return i >= p.begin && i < p.end }

// backing finds the first such phrase of the prompt; without one it is empty.
func (r *reader) backing() backing {
	for at := range r.words {
		p := backing{begin: at, end: at + 1}
		if !grounds()[r.words[at].text] {
			continue
		}
		says := false
		for p.begin > 0 && r.words[p.begin].joined && r.shades(p.begin-1) {
			p.begin--
			says = says || simple()[r.words[p.begin].text]
		}
		if !says {
			continue
		}
		for i := at + 1; i < len(r.words) && r.words[i].joined && (i == at+1 && r.words[i].text == "of" || i > at+1 && r.shades(i)); i++ {
			if _, is := tints[r.words[i].text]; is {
				p.end = i + 1
			}
		}
		p.colour, p.coloured = r.shade(p)
		return p
	}
	return backing{}
}

// shades reports whether word i says how a ground is.
func (r *reader) shades(i int) bool {
	w := r.words[i].text
	_, colour := tints[w]
	return colour || simple()[w] || uniform()[w] || lighter()[w] || darker()[w]
}

// shade is the colour that the phrase names: the last one of it.
func (r *reader) shade(p backing) (c rgb, ok bool) {
	by := 0
	for _, t := range r.words[p.begin:p.end] {
		named, is := tints[t.text]
		switch {
		case lighter()[t.text]:
			by = 1
		case darker()[t.text]:
			by = -1
		case !is:
		case t.text == "white": // as a ground it is what a page has
			c, ok = hex(0xffffff), true
		case t.text == "black":
			c, ok = hex(0x000000), true
		default:
			c, ok = named, true
		}
	}
	switch by {
	case 1:
		c = mix(c, hex(0xffffff), 140)
	case -1:
		c = c.light(55)
	}
	return c, ok
}

// line is the colour round the object of an icon: it parts it from its ground.
func (s *scene) line() rgb {
	if s.b.bare && s.b.ground.luma() < 72 {
		return hex(0xf4efe2)
	}
	return hex(0x1a1720)
}

// cover remembers where the players of a plain ground stand.
func (s *scene) cover(players []player) {
	s.shape = newCanvas(s.k.w, s.k.h)
	for _, p := range players {
		s.shape.over(silhouette(p.m, hex(0xffffff)), p.x, p.y, 255)
	}
}

// bareGround puts the plain ground round the players, now that they have the
// picture's style: to the last pixel of one colour, whatever the style has done
// to what was there. Until then that was of the colour of their outlines, so
// that nothing else can show at their edges.
func (s *scene) bareGround() {
	shape := s.shape
	switch {
	case shape == nil:
		shape = newCanvas(s.k.w, s.k.h)
	case s.b.style == pixel:
		shape = wrap(s.blocks(shape.RGBA))
	case s.b.style == watercolour:
		moved := *s
		moved.k = shape
		moved.wander(s.wandering())
	}
	for y := range s.k.h {
		for x := range s.k.w {
			i := y*s.k.Stride + x*4
			c := mix(s.b.ground, s.k.at(x, y), (int(shape.Pix[i+3])*257+128)>>8)
			s.k.Pix[i], s.k.Pix[i+1], s.k.Pix[i+2] = c.r, c.g, c.b
		}
	}
}

// blocks is a mask in the blocks of pixel art, each of them whole or not there.
func (s *scene) blocks(mask *image.RGBA) *image.RGBA {
	size := s.blockSize()
	w, h := (s.k.w+size-1)/size, (s.k.h+size-1)/size
	small := resize(mask, w, h)
	out := newCanvas(s.k.w, s.k.h)
	for y := range h {
		for x := range w {
			if small.Pix[y*small.Stride+x*4+3] >= 128 {
				out.rect(x*size, y*size, (x+1)*size, (y+1)*size, flat(hex(0xffffff)))
			}
		}
	}
	return out.RGBA
}
