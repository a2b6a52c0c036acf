package drawing

import "image"

// player is one member of the cast, drawn and given a place.
type player struct {
	m        *image.RGBA
	x, y     int // where its top left corner goes
	foot     int // the row it stands on; 0 if it floats
	floating bool
}

// floaters hang in the air, swimmers lie in the water.
var (
	floaters = set("spaceship rocket balloon bird dragon ghost")
	swimmers = set("ship boat fish")
)

// tonesFor dresses a sprite: its own colour from its name and the prompt, the
// accent from the palette.
func (s *scene) tonesFor(name string, i int) tones {
	d := newDice(mix64(s.b.prompt) + uint64(len(name)*131+i))
	body := hsv(d.n(hueCircle), d.in(70, 170), d.in(120, 215))
	switch name {
	case "wolf", "horse", "cat", "dog":
		body = mix(body, []rgb{hex(0x8a6a4a), hex(0x6f727a), hex(0xc9b79a), hex(0x4a3a34)}[d.n(4)], 210)
	case "figure":
		body = body.saturate(80)
	}
	accent := s.p.accent
	if c, ok := s.b.dress[name]; ok {
		body, accent = mix(body, c, 235), mix(accent, c, 220)
	} else if n := len(s.b.tints); n > 0 && s.b.bare { // there is no scene that they could be of
		body, accent = mix(body, s.b.tints[0], 235), mix(accent, s.b.tints[n-1], 220)
		if !paintedIn(name, 'n') {
			accent = body
		}
	} else if n > 0 && !alive()[name] {
		body = mix(body, s.b.tints[0], 190)
		accent = mix(accent, s.b.tints[n-1], 160)
	}
	if c, ok := s.b.trim[name]; ok {
		accent = c
	} else if _, ok := s.b.dress[name]; !ok && d.chance(50) && (!s.b.bare || len(s.b.tints) == 0) {
		accent = accent.shift(s.d.fork(uint64(i)).in(-60, 60))
	}
	if labelled()[name] && len(s.b.tints) == 0 {
		body = accent.light(70)
	}
	t := tones{body: body, accent: accent, lit: 100}
	if !s.b.icon {
		t.lit = 78 + s.p.lit/4
		t.tint = mix(s.p.horizon, s.p.sky, 110)
		t.tintBy = 26 + (100-s.p.lit)/3
	}
	return t
}

// cast draws the players of a scene and sets them on it.
func (s *scene) cast() []player {
	if s.b.icon {
		return s.object()
	}
	return s.troupe(s.b.cast, 0, len(s.b.cast))
}

// troupe draws some of a cast of n, the first of whom has number from.
func (s *scene) troupe(names []string, from, n int) []player {
	d := s.d.fork(200)
	var out []player
	for i, name := range names {
		i += from
		size := s.stature(i, n) * d.in(94, 106) / 100
		at := s.frameW * [4]int{32, 68, 50, 84}[min(i, 3)] / 100
		if n == 1 {
			at = s.frameW * d.in(38, 60) / 100
			if s.k.h > s.frameW || s.b.full {
				at = s.frameW * d.in(47, 53) / 100
			}
			if s.k.h > s.frameW && s.b.named && !s.b.full {
				at = s.frameW * d.in(34, 40) / 100
			}
		}
		p := player{foot: s.footing(i)}
		if objects()[name] {
			size = size * 45 / 100
		}
		if name == "boat" && s.b.shows("quay") {
			size = size * 52 / 100 // the harbour is the subject
		}
		switch {
		case floaters()[name] && n > 1 && s.b.shows("bridge") && name == "dragon": // it has landed
		case floaters()[name]:
			p.floating = true
			p.foot = s.k.h*d.in(40, 60)/100 + size/3
		case name == "fish":
			p.floating = true
			p.foot = s.k.h * 80 / 100
		case swimmers()[name]:
			size = size * 12 / 10
			p.foot = s.k.h*d.in(72, 80)/100 + size/14
		}
		if s.b.place == space && !floaters()[name] && n == 1 {
			p.floating = true
			p.foot = s.k.h * 76 / 100
		}
		flip := i%2 == 1 || (n == 1 && d.chance(40))
		p.m = s.dress(name, size, i, flip)
		p.x, p.y = at-p.m.Rect.Dx()/2, p.foot-p.m.Rect.Dy()+spriteMargin(size)
		out = append(out, p)
	}
	return out
}

// stature is the size of member i of a cast of n. Whoever is alone in an
// upright picture, or asked for in full figure, fills it.
func (s *scene) stature(i, n int) int {
	tall := s.k.h > s.frameW
	aloft := i < len(s.b.cast) && (floaters()[s.b.cast[i]] || swimmers()[s.b.cast[i]])
	if i == 0 && (s.b.full || tall && n == 1 && !aloft) {
		if s.b.named && !s.b.full { // leave room for the place
			return min(s.k.h*56/100, s.frameW*96/100)
		}
		return min(s.k.h*72/100, s.frameW*118/100)
	}
	size := s.unit * 62
	if s.b.place == castle {
		size = s.unit * 50
	}
	size = size * (100 - 8*i) / 100
	if i < len(s.b.cast) && s.b.cast[i] == "dragon" && n > 1 {
		size = size * 112 / 100
	}
	if tall {
		size = size * 13 / 10
	}
	return size
}

