package cutout

import "image"

// matte finds alpha and colours.
type matte struct {
	p       *picture
	g       *ground
	s       Settings
	far     []uint8 // each pixel's distance from the ground's colour
	reached bitset  // ground, and what it is seen through, if connected
	depth   []uint8 // steps from what is reached, at most deepest
	quiet   int     // distance up to which ground is as the model says: noise
	radius  int     // distance up to which pixels are ground: the tolerance
	thin    int     // alpha up to which the ground is seen through areas
	thick   int     // alpha from which it is not seen through shadows and lights either
	subject grid    // the subject's colour where it is sure, and around
	some    bool    // there are such places
	hued    bool    // the ground is colourful enough to be told by its hue
	pure    bool    // so colourful that nothing else is like it
	hard    bool    // edges are hard: pixel art
	loose   bitset  // may be mixed with ground, and hangs together with it
	soft    int     // pixels over which edges go
	noisy   bool    // the ground is
	strict  int     // what fits a mixture: the whole's share that may be off, as squares
	buf     []int   // for paths
	left    bool    // something is left
}

// deepest is how far from the ground soft edges are looked for.
const deepest = 8

func newMatte(p *picture, g *ground, s Settings) *matte {
	m := &matte{p: p, g: g, s: s, radius: g.b.distance}
	c := g.mean()
	m.hued = c.saturation()*100 >= full*12
	m.limits(c)
	m.measure()
	m.quiet = clamp(m.noise()*3/2, m.radius/5, m.radius)
	return m
}

// limits sets up to which alpha the ground is seen through areas, where it has
// that colour. How much of its hue tells it anywhere goes with the tolerance;
// shadows and lights are told by their softness, with any tolerance but almost none.
func (m *matte) limits(c rgb) {
	share := scaled(m.s.Tolerance, unit)
	soft := min(unit/2, 25*share)
	switch {
	case m.hued:
		m.thin = min(unit/2, 7*share) * root(min(c.saturation(), full)) / root(full)
		m.thick = soft * 17 / 10
		m.pure = c.saturation()*10 >= full*6
	case dark(c):
		m.thin, m.thick = soft, soft*17/10
	default:
		m.thin, m.thick = soft*7/10, soft*12/10
	}
}

// dark reports whether a ground is so dark that what shines fades into it.
func dark(c rgb) bool { return max(c[0], c[1], c[2]) < 40 }

// measure fills far.
func (m *matte) measure() {
	m.far = make([]uint8, m.p.w*m.p.h)
	t := newRoots()
	line := make([]rgb, m.p.w)
	for y := range m.p.h {
		m.g.line(y, line)
		row, far := m.p.row(y), m.far[y*m.p.w:][:m.p.w]
		for x, want := range line {
			px := row[4*x:][:4]
			if c := (rgb{int(px[0]), int(px[1]), int(px[2])}); px[3] > 0 && c != want {
				far[x] = t.of(square(c, want))
			}
		}
	}
}

// cut makes the picture without its ground.
func (m *matte) cut() *image.NRGBA {
	m.strict = 16
	if m.hard = m.isHard(); !m.hard {
		m.flood()
		m.descend()
		m.listen()
		m.sharpness()
		m.loosen()
		m.survey()
	}
	out := image.NewNRGBA(image.Rect(0, 0, m.p.w, m.p.h))
	for y := range m.p.h {
		row, to := m.p.row(y), out.Pix[y*out.Stride:][:4*m.p.w]
		for x := range m.p.w {
			i := y*m.p.w + x
			switch {
			case m.hard && m.depth[i] == 0, m.depth[i] == 0 && int(m.far[i]) <= m.quiet:
				continue
			case m.hard || m.depth[i] > deepest:
				copy(to[4*x:4*x+4], row[4*x:])
			default:
				c, a := m.pixel(x, y)
				a = (a*int(row[4*x+3]) + unit/2) / unit
				if a > 0 {
					to[4*x], to[4*x+1], to[4*x+2], to[4*x+3] = byte(c[0]), byte(c[1]), byte(c[2]), byte(a)
				}
			}
			m.left = m.left || to[4*x+3] >= 32
		}
	}
	return out
}

// noise is the distance below which almost all of the border's ground stays.
func (m *matte) noise() int {
	var count [256]int
	total := 0
	for i := range m.g.b.at {
		s := &m.g.b.at[i]
		if d := int(m.far[s.y*m.p.w+s.x]); !s.clear && d <= m.radius {
			count[d]++
			total++
		}
	}
	sum := 0
	for d, n := range count {
		if sum += n; sum*50 >= total*49 {
			return d
		}
	}
	return m.radius
}

// listen finds out whether the ground is noisy around the subject, as formats
// that lose detail leave it, with one peak of noise for forty pixels of the
// edge, and how far from the ground's colour four fifths of the peaks stay.
func (m *matte) listen() {
	var count [256]int
	peaks, edge := 0, 0
	for y := range m.p.h {
		far, depth := m.far[y*m.p.w:][:m.p.w], m.depth[y*m.p.w:][:m.p.w]
		for x := 1; x+1 < m.p.w; x++ {
			if depth[x] == 1 {
				edge++
			}
			if d := far[x]; depth[x] == 0 && int(d) <= m.radius && int(d) > max(int(far[x-1]), int(far[x+1]))+1 {
				peaks++
				count[d]++
			}
		}
	}
	if peaks*40 <= edge {
		return
	}
	m.noisy, m.strict = true, 3
	height, sum := 0, 0
	for sum*5 < peaks*4 {
		sum += count[height]
		height++
	}
	m.quiet = clamp(height-1, m.quiet, max(m.quiet, m.radius*3/4))
}

// descend fills depth, in two passes.
func (m *matte) descend() {
	w, h := m.p.w, m.p.h
	if m.depth == nil {
		m.depth = make([]uint8, w*h)
	}
	for y := range h {
		for x := range w {
			i := y*w + x
			if m.reached.has(i) {
				m.depth[i] = 0
				continue
			}
			d := uint8(deepest)
			if x > 0 {
				d = min(d, m.depth[i-1])
			}
			if y > 0 {
				d = min(d, m.depth[i-w])
			}
			m.depth[i] = d + 1
		}
	}
	for y := h - 1; y >= 0; y-- {
		for x := w - 1; x >= 0; x-- {
			i := y*w + x
			d := m.depth[i]
			if x < w-1 {
				d = min(d, m.depth[i+1]+1)
			}
			if y < h-1 {
				d = min(d, m.depth[i+w]+1)
			}
			m.depth[i] = d
		}
	}
}
