package drawing

import "image"

// mover is a sprite that bobs, breathes, or crosses the frame. It moves by even
// pixels, so that the encoder finds its inside again.
type mover struct {
	m      *image.RGBA
	x, y   int
	amp    int // pixels up and down
	sway   int // pixels left and right
	beats  int // periods in the film
	cross  int // pixels travelled by the last frame
	squash int // 1/256 of its height, breathing
	phase  int
	poses  []*image.RGBA
}

func (a *mover) at(i int) (x, y int) {
	ang := i*turn*a.beats/frameCount + a.phase
	return (a.x + wave(ang/2, a.sway) + a.cross*i/frameCount) &^ 1, (a.y + wave(ang, a.amp)) &^ 1
}

func (a *mover) bounds(i int) image.Rectangle {
	x, y := a.at(i)
	return a.m.Rect.Add(image.Pt(x, y))
}

func (a *mover) paint(k *canvas, i int) {
	x, y := a.at(i)
	k.over(a.pose(i), x, y, 255)
}

// posesPerBeat is how many drawings a breath has. Few, because each is sent in
// full.
const posesPerBeat = 6

// pose is the sprite at a point of its breath: its upper part stretched up a
// little, its feet still.
func (a *mover) pose(i int) *image.RGBA {
	if a.squash == 0 {
		return a.m
	}
	if a.poses == nil {
		for n := range posesPerBeat {
			a.poses = append(a.poses, stretch(a.m, 256-(a.squash+wave(n*turn/posesPerBeat, a.squash))/2))
		}
	}
	n := (i*posesPerBeat*a.beats/frameCount + a.phase*posesPerBeat/turn) % posesPerBeat
	return a.poses[n]
}

// stretch scales the rows of an image to t/256 of the height, feet kept.
func stretch(m *image.RGBA, t int) *image.RGBA {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	out := image.NewRGBA(m.Rect)
	small := resize(m, w, max(h*t/256, 1))
	off := h - small.Rect.Dy()
	copy(out.Pix[off*out.Stride:], small.Pix)
	return out
}

// mote is one particle: a flake, a drop, a spark. It flies in a straight line
// that wraps, so that it is back at its start when the film ends.
type mote struct {
	m       *image.RGBA
	x, y    int // at frame 0
	w, h    int // of the frame
	lapX    int // frame widths crossed in the film
	lapY    int // frame heights crossed
	sway    int
	phase   int
	twinkle bool
	alpha   int
	fadeIn  bool // clear at frame 0
	fadeOut bool // and again after the last one
}

func (a *mote) at(i int) (x, y int) {
	mw, mh := a.m.Rect.Dx(), a.m.Rect.Dy()
	spanX, spanY := a.w+mw, a.h+mh
	x = a.x + a.lapX*spanX*i/frameCount + wave(i*turn*2/frameCount+a.phase, a.sway)
	y = a.y + a.lapY*spanY*i/frameCount
	return (x%spanX+spanX)%spanX - mw, (y%spanY+spanY)%spanY - mh
}

func (a *mote) bounds(i int) image.Rectangle {
	x, y := a.at(i)
	return a.m.Rect.Add(image.Pt(x, y))
}

func (a *mote) paint(k *canvas, i int) {
	x, y := a.at(i)
	alpha := a.alpha
	if a.twinkle {
		alpha = alpha * (140 + wave(i*turn*3/frameCount+a.phase, 115)) / 255
	}
	if a.fadeIn {
		alpha = alpha * min(i, fadeFrames) / fadeFrames
	}
	if a.fadeOut {
		alpha = alpha * min(frameCount-i, fadeFrames) / fadeFrames
	}
	k.over(a.m, x, y, min(max(alpha, 0), 255))
}

// fadeFrames is how long particles take to appear.
const fadeFrames = 16

// softDot is a round spot of light, clear at its rim.
func softDot(r int, c rgb) *image.RGBA {
	k := newCanvas(2*r+1, 2*r+1)
	for y := -r; y <= r; y++ {
		for x := -r; x <= r; x++ {
			t := 256 - isqrt((x*x+y*y)*65536)/max(r, 1)
			if t > 0 {
				k.dot(x+r, y+r, c, t*t>>8)
			}
		}
	}
	return k.RGBA
}

