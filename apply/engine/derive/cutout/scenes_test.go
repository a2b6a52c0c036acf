package cutout

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
)

// layer is a picture whose alpha is known: premultiplied colours from 0 to 1.
type layer struct {
	w, h int
	px   [][4]float64
}

func newLayer(w, h int) *layer { return &layer{w, h, make([][4]float64, w*h)} }

// put lays a colour on a pixel.
func (l *layer) put(x, y int, c [3]float64, a float64) {
	if x < 0 || y < 0 || x >= l.w || y >= l.h || a <= 0 {
		return
	}
	p := &l.px[y*l.w+x]
	for k := range 3 {
		p[k] = p[k]*(1-a) + c[k]*a
	}
	p[3] = p[3]*(1-a) + a
}

// shape paints what inside says, 16 samples a pixel.
func (l *layer) shape(inside func(x, y float64) bool, paint func(x, y float64) [3]float64, alpha float64) {
	for y := range l.h {
		for x := range l.w {
			n := 0
			px, py := float64(x), float64(y)
			if middle := inside(px+0.5, py+0.5); middle == inside(px, py) && middle == inside(px+1, py) && middle == inside(px, py+1) && middle == inside(px+1, py+1) {
				if middle {
					l.put(x, y, paint(px+0.5, py+0.5), alpha)
				}
				continue
			}
			for s := range 16 {
				if inside(float64(x)+(float64(s%4)+0.5)/4, float64(y)+(float64(s/4)+0.5)/4) {
					n++
				}
			}
			if n > 0 {
				l.put(x, y, paint(float64(x)+0.5, float64(y)+0.5), alpha*float64(n)/16)
			}
		}
	}
}

// strand draws a bent line that gets thinner.
func (l *layer) strand(x, y, dx, dy, length, width, bend float64, c [3]float64) {
	cover := map[int]float64{}
	for t := 0.0; t < length; t += 0.4 {
		r := width / 2 * (1 - 0.7*t/length)
		for py := int(y - 2); py <= int(y+2); py++ {
			for px := int(x - 2); px <= int(x+2); px++ {
				d := math.Hypot(float64(px)+0.5-x, float64(py)+0.5-y)
				if a := min(max(r+0.5-d, 0), 1, 2*r); a > 0 && px >= 0 && px < l.w && py >= 0 && py < l.h {
					cover[py*l.w+px] = max(cover[py*l.w+px], a)
				}
			}
		}
		x, y = x+dx*0.4, y+dy*0.4
		s, co := math.Sincos(bend * 0.4)
		dx, dy = dx*co-dy*s, dx*s+dy*co
	}
	for i, a := range cover {
		l.put(i%l.w, i/l.w, c, a)
	}
}

func flat(r, g, b float64) func(x, y float64) [3]float64 {
	return func(x, y float64) [3]float64 { return [3]float64{r / 255, g / 255, b / 255} }
}

func disc(cx, cy, r float64) func(x, y float64) bool {
	return func(x, y float64) bool { return math.Hypot(x-cx, y-cy) < r }
}

func box(x0, y0, x1, y1 float64) func(x, y float64) bool {
	return func(x, y float64) bool { return x > x0 && y > y0 && x < x1 && y < y1 }
}

func ring(cx, cy, r, width float64) func(x, y float64) bool {
	return func(x, y float64) bool { return math.Abs(math.Hypot(x-cx, y-cy)-r) < width/2 }
}

// ball shades a colour as on a sphere lit from above.
func ball(cx, cy, r float64, c [3]float64) func(x, y float64) [3]float64 {
	return func(x, y float64) [3]float64 {
		dx, dy := (x-cx)/r, (y-cy)/r
		z := math.Sqrt(max(0, 1-dx*dx-dy*dy))
		s := 0.35 + 0.65*max(0, -0.4*dx-0.6*dy+0.7*z)
		return [3]float64{min(c[0]/255*s*1.1, 1), min(c[1]/255*s*1.1, 1), min(c[2]/255*s*1.1, 1)}
	}
}

