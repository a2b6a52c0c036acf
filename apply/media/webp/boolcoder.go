package webp

import "math/bits"

// boolWriter is the boolean entropy encoder of RFC 6386, section 7. The number
// that is written lies in an interval that begins at low; span is the
// interval's length less one, from 127 to 254 between two bits.
type boolWriter struct {
	out   []byte
	low   uint64 // the bits that are not in out yet, count+8 of them
	span  uint32
	count int // bits in low beyond the byte that span is about, less 8
}

func newBoolWriter(size int) *boolWriter {
	return &boolWriter{out: make([]byte, 0, size), span: 254, count: -8}
}

// put writes a bit that is 0 with the probability prob/256.
func (w *boolWriter) put(bit int, prob uint8) {
	below := w.span * uint32(prob) >> 8
	above := w.span - below - 1
	mask := -uint32(bit) // all ones for a 1: a branch would be guessed wrong too often
	w.low += uint64((below + 1) & mask)
	span := below ^ (below^above)&mask
	shift := bits.LeadingZeros8(uint8(span+1)) & 7
	w.span = (span+1)<<shift - 1
	w.low <<= shift
	if w.count += shift; w.count >= 32 {
		w.flush()
	}
}

// flush moves whole bytes from low to out. What low has above them is a carry
// into bytes that are already there.
func (w *boolWriter) flush() {
	for w.count >= 0 {
		b := w.low >> (w.count + 8)
		if b > 0xff {
			i := len(w.out) - 1
			for ; w.out[i] == 0xff; i-- {
				w.out[i] = 0
			}
			w.out[i]++
		}
		w.out = append(w.out, uint8(b))
		w.low &= 1<<(w.count+8) - 1
		w.count -= 8
	}
}

func (w *boolWriter) flag(is bool, prob uint8) {
	bit := 0
	if is {
		bit = 1
	}
	w.put(bit, prob)
}

// bits writes the lowest n bits of v, the highest first, all equally probable.
func (w *boolWriter) bits(v, n int) {
	for i := n - 1; i >= 0; i-- {
		w.put(v>>i&1, 128)
	}
}

// finish returns the bytes, padded so that a decoder that reads ahead finds
// what it would have found.
func (w *boolWriter) finish() []byte {
	w.bits(0, 32)
	w.flush()
	return w.out
}
