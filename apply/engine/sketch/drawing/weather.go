package drawing

// air paints the weather over the finished scene.
func (s *scene) air() {
	if s.b.icon || s.b.bare {
		return
	}
	d := s.d.fork(300)
	switch s.b.weather {
	case rain, storm:
		s.veil(mix(s.p.sky, s.p.dark, 60), 46)
		s.streaks(d)
		if s.b.weather == storm {
			s.lightning(d)
		}
	case snow:
		s.veil(hex(0xdfe8f4), 34)
		s.flakes(d)
	case fog:
		seed := d.next()
		for y := range s.k.h {
			for x := range s.k.w {
				v := noise(x*256/(s.unit*40), y*256/(s.unit*12), seed)>>9 + 40 - abs(y-s.k.h*68/100)*130/s.k.h
				s.k.blend(y*s.k.Stride+x*4, mix(s.p.horizon, hex(0xffffff), 60), max(v, 0))
			}
		}
	case fire:
		s.veil(hex(0xff6a20), 26)
		s.k.glow(s.k.w/2, s.k.h, s.k.w/2, hex(0xff7a28), 190)
		s.flames(d)
		s.sparks(d, hex(0xffb050), 110)
	case magic:
		s.sparks(d, mix(s.p.accent, hex(0xfff4c0), 140), 90)
	}
}

func (s *scene) veil(c rgb, a int) { s.k.rect(0, 0, s.k.w, s.k.h, flat(c).fade(a)) }

// streaks draws slanting rain.
func (s *scene) streaks(d *dice) {
	lean := d.in(-24, 24)
	for range s.k.w * s.k.h / 2600 {
		x, y, n := d.n(s.k.w), d.n(s.k.h), s.unit*d.in(2, 6)
		a := d.in(24, 96)
		for i := range n {
			s.k.dot(x+i*lean/64, y+i, hex(0xd8e4f4), a*i/n)
		}
	}
}

// flakes draws snow, larger nearer.
func (s *scene) flakes(d *dice) {
	for range s.k.w * s.k.h / 3600 {
		x, y := d.n(s.k.w*16)*16, d.n(s.k.h*16)*16
		r := one * d.in(6, 14) / 10
		if d.chance(12) {
			r = s.unit * one * d.in(20, 60) / 100
		}
		s.k.fill(disc(x, y, r), flat(hex(0xffffff)).fade(d.in(120, 235)))
	}
}

func (s *scene) lightning(d *dice) {
	x, y := s.k.w*d.in(15, 85)/100, 0
	s.k.glow(x, s.horizon/3, s.k.h/2, hex(0xc8d8ff), 200)
	for wide := max(s.unit*7/10, 2); y < s.horizon && wide > 0; {
		nx, ny := x+d.in(-4, 4)*s.unit, y+s.unit*d.in(3, 8)
		s.k.fill(poly(x-wide/2, y, x+wide/2+1, y, nx+wide/2+1, ny, nx-wide/2, ny), flat(hex(0xf4f8ff)))
		s.k.glow(nx, ny, s.unit*7, hex(0xa8c0ff), 110)
		if d.chance(14) {
			wide--
		}
		x, y = nx, ny
	}
}

// sparks are embers or fireflies, with a glow each.
func (s *scene) sparks(d *dice, c rgb, n int) {
	for range n {
		x, y, r := d.n(s.k.w), d.n(s.k.h), s.unit*d.in(4, 16)/10
		s.k.glow(x, y, r*2, c, d.in(120, 256))
		s.k.fill(disc(x*one, y*one, r*one/5), flat(mix(c, hex(0xffffff), 150)))
	}
}

// flames lick along the foot of the picture.
func (s *scene) flames(d *dice) {
	for layer, c := range []rgb{hex(0xb02a12), hex(0xe8601c), hex(0xffb030)} {
		for range s.k.w / (s.unit * 4) {
			x, tall := d.n(s.k.w), s.unit*d.in(8, 24)*(4-layer)/4
			w := tall * d.in(22, 36) / 100
			y := s.k.h + s.unit
			var p path
			p.move((x-w)*one, y*one)
			p.quad((x-w)*one, (y-tall/2)*one, (x+d.in(-w, w))*one, (y-tall)*one)
			p.quad((x+w/3)*one, (y-tall/2)*one, (x+w)*one, y*one)
			s.k.fill(&p, grad(c.light(120), c, y-tall, y).fade(170))
		}
	}
}
