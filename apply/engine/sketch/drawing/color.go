package drawing

import "image/color"

// rgb is an opaque colour.
type rgb struct{ r, g, b uint8 }

// RGBA makes rgb a color.Color.
func (c rgb) RGBA() (r, g, b, a uint32) {
	return color.RGBA{c.r, c.g, c.b, 255}.RGBA()
}

func hex(v uint32) rgb { return rgb{uint8(v >> 16), uint8(v >> 8), uint8(v)} }

// mix goes from a to b as t goes from 0 to 256.
func mix(a, b rgb, t int) rgb {
	t = min(max(t, 0), 256)
	return rgb{
		uint8((int(a.r)*(256-t) + int(b.r)*t) >> 8),
		uint8((int(a.g)*(256-t) + int(b.g)*t) >> 8),
		uint8((int(a.b)*(256-t) + int(b.b)*t) >> 8),
	}
}

// light brightens (pct over 100) or darkens (under 100), keeping the hue.
func (c rgb) light(pct int) rgb {
	f := func(v uint8) uint8 { return uint8(min(int(v)*pct/100, 255)) }
	if pct <= 100 {
		return rgb{f(c.r), f(c.g), f(c.b)}
	}
	return mix(rgb{f(c.r), f(c.g), f(c.b)}, hex(0xffffff), min((pct-100)/3, 200))
}

// luma is the brightness, 0..255, with Rec. 709 weights.
func (c rgb) luma() int { return (54*int(c.r) + 183*int(c.g) + 19*int(c.b)) >> 8 }

// hueCircle is a full turn of hsv's hue.
const hueCircle = 1536

// hsv makes a colour of hue 0..1535, saturation and value 0..255.
func hsv(h, s, v int) rgb {
	h = ((h % hueCircle) + hueCircle) % hueCircle
	s, v = min(max(s, 0), 255), min(max(v, 0), 255)
	f := h & 255
	p := v * (255 - s) / 255
	q := v * (255*255 - s*f) / (255 * 255)
	t := v * (255*255 - s*(255-f)) / (255 * 255)
	u := func(a, b, c int) rgb { return rgb{uint8(a), uint8(b), uint8(c)} }
	switch h >> 8 {
	case 0:
		return u(v, t, p)
	case 1:
		return u(q, v, p)
	case 2:
		return u(p, v, t)
	case 3:
		return u(p, q, v)
	case 4:
		return u(t, p, v)
	}
	return u(v, p, q)
}

// toHSV is the inverse of hsv.
func (c rgb) toHSV() (h, s, v int) {
	r, g, b := int(c.r), int(c.g), int(c.b)
	hi, lo := max(r, g, b), min(r, g, b)
	d := hi - lo
	if d == 0 {
		return 0, 0, hi
	}
	switch hi {
	case r:
		h = 256 * (g - b) / d
	case g:
		h = 512 + 256*(b-r)/d
	default:
		h = 1024 + 256*(r-g)/d
	}
	return (h + hueCircle) % hueCircle, d * 255 / hi, hi
}

// shift turns the hue.
func (c rgb) shift(dh int) rgb {
	h, s, v := c.toHSV()
	return hsv(h+dh, s, v)
}

// saturate scales the saturation by pct.
func (c rgb) saturate(pct int) rgb {
	h, s, v := c.toHSV()
	return hsv(h, s*pct/100, v)
}

// distance is the squared difference of two colours.
func distance(a, b rgb) int {
	dr, dg, db := int(a.r)-int(b.r), int(a.g)-int(b.g), int(a.b)-int(b.b)
	return dr*dr + dg*dg + db*db
}
