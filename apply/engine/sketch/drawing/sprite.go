package drawing

import (
	"image"
	"slices"
	"strings"
)

// shape is one parsed part of a sprite, in 1/1000 of the sprite's box.
type shape struct {
	tone byte
	p    path
}

// shapesOf parses the drawing of a sprite; nil if there is none of that name.
func shapesOf(name string) []shape {
	text := sprites[name] + icons[name] + signs[name] // a name is in one of them
	var out []shape
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, shape{line[0], parsePath(line[1:])})
		}
	}
	return out
}

// paintedIn reports whether a sprite has parts of a tone.
func paintedIn(name string, tone byte) bool {
	return slices.ContainsFunc(shapesOf(name), func(s shape) bool { return s.tone == tone })
}

// parsePath reads the path notation of sprites.go; numbers become thousandths.
func parsePath(s string) path {
	var p path
	var arg []int
	cmd := byte(0)
	flush := func() {
		switch {
		case cmd == 'M' && len(arg) == 2:
			p.move(arg[0], arg[1])
		case cmd == 'L' && len(arg) == 2:
			p.line(arg[0], arg[1])
		case cmd == 'Q' && len(arg) == 4:
			p.quad(arg[0], arg[1], arg[2], arg[3])
		case cmd == 'C' && len(arg) == 6:
			p.cubic(arg[0], arg[1], arg[2], arg[3], arg[4], arg[5])
		case cmd == 'O' && len(arg) == 4:
			p.ellipse(arg[0], arg[1], arg[2], arg[3])
		}
		arg = arg[:0]
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case strings.IndexByte("MLQCOZ", c) >= 0:
			flush()
			cmd = c
		case c == ' ':
		default:
			v, n := thousandths(s[i:])
			arg = append(arg, v)
			i += n - 1
		}
	}
	flush()
	return p
}

// thousandths reads a decimal number and tells its length.
func thousandths(s string) (v, n int) {
	sign, scale := 10, 0
	for n < len(s) {
		switch c := s[n]; {
		case c == '-':
			sign = -10
		case c == '.':
			scale = 1
		case c >= '0' && c <= '9':
			if scale >= 1000 {
				break // finer than a thousandth
			}
			v = v*10 + int(c-'0')
			scale *= 10
		default:
			return v * sign * 100 / max(scale, 1), max(n, 1)
		}
		n++
	}
	return v * sign * 100 / max(scale, 1), max(n, 1)
}

// tones gives the colours of a sprite's parts.
type tones struct {
	body, accent rgb
	lit          int // percent
	tint         rgb // the light of the scene, laid over all
	tintBy       int
}

var fixedTones = map[byte]rgb{
	'd': hex(0x23222b), 'l': hex(0xf4efe2), 'm': hex(0xb9c2cf), 'k': hex(0x6b7482), 's': hex(0xe8bd94),
	'w': hex(0x9a6a3c), 'v': hex(0x5f3d24), 'g': hex(0xe9b93c), 'r': hex(0xc83a32), 'f': hex(0x5fa645),
	'y': hex(0xffe98a), 'i': hex(0xa9d8ea),
}

func (t tones) of(tone byte) rgb {
	c, ok := fixedTones[tone]
	switch {
	case tone == 'a':
		c = t.accent
	case tone == 'b':
		c = t.accent.light(68)
	case tone == 'n':
		c = t.body
	case tone == 'u':
		c = t.body.light(70)
	case !ok:
		c = hex(0x808080)
	}
	if tone == 'y' {
		return c
	}
	return mix(c.light(t.lit), t.tint, t.tintBy)
}

// drawSprite renders a sprite in a square of size pixels, with room of margin
// pixels round it for outlines and for parts that reach out of the box.
func drawSprite(name string, size, margin int, t tones, flip bool) *image.RGBA {
	k := newCanvas(size+2*margin, size+2*margin)
	for _, sh := range shapesOf(name) {
		q := path{start: sh.p.start, pts: make([]pt, len(sh.p.pts))}
		y0, y1 := 1<<30, -1<<30
		for i, v := range sh.p.pts {
			x := v.x
			if flip {
				x = 100000 - x
			}
			q.pts[i] = pt{x*size*one/100000 + margin*one, v.y*size*one/100000 + margin*one}
			y0, y1 = min(y0, q.pts[i].y>>8), max(y1, q.pts[i].y>>8)
		}
		c := t.of(sh.tone)
		k.fill(&q, grad(c.light(118), c.light(82), y0, y1))
	}
	return k.RGBA
}

// relief lights the edges of a sprite that face (dx, dy) and darkens the
// opposite ones, by comparing its mask with itself shifted.
func relief(m *image.RGBA, dx, dy, depth int, light rgb, strength int) {
	w, h := m.Rect.Dx(), m.Rect.Dy()
	src := make([]uint8, w*h)
	for i := range src {
		src[i] = m.Pix[i*4+3]
	}
	mask := func(x, y int) int {
		if uint(x) >= uint(w) || uint(y) >= uint(h) {
			return 0
		}
		return int(src[y*w+x])
	}
	for y := range h {
		for x := range w {
			a := int(src[y*w+x])
			if a == 0 {
				continue
			}
			edge, back := 0, 0
			for s := 1; s <= 3; s++ {
				q := depth * s / 3
				edge += a - min(a, mask(x+dx*q/16, y+dy*q/16))
				back += a - min(a, mask(x-dx*q/16, y-dy*q/16))
			}
			p := m.Pix[(y*w+x)*4:][:3:3]
			c := mix(rgb{p[0], p[1], p[2]}, rgb{uint8(int(light.r) * a / 255), uint8(int(light.g) * a / 255), uint8(int(light.b) * a / 255)}, edge*strength/768)
			c = c.light(100 - back*strength/768/6)
			p[0], p[1], p[2] = c.r, c.g, c.b
		}
	}
}

// silhouette is the mask of an image filled with one colour.
func silhouette(m *image.RGBA, c rgb) *image.RGBA {
	out := image.NewRGBA(m.Rect)
	for i := 0; i < len(m.Pix); i += 4 {
		a := int(m.Pix[i+3])
		out.Pix[i] = uint8(int(c.r) * a / 255)
		out.Pix[i+1] = uint8(int(c.g) * a / 255)
		out.Pix[i+2] = uint8(int(c.b) * a / 255)
		out.Pix[i+3] = uint8(a)
	}
	return out
}

// outlined puts a dark line of r pixels round an image with room for it.
func outlined(m *image.RGBA, c rgb, r int) *image.RGBA {
	dark := silhouette(m, c)
	k := newCanvas(m.Rect.Dx(), m.Rect.Dy())
	for i := range 16 {
		a := i * turn / 16
		k.over(dark, wave(a+turn/4, r), wave(a, r), 255)
	}
	k.over(m, 0, 0, 255)
	return k.RGBA
}
