package drawing

// scene is a picture in the making: the canvas, what the brief wants, and the
// measures that its layers agree on.
type scene struct {
	k          *canvas
	b          brief
	p          palette
	d          *dice
	horizon    int // the row where sky and ground meet
	sunX, sunY int
	unit       int     // the shorter side in 1/100, the scale of what is drawn
	frameW     int     // the width of what is seen at once: less than the canvas in a film
	shape      *canvas // of a plain ground: where the players are
}

// newScene prepares a scene of w by h pixels in the brief's palette and that
// of the borrowed colours, if any.
func newScene(b brief, w, h int, borrowed []rgb) *scene {
	s := &scene{k: newCanvas(w, h), b: b, p: paletteOf(b, borrowed), d: b.dice.fork(2), frameW: w}
	s.unit = max(min(w, h)/100, 1)
	if b.bare && !b.hued {
		s.b.ground = s.stage(stageDice(b))
	}
	d := newDice(b.prompt).fork(3)
	s.horizon = h * (d.in(52, 66) + s.d.fork(4).in(-3, 3)) / 100
	switch b.place {
	case sea:
		s.horizon = h * (d.in(44, 54) + s.d.fork(4).in(-3, 3)) / 100
	case interior:
		s.horizon = h * 70 / 100
	}
	return s
}

// backdrop paints everything behind the cast.
func (s *scene) backdrop() {
	switch {
	case s.b.bare:
		s.k.rect(0, 0, s.k.w, s.k.h, flat(s.line())) // bareGround gives it its own
		return
	case s.b.icon:
		s.ground()
		return
	}
	switch s.b.place {
	case space:
		s.cosmos()
		return
	case interior:
		s.hall()
		return
	case flow:
		s.bands()
		return
	}
	if s.b.place == cave {
		s.cavern()
		return
	}
	s.sky()
	s.land()
	s.landmarksOf()
}

// land paints the ground of a place.
func (s *scene) land() {
	switch s.b.place {
	case mountains:
		s.peaks()
	case forest:
		s.woods()
	case city:
		s.skyline()
	case sea:
		s.water()
	case desert:
		s.dunes()
	case castle:
		s.stronghold()
	case village:
		s.rollingHills(2)
		s.houses()
		s.foreground()
	default:
		s.rollingHills(2 + s.b.detail)
		if len(s.b.marks) == 0 && len(s.b.also) == 0 && s.b.place == hills {
			s.wilds()
		}
		s.foreground()
	}
}

// stronghold paints a castle where the prompt puts it: above the sea, under
// mountains or among hills.
func (s *scene) stronghold() {
	switch {
	case s.b.near(sea):
		s.water()
		s.headland()
	case s.b.near(mountains):
		s.peaks()
	default:
		s.rollingHills(2)
	}
	s.fortress()
	if !s.b.near(sea) {
		s.foreground()
	}
}

// depth is the colour of things t/256 of the way from the haze to the eye.
func (s *scene) depth(t int) rgb { return mix(s.p.far, s.p.near, t) }

// profile is a hill line in sub-pixels for each column: base and amp in
// pixels, steps of noise over the shorter side.
func (s *scene) profile(base, amp, steps, octaves int, sharp bool, seed uint64) []int {
	top := make([]int, s.k.w)
	for x := range top {
		at := x * 256 * steps / (s.unit * 100)
		v := 0
		if sharp {
			v = ridged(at, 0, octaves, seed)
		} else {
			v = fbm(at, 0, octaves, seed) * 5 / 4
		}
		top[x] = base*one - (v-32768)*amp>>7
	}
	return top
}

// rollingHills paints ridges that come nearer, each lower and less hazy.
func (s *scene) rollingHills(layers int) {
	d := s.d.fork(20)
	for i := range layers {
		t := 230 * (i + 1) / layers
		base := lerp(s.horizon, s.k.h*86/100, i*i, layers*layers)
		amp := lerp(s.k.h*13/100, s.k.h*5/100, i, layers)
		c := s.depth(t)
		top := s.profile(base, amp, d.in(2, 3), 3, false, d.next())
		s.k.below(top, grad(c.light(116), c.light(80), base-amp, base+2*amp))
		s.sunside(top, amp, 46)
		if i > 0 || s.b.detail > 1 {
			s.fringe(top, lerp(2, 5, i, layers)*s.unit/2, mix(c, s.p.dark, 60), d.fork(uint64(i)))
		}
	}
}

