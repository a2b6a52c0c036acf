package drawing

import "strings"

// wipe is the film of a transition: the end image comes in behind a soft
// front that crosses the start image. A pixel changes only while the front is
// over it, so every macroblock is sent a few times; a cross-fade of the whole
// frame would send all of them every time.
type wipe struct {
	start, end *frame
	dist       []uint16 // how far from the beginning of the front each pixel lies
	far        int      // the greatest of them
	near, off  []uint16 // least and greatest distance in each macroblock
}

// wipeEdge is the width of the front in pixels.
const wipeEdge = 72

func newWipe(r Request, w, h int) *wipe {
	a, b := fit(r.Start, w, h), fit(r.End, w, h)
	f := &wipe{start: newFrame(w, h), end: newFrame(w, h), dist: make([]uint16, w*h)}
	f.start.convert(a.RGBA, a.Rect)
	f.end.convert(b.RGBA, b.Rect)
	dx, dy := front(r.Prompt, r.promptSeed())
	f.measure(dx, dy, r.seed())
	return f
}

// front chooses where the end image comes from, by the prompt.
func front(prompt string, seed uint64) (dx, dy int) {
	for w := range strings.FieldsSeq(strings.ToLower(prompt)) {
		switch strings.Trim(w, ".,;:!?") {
		case "left":
			return -1, 0
		case "right":
			return 1, 0
		case "up", "rise", "rises", "above", "sky":
			return 0, -1
		case "down", "fall", "falls", "descends":
			return 0, 1
		case "through", "push", "pushes", "zoom", "zooms", "into", "open", "opens":
			return 0, 0
		}
	}
	all := [4][2]int{{0, 0}, {1, 0}, {-1, 0}, {1, 1}}
	pick := all[newDice(seed).n(len(all))]
	return pick[0], pick[1]
}

// measure fills in the distances: from the middle if there is no direction,
// else along it; noise makes the front uneven.
func (f *wipe) measure(dx, dy int, seed uint64) {
	w, h := f.start.w, f.start.h
	for y := range h {
		for x := range w {
			var d int
			if dx == 0 && dy == 0 {
				px, py := x-w/2, y-h/2
				d = isqrt(px*px + py*py)
			} else {
				d = (w*(1-dx)/2+dx*x)*abs(dx) + (h*(1-dy)/2+dy*y)*abs(dy)
			}
			d += fbm(x*2, y*2, 2, seed) * 160 >> 16
			f.dist[y*w+x] = uint16(d)
			f.far = max(f.far, d)
		}
	}
	mbw := w / mbSize
	f.near, f.off = make([]uint16, mbw*(h/mbSize)), make([]uint16, mbw*(h/mbSize))
	for mb := range f.near {
		lo, hi := uint16(1<<16-1), uint16(0)
		for r := range mbSize {
			for _, d := range f.dist[(mb/mbw*mbSize+r)*w+mb%mbw*mbSize:][:mbSize] {
				lo, hi = min(lo, d), max(hi, d)
			}
		}
		f.near[mb], f.off[mb] = lo, hi
	}
}

func (f *wipe) moves(int) []motion { return nil }

// reach is how far the front has come at frame i: from nowhere at the first
// frame to past everything at the last change.
func (f *wipe) reach(i int) int {
	const last = (frameCount - 1) / onTwos * onTwos
	return (f.far + wipeEdge) * i / last
}

func (f *wipe) draw(i int, dst *frame) bool {
	if i%onTwos != 0 {
		return false
	}
	reach := f.reach(i)
	mbw := dst.w / mbSize
	for mb := range f.near {
		x, y := mb%mbw*mbSize, mb/mbw*mbSize
		switch {
		case int(f.near[mb]) >= reach:
			copyBlock(dst, f.start, x, y)
		case int(f.off[mb])+wipeEdge <= reach:
			copyBlock(dst, f.end, x, y)
		default:
			f.blend(dst, x, y, reach)
		}
	}
	return true
}

func copyBlock(dst, src *frame, x, y int) {
	for r := range mbSize {
		at := (y+r)*dst.w + x
		copy(dst.y[at:][:mbSize], src.y[at:])
	}
	cw := dst.w / 2
	for r := range mbSize / 2 {
		at := (y/2+r)*cw + x/2
		copy(dst.cb[at:][:mbSize/2], src.cb[at:])
		copy(dst.cr[at:][:mbSize/2], src.cr[at:])
	}
}

// blend mixes the macroblock at (x, y) pixel by pixel.
func (f *wipe) blend(dst *frame, x, y, reach int) {
	share := func(at int) int {
		return smooth((reach - int(f.dist[at])) * 256 / wipeEdge)
	}
	mixed := func(a, b byte, t int) byte { return byte((int(a)*(256-t) + int(b)*t + 128) >> 8) }
	for r := range mbSize {
		for c := range mbSize {
			at := (y+r)*dst.w + x + c
			dst.y[at] = mixed(f.start.y[at], f.end.y[at], share(at))
		}
	}
	for r := range mbSize / 2 {
		for c := range mbSize / 2 {
			t := share((y+2*r)*dst.w + x + 2*c)
			at := (y/2+r)*dst.w/2 + x/2 + c
			dst.cb[at] = mixed(f.start.cb[at], f.end.cb[at], t)
			dst.cr[at] = mixed(f.start.cr[at], f.end.cr[at], t)
		}
	}
}
