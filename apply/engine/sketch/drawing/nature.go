package drawing

// peaks paints ranges of mountains with snow, then foothills.
func (s *scene) peaks() {
	d := s.d.fork(40)
	layers := 2 + min(s.b.detail, 2)
	for i := range layers {
		base := lerp(s.horizon*92/100, s.k.h*82/100, i, layers)
		amp := lerp(s.k.h*40/100, s.k.h*16/100, i, layers)
		c := s.depth(30 + 200*i/layers)
		seed := d.next()
		top := s.profile(base, amp, 2, 6, true, seed)
		s.k.below(top, grad(c.light(104), mix(c, s.p.far, 120), base-amp, base+amp/2))
		s.rock(top, base, amp, c, seed, i < layers-1 || s.b.weather == snow)
		s.mist(base+amp/6, amp/2, 110-20*i)
	}
	near := s.profile(s.k.h*84/100, s.k.h*5/100, 3, 4, false, d.next())
	c := s.p.near
	s.k.below(near, grad(c.light(100), c.light(50), s.k.h*80/100, s.k.h))
	s.pineRow(near, s.unit*7, mix(c, s.p.dark, 90), d.fork(5), 60)
}

// rock shades the faces of a range by slope and lays snow on its tops.
func (s *scene) rock(top []int, base, amp int, c rgb, seed uint64, snowy bool) {
	white := mix(hex(0xf6f9ff), s.p.sun, 60).light(s.p.lit + 8)
	blue := mix(white, s.p.zenith, 110)
	snowline := base - amp/5
	for x := range top {
		// The slope of the face under the ridge leans with height, so that
		// ribs run down it.
		y0 := max(top[x]>>8, 0)
		for y := y0; y < min(base+amp/2, s.k.h); y++ {
			down := y - y0
			q := min(max(x+(noise(y*9, x*2, seed)-32768)>>11, 6), len(top)-7)
			slope := top[q+6] - top[q-6] + (noise(x*22+down*9, y*7, seed+5)-32768)>>4
			lit := slope*(x-s.sunX) > 0
			edge := min(abs(slope)/6, 90) * (96 + abs(s.facing(x))*160/256) >> 8
			i := y*s.k.Stride + x*4
			fade := max(256-down*256/max(amp, 1), 0)
			switch isSnow := snowy && y+(noise(x*10, y*5, seed+9)-32768)*amp>>17 < snowline-down/3; {
			case isSnow && lit:
				s.k.blend(i, white, 232)
			case isSnow:
				s.k.blend(i, blue, 200)
			case lit:
				s.k.blend(i, mix(c, s.p.sun, 90).light(s.p.lit+12), edge*fade>>8)
			default:
				s.k.blend(i, s.p.dark, edge*fade>>9)
			}
		}
	}
}

// mist lays a soft bank of haze round a row.
func (s *scene) mist(y, half, strength int) {
	for r := max(y-half, 0); r < min(y+half, s.k.h); r++ {
		a := smooth(256-abs(r-y)*256/max(half, 1)) * strength >> 8
		s.k.rect(0, r, s.k.w, r+1, flat(mix(s.p.horizon, s.p.far, 90)).fade(a))
	}
}

// pine paints one conifer with its foot at (x, y).
func (s *scene) pine(x, y, tall int, c rgb, d *dice) {
	s.k.fill(poly(x-tall/30, y, x-tall/40, y-tall/3, x+tall/40, y-tall/3, x+tall/30, y), flat(mix(s.p.dark, hex(0x4a3020), 90)))
	tiers := 4 + s.b.detail
	for i := range tiers {
		half := tall * (30 - 22*i/tiers) / 100 * d.in(86, 112) / 100
		low := y - tall*10/100 - tall*78*i/(100*tiers)
		high := low - tall*34/100
		sag := tall / 28
		p := poly(x-half, low+sag, x-half/3, low-tall/9, x-half/3-sag, low-tall/10, x, high, x+half/3+sag, low-tall/10, x+half/3, low-tall/9, x+half, low+sag, x+half/2, low, x, low+sag, x-half/2, low)
		s.k.fill(p, grad(c.light(126), c.light(70), high, low))
	}
}

