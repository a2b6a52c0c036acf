package webp

import "math/bits"

// The part of the lossless format that alpha needs: green alone, no
// transforms, one set of prefix codes, copies of what came before.

const (
	minCopy     = 4
	maxCopy     = 4096
	maxDistance = 1<<20 - 120
	chainLength = 24 // earlier places with the same hash that are looked at

	lengthCodes   = 24
	distanceCodes = 40
	greenCodes    = 256 + lengthCodes
)

// lossless returns the samples of a picture that is w wide as the data of the
// lossless format without its header, in parts.
func lossless(pix []uint8, w int) [][]byte {
	list := copies(pix, w)
	green, distance := make([]int, greenCodes), make([]int, distanceCodes)
	eachStep(list, len(pix), func(at int) { green[pix[at]]++ }, func(length, code int) {
		n, _, _ := prefix(length)
		d, _, _ := prefix(code)
		green[256+n]++
		distance[d]++
	})
	var b bitWriter
	b.put(0, 3) // no transforms, no cache of colours, one set of codes
	greens := b.prefixCode(green)
	for range 3 { // red, blue and alpha are 0
		b.prefixCode(make([]int, 256))
	}
	distances := b.prefixCode(distance)
	eachStep(list, len(pix), func(at int) { b.symbol(greens[pix[at]]) }, func(length, code int) {
		n, extra, v := prefix(length)
		b.symbol(greens[256+n])
		b.put(v, extra)
		d, extra, v := prefix(code)
		b.symbol(distances[d])
		b.put(v, extra)
	})
	return b.finish()
}

// eachStep goes through so many samples: those that are new, and the copies.
func eachStep(list []jump, samples int, fresh func(at int), copied func(length, code int)) {
	for at := 0; at < samples; {
		if len(list) == 0 || int(list[0].at) != at {
			fresh(at)
			at++
			continue
		}
		copied(list[0].length(), list[0].code())
		at += list[0].length()
		list = list[1:]
	}
}

// copies parts the samples greedily into new ones and copies, and returns these.
func copies(pix []uint8, w int) (list []jump) {
	const hashBits = 16
	latest := make([]int32, 1<<hashBits)            // the last place with a hash, plus 1
	earlier := make([]int32, min(window, len(pix))) // the one before it
	hash := func(i int) uint32 {
		v := uint32(pix[i]) | uint32(pix[i+1])<<8 | uint32(pix[i+2])<<16 | uint32(pix[i+3])<<24
		return v * 2654435761 >> (32 - hashBits)
	}
	for at := 0; at < len(pix); {
		best, from := 0, 0
		look := func(back int) {
			if back > at || best == maxCopy {
				return
			}
			if n := matching(pix[at-back:], pix[at:]); n > best {
				best, from = n, back
			}
		}
		look(1)
		look(w)
		if at+minCopy <= len(pix) {
			for k, p := 0, latest[hash(at)]; k < chainLength && p > 0 && at-int(p)+1 <= maxDistance; k++ {
				look(at - int(p) + 1)
				p = earlier[int(p-1)%len(earlier)]
			}
		}
		n := 1
		if best >= minCopy {
			n = best
			list = append(list, jumpOf(at, best, distanceCode(from, w)))
		}
		// Within a long run of one value every place is like every other.
		for end := at + n; at < end; at++ {
			if at+minCopy <= len(pix) && (n < 64 || end-at < 16) {
				h := hash(at)
				earlier[at%len(earlier)], latest[h] = latest[h], int32(at+1)
			}
		}
	}
	return list
}

// matching counts how far two slices agree.
func matching(a, b []uint8) int {
	n := min(len(b), maxCopy)
	a = a[:n]
	for i, v := range a {
		if v != b[i] {
			return i
		}
	}
	return n
}

// distanceCode has short codes for what lies close by in the picture.
func distanceCode(back, w int) int {
	switch back {
	case w:
		return 1
	case 1:
		return 2
	case w + 1:
		return 3
	case w - 1:
		return 4
	}
	return back + 120
}

// prefix returns the code of a length or distance and its extra bits.
func prefix(v int) (code, extra, value int) {
	v--
	if v < 4 {
		return v, 0, 0
	}
	extra = bits.Len(uint(v)) - 2
	return 2*extra + v>>extra, extra, v & (1<<extra - 1)
}

// bitWriter writes bits, the lowest first.
type bitWriter struct {
	out  pieces
	acc  uint64
	held int
}

func (b *bitWriter) put(v, n int) {
	b.acc |= uint64(v) << b.held
	for b.held += n; b.held >= 8; b.held -= 8 {
		b.out.room(1)
		b.out.latest = append(b.out.latest, byte(b.acc))
		b.acc >>= 8
	}
}

func (b *bitWriter) symbol(s code) { b.put(int(s.bits), int(s.length)) }

func (b *bitWriter) finish() [][]byte {
	b.put(0, 7)
	return b.out.all()
}
