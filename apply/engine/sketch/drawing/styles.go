package drawing

import "image"

// finish gives the picture its style, then a vignette and light grain, or its
// plain ground.
func (s *scene) finish() {
	switch s.b.style {
	case pixel:
		s.pixels() // and no grain, which would spoil the blocks
	case inked:
		s.ink()
	case watercolour:
		s.wash()
	case neon:
		s.bloom()
	case painterly:
		s.strokes()
	}
	switch {
	case s.b.bare:
		s.bareGround()
	case s.b.style != pixel:
		s.vignette()
	}
}

// vignette darkens the corners and adds grain, in one pass over the pixels.
// The grain is one step up or down in one pixel of four: more would cost more
// in a PNG than it shows.
func (s *scene) vignette() {
	k := s.k
	r2 := (s.frameW*s.frameW + k.h*k.h) / 4
	perUnit := (256 << 24) / max(r2, 1) // multiplying is faster than dividing
	across := make([]int, k.w)
	for x := range across {
		d := (2*x - k.w) * s.frameW / k.w
		across[x] = d * d / 4
	}
	seed := uint32(s.b.dice.fork(400).next()) | 1
	for y := range k.h {
		dy := (2*y - k.h) * (2*y - k.h) / 4
		row := k.Pix[y*k.Stride:][:k.w*4]
		for x, dx := range across {
			t := 256 - max((dx+dy)*perUnit>>24-120, 0)*62/136
			seed ^= seed << 13
			seed ^= seed >> 17
			seed ^= seed << 5
			g := grain[seed>>29]
			p := row[x*4:][:3:3]
			p[0] = uint8(min(max(int(p[0])*t>>8+g, 0), 255))
			p[1] = uint8(min(max(int(p[1])*t>>8+g, 0), 255))
			p[2] = uint8(min(max(int(p[2])*t>>8+g, 0), 255))
		}
	}
}

var grain = [8]int{-1, 0, 0, 0, 0, 0, 0, 1}

// pixels redraws the picture in large blocks and few colours, with an ordered
// dither between them.
func (s *scene) pixels() {
	k := s.k
	size := s.blockSize()
	w, h := (k.w+size-1)/size, (k.h+size-1)/size
	small := resize(k.RGBA, w, h)
	bayer := [16]int{0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5}
	const levels = 9
	for y := range h {
		for x := range w {
			p := small.Pix[y*small.Stride+x*4:]
			var q [3]uint8
			for c := range 3 {
				v := int(p[c])*levels + (bayer[y%4*4+x%4]-8)*8
				q[c] = uint8(min(max((v+127)/255, 0), levels) * 255 / levels)
			}
			k.rect(x*size, y*size, (x+1)*size, (y+1)*size, flat(rgb{q[0], q[1], q[2]}))
		}
	}
}

// blockSize is the side of a block of pixel art.
func (s *scene) blockSize() int { return max(s.unit*4/5, 4) }

// lumaPlane is the brightness of each pixel.
func (s *scene) lumaPlane() []int {
	out := make([]int, s.k.w*s.k.h)
	for i := range out {
		p := s.k.Pix[i*4 : i*4+3]
		out[i] = rgb{p[0], p[1], p[2]}.luma()
	}
	return out
}

// expose brightens a dark picture, so that night too is drawn in lines.
func expose(l []int) {
	sum := 0
	for _, v := range l {
		sum += v
	}
	mean := max(sum/len(l), 1)
	if mean >= 130 {
		return
	}
	for i, v := range l {
		l[i] = min(v*130/mean, 200+v/5)
	}
}

// ink redraws the picture as lines and hatching on paper.
func (s *scene) ink() {
	k, l := s.k, s.lumaPlane()
	expose(l)
	paper, black := hex(0xf1e8d4), hex(0x1b1a22)
	if len(s.b.tints) > 0 {
		black = mix(black, s.b.tints[0].light(55), 130)
	}
	seed := s.b.prompt
	for y := range k.h {
		for x := range k.w {
			i := y*k.w + x
			edge := 0
			if x > 0 && y > 0 && x+1 < k.w && y+1 < k.h {
				edge = abs(l[i+1]-l[i-1]) + abs(l[i+k.w]-l[i-k.w])
			}
			a := max(edge-14, 0) * 5
			// Hatching leans one way in the half-tones and both in the shades.
			wob := noise(x*12, y*12, seed) >> 13
			switch v := l[i]; {
			case v < 58:
				a += 230
			case v < 100 && ((x+y+wob)%8 < 4 || (x-y+wob+8192)%9 < 3):
				a += 190
			case v < 140 && (x+y+wob)%9 < 3:
				a += 160
			case v < 176 && (x+y+wob)%13 < 2:
				a += 110
			}
			base := mix(paper, k.at(x, y), 36)
			c := mix(base, black, min(a, 240))
			p := k.Pix[i*4:][:3:3]
			p[0], p[1], p[2] = c.r, c.g, c.b
		}
	}
}

