package sketch

// scene is a picture in the making: the canvas, what the brief wants, and the
// measures that its layers agree on.
type scene struct {
	k          *canvas
	b          brief
	p          palette
	d          *dice
	horizon    int // the row where sky and ground meet
	sunX, sunY int
	unit       int // the shorter side in 1/100, the scale of what is drawn
}

// newScene prepares a scene of w by h pixels in the brief's palette and that
// of the borrowed colours, if any.
func newScene(b brief, w, h int, borrowed []rgb) *scene {
	s := &scene{k: newCanvas(w, h), b: b, p: paletteOf(b, borrowed), d: b.dice.fork(2)}
	s.unit = max(min(w, h)/100, 1)
	d := newDice(b.prompt).fork(3)
	s.horizon = h * (d.in(52, 66) + s.d.fork(4).in(-3, 3)) / 100
	return s
}

// backdrop paints sky and land.
func (s *scene) backdrop() {
	s.sky()
	s.land()
}

// land paints ridges that come nearer, each lower and less hazy.
func (s *scene) land() {
	d := s.d.fork(20)
	layers := 3 + s.b.detail
	for i := range layers {
		t := 256 * (i + 1) / layers
		base := lerp(s.horizon, s.k.h*94/100, i*i, layers*layers)
		amp := lerp(s.k.h*22/100, s.k.h*7/100, i, layers)
		c := mix(s.p.far, s.p.near, t)
		s.ridge(base, amp, lerp(3, 2, i, layers), s.b.place == mountains, d.next(), grad(c.light(112), c.light(78), base-amp, base+amp))
	}
}

// ridge paints a hill line: base and amp in pixels, wide in noise steps over
// the shorter side.
func (s *scene) ridge(base, amp, wide int, sharp bool, seed uint64, n ink) []int {
	top := make([]int, s.k.w)
	for x := range top {
		at := x * 256 * wide / (s.unit * 100)
		var v int
		if sharp {
			v = ridged(at, 0, 5, seed) * 5 / 4
		} else {
			v = fbm(at, 0, 3, seed)
		}
		top[x] = base*one - (v-20000)*amp>>8
	}
	s.k.below(top, n)
	return top
}
