package cutout

import "slices"

// checkered reports whether the ground is squares of two colours in turns,
// which generators paint when they are asked for a transparent ground. The
// squares may be of any size, noisy and not quite regular.
func checkered(p *picture, b *border) bool {
	one := b.common
	two := b.mostCommon([]rgb{one})
	t := tiles{p: p, one: one, two: two, reach: square(one, two) / 6}
	if square(one, two) <= tight {
		return false
	}
	n, first := 0, 0
	for i := range b.at {
		switch t.tell(b.at[i].c) {
		case 1:
			n, first = n+1, first+1
		case 2:
			n++
		}
	}
	if n*100 < len(b.at)*55 || first*100 < n*20 || first*100 > n*80 {
		return false
	}
	w, h := t.width(true), t.width(false)
	if w < 2 || h < 2 || w*10 > h*16 || h*10 > w*16 {
		return false
	}
	return t.alternate(w, h)
}

// tiles are the two colours that a checkerboard would have.
type tiles struct {
	p        *picture
	one, two rgb
	reach    int // square of how far from either a colour may be
}

// tell says which of both a colour is, 0 if neither.
func (t *tiles) tell(c rgb) int {
	a, b := square(c, t.one), square(c, t.two)
	switch {
	case a < b && a <= t.reach:
		return 1
	case b < a && b <= t.reach:
		return 2
	}
	return 0
}

// width is the length that half of all pixels in runs of one colour are in at
// most, along lines near the border, across or downwards.
func (t *tiles) width(across bool) int {
	long, other := t.p.w, t.p.h
	if !across {
		long, other = other, long
	}
	var count [1025]int
	total := 0
	for k := range 6 {
		for _, line := range [2]int{other * k / 48, other - 1 - other*k/48} {
			last, run := 0, 0
			for i := range long {
				x, y := i, line
				if !across {
					x, y = line, i
				}
				now := t.tell(t.p.at(x, y))
				if now == last || now == 0 {
					run++
					continue
				}
				if last != 0 && run > 1 {
					count[min(run, 1024)] += run
					total += run
				}
				last, run = now, 1
			}
		}
	}
	sum := 0
	for n, c := range count {
		if sum += c; sum*2 >= total && total > 0 {
			return n
		}
	}
	return 0
}

// alternate reports whether a square of w by h has the other colour beside and
// below it and its own across the corner, in most places of the outer sixths.
func (t *tiles) alternate(w, h int) bool {
	var seen, right [3]int
	stepX, stepY := max(w/3, 1, t.p.w/200), max(h/3, 1, t.p.h/200)
	for y := 0; y+h < t.p.h; y += stepY {
		for x := 0; x+w < t.p.w; x += stepX {
			outer := min(x*6, (t.p.w-1-x-w)*6) < t.p.w || min(y*6, (t.p.h-1-y-h)*6) < t.p.h
			here := t.tell(t.p.at(x, y))
			if !outer || here == 0 {
				continue
			}
			for i, there := range [3]int{t.tell(t.p.at(x+w, y)), t.tell(t.p.at(x, y+h)), t.tell(t.p.at(x+w, y+h))} {
				if there != 0 {
					seen[i]++
					if (there == here) == (i == 2) {
						right[i]++
					}
				}
			}
		}
	}
	if slices.Min(seen[:]) < 8 {
		return false
	}
	for i := range seen {
		if right[i]*100 < seen[i]*70 {
			return false
		}
	}
	return true
}
