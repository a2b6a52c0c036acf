package cutout

// border is what the outermost pixels of a picture show.
type border struct {
	at       []place // samples in order round the picture
	clear    int     // how many of them are transparent
	colour   rgb     // the ground's: the key, or the middle of what was taken for ground
	common   rgb     // the most common colour
	key      *rgb    // the key that was asked for
	named    int     // how far from the key the ground's colour may be, as a square
	radius   int     // how far from the ground's colour ground may be, as a square
	distance int     // the same, 0 to 255
}

// place is a sample of the border.
type place struct {
	x, y   int
	c      rgb
	clear  bool
	ground bool // first guess: hangs together with the most common colour
}

// maxSamples bounds what is looked at of a long border.
const maxSamples = 16384

func lookAtBorder(p *picture, s Settings) *border {
	b := &border{distance: distance(s.Tolerance)}
	b.radius = 9 * b.distance * b.distance
	whole := scaled(s.Tolerance, 255) // who paints what was asked for is not exact
	b.named = 9 * whole * whole
	n := ringLength(p.w, p.h)
	count := min(n, maxSamples)
	b.at = make([]place, count)
	for i := range b.at {
		x, y := ringAt(i*n/count, p.w, p.h)
		b.at[i] = place{x: x, y: y, c: p.at(x, y), clear: p.alpha(x, y) == 0}
		if b.at[i].clear {
			b.clear++
		}
	}
	b.common = b.mostCommon(nil)
	if s.Key != nil {
		b.key = &rgb{int(s.Key.R), int(s.Key.G), int(s.Key.B)}
		b.colour = *b.key
		for i := range b.at {
			b.at[i].ground = !b.at[i].clear && square(b.at[i].c, b.colour) <= b.named
		}
		return b
	}
	b.colour = b.common
	b.follow()
	return b
}

// distance is how far from the ground's colour ground may be with a tolerance:
// the whole of 255 with 1, but with a small one, as most are, half as much as
// its share of that. Noise is less than that, and pale subjects are as near.
func distance(tolerance float64) int {
	n := int64(scaled(tolerance, 1000))
	return int((n*(4000+5*n)*255 + 9e6/2) / 9e6)
}

// share of the border that n samples are, in thousandths.
func (b *border) share(n int) int { return n * 1000 / len(b.at) }

// ringLength is the number of pixels round a picture.
func ringLength(w, h int) int {
	if w == 1 || h == 1 {
		return w * h
	}
	return 2*(w+h) - 4
}

// ringAt is the i-th pixel round a picture, clockwise from its corner.
func ringAt(i, w, h int) (x, y int) {
	switch {
	case i < w:
		return i, 0
	case h == 1:
		return i, 0
	case i < w+h-1:
		return w - 1, i - w + 1
	case i < 2*w+h-2:
		return 2*w + h - 3 - i, h - 1
	}
	return 0, 2*(w+h) - 4 - i
}

// near and tight are squares of the distances within which colours are taken
// for the same but for noise, and within which those of the border are taken
// together, whatever the tolerance.
const (
	near  = 9 * 10 * 10
	tight = 9 * 6 * 6
)

// mostCommon is the middle of the colours that are most frequent among the
// samples that are neither transparent nor close to one of the others.
func (b *border) mostCommon(others []rgb) rgb {
	bins := make([]int32, 1<<15)
	passed := func(s *place) bool {
		for _, o := range others {
			if square(s.c, o) <= tight {
				return true
			}
		}
		return s.clear
	}
	best := -1
	for i := range b.at {
		if s := &b.at[i]; !passed(s) {
			bin := s.c[0]>>3<<10 | s.c[1]>>3<<5 | s.c[2]>>3
			bins[bin]++
			if best < 0 || bins[bin] > bins[best] {
				best = bin
			}
		}
	}
	if best < 0 {
		return rgb{}
	}
	c := rgb{best>>10<<3 + 4, best>>5&31<<3 + 4, best&31<<3 + 4}
	for i := range 6 { // from a bin to the middle of those around it
		reach := tight
		if i == 0 {
			reach = near
		}
		c = b.middle(c, reach, passed)
	}
	return c
}

// middle is the mean colour of the samples within reach of c.
func (b *border) middle(c rgb, reach int, passed func(*place) bool) rgb {
	var sum rgb
	n := 0
	for i := range b.at {
		if s := &b.at[i]; !passed(s) && square(s.c, c) <= reach {
			for k := range sum {
				sum[k] += s.c[k]
			}
			n++
		}
	}
	if n == 0 {
		return c
	}
	for k := range sum {
		sum[k] = (sum[k] + n/2) / n
	}
	return sum
}

// follow marks what of the border is ground: it goes round from the most common
// colour, both ways, and follows colours that change slowly.
func (b *border) follow() {
	start, best := 0, -1
	for i := range b.at {
		if d := square(b.at[i].c, b.common); !b.at[i].clear && (best < 0 || d < best) {
			start, best = i, d
		}
	}
	if best < 0 {
		return
	}
	n := len(b.at)
	for _, way := range [2]int{1, n - 1} {
		var mean rgb     // times fine
		const fine = 256 // finer than cells are: what is added is small
		for k := range mean {
			mean[k] = b.common[k] * fine
		}
		slow := clamp(n/64, 2, 64)
		for i := range n {
			s := &b.at[(start+i*way)%n]
			var now rgb
			for k := range now {
				now[k] = (mean[k] + fine/2) / fine
			}
			if s.clear || square(s.c, now) > b.radius {
				continue
			}
			s.ground = true
			for k := range mean {
				mean[k] += (s.c[k]*fine - mean[k]) / slow
			}
		}
	}
}
