package cutout

// climb goes from a pixel to where the ground is seen less, never outwards, for
// as long as that changes as fast as at an edge. Where it ends on something
// thin it goes on along that. The path does not hold the pixel itself.
func (m *matte) climb(x, y int) []int {
	path := m.buf[:0]
	i := y*m.p.w + x
	for range m.soft {
		next := m.up(i, 1, max(3, m.quiet/2, int(m.far[i])/12), m.depth[i])
		if next < 0 {
			break
		}
		path = append(path, next)
		i = next
	}
	for range stepsAlong {
		if m.depth[i] >= 3 || !m.strand(i%m.p.w, i/m.p.w) {
			break
		}
		next := m.up(i, 2, max(2, m.quiet/2), 1)
		if next < 0 {
			break
		}
		path = append(path, next)
		i = next
	}
	m.buf = path
	return path
}

// stepsAlong is how far the subject's colour is looked for along a strand that
// is too thin to have it.
const stepsAlong = 12

// up is the pixel within reach of i that is furthest from the ground's colour,
// by more than step further than i, and no less deep than depth; -1 if none is.
func (m *matte) up(i, reach, step int, depth uint8) int {
	w := m.p.w
	x, y := i%w, i/w
	best, at := int(m.far[i])+step, -1
	for ny := max(y-reach, 0); ny <= min(y+reach, m.p.h-1); ny++ {
		for nx := max(x-reach, 0); nx <= min(x+reach, w-1); nx++ {
			if n := ny*w + nx; int(m.far[n]) > best && m.depth[n] >= depth {
				best, at = int(m.far[n]), n
			}
		}
	}
	return at
}

// ramp reports whether the ground is seen ever more from a pixel outwards, as
// at a soft edge, until it is reached. What lies inside of an outline, or where
// the colour changes slowly, is no edge.
func (m *matte) ramp(x, y int) bool {
	w := m.p.w
	if int(m.depth[y*w+x]) > m.soft {
		return false
	}
	for i := y*w + x; m.depth[i] > 1; {
		here := int(m.far[i])
		best, at := here-max(3, m.quiet/2, here/12), -1
		x, y := i%w, i/w
		for ny := max(y-1, 0); ny <= min(y+1, m.p.h-1); ny++ {
			for nx := max(x-1, 0); nx <= min(x+1, w-1); nx++ {
				if n := ny*w + nx; m.depth[n] < m.depth[i] && int(m.far[n]) < best {
					best, at = int(m.far[n]), n
				}
			}
		}
		if at < 0 {
			return false
		}
		i = at
	}
	return true
}

// sharpness finds out over how many pixels the picture's edges are soft: at
// those that stand out most from the ground, what lies behind is seen soonest.
func (m *matte) sharpness() {
	m.soft = deepest
	for _, far := range [2]int{4 * m.radius, m.radius + m.radius/2} {
		var count [deepest + 1]int
		total, skip := 0, 0
		for i, d := range m.depth {
			if d != 1 {
				continue
			}
			if skip++; skip%3 != 0 || m.strand(i%m.p.w, i/m.p.w) {
				continue
			}
			path := m.climb(i%m.p.w, i/m.p.w)
			if len(path) == 0 {
				path = append(path, i)
			}
			top, n := int(m.far[path[len(path)-1]]), 0
			if top < far {
				continue
			}
			for here := i; int(m.far[here])*10 < top*9; n++ {
				here = path[n]
			}
			count[min(n, deepest)]++
			total++
		}
		if total < 20 {
			continue
		}
		sum := 0
		for n, c := range count {
			if sum += c; sum*10 >= total*7 {
				m.soft = clamp(n+1, 2, deepest)
				return
			}
		}
	}
	m.soft = 2
}

// sure reports whether a pixel's colour goes on inside the subject, so that
// nothing of the ground is in it. If it has of the ground's hue, it must go on
// deeper than strands do.
func (m *matte) sure(i int) bool {
	c := m.color(i)
	if m.hued && hue(c, m.g.colour(i%m.p.w, i/m.p.w)) > unit/8 && !m.within(i, 4, 5, 4*near) {
		return false
	}
	return m.depth[i] >= 3 && m.flat(i) || m.within(i, 2, 3, near)
}

// within reports whether one of the eight pixels that are so many steps away has
// about the pixel's colour, is as deep as that at least, and flat.
func (m *matte) within(i, steps int, depth uint8, reach int) bool {
	x, y, c := i%m.p.w, i/m.p.w, m.color(i)
	for _, by := range [8][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {-1, -1}, {1, -1}, {-1, 1}, {1, 1}} {
		nx, ny := x+by[0]*steps, y+by[1]*steps
		if nx < 1 || ny < 1 || nx >= m.p.w-1 || ny >= m.p.h-1 {
			continue
		}
		if n := ny*m.p.w + nx; m.depth[n] >= depth && square(c, m.color(n)) <= reach && m.flat(n) {
			return true
		}
	}
	return false
}

// flat reports whether the four pixels beside one have its colour.
func (m *matte) flat(i int) bool {
	if x := i % m.p.w; x == 0 || x == m.p.w-1 || i < m.p.w || i >= len(m.depth)-m.p.w {
		return false
	}
	c := m.color(i)
	for _, n := range [4]int{i - 1, i + 1, i - m.p.w, i + m.p.w} {
		if square(c, m.color(n)) > near {
			return false
		}
	}
	return true
}

func (m *matte) color(i int) rgb { return m.p.at(i%m.p.w, i/m.p.w) }
