package report

import (
	"image"
	"math"
)

// A reducer makes a picture smaller as its rows come. It goes in two steps.
// Pixels are joined by whole numbers to squares of one colour as long as that
// leaves as many as are wanted, and what is left, a factor from 1 to 2, is
// scaled by the cubic of Catmull and Rom. The first step looks at every pixel
// but does little with it, the second does much with few.
//
// It holds the squares alone, of which there are at most twice as many a side
// as pixels are wanted. Colours are multiplied by alpha, and all but the
// weights is computed in integers, so that every machine makes the same.
type reducer struct {
	width, height int // of the picture
	n             int // pixels a side of a square; the last one of a row or column may have less
	y             int // rows that came
	sums          []uint32
	squares       []uint8 // a row of them
	across, down  []taps
	wide          []int32 // rows that are scaled across, with 6 bits of fraction
	result        *image.RGBA
}

func newReducer(width, height, side int) *reducer {
	w, h := fit(width, height, side)
	r := &reducer{width: width, height: height, n: max(width, height) / side, result: image.NewRGBA(image.Rect(0, 0, w, h))}
	columns := (width + r.n - 1) / r.n
	r.sums, r.squares = make([]uint32, 4*columns), make([]uint8, 4*columns)
	r.wide = make([]int32, 0, 4*w*((height+r.n-1)/r.n))
	r.across, r.down = tapsOf(width, r.n, w), tapsOf(height, r.n, h)
	return r
}

// add takes the next row, of four bytes a pixel.
func (r *reducer) add(row []uint8) {
	step := 4 * r.n
	for at, sum := 0, r.sums; at < len(row); at, sum = at+step, sum[4:] {
		var c0, c1, c2, c3 uint32
		for p := row[at:min(at+step, len(row))]; len(p) >= 4; p = p[4:] {
			c0, c1, c2, c3 = c0+uint32(p[0]), c1+uint32(p[1]), c2+uint32(p[2]), c3+uint32(p[3])
		}
		s := sum[:4:4]
		s[0], s[1], s[2], s[3] = s[0]+c0, s[1]+c1, s[2]+c2, s[3]+c3
	}
	r.y++
	if high := r.y % r.n; high == 0 {
		r.join(r.n)
	} else if r.y == r.height {
		r.join(high)
	}
}

// join makes squares of the sums of so many rows, and scales them across.
func (r *reducer) join(rows int) {
	last := len(r.sums) - 4
	means(r.squares[:last], r.sums[:last], rows*r.n)
	means(r.squares[last:], r.sums[last:], rows*(r.width-last/4*r.n))
	clear(r.sums)
	for _, t := range r.across {
		const half = 1 << 7 // of the fraction that is dropped
		c0, c1, c2, c3 := int32(half), int32(half), int32(half), int32(half)
		p := r.squares[4*t.first:][:4*len(t.weights)]
		for _, k := range t.weights {
			if len(p) < 4 { // which it never is, as the compiler learns so
				break
			}
			c0, c1, c2, c3 = c0+k*int32(p[0]), c1+k*int32(p[1]), c2+k*int32(p[2]), c3+k*int32(p[3])
			p = p[4:]
		}
		r.wide = append(r.wide, c0>>8, c1>>8, c2>>8, c3>>8)
	}
}

// means divides sums of so many pixels, by multiplying, which takes a tenth of
// the time.
func means(out []uint8, sums []uint32, pixels int) {
	half, inverse := uint64(pixels/2), (1<<32+uint64(pixels)-1)/uint64(pixels)
	out = out[:len(sums)]
	for i, sum := range sums {
		out[i] = uint8((uint64(sum) + half) * inverse >> 32)
	}
}

// picture is the result, after the last row.
func (r *reducer) picture() *image.RGBA {
	width := r.result.Stride
	sums := make([]int32, width)
	for y, t := range r.down {
		clear(sums)
		for i, k := range t.weights {
			row := r.wide[(t.first+i)*width:][:len(sums)]
			for x, v := range row {
				sums[x] += k * v
			}
		}
		row := r.result.Pix[y*width:][:width]
		for x := 0; x+4 <= len(row); x += 4 {
			alpha := min(max((sums[x+3]+1<<19)>>20, 0), 255)
			for c := range 3 { // the cubic swings beyond an edge
				row[x+c] = uint8(min(max((sums[x+c]+1<<19)>>20, 0), alpha))
			}
			row[x+3] = uint8(alpha)
		}
	}
	return r.result
}

// taps are the squares that one pixel of the result is made of.
type taps struct {
	first   int
	weights []int32 // of 14 bits, together one
}

// tapsOf are the taps for every pixel of a side. The side's middle stays where
// it was, whatever its last square lacks.
func tapsOf(pixels, n, wanted int) []taps {
	squares := (pixels + n - 1) / n
	scale := float64(pixels) / float64(n*wanted)
	wide := max(scale, 1) // what is not made smaller is not blurred
	all := make([]taps, wanted)
	for i := range all {
		middle := float64((float64(i)+0.5)*scale) - 0.5
		first, last := max(int(math.Ceil(middle-2*wide)), 0), min(int(math.Floor(middle+2*wide)), squares-1)
		var sum float64
		var at []float64
		for s := first; s <= last; s++ {
			at = append(at, catmullRom(math.Abs(float64(s)-middle)/wide))
			sum += at[len(at)-1]
		}
		t := taps{first: first, weights: make([]int32, len(at))}
		left, most := int32(1<<14), 0
		for k, v := range at {
			t.weights[k] = int32(math.Round(v / sum * (1 << 14)))
			if left -= t.weights[k]; t.weights[k] > t.weights[most] {
				most = k
			}
		}
		t.weights[most] += left
		all[i] = t
	}
	return all
}

// catmullRom is the cubic, at a distance of at most 2. Each product is rounded
// by itself, so that no processor fuses it with the sum.
func catmullRom(d float64) float64 {
	if d < 1 {
		return float64(float64(float64(1.5*d)-2.5)*d*d) + 1
	}
	return float64(float64(float64(float64(float64(-0.5*d)+2.5)*d)-4)*d) + 2
}

// fit scales a size so that its longer side is the given one.
func fit(w, h, side int) (int, int) {
	if w >= h {
		return side, max(1, (h*side+w/2)/w)
	}
	return max(1, (w*side+h/2)/h), side
}
