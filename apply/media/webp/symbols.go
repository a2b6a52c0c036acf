package webp

import "math"

const (
	maxCacheBits = 10
	distances    = 40
)

// pixels writes a picture that is w wide. Only the main one may have a cache
// and more than one set of codes.
func (b *bitWriter) pixels(pix []uint32, w int, main bool) {
	list := pixelCopies(pix, w)
	cacheBits := 0
	if main {
		cacheBits = bestCache(pix, w, list)
	}
	if cacheBits == 0 {
		b.put(0, 1)
	} else {
		b.put(1, 1)
		b.put(cacheBits, 4)
	}
	var all []*counts
	to := &writing{b: b}
	if main {
		all = b.grouped(pix, w, list, cacheBits, &to.tiles)
	} else {
		all = []*counts{counted(pix, w, list, cacheBits)}
	}
	for _, c := range all {
		var set codes
		for i := range set {
			set[i] = b.prefixCode(c[i])
		}
		to.sets = append(to.sets, set)
	}
	emit(pix, w, list, cacheBits, to)
}

// What symbols are of: green with lengths and places in the cache, the other
// channels, and distances.
const (
	symGreen = iota
	symRed
	symBlue
	symAlpha
	symDistance
)

// A sink takes symbols, with extra bits. start says at which pixel the next
// ones stand.
type sink interface {
	start(x, y int)
	symbol(kind, s int)
	extra(v, n int)
}

// codes are a set: for green, red, blue, alpha and distances.
type codes [5][]code

type writing struct {
	b     *bitWriter
	sets  []codes
	tiles tiles
	set   *codes
}

func (w *writing) start(x, y int)     { w.set = &w.sets[w.tiles.groupAt(x, y)] }
func (w *writing) symbol(kind, s int) { w.b.symbol(w.set[kind][s]) }
func (w *writing) extra(v, n int)     { w.b.put(v, n) }

// counts are those of the symbols.
type counts [5][]int

func newCounts(cacheBits int) *counts {
	greens := greenCodes
	if cacheBits > 0 {
		greens += 1 << cacheBits
	}
	return &counts{make([]int, greens), make([]int, 256), make([]int, 256), make([]int, 256), make([]int, distances)}
}

func (c *counts) start(int, int)     {}
func (c *counts) symbol(kind, s int) { c[kind][s]++ }
func (c *counts) extra(int, int)     {}

func counted(pix []uint32, w int, list []jump, cacheBits int) *counts {
	c := newCounts(cacheBits)
	emit(pix, w, list, cacheBits, c)
	return c
}

// emit goes through the pixels as the decoder will.
func emit(pix []uint32, w int, list []jump, cacheBits int, to sink) {
	var cache [1 << maxCacheBits]uint32
	shift := 32 - cacheBits
	at, x, y := 0, 0, 0
	for at < len(pix) {
		n := 1
		to.start(x, y)
		if len(list) > 0 && int(list[0].at) == at {
			n = list[0].length()
			symbol, extra, v := prefix(n)
			to.symbol(symGreen, 256+symbol)
			to.extra(v, extra)
			symbol, extra, v = prefix(list[0].code())
			to.symbol(symDistance, symbol)
			to.extra(v, extra)
			list = list[1:]
		} else if v := pix[at]; cacheBits > 0 && cache[cachePlace(v, shift)] == v {
			to.symbol(symGreen, greenCodes+int(cachePlace(v, shift)))
		} else {
			to.symbol(symGreen, int(v>>8&0xff))
			to.symbol(symRed, int(v>>16&0xff))
			to.symbol(symBlue, int(v&0xff))
			to.symbol(symAlpha, int(v>>24))
		}
		if cacheBits > 0 {
			for _, v := range pix[at : at+n] {
				cache[cachePlace(v, shift)] = v
			}
		}
		at += n
		for x += n; x >= w; x -= w {
			y++
		}
	}
}

func cachePlace(v uint32, shift int) uint32 { return v * 0x1e35a7bd >> shift }

// bestCache returns the bits of the cache that leaves the fewest, or 0 for
// none.
func bestCache(pix []uint32, w int, list []jump) int {
	best, least := 0, int64(math.MaxInt64)
	for _, n := range []int{0, 5, maxCacheBits} {
		if cost := counted(pix, w, list, n).cost(); cost < least {
			best, least = n, cost
		}
	}
	return best
}
