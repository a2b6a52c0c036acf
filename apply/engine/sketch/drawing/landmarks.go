package drawing

// landmarksOf paints the landmarks that the prompt names, over the backdrop.
// Those that change the ground come before those that stand on it.
func (s *scene) landmarksOf() {
	if s.b.shows("bridge") {
		s.bridge()
	} else if s.b.shows("gorge") {
		s.gap()
	}
	d := newDice(s.b.prompt).fork(25)
	x, y := s.frameW*d.in(20, 80)/100, s.k.h*d.in(82, 86)/100
	far := s.k.h * 68 / 100
	if s.b.shows("bridge") || s.b.shows("gorge") {
		y, far = s.k.h*deckHeight/100, s.k.h*deckHeight/100
		x = s.frameW * 6 / 100
	}
	stone := mix(hex(0x9a948c), s.p.far, 100).light(s.p.lit + 4)
	for _, mark := range s.b.marks {
		switch mark {
		case "river":
			if !s.b.shows("bridge") {
				s.ribbonOf(mix(s.p.horizon, s.p.sky, 130), mix(hex(0x3f8fb4), s.p.zenith, 130).light(s.p.lit), true)
			}
		case "road":
			dust := mix(hex(0xc8ab80), s.p.horizon, 70).light(s.p.lit)
			s.ribbonOf(mix(dust, s.p.far, 80), dust.light(84), false)
		case "lake":
			s.lake()
		case "waterfall":
			s.waterfall(x)
		case "tower":
			s.turret(x, y, s.unit*13, s.unit*48, stone, s.d.fork(28))
		case "lighthouse":
			s.lighthouse(x)
		case "windmill":
			s.windmill(x, y, s.unit*d.in(38, 46), d.n(turn))
		case "ruin":
			for i := range 5 {
				s.wall(x+(i-2)*s.unit*12-s.unit*4, x+(i-2)*s.unit*12+s.unit*4, y-s.unit*d.in(10, 34), y, stone)
			}
		case "quay":
			s.quay()
		case "market":
			s.market()
		case "shop":
			if !s.b.shows("quay") {
				s.shop(s.frameW*d.in(34, 66)/100, s.k.h*88/100, s.unit*26)
			}
		case "hamlet":
			for i := range 3 {
				s.house(x+(i-1)*s.unit*27, y-s.unit*d.in(1, 6), s.unit*d.in(9, 14), 190, s.d.fork(27))
			}
		case "tree":
			s.broadleaf(x, max(y, far), s.unit*d.in(56, 68), mix(s.p.near, s.p.dark, 40), s.d.fork(26))
		case "island":
			s.isle(s.frameW * d.in(36, 64) / 100)
		}
	}
}

// wilds gives open country without a landmark some trees to know it by.
func (s *scene) wilds() {
	d := newDice(s.b.prompt).fork(25)
	x, y := s.frameW*d.in(14, 84)/100, s.k.h*d.in(82, 88)/100
	leaf := mix(s.p.near, s.p.dark, 50)
	switch d.n(4) {
	case 0: // a great tree
		s.broadleaf(x, y, s.unit*d.in(46, 64), leaf.shift(d.in(-60, 60)), s.d.fork(26))
	case 1: // a stand of pines
		for i := range 5 {
			s.pine(x+(i-2)*s.unit*d.in(7, 10), y+i%2*s.unit*2, s.unit*d.in(26, 54), leaf, s.d.fork(26))
		}
	case 2: // an avenue
		for i := range 7 {
			s.broadleaf(s.frameW*(4+i*15)/100, y-s.unit*3, s.unit*d.in(16, 26), leaf.shift(d.in(-40, 40)), s.d.fork(26))
		}
	default: // boulders
		rock := mix(mix(hex(0x8d867c), s.p.far, 80), s.p.near, 60).light(s.p.lit)
		for i := range 5 {
			w := s.unit * d.in(6, 16)
			cx, cy := x+(i-2)*s.unit*d.in(8, 15), y+s.unit*d.in(-2, 4)
			p := poly(cx-w, cy, cx-w*8/10, cy-w/2, cx-w/4, cy-w*d.in(7, 10)/10, cx+w/2, cy-w*7/10, cx+w, cy)
			s.k.fill(p, grad(rock.light(124), rock.light(66), cy-w, cy))
			s.k.fill(poly(cx, cy, cx+w/8, cy-w*7/10, cx+w/2, cy-w*7/10, cx+w, cy), flat(s.p.dark).fade(50))
		}
	}
}

