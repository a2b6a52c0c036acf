package picture

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"sync"
)

// A transform leads from a picture's colours to those of sRGB: along a curve
// for each channel to its light, and by a matrix to the light of sRGB.
type transform struct {
	curves [3]func(float64) float64
	matrix matrix
}

// A matrix acts on the three channels, row by row.
type matrix [3][3]float64

// times is the matrix that acts like n and then like m. Each product is rounded
// by itself, so that no processor fuses it with the sum.
func (m matrix) times(n matrix) (out matrix) {
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				out[i][j] += float64(m[i][k] * n[k][j])
			}
		}
	}
	return out
}

func (m matrix) of(v [3]float64) (out [3]float64) {
	for i := range 3 {
		for k := range 3 {
			out[i] += float64(m[i][k] * v[k])
		}
	}
	return out
}

// inverse is by cofactors; ok is false where there is none.
func (m matrix) inverse() (out matrix, ok bool) {
	minor := func(i, j int) float64 {
		a, b, c, d := (i+1)%3, (i+2)%3, (j+1)%3, (j+2)%3
		return float64(m[a][c]*m[b][d]) - float64(m[a][d]*m[b][c])
	}
	det := float64(m[0][0]*minor(0, 0)) + float64(m[0][1]*minor(0, 1)) + float64(m[0][2]*minor(0, 2))
	if math.Abs(det) < 1e-9 || math.IsNaN(det) {
		return out, false
	}
	for i := range 3 {
		for j := range 3 {
			out[j][i] = minor(i, j) / det
		}
	}
	return out, true
}

// fromD50 leads from XYZ under D50, in which profiles speak, to the light of
// sRGB.
var fromD50 = sync.OnceValue(func() matrix {
	toXYZ, _ := toD50(srgbChroma)
	m, _ := toXYZ.inverse()
	return m
})

// expand is the curve of sRGB, from its value to light.
func expand(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return power((v+0.055)/1.055, 2.4)
}

// one is full light, or a full value of 16 bits.
const one = 1<<16 - 1

// compress leads from light to a value of sRGB of 8 bits.
var compress = sync.OnceValue(func() *[one + 1]uint8 {
	var t [one + 1]uint8
	for v, at := 0, 0; v < 256; v++ {
		end := one + 1
		if v < 255 {
			end = int(math.Ceil(expand((float64(v)+0.5)/255) * one))
		}
		for ; at < end; at++ {
			t[at] = uint8(v)
		}
	}
	return &t
})

// tables is a transform for values of so many levels, in integers.
type tables struct {
	light  [3][]int32
	matrix [3][3]int64
}

const unit = 1 << 14 // of the matrix

func (t *transform) tables(levels int) *tables {
	out := &tables{}
	for c, curve := range t.curves {
		out.light[c] = make([]int32, levels)
		for i := range out.light[c] {
			out.light[c][i] = int32(math.Round(min(max(curve(float64(i)/float64(levels-1)), 0), 1) * one))
		}
		for k := range 3 {
			out.matrix[c][k] = int64(math.Round(min(max(t.matrix[c][k], -64), 64) * unit))
		}
	}
	return out
}

func (t *tables) of(r, g, b int) (uint8, uint8, uint8) {
	light := [3]int64{int64(t.light[0][r]), int64(t.light[1][g]), int64(t.light[2][b])}
	var out [3]uint8
	for i, row := range t.matrix {
		sum := (row[0]*light[0] + row[1]*light[1] + row[2]*light[2] + unit/2) / unit
		out[i] = compress()[min(max(sum, 0), one)]
	}
	return out[0], out[1], out[2]
}

// same tells whether a transform changes nothing that can be seen: most
// profiles are one of the many of sRGB.
func (t *tables) same() bool {
	near := func(a uint8, b int) bool { return int(a)-b <= 1 && b-int(a) <= 1 }
	for v := range 256 {
		for mask := 1; mask < 8; mask++ {
			in := [3]int{v * (mask & 1), v * (mask >> 1 & 1), v * (mask >> 2)}
			if r, g, b := t.of(in[0], in[1], in[2]); !near(r, in[0]) || !near(g, in[1]) || !near(b, in[2]) {
				return false
			}
		}
	}
	return true
}

// conversion is how such a picture comes to sRGB; both are nil where it is
// there.
func (f *File) conversion(m image.Image) (*grid, *transform) {
	space := f.space
	if f.profile != nil {
		p := parseProfile(f.profile)
		if g := p.grid(m); g != nil {
			return g, nil
		}
		space = p.transform(m)
	}
	if space == nil || space.tables(256).same() {
		return nil, nil
	}
	return nil, space
}

// inColour brings a decoded picture, which it may change, to sRGB.
func (f *File) inColour(m image.Image) image.Image {
	g, space := f.conversion(m)
	switch {
	case g != nil:
		return throughGrid(m, g)
	case space == nil:
		return m
	}
	t := space.tables(256)
	switch m := m.(type) {
	case *image.Paletted:
		for i, c := range m.Palette {
			n := color.NRGBAModel.Convert(c).(color.NRGBA)
			n.R, n.G, n.B = t.of(int(n.R), int(n.G), int(n.B))
			m.Palette[i] = n
		}
		return m
	case *image.Gray:
		for i, v := range m.Pix {
			m.Pix[i], _, _ = t.of(int(v), int(v), int(v))
		}
		return m
	case *image.Gray16, *image.RGBA64, *image.NRGBA64:
		return deep(m, space.tables(one+1))
	}
	out := straight(m)
	for i := 0; i+4 <= len(out.Pix); i += 4 {
		p := out.Pix[i:][:4:4]
		p[0], p[1], p[2] = t.of(int(p[0]), int(p[1]), int(p[2]))
	}
	return out
}