// subjects are what is cut out, at 240 by 200.
var subjects = []struct {
	name  string
	paint func(ground rgb) *layer
	holes bool
}{
	{"emblem", paintEmblem, false}, {"fur", paintFur, true}, {"glass", paintGlass, true}, {"shadow", paintShadow, false},
	{"flat", paintFlat, true}, {"leaf", paintLeaf, false}, {"lines", paintLines, true}, {"glow", paintGlow, false},
	{"smoke", paintSmoke, false}, {"paper", paintPaper, false}, {"text", paintText, true},
}

// paintEmblem is a figure with an outline that has the ground's colour inside.
func paintEmblem(ground rgb) *layer {
	l := newLayer(240, 200)
	l.shape(box(80, 90, 160, 186), flat(30, 24, 28), 1)
	l.shape(disc(120, 70, 52), flat(30, 24, 28), 1)
	l.shape(box(83, 93, 157, 183), flat(170, 60, 50), 1)
	l.shape(disc(120, 70, 49), ball(120, 70, 49, [3]float64{235, 190, 160}), 1)
	l.shape(disc(120, 142, 24), flat(240, 235, 220), 1)
	l.shape(disc(120, 142, 18), flat(float64(ground[0]), float64(ground[1]), float64(ground[2])), 1)
	l.shape(disc(103, 66, 6), flat(20, 20, 30), 1)
	l.shape(disc(137, 66, 6), flat(20, 20, 30), 1)
	return l
}

func paintFur(rgb) *layer {
	l := newLayer(240, 200)
	r := rand.New(rand.NewPCG(1, 1))
	for range 900 {
		a := r.Float64() * 2 * math.Pi
		s, c := math.Sincos(a)
		v := 0.5 + 0.5*r.Float64()
		l.strand(120+c*50, 100+s*45, c, s, 12+22*r.Float64(), 0.8+0.9*r.Float64(), (r.Float64()-0.5)*0.06, [3]float64{0.62 * v, 0.42 * v, 0.25 * v})
	}
	l.shape(disc(120, 100, 54), ball(120, 100, 60, [3]float64{165, 112, 66}), 1)
	l.shape(disc(100, 88, 8), flat(25, 20, 20), 1)
	l.shape(disc(140, 88, 8), flat(25, 20, 20), 1)
	return l
}

func paintGlass(rgb) *layer {
	l := newLayer(240, 200)
	flask := func(r float64) func(x, y float64) bool {
		return func(x, y float64) bool {
			return disc(120, 110, r)(x, y) || math.Abs(x-120) < r-42 && y > 88-r && y < 100
		}
	}
	shine := func(x, y float64) [3]float64 { return [3]float64{0.8, 0.88 + y*0.0003, 0.94} }
	l.shape(flask(60), shine, 0.25)
	l.shape(func(x, y float64) bool { return flask(62)(x, y) && !flask(58)(x, y) }, flat(235, 245, 250), 0.7)
	l.shape(func(x, y float64) bool { return disc(120, 110, 57)(x, y) && y > 120 }, flat(190, 40, 60), 0.75)
	l.shape(func(x, y float64) bool { return disc(96, 96, 14)(x, y) && !disc(101, 100, 14)(x, y) }, flat(255, 255, 255), 0.8)
	l.shape(box(100, 16, 140, 30), flat(120, 80, 50), 1)
	return l
}

func paintShadow(rgb) *layer {
	l := newLayer(240, 200)
	for y := range l.h {
		for x := range l.w {
			dx, dy := (float64(x)-130)/62, (float64(y)-162)/18
			l.put(x, y, [3]float64{}, 0.45*math.Exp(-dx*dx-dy*dy))
		}
	}
	l.shape(disc(120, 100, 58), ball(120, 100, 58, [3]float64{70, 110, 190}), 1)
	l.shape(box(110, 30, 130, 50), flat(150, 150, 155), 1)
	return l
}

