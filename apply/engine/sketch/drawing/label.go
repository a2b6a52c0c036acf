package drawing

import (
	"image"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// labelFont is Go Bold, for what objects say.
var labelFont = sync.OnceValue(func() *opentype.Font {
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		panic("sketch: the built-in font does not parse: " + err.Error())
	}
	return f
})

// fields are the parts of labelled objects that take text: centre, width and
// height in percent of their box.
var fields = map[string][4]int{
	"badge": {50, 50, 58, 34}, "button": {50, 49, 82, 26}, "ribbon": {50, 49, 72, 24},
}

// inscribe writes on a labelled object, as large as its field allows.
func inscribe(m *image.RGBA, name, text string, t tones) {
	box := m.Rect.Dx() * 9 / 11 // without the margin on both sides
	f := fields[name]
	wide, tall := box*f[2]/100, box*f[3]/100
	text = printable(text)
	ink := t.of('l')
	if t.of('n').luma() > 140 {
		ink = t.of('d')
	}
	cx, cy := (m.Rect.Dx()-box)/2+box*f[0]/100, (m.Rect.Dy()-box)/2+box*f[1]/100
	if text == "★" {
		star(wrap(m), cx, cy, tall*7/10, ink)
		return
	}
	for size := tall; size > 6; size = size * 9 / 10 {
		face, err := newLetters(labelFont(), size)
		if err != nil {
			return // only for a size of zero
		}
		line := shorten(face, text, fixed.I(1<<12))
		if used := font.MeasureString(face, line).Ceil(); used <= wide || size*9/10 <= 6 {
			d := font.Drawer{Dst: m, Src: image.NewUniform(ink), Face: face, Dot: fixed.P(cx-used/2, cy+size*36/100)}
			d.DrawString(line)
			size = 0
		}
		face.Close()
	}
}

// star paints five points round (cx, cy).
func star(k *canvas, cx, cy, r int, c rgb) {
	p := &path{}
	for i := range 10 {
		reach := r * one
		if i%2 == 1 {
			reach = reach * 2 / 5
		}
		a := i*turn/10 - turn/4
		x, y := cx*one+wave(a+turn/4, reach), cy*one+wave(a, reach)
		if i == 0 {
			p.move(x, y)
			continue
		}
		p.line(x, y)
	}
	k.fill(p, flat(c))
}