// deep converts values of 16 bits, of which 8 would not do for what is dark.
func deep(m image.Image, t *tables) *image.NRGBA {
	b := m.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	var at func(x, y int) color.NRGBA64
	switch m := m.(type) {
	case *image.NRGBA64:
		at = m.NRGBA64At
	case *image.RGBA64: // all of it is opaque
		at = func(x, y int) color.NRGBA64 { return color.NRGBA64(m.RGBA64At(x, y)) }
	case *image.Gray16:
		at = func(x, y int) color.NRGBA64 {
			v := m.Gray16At(x, y).Y
			return color.NRGBA64{R: v, G: v, B: v, A: one}
		}
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			c := at(b.Min.X+x, b.Min.Y+y)
			p := out.Pix[out.PixOffset(x, y):][:4:4]
			p[0], p[1], p[2] = t.of(int(c.R), int(c.G), int(c.B))
			p[3] = uint8(c.A >> 8)
		}
	}
	return out
}

// colourChunks are what a PNG without a profile says of its colours.
type colourChunks struct {
	gamma    uint32 // of 100,000; 0: not said
	standard bool   // it is sRGB
	chroma   *[8]float64
	code     []byte // cICP
}

func (s *colourChunks) take(name string, body []byte) {
	switch {
	case name == "sRGB":
		s.standard = true
	case name == "gAMA" && len(body) == 4:
		s.gamma = binary.BigEndian.Uint32(body)
	case name == "cHRM" && len(body) == 32:
		s.chroma = &[8]float64{}
		for i := range s.chroma {
			s.chroma[i] = float64(binary.BigEndian.Uint32(body[4*i:])) / 100_000
		}
	case name == "cICP" && len(body) == 4:
		s.code = body
	}
}

// The chromaticities of white and of red, green and blue.
var (
	srgbChroma = [8]float64{0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06}
	p3Chroma   = [8]float64{0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060}
	dciChroma  = [8]float64{0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060}
	wideChroma = [8]float64{0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046}
)

// transform is nil for what is sRGB, or what nobody can tell.
func (s *colourChunks) transform() *transform {
	if t, ok := codedTransform(s.code); ok {
		return t
	}
	if s.standard || s.gamma == 0 && s.chroma == nil {
		return nil
	}
	curve := expand
	// 1/2.2 is what those write who mean sRGB.
	const srgb, near = 45455, 1000
	if g := int64(s.gamma); g != 0 && (g < srgb-near || g > srgb+near) {
		inverse := 100_000 / float64(min(max(g, 10_000), 1_000_000))
		curve = func(v float64) float64 { return power(v, inverse) }
	}
	chroma := srgbChroma
	if s.chroma != nil {
		chroma = *s.chroma
	}
	return byChroma(chroma, curve)
}

// codedTransform reads the code points of H.273; ok is false for those that
// stand for nothing, or for more light than sRGB has.
func codedTransform(code []byte) (t *transform, ok bool) {
	if len(code) != 4 || code[2] != 0 || code[3] != 1 { // RGB in its full range
		return nil, false
	}
	chroma, known := map[byte][8]float64{1: srgbChroma, 9: wideChroma, 11: dciChroma, 12: p3Chroma}[code[0]]
	var curve func(float64) float64
	gamma := func(p float64) func(float64) float64 {
		return func(v float64) float64 { return power(v, p) }
	}
	switch code[1] {
	case 1, 6, 13, 14, 15: // displays show the curves of cameras as they show sRGB
		curve = expand
	case 4:
		curve = gamma(2.2)
	case 5:
		curve = gamma(2.8)
	case 8:
		curve = gamma(1)
	}
	if !known || curve == nil {
		return nil, false
	}
	return byChroma(chroma, curve), true
}

// byChroma is nil where the chromaticities are those of no screen.
func byChroma(chroma [8]float64, curve func(float64) float64) *transform {
	toXYZ, ok := toD50(chroma)
	if !ok {
		return nil
	}
	return &transform{curves: [3]func(float64) float64{curve, curve, curve}, matrix: fromD50().times(toXYZ)}
}

// toD50 leads from the light of such a screen to XYZ under D50.
func toD50(c [8]float64) (matrix, bool) {
	var primaries matrix
	for i := 1; i < 8; i += 2 {
		if c[i] <= 0 {
			return primaries, false
		}
	}
	xyz := func(x, y float64) [3]float64 { return [3]float64{x / y, 1, (1 - x - y) / y} }
	white := xyz(c[0], c[1])
	for k := range 3 {
		for i, v := range xyz(c[2+2*k], c[3+2*k]) {
			primaries[i][k] = v
		}
	}
	inverse, ok := primaries.inverse()
	if !ok {
		return primaries, false
	}
	for k, s := range inverse.of(white) {
		for i := range 3 {
			primaries[i][k] *= s
		}
	}
	return adapt(white, primaries)
}

// adapt brings light under a white to D50 by the method of Bradford.
func adapt(white [3]float64, m matrix) (matrix, bool) {
	bradford := matrix{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}
	back, _ := bradford.inverse()
	from, to := bradford.of(white), bradford.of([3]float64{0.9642, 1, 0.8249})
	var scale matrix
	for i := range 3 {
		if from[i] <= 0 {
			return m, false
		}
		scale[i][i] = to[i] / from[i]
	}
	return back.times(scale).times(bradford).times(m), true
}
