package drawing

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// letters is a face that draws its characters alike on every processor. The
// face of opentype has their curves bent by the rasterizer, in products that
// some compilers fuse with the sums; here the rasterizer gets straight lines.
type letters struct {
	font.Face
	font *opentype.Font
	size fixed.Int26_6
	buf  sfnt.Buffer
}

// newLetters fails for a size of zero alone.
func newLetters(f *opentype.Font, size int) (*letters, error) {
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(size), DPI: 72})
	return &letters{Face: face, font: f, size: fixed.I(size)}, err
}

// Glyph is that of font.Face.
func (l *letters) Glyph(dot fixed.Point26_6, r rune) (dr image.Rectangle, mask image.Image, at image.Point, advance fixed.Int26_6, ok bool) {
	advance, ok = l.GlyphAdvance(r)
	index, err := l.font.GlyphIndex(&l.buf, r)
	if err != nil {
		return dr, nil, at, 0, false
	}
	outline, err := l.font.LoadGlyph(&l.buf, index, l.size, nil)
	if err != nil {
		return dr, nil, at, 0, false
	}
	b := outline.Bounds().Add(dot)
	dr = image.Rect(b.Min.X.Floor(), b.Min.Y.Floor(), b.Max.X.Ceil(), b.Max.Y.Ceil())
	z := vector.NewRasterizer(dr.Dx(), dr.Dy())
	z.DrawOp = draw.Src
	left, top := dot.X-fixed.I(dr.Min.X), dot.Y-fixed.I(dr.Min.Y)
	place := func(p fixed.Point26_6) (x, y float32) { return float32(p.X+left) / 64, float32(p.Y+top) / 64 }
	for _, s := range outline { // fonts of TrueType have no other curves
		x, y := place(s.Args[0])
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			z.MoveTo(x, y)
		case sfnt.SegmentOpLineTo:
			z.LineTo(x, y)
		case sfnt.SegmentOpQuadTo:
			endX, endY := place(s.Args[1])
			bend(z, x, y, endX, endY)
		}
	}
	m := image.NewAlpha(image.Rect(0, 0, dr.Dx(), dr.Dy()))
	z.Draw(m, m.Rect, image.Opaque, image.Point{})
	return dr, m, at, advance, ok
}

// bend draws a curve from where the pen is, towards (x, y), to its end, in as
// many lines as its bend asks for. Each product is rounded before it is added to.
func bend(z *vector.Rasterizer, x, y, endX, endY float32) {
	fromX, fromY := z.Pen()
	dx, dy := fromX-2*x+endX, fromY-2*y+endY
	lines := 1
	if square := float32(dx*dx) + float32(dy*dy); square >= 0.333 {
		lines += int(math.Sqrt(math.Sqrt(3 * float64(square))))
	}
	t, step := float32(0), 1/float32(lines)
	between := func(a, b float32) float32 { return a + float32(t*(b-a)) }
	for range lines - 1 {
		t += step
		z.LineTo(between(between(fromX, x), between(x, endX)), between(between(fromY, y), between(y, endY)))
	}
	z.LineTo(endX, endY)
}
