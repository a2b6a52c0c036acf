package drawing

// deckHeight is the row on which people stand on a bridge, in percent.
const deckHeight = 69

// gap paints what a bridge spans, between two banks: a chasm whose foot is
// lost in haze, or water.
func (s *scene) gap() {
	k, d := s.k, s.d.fork(140)
	deck := k.h * deckHeight / 100
	left, right := s.banks()
	top := deck - s.unit*4
	if s.b.place == sea || s.b.place == city || !s.b.shows("gorge") && s.b.place != mountains {
		deep := mix(s.p.near, s.p.zenith, 170)
		k.rect(0, top+s.unit*8, k.w, k.h, grad(mix(s.p.horizon, s.p.sky, 120), deep, top, k.h))
		s.ripples(top+s.unit*8, k.h, 0, k.w, d)
	} else {
		k.rect(left, top, right, k.h, grad(mix(s.p.far, s.p.near, 60), mix(s.p.near, s.p.dark, 190), top, k.h))
		for i := range 3 { // walls behind walls, each nearer and darker
			c := mix(mix(s.p.far, s.p.near, 80+50*i), s.p.dark, 30+30*i)
			in := (right - left) * (34 - 9*i) / 100
			s.cliff(left-s.unit, left+in, top+s.unit*(8-3*i), c, d)
			s.cliff(right+s.unit, right-in, top+s.unit*(8-3*i), c, d)
		}
		s.mist(k.h*99/100, k.h/8, 170)
	}
	rock := mix(mix(hex(0x7d766c), s.p.near, 120), s.p.dark, 20).light(s.p.lit + 4)
	s.cliff(-s.unit, left, deck, rock, d)
	s.cliff(k.w+s.unit, right, deck, rock, d)
	turf := mix(s.p.near, s.p.dark, 20)
	for _, bank := range [][2]int{{0, left}, {right, k.w}} {
		for range (bank[1] - bank[0]) / max(s.unit, 1) * 3 {
			x, tall := d.in(bank[0], bank[1]), s.unit*d.in(8, 26)/10
			k.fill(poly(x-s.unit/2, deck+s.unit, x+d.in(-tall, tall)/3, deck-tall, x+s.unit/2+1, deck+s.unit), flat(turf.light(d.in(70, 122))))
		}
	}
}

// banks are the columns at which the ground ends and begins again.
func (s *scene) banks() (left, right int) {
	d := newDice(s.b.prompt).fork(141)
	return s.k.w * d.in(9, 15) / 100, s.k.w * d.in(85, 91) / 100
}

// cliff paints a wall of rock from the column out, off the picture, to the
// column edge, with cracks and a lit brink.
func (s *scene) cliff(out, edge, top int, c rgb, d *dice) {
	k := s.k
	way := 1
	if edge < out {
		way = -1
	}
	p := &path{}
	p.move(out*one, top*one)
	p.line(edge*one, top*one)
	x, y := edge, top
	for y < k.h {
		y += s.unit * d.in(3, 8)
		x = min(max(x+way*s.unit*d.in(-5, 4), min(out, edge)), max(out, edge))
		p.line(x*one, y*one)
	}
	p.line(out*one, (k.h+s.unit)*one)
	k.fill(p, grad(c.light(112), c.light(50), top, k.h))
	for range abs(edge-out) / max(s.unit*2, 1) {
		x, y := d.in(min(out, edge), max(out, edge)), top+d.n(max(k.h-top, 1))
		tall := s.unit * d.in(3, 9)
		if (x-edge)*way > -s.unit*6*(y-top)/max(s.unit*9, 1) {
			continue // keep inside the wall where it recedes
		}
		k.fill(poly(x, y, x+s.unit/3+1, y, x+d.in(-s.unit, s.unit), y+tall), flat(s.p.dark).fade(70))
	}
}

// ripples lays short lights and shades on water.
func (s *scene) ripples(top, bottom, x0, x1 int, d *dice) {
	for range (bottom - top) * (x1 - x0) / (s.unit*s.unit*9 + 1) {
		y := top + d.n(max(bottom-top, 1))
		wide := s.unit * (2 + 5*(y-top)/max(bottom-top, 1))
		x := x0 + d.n(max(x1-x0-wide, 1))
		c := mix(s.p.sun, hex(0xffffff), 60)
		if d.chance(45) {
			c = s.p.dark
		}
		s.k.rect(x, y, x+wide, y+max(s.unit/6, 1), flat(c).fade(d.in(20, 80)))
	}
}

// bridge paints a bridge over the gap, built as the prompt or the place asks.
func (s *scene) bridge() {
	s.gap()
	built := s.b.span
	if built == anySpan {
		built = stoneSpan
		if s.b.place == city {
			built = steelSpan
		}
	}
	left, right := s.banks()
	deck := s.k.h * deckHeight / 100
	switch built {
	case ropeSpan:
		s.ropeBridge(left-s.unit*3, right+s.unit*3, deck)
	case steelSpan:
		s.steelBridge(deck)
	default:
		s.stoneBridge(left, right, deck)
	}
}