// footing is the row on which member i of the cast stands.
func (s *scene) footing(i int) int {
	if s.b.shows("bridge") || s.b.shows("gorge") {
		return s.k.h*deckHeight/100 + s.unit/2
	}
	return s.k.h*92/100 + i*s.unit
}

// spriteMargin is the room round a sprite of a size.
func spriteMargin(size int) int { return size / 9 }

// dress draws a sprite in the light of the scene.
func (s *scene) dress(name string, size, i int, flip bool) *image.RGBA {
	m := drawSprite(name, size, spriteMargin(size), s.tonesFor(name, i), flip)
	dx := 12
	if s.sunX > s.frameW/2 {
		dx = -12
	}
	relief(m, -dx, -10, max(size/40, 2), mix(s.p.sun, hex(0xffffff), 60), 150)
	line := mix(s.p.dark, hex(0x101014), 120)
	return outlined(m, line, max(size/150, 1))
}

// object is the single thing of an icon, in the middle of its ground.
func (s *scene) object() []player {
	name := s.b.cast[0]
	size, middle := s.unit*68, s.k.h*48/100
	if s.b.bare { // there is no caption under it
		size, middle = s.unit*s.d.fork(7).in(64, 72), s.k.h/2
	}
	t := s.tonesFor(name, 0)
	flip := s.d.fork(9).chance(40) && !labelled()[name] && signs[name] == ""
	m := drawSprite(name, size, spriteMargin(size), t, flip)
	if labelled()[name] {
		text := s.b.label
		if text == "" {
			text = "★"
		}
		inscribe(m, name, text, t)
	}
	if a := tilts[name]; a != 0 {
		m = rotate(m, a+s.d.fork(8).in(-40, 40))
	}
	relief(m, -11, -12, max(size/30, 2), hex(0xffffff), 170)
	m = outlined(m, s.line(), max(size/90, 1))
	return []player{{m: m, x: (s.k.w - m.Rect.Dx()) / 2, y: middle - m.Rect.Dy()/2, floating: true}}
}

// tilts turns long things so that they fill a square, in 1/4096 turns.
var tilts = map[string]int{"sword": 512, "axe": 420, "hammer": 420, "staff": 480, "key": -420, "torch": 300, "scroll": 120, "book": -120, "bow": -300, "potion": 110}

// place puts the players on the scene, with their shadows.
func (s *scene) place(players []player) {
	if s.b.bare {
		s.cover(players)
	}
	for _, p := range players {
		w, h := p.m.Rect.Dx(), p.m.Rect.Dy()
		switch {
		case s.b.bare: // a shadow is no plain ground
		case s.b.icon:
			dark := silhouette(p.m, hex(0x000000))
			for i := 6; i > 0; i-- {
				s.k.over(dark, p.x+s.unit*i/3, p.y+s.unit*i/2, 22)
			}
		case p.floating:
		default:
			s.shadow(p.x+w/2, p.foot, w*36/100, h/26+1)
		}
		s.k.over(p.m, p.x, p.y, 255)
	}
}

// shadow darkens an ellipse softly.
func (s *scene) shadow(cx, cy, rx, ry int) {
	for i := 5; i > 0; i-- {
		var p path
		p.ellipse(cx*one, cy*one, rx*i*one/5, ry*i*one/5)
		s.k.fill(&p, flat(hex(0x05060a)).fade(34))
	}
}

// rotate turns an image about its middle, bilinear, angle in 1/4096 turns.
func rotate(m *image.RGBA, angle int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(m.Rect)
	c, sn := cos(angle), sin(angle)
	for y := range h {
		for x := range w {
			dx, dy := 2*x-w+1, 2*y-h+1
			// Source position in 1/256 pixel.
			sx := (dx*c+dy*sn)>>9 + (w-1)*128
			sy := (dy*c-dx*sn)>>9 + (h-1)*128
			sample(out.Pix[y*out.Stride+x*4:][:4:4], m, sx, sy)
		}
	}
	return out
}

// sample reads an image between its pixels, at 1/256 pixel; outside is clear.
func sample(dst []byte, m *image.RGBA, sx, sy int) {
	x, y, fx, fy := sx>>8, sy>>8, sx&255, sy&255
	if x < 0 || y < 0 || x+1 >= m.Rect.Dx() || y+1 >= m.Rect.Dy() {
		return
	}
	p := m.Pix[y*m.Stride+x*4:]
	q := p[m.Stride:]
	for c := range 4 {
		top := int(p[c])*(256-fx) + int(p[c+4])*fx
		bot := int(q[c])*(256-fx) + int(q[c+4])*fx
		dst[c] = uint8((top*(256-fy) + bot*fy + 1<<15) >> 16)
	}
}