// pineRow plants conifers along a line, pct of the places taken.
func (s *scene) pineRow(top []int, tall int, c rgb, d *dice, pct int) {
	seed := d.next()
	for x := d.n(tall + 1); x < len(top); x += tall*d.in(14, 40)/100 + 1 {
		if noise(x*256/(tall*4+1), 0, seed)*100/65536 > pct {
			continue
		}
		s.pine(x, top[x]>>8+tall/20, tall*d.in(62, 125)/100, c.light(d.in(88, 112)), d)
	}
}

// broadleaf paints one round tree with its foot at (x, y).
func (s *scene) broadleaf(x, y, tall int, c rgb, d *dice) {
	wood := mix(s.p.dark, hex(0x5f4028), 110)
	s.k.fill(poly(x-tall/16, y, x-tall/30, y-tall/2, x+tall/30, y-tall/2, x+tall/14, y), grad(wood, wood.light(70), y-tall/2, y))
	for i := range 5 + 3*s.b.detail {
		a := d.n(turn)
		far := tall * d.in(4, 24) / 100
		cx, cy := x+wave(a+turn/4, far), y-tall*68/100+wave(a, far*8/10)
		r := tall * d.in(10, 19) / 100
		tone := c.light(82 + 4*i).light(d.in(92, 110))
		if (cx < x) == (s.sunX < x) {
			tone = mix(tone, s.p.sun, 36)
		}
		s.k.fill(disc(cx*one, cy*one, r*one), grad(tone.light(118), tone.light(76), cy-r, cy+r))
	}
}

// woods paints rows of trees from the haze to the foreground.
func (s *scene) woods() {
	d := s.d.fork(50)
	pines := newDice(s.b.prompt).fork(51).chance(55)
	rows := 3 + s.b.detail
	for i := range rows {
		base := lerp(s.horizon+s.k.h*4/100, s.k.h*90/100, i, rows)
		c := s.depth(40 + 200*i/rows)
		top := s.profile(base, s.k.h*3/100, 2, 3, false, d.next())
		tall := lerp(s.unit*20, s.unit*62, i*i, rows*rows)
		s.mist(base-tall/3, tall/2, 56)
		s.k.below(top, grad(c.light(104), c.light(76), base-4, base+s.k.h/8))
		row := d.fork(uint64(i))
		leaf := mix(c, s.p.dark, 40)
		switch {
		case pines:
			s.pineRow(top, tall, leaf, row, lerp(88, 40, i, rows))
		default:
			for x := row.n(tall); x < len(top); x += tall * row.in(26, 74) / 100 {
				s.broadleaf(x, top[x]>>8+2, tall*row.in(70, 112)/100, leaf, row)
			}
		}
	}
	s.foreground()
}

// water paints the sea: a gradient, the light's path, and crests that grow
// towards the eye; sometimes islands.
func (s *scene) water() {
	d := s.d.fork(60)
	h0 := s.horizon
	switch far := s.k.h * 34 / 100; {
	case s.b.near(mountains):
		seed := d.next()
		top := s.profile(h0-far/8, far, 2, 6, true, seed)
		c := mix(s.depth(70), s.p.horizon, 50)
		s.k.below(top, grad(c, mix(c, s.p.horizon, 110), h0-far/2, h0))
		s.rock(top, h0-far/8, far, c, seed, true)
	case d.chance(60):
		top := s.profile(h0+s.k.h*3/100, s.k.h*7/100, 1, 5, true, d.next())
		for x := range top {
			top[x] = min(top[x]+s.k.h*2/100*one, h0*one+one)
		}
		c := s.depth(50)
		s.k.below(top, grad(c, mix(c, s.p.horizon, 80), h0-s.k.h/10, h0))
	}
	deep := mix(s.p.near, s.p.zenith, 170)
	s.k.rect(0, h0, s.k.w, s.k.h, grad(mix(s.p.horizon, s.p.sky, 120), deep.light(84), h0, s.k.h))
	seed := d.next()
	for y := h0; y < s.k.h; y++ {
		t := (y - h0) * 256 / max(s.k.h-h0, 1)
		wide := s.k.w/30 + (s.k.w/5)*t>>8
		for x := range s.k.w {
			v := noise(x*256/(6+t*s.unit/20), y*256/(2+t*s.unit/110), seed)
			if v > 41000 {
				s.k.add(x, y, s.p.sky, min((v-41000)>>6, 70))
			} else if v < 22000 {
				s.k.blend(y*s.k.Stride+x*4, deep, min((22000-v)>>7, 60))
			}
			off := abs(x - s.sunX)
			if s.b.weather != storm && off < wide && v > 33000 {
				s.k.add(x, y, s.p.sun, (wide-off)*220/wide*min(v-33000, 9000)/9000)
			}
		}
	}
	s.waves(d)
}

