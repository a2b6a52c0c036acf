package webp

// heldLevels are blocks of levels, packed: two bytes of what a block is, and one or two
// for each level.
type heldLevels struct{ packed pieces }

const wide = 1 << 4 // a level takes two bytes

// firstOf is where the levels of a block begin.
func firstOf(kind int) int {
	if kind == kindY1AfterY2 {
		return 1
	}
	return 0
}

func (k *heldLevels) add(l *levels, kind, context int) {
	first := firstOf(kind)
	var b [2 + 2*len(l.v)]byte
	b[0], b[1] = byte(kind|context<<2), byte(l.end)
	n := 2
	for i := first; i < l.end; i++ {
		v := l.v[i]
		if v != int16(int8(v)) {
			b[0] |= wide
		}
		b[n] = byte(v)
		n++
	}
	if b[0]&wide != 0 {
		n = 2
		for i := first; i < l.end; i++ {
			b[n], b[n+1] = byte(l.v[i]), byte(l.v[i]>>8)
			n += 2
		}
	}
	k.packed.whole(b[:n])
}

// each goes through the blocks in the order in which they came.
func (k *heldLevels) each(use func(l *levels, kind, context int)) {
	for _, b := range k.packed.all() {
		for len(b) > 0 {
			kind, context := int(b[0]&3), int(b[0]>>2&3)
			l := levels{end: int(b[1])}
			isWide := b[0]&wide != 0
			b = b[2:]
			for i := firstOf(kind); i < l.end; i++ {
				if l.v[i] = int16(int8(b[0])); isWide {
					l.v[i] = int16(b[0]) | int16(b[1])<<8
					b = b[1:]
				}
				b = b[1:]
			}
			use(&l, kind, context)
		}
	}
}

// pieces are bytes in some slices: a picture has hundreds of millions, which one
// slice that grows would hold more than twice.
type pieces struct {
	full   [][]byte
	latest []byte
}

// Pieces are twice as large as the one before, within these bounds.
const (
	leastPiece = 1 << 10
	mostPiece  = 1 << 20
)

// room makes the latest piece one to which n bytes can be added.
func (p *pieces) room(n int) {
	size := cap(p.latest)
	if len(p.latest)+n <= size {
		return
	}
	if size > 0 {
		p.full = append(p.full, p.latest)
	}
	p.latest = make([]byte, 0, min(max(2*size, leastPiece), mostPiece))
}

// whole adds bytes that are to stand in one piece.
func (p *pieces) whole(b []byte) {
	p.room(len(b))
	p.latest = append(p.latest, b...)
}

func (p *pieces) all() [][]byte { return append(p.full[:len(p.full):len(p.full)], p.latest) }
