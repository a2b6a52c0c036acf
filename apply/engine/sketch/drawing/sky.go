package drawing

// sky paints the whole canvas: a gradient down to the horizon, the sun or
// moon with its glow, stars at night, and clouds.
func (s *scene) sky() {
	k, p := s.k, s.p
	for y := range k.h {
		t := min(y*256/max(s.horizon, 1), 256)
		c := mix(p.zenith, p.sky, t*2)
		if t > 128 {
			c = mix(p.sky, p.horizon, (t-128)*2)
		}
		for x := range k.w {
			i := y*k.Stride + x*4
			k.Pix[i], k.Pix[i+1], k.Pix[i+2], k.Pix[i+3] = c.r, c.g, c.b, 255
		}
	}
	if s.b.hour == night {
		s.stars(k.w*s.horizon/2600, s.horizon)
	}
	if s.b.weather != storm {
		s.luminary()
	}
	s.clouds()
}

// luminary paints the sun, or the moon with a few seas.
func (s *scene) luminary() {
	k, d := s.k, s.d.fork(11)
	s.sunX = k.w * d.in(18, 82) / 100
	s.sunY = s.horizon * map[hour]int{dawn: 84, day: 22, dusk: 80, night: 26}[s.b.hour] / 100
	r := min(k.w, k.h) * map[hour]int{dawn: 50, day: 38, dusk: 66, night: 52}[s.b.hour] / 1000
	haze := map[hour]int{dawn: 170, day: 130, dusk: 210, night: 90}[s.b.hour]
	k.glow(s.sunX, s.sunY, r*11, s.p.sun, haze)
	k.glow(s.sunX, s.sunY, r*4, s.p.sun, haze)
	if s.b.weather == rain || s.b.weather == fog {
		return
	}
	k.fill(disc(s.sunX*one, s.sunY*one, r*one), flat(mix(s.p.sun, hex(0xffffff), 120)))
	if s.b.hour == night {
		for range 5 {
			a, q := d.n(turn), r*d.in(10, 60)/100
			x, y := s.sunX+wave(a+turn/4, q), s.sunY+wave(a, q)
			k.fill(disc(x*one, y*one, r*d.in(10, 22)*one/100), flat(s.p.sun.light(86)).fade(150))
		}
	}
}

// stars scatters n points of light above the line at bottom.
func (s *scene) stars(n, bottom int) {
	d := s.d.fork(12)
	for range n {
		x, y := d.n(s.k.w), d.n(max(bottom, 1))
		a := d.in(40, 230) * (bottom - y + bottom/4) / max(bottom, 1)
		s.k.add(x, y, hex(0xf4f6ff), a)
		if d.chance(6) {
			s.k.glow(x, y, 6, hex(0xcfe0ff), 230)
			s.k.add(x, y, hex(0xffffff), 255)
		}
	}
}

// clouds are banks of noise, lit from the side of the sun. The noise is drawn
// at a quarter of the size: clouds are soft.
func (s *scene) clouds() {
	d := s.d.fork(13)
	cover := map[weather]int{clear: d.in(22, 44), rain: 70, storm: 84, snow: 62, fog: 40, fire: 60, magic: 34}[s.b.weather]
	const step = 4
	w, h := s.k.w/step+2, s.horizon/step+2
	seed := d.next()
	limit := 65535 * (100 - cover) / 100 * 68 / 100
	density := make([]int, w*h)
	for y := range h {
		for x := range w {
			// Flatter towards the horizon, as banks seen from the side are.
			n := fbm(x*5, y*14+y*y*10/h, 3+s.b.detail, seed)
			density[y*w+x] = min(max(n-limit, 0)/56, 256) * min(h-y, h/3) / max(h/3, 1)
		}
	}
	white, shade := mix(s.p.horizon, hex(0xffffff), 130), mix(s.p.sky, s.p.dark, 60)
	switch s.b.hour {
	case night:
		white, shade = mix(s.p.sky, s.p.horizon, 180), s.p.zenith
	case dusk, dawn:
		white = mix(s.p.sun, s.p.horizon, 110)
	}
	if s.b.weather == fire {
		white, shade = mix(white, hex(0xd85a30), 140), hex(0x3a2024)
	}
	for y := range min(s.horizon, s.k.h) {
		for x := range s.k.w {
			v := bilinear(density, w, x, y, step)
			if v < 6 {
				continue
			}
			lower := bilinear(density, w, x, min(y+10, (h-2)*step), step)
			c := mix(white, shade, min(max(lower*5/8-v/8, 0), 230))
			s.k.blend(y*s.k.Stride+x*4, c, v*205/256)
		}
	}
}

// bilinear reads a coarse grid at a fine point; step is a power of two.
func bilinear(g []int, w, x, y, step int) int {
	i := y/step*w + x/step
	fx, fy := x%step, y%step
	if i+w+1 >= len(g) {
		return g[min(i, len(g)-1)]
	}
	top := g[i]*(step-fx) + g[i+1]*fx
	bot := g[i+w]*(step-fx) + g[i+w+1]*fx
	return (top*(step-fy) + bot*fy) / (step * step)
}
