package cutout

import "slices"

// flood reaches what hangs together with the border, and enclosed areas if they
// are asked for.
func (m *matte) flood() {
	f := filler{w: m.p.w, h: m.p.h, done: newBitset(m.p.w * m.p.h), open: m.open}
	n := ringLength(m.p.w, m.p.h)
	for i := range n {
		if x, y := ringAt(i, m.p.w, m.p.h); int(m.far[y*m.p.w+x]) <= m.radius {
			f.fill(x, y)
		}
	}
	if m.s.Holes {
		m.holes(&f)
	}
	m.reached = f.done
	m.dust()
	if m.thick > 0 && !dark(m.g.mean()) {
		for n := 0; n < 5 && m.even(); n++ {
		}
	}
}

// dust adds specks that stand alone in the ground and are further from its
// colour than ground is, but no further than the whole tolerance: what formats
// that lose detail leave around hard edges.
func (m *matte) dust() {
	const most = 12 // pixels
	w, far := m.p.w, scaled(m.s.Tolerance, 255)
	var speck [most]int
	for first := w + 1; first < w*(m.p.h-1)-1; first++ {
		if m.reached.has(first) || int(m.far[first]) > far || !m.reached.has(first-1) {
			continue
		}
		speck[0] = first
		n, alone := 1, true
		for k := 0; k < n && alone; k++ {
			i := speck[k]
			if x := i % w; x == 0 || x == w-1 || i < w || i >= w*(m.p.h-1) {
				alone = false
				break
			}
			for _, by := range [8]int{-w - 1, -w, -w + 1, -1, 1, w - 1, w, w + 1} {
				if m.reached.has(i+by) || slices.Contains(speck[:n], i+by) {
					continue
				}
				if alone = n < most && int(m.far[i+by]) <= far; !alone {
					break
				}
				speck[n] = i + by
				n++
			}
		}
		if alone {
			for _, i := range speck[:n] {
				m.reached.set(i)
				m.far[i] = 0
			}
		}
	}
}

// even adds the specks and bays to shadows that only noise and
// edges nearby keep out of them: what has about the colour of what it is in. It
// reports whether it added any.
func (m *matte) even() (added bool) {
	w, before := m.p.w, m.reached.clone()
	round := [8]int{-w - 1, -w, -w + 1, -1, 1, w - 1, w, w + 1}
	for y := 1; y+1 < m.p.h; y++ {
		for x := 1; x+1 < w; x++ {
			i := y*w + x
			if before.has(i) || m.far[i] > 160 {
				continue
			}
			n, far := 0, 0
			for _, by := range round {
				if before.has(i + by) {
					n, far = n+1, far+int(m.far[i+by])
				}
			}
			if n < 4 || abs(far-n*int(m.far[i])) > n*24 {
				continue
			}
			if c, g := m.p.at(x, y), m.g.colour(x, y); m.shaded(c, g) && m.seen(c, g) <= m.thick {
				m.reached.set(i)
				added = true
			}
		}
	}
	return added
}

// holes floods enclosed areas that are more than a few pixels. Those that the
// ground is only seen through begin by themselves where its hue tells it.
func (m *matte) holes(f *filler) {
	f.keep = max(3, m.p.w*m.p.h/40000)
	small := newBitset(m.p.w * m.p.h)
	for y := range m.p.h {
		for x := range m.p.w {
			i := y*m.p.w + x
			if f.done.has(i) || int(m.far[i]) > m.radius && !m.hued {
				continue
			}
			f.trail = f.trail[:0]
			if f.fill(x, y) < f.keep {
				for _, i := range f.trail {
					small.set(int(i))
				}
			}
		}
	}
	for i := range small {
		f.done[i] &^= small[i]
	}
}

// open reports whether a pixel is ground or ground is seen through it.
func (m *matte) open(x, y int) bool {
	far := int(m.far[y*m.p.w+x])
	if far <= m.radius {
		return true
	}
	if far > 200 || m.thin == 0 {
		return false
	}
	c, g := m.p.at(x, y), m.g.colour(x, y)
	if m.hued {
		a := unit - hue(c, g)
		return a <= m.thin || a <= m.thick && (m.pure || m.shaded(c, g)) && m.smooth(x, y)
	}
	return least(c, g) <= m.thick && m.shaded(c, g) && m.smooth(x, y)
}

// shaded reports whether c is the ground in a shadow, or a light on black.
func (m *matte) shaded(c, g rgb) bool {
	if dark(g) {
		return true
	}
	k := unit * (c[0] + c[1] + c[2]) / max(g[0]+g[1]+g[2], 1)
	if k > unit {
		return false
	}
	return square(c, mixed(rgb{}, g, k)) <= 9*10*10
}

// smooth reports whether the colour changes little around a pixel.
func (m *matte) smooth(x, y int) bool {
	lo := m.p.at(x, y)
	hi := lo
	for _, at := range [4][2]int{{max(x-1, 0), y}, {min(x+1, m.p.w-1), y}, {x, max(y-1, 0)}, {x, min(y+1, m.p.h-1)}} {
		c := m.p.at(at[0], at[1])
		for k := range c {
			lo[k], hi[k] = min(lo[k], c[k]), max(hi[k], c[k])
		}
	}
	d := hi.minus(lo)
	most := 10
	if dark(m.g.colour(x, y)) { // lights are steeper than shadows
		most = 14
	}
	return max(d[0], d[1], d[2]) <= most
}
