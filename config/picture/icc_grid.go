package picture

import (
	"encoding/binary"
	"image"
	"math"
)

// A grid is a profile that has its colours measured at points: those of inks,
// and of some screens. Curves lead to it and from it.
type grid struct {
	in, out   []func(float64) float64
	points    []int     // in each direction
	at        []float64 // three values a point, the last direction the fastest
	inner     []func(float64) float64
	matrix    matrix
	offset    [3]float64
	connected func([3]float64) [3]float64 // from the grid's values to XYZ under D50
}

// grid is nil for a profile of another kind, or not for such a picture.
func (p *profile) grid(m image.Image) *grid {
	channels := map[string]int{"RGB ": 3, "CMYK": 4}[p.space]
	b := p.tags["A2B0"]
	if channels == 0 || len(b) < 48 || isGrey(m) || isInk(m) != (channels == 4) || int(b[8]) != channels || b[9] != 3 {
		return nil
	}
	switch string(b[:4]) {
	case "mft1":
		return p.sampledGrid(b, 1)
	case "mft2":
		return p.sampledGrid(b, 2)
	case "mAB ":
		return p.freeGrid(b)
	}
	return nil
}

// sampledGrid reads a grid whose curves are tables, with numbers of 1 or 2
// bytes.
func (p *profile) sampledGrid(b []byte, size int) *grid {
	channels, points := int(b[8]), int(b[10])
	entries, outEntries, at := 256, 256, 48
	if size == 2 {
		if len(b) < 52 {
			return nil
		}
		entries, outEntries, at = int(binary.BigEndian.Uint16(b[48:])), int(binary.BigEndian.Uint16(b[50:])), 52
	}
	g := &grid{connected: p.fromConnection(size == 2)}
	cells := 3
	for range channels {
		g.points = append(g.points, points)
		cells *= points
	}
	if points < 2 || entries < 2 || outEntries < 2 || len(b)-at < size*(channels*entries+cells+3*outEntries) {
		return nil
	}
	numbers := func(n int) []float64 {
		list := make([]float64, n)
		for i := range list {
			list[i] = number(b[at:], size)
			at += size
		}
		return list
	}
	curves := func(n, entries int) (list []func(float64) float64) {
		for range n {
			table := numbers(entries)
			list = append(list, func(v float64) float64 { return between(table, v) })
		}
		return list
	}
	g.in = curves(channels, entries)
	g.at = numbers(cells)
	g.out = curves(3, outEntries)
	return g
}

// number reads a share of 1, of 1 or 2 bytes.
func number(b []byte, size int) float64 {
	if size == 1 {
		return float64(b[0]) / 255
	}
	return float64(binary.BigEndian.Uint16(b)) / 65535
}

// freeGrid reads a grid with formulas, and a matrix behind it.
func (p *profile) freeGrid(b []byte) *grid {
	channels := int(b[8])
	g := &grid{connected: p.fromConnection(false)}
	offset := func(i int) int { return int(binary.BigEndian.Uint32(b[12+4*i:])) }
	curves := func(at, n int) (list []func(float64) float64) {
		for range n {
			if at <= 0 || at >= len(b) {
				return nil
			}
			curve, size := parseCurve(b[at:])
			if curve == nil {
				return nil
			}
			list = append(list, curve)
			at += (size + 3) &^ 3
		}
		return list
	}
	if g.out = curves(offset(0), 3); g.out == nil {
		return nil
	}
	if at := offset(1); at > 0 {
		if at+48 > len(b) {
			return nil
		}
		for i := range 9 {
			g.matrix[i/3][i%3] = fixed(b[at+4*i:])
		}
		for i := range 3 {
			g.offset[i] = fixed(b[at+36+4*i:])
		}
		if g.inner = curves(offset(2), 3); g.inner == nil {
			return nil
		}
	}
	at := offset(3)
	if g.in = curves(offset(4), channels); at <= 0 || at+20 > len(b) || g.in == nil {
		return nil
	}
	size, cells := int(b[at+16]), 3
	for _, n := range b[at : at+channels] {
		g.points = append(g.points, int(n))
		if cells *= int(n); n < 2 || cells > len(b) {
			return nil
		}
	}
	if at += 20; size != 1 && size != 2 || len(b)-at < size*cells {
		return nil
	}
	g.at = make([]float64, cells)
	for i := range g.at {
		g.at[i] = number(b[at+size*i:], size)
	}
	return g
}

