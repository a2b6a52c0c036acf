package drawing

import "math/bits"

// bitWriter writes the raw byte sequence payload of one H.264 NAL unit.
type bitWriter struct {
	buf  []byte
	acc  uint64
	fill uint // bits in acc, under 8 between calls
}

// u writes the low n bits of v, n at most 32.
func (b *bitWriter) u(v uint32, n uint) {
	b.acc = b.acc<<n | uint64(v)&(1<<n-1)
	b.fill += n
	for b.fill >= 8 {
		b.fill -= 8
		b.buf = append(b.buf, byte(b.acc>>b.fill))
	}
}

// ue writes an unsigned Exp-Golomb code.
func (b *bitWriter) ue(v uint32) {
	n := uint(bits.Len32(v + 1))
	b.u(0, n-1)
	b.u(v+1, n)
}

// se writes a signed Exp-Golomb code.
func (b *bitWriter) se(v int) {
	if v > 0 {
		b.ue(uint32(2*v - 1))
		return
	}
	b.ue(uint32(-2 * v))
}

// align fills the byte with zeros.
func (b *bitWriter) align() {
	if b.fill > 0 {
		b.u(0, 8-b.fill)
	}
}

// trail ends the payload: a one, then zeros.
func (b *bitWriter) trail() {
	b.u(1, 1)
	b.align()
}

// appendNAL appends a NAL unit of the given header byte with a length prefix
// of four bytes, putting a 3 wherever the payload would imitate a start code.
func appendNAL(dst []byte, header byte, payload []byte) []byte {
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	dst = append(dst, escapeNAL(header, payload)...)
	n := len(dst) - at - 4
	dst[at], dst[at+1], dst[at+2], dst[at+3] = byte(n>>24), byte(n>>16), byte(n>>8), byte(n)
	return dst
}

func escapeNAL(header byte, payload []byte) []byte {
	out := make([]byte, 1, len(payload)+len(payload)/64+8)
	out[0] = header
	zeros := 0
	for _, c := range payload {
		if zeros >= 2 && c <= 3 {
			out = append(out, 3)
			zeros = 0
		}
		out = append(out, c)
		if c == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	return out
}
