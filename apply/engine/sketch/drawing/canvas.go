package drawing

import (
	"image"
	"slices"
)

// canvas is a picture being painted. Its pixels are premultiplied; a scene is
// opaque, a sprite is not.
type canvas struct {
	*image.RGBA
	w, h int
}

func newCanvas(w, h int) *canvas {
	return &canvas{image.NewRGBA(image.Rect(0, 0, w, h)), w, h}
}

// wrap paints on an image whose origin is (0, 0).
func wrap(m *image.RGBA) *canvas { return &canvas{m, m.Rect.Dx(), m.Rect.Dy()} }

// blend lays colour c with coverage a, 0..255, over the pixel at byte offset i.
func (k *canvas) blend(i int, c rgb, a int) {
	p := k.Pix[i : i+4 : i+4]
	if a >= 255 {
		p[0], p[1], p[2], p[3] = c.r, c.g, c.b, 255
		return
	}
	na := 255 - a
	p[0] = uint8((int(c.r)*a + int(p[0])*na + 127) / 255)
	p[1] = uint8((int(c.g)*a + int(p[1])*na + 127) / 255)
	p[2] = uint8((int(c.b)*a + int(p[2])*na + 127) / 255)
	p[3] = uint8((255*a + int(p[3])*na + 127) / 255)
}

// dot blends one pixel and ignores those outside.
func (k *canvas) dot(x, y int, c rgb, a int) {
	if uint(x) < uint(k.w) && uint(y) < uint(k.h) && a > 0 {
		k.blend(y*k.Stride+x*4, c, min(a, 255))
	}
}

// add lightens one pixel, as light does.
func (k *canvas) add(x, y int, c rgb, a int) {
	if uint(x) >= uint(k.w) || uint(y) >= uint(k.h) || a <= 0 {
		return
	}
	p := k.Pix[y*k.Stride+x*4:][:4:4]
	p[0] = uint8(255 - (255-int(p[0]))*(65025-int(c.r)*min(a, 255))/65025)
	p[1] = uint8(255 - (255-int(p[1]))*(65025-int(c.g)*min(a, 255))/65025)
	p[2] = uint8(255 - (255-int(p[2]))*(65025-int(c.b)*min(a, 255))/65025)
}

func (k *canvas) at(x, y int) rgb {
	p := k.Pix[y*k.Stride+x*4:][:3:3]
	return rgb{p[0], p[1], p[2]}
}

// ink is a vertical gradient from top at y0 to bottom at y1 (pixels), laid on
// with alpha 0..255. Equal rows mean one colour.
type ink struct {
	top, bottom rgb
	y0, y1      int
	alpha       int
}

func flat(c rgb) ink                { return ink{c, c, 0, 0, 255} }
func (n ink) fade(a int) ink        { n.alpha = n.alpha * a / 255; return n }
func grad(a, b rgb, y0, y1 int) ink { return ink{a, b, y0, y1, 255} }

func (n ink) row(y int) rgb {
	if n.y1 <= n.y0 {
		return n.top
	}
	return mix(n.top, n.bottom, (y-n.y0)*256/(n.y1-n.y0))
}

// pt is a point in sub-pixels.
type pt struct{ x, y int }

// path is a set of closed contours in sub-pixels.
type path struct {
	pts   []pt
	start []int // index of each contour's first point
}

func (p *path) move(x, y int) {
	p.start = append(p.start, len(p.pts))
	p.pts = append(p.pts, pt{x, y})
}

func (p *path) line(x, y int) { p.pts = append(p.pts, pt{x, y}) }

// cubic adds a Bézier curve from the last point in 12 chords.
func (p *path) cubic(x1, y1, x2, y2, x3, y3 int) {
	const steps = 12
	a := p.pts[len(p.pts)-1]
	for i := 1; i <= steps; i++ {
		t, u := i, steps-i
		f := func(c0, c1, c2, c3 int) int {
			return (u*u*u*c0 + 3*u*u*t*c1 + 3*u*t*t*c2 + t*t*t*c3) / (steps * steps * steps)
		}
		p.line(f(a.x, x1, x2, x3), f(a.y, y1, y2, y3))
	}
}

