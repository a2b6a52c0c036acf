package sheet

import (
	"cmp"
	"fmt"
	"image"
	"math/bits"
	"slices"

	"assetform/apply/engine/derive/raster"
)

// A search looks for the smallest sheet. It tries widths, orders of the sprites
// and rules, and after the first sheet allows each only what would be smaller
// than the best. Once there is a sheet it ends after so much work.
type search struct {
	*Settings
	sizes  []image.Point // with extrusion, and padding to the right and below
	area   int64         // of all of them
	orders [][]int
	best   *Arrangement
	widest int
	work   int // rectangles that were looked at
}

// enough is the work of some tenths of a second.
const enough = 60_000_000

// pack finds places for sprites each of which fits.
func (s *Settings) pack(boxes []Box) (*Arrangement, error) {
	f := search{Settings: s}
	gap := 2*s.Extrude + s.Padding
	for _, b := range boxes {
		size := b.Size.Add(image.Pt(gap, gap))
		f.sizes = append(f.sizes, size)
		f.area += int64(size.X) * int64(size.Y)
		f.widest = max(f.widest, size.X)
	}
	f.order()
	for _, w := range f.widths() {
		f.try(w)
	}
	if f.best != nil {
		f.refine()
		return f.best, nil
	}
	left := f.leftOver(boxes)
	return nil, fmt.Errorf("%s not fit a sheet of %dx%d: the %d sprites have %d pixels with padding and extrusion, the sheet at most %d: make the sprites smaller, max_size larger or two atlases",
		does(left), s.maxSide(), s.maxSide(), len(boxes), f.area, min(int64(s.maxSide())*int64(s.maxSide()), raster.MaxPixels))
}

// order makes the orders in which sprites are placed, the large ones first.
func (f *search) order() {
	measures := []func(p image.Point) int{
		func(p image.Point) int { return p.Y<<16 + p.X },
		func(p image.Point) int { return max(p.X, p.Y)<<16 + min(p.X, p.Y) },
		func(p image.Point) int { return p.X * p.Y },
		func(p image.Point) int { return p.X<<16 + p.Y },
	}
	if len(f.sizes) > 500 {
		measures = measures[:2]
	}
	for _, measure := range measures {
		order := make([]int, len(f.sizes))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int {
			return cmp.Compare(measure(f.sizes[b]), measure(f.sizes[a]))
		})
		f.orders = append(f.orders, order)
	}
}

// widths are those to try, from that of a square on, as sheets that are nearly
// square are the most useful; the widest and the narrowest at the end.
func (f *search) widths() []int {
	most, least := f.maxSide(), f.rounded(f.widest+f.Padding)
	side := f.Padding + 1
	for int64(side-f.Padding)*int64(side-f.Padding) < f.area {
		side += max(1, side/64)
	}
	var all []int
	add := func(w int) {
		if w = min(max(f.rounded(w), least), most); !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	steps := 20
	if len(f.sizes) > 500 {
		steps = 6
	}
	for i := range steps {
		add(side + side*i/(2*steps))
		add(side - side*i/(2*steps))
	}
	for w := 1 << bits.Len(uint(least-1)); w <= most; w *= 2 {
		add(w)
	}
	add(least)
	add(most)
	return all
}

// refine tries widths close to the best one.
func (f *search) refine() {
	if f.PowerOfTwo || len(f.sizes) > 500 {
		return
	}
	for _, d := range []int{-1, 1, -2, 2, -3, 3, -4, 4, -6, 6, -8, 8} {
		f.try(min(max(f.best.Size.X+d, f.widest+f.Padding), f.maxSide()))
	}
}

// try packs sheets of that width and keeps what is smaller than the best.
func (f *search) try(width int) {
	for _, order := range f.orders {
		for r := range rules {
			height := f.room(width)
			if r > lowest && f.best == nil {
				break // they use all the height that there is
			}
			if f.work > enough && f.best != nil {
				return
			}
			if int64(width-f.Padding)*int64(height-f.Padding) < f.area {
				return
			}
			if a := f.packed(width, height, order, r); a != nil && f.better(a) {
				f.best = a
			}
		}
	}
}

// room is the height that a sheet of that width may have.
func (f *search) room(width int) int {
	h := min(int64(f.maxSide()), raster.MaxPixels/int64(width))
	if f.best != nil {
		h = min(h, (area(f.best.Size)-1)/int64(width))
	}
	if f.PowerOfTwo && h > 0 {
		h = 1 << (bits.Len64(uint64(h)) - 1)
	}
	return int(h)
}

func area(p image.Point) int64 { return int64(p.X) * int64(p.Y) }

func (f *search) better(a *Arrangement) bool {
	return f.best == nil || area(a.Size) < area(f.best.Size)
}

// packed is nil where they do not fit.
func (f *search) packed(width, height int, order []int, r rule) *Arrangement {
	b := newBin(width-f.Padding, height-f.Padding, r)
	a := &Arrangement{Places: make([]image.Point, len(f.sizes))}
	defer func() { f.work += b.work }()
	for _, i := range order {
		at, ok := b.place(f.sizes[i])
		if !ok {
			return nil
		}
		end := at.Add(f.sizes[i])
		a.Size.X, a.Size.Y = max(a.Size.X, end.X), max(a.Size.Y, end.Y)
		inset := f.Padding + f.Extrude
		a.Places[i] = at.Add(image.Pt(inset, inset))
	}
	a.Size = image.Pt(f.rounded(a.Size.X+f.Padding), f.rounded(a.Size.Y+f.Padding))
	return a
}

// leftOver are the sprites that find no place on the largest sheet.
func (f *search) leftOver(boxes []Box) (left []Box) {
	width := f.maxSide()
	b := newBin(width-f.Padding, f.room(width)-f.Padding, tightest)
	none := make([]bool, len(boxes))
	for _, i := range f.orders[1] {
		_, ok := b.place(f.sizes[i])
		none[i] = !ok
	}
	for i, b := range boxes {
		if none[i] {
			left = append(left, b)
		}
	}
	if left == nil { // the rules differ in what they leave
		left = boxes[len(boxes)-1:]
	}
	return left
}
