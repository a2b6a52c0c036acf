package cutout

// loosen marks what may be a mixture with the ground though the way to it is no
// even edge, as in hair: what has the ground's hue, or is less than the purest
// around it, as far as that hangs together with the ground.
func (m *matte) loosen() {
	w, h := m.p.w, m.p.h
	f := filler{w: w, h: h, done: newBitset(w * h)}
	f.open = func(x, y int) bool {
		i := y*w + x
		if m.depth[i] == 0 || m.depth[i] > deepest {
			return false
		}
		if m.hued {
			return hue(m.p.at(x, y), m.g.colour(x, y)) > unit/8
		}
		return m.less(x, y, 4) && !m.sure(i) || m.depth[i] <= 4 && m.less(x, y, 7) && m.strand(x, y)
	}
	for y := range h {
		for x := range w {
			if m.depth[y*w+x] == 1 || m.s.Holes && m.hued {
				f.fill(x, y)
			}
		}
	}
	m.loose = f.done
	if !m.hued || !m.s.Holes {
		m.cross(&f)
	}
}

// cross goes on with what has the ground's hue behind strands that are one pixel
// wide: gaps in hair.
func (m *matte) cross(f *filler) {
	w, h := m.p.w, m.p.h
	for y := 2; y+2 < h; y++ {
		for x := 2; x+2 < w; x++ {
			i := y*w + x
			if m.depth[i] < 2 || m.depth[i] > deepest || m.loose.has(i) {
				continue
			}
			for _, by := range [8]int{-2*w - 2, -2 * w, -2*w + 2, -2, 2, 2*w - 2, 2 * w, 2*w + 2} {
				if m.loose.has(i + by) {
					f.fill(x, y)
					break
				}
			}
		}
	}
}

// less reports whether a pixel is closer to the ground's colour than so many
// eighths of the furthest around it.
func (m *matte) less(x, y, eighths int) bool {
	return int(m.far[y*m.p.w+x])*8 < m.most(x, y)*eighths
}

// strand reports whether what a pixel is in is thin: on both sides of it, in
// some direction, the ground is no more than three pixels away.
func (m *matte) strand(x, y int) bool {
	for _, by := range [4][2]int{{1, 0}, {0, 1}, {1, 1}, {1, -1}} {
		if m.beside(x, y, by[0], by[1]) && m.beside(x, y, -by[0], -by[1]) {
			return true
		}
	}
	return false
}

func (m *matte) beside(x, y, dx, dy int) bool {
	for range 3 {
		x, y = x+dx, y+dy
		if x < 0 || y < 0 || x >= m.p.w || y >= m.p.h {
			return false
		}
		if m.depth[y*m.p.w+x] == 0 {
			return true
		}
	}
	return false
}

// most is the distance from the ground's colour of the furthest of the 25 pixels
// around one.
func (m *matte) most(x, y int) int {
	most := uint8(0)
	for ny := max(y-2, 0); ny <= min(y+2, m.p.h-1); ny++ {
		for _, d := range m.far[ny*m.p.w+max(x-2, 0) : ny*m.p.w+min(x+3, m.p.w)] {
			most = max(most, d)
		}
	}
	return max(int(most), 1)
}

// survey finds the subject's colour, from some sixteen pixels of each cell, those
// of them that are far enough from the ground.
func (m *matte) survey() {
	s := newGrid(m.p.w, m.p.h)
	count := make([]int, len(s.at))
	step := max(s.cell/4, 1)
	for y := 1; y+1 < m.p.h; y += step {
		for x := 1; x+1 < m.p.w; x += step {
			i, px := y*m.p.w+x, m.p.at(x, y)
			if m.depth[i] < deepest-2 || !m.flat(i) || m.hued && hue(px, m.g.colour(x, y)) > unit/3 {
				continue
			}
			c := y/s.cell*s.cols + x/s.cell
			for k := range px {
				s.at[c][k] += px[k] * fine
			}
			count[c]++
		}
	}
	for c, n := range count {
		if n > 0 {
			for k := range s.at[c] {
				s.at[c][k] /= n
			}
			s.known[c], m.some = true, true
		}
	}
	s.fill()
	m.subject = s
}
