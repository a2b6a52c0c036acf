package drawing

// cosmos paints space: nebula, stars, one or two planets.
func (s *scene) cosmos() {
	d := s.d.fork(100)
	k := s.k
	deep := mix(hex(0x05060f), s.p.zenith, 60).light(60)
	seed := d.next()
	a, b := s.p.accent.saturate(120), s.p.sky.saturate(130).light(130)
	if len(s.b.tints) == 0 {
		b = b.shift(d.in(-200, 200))
	}
	const step = 4
	w, h := k.w/step+2, k.h/step+2
	gas, hue := make([]int, w*h), make([]int, w*h)
	for y := range h {
		for x := range w {
			band := abs(y*256/h-128-(x*110/w-55)) * 150
			gas[y*w+x] = max(fbm(x*5, y*5, 4+s.b.detail, seed)*3/2-18000-band, 0) * 256 / 65536
			hue[y*w+x] = noise(x*3, y*3, seed+77) >> 8
		}
	}
	for y := range k.h {
		for x := range k.w {
			g := bilinear(gas, w, x, y, step)
			c := mix(deep, mix(a, b, bilinear(hue, w, x, y, step)), min(g*g/110, 235))
			i := y*k.Stride + x*4
			k.Pix[i], k.Pix[i+1], k.Pix[i+2], k.Pix[i+3] = c.r, c.g, c.b, 255
		}
	}
	s.sunX, s.sunY = k.w*d.in(0, 30)/100, k.h*d.in(5, 40)/100
	s.stars(k.w*k.h/1500, k.h*3)
	s.planet(s.frameW*d.in(58, 88)/100, k.h*d.in(24, 64)/100, s.unit*d.in(13, 30), s.p.near.saturate(130).light(170), d.chance(50), d.next())
	if d.chance(70) {
		s.planet(s.frameW*d.in(10, 44)/100, k.h*d.in(14, 80)/100, s.unit*d.in(4, 9), s.p.accent, false, d.next())
	}
}

// planet paints a banded globe lit from the scene's sun.
func (s *scene) planet(cx, cy, r int, c rgb, ringed bool, seed uint64) {
	k := s.k
	k.glow(cx, cy, r*15/10, c, 90)
	if ringed {
		s.rings(cx, cy, r, c, true)
	}
	lx, ly := s.sunX-cx, s.sunY-cy
	ll := max(isqrt(lx*lx+ly*ly), 1)
	for y := -r - 1; y <= r+1; y++ {
		for x := -r - 1; x <= r+1; x++ {
			d2 := x*x + y*y
			edge := min((r-isqrt(d2*256)/16)*128+128, 255)
			if edge <= 0 {
				continue
			}
			z := isqrt(max(r*r-d2, 0))
			v := fbm(x*256/r*2+y*40/r, y*256/r*5+x*90/r, 4, seed)
			t := c.light(64 + v*80/65536)
			lit := ((x*lx+y*ly)*220/ll + z*110) / r
			t = mix(t.light(14), t.light(122), min(max(lit+66, 0), 256))
			k.dot(cx+x, cy+y, t, edge)
		}
	}
	if ringed {
		s.rings(cx, cy, r, c, false)
	}
}

// rings paints the half of a planet's rings behind or before it.
func (s *scene) rings(cx, cy, r int, c rgb, behind bool) {
	light := mix(c, hex(0xfff2d8), 140)
	for q := r * 14 / 10; q < r*21/10; q++ {
		if (q/max(r/22, 1))%7 == 0 {
			continue
		}
		a := 40 + 110*noise(q*60, 0, s.b.prompt)>>16
		for t := 0; t < turn/2; t += max(turn/(q*7), 1) {
			ang := t
			if behind {
				ang += turn / 2
			}
			x, y := wave(ang+turn/4, q), wave(ang, q*26/100)
			s.k.dot(cx+x, cy+y-x/5, light, a/2)
		}
	}
}