// ribbonOf paints a river or road that winds from the horizon to the eye.
func (s *scene) ribbonOf(far, near rgb, wet bool) {
	k := s.k
	d := newDice(s.b.prompt).fork(150)
	from, to := s.frameW*d.in(38, 62)/100, s.frameW*d.in(35, 65)/100
	swing := s.frameW * d.in(9, 15) / 100
	if d.chance(50) {
		swing = -swing
	}
	y0 := s.horizon + (k.h-s.horizon)*22/100
	mid := func(y int) (x, half int) {
		t := (y - y0) * 256 / max(k.h-y0, 1)
		x = from + (to-from)*t/256 + wave(isqrt(t*256)*turn*5/1024, swing)*(60+t)/256
		return x, s.unit/2 + s.unit*24*t*t>>16
	}
	for y := y0; y < k.h; y++ {
		x, half := mid(y)
		c := mix(far, near, (y-y0)*256/max(k.h-y0, 1))
		k.rect(x-half-1, y, x+half+1, y+1, flat(c.light(70)).fade(150))
		k.rect(x-half, y, x+half, y+1, flat(c).fade(min(40+(y-y0)*8, 245)))
		if wet && y%max(s.unit/2, 2) == 0 && half > 4 {
			g := x - half + d.n(half*2)
			k.rect(g, y, min(g+half/2, x+half), y+max(s.unit/6, 1), flat(hex(0xffffff)).fade(d.in(20, 90)*s.p.lit/100))
		}
	}
}

// lake lays a sheet of water across the middle ground.
func (s *scene) lake() {
	d := s.d.fork(152)
	y0, y1 := s.horizon+(s.k.h-s.horizon)*34/100, s.k.h*90/100
	shore := s.profile(y0, s.unit*3, 3, 3, false, d.next())
	lower := s.profile(y1, s.unit*6, 2, 3, false, d.next())
	top, deep := mix(s.p.horizon, s.p.sky, 90), mix(s.p.sky, s.p.zenith, 150)
	for x := range s.k.w {
		for y := max(shore[x]>>8, 0); y < min(lower[x]>>8, s.k.h); y++ {
			s.k.blend(y*s.k.Stride+x*4, mix(top, deep, (y-y0)*256/max(y1-y0, 1)), 244)
		}
	}
	s.ripples(y0+s.unit*3, y1-s.unit*6, 0, s.k.w, d)
	s.k.glow(s.sunX, (y0+y1)/2, s.unit*22, s.p.sun, 90)
}

// waterfall paints a wall of rock with water coming down it into a pool.
func (s *scene) waterfall(x int) {
	k, u := s.k, s.unit
	d := s.d.fork(153)
	foot, base := k.h*86/100, k.h*36/100
	rock := mix(mix(hex(0x726c66), s.p.near, 90), s.p.far, 40).light(s.p.lit + 6)
	top := s.profile(base, u*16, 2, 4, false, d.next())
	for c := range top {
		top[c] += abs(c-x) * one / 9 // highest where the water is
	}
	k.below(top, grad(rock.light(116), rock.light(60), base, foot))
	for range k.w / 5 {
		cx := d.n(k.w)
		cy := top[cx]>>8 + d.n(max(foot-top[cx]>>8, 1))
		c := s.p.dark
		if d.chance(40) {
			c = s.p.sun
		}
		k.fill(poly(cx-u/3, cy, cx+u/2, cy-u, cx+d.in(-u, u)/2, cy+u*d.in(4, 12)), flat(c).fade(60))
	}
	s.pineRow(top, u*13, mix(s.p.near, s.p.dark, 60), d.fork(1), 74)
	half, lip := u*8, top[x]>>8-u
	water := mix(hex(0xf4faff), s.p.sky, 50).light(s.p.lit + 14)
	for i := -half; i < half; i++ {
		c := mix(water, s.p.sky, d.n(130))
		low := i + i*d.in(10, 40)/100 // it spreads as it falls
		k.fill(poly(x+i, lip, x+i+1, lip, x+low+2, foot, x+low, foot), flat(c).fade(d.in(180, 250)))
	}
	pool := mix(mix(hex(0x3f93b4), s.p.sky, 100), s.p.near, 40).light(s.p.lit)
	shore := s.profile(foot, u*4, 3, 3, false, d.next())
	k.below(shore, grad(mix(pool, hex(0xffffff), 90), pool.light(62), foot-u*3, k.h))
	s.ripples(foot+u*2, k.h, 0, k.w, d)
	for range 12 {
		k.glow(x+d.in(-half*2, half*2), foot-d.n(u*4), u*d.in(4, 9), hex(0xf0f6ff), 130)
	}
}

