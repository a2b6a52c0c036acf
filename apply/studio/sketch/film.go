package sketch

import "image"

// film is the source of a video's frames. Frames are asked for in order.
type film interface {
	draw(i int, f *frame)
	// pan is how far, in whole even pixels, the scene of frame i stands from
	// where it stood in the frame before: the displacement to copy it from.
	pan(i int) motion
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
	glide  motion  // camera pixels per frame, even
	from   image.Point
	actors []actor
	work   *canvas
}

func newStage(w, h int, set *canvas) *stage {
	s := &stage{w: w, h: h, set: set, still: newFrame(set.w, set.h), work: newCanvas(w, h)}
	s.still.convert(set.RGBA, set.Rect)
	return s
}

func (s *stage) pan(i int) motion {
	if i == 0 {
		return motion{}
	}
	return s.glide
}

// corner is where the camera stands at frame i.
func (s *stage) corner(i int) (x, y int) {
	return s.from.X + i*s.glide.x, s.from.Y + i*s.glide.y
}

func (s *stage) draw(i int, f *frame) {
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
}

// newFilm sets up the film of a video request.
func newFilm(r Request) film {
	w, h := Size(MethodVideo, r.Aspect)
	switch r.Method {
	case MethodVideoTransition:
		return newWipe(r, w, h)
	case MethodVideoFromImage:
		return newStage(w, h, fit(r.Image, w, h))
	}
	b := r.brief()
	const speed = 2
	s := newScene(b, w+speed*frameCount, h, r.borrowedColours())
	s.backdrop()
	st := newStage(w, h, s.k)
	st.glide = motion{x: speed}
	return st
}
