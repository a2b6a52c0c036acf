package cutout

// pixel is the colour and alpha, in units, of a pixel near the ground or in
// what it is seen through.
func (m *matte) pixel(x, y int) (rgb, int) {
	i := y*m.p.w + x
	c := m.p.at(x, y)
	if m.p.alpha(x, y) == 0 {
		return c, 0
	}
	g := m.g.colour(x, y)
	a, near := unit, c
	sure := false
	if m.depth[i] <= 1 || m.loose.has(i) || m.ramp(x, y) {
		a, near, sure = m.alpha(x, y, c, g)
	}
	limit := m.radius
	if m.noisy && m.depth[i] == 1 {
		limit = max(limit, scaled(m.s.Tolerance, 255))
	}
	a = m.settle(a, int(m.far[i]), limit)
	if a == 0 {
		return c, 0
	}
	if a < unit {
		c = m.own(c, g, near, a, sure)
	}
	if m.s.Despill && m.hued && !(sure && a == unit) {
		was := c
		c = despilled(c, g, near, a)
		if m.noisy && m.some && !sure && m.depth[y*m.p.w+x] > 0 {
			if f := m.subject.colour(x, y); between(m.p.at(x, y), f, g) {
				c = tinted(c, f, hue(was, g)-hue(f, g))
			}
		}
	}
	return c, a
}

// alpha is how much of a pixel is the subject's, and which colour that has
// nearby: sure is false where nothing shows it without the ground.
func (m *matte) alpha(x, y int, c, g rgb) (a int, near rgb, sure bool) {
	i := y*m.p.w + x
	near = rgb{128, 128, 128}
	if m.depth[i] == 0 && int(m.far[i]) > m.radius && m.smooth(x, y) {
		return m.rise(m.seen(c, g)), near, false
	}
	a, end := m.through(c, g, i, m.climb(x, y))
	low := least(c, g)
	if m.hued { // the subject may be of another hue than grey, but mostly not by much
		low = m.seen(c, g) * 7 / 8
	}
	if m.sure(end) {
		if m.noisy {
			a = max(a, min(low, unit*3/4))
		}
		return a, m.color(end), true
	}
	if m.depth[i] > 0 && m.some {
		if f := m.subject.colour(x, y); m.fits(c, f, g) {
			b, _ := m.share(c.minus(g), f.minus(g))
			return max(min(a, b), low), f, false
		}
	}
	switch {
	case m.depth[i] == 0:
		a = m.rise(m.seen(c, g))
	case m.hued:
		a = m.seen(c, g)
	default:
		a = min(a, max(int(m.far[i])*unit/m.most(x, y), low))
	}
	return a, near, false
}

// seen is alpha where nothing but the ground is known: by its hue, if it has
// any, else the least that is possible.
func (m *matte) seen(c, g rgb) int {
	if m.hued {
		return clamp(unit-hue(c, g), 0, unit)
	}
	return least(c, g)
}

// fits reports whether c is a mixture of f and the ground.
func (m *matte) fits(c, f, g rgb) bool {
	v, d := c.minus(g), f.minus(g)
	_, ok := projected(dot(v, v), dot(d, d), dot(v, d), 12, 9*m.quiet*m.quiet/4)
	return ok
}

// rise makes alpha whole towards the limit from which areas are opaque, so that
// no edge is seen there.
func (m *matte) rise(a int) int {
	if a <= m.thin {
		return a
	}
	return min(m.thin+(a-m.thin)*(unit-m.thin)/max(m.thick-m.thin, 1), unit)
}

// settle takes the noise out of alpha: what differs no more from the ground
// than noise does is nothing, what differs more than a limit is all that it
// seems: than ground does, and beside noisy ground than the whole tolerance.
func (m *matte) settle(a, far, limit int) int {
	if far <= m.quiet {
		return 0
	}
	if far < limit {
		a = a * (far - m.quiet) / (limit - m.quiet)
	}
	return clamp(a, 0, unit)
}

// own is the subject's colour in a pixel. The less alpha, the more it is that
// of the place nearby that is sure, rather than noise made large.
func (m *matte) own(c, g, near rgb, a int, sure bool) rgb {
	switch f := unmixed(c, g, a); {
	case sure && m.noisy:
		return near
	case sure:
		return mixed(near, f, a*a/unit)
	default:
		return f
	}
}

// despilled takes from a colour what it has more of the ground's hue than the
// subject has nearby, as bright as it is. Where the ground was seen through it,
// that may be less than none.
func despilled(c, g, near rgb, a int) rgb {
	kept := hue(near, g) * c.light() / max(near.light(), 1)
	kept = max(kept, (a-unit)/5)
	k := hue(c, g)
	if k <= kept {
		return c
	}
	light := g.light() / 8
	for n := range c {
		c[n] = clamp(c[n]-(g[n]-light)*(k-kept)/unit, 0, 255)
	}
	return c
}

// between reports whether a colour's chroma is one of those from a subject's to
// the ground's, whatever its light.
func between(c, subject, ground rgb) bool {
	const off = 18 * 18
	gu, gv := ground.chroma()
	u, v := c.chroma()
	du, dv := subject.chroma()
	u, v, du, dv = u-gu, v-gv, du-gu, dv-gv
	across := u*dv - v*du
	return u*du+3*v*dv >= 0 && 3*across*across <= 4*off*(du*du+3*dv*dv)
}

// tinted gives a colour the tint of the subject around, as far as it had the
// ground's: formats that lose detail spread that over what is thin, and without
// it the colour would be a third one.
func tinted(c, subject rgb, cast int) rgb {
	k := unit * c.light() / max(subject.light(), 1)
	for n := range subject {
		subject[n] = min(subject[n]*k/unit, 255)
	}
	return mixed(c, subject, clamp(8*cast, 0, unit))
}

// through is the least alpha with which a colour of the path over the ground
// gives c, and where on the path that colour is.
func (m *matte) through(c, g rgb, self int, path []int) (alpha, end int) {
	alpha, end = unit, self
	v := c.minus(g)
	for _, i := range path {
		if a, ok := m.share(v, m.color(i).minus(g)); ok && a < alpha {
			alpha, end = a, i
		}
	}
	return alpha, end
}

// share is how much of d is in v, both as differences from the ground, and
// whether v is near enough to that much of it. In noise the
// light counts for more: formats that lose detail keep it at its place.
func (m *matte) share(v, d rgb) (int, bool) {
	return projected(m.product(v, v), m.product(d, d), m.product(v, d), m.strict, 9*m.quiet*m.quiet)
}

// projected is how much of f is in v, in units, and whether the rest of v is no
// more than a part of it and a bit, as squares. It takes the products of v with
// itself, of f with itself and of both.
func projected(vv, ff, vf, part, bit int) (int, bool) {
	if ff == 0 || vf <= 0 {
		return unit, false
	}
	rest := vv - int(int64(vf)*int64(vf)/int64(ff))
	return int(min(int64(vf)*unit/int64(ff), unit)), rest <= vv/part+bit
}

func (m *matte) product(a, b rgb) int {
	n := dot(a, b)
	if m.noisy {
		n += 9 * 3 * a.light() * b.light() / 64
	}
	return n
}
