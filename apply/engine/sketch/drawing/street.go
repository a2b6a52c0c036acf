package drawing

// quay paints the houses of a harbour behind the water, a wall, and boats at
// their moorings.
func (s *scene) quay() {
	k, u := s.k, s.unit
	d := s.d.fork(160)
	y := s.horizon + u*11
	for x := u * 6; x < k.w; x += u * d.in(13, 18) {
		if noise(x*256/(u*60), 0, s.b.prompt) > 26000 {
			s.house(x, y-u*2, u*d.in(8, 11), 150, d)
		}
	}
	stone := mix(hex(0x8f8678), s.p.far, 90).light(s.p.lit)
	k.rect(0, y-u*2, k.w, y+u*3, grad(stone.light(120), stone.light(60), y-u*2, y+u*3))
	for x := u * 3; x < k.w; x += u * 9 {
		k.rect(x, y-u, x+u, y+u*6, flat(mix(hex(0x4a3524), s.p.dark, 110)))
	}
	if s.b.shows("shop") {
		s.shop(s.frameW*d.in(26, 38)/100, y+u*2, u*20)
	}
	for i := range 4 {
		size := u * d.in(15, 22)
		m := s.dress("boat", size, i, d.chance(50))
		s.k.over(m, s.frameW*(46+13*i)/100-size/2, y+u*(3+3*(i%2))-size*8/10, 255)
	}
}

// market paints a row of stalls with striped awnings and goods.
func (s *scene) market() {
	k, u := s.k, s.unit
	d := s.d.fork(161)
	y := k.h * 89 / 100
	goods := []rgb{hex(0xc8442f), hex(0xe0a030), hex(0x6f9a3c), hex(0x8a4f8a), hex(0xd8c8a0)}
	wood := mix(hex(0x7a5636), s.p.dark, 50).light(s.p.lit + 10)
	for x := u * d.in(-4, 6); x < k.w; x += u * 34 {
		w, top := u*26, y-u*26
		cloth := s.p.accent.shift(d.in(-160, 160)).light(s.p.lit + 8)
		k.rect(x+u, top, x+u*2, y, flat(wood))
		k.rect(x+w-u*2, top, x+w-u, y, flat(wood))
		k.rect(x, y-u*9, x+w, y, grad(wood.light(116), wood.light(60), y-u*9, y))
		for i := range 11 {
			c := goods[(i+d.n(2))%len(goods)].light(s.p.lit + 6)
			cx, cy := x+u*2+i*u*22/10, y-u*10-d.n(u)
			k.fill(disc(cx*one, cy*one, u*17*one/10), grad(c.light(124), c.light(76), cy-u, cy+u))
		}
		s.awning(x-u, top-u*4, w+u*2, u*9, cloth)
	}
}

// awning paints a striped cloth with a scalloped edge.
func (s *scene) awning(x, y, wide, tall int, c rgb) {
	const stripes = 8
	light := hex(0xf4ecda).light(s.p.lit + 4)
	for i := range stripes {
		tone := c
		if i%2 == 1 {
			tone = light
		}
		in := wide / 14
		a, b := x+wide*i/stripes, x+wide*(i+1)/stripes
		ta, tb := x+in+(wide-2*in)*i/stripes, x+in+(wide-2*in)*(i+1)/stripes
		s.k.fill(poly(ta, y, tb, y, b, y+tall, a, y+tall), grad(tone.light(114), tone.light(84), y, y+tall))
		s.k.fill(disc((a+b)/2*one, (y+tall)*one, (b-a)*one/2), flat(tone.light(84)))
	}
}