// wash makes watercolour of it: edges wander, colours pool at them, and the
// paper shows.
func (s *scene) wash() {
	s.wander(s.wandering())
	k, l := s.k, s.lumaPlane()
	seed := s.b.prompt
	for y := range k.h {
		for x := range k.w {
			i := y*k.w + x
			pool := 0
			if x > 2 && y > 2 && x+3 < k.w && y+3 < k.h {
				pool = abs(l[i+3]-l[i-3]) + abs(l[i+3*k.w]-l[i-3*k.w])
			}
			c := k.at(x, y).saturate(88).light(108 - min(pool/3, 26))
			stain := noise(x*3, y*3, seed)>>10 + noise(x*128, y*128, seed+1)>>11
			c = mix(c, hex(0xfbf6ea), 24+stain)
			rim := min(min(x, k.w-1-x), min(y, k.h-1-y)) - noise(x*10, y*10, seed+2)*s.unit*4>>16
			if rim < s.unit {
				c = mix(hex(0xfbf6ea), c, max(rim*256/s.unit, 0))
			}
			p := k.Pix[i*4:][:3:3]
			p[0], p[1], p[2] = c.r, c.g, c.b
		}
	}
}

// wandering is how far and how finely edges wander in watercolour.
func (s *scene) wandering() (amp, scale int) { return s.unit * 7 / 10, 20 }

// wander moves each pixel by noise: amp pixels, in noise of that many 1/256
// steps a pixel.
func (s *scene) wander(amp, scale int) {
	k := s.k
	src := image.NewRGBA(k.Rect)
	copy(src.Pix, k.Pix)
	seed := s.b.prompt + 5
	for y := range k.h {
		for x := range k.w {
			sx := min(max(x+(noise(x*scale, y*scale, seed)-32768)*amp>>15, 0), k.w-1)
			sy := min(max(y+(noise(x*scale, y*scale, seed+1)-32768)*amp>>15, 0), k.h-1)
			copy(k.Pix[y*k.Stride+x*4:][:4], src.Pix[sy*src.Stride+sx*4:][:4])
		}
	}
}

// bloom darkens the picture and lets its bright and strong colours glow.
func (s *scene) bloom() {
	k := s.k
	w, h := max(k.w/8, 1), max(k.h/8, 1)
	small := resize(k.RGBA, w, h)
	for i := 0; i < len(small.Pix); i += 4 {
		p := small.Pix[i:][:3:3]
		c := rgb{p[0], p[1], p[2]}
		_, sat, v := c.toHSV()
		c = c.saturate(170).light(max(v*sat/160-60, 0) * 100 / 255)
		p[0], p[1], p[2] = c.r, c.g, c.b
	}
	soft := resize(resize(small, max(w/5, 1), max(h/5, 1)), k.w, k.h)
	pink, cyan := hex(0xff2fa8), hex(0x20e0ff)
	for y := range k.h {
		for x := range k.w {
			i := y*k.Stride + x*4
			c := k.at(x, y)
			c = mix(c.saturate(150).light(84), mix(pink, cyan, x*256/k.w), 30)
			p := k.Pix[i:][:3:3]
			p[0], p[1], p[2] = c.r, c.g, c.b
			g := soft.Pix[i:][:3:3]
			k.add(x, y, rgb{g[0], g[1], g[2]}, 210)
		}
	}
}

// strokes repaints the picture in short brush strokes that follow its edges'
// noise, coarse ones first.
func (s *scene) strokes() {
	k := s.k
	src := image.NewRGBA(k.Rect)
	copy(src.Pix, k.Pix)
	from := wrap(src)
	d := s.b.dice.fork(500)
	seed := d.next()
	for pass, size := range []int{s.unit * 14 / 10, s.unit * 8 / 10, s.unit * 5 / 10} {
		size = max(size, 2)
		n := k.w * k.h / (size * size * (3 + pass))
		for range n {
			x, y := d.n(k.w), d.n(k.h)
			c := from.at(x, y)
			if pass > 0 { // fine strokes only where there is something fine
				o := from.at(min(x+size, k.w-1), min(y+size, k.h-1))
				if distance(c, o) < 260 {
					continue
				}
			}
			a := noise(x*256/(s.unit*22), y*256/(s.unit*22), seed) * turn >> 17
			dx, dy := wave(a+turn/4, size*2*one), wave(a, size*one)
			px, py := -dy/3, dx/3
			var p path
			p.move(x*one-dx, y*one-dy)
			p.line(x*one+px, y*one+py)
			p.line(x*one+dx, y*one+dy)
			p.line(x*one-px, y*one-py)
			k.fill(&p, flat(c.light(d.in(93, 108))).fade(190))
		}
	}
}
