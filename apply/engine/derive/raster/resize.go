package raster

import (
	"image"
	"slices"
)

// scale makes the window of a picture so large.
//
// It goes through the picture once. Each row is made light, then scaled across,
// and what comes of it is scaled down the columns: into the rows of the result
// that are being made, of which there are at most five, or where there are more
// of them than there are of the source, out of the last few scaled ones. Only
// such rows are held.
func scale(src *image.NRGBA, l layout) *image.NRGBA {
	s := scaler{
		src:    src,
		dst:    image.NewNRGBA(image.Rectangle{Max: l.scaled}),
		across: tapsOf(src.Rect.Dx(), l.across, l.scaled.X),
		down:   tapsOf(src.Rect.Dy(), l.down, l.scaled.Y),
		line:   make([]light, src.Rect.Dx()),
		tables: srgb(),
	}
	if l.down.length > float64(l.scaled.Y) {
		s.scatter()
	} else {
		s.gather()
	}
	return s.dst
}

type scaler struct {
	src, dst     *image.NRGBA
	across, down []taps
	line         []light // a row of the source
	tables       *tables
}

// scaled writes a row of the source, scaled across.
func (s *scaler) scaled(dst []light, y int) {
	s.tables.lit(s.line, row(s.src, y))
	for i, t := range s.across {
		rg, ba := int64(half), int64(half)
		from := s.line[t.first:][:len(t.weights)]
		for k, w := range t.weights {
			v := &from[k]
			rg += w * v.rg
			ba += w * v.ba
		}
		dst[i] = light{lowered(rg), lowered(ba)}
	}
}

// lowered drops the fraction of both halves of a word.
func lowered(v int64) int64 {
	low, high := halves(v)
	return low>>bits + high>>bits*upper
}

// scatter adds each row to all rows of the result that it is part of.
func (s *scaler) scatter() {
	width := len(s.across)
	from := make([]light, width)
	var sums [][]light // of rows next, next+1, ...
	var spare [][]light
	next := 0
	for y := s.down[0].first; next < len(s.down); y++ {
		s.scaled(from, y)
		for i := next; i < len(s.down) && s.down[i].first <= y; i++ {
			if i-next == len(sums) {
				if len(spare) == 0 {
					spare = append(spare, make([]light, width))
				}
				sums = append(sums, spare[len(spare)-1])
				spare = spare[:len(spare)-1]
				begin(sums[i-next])
			}
			if y < s.down[i].end() {
				add(sums[i-next], from, s.down[i].weights[y-s.down[i].first])
			}
		}
		for len(sums) > 0 && s.down[next].end() <= y+1 {
			s.tables.seen(row(s.dst, next), sums[0])
			spare = append(spare, sums[0])
			sums = slices.Delete(sums, 0, 1)
			next++
		}
	}
}

// gather makes each row of the result of the scaled rows that it takes.
func (s *scaler) gather() {
	width, most := len(s.across), 1
	for _, t := range s.down {
		most = max(most, len(t.weights))
	}
	held := make([][]light, most) // row y is at y%most
	for i := range held {
		held[i] = make([]light, width)
	}
	sum := make([]light, width)
	ready := s.down[0].first
	for i, t := range s.down {
		for ready = max(ready, t.first); ready < t.end(); ready++ {
			s.scaled(held[ready%most], ready)
		}
		begin(sum)
		for k, w := range t.weights {
			add(sum, held[(t.first+k)%most], w)
		}
		s.tables.seen(row(s.dst, i), sum)
	}
}

func begin(sum []light) {
	for i := range sum {
		sum[i] = light{half, half}
	}
}

func add(sum, from []light, w int64) {
	from = from[:len(sum)]
	for i := range sum {
		sum[i].rg += w * from[i].rg
		sum[i].ba += w * from[i].ba
	}
}

// nearest takes the pixel in which the middle of the new one lies.
func nearest(src *image.NRGBA, l layout) *image.NRGBA {
	dst := image.NewNRGBA(image.Rectangle{Max: l.scaled})
	columns := places(src.Rect.Dx(), l.across, l.scaled.X)
	for y, from := range places(src.Rect.Dy(), l.down, l.scaled.Y) {
		in, out := row(src, from), row(dst, y)
		for x, at := range columns {
			copy(out[4*x:][:4], in[4*at:][:4])
		}
	}
	return dst
}

func places(size int, w window, wanted int) []int {
	all := make([]int, wanted)
	for i := range all {
		// Twice the middle is a whole number, so that only the quotient is
		// rounded.
		all[i] = min(int(w.from+float64(float64(2*i+1)*w.length)/float64(2*wanted)), size-1)
	}
	return all
}
