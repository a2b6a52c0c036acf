package raster

import "math"

// filter takes off each byte of a row of PNG what those to the left and above
// foretell.
type filter struct {
	step        int             // bytes of a pixel
	rows        [filters][]byte // each behind the number of its filter
	now, before []byte
	pairs       []uint64 // those that a row has, by bits
}

// The filters, by their numbers.
const (
	filterNone = iota
	filterSub
	filterUp
	filterAverage
	filterPaeth
	filters
)

// The ways to filter a picture: a number of a filter for all rows, or by row.
const (
	alwaysNone  = filterNone
	leastSum    = filters
	fewestPairs = filters + 1
	ways        = filters + 2
)

func newFilter(size, step int) *filter {
	f := &filter{step: max(step, 1), now: make([]byte, size), before: make([]byte, size)}
	for i := range f.rows {
		f.rows[i] = make([]byte, size+1)
		f.rows[i][0] = byte(i)
	}
	return f
}

// next returns where the next row is to be written.
func (f *filter) next() []byte {
	f.now, f.before = f.before, f.now
	return f.now
}

// row is the row filtered in that way.
func (f *filter) row(way int) []byte {
	copy(f.rows[filterNone][1:], f.now)
	if way == alwaysNone {
		return f.rows[filterNone]
	}
	f.fill()
	measure := sumOf
	switch way {
	case leastSum:
	case fewestPairs:
		measure = f.pairsOf
	default:
		return f.rows[way]
	}
	best, least := filterNone, math.MaxInt
	for i := range f.rows {
		if n := measure(f.rows[i][1:]); n < least {
			best, least = i, n
		}
	}
	return f.rows[best]
}

// sumOf counts bytes as differences from nothing to either side, which PNG's
// specification recommends.
func sumOf(row []byte) (sum int) {
	for _, v := range row {
		d := int(int8(v))
		sum += max(d, -d)
	}
	return sum
}

// pairsOf counts the different pairs of bytes that follow each other: where
// there are few, there is much to repeat.
func (f *filter) pairsOf(row []byte) (n int) {
	if f.pairs == nil {
		f.pairs = make([]uint64, 1<<16/64)
	}
	clear(f.pairs)
	last := -1
	for _, v := range row {
		if last >= 0 {
			pair := last<<8 | int(v)
			if word, bit := &f.pairs[pair>>6], uint64(1)<<(pair&63); *word&bit == 0 {
				*word |= bit
				n++
			}
		}
		last = int(v)
	}
	return n
}

func (f *filter) fill() {
	now, up := f.now, f.before[:len(f.now)]
	sub, above := f.rows[filterSub][1:][:len(now)], f.rows[filterUp][1:][:len(now)]
	average, paeth := f.rows[filterAverage][1:][:len(now)], f.rows[filterPaeth][1:][:len(now)]
	for i := range min(f.step, len(now)) {
		sub[i], above[i], average[i], paeth[i] = now[i], now[i]-up[i], now[i]-up[i]/2, now[i]-up[i]
	}
	for i := f.step; i < len(now); i++ {
		v, left, top, corner := now[i], now[i-f.step], up[i], up[i-f.step]
		sub[i] = v - left
		above[i] = v - top
		average[i] = v - uint8((int(left)+int(top))/2)
		paeth[i] = v - foretold(left, top, corner)
	}
}

// foretold is Paeth's choice of the neighbour that is nearest to their plane.
func foretold(left, top, corner uint8) uint8 {
	a, b := int(top)-int(corner), int(left)-int(corner) // from the plane to left, to top
	c := a + b
	a, b, c = max(a, -a), max(b, -b), max(c, -c)
	switch {
	case a <= b && a <= c:
		return left
	case b <= c:
		return top
	}
	return corner
}
