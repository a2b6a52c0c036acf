package cutout

// grid is a colour at every place of a picture: cells, between whose middles
// the colour changes evenly.
type grid struct {
	cell       int // side in pixels
	cols, rows int
	at         []rgb // times fine
	known      []bool
	parts      []uint8 // of 256, by how far it is from the middle of a cell, in half pixels
}

// fine is how finely the colours of cells are kept: 6 bits.
const fine = 64

func newGrid(w, h int) grid {
	g := grid{cell: max((max(w, h)+95)/96, 4)}
	g.cols, g.rows = (w+g.cell-1)/g.cell, (h+g.cell-1)/g.cell
	g.at = make([]rgb, g.cols*g.rows)
	g.known = make([]bool, g.cols*g.rows)
	g.parts = make([]uint8, 2*g.cell)
	for i := range g.parts {
		g.parts[i] = uint8(i * 256 / len(g.parts))
	}
	return g
}

// mean is the middle of all cells' colours.
func (g *grid) mean() rgb {
	var sum rgb
	for _, c := range g.at {
		for k := range c {
			sum[k] += c[k]
		}
	}
	for k := range sum {
		sum[k] /= len(g.at) * fine
	}
	return sum
}

// around calls visit with the cells round a cell.
func (g *grid) around(c int, visit func(int)) {
	x, y := c%g.cols, c/g.cols
	for ny := max(y-1, 0); ny <= min(y+1, g.rows-1); ny++ {
		for nx := max(x-1, 0); nx <= min(x+1, g.cols-1); nx++ {
			if nx != x || ny != y {
				visit(ny*g.cols + nx)
			}
		}
	}
}

// neighbours is the mean of the known cells round a cell.
func (g *grid) neighbours(c int) (mean rgb, ok bool) {
	n := 0
	x, y := c%g.cols, c/g.cols
	for ny := max(y-1, 0); ny <= min(y+1, g.rows-1); ny++ {
		for i := ny*g.cols + max(x-1, 0); i <= ny*g.cols+min(x+1, g.cols-1); i++ {
			if i != c && g.known[i] {
				n++
				at := &g.at[i]
				mean[0], mean[1], mean[2] = mean[0]+at[0], mean[1]+at[1], mean[2]+at[2]
			}
		}
	}
	if n == 0 {
		return mean, false
	}
	for k := range mean {
		mean[k] = (mean[k] + n/2) / n
	}
	return mean, true
}

// fill gives the cells that are not known the colours round them: first that
// of the nearest, then evened out.
func (g *grid) fill() {
	var inner, layer []int
	seen := append([]bool(nil), g.known...)
	for c := range g.at {
		if !g.known[c] {
			if _, ok := g.neighbours(c); ok {
				layer, seen[c] = append(layer, c), true
			}
		}
	}
	known := append([]bool(nil), g.known...)
	for len(layer) > 0 {
		for _, c := range layer {
			g.at[c], _ = g.neighbours(c)
		}
		var next []int
		for _, c := range layer {
			g.known[c] = true
			g.around(c, func(n int) {
				if !seen[n] {
					next, seen[n] = append(next, n), true
				}
			})
		}
		inner = append(inner, layer...)
		layer = next
	}
	for range 8 {
		for _, c := range inner {
			g.at[c], _ = g.neighbours(c)
		}
	}
	g.known = known
}

func coarse(c rgb) rgb {
	for k := range c {
		c[k] = (c[k] + fine/2) / fine
	}
	return c
}

// place finds the two cells between whose middles a coordinate lies, and how
// far from the first, in 256 parts.
func (g *grid) place(v, cells int) (first, second, part int) {
	v = 2*v + 1 - g.cell
	if v < 0 {
		return 0, 0, 0
	}
	first = v / (2 * g.cell)
	return min(first, cells-1), min(first+1, cells-1), int(g.parts[v%(2*g.cell)])
}

// colour is the colour at a pixel.
func (g *grid) colour(x, y int) rgb {
	x0, x1, px := g.place(x, g.cols)
	y0, y1, py := g.place(y, g.rows)
	return across(down(g.at[y0*g.cols+x0], g.at[y1*g.cols+x0], py), down(g.at[y0*g.cols+x1], g.at[y1*g.cols+x1], py), px)
}

// down and across go from a to b in 256 parts; across ends at whole numbers.
func down(a, b rgb, part int) rgb {
	for k := range a {
		a[k] = a[k]*(256-part) + b[k]*part
	}
	return a
}

func across(a, b rgb, part int) rgb {
	const half, bits = fine << 15, 16 + 6
	return rgb{
		(a[0]*(256-part) + b[0]*part + half) >> bits,
		(a[1]*(256-part) + b[1]*part + half) >> bits,
		(a[2]*(256-part) + b[2]*part + half) >> bits,
	}
}

// line is the colour at each pixel of a row.
func (g *grid) line(y int, to []rgb) {
	y0, y1, py := g.place(y, g.rows)
	for x := 0; x < len(to); {
		x0, x1, _ := g.place(x, g.cols)
		left := down(g.at[y0*g.cols+x0], g.at[y1*g.cols+x0], py)
		right := down(g.at[y0*g.cols+x1], g.at[y1*g.cols+x1], py)
		phase := max(2*x+1-g.cell, 0) % (2 * g.cell)
		end := min(x+(2*g.cell-phase+1)/2, len(to))
		if x == 0 && g.cell > 1 { // up to the first middle
			end = min(g.cell/2, len(to))
		}
		if end = max(end, x+1); left == right {
			c := across(left, right, 0)
			for ; x < end; x++ {
				to[x] = c
			}
			continue
		}
		for ; x < end; x++ {
			to[x] = across(left, right, int(g.parts[phase]))
			phase += 2
		}
	}
}
