package thumbhash

import (
	"image"
	"math"
)

// flat is how far terms that are 0 may be from it by rounding, amply. A hash has
// 31 steps for the largest, or 63, and 15 for the others; 0 lies between two of
// these, so that without it errors of rounding would choose one.
const flat = 1e-9

// Of returns the ThumbHash of a picture, 5 to 25 bytes, or nothing for one
// without pixels. Pages take it in base64.
func Of(m image.Image) []byte {
	w, h, pix := shrink(m)
	if w == 0 {
		return nil
	}
	c := separate(w, h, pix)
	limit := 7
	if c.alpha {
		limit = 5 // alpha needs the room
	}
	longer := max(w, h)
	lx, ly := max(1, round(ratio(limit*w, longer))), max(1, round(ratio(limit*h, longer)))
	t := transform{w: w, h: h}
	l := t.encode(c.l, max(3, lx), max(3, ly))
	p, q := t.encode(c.p, 3, 3), t.encode(c.q, 3, 3)

	shorter, landscape := lx, 0
	if w > h {
		shorter, landscape = ly, 1
	}
	head := round(63*l.mean) | round(31.5+float64(31.5*p.mean))<<6 | round(31.5+float64(31.5*q.mean))<<12 | round(31*l.scale)<<18
	rest := shorter | round(63*p.scale)<<3 | round(63*q.scale)<<9 | landscape<<15
	terms := [][]float64{l.terms, p.terms, q.terms}
	var alpha []byte
	if c.alpha {
		a := t.encode(c.a, 5, 5)
		head |= 1 << 23
		alpha = []byte{byte(round(15*a.mean) | round(15*a.scale)<<4)}
		terms = append(terms, a.terms)
	}
	out := append([]byte{byte(head), byte(head >> 8), byte(head >> 16), byte(rest), byte(rest >> 8)}, alpha...)
	return nibbles(out, terms)
}

// nibbles appends terms in 4 bits each, the first one low.
func nibbles(out []byte, channels [][]float64) []byte {
	low := true
	for _, terms := range channels {
		for _, v := range terms {
			n := byte(round(15 * v))
			if low {
				out = append(out, n)
			} else {
				out[len(out)-1] |= n << 4
			}
			low = !low
		}
	}
	return out
}

// round is that of JavaScript: a half goes up. What is rounded is a value first,
// and no product that is fused with the half.
func round(v float64) int { return int(math.Floor(float64(v) + 0.5)) }

func ratio(a, b int) float64 { return float64(a) / float64(b) }

// channels are brightness, yellow to blue, red to green, and alpha; colours from
// 0 to 1 before the average colour.
type channels struct {
	l, p, q, a []float64
	alpha      bool
}

// separate takes pixels as R, G, B, A, not multiplied by alpha. Each product is
// rounded by itself, so that no processor fuses it with a sum.
func separate(w, h int, pix []byte) *channels {
	var sum [3]float64
	alphas := 0.0
	for i := 0; i < len(pix); i += 4 {
		alpha := float64(pix[i+3]) / 255
		for k := range sum {
			sum[k] += float64(alpha / 255 * float64(pix[i+k]))
		}
		alphas += alpha
	}
	if alphas > 0 {
		for k := range sum {
			sum[k] /= alphas
		}
	}
	n := w * h
	c := &channels{make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n), alphas < float64(n)}
	for i := range n {
		alpha := float64(pix[4*i+3]) / 255
		var v [3]float64
		for k := range v {
			v[k] = float64(sum[k]*(1-alpha)) + float64(alpha/255*float64(pix[4*i+k]))
		}
		c.l[i] = (v[0] + v[1] + v[2]) / 3
		c.p[i] = float64((v[0]+v[1])/2) - v[2]
		c.q[i] = v[0] - v[1]
		c.a[i] = alpha
	}
	return c
}

// An encoding is what of a channel is kept: its mean, and the terms after it as
// parts of the largest, from 0 to 1 with 0.5 for none.
type encoding struct {
	mean, scale float64
	terms       []float64
}

type transform struct {
	w, h int
}

// encode keeps the terms of a triangle of nx by ny.
func (t *transform) encode(channel []float64, nx, ny int) encoding {
	var e encoding
	columns, rows := cosines(t.w, nx), cosines(t.h, ny)
	for cy := range ny {
		for cx := 0; cx*ny < nx*(ny-cy); cx++ {
			f := 0.0
			for y := range t.h {
				fy := rows[cy][y]
				for x, fx := range columns[cx] {
					f += float64(float64(channel[x+y*t.w]*fx) * fy)
				}
			}
			f /= float64(t.w * t.h)
			if cx == 0 && cy == 0 {
				e.mean = f
				continue
			}
			e.terms = append(e.terms, f)
			e.scale = max(e.scale, math.Abs(f))
		}
	}
	if e.scale < flat {
		clear(e.terms)
		e.scale = 0
		return e
	}
	for i, f := range e.terms {
		if math.Abs(f) < flat {
			f = 0
		}
		e.terms[i] = 0.5 + float64(0.5/e.scale*f)
	}
	return e
}