// hall paints a room: wall with arches, floor in perspective, shafts of light.
func (s *scene) hall() {
	d := s.d.fork(110)
	k := s.k
	wall := mix(mix(hex(0x7c6a58), s.p.near, 84), s.p.accent, 44).light(84 + s.p.lit/3)
	fl := s.horizon
	k.rect(0, 0, k.w, fl, grad(wall.light(52), wall.light(104), 0, fl))
	s.courses(fl, wall, d)
	floor := mix(wall, hex(0x3a2c20), 90)
	k.rect(0, fl, k.w, k.h, grad(floor.light(100), floor.light(54), fl, k.h))
	vx := s.frameW / 2
	for i := -14; i <= 14; i++ { // boards run to a vanishing point
		x := vx + i*k.w/9
		k.fill(poly(vx+i*k.w/22, fl, vx+i*k.w/22+1, fl, x+s.unit/3, k.h, x, k.h), flat(s.p.dark).fade(120))
	}
	for i := range 6 {
		y := fl + (k.h-fl)*i*i/36
		k.rect(0, y, k.w, y+1+i/2, flat(s.p.dark).fade(90))
	}
	s.arches(fl, wall, d)
	k.rect(0, fl-s.unit, k.w, fl+s.unit/2, grad(wall.light(120), wall.light(60), fl-s.unit, fl))
	s.sunX = vx
}

// courses lays stones in the wall above row bottom.
func (s *scene) courses(bottom int, c rgb, d *dice) {
	hgt := s.unit * 5
	for y, row := bottom-hgt, 0; y > -hgt; y, row = y-hgt, row+1 {
		for x := -(row % 2) * s.unit * 5; x < s.k.w; {
			w := s.unit * d.in(7, 13)
			s.k.rect(x, y, x+w-s.unit/3, y+hgt-s.unit/3, flat(c.light(d.in(70, 128))).fade(60))
			x += w
		}
	}
}

// arches are windows onto the sky with light falling in, and pillars between.
func (s *scene) arches(floor int, wall rgb, d *dice) {
	n := max(s.k.w/(s.unit*46), 1)
	gap := s.k.w / n
	glow := mix(s.p.sun, s.p.horizon, 90)
	for i := range n {
		cx := gap/2 + i*gap
		w, top, low := s.unit*9, floor*22/100, floor*70/100
		for _, rim := range []int{s.unit * 2, 0} {
			var p path
			p.move((cx-w-rim)*one, (low+rim)*one)
			p.line((cx-w-rim)*one, (top-rim)*one)
			p.quad((cx-w-rim)*one, (top-w-rim)*one, cx*one, (top-w*3/2-rim)*one)
			p.quad((cx+w+rim)*one, (top-w-rim)*one, (cx+w+rim)*one, (top-rim)*one)
			p.line((cx+w+rim)*one, (low+rim)*one)
			if rim > 0 {
				s.k.fill(&p, grad(wall.light(130), wall.light(70), top, low))
			} else {
				s.k.fill(&p, grad(s.p.sky, s.p.horizon, top-w, low))
			}
		}
		s.k.rect(cx-s.unit/3, top-w*3/2, cx+s.unit/3, low, flat(wall.light(60)))
		s.k.rect(cx-w, top+w/2, cx+w, top+w/2+s.unit/2, flat(wall.light(60)))
		slant := gap * d.in(20, 36) / 100
		s.k.fill(poly(cx-w, top, cx+w, top, cx+w+slant*2, s.k.h, cx-w+slant, s.k.h), grad(glow, glow, 0, 0).fade(34))
		s.k.glow(cx, (top+low)/2, s.unit*34, glow, 110)
		px := i * gap
		s.k.rect(px-s.unit*4, 0, px+s.unit*4, floor+s.unit*2, grad(wall.light(84), wall.light(126), 0, floor))
		s.k.rect(px+s.unit, 0, px+s.unit*4, floor+s.unit*2, flat(s.p.dark).fade(80))
		s.k.rect(px-s.unit*5, floor-s.unit*3, px+s.unit*5, floor+s.unit*3, grad(wall.light(120), wall.light(70), floor-s.unit*3, floor+s.unit*3))
		s.k.glow(px, floor*46/100, s.unit*16, hex(0xffb050), 150)
		s.k.fill(disc(px*one, floor*46/100*one, s.unit*one), flat(hex(0xffe8a8)))
	}
}