// fromConnection leads from a profile's own numbers to XYZ. Those of Lab with
// 16 bits had another range at first.
func (p *profile) fromConnection(old bool) func([3]float64) [3]float64 {
	if p.connection == "XYZ " {
		const full = 1 + 32767.0/32768
		return func(v [3]float64) [3]float64 { return [3]float64{v[0] * full, v[1] * full, v[2] * full} }
	}
	scale := 1.0
	if old {
		scale = 65535.0 / 65280
	}
	return func(v [3]float64) [3]float64 {
		l, a, b := float64(v[0]*scale*100), float64(v[1]*scale*255)-128, float64(v[2]*scale*255)-128
		fy := (l + 16) / 116
		unfold := func(t float64) float64 {
			if t > 6.0/29 {
				return t * t * t
			}
			return 3 * (6.0 / 29) * (6.0 / 29) * (t - 4.0/29)
		}
		return [3]float64{0.9642 * unfold(fy+a/500), unfold(fy), 0.8249 * unfold(fy-b/200)}
	}
}

// of returns a colour in sRGB.
func (g *grid) of(in []float64) (out [3]uint8) {
	v := g.interpolate(in)
	if g.inner != nil {
		for i, curve := range g.inner {
			v[i] = curve(v[i])
		}
		v = g.matrix.of(v)
		for i := range v {
			v[i] += g.offset[i]
		}
	}
	for i, curve := range g.out {
		v[i] = curve(min(max(v[i], 0), 1))
	}
	for i, light := range fromD50().of(g.connected(v)) {
		out[i] = compress()[int(math.Round(min(max(light, 0), 1)*one))]
	}
	return out
}

// interpolate goes over the corners of the cell in which a colour lies.
func (g *grid) interpolate(in []float64) (v [3]float64) {
	var low [4]int
	var part [4]float64
	for c, curve := range g.in {
		at := float64(min(max(curve(in[c]), 0), 1) * float64(g.points[c]-1))
		low[c] = min(int(at), g.points[c]-2)
		part[c] = at - float64(low[c])
	}
	for corner := range 1 << len(g.in) {
		share, at := 1.0, 0
		for c := range g.in {
			i := low[c]
			if corner>>c&1 == 1 {
				share *= part[c]
				i++
			} else {
				share *= 1 - part[c]
			}
			at = at*g.points[c] + i
		}
		if share == 0 {
			continue
		}
		for i := range 3 {
			v[i] += float64(share * g.at[3*at+i])
		}
	}
	return v
}

// throughGrid converts a picture. Neighbours are often equal.
func throughGrid(m image.Image, g *grid) image.Image {
	b := m.Bounds()
	out := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	ink, isInk := m.(*image.CMYK)
	var src *image.NRGBA
	if !isInk {
		src = straight(m)
	}
	var last [4]uint8
	colour, known := [3]uint8{}, false
	var in [4]float64
	for y := range b.Dy() {
		for x := range b.Dx() {
			var now [4]uint8
			alpha := uint8(255)
			if isInk {
				copy(now[:], ink.Pix[ink.PixOffset(b.Min.X+x, b.Min.Y+y):][:4])
			} else {
				p := src.Pix[src.PixOffset(x, y):][:4:4]
				copy(now[:3], p)
				alpha = p[3]
			}
			if !known || now != last {
				for i := range in {
					in[i] = float64(now[i]) / 255
				}
				colour, last, known = g.of(in[:len(g.in)]), now, true
			}
			p := out.Pix[out.PixOffset(x, y):][:4:4]
			copy(p, colour[:])
			p[3] = alpha
		}
	}
	return out
}