// paintFlat is an icon without outlines, in few colours, some light, some dark.
func paintFlat(rgb) *layer {
	l := newLayer(240, 200)
	l.shape(disc(90, 100, 60), flat(250, 190, 40), 1)
	l.shape(disc(160, 100, 50), flat(60, 60, 200), 1)
	l.shape(disc(160, 100, 28), flat(225, 228, 230), 1)
	l.shape(box(40, 150, 200, 165), flat(45, 40, 50), 1)
	l.shape(func(x, y float64) bool { return math.Abs((x-60)-(y-30)*0.3) < 4 && y > 20 && y < 90 }, flat(220, 30, 40), 1)
	return l
}

// paintLeaf has a colour that is not far from a green ground.
func paintLeaf(rgb) *layer {
	l := newLayer(240, 200)
	l.shape(func(x, y float64) bool {
		return disc(120, 160, 105)(x, y) && disc(120, 40, 105)(x, y)
	}, func(x, y float64) [3]float64 {
		v := 0.8 + 0.2*math.Sin(x*0.09)
		return [3]float64{70 * v / 255, 150 * v / 255, 50 * v / 255}
	}, 1)
	l.shape(box(30, 97, 210, 103), flat(40, 90, 30), 1)
	return l
}

// paintLines are thin lines and rings.
func paintLines(rgb) *layer {
	l := newLayer(240, 200)
	for i := range 5 {
		l.shape(ring(70, 70, 14+float64(i)*11, 0.7+float64(i)*0.5), flat(40, 30, 90), 1)
	}
	for i := range 6 {
		k := float64(i)
		l.shape(func(x, y float64) bool {
			return math.Abs((y-100)-(x-180)*(0.2+k*0.35)) < (0.5+k*0.3)*(1+k*0.2) && x > 145 && x < 225
		}, flat(190, 60, 40), 1)
	}
	l.shape(ring(80, 165, 20, 3), flat(30, 30, 30), 1)
	l.shape(disc(80, 165, 18.5), flat(240, 200, 60), 1)
	return l
}

func paintGlow(rgb) *layer {
	l := newLayer(240, 200)
	for y := range l.h {
		for x := range l.w {
			d := math.Hypot(float64(x)-120, float64(y)-100) / 40
			l.put(x, y, [3]float64{1, 0.7, 0.2}, min(0.9*math.Exp(-d*d), 1))
		}
	}
	l.shape(disc(120, 100, 18), flat(255, 240, 190), 1)
	return l
}

// paintSmoke is a torch with grey smoke above it, in wisps.
func paintSmoke(rgb) *layer {
	l := newLayer(240, 200)
	r := rand.New(rand.NewPCG(3, 3))
	for i := range 60 {
		k := float64(i) / 60
		cx, cy, size := 120+22*k*math.Sin(k*9)+8*r.NormFloat64()*k, 110-85*k, 8+14*k
		for y := range l.h {
			for x := range l.w {
				d := math.Hypot(float64(x)-cx, float64(y)-cy) / size
				if a := 0.12 * (1 - 0.6*k) * math.Exp(-d*d); a > 0.002 {
					l.put(x, y, [3]float64{0.45, 0.45, 0.47}, a)
				}
			}
		}
	}
	l.shape(box(112, 110, 128, 190), flat(110, 70, 40), 1)
	l.shape(disc(120, 106, 14), flat(250, 150, 40), 1)
	l.shape(disc(120, 109, 8), flat(255, 230, 140), 1)
	return l
}