// bands paints an abstract ground of overlapping waves.
func (s *scene) bands() {
	d := s.d.fork(120)
	k := s.k
	k.rect(0, 0, k.w, k.h, grad(s.p.zenith, s.p.horizon, 0, k.h))
	n := 6 + 2*s.b.detail
	for i := range n {
		y := k.h * (8 + 96*i/n) / 100
		c := mix(mix(s.p.sky.saturate(140), s.p.accent, 256*i/n), s.p.near, d.n(60))
		top := s.profile(y, k.h*d.in(8, 22)/100, d.in(1, 2), 2, false, d.next())
		s.k.below(top, grad(c.light(120), c.light(78), y-k.h/8, y+k.h/4).fade(d.in(110, 210)))
		s.sunX = d.n(k.w)
		s.sunside(top, s.unit*8, 60)
	}
	for range 7 {
		k.glow(d.n(k.w), d.n(k.h), s.unit*d.in(10, 34), mix(s.p.sun, s.p.accent, d.n(256)), d.in(20, 80))
	}
}

// angleTo is the turn of the hue from a to b.
func angleTo(a, b rgb) int {
	ha, _, _ := a.toHSV()
	hb, _, _ := b.toHSV()
	return hb - ha
}

// stageDice decides what the ground of an icon is like.
func stageDice(b brief) *dice { return newDice(b.prompt).fork(130) }

// stage is the colour of the ground of an icon.
func (s *scene) stage(d *dice) rgb {
	base := s.p.sky.shift(d.in(-500, 500) + s.d.fork(1).in(-60, 60))
	opposite := func(c rgb) rgb { return base.shift(angleTo(base, c) + hueCircle/2 + d.in(-200, 200)) }
	if n := len(s.b.tints); n > 0 && s.b.bare {
		base = opposite(s.b.tints[0])
	} else if n > 0 {
		base = s.b.tints[n-1]
	}
	if len(s.b.cast) > 0 {
		if c, ok := s.b.dress[s.b.cast[0]]; ok { // so that the object stands out
			base = opposite(c)
		}
	}
	h, sat, v := base.toHSV()
	base = hsv(h, min(max(sat*8/10, 70), 150), min(max(v, 110), 190))
	if sat < 40 {
		base = hsv(h, sat, min(max(v, 70), 225)) // white, grey and black stay what they are
	}
	return base
}

// ground is the stage of an icon whose prompt asks for no plain one: a soft
// spot of light, and a plate.
func (s *scene) ground() {
	k := s.k
	d := stageDice(s.b)
	base := s.stage(d)
	in, out := base.light(122), base.light(44)
	cx, cy := k.w/2, k.h*46/100
	r2 := (k.w*k.w + k.h*k.h) / 4
	for y := range k.h {
		for x := range k.w {
			t := ((x-cx)*(x-cx) + (y-cy)*(y-cy)) * 256 / r2
			c := mix(in, out, min(t*3/2, 256))
			i := y*k.Stride + x*4
			k.Pix[i], k.Pix[i+1], k.Pix[i+2], k.Pix[i+3] = c.r, c.g, c.b, 255
		}
	}
	u := s.unit
	switch d.n(3) {
	case 0: // rays
		for i := range 12 {
			a := i*turn/12 + s.d.fork(2).n(turn/12)
			x, y := wave(a+turn/4, k.w+k.h), wave(a, k.w+k.h)
			x2, y2 := wave(a+turn/4+turn/24, k.w+k.h), wave(a+turn/24, k.w+k.h)
			k.fill(poly(cx, cy, cx+x, cy+y, cx+x2, cy+y2), flat(in).fade(40))
		}
	case 1: // disc
		k.fill(disc(cx*one, k.h*48/100*one, u*43*one), grad(base.light(128), base.light(76), cy-u*40, cy+u*44))
		k.fill(disc(cx*one, k.h*48/100*one, u*40*one), grad(base.light(66), base.light(98), cy-u*40, cy+u*44))
	case 2: // plate with round corners
		for _, q := range []int{43, 41} {
			var p path
			l, t, r, b, c := (cx-u*q)*one, (k.h*48/100-u*q)*one, (cx+u*q)*one, (k.h*48/100+u*q)*one, u*9*one
			p.move(l+c, t)
			p.line(r-c, t)
			p.quad(r, t, r, t+c)
			p.line(r, b-c)
			p.quad(r, b, r-c, b)
			p.line(l+c, b)
			p.quad(l, b, l, b-c)
			p.line(l, t+c)
			p.quad(l, t, l+c, t)
			n := grad(base.light(134), base.light(80), cy-u*q, cy+u*q)
			if q == 41 {
				n = grad(base.light(72), base.light(104), cy-u*q, cy+u*q)
			}
			k.fill(&p, n)
		}
	}
	s.sunX = k.w / 4
}
