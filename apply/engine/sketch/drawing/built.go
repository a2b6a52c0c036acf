package drawing

// skyline paints blocks of a city in rows, windows alight when it is dark.
func (s *scene) skyline() {
	d := s.d.fork(80)
	rows := 2 + s.b.detail
	ground := s.k.h * 93 / 100
	if s.b.hour == night || s.b.hour == dusk {
		s.k.glow(s.k.w/2, s.horizon, s.k.w*55/100, mix(s.p.accent, s.p.horizon, 110), 130)
	}
	for i := range rows {
		base := lerp(s.horizon+s.k.h*6/100, ground, i+1, rows)
		c := mix(s.depth(40+190*i/rows), s.p.dark, 40+60*i/rows)
		wide := lerp(s.unit*5, s.unit*13, i, rows)
		tall := lerp(s.k.h*36/100, s.k.h*50/100, i, rows)
		seed := d.next()
		for x := -d.n(wide); x < s.k.w; {
			bw := wide * d.in(60, 150) / 100
			bh := tall * (20 + noise(x*256/(s.unit*26), 0, seed)*80/65536) / 100 * d.in(60, 118) / 100
			s.tower(x, base-bh, x+bw, base+s.unit*3, c.light(d.in(88, 114)), i, rows, d)
			x += bw + d.n(wide/3+1) - wide/12
		}
		s.mist(base-s.unit*2, s.unit*12, 70-50*i/rows)
	}
	s.street(ground, d)
}

// tower paints one block: body, lit side, roof and windows.
func (s *scene) tower(x0, y0, x1, y1 int, c rgb, row, rows int, d *dice) {
	k := s.k
	k.rect(x0, y0, x1, y1, grad(c.light(112), c.light(82), y0, y1))
	side := (x1 - x0) * d.in(18, 36) / 100
	if s.sunX > (x0+x1)/2 {
		k.rect(x1-side, y0, x1, y1, flat(s.p.sun).fade(30))
	} else {
		k.rect(x0, y0, x0+side, y1, flat(s.p.sun).fade(30))
	}
	mid, u := (x0+x1)/2, max(s.unit*(row+2)/(rows+1), 1)
	switch d.n(6) {
	case 0: // mast
		k.rect(mid-1, y0-u*7, mid+1, y0, flat(c))
		k.glow(mid, y0-u*7, u*2, hex(0xff4030), 220)
	case 1: // stepped
		k.rect(x0+(x1-x0)/5, y0-u*3, x1-(x1-x0)/5, y0, flat(c.light(104)))
		k.rect(x0+(x1-x0)/3, y0-u*5, x1-(x1-x0)/3, y0-u*3, flat(c.light(108)))
	case 2: // spire
		k.fill(poly(x0, y0, mid, y0-(x1-x0)*7/10, x1, y0), grad(c.light(120), c, y0-u*8, y0))
	case 3: // slanted roof
		k.fill(poly(x0, y0, x1, y0-(x1-x0)/3, x1, y0+1, x0, y0+1), flat(c.light(106)))
	case 4: // tank
		k.rect(mid-u*2, y0-u*3, mid+u*2, y0-u, flat(c.light(92)))
		k.rect(mid-u*2, y0-u, mid-u*2+2, y0, flat(c))
		k.rect(mid+u*2-2, y0-u, mid+u*2, y0, flat(c))
	}
	s.windows(x0, y0, x1, y1, u, c, d)
}

func (s *scene) windows(x0, y0, x1, y1, u int, c rgb, d *dice) {
	dark := s.b.hour == night || s.b.hour == dusk
	lamps := []rgb{hex(0xffd890), hex(0xffc060), hex(0xfff0c8), s.p.accent}
	if s.b.style == neon {
		lamps = []rgb{hex(0x50f0ff), hex(0xff50c8), hex(0xfff0a0), s.p.accent}
	}
	sx, sy := max(u*17/10, 4), max(u*24/10, 5)
	lit := d.in(20, 55)
	strip := d.chance(18)
	for y := y0 + sy; y+sy < y1; y += sy {
		for x := x0 + sx*6/10; x+sx*8/10 < x1; x += sx {
			w, h := sx*55/100, sy*55/100
			if strip {
				w = sx
			}
			switch {
			case dark && d.chance(lit):
				s.k.rect(x, y, x+w, y+h, flat(lamps[d.n(len(lamps))]).fade(d.in(110, 235)))
			case dark:
				s.k.rect(x, y, x+w, y+h, flat(s.p.dark).fade(90))
			default:
				s.k.rect(x, y, x+w, y+h, flat(mix(s.p.sky, s.p.dark, d.in(30, 150))).fade(150))
			}
		}
	}
	if s.b.style == neon && d.chance(34) && x1-x0 > u*5 {
		sign := lamps[d.n(2)]
		x, y := x0+d.n((x1-x0)/2), y0+d.n(max((y1-y0)/2, 1))
		s.k.rect(x, y, x+u*2, y+u*9, flat(sign).fade(220))
		s.k.glow(x+u, y+u*4, u*9, sign, 170)
	}
}

