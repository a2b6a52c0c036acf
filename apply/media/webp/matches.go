package webp

import "math/bits"

const (
	minCopyPixels = 4
	maxHashBits   = 18
	pixelChain    = 32      // earlier places with the same hash that are looked at
	window        = 1 << 20 // earlier places that are remembered
)

// A jump is a copy of so many pixels, or samples, from as far back as its code
// says. Those between two jumps are literals.
type jump struct{ at, what uint32 }

func jumpOf(at, length, code int) jump {
	return jump{uint32(at), uint32(length-1)<<20 | uint32(code-1)}
}
func (j jump) length() int { return int(j.what>>20) + 1 }
func (j jump) code() int   { return int(j.what&(1<<20-1)) + 1 }

// pixelCopies parts the pixels into literals and copies, and returns these. Where
// the copy from the next pixel on is longer by more than that pixel, it waits for
// it.
func pixelCopies(pix []uint32, w int) (list []jump) {
	hashBits := min(bits.Len(uint(len(pix))), maxHashBits)
	f := matcher{pix: pix, w: w, shift: 32 - hashBits, latest: make([]int32, 1<<hashBits), earlier: make([]int32, min(window, len(pix)))}
	worth := worthOf(pix)
	n, back := f.longest(0)
	for at := 0; at < len(pix); {
		f.remember(at)
		if n < minCopyPixels || !worth.copying(pix[at:at+n], distanceCode(back, w)) {
			at++
			n, back = f.longest(at)
			continue
		}
		if n < 64 {
			if later, from := f.longest(at + 1); later > n+1 {
				at++
				n, back = later, from
				continue
			}
		}
		list = append(list, jumpOf(at, n, distanceCode(back, w)))
		for i := at + 1; i < at+n; i++ {
			// Within a long run every place is like every other.
			if n < 64 || at+n-i < 16 {
				f.remember(i)
			}
		}
		at += n
		n, back = f.longest(at)
	}
	return list
}

// matcher finds earlier pixels that are as those from a place on.
type matcher struct {
	pix             []uint32
	w               int
	shift           int     // of a hash
	latest, earlier []int32 // the last place with a hash plus 1, and that before a place
}

func (f *matcher) hash(i int) uint32 {
	v := f.pix[i]*2654435761 ^ f.pix[i+1]*2246822519 ^ f.pix[i+2]*3266489917 ^ f.pix[i+3]*668265263
	return v * 2654435761 >> f.shift
}

func (f *matcher) remember(i int) {
	if i+minCopyPixels <= len(f.pix) {
		h := f.hash(i)
		f.earlier[i%len(f.earlier)], f.latest[h] = f.latest[h], int32(i+1)
	}
}

func (f *matcher) longest(at int) (length, back int) {
	look := func(d int) {
		if d > at || length >= maxCopy {
			return
		}
		if n := agreeing(f.pix[at-d:], f.pix[at:]); n > length {
			length, back = n, d
		}
	}
	if at >= len(f.pix) {
		return 0, 0
	}
	look(1)
	look(f.w)
	if at+minCopyPixels > len(f.pix) {
		return length, back
	}
	// No place that is as near was overwritten, and its code has 20 bits.
	reach := min(maxDistance-1, len(f.earlier)-1)
	p := int(f.latest[f.hash(at)])
	for range pixelChain {
		if p == 0 || at-p+1 > reach {
			break
		}
		look(at - p + 1)
		p = int(f.earlier[(p-1)%len(f.earlier)])
	}
	return length, back
}

// agreeing counts how many pixels two slices have in common.
func agreeing(a, b []uint32) int {
	n := min(len(b), maxCopy)
	a = a[:n]
	for i, v := range a {
		if v != b[i] {
			return i
		}
	}
	return n
}

// leastPrice is that of a byte, however often it is there: copies make some of
// it rare.
const leastPrice = 48

// prices are what the four bytes of a literal cost, in 1/256 bit.
type prices [4][256]int32

// worthOf takes them from how often each byte is there.
func worthOf(pix []uint32) *prices {
	var n [4][256]int
	for _, v := range pix {
		n[0][v>>24]++
		n[1][v>>16&0xff]++
		n[2][v>>8&0xff]++
		n[3][v&0xff]++
	}
	p := &prices{}
	for k := range n {
		for v, count := range n[k] {
			p[k][v] = int32(max(logOf(len(pix))-logOf(count), leastPrice))
		}
	}
	return p
}

// copying reports whether a copy costs less than its pixels as literals.
func (p *prices) copying(pix []uint32, code int) bool {
	const symbols = 16 // bits of a length and a distance, about
	_, more, _ := prefix(len(pix))
	_, extra, _ := prefix(code)
	left := int32(symbols+more+extra) << 8
	for _, v := range pix {
		left -= p[0][v>>24] + p[1][v>>16&0xff] + p[2][v>>8&0xff] + p[3][v&0xff]
		if left < 0 {
			return true
		}
	}
	return false
}