// streak is a slanting line of rain.
func streak(lean, tall int, c rgb) *image.RGBA {
	k := newCanvas(abs(lean)+3, tall)
	for y := range tall {
		x := lean * y / tall
		if lean < 0 {
			x -= lean
		}
		k.dot(x, y, c, 200*y/tall)
		k.dot(x+1, y, c, 90*y/tall)
	}
	return k.RGBA
}

// particles fill the air of a film by its weather.
func particles(b brief, p palette, w, h int, d *dice) []*mote {
	unit := max(min(w, h)/100, 1)
	var out []*mote
	add := func(n int, make func() *mote) {
		for range n {
			m := make()
			m.w, m.h = w, h
			m.x, m.y, m.phase = d.n(w), d.n(h), d.n(turn)
			if m.alpha == 0 {
				m.alpha = 255
			}
			out = append(out, m)
		}
	}
	switch b.weather {
	case rain, storm:
		lean := -d.in(2, 10)
		add(22, func() *mote {
			return &mote{m: streak(lean, unit*d.in(4, 8), hex(0xdce8f8)), lapY: d.in(4, 7)}
		})
	case snow:
		add(34, func() *mote {
			return &mote{m: softDot(unit*d.in(3, 10)/10+1, hex(0xffffff)), lapY: d.in(1, 2), sway: unit * 2}
		})
	case fire:
		add(26, func() *mote {
			return &mote{m: softDot(unit*d.in(4, 9)/10+1, hex(0xffb458)), lapY: -d.in(1, 2), sway: unit * 3, twinkle: true}
		})
	case fog:
	default:
		n, c := 12, mix(p.sun, hex(0xffffff), 90)
		if b.weather == magic {
			n, c = 26, mix(p.accent, hex(0xfff4c0), 140)
		}
		add(n, func() *mote {
			return &mote{m: softDot(unit*d.in(4, 10)/10+1, c), lapY: -d.n(2), sway: unit * d.in(2, 5), twinkle: true, alpha: 210}
		})
	}
	return out
}

// bellows makes a still picture breathe: inside an ellipse the pixels are
// drawn from a little lower or higher, most in the middle, not at all at the
// rim.
type bellows struct {
	src    *canvas
	area   image.Rectangle
	amp    int   // pixels at the middle, in 1/256
	swing  int   // the angle that the breath goes through in the film
	weight []int // by pixel of the area, 0..256
}

func newBellows(src *canvas, area image.Rectangle, amp, swing int) *bellows {
	area = evenRect(area).Intersect(src.Rect)
	b := &bellows{src: src, area: area, amp: amp, swing: swing, weight: make([]int, area.Dx()*area.Dy())}
	w, h := area.Dx(), area.Dy()
	for y := range h {
		for x := range w {
			dx, dy := (2*x-w+1)*256/w, (2*y-h+1)*256/h
			b.weight[y*w+x] = smooth(256 - (dx*dx+dy*dy)>>8)
		}
	}
	return b
}

// bellowsHold is for how many frames a breath stands: the area is large.
const bellowsHold = 4

func (b *bellows) bounds(int) image.Rectangle { return b.area }

func (b *bellows) paint(k *canvas, i int) {
	// Zero at frame 0: the film starts on the picture itself.
	push := wave(i/bellowsHold*bellowsHold*b.swing/frameCount, b.amp)
	if push == 0 {
		return
	}
	w := b.area.Dx()
	for y := b.area.Min.Y; y < b.area.Max.Y; y++ {
		for x := b.area.Min.X; x < b.area.Max.X; x++ {
			t := b.weight[(y-b.area.Min.Y)*w+x-b.area.Min.X]
			if t == 0 {
				continue
			}
			sy := min(max(y*one+push*t>>8, 0), (b.src.h-2)*one)
			sample(k.Pix[y*k.Stride+x*4:][:4:4], b.src.RGBA, min(x, b.src.w-2)*one, sy)
		}
	}
}