// windmill paints a mill with four sails turned by an angle.
func (s *scene) windmill(x, y, tall, angle int) {
	wall := mix(hex(0xe6dcc6), s.p.sun, 50).light(s.p.lit)
	roof := mix(s.p.accent, s.p.dark, 50)
	w, top := tall/5, y-tall
	s.k.fill(poly(x-w, y, x-w*6/10, top, x+w*6/10, top, x+w, y), grad(wall.light(106), wall.light(76), top, y))
	s.k.fill(poly(x, y, x, top, x+w*6/10, top, x+w, y), flat(s.p.dark).fade(50))
	s.k.fill(poly(x-w*7/10, top, x, top-w, x+w*7/10, top), grad(roof.light(118), roof, top-w, top))
	s.k.rect(x-w/5, y-w*6/10, x+w/5, y, flat(s.p.dark))
	for i := range 4 {
		a := angle + i*turn/4
		ex, ey := wave(a+turn/4, tall*7/10), wave(a, tall*7/10)
		px, py := -ey/6, ex/6
		s.k.fill(poly(x, top, x+ex, top+ey, x+ex+px, top+ey+py, x+ex/5+px, top+ey/5+py), flat(wall.light(112)).fade(225))
		s.k.fill(poly(x-py/8, top+px/8, x+ex, top+ey, x+ex+px/6+1, top+ey+py/6+1, x+py/8, top-px/8), flat(s.p.dark))
	}
}

// sunside lightens the slopes that face the sun.
func (s *scene) sunside(top []int, deep, strength int) {
	if deep <= 0 {
		return
	}
	const reach = 12 // columns over which the slope is taken, so that light lies in broad planes
	for x := reach; x+reach < len(top); x++ {
		slope := (top[x+reach] - top[x-reach]) / (4 * reach)
		lit := min(max(slope*s.facing(x)>>8, 0), 96) * strength / 96
		y0 := top[x]>>8 + 1
		for y := max(y0, 0); y < min(y0+deep, s.k.h) && lit > 0; y++ {
			s.k.add(x, y, s.p.sun, lit*(deep-(y-y0))/deep)
		}
	}
}

// facing tells on which side of column x the sun stands: from 256, far to its
// left, to -256. Slopes below the sun are lit from neither side.
func (s *scene) facing(x int) int {
	return min(max((x-s.sunX)*256/(s.unit*30), -256), 256)
}

// fringe sets small round trees along a hill line, in groups.
func (s *scene) fringe(top []int, size int, c rgb, d *dice) {
	if size < 2 {
		return
	}
	seed := d.next()
	for x := 0; x < len(top); x += size/2 + 1 + d.n(size+1) {
		if noise(x*256/(s.unit*14), 0, seed) < 36000 {
			continue
		}
		r := size * d.in(60, 130) / 100
		y := top[x]>>8 + d.n(r+1) - r/2
		var p path
		p.ellipse(x*one, (y-r/3)*one, r*one*8/10, r*one)
		s.k.fill(&p, grad(c.light(126), c.light(84), y-r, y+r))
	}
}

// foreground paints the ground the cast stands on, with grass.
func (s *scene) foreground() {
	d := s.d.fork(30)
	base := s.k.h * 88 / 100
	c := s.p.near
	top := s.profile(base, s.k.h*4/100, 2, 3, false, d.next())
	s.k.below(top, grad(c.light(104), c.light(52), base-s.k.h*4/100, s.k.h))
	s.grass(top, c, d)
}

// grass grows blades along a line and below it.
func (s *scene) grass(top []int, c rgb, d *dice) {
	n := s.k.w * (1 + s.b.detail) / 5
	for range n {
		x := d.n(s.k.w)
		y := top[x]>>8 + d.n(max(s.k.h-top[x]>>8, 1))*d.n(100)/100
		tall := s.unit * d.in(12, 34) / 10
		lean := d.in(-tall, tall) / 3
		shade := c.light(d.in(62, 128))
		s.k.fill(poly(x-s.unit/5, y+2, x+lean, y-tall, x+s.unit/5+1, y+2), flat(shade))
	}
}