// waves draws crests with foam in the nearer half of the water.
func (s *scene) waves(d *dice) {
	rows := 4 + 2*s.b.detail
	for i := range rows {
		y := lerp(s.horizon+s.k.h*9/100, s.k.h*97/100, i*(i+3), rows*(rows+3))
		amp := lerp(1, s.k.h*3/100, i, rows)
		seed := d.next()
		c := mix(s.p.near, s.p.zenith, 190-70*i/rows)
		top := s.profile(y, amp, lerp(9, 3, i, rows), 3, true, seed)
		s.k.below(top, grad(c.light(110), c.light(80), y-amp, y+amp*4).fade(120))
		for x := range top {
			if v := noise(x*256/(s.unit*9), 0, seed+3); v > 30000 {
				t := top[x] >> 8
				for f := range max(amp/5, 1) {
					s.k.dot(x, t+f, hex(0xffffff), min((v-30000)>>7, 150)*s.p.lit/100)
				}
			}
		}
	}
}

// dunes paints sand in waves, each with a lit and a shaded side.
func (s *scene) dunes() {
	d := s.d.fork(70)
	sand := mix(hex(0xe6b56c), s.p.near, 26)
	if len(s.b.tints) > 0 {
		sand = mix(sand, s.p.near, 150)
	}
	sand = sand.light(s.p.lit)
	if d.chance(50) {
		s.mesas(d.fork(1))
	}
	layers := 3 + s.b.detail
	for i := range layers {
		base := lerp(s.horizon+s.k.h*4/100, s.k.h*96/100, i, layers)
		amp := lerp(s.k.h*7/100, s.k.h*15/100, i, layers)
		c := mix(mix(s.p.horizon, sand, 110+140*i/layers), s.p.dark, 10)
		s.dune(s.profile(base, amp, 1, 2, false, d.next()), amp, c, d.next())
	}
}

// dune paints one wave of sand: a crest line winds down its face, lit on the
// side of the sun and shaded on the other, and the wind has left ripples.
func (s *scene) dune(top []int, amp int, c rgb, seed uint64) {
	base := 0
	for _, t := range top {
		base = max(base, t>>8)
	}
	s.k.below(top, grad(c.light(116), c.light(88), base-amp*2, base+amp))
	shade := mix(c, s.p.dark, 96)
	for x := range top {
		y0 := max(top[x]>>8, 0)
		for y := y0; y < min(y0+amp*4, s.k.h); y++ {
			down := y - y0
			// The crest line: a slow wave whose middle wanders as it comes down.
			at := (x*3 + down*4 + noise(y*3, x, seed)>>8) * 256 / (s.unit * 100)
			side := noise(at, 0, seed+1) - 32768
			a := min(max(side>>6, 0), 120) * max(256-down*256/(amp*4), 0) >> 8
			ripple := noise(x*256/(s.unit*6), down*256/max(s.unit*(1+down*3/amp)/2, 1), seed+2)
			i := y*s.k.Stride + x*4
			s.k.blend(i, shade, a)
			if ripple > 44000 {
				s.k.blend(i, s.p.sun, min((ripple-44000)>>9, 30))
			}
		}
	}
}

// mesas paints table mountains on the horizon.
func (s *scene) mesas(d *dice) {
	for range d.in(2, 5) {
		x, wide, tall := d.n(s.k.w), s.k.w*d.in(5, 14)/100, s.k.h*d.in(5, 15)/100
		c := mix(mix(hex(0xa85a3c), s.p.far, 130), s.p.near, 40).light(s.p.lit)
		y := s.horizon + s.k.h*4/100
		s.k.fill(poly(x-wide, y, x-wide*7/10, y-tall*6/10, x-wide*6/10, y-tall, x+wide*6/10, y-tall, x+wide*7/10, y-tall*6/10, x+wide, y), grad(c.light(116), c.light(84), y-tall, y))
		s.k.fill(poly(x+wide/10, y, x+wide*2/10, y-tall, x+wide*6/10, y-tall, x+wide*7/10, y-tall*6/10, x+wide, y), flat(s.p.dark).fade(56))
	}
}
