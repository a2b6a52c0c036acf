package drawing

import "image"

// Films move on twos, as drawn animation does: every second frame is new and
// the other repeats it. It looks much the same at half the work and size.
const onTwos = 2

// film is the source of a video's frames. Frames are asked for in order.
type film interface {
	// draw sets f to frame i, or leaves it alone and reports false if the
	// frame is the same as the one before. Frame 0 is always drawn.
	draw(i int, f *frame) bool
	// moves are the displacements, in whole even pixels, at which parts of
	// frame i may be found in the frame before.
	moves(i int) []motion
}

// actor is something that moves before a still scene.
type actor interface {
	// bounds is what frame i of the actor may touch, in frame coordinates.
	bounds(i int) image.Rectangle
	paint(k *canvas, i int)
}

// stage is a film of actors before a scene, over which the camera may glide.
type stage struct {
	w, h   int
	set    *canvas // the scene, larger than the frame if the camera glides
	still  *frame  // the same in the film's colours
	glide  motion  // camera pixels from one drawn frame to the next, even
	from   image.Point
	actors []actor
	work   *canvas
	strip  *frame // the caption along the lower edge, or nil
}

func newStage(w, h int, set *canvas) *stage {
	s := &stage{w: w, h: h, set: set, still: newFrame(set.w, set.h), work: newCanvas(w, h)}
	s.still.convert(set.RGBA, set.Rect)
	return s
}

// corner is where the camera stands at frame i.
func (s *stage) corner(i int) (x, y int) {
	return s.from.X + i/onTwos*s.glide.x, s.from.Y + i/onTwos*s.glide.y
}

func (s *stage) moves(i int) []motion {
	list := []motion{s.glide}
	for _, a := range s.actors {
		if m, ok := a.(*mover); ok {
			x, y := m.at(i)
			px, py := m.at(i - onTwos)
			list = append(list, motion{x: px - x, y: py - y})
		}
	}
	return list
}

func (s *stage) draw(i int, f *frame) bool {
	if i%onTwos != 0 {
		return false
	}
	x, y := s.corner(i)
	f.window(s.still, x, y)
	rects := make([]image.Rectangle, 0, len(s.actors))
	for _, a := range s.actors {
		r := evenRect(a.bounds(i)).Intersect(s.work.Rect)
		rects = append(rects, r)
		for row := r.Min.Y; row < r.Max.Y; row++ {
			copy(s.work.Pix[row*s.work.Stride+r.Min.X*4:][:r.Dx()*4], s.set.Pix[(y+row)*s.set.Stride+(x+r.Min.X)*4:])
		}
	}
	for _, a := range s.actors {
		a.paint(s.work, i)
	}
	for _, r := range rects {
		f.convert(s.work.RGBA, r)
	}
	if s.strip != nil {
		f.paste(s.strip, s.h-s.strip.h)
	}
	return true
}

// newFilm sets up the film of a video request.
func newFilm(r Request) film {
	w, h := size(MethodVideo, r.Aspect)
	switch r.Method {
	case MethodVideoTransition:
		return newWipe(r, w, h)
	case MethodVideoFromImage:
		return newPortrait(r, w, h)
	}
	return newJourney(r, w, h)
}

// The camera glides by glideStep pixels from one drawn frame to the next: even,
// because chroma has half the pixels. glideWay is the whole way.
const (
	glideStep = 2
	glideWay  = glideStep * frameCount / onTwos
)

// newJourney is a film from a prompt: the camera glides over a scene wider
// than the frame while the cast moves before it.
func newJourney(r Request, w, h int) *stage {
	b := r.brief()
	way := glideWay
	if b.icon {
		way = 0 // an object stays in the middle of its ground
	}
	s := newScene(b, w+way, h, r.borrowedColours())
	s.frameW = w
	s.backdrop()
	if s.b.weather != snow && s.b.weather != rain {
		s.air()
	}
	s.finish()
	st := newStage(w, h, s.k)
	st.glide.x = glideStep
	d := s.d.fork(600)
	if b.icon {
		st.glide.x = 0
	} else if d.chance(50) {
		st.glide.x = -glideStep
		st.from.X = glideWay
	}
	for i, p := range r.company(s) {
		m := &mover{m: p.m, x: p.x, y: p.y, beats: d.in(3, 4), phase: d.n(turn), squash: 7}
		if p.m.Rect.Dy() > 450 {
			m.beats = 2 // each pose of a large sprite is dear
		}
		if r.pastes() { // a cut-out walks: only what is rigid can be found again
			m.squash, m.amp, m.sway = 0, s.unit, s.unit
		}
		if p.floating {
			m.squash, m.beats = 0, d.in(1, 2)
			m.amp, m.sway = s.unit*2, s.unit*d.in(1, 3)
		}
		if i == 0 && p.floating && !s.b.icon {
			m.cross = w * d.in(-8, 8) / 100
		}
		st.actors = append(st.actors, m)
	}
	for _, m := range particles(s.b, s.p, w, h, d) {
		st.actors = append(st.actors, m)
	}
	if !b.bare {
		st.caption(r)
	}
	return st
}

// newPortrait is a film from an image. It starts on the image as it is; the
// middle breathes and the air moves. Everything is periodic, so that the last
// frame leads into the first; without Loop it ends on a breath drawn.
func newPortrait(r Request, w, h int) *stage {
	set := fit(r.Image, w, h)
	st := newStage(w, h, set)
	b := r.brief()
	s := newScene(b, 16, 16, coloursOf(set.RGBA, 3))
	d := s.d.fork(610)
	side := h * 46 / 100
	cx, cy := w/2+d.in(-2, 2)*w/100, h*d.in(44, 52)/100
	swing := 2 * turn
	if !r.Loop {
		swing += turn / 4
	}
	area := image.Rect(cx-side/2, cy-side/2, cx+side/2, cy+side/2)
	st.actors = append(st.actors, newBellows(set, area, h*9*one/1000, swing))
	for _, m := range particles(b, s.p, w, h, d) {
		m.fadeIn, m.fadeOut = true, r.Loop
		st.actors = append(st.actors, m)
	}
	return st
}

// captionRows is the height of a film's caption: whole macroblocks, and
// opaque, so that it costs nothing while the camera glides behind it.
const captionRows = 2 * mbSize

// caption sets the strip with the prompt.
func (s *stage) caption(r Request) {
	if r.NoCaption {
		return
	}
	k := newCanvas(s.w, captionRows)
	k.rect(0, 0, s.w, captionRows, flat(hex(0x12141b)))
	captionLine(k, r.Prompt, captionRows/2)
	s.strip = newFrame(s.w, captionRows)
	s.strip.convert(k.RGBA, k.Rect)
}
