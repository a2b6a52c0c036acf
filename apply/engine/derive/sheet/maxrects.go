package sheet

import "image"

// A bin is a sheet that is being packed: the free places on it, each as large
// as it can be, so that they overlap. That is the method of Jylänki's MaxRects.
type bin struct {
	free, spare []image.Rectangle
	rule        rule
	work        int // rectangles that were looked at
}

// rule is by what a free place is chosen.
type rule int

const (
	// lowest stands a sprite where its lower edge is highest up, then as far to
	// the left as it can be: that keeps a sheet short whose height is open.
	lowest rule = iota
	// tightest takes the place of which a side fits best.
	tightest
	// snuggest takes the place of which the least area is left.
	snuggest
	rules
)

func newBin(w, h int, r rule) *bin {
	return &bin{free: []image.Rectangle{image.Rect(0, 0, w, h)}, rule: r}
}

// place takes a place for a sprite; ok is false where there is none.
func (b *bin) place(size image.Point) (at image.Point, ok bool) {
	best, least, second := -1, 0, 0
	b.work += len(b.free)
	for i := range b.free {
		f := &b.free[i]
		w, h := f.Dx()-size.X, f.Dy()-size.Y
		if w < 0 || h < 0 {
			continue
		}
		first, then := 0, 0
		switch b.rule {
		case lowest:
			first, then = f.Min.Y+size.Y, f.Min.X
		case tightest:
			first, then = min(w, h), max(w, h)
		default:
			first, then = f.Dx()*f.Dy(), min(w, h)
		}
		if best < 0 || first < least || first == least && then < second {
			best, least, second = i, first, then
		}
	}
	if best < 0 {
		return at, false
	}
	at = b.free[best].Min
	b.take(image.Rectangle{Min: at, Max: at.Add(size)})
	return at, true
}

// take cuts a rectangle out of the free places. What is left of one can lie
// within another one, but no other one within it.
func (b *bin) take(r image.Rectangle) {
	kept, parts := b.free[:0], b.spare[:0]
	for _, f := range b.free {
		if !f.Overlaps(r) {
			kept = append(kept, f)
			continue
		}
		if r.Min.X > f.Min.X {
			parts = append(parts, image.Rect(f.Min.X, f.Min.Y, r.Min.X, f.Max.Y))
		}
		if r.Max.X < f.Max.X {
			parts = append(parts, image.Rect(r.Max.X, f.Min.Y, f.Max.X, f.Max.Y))
		}
		if r.Min.Y > f.Min.Y {
			parts = append(parts, image.Rect(f.Min.X, f.Min.Y, f.Max.X, r.Min.Y))
		}
		if r.Max.Y < f.Max.Y {
			parts = append(parts, image.Rect(f.Min.X, r.Max.Y, f.Max.X, f.Max.Y))
		}
	}
	b.free, b.spare = kept, parts
	old := len(kept)
	b.work += len(parts) * (old + len(parts))
	for i, p := range parts {
		if !within(p, b.free[:old]) && !withinOther(p, i, parts) {
			b.free = append(b.free, p)
		}
	}
}

func within(r image.Rectangle, all []image.Rectangle) bool {
	for i := range all {
		if r.In(all[i]) {
			return true
		}
	}
	return false
}

// withinOther reports whether a part lies within another one; of equal ones the
// first stays.
func withinOther(r image.Rectangle, at int, parts []image.Rectangle) bool {
	for i := range parts {
		if i != at && r.In(parts[i]) && (i < at || r != parts[i]) {
			return true
		}
	}
	return false
}
