package raster

import (
	"image"
	"image/color"
	"slices"
)

// chosen are at most n colours that come near to those of a picture.
//
// The colours are counted in cells, which keep sums and so lose no precision of
// means. The cells are split into boxes, always the one that differs most within
// itself, at its mean across the channel in which it does; then colours and cells
// find each other a few times over. Transparency, where there is any, has a colour of its own.
func chosen(m *image.NRGBA, n int) []color.NRGBA {
	cells, clear := cellsOf(m)
	var colors []color.NRGBA
	if clear {
		colors = append(colors, color.NRGBA{})
		n--
	}
	if len(cells) == 0 || n == 0 {
		return colors
	}
	means := split(cells, n)
	for range 4 {
		means = settled(cells, means)
	}
	return append(colors, means...)
}

// channels are red, green and blue with alpha multiplied in, and alpha.
const channels = 4

type cell struct {
	count int64
	sums  [channels]int64
	mean  [channels]int32
}

// cellsOf counts the colours, each in a cell of its own; where there are too many,
// those share one that differ in the last bits alone. clear is that something is
// transparent.
func cellsOf(m *image.NRGBA) (cells []cell, clear bool) {
	t := newCells()
	for y := range m.Rect.Dy() {
		for p := row(m, y); len(p) >= 4; p = p[4:] {
			a := uint32(p[3])
			if a == 0 {
				clear = true
				continue
			}
			v := [channels]uint32{uint32(p[0]), uint32(p[1]), uint32(p[2]), a}
			if a < 255 {
				v[0], v[1], v[2] = (v[0]*a+127)/255, (v[1]*a+127)/255, (v[2]*a+127)/255
			}
			c := t.cell(v[0] | v[1]<<8 | v[2]<<16 | v[3]<<24)
			c.count++
			for i := range v {
				c.sums[i] += int64(v[i])
			}
		}
	}
	for i := range t.cells {
		c := &t.cells[i]
		for k, sum := range c.sums {
			c.mean[k] = int32((sum + c.count/2) / c.count)
		}
	}
	return t.cells, clear
}

// maxCells bounds how many cells there are: it is as many as 5 bits of red, green
// and blue tell apart.
const maxCells = 1 << 15

// cellTable finds the cells of colours, whose channels are the bytes of a key. It
// is never more than half full.
type cellTable struct {
	cells  []cell
	keys   []uint32            // of the cells
	places [2 * maxCells]int32 // plus 1; 0: free
	bits   uint32              // of a key, those that count
}

func newCells() *cellTable { return &cellTable{bits: 1<<32 - 1} }

func (t *cellTable) cell(key uint32) *cell {
	for {
		k := key & t.bits
		at := k * 2654435761 >> 16
		for t.places[at] != 0 && t.keys[t.places[at]-1] != k {
			at = (at + 1) % uint32(len(t.places))
		}
		switch {
		case t.places[at] != 0:
			return &t.cells[t.places[at]-1]
		case len(t.cells) < maxCells:
			t.cells, t.keys = append(t.cells, cell{}), append(t.keys, k)
			t.places[at] = int32(len(t.cells))
			return &t.cells[len(t.cells)-1]
		}
		t.coarsen()
	}
}

// coarsen lets one bit less of each channel count.
func (t *cellTable) coarsen() {
	cells, keys := t.cells, t.keys
	t.cells, t.keys, t.places = nil, nil, [2 * maxCells]int32{}
	t.bits &= t.bits << 1 & 0xfefefefe
	for i := range cells {
		t.cell(keys[i]).join(&cells[i])
	}
}

// importance is of the channels when they are split: alpha shows as much as
// all the others on the one ground or the other.
var importance = [channels]int64{3, 4, 2, 4}

// box is some cells, and how much they differ across the channel where they do
// most.
type box struct {
	cells   []cell
	channel int
	differs float64
	middle  int32
}

func boxOf(cells []cell) box {
	b := box{cells: cells}
	var count int64
	var sums, squares [channels]int64
	for i := range cells {
		c := &cells[i]
		count += c.count
		for k, v := range c.mean {
			sums[k] += c.count * int64(v)
			squares[k] += c.count * int64(v) * int64(v)
		}
	}
	for k := range channels {
		mean := float64(sums[k]) / float64(count)
		d := (float64(squares[k]) - float64(mean*float64(sums[k]))) * float64(importance[k])
		if d > b.differs {
			b.differs, b.channel, b.middle = d, k, int32(sums[k]/count)
		}
	}
	return b
}

// split orders the cells by boxes and returns the means of at most n of these.
func split(cells []cell, n int) []color.NRGBA {
	boxes := []box{boxOf(cells)}
	for len(boxes) < n {
		at := 0
		for i := range boxes {
			if boxes[i].differs > boxes[at].differs {
				at = i
			}
		}
		b := boxes[at]
		low := lowFirst(b.cells, b.channel, b.middle)
		if low == 0 || low == len(b.cells) {
			break // all are alike
		}
		boxes[at] = boxOf(b.cells[:low])
		boxes = append(boxes, boxOf(b.cells[low:]))
	}
	colors := make([]color.NRGBA, 0, len(boxes))
	for _, b := range boxes {
		var sum cell
		for i := range b.cells {
			sum.join(&b.cells[i])
		}
		colors = append(colors, sum.color())
	}
	return colors
}

// lowFirst brings the cells up to the middle to the front and says how many
// there are. The order within both parts is that of before.
func lowFirst(cells []cell, channel int, middle int32) int {
	high := make([]cell, 0, len(cells)/2)
	n := 0
	for _, c := range cells {
		if c.mean[channel] <= middle {
			cells[n] = c
			n++
		} else {
			high = append(high, c)
		}
	}
	copy(cells[n:], high)
	return n
}

func (c *cell) join(other *cell) {
	c.count += other.count
	for i := range c.sums {
		c.sums[i] += other.sums[i]
	}
}

// color is the mean.
func (c *cell) color() color.NRGBA {
	a := c.sums[3]
	if a == 0 {
		return color.NRGBA{}
	}
	var v [3]uint8
	for i := range v {
		v[i] = uint8(min((c.sums[i]*255+a/2)/a, 255))
	}
	return color.NRGBA{R: v[0], G: v[1], B: v[2], A: uint8((a + c.count/2) / c.count)}
}

// settled are the means of the cells that are nearest to each colour. One that
// has none stays.
func settled(cells []cell, colors []color.NRGBA) []color.NRGBA {
	f := newFinder(colors)
	f.binary = false
	sums := make([]cell, len(f.colors))
	for i := range cells {
		c := &cells[i]
		p := pointOf(c.color())
		sums[f.search(&p)].join(c)
	}
	out := slices.Clone(f.colors)
	for i := range sums {
		if sums[i].count > 0 {
			out[i] = sums[i].color()
		}
	}
	return out
}