// paintPaper is a white scroll with soft shading: on white only that shows it.
func paintPaper(rgb) *layer {
	l := newLayer(240, 200)
	l.shape(box(60, 40, 180, 160), func(x, y float64) [3]float64 {
		v := 0.93 - 0.12*math.Pow(math.Abs(x-120)/60, 3)
		return [3]float64{v, v * 0.985, v * 0.95}
	}, 1)
	for _, y := range []float64{40, 160} {
		l.shape(func(px, py float64) bool { return math.Abs(py-y) < 10 && px > 50 && px < 190 }, func(_, py float64) [3]float64 {
			v := 0.96 - 0.025*math.Abs(py-y+3)
			return [3]float64{v, v * 0.98, v * 0.93}
		}, 1)
	}
	for i := range 6 {
		y := 66 + float64(i)*13
		l.shape(box(80, y, 160-float64(i%3)*14, y+1.6), flat(90, 70, 60), 1)
	}
	return l
}

// paintText is strokes like those of letters, some a pixel wide, and dots.
func paintText(rgb) *layer {
	l := newLayer(240, 200)
	for row := range 4 {
		y, width := 30+float64(row)*40, 1+float64(row)*0.9
		for i := range 5 {
			x, c := 36+float64(i)*36, flat([]float64{200, 30, 250, 20, 90}[i], []float64{40, 30, 200, 90, 60}[i], []float64{40, 40, 60, 190, 120}[i])
			l.shape(ring(x, y+8, 8, width), c, 1)
			l.shape(box(x+8, y-12, x+8+width, y+16), c, 1)
			l.shape(disc(x+16, y+14, 0.6+width/2), c, 1)
		}
	}
	return l
}

// grounds of the bench.
var grounds = []struct {
	name string
	at   func(x, y float64) [3]float64 // x and y from 0 to 1
}{
	{"green", func(x, y float64) [3]float64 { return [3]float64{0, 1, 0} }},
	{"screen", func(x, y float64) [3]float64 { // as generators paint green
		v := 1 - 0.25*((x-0.5)*(x-0.5)+(y-0.5)*(y-0.5))
		return [3]float64{0.07 * v, 0.85 * v, 0.23 * v}
	}},
	{"magenta", func(x, y float64) [3]float64 { return [3]float64{1, 0, 1} }},
	{"blue", func(x, y float64) [3]float64 { return [3]float64{0.1, 0.2 + 0.2*y, 0.95 - 0.3*y} }},
	{"white", func(x, y float64) [3]float64 { return [3]float64{1, 1, 1} }},
	{"black", func(x, y float64) [3]float64 { return [3]float64{0, 0, 0} }},
	{"grey", func(x, y float64) [3]float64 { v := 0.9 - 0.35*y; return [3]float64{v, v, v} }},
	{"vignette", func(x, y float64) [3]float64 {
		v := 0.95 - 0.6*((x-0.5)*(x-0.5)+(y-0.5)*(y-0.5))
		return [3]float64{v, v * 0.97, v * 0.9}
	}},
	{"studio", func(x, y float64) [3]float64 { // a quarter darker in the corners
		v := 1 - 0.5*((x-0.5)*(x-0.5)+(y-0.5)*(y-0.5))
		return [3]float64{0, 0.694 * v, 0.251 * v}
	}},
	{"spot", func(x, y float64) [3]float64 {
		v := 0.86 - 0.43*((x-0.5)*(x-0.5)+(y-0.5)*(y-0.5))
		return [3]float64{v, v, v}
	}},
}

// over lays the layer on a ground.
func (l *layer) over(at func(x, y float64) [3]float64) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, l.w, l.h))
	for i, p := range l.px {
		g := at(float64(i%l.w)/float64(l.w-1), float64(i/l.w)/float64(l.h-1))
		var c [3]uint8
		for k := range c {
			c[k] = uint8(min(p[k]+g[k]*(1-p[3]), 1)*255 + 0.5)
		}
		m.SetNRGBA(i%l.w, i/l.w, color.NRGBA{c[0], c[1], c[2], 255})
	}
	return m
}