func (p *path) quad(x1, y1, x2, y2 int) {
	a := p.pts[len(p.pts)-1]
	p.cubic(a.x+(x1-a.x)*2/3, a.y+(y1-a.y)*2/3, x2+(x1-x2)*2/3, y2+(y1-y2)*2/3, x2, y2)
}

// ellipse adds a closed contour round (cx, cy).
func (p *path) ellipse(cx, cy, rx, ry int) {
	steps := min(max((rx+ry)/one/2, 16), 128)
	for i := range steps {
		a := i * turn / steps
		x, y := cx+cos(a)*(rx>>2)>>14, cy+sin(a)*(ry>>2)>>14
		if i == 0 {
			p.move(x, y)
			continue
		}
		p.line(x, y)
	}
}

// poly is a path of one contour from pixel coordinates x0, y0, x1, y1, …
func poly(xy ...int) *path {
	p := &path{}
	for i := 0; i+1 < len(xy); i += 2 {
		if i == 0 {
			p.move(xy[0]*one, xy[1]*one)
			continue
		}
		p.line(xy[i]*one, xy[i+1]*one)
	}
	return p
}

func disc(cx, cy, r int) *path {
	p := &path{}
	p.ellipse(cx, cy, r, r)
	return p
}

// subRows is the vertical anti-aliasing: coverage is exact across a row and
// sampled on this many lines down it.
const subRows = 5

type edge struct {
	y0, y1, x0, dx, dy, wind int // sub-pixels, y0 < y1
}

func (p *path) edges() []edge {
	es := make([]edge, 0, len(p.pts))
	for c, s := range p.start {
		end := len(p.pts)
		if c+1 < len(p.start) {
			end = p.start[c+1]
		}
		for i := s; i < end; i++ {
			a, b, wind := p.pts[i], p.pts[s], 1
			if i+1 < end {
				b = p.pts[i+1]
			}
			if a.y > b.y {
				a, b, wind = b, a, -1
			}
			if a.y != b.y {
				es = append(es, edge{a.y, b.y, a.x, b.x - a.x, b.y - a.y, wind})
			}
		}
	}
	slices.SortFunc(es, func(a, b edge) int { return a.y0 - b.y0 })
	return es
}

type crossing struct{ x, wind int }

// fill paints the path, non-zero winding, anti-aliased.
func (k *canvas) fill(p *path, n ink) {
	es := p.edges()
	if len(es) == 0 {
		return
	}
	bottom := 0
	for _, e := range es {
		bottom = max(bottom, e.y1)
	}
	cover := make([]int32, k.w+2) // differences of coverage, in 1/(256·subRows)
	var xs []crossing
	var live []edge
	next := 0
	for y := max(es[0].y0>>8, 0); y < min(bottom>>8+1, k.h); y++ {
		lo, hi := k.w, 0
		for s := range subRows {
			sy := y*one + (2*s+1)*one/(2*subRows)
			for next < len(es) && es[next].y0 <= sy {
				live = append(live, es[next])
				next++
			}
			xs = xs[:0]
			live = slices.DeleteFunc(live, func(e edge) bool { return e.y1 <= sy })
			for _, e := range live {
				xs = append(xs, crossing{e.x0 + e.dx*(sy-e.y0)/e.dy, e.wind})
			}
			slices.SortFunc(xs, func(a, b crossing) int { return a.x - b.x })
			wind := 0
			for i, c := range xs {
				if wind != 0 {
					l, h := k.span(cover, xs[i-1].x, c.x)
					lo, hi = min(lo, l), max(hi, h)
				}
				wind += c.wind
			}
		}
		k.paintRow(y, lo, hi, cover, n)
	}
}

