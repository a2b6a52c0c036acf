package drawing

import "image"

// resize scales an image with a triangle filter, widened when it shrinks, in
// integer weights. It is separable: rows first, then columns.
func resize(src *image.RGBA, w, h int) *image.RGBA {
	w, h = max(w, 1), max(h, 1)
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	if sw == w && sh == h {
		return src
	}
	// Shrinking by much is done by whole blocks first: the same picture, less work.
	if sw >= 4*w && sh >= 4*h {
		return resize(halve(src), w, h)
	}
	mid := image.NewRGBA(image.Rect(0, 0, w, sh))
	for x, t := range taps(sw, w) {
		for y := range sh {
			weigh(mid.Pix[y*mid.Stride+x*4:], src.Pix[y*src.Stride+t.first*4:], 4, t.weights)
		}
	}
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	for y, t := range taps(sh, h) {
		for x := range w {
			weigh(dst.Pix[y*dst.Stride+x*4:], mid.Pix[t.first*mid.Stride+x*4:], mid.Stride, t.weights)
		}
	}
	return dst
}

// tap is one output sample: where its inputs begin and their weights, which
// sum to 1<<14.
type tap struct {
	first   int
	weights []int
}

func taps(n, m int) []tap {
	scale := max(n, m) // half the filter's width, in 1/m of an input sample
	out := make([]tap, m)
	for i := range out {
		centre := (2*i + 1) * n // in 1/(2m) of an input sample
		lo := max((centre-2*scale)/(2*m), 0)
		hi := min((centre+2*scale)/(2*m), n-1)
		ws := make([]int, 0, hi-lo+1)
		sum := 0
		for j := lo; j <= hi; j++ {
			d := abs(centre - (2*j+1)*m)
			v := max(2*scale-d, 0)
			ws = append(ws, v)
			sum += v
		}
		left := 1 << 14
		best := 0
		for j, v := range ws {
			ws[j] = v << 14 / sum
			left -= ws[j]
			if ws[j] > ws[best] {
				best = j
			}
		}
		ws[best] += left
		out[i] = tap{lo, ws}
	}
	return out
}

func weigh(dst, src []byte, stride int, weights []int) {
	var r, g, b, a int
	at := 0
	for _, v := range weights {
		p := src[at : at+4 : at+4]
		r += int(p[0]) * v
		g += int(p[1]) * v
		b += int(p[2]) * v
		a += int(p[3]) * v
		at += stride
	}
	const round = 1 << 13
	dst[0], dst[1] = uint8((r+round)>>14), uint8((g+round)>>14)
	dst[2], dst[3] = uint8((b+round)>>14), uint8((a+round)>>14)
}

// halve averages blocks of four pixels.
func halve(src *image.RGBA) *image.RGBA {
	w, h := src.Rect.Dx()/2, src.Rect.Dy()/2
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			p := src.Pix[2*y*src.Stride+x*8:]
			q := p[src.Stride:]
			d := dst.Pix[y*dst.Stride+x*4:]
			for c := range 4 {
				d[c] = uint8((int(p[c]) + int(p[c+4]) + int(q[c]) + int(q[c+4]) + 2) >> 2)
			}
		}
	}
	return dst
}

// cover scales an image to fill w by h, cutting off what is over.
func cover(src *image.RGBA, w, h int) *image.RGBA {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	cw, ch := sw, max(sw*h/w, 1)
	if ch > sh {
		cw, ch = max(sh*w/h, 1), sh
	}
	x, y := (sw-cw)/2, (sh-ch)/3
	return resize(crop(src, image.Rect(x, y, x+cw, y+ch)), w, h)
}

// contain scales an image to its largest size inside w by h.
func contain(src *image.RGBA, w, h int) *image.RGBA {
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	tw, th := w, max(sh*w/sw, 1)
	if th > h {
		tw, th = max(sw*h/sh, 1), h
	}
	return resize(src, tw, th)
}

// crop copies a part of an image to origin (0, 0).
func crop(src *image.RGBA, r image.Rectangle) *image.RGBA {
	r = r.Intersect(src.Rect)
	dst := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	for y := range r.Dy() {
		copy(dst.Pix[y*dst.Stride:][:r.Dx()*4], src.Pix[src.PixOffset(r.Min.X, r.Min.Y+y):])
	}
	return dst
}

// fit makes an opaque picture of exactly w by h. A shape close to that is
// filled; another stands whole before a dark, blurred copy of itself.
func fit(m image.Image, w, h int) *canvas {
	src := shrinkInput(m)
	sw, sh := src.Rect.Dx(), src.Rect.Dy()
	dst := newCanvas(w, h)
	dst.rect(0, 0, w, h, flat(hex(0x20222a)))
	if a, b := sw*h, sh*w; abs(a-b)*8 <= max(a, b) {
		dst.over(cover(src, w, h), 0, 0, 255)
		return dst
	}
	blurred := resize(resize(cover(src, w/16, h/16), w/40, h/40), w, h)
	dst.over(blurred, 0, 0, 150)
	m2 := contain(src, w, h)
	dst.over(m2, (w-m2.Rect.Dx())/2, (h-m2.Rect.Dy())/2, 255)
	return dst
}

// shrinkInput copies an input image, bounded to what a picture can show of it.
func shrinkInput(m image.Image) *image.RGBA {
	if m == nil || m.Bounds().Empty() {
		return image.NewRGBA(image.Rect(0, 0, 1, 1))
	}
	src := toRGBA(m)
	for src.Rect.Dx() >= 4096 && src.Rect.Dy() >= 4096 {
		src = halve(src)
	}
	return src
}