// street paints the ground before a skyline, with the lights mirrored in it.
func (s *scene) street(ground int, d *dice) {
	c := mix(s.p.near, s.p.dark, 170)
	s.k.rect(0, ground, s.k.w, s.k.h, grad(c.light(120), c.light(66), ground, s.k.h))
	for range s.k.w / 24 {
		x, y := d.n(s.k.w), ground+d.n(max(s.k.h-ground, 1))
		l := mix(s.p.accent, s.p.horizon, d.n(256))
		s.k.rect(x, y, x+s.unit*d.in(3, 12), y+1+s.unit/8, flat(l).fade(d.in(16, 60)*(100+s.p.lit)/160))
	}
}

// fortress paints a castle on a rise: keep, towers, walls, flags.
func (s *scene) fortress() {
	d := s.d.fork(90)
	base := s.k.h * 84 / 100
	cx := s.frameW * d.in(36, 64) / 100
	u := s.unit * d.in(88, 108) / 100
	if s.frameW < s.k.h*3/4 {
		u = u * 86 / 100
	}
	rise := s.depth(190)
	var p path
	p.ellipse(cx*one, (base+u*12)*one, u*66*one, u*26*one)
	s.k.fill(&p, grad(rise.light(112), rise.light(74), base-u*14, base+u*6))
	stone := mix(mix(hex(0x9a948c), s.p.far, 110), s.p.near, 40).light(s.p.lit + 6)
	foot := base - u*8
	for _, side := range []int{-1, 1} {
		s.turret(cx+side*u*d.in(14, 17), foot, u*8, u*d.in(38, 46), stone.light(88), d)
		s.turret(cx+side*u*d.in(38, 42), foot+u*3, u*9, u*d.in(20, 28), stone.light(98), d)
	}
	s.turret(cx+u*d.in(-3, 3), foot, u*16, u*d.in(50, 58), stone, d)
	s.wall(cx-u*40, cx+u*40, foot-u*12, foot+u*6, stone.light(104))
	gate := path{}
	gate.move((cx-u*5)*one, (foot+u*6)*one)
	gate.line((cx-u*5)*one, (foot-u*3)*one)
	gate.quad(cx*one, (foot-u*11)*one, (cx+u*5)*one, (foot-u*3)*one)
	gate.line((cx+u*5)*one, (foot+u*6)*one)
	s.k.fill(&gate, flat(s.p.dark))
	if s.p.lit < 80 || s.b.weather == fire {
		s.k.glow(cx, foot+u*2, u*12, hex(0xffb45c), 150) // a fire in the gate
	}
	for _, side := range []int{-1, 1} {
		s.turret(cx+side*u*9, foot+u*6, u*6, u*26, stone.light(110), d)
	}
}

// headland paints a cliff above the sea for a castle to stand on.
func (s *scene) headland() {
	d := s.d.fork(91)
	top := s.k.h * 82 / 100
	rock := mix(mix(hex(0x6f665e), s.p.near, 130), s.p.dark, 30).light(s.p.lit + 6)
	right := s.frameW * d.in(80, 90) / 100
	s.cliff(-s.unit, right, top, rock, d)
	turf := s.p.near.light(106)
	s.k.rect(0, top-s.unit, right-s.unit, top+s.unit, grad(turf, turf.light(70), top-s.unit, top+s.unit))
}

// wall paints a crenellated wall.
func (s *scene) wall(x0, x1, y0, y1 int, c rgb) {
	s.k.rect(x0, y0, x1, y1, grad(c.light(112), c.light(70), y0, y1))
	m := max(s.unit*2, 2)
	for x := x0; x+m <= x1; x += 2 * m {
		s.k.rect(x, y0-m, x+m, y0, flat(c.light(114)))
	}
	s.stones(x0, y0, x1, y1, c)
}

// stones scatters a few courses of masonry over a wall.
func (s *scene) stones(x0, y0, x1, y1 int, c rgb) {
	d := newDice(uint64(x0*31+y0) ^ s.b.prompt)
	n := (x1 - x0) * (y1 - y0) * s.b.detail / (s.unit*s.unit*12 + 1)
	for range n {
		x, y := x0+d.n(max(x1-x0-s.unit*2, 1)), y0+d.n(max(y1-y0-s.unit, 1))
		s.k.rect(x, y, x+s.unit*2, y+s.unit, flat(c.light(d.in(72, 124))).fade(70))
	}
}

