package cutout

// bitset is one bit for each pixel.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) has(i int) bool { return b[i>>6]>>(i&63)&1 > 0 }

func (b bitset) clone() bitset { return append(bitset(nil), b...) }

func (b bitset) set(i int) { b[i>>6] |= 1 << (i & 63) }

// filler floods areas run by run. A run is marked as a whole when it is found,
// so that it waits on the stack once at most.
type filler struct {
	w, h  int
	done  bitset
	open  func(x, y int) bool // may be flooded
	stack []uint32            // where runs begin
	keep  int                 // how many of the pixels that were marked are noted
	trail []uint32
}

// fill floods what hangs together with a pixel and returns how many pixels it
// marked.
func (f *filler) fill(x, y int) int {
	if f.done.has(y*f.w+x) || !f.open(x, y) {
		return 0
	}
	_, n := f.run(x, y)
	for len(f.stack) > 0 {
		i := int(f.stack[len(f.stack)-1])
		f.stack = f.stack[:len(f.stack)-1]
		row := i / f.w
		from, to := i-row*f.w, i-row*f.w
		for to < f.w && f.done.has(row*f.w+to) {
			to++
		}
		for _, next := range [2]int{row - 1, row + 1} {
			if next < 0 || next >= f.h {
				continue
			}
			for x := from; x < to; x++ {
				if !f.done.has(next*f.w+x) && f.open(x, next) {
					end, marked := f.run(x, next)
					n += marked
					x = end
				}
			}
		}
	}
	return n
}

// run marks the run that a pixel is in and puts it on the stack. It returns its
// end and length.
func (f *filler) run(x, y int) (end, length int) {
	from, to := x, x+1
	for from > 0 && !f.done.has(y*f.w+from-1) && f.open(from-1, y) {
		from--
	}
	for to < f.w && !f.done.has(y*f.w+to) && f.open(to, y) {
		to++
	}
	for i := from; i < to; i++ {
		f.done.set(y*f.w + i)
	}
	for i := from; i < to && len(f.trail) < f.keep; i++ {
		f.trail = append(f.trail, uint32(y*f.w+i))
	}
	f.stack = append(f.stack, uint32(y*f.w+from))
	return to, to - from
}