// lighthouse paints a banded tower on a rock; by night its beam turns.
func (s *scene) lighthouse(x int) {
	k, u := s.k, s.unit
	foot := s.horizon + u*16
	s.isle(x)
	wall := hex(0xf2efe8).light(s.p.lit + 4)
	band := mix(hex(0xc23a2e), s.p.accent, 60).light(s.p.lit + 8)
	top := foot - u*46
	if s.p.lit < 80 {
		lamp := hex(0xffe9a8)
		for _, way := range []int{-1, 1} {
			k.fill(poly(x, top-u*3, x+way*u*360, top-u*42, x+way*u*360, top+u*30), flat(lamp).fade(54))
		}
		k.glow(x, top-u*3, u*22, lamp, 230)
	}
	for i := range 6 {
		y0, y1 := top+(foot-top)*i/6, top+(foot-top)*(i+1)/6
		w0, w1 := u*4+u*3*i/6, u*4+u*3*(i+1)/6
		c := wall
		if i%2 == 1 {
			c = band
		}
		k.fill(poly(x-w0, y0, x+w0, y0, x+w1, y1, x-w1, y1), grad(c.light(108), c.light(90), y0, y1))
		k.fill(poly(x+w0/4, y0, x+w0, y0, x+w1, y1, x+w1/4, y1), flat(s.p.dark).fade(60))
	}
	k.rect(x-u*5, top-u, x+u*5, top, flat(s.p.dark))
	k.rect(x-u*3, top-u*6, x+u*3, top-u, flat(mix(hex(0xfff0b8), s.p.sky, 60)))
	k.fill(poly(x-u*4, top-u*6, x, top-u*10, x+u*4, top-u*6), grad(band.light(112), band.light(70), top-u*10, top-u*6))
}

// isle paints a rock with grass and a palm or two out at sea.
func (s *scene) isle(x int) {
	k, u := s.k, s.unit
	y := s.horizon + u*18
	rock := mix(mix(hex(0x6f675e), s.p.far, 70), s.p.near, 60).light(s.p.lit + 6)
	p := &path{}
	p.move((x-u*34)*one, y*one)
	p.quad((x-u*20)*one, (y-u*9)*one, (x-u*6)*one, (y-u*8)*one)
	p.quad((x+u*12)*one, (y-u*10)*one, (x+u*36)*one, y*one)
	k.fill(p, grad(mix(rock, s.p.near, 150).light(118), rock.light(70), y-u*9, y))
	for i := range 3 {
		k.rect(x-u*(36-i*5), y+u*i-u/2, x+u*(38-i*5), y+u*i, flat(hex(0xffffff)).fade(120-30*i))
	}
	if s.b.shows("lighthouse") {
		return
	}
	d := s.d.fork(154)
	for _, px := range []int{x - u*12, x + u*8} {
		tall := u * d.in(20, 28)
		lean := d.in(-u*4, u*4)
		k.fill(poly(px-u, y-u*6, px+lean-u/2, y-u*6-tall, px+lean+u/2, y-u*6-tall, px+u, y-u*6), flat(mix(hex(0x7a5a38), s.p.dark, 60)))
		for f := range 7 {
			a := turn/2 + f*turn/12
			ex, ey := px+lean+wave(a+turn/4, u*12), y-u*6-tall+wave(a, u*8)+u*4
			leaf := mix(hex(0x3f8a48), s.p.near, 110).light(d.in(70, 110) * s.p.lit / 100)
			var q path
			q.move((px+lean)*one, (y-u*6-tall)*one)
			q.quad((px+lean+ex)/2*one, (min(ey, y-u*6-tall)-u*5)*one, ex*one, ey*one)
			q.quad((px+lean+ex)/2*one, (min(ey, y-u*6-tall)-u*2)*one, (px+lean)*one, (y-u*6-tall)*one)
			k.fill(&q, flat(leaf))
		}
	}
}
