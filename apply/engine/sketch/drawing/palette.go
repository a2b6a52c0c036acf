package drawing

import "image"

// palette is the light and the colours of a scene.
type palette struct {
	zenith, sky, horizon rgb // sky from top to bottom
	sun                  rgb // the sun or moon and what it lights
	far, near            rgb // ground, from the haze to the foreground
	accent               rgb // clothes, roofs, flags, windows
	dark                 rgb // outlines and silhouettes
	lit                  int // how bright the day is, percent
}

// The light of each hour before the prompt tints it.
var lights = map[hour]palette{
	dawn:  {hex(0x4f6fa8), hex(0xa9a6c8), hex(0xf7cfae), hex(0xffe9c4), hex(0x97a2bd), hex(0x4d6350), hex(0xd8694f), hex(0x26303c), 88},
	day:   {hex(0x2f74c0), hex(0x73b0e4), hex(0xd8edf5), hex(0xfff6d8), hex(0x9fbccb), hex(0x45793f), hex(0xd8503c), hex(0x22303a), 100},
	dusk:  {hex(0x2b2a5c), hex(0x93497c), hex(0xfca658), hex(0xffd27a), hex(0x93607f), hex(0x3c3550), hex(0xf0784a), hex(0x1c1830), 74},
	night: {hex(0x070b22), hex(0x142150), hex(0x36508c), hex(0xe6ecff), hex(0x31466f), hex(0x121d33), hex(0xf3c368), hex(0x080c1a), 48},
}

// accents go with the light of each hour: the roofs, flags and clothes of a
// prompt that names no colour.
var accents = map[hour][]rgb{
	dawn:  {hex(0xc8604a), hex(0x5f7fae), hex(0xd99a54), hex(0x9a5f7f), hex(0x4f8f92)},
	day:   {hex(0xc04a3a), hex(0x3f6cae), hex(0xe0a23c), hex(0x2f8f8a), hex(0x8a4a78)},
	dusk:  {hex(0xd8643c), hex(0x8a4a86), hex(0xe0983c), hex(0x4f5fa6), hex(0xb03f4c)},
	night: {hex(0xf0b860), hex(0x6f7fd0), hex(0xc86a86), hex(0x4fa0b4), hex(0xe08a50)},
}

// paletteOf mixes the hour's light with the colours that the prompt names, or
// a turn of the colour circle from its hash where it names none.
func paletteOf(b brief, borrowed []rgb) palette {
	p := lights[b.hour]
	d := newDice(mix64(b.prompt))
	turnBy := d.in(-110, 110) + b.dice.fork(1).in(-40, 40)
	for _, c := range []*rgb{&p.zenith, &p.sky, &p.far, &p.near} {
		*c = c.shift(turnBy)
	}
	p.horizon = p.horizon.shift(turnBy / 3)
	p.accent = mix(p.accent, accents[b.hour][d.n(len(accents[b.hour]))], 200)
	tints := append(append([]rgb{}, b.tints...), borrowed...)
	if len(tints) > 0 {
		above := 200
		if earthy(tints[0]) || b.timed && len(b.tints) == 0 {
			above = 36 // green hills make no green sky, and borrowed colours no other hour
		}
		p.tint(tints, above)
	}
	if len(b.sky) > 0 {
		q := lights[b.hour]
		q.tint(b.sky, 200)
		p.zenith, p.sky, p.horizon = q.zenith, q.sky, q.horizon
	}
	if b.weather == snow && b.place != mountains {
		p.near = mix(p.near, mix(hex(0xeef3fa), p.sky, 60).light(p.lit), 190)
		p.far = mix(p.far, mix(hex(0xe8eef6), p.sky, 90).light(p.lit), 130)
	}
	if b.weather == rain || b.weather == storm || b.weather == fog {
		for _, c := range []*rgb{&p.zenith, &p.sky, &p.horizon, &p.far, &p.near} {
			*c = c.saturate(60).light(88)
		}
	}
	return p
}

// tint pulls the palette towards named or borrowed colours: the first rules
// sky, by above of 256, and ground, the second the ground, the last the accent.
func (p *palette) tint(tints []rgb, above int) {
	a, last := tints[0], tints[len(tints)-1]
	g := tints[min(1, len(tints)-1)]
	scaled := func(c rgb, like rgb) rgb {
		h, s, _ := c.toHSV()
		_, ls, lv := like.toHSV()
		_, _, v := c.toHSV()
		return hsv(h, (s*2+ls)/3, (lv*3+v)/4)
	}
	p.zenith = mix(p.zenith, scaled(a, p.zenith), above)
	p.sky = mix(p.sky, scaled(a, p.sky), above*19/20)
	p.horizon = mix(p.horizon, scaled(a, p.horizon), above*6/10)
	p.far = mix(p.far, scaled(a, p.far), 200)
	p.near = mix(p.near, scaled(g, p.near), 210)
	p.accent = mix(p.accent, last, 220)
}

// earthy reports whether a colour is that of grass or soil.
func earthy(c rgb) bool {
	h, s, v := c.toHSV()
	return s > 60 && (h > 360 && h < 680 || h > 60 && h < 260 && v < 190)
}

// coloursOf picks up to n colours that stand for an image: frequent ones that
// differ, strong ones before dull ones.
func coloursOf(m *image.RGBA, n int) []rgb {
	small := resize(m, min(m.Rect.Dx(), 48), min(m.Rect.Dy(), 48))
	type bin struct{ r, g, b, n int }
	var bins [4096]bin
	for i := 0; i+3 < len(small.Pix); i += 4 {
		p := small.Pix[i : i+4]
		if p[3] < 128 {
			continue
		}
		k := &bins[int(p[0]>>4)<<8|int(p[1]>>4)<<4|int(p[2]>>4)]
		k.r, k.g, k.b, k.n = k.r+int(p[0]), k.g+int(p[1]), k.b+int(p[2]), k.n+1
	}
	var out []rgb
	for len(out) < n {
		best, score := rgb{}, 0
		for _, k := range bins {
			if k.n == 0 {
				continue
			}
			c := rgb{uint8(k.r / k.n), uint8(k.g / k.n), uint8(k.b / k.n)}
			_, s, v := c.toHSV()
			w := isqrt(k.n*64) * (40 + s*v>>8)
			for _, o := range out {
				w = w * min(distance(c, o), 9000) / 9000
			}
			if w > score {
				best, score = c, w
			}
		}
		if score == 0 {
			break
		}
		out = append(out, best)
	}
	return out
}
