package cutout

// ground is the ground's colour at every place of a picture.
type ground struct {
	grid
	p    *picture
	b    *border
	step int // how far the colour may change from cell to cell, as a square

	low, high rgb // colours that the ground may have anywhere
}

// newGround follows the ground's colour from the border inwards, and goes on
// with it beneath the subject.
func newGround(p *picture, b *border) *ground {
	g := &ground{grid: newGrid(p.w, p.h), p: p, b: b}
	step := clamp(200/max(g.cols, g.rows), 3, 8)
	g.step = 9 * step * step
	queue := g.seed()
	g.bound(queue)
	g.grow(queue)
	g.fill()
	return g
}

// seed gives the border's cells the colour of the ground there.
func (g *ground) seed() []int {
	count := make([]int, len(g.at))
	for i := range g.b.at {
		if s := &g.b.at[i]; s.ground {
			c := s.y/g.cell*g.cols + s.x/g.cell
			for k := range s.c {
				g.at[c][k] += s.c[k]
			}
			count[c]++
		}
	}
	var queue []int
	for c, n := range count {
		if n > 0 {
			for k := range g.at[c] {
				g.at[c][k] = (g.at[c][k]*fine + n/2) / n
			}
			g.known[c] = true
			queue = append(queue, c)
		}
	}
	return queue
}

// bound lets the ground's colour leave what the border has by as much as that
// varies, and by a little: a vignette may go on inwards, but a shadow or a
// light on an even ground is no ground.
func (g *ground) bound(queue []int) {
	for n, c := range queue {
		for k, v := range g.at[c] {
			if n == 0 {
				g.low[k], g.high[k] = v, v
			}
			g.low[k], g.high[k] = min(g.low[k], v), max(g.high[k], v)
		}
	}
	for k := range g.low {
		more := g.high[k] - g.low[k] + 5*fine
		g.low[k], g.high[k] = g.low[k]-more, g.high[k]+more
	}
}

// grow goes from cell to cell for as long as the ground is seen and changes
// slowly.
func (g *ground) grow(queue []int) {
	for _, c := range queue {
		if at, ok := g.look(c, g.at[c]); ok {
			g.at[c] = at
		}
	}
	for len(queue) > 0 {
		c := queue[0]
		queue = queue[1:]
		g.around(c, func(n int) {
			if g.known[n] {
				return
			}
			want, _ := g.neighbours(n)
			if at, ok := g.look(n, want); ok {
				g.at[n], g.known[n] = at, true
				queue = append(queue, n)
			}
		})
	}
}

// look is the mean colour of what is ground in a cell, where that much is
// expected: at least a quarter of it, no further from it than a step.
func (g *ground) look(c int, want rgb) (rgb, bool) {
	middle := coarse(want)
	reach := g.b.radius
	var mean rgb
	for range 2 {
		sum, n, all := g.sum(c, middle, reach)
		if n*4 < all {
			return want, false
		}
		for k := range sum {
			mean[k] = (sum[k]*fine + n/2) / n
		}
		middle = coarse(mean)
		reach = min(reach, max(reach/4, g.step))
	}
	if square(middle, coarse(want)) > g.step {
		return want, false
	}
	for k, v := range mean {
		if v < g.low[k] || v > g.high[k] {
			return want, false
		}
	}
	if g.b.key != nil && square(middle, *g.b.key) > g.b.named {
		return want, false
	}
	return mean, true
}

// sum adds up the pixels of a cell within reach of a colour.
func (g *ground) sum(c int, middle rgb, reach int) (sum rgb, n, all int) {
	x0, y0 := c%g.cols*g.cell, c/g.cols*g.cell
	x1, y1 := min(x0+g.cell, g.p.w), min(y0+g.cell, g.p.h)
	for y := y0; y < y1; y++ {
		row := g.p.row(y)[4*x0 : 4*x1]
		for ; len(row) >= 4; row = row[4:] {
			px := rgb{int(row[0]), int(row[1]), int(row[2])}
			if row[3] > 0 && square(px, middle) <= reach {
				sum[0], sum[1], sum[2] = sum[0]+px[0], sum[1]+px[1], sum[2]+px[2]
				n++
			}
		}
	}
	return sum, n, (x1 - x0) * (y1 - y0)
}

// onBorder is how many samples of the border are ground, or transparent.
func (g *ground) onBorder(b *border) int {
	n := 0
	any := false
	for i := range b.at {
		s := &b.at[i]
		any = any || s.ground
		if g.shows(b, s) {
			n++
		}
	}
	if !any {
		return 0
	}
	return n
}

// shows reports whether a sample of the border is ground, or transparent.
func (g *ground) shows(b *border, s *place) bool {
	here := square(s.c, g.colour(s.x, s.y)) <= b.radius
	if b.key != nil {
		here = here && square(s.c, *b.key) <= b.named
	}
	return s.clear || here
}

// covered names the sides of the border of which most is no ground, unless all
// are like that.
func (g *ground) covered(b *border) []string {
	names := [4]string{"top", "right", "bottom", "left"}
	var all, shown [4]int
	for i := range b.at {
		s := &b.at[i]
		for side, on := range [4]bool{s.y == 0, s.x == g.p.w-1, s.y == g.p.h-1, s.x == 0} {
			if on {
				all[side]++
				if g.shows(b, s) {
					shown[side]++
				}
			}
		}
	}
	var list []string
	for side, name := range names {
		if shown[side]*2 < all[side] {
			list = append(list, name)
		}
	}
	if len(list) == len(names) {
		return nil
	}
	return list
}