// shop paints a house with a wide window, an awning and a hanging sign.
func (s *scene) shop(x, y, u int) {
	k := s.k
	wall := mix(hex(0xe4d3b4), s.p.sun, 50).light(s.p.lit + 2)
	roof := mix(s.p.accent, hex(0x8a4a34), 100).light(s.p.lit + 6)
	w, h := u*11/10, u*13/10
	k.rect(x-w, y-h, x+w, y, grad(wall.light(108), wall.light(78), y-h, y))
	k.fill(poly(x-w-u/8, y-h, x-w*7/10, y-h-u*6/10, x+w*7/10, y-h-u*6/10, x+w+u/8, y-h), grad(roof.light(122), roof.light(78), y-h-u, y-h))
	lamp := mix(hex(0xffdf9a), s.p.sky, 90)
	if s.p.lit < 90 {
		lamp = hex(0xffcf7a)
		k.glow(x, y-u/3, u*3/2, lamp, 110)
	}
	beam := mix(s.p.dark, hex(0x4a3222), 140)
	for i := range 3 { // upper windows
		wx := x - w*6/10 + i*w*6/10
		k.rect(wx-u/9, y-h*88/100, wx+u/9, y-h*66/100, flat(beam))
		k.rect(wx-u/12, y-h*86/100, wx+u/12, y-h*68/100, flat(lamp))
	}
	k.rect(x-w*8/10, y-h*42/100, x+w*2/10, y-h*8/100, flat(beam))
	k.rect(x-w*76/100, y-h*40/100, x+w*16/100, y-h*10/100, grad(lamp.light(110), lamp.light(84), y-h/2, y))
	k.rect(x+w*4/10, y-h*46/100, x+w*76/100, y, flat(beam))
	k.rect(x+w*46/100, y-h*42/100, x+w*70/100, y-h*22/100, flat(lamp))
	s.awning(x-w*9/10, y-h*58/100, w*18/10, h*14/100, s.p.accent.light(s.p.lit+8))
	k.rect(x+w, y-h*8/10, x+w+u*4/10, y-h*8/10+max(u/30, 1), flat(beam))
	k.fill(disc((x+w+u*3/10)*one, (y-h*68/100)*one, u*one/7), flat(beam))
	k.fill(disc((x+w+u*3/10)*one, (y-h*68/100)*one, u*one/9), flat(mix(hex(0xe9b93c), s.p.accent, 60).light(s.p.lit)))
}

// cavern paints the inside of a cave: rock round a far light, teeth of stone
// above and below, and crystals.
func (s *scene) cavern() {
	k, u := s.k, s.unit
	d := s.d.fork(162)
	light := mix(s.p.horizon, s.p.accent, 70)
	cx, cy := s.frameW*d.in(42, 58)/100, k.h*52/100
	s.sunX, s.sunY = cx, cy
	k.rect(0, 0, k.w, k.h, grad(light.light(70), light.light(40), 0, k.h))
	k.glow(cx, cy, k.h*6/10, light, 250)
	rock := mix(mix(hex(0x5a5360), s.p.near, 70), s.p.sky, 40).light(64 + s.p.lit/4)
	for i := range 4 {
		c := mix(mix(rock, light, 120-40*i), s.p.dark, 50*i)
		half := k.h * (20 + 10*i) / 100
		roof := s.profile(cy-half, u*16, 4+i, 4, true, d.next())
		floor := s.profile(cy+half*8/10, u*8, 4, 4, false, d.next())
		for x := range roof {
			side := abs(x-cx) * (26 - 4*i) / 100 // the walls close in
			roof[x] = 2*(cy-half)*one - roof[x] + u*3*one + side*one
			floor[x] -= side * one / 2
		}
		for x := range min(k.w, len(roof)) {
			k.rect(x, 0, x+1, max(roof[x]>>8, 0), grad(c.light(60), c.light(112), 0, max(roof[x]>>8, 1)))
		}
		k.below(floor, grad(c.light(118), c.light(56), cy, k.h))
		for range 7 { // teeth hang from the roof and stand on the floor
			x, w := d.n(len(roof)), u*d.in(1, 3)*(i+2)/3
			y := roof[x] >> 8
			k.fill(poly(x-w, y-u*2, x+w, y-u*2, x+d.in(-w, w)/2, y+w*d.in(4, 8)), grad(c.light(100), c.light(124), y, y+w*6))
			x = d.n(len(floor))
			y = floor[x] >> 8
			k.fill(poly(x-w, y+u*2, x+w, y+u*2, x+d.in(-w, w)/2, y-w*d.in(2, 5)), grad(c.light(128), c.light(84), y-w*5, y))
		}
	}
	for range 5 {
		x, y, tall := d.n(k.w), k.h*d.in(82, 95)/100, u*d.in(5, 13)
		gem := s.p.accent.saturate(120).light(112)
		k.glow(x, y-tall/2, tall*2, gem, 150)
		for q := range 3 {
			bx := x + (q-1)*tall/3
			k.fill(poly(bx-tall/6, y, bx-tall/5+(q-1)*tall/5, y-tall*7/10, bx+(q-1)*tall/3, y-tall, bx+tall/6+(q-1)*tall/5, y-tall*6/10, bx+tall/6, y), grad(gem.light(130), gem.light(66), y-tall, y))
		}
	}
}