// span adds the coverage of x0..x1 (sub-pixels) to a row of differences and
// returns the pixels it touched.
func (k *canvas) span(cover []int32, x0, x1 int) (lo, hi int) {
	x0, x1 = min(max(x0, 0), k.w*one), min(max(x1, 0), k.w*one)
	if x1 <= x0 {
		return k.w, 0
	}
	// A step at x with fraction f adds 256-f from its own pixel on and the rest
	// from the next.
	i, f := x0>>8, int32(x0&255)
	cover[i] += 256 - f
	cover[i+1] += f
	j, g := x1>>8, int32(x1&255)
	cover[j] -= 256 - g
	cover[j+1] -= g
	return i, j + 1
}

func (k *canvas) paintRow(y, lo, hi int, cover []int32, n ink) {
	if lo >= hi {
		return
	}
	c := n.row(y)
	acc := int32(0)
	at := y * k.Stride
	for x := lo; x < min(hi+1, k.w+2); x++ {
		acc += cover[x]
		cover[x] = 0
		if x < k.w && acc > 0 {
			a := min(int(acc)*255/(256*subRows), 255) * n.alpha / 255
			if a > 0 {
				k.blend(at+x*4, c, a)
			}
		}
	}
}

// rect paints whole pixels.
func (k *canvas) rect(x0, y0, x1, y1 int, n ink) {
	x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, k.w), min(y1, k.h)
	for y := y0; y < y1; y++ {
		c := n.row(y)
		for x := x0; x < x1; x++ {
			k.blend(y*k.Stride+x*4, c, n.alpha)
		}
	}
}

// below paints everything under a skyline given in sub-pixels for each column.
func (k *canvas) below(top []int, n ink) {
	for x := range min(k.w, len(top)) {
		t := max(top[x], 0)
		y := t >> 8
		if y >= k.h {
			continue
		}
		k.blend(y*k.Stride+x*4, n.row(y), (256-t&255)*n.alpha>>8)
	}
	first := k.h
	for _, t := range top {
		first = min(first, max(t, 0)>>8+1)
	}
	for y := first; y < k.h; y++ {
		c := n.row(y)
		for x := range min(k.w, len(top)) {
			if max(top[x], 0)>>8 < y {
				k.blend(y*k.Stride+x*4, c, n.alpha)
			}
		}
	}
}

// glow adds light that falls off from (cx, cy) to nothing at radius r (pixels).
func (k *canvas) glow(cx, cy, r int, c rgb, strength int) {
	r2 := r * r
	if r2 == 0 {
		return
	}
	for y := max(cy-r, 0); y < min(cy+r, k.h); y++ {
		for x := max(cx-r, 0); x < min(cx+r, k.w); x++ {
			d := (x-cx)*(x-cx) + (y-cy)*(y-cy)
			if d < r2 {
				t := 256 - d*256/r2
				k.add(x, y, c, t*t>>8*t>>8*strength>>8)
			}
		}
	}
}

// over composites a premultiplied sprite at (x, y) with alpha 0..255.
func (k *canvas) over(src *image.RGBA, x, y, alpha int) {
	b := src.Rect
	for sy := max(0, -y); sy < b.Dy() && y+sy < k.h; sy++ {
		for sx := max(0, -x); sx < b.Dx() && x+sx < k.w; sx++ {
			s := src.Pix[sy*src.Stride+sx*4:][:4:4]
			if s[3] == 0 {
				continue
			}
			d := k.Pix[(y+sy)*k.Stride+(x+sx)*4:][:4:4]
			if s[3]&uint8(alpha) == 255 {
				copy(d, s)
				continue
			}
			na := 255 - int(s[3])*alpha/255
			for c := range 4 {
				d[c] = uint8(min(int(s[c])*alpha/255+(int(d[c])*na+127)/255, 255))
			}
		}
	}
}