// stoneBridge paints arches on piers, a parapet and courses of stone.
func (s *scene) stoneBridge(left, right, deck int) {
	k, u := s.k, s.unit
	stone := mix(mix(hex(0xa59c8e), s.p.far, 80), s.p.sun, 30).light(s.p.lit + 8)
	x0, x1 := left-u*8, right+u*8
	n := max((right-left)/(u*58), 1)
	pier := u * 5
	each := (right - left - pier*(n-1)) / n
	for side, tone := range []rgb{stone.light(56), stone} { // the far face shows under the near arches
		dx := (1 - side) * u * 3
		p := &path{}
		p.move((x0+dx)*one, deck*one)
		p.line((x1+dx)*one, deck*one)
		p.line((x1+dx)*one, (deck+u*10)*one)
		for i := n - 1; i >= 0; i-- {
			a, b := left+i*(each+pier)+dx, left+i*(each+pier)+each+dx
			spring := deck + u*22
			p.line(b*one, (k.h+u)*one)
			p.line(b*one, spring*one)
			p.cubic(b*one, (deck+u*2)*one, a*one, (deck+u*2)*one, a*one, spring*one)
			p.line(a*one, (k.h+u)*one)
		}
		p.line((x0+dx)*one, (deck+u*10)*one)
		k.fill(p, grad(tone.light(112), tone.light(56), deck, k.h))
	}
	d := s.d.fork(142)
	for i := range n { // the stones of each arch, as rays round it
		mid, half := left+i*(each+pier)+each/2, each/2
		for q := 1; q < 12; q++ {
			a := turn/2 + q*turn/24
			ex, ey := wave(a+turn/4, half), wave(a, u*15)
			px, py := wave(a+turn/4, u*3), wave(a, u*3)
			x, y := mid+ex, deck+u*22+ey
			k.fill(poly(x, y, x+max(u/5, 1), y, x+px+max(u/5, 1), y+py, x+px, y+py), flat(s.p.dark).fade(80))
		}
	}
	for range (x1 - x0) / max(u, 1) * 2 {
		x, y := d.in(x0, x1-u*3), deck+d.n(u*5)
		k.rect(x, y, x+u*d.in(2, 4), y+u, flat(stone.light(d.in(74, 122))).fade(80))
	}
	k.rect(x0, deck-u, x1, deck+u, grad(stone.light(124), stone.light(84), deck-u, deck+u))
	for x := x0; x < x1; x += u * 7 { // parapet behind the walkers
		k.rect(x, deck-u*4, x+u*2, deck-u, grad(stone.light(108), stone.light(78), deck-u*4, deck))
	}
	k.rect(x0, deck-u*5, x1, deck-u*4+1, grad(stone.light(126), stone.light(94), deck-u*5, deck-u*4))
}

// ropeBridge paints planks that sag between posts, and hand ropes.
func (s *scene) ropeBridge(x0, x1, deck int) {
	k, u := s.k, s.unit
	wood := mix(hex(0x8a5f3a), s.p.far, 50).light(s.p.lit + 6)
	rope := mix(wood, s.p.dark, 100)
	sag := func(x int) int {
		t := (x - x0) * 256 / max(x1-x0, 1)
		return u * 7 * t * (256 - t) / (128 * 128)
	}
	for x := x0; x < x1; x += u * 3 {
		y, ny := deck+sag(x), deck+sag(x+u*3)
		k.fill(poly(x, y-u, x+u*2+1, y-u, x+u*2, y+u, x-u/2, y+u), grad(wood.light(118), wood.light(70), y-u, y+u))
		k.fill(poly(x, y-u*10, x+u*3, ny-u*10, x+u*3, ny-u*10+u/2+1, x, y-u*10+u/2+1), flat(rope))
		k.rect(x, y-u*10, x+max(u/4, 1), y, flat(rope).fade(200))
	}
	for _, x := range []int{x0, x1} {
		k.rect(x-u, deck-u*13, x+u, deck+u*2, grad(wood.light(110), wood.light(66), deck-u*13, deck))
	}
}

// steelBridge paints two pylons, cables and hangers over the whole width.
func (s *scene) steelBridge(deck int) {
	k, u := s.k, s.unit
	steel := mix(mix(hex(0xb8503c), s.p.accent, 120), s.p.far, 40).light(s.p.lit + 4)
	if len(s.b.tints) > 0 {
		steel = mix(steel, s.b.tints[len(s.b.tints)-1], 150)
	}
	a, b := k.w*28/100, k.w*72/100
	top := deck - u*40
	cable := func(x int) int { // a parabola between the pylons, straight outside
		switch {
		case x < a:
			return deck - u*2 - (u*38)*x/a
		case x > b:
			return deck - u*2 - (u*38)*(k.w-x)/(k.w-b)
		}
		t := (2*x - a - b) * 256 / (b - a)
		return deck - u*4 - u*36*t*t/65536
	}
	for x := 0; x < k.w; x += u {
		k.fill(poly(x, cable(x), x+u, cable(x+u), x+u, cable(x+u)+u*6/10+1, x, cable(x)+u*6/10+1), flat(steel.light(70)))
		if x/u%4 == 0 {
			k.rect(x, cable(x), x+max(u/5, 1), deck, flat(steel.light(80)).fade(200))
		}
	}
	for _, x := range []int{a, b} {
		k.rect(x-u*3, top, x-u, k.h*92/100, grad(steel.light(118), steel.light(76), top, k.h))
		k.rect(x+u, top, x+u*3, k.h*92/100, grad(steel.light(110), steel.light(66), top, k.h))
		for i := range 3 {
			k.rect(x-u*3, top+u*(2+12*i), x+u*3, top+u*(4+12*i), flat(steel.light(92)))
		}
		k.rect(x-u*5, k.h*91/100, x+u*5, k.h*94/100, flat(mix(steel, s.p.dark, 150)))
	}
	k.rect(0, deck-u, k.w, deck+u*3, grad(steel.light(112), steel.light(64), deck-u, deck+u*3))
}
