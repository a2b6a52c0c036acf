package cutout

// isHard reports whether the subject's edges are hard, as in pixel art: the
// picture has few colours, and where a pixel beside the ground looks like a
// mixture with it, one beside that pixel looks the same, since it is a
// line of that colour. Mixtures at soft edges are each of another colour. For
// this the ground is only what has its colour: nothing is seen through here.
// If it says so, what is reached is left like that.
func (m *matte) isHard() bool {
	if !m.isPlain() {
		return false
	}
	thin, thick := m.thin, m.thick
	m.thin, m.thick = 0, 0
	m.flood()
	m.descend()
	if m.hasLines() {
		return true
	}
	m.thin, m.thick = thin, thick
	return false
}

// isPlain reports whether the picture has no more colours than pixel art.
func (m *matte) isPlain() bool {
	var seen [64]rgb
	colours := seen[:0]
	last, ok := rgb{-1}, true
	for y := range m.p.h {
		row := m.p.row(y)
		for ; len(row) >= 4; row = row[4:] {
			c := rgb{int(row[0]), int(row[1]), int(row[2])}
			if c == last {
				continue
			}
			last = c
			if colours, ok = noted(colours, c); !ok {
				return false
			}
		}
	}
	return true
}

// hasLines reports whether what looks like mixtures with the ground are lines.
func (m *matte) hasLines() bool {
	var mixtures, lines, edge int
	for y := range m.p.h {
		for x := range m.p.w {
			if m.depth[y*m.p.w+x] != 1 {
				continue
			}
			edge++
			inner, ok := m.inwards(x, y)
			if !ok {
				continue
			}
			c, g := m.p.at(x, y), m.g.colour(x, y)
			a, fits := m.share(c.minus(g), m.color(inner).minus(g))
			if !fits || a < unit/16 || a > unit*15/16 {
				continue
			}
			mixtures++
			if m.repeated(x, y, c) {
				lines++
			}
		}
	}
	return mixtures*50 < edge || lines*3 > mixtures*2
}

// noted adds a colour to those that were seen, as long as there is room.
func noted(seen []rgb, c rgb) ([]rgb, bool) {
	for _, s := range seen {
		if s == c {
			return seen, true
		}
	}
	if len(seen) == cap(seen) {
		return seen, false
	}
	return append(seen, c), true
}

// inwards is the pixel on the other side of one from the ground beside it.
func (m *matte) inwards(x, y int) (int, bool) {
	for _, by := range [4][2]int{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
		ox, oy, ix, iy := x-by[0], y-by[1], x+by[0], y+by[1]
		if min(ox, oy, ix, iy) < 0 || max(ox, ix) >= m.p.w || max(oy, iy) >= m.p.h {
			continue
		}
		if m.depth[oy*m.p.w+ox] == 0 && m.depth[iy*m.p.w+ix] > 1 {
			return iy*m.p.w + ix, true
		}
	}
	return 0, false
}

// repeated reports whether one of the eight pixels round one has its colour.
func (m *matte) repeated(x, y int, c rgb) bool {
	for ny := max(y-1, 0); ny <= min(y+1, m.p.h-1); ny++ {
		for nx := max(x-1, 0); nx <= min(x+1, m.p.w-1); nx++ {
			if (nx != x || ny != y) && m.p.at(nx, ny) == c {
				return true
			}
		}
	}
	return false
}
