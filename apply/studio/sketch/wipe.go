package sketch

// wipe is the film of a transition: the end image grows over the start image
// behind a soft front. Each macroblock passes through a few blends and is then
// still, which keeps the film small; a cross-fade of the whole frame would
// send every frame in full.
type wipe struct {
	start, end *frame
	turn       []int // the frame at which each macroblock begins to change
	mbw        int
}

// The blends of a macroblock between start and end, and how long each stands.
const (
	wipeSteps = 5
	wipeHold  = 2
)

func newWipe(r Request, w, h int) *wipe {
	a, b := fit(r.Start, w, h), fit(r.End, w, h)
	f := &wipe{start: newFrame(w, h), end: newFrame(w, h), mbw: w / mbSize}
	f.start.convert(a.RGBA, a.Rect)
	f.end.convert(b.RGBA, b.Rect)
	mbh := h / mbSize
	seed := r.seed()
	const spare = wipeSteps*wipeHold + 2 // so that the last frames are the end image
	f.turn = make([]int, f.mbw*mbh)
	for i := range f.turn {
		x, y := i%f.mbw, i/f.mbw
		dx, dy := 2*x-f.mbw+1, 2*y-mbh+1
		dist := isqrt((dx*dx+dy*dy)<<16) * 220 / isqrt((f.mbw*f.mbw+mbh*mbh)<<16) // 0..220
		dist += fbm(x*48, y*48, 2, seed) * 70 >> 16
		f.turn[i] = 1 + dist*(frameCount-spare)/290
	}
	return f
}

func (f *wipe) pan(int) motion { return motion{} }

func (f *wipe) draw(i int, dst *frame) {
	for mb, at := range f.turn {
		t := 0
		if i >= at {
			t = min((i-at)/wipeHold+1, wipeSteps)
		}
		f.block(dst, mb%f.mbw*mbSize, mb/f.mbw*mbSize, t)
	}
}

// block blends the macroblock at (x, y), t of wipeSteps of the way.
func (f *wipe) block(dst *frame, x, y, t int) {
	blendRows(dst.y, f.start.y, f.end.y, y*dst.w+x, dst.w, mbSize, t)
	c := y/2*(dst.w/2) + x/2
	blendRows(dst.cb, f.start.cb, f.end.cb, c, dst.w/2, mbSize/2, t)
	blendRows(dst.cr, f.start.cr, f.end.cr, c, dst.w/2, mbSize/2, t)
}

func blendRows(dst, a, b []byte, at, stride, n, t int) {
	for range n {
		d, a, b := dst[at:at+n], a[at:at+n], b[at:at+n]
		switch t {
		case 0:
			copy(d, a)
		case wipeSteps:
			copy(d, b)
		default:
			for i := range d {
				d[i] = byte((int(a[i])*(wipeSteps-t) + int(b[i])*t + wipeSteps/2) / wipeSteps)
			}
		}
		at += stride
	}
}