// turret paints one round tower with its foot at (x, y).
func (s *scene) turret(x, y, wide, tall int, c rgb, d *dice) {
	x0, x1, y0 := x-wide/2, x+wide/2, y-tall
	s.k.rect(x0, y0, x1, y, grad(c.light(110), c.light(72), y0, y))
	s.stones(x0, y0, x1, y, c)
	for i := range wide { // round: darker towards the edge away from the sun
		t := i
		if s.sunX < x {
			t = wide - i
		}
		s.k.rect(x1-i-1, y0, x1-i, y, flat(s.p.dark).fade(max(wide*6/10-t, 0)*150/max(wide, 1)))
	}
	over := max(wide/8, 1)
	if d.chance(65) {
		roof := mix(s.p.accent, s.p.dark, 40).light(s.p.lit + 14)
		top := y0 - wide*d.in(110, 160)/100
		s.k.fill(poly(x0-over, y0, x, top, x1+over, y0), grad(roof.light(120), roof.light(80), top, y0))
		s.k.fill(poly(x+wide/9, y0, x, top, x1+over, y0), flat(s.p.dark).fade(60))
		if d.chance(60) {
			s.flag(x, top, wide)
		}
	} else {
		s.k.rect(x0-over, y0-over, x1+over, y0+over*2, flat(c.light(112)))
		m := max(wide/5, 2)
		for q := x0 - over; q+m <= x1+over+1; q += 2 * m {
			s.k.rect(q, y0-over-m, q+m, y0-over, flat(c.light(114)))
		}
	}
	lamp := s.p.dark
	if s.p.lit < 85 {
		lamp = hex(0xffd080)
	}
	for q := range 1 + tall/(wide*2+1) {
		wy := y0 + wide*6/10 + q*wide*3/2
		if wy+wide/2 < y {
			s.k.fill(poly(x-wide/14, wy+wide/3, x-wide/14, wy, x, wy-wide/9, x+wide/14+1, wy, x+wide/14+1, wy+wide/3), flat(lamp))
		}
	}
}

func (s *scene) flag(x, y, wide int) {
	s.k.rect(x, y-wide*6/10, x+max(s.unit/5, 1), y, flat(s.p.dark))
	s.k.fill(poly(x, y-wide*6/10, x+wide*6/10, y-wide*45/100, x, y-wide*3/10), flat(s.p.accent.light(110)))
}

// houses paints cottages along the near hills.
func (s *scene) houses() {
	d := s.d.fork(95)
	n := 5 + 2*s.b.detail
	for i := range n {
		y := lerp(s.k.h*70/100, s.k.h*88/100, i, n)
		u := lerp(s.unit*9, s.unit*17, i, n) * d.in(88, 114) / 100
		x := s.k.w * (10 + (i*37+d.n(20))%84) / 100
		s.house(x, y, u, lerp(90, 220, i, n), d)
	}
}

func (s *scene) house(x, y, u, near int, d *dice) {
	wall := mix(s.depth(near), mix(hex(0xe8dcc0), s.p.sun, 60), 170).light(s.p.lit)
	roof := mix(s.depth(near), s.p.accent.shift(d.in(-60, 60)), 190).light(s.p.lit)
	if s.b.weather == snow {
		roof = mix(roof, hex(0xf2f6ff).light(s.p.lit+10), 210)
	}
	w, h := u*d.in(7, 9)/10, u*8/10
	chimney := wall.light(62)
	s.k.rect(x+w*4/10, y-h*21/10, x+w*6/10, y-h, flat(chimney))
	for i := range 5 { // smoke
		s.k.glow(x+w/2+i*u/7, y-h*21/10-i*u/4, u*(3+i)/14, mix(s.p.horizon, hex(0xffffff), 90), 90-i*14)
	}
	s.k.rect(x-w, y-h, x+w, y, grad(wall.light(108), wall.light(76), y-h, y))
	s.k.rect(x, y-h, x+w, y, flat(s.p.dark).fade(26))
	eaves, ridge := u/6, y-h*2-u/8
	s.k.fill(poly(x-w-eaves, y-h+u/12, x-w*5/10, ridge, x+w*5/10, ridge, x+w+eaves, y-h+u/12), grad(roof.light(122), roof.light(80), ridge, y-h))
	s.k.rect(x-w-eaves, y-h+u/12, x+w+eaves, y-h+u/8+1, flat(s.p.dark).fade(110))
	lamp := mix(s.p.dark, s.p.sky, 60)
	if s.p.lit < 90 {
		lamp = hex(0xffce78)
		s.k.glow(x, y-h/2, u, lamp, 90)
	}
	beam := mix(s.p.dark, hex(0x4a3222), 120)
	s.k.rect(x-w/7, y-h*6/10, x+w/7, y, flat(beam))
	for _, q := range []int{-7, 4} {
		wx := x + w*q/10
		s.k.rect(wx-u/24, y-h*7/10-u/24, wx+w/3+u/24, y-h*35/100+u/24, flat(beam))
		s.k.rect(wx, y-h*7/10, wx+w/3, y-h*35/100, flat(lamp))
		s.k.rect(wx+w/6, y-h*7/10, wx+w/6+1+u/40, y-h*35/100, flat(beam))
	}
}
