package picture

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// extendedXMP are the pieces of packets that one segment of a JPEG does not hold.
// Each has in front the sum of its packet, by which the main packet names it, how
// long that is, and where in it the piece belongs (XMP, part 3, 1.1.3.1).
type extendedXMP struct {
	pieces []xmpPiece
	bytes  int
}

type xmpPiece struct {
	sum       []byte
	whole, at int64
	text      []byte
}

// take takes a segment, if it is one of these.
func (x *extendedXMP) take(segment []byte) {
	const sum, head = 32, 40
	b, ok := bytes.CutPrefix(segment, []byte("http://ns.adobe.com/xmp/extension/\x00"))
	if !ok || len(b) <= head || x.bytes+len(b) > maxMetadata {
		return
	}
	x.bytes += len(b)
	be := binary.BigEndian
	x.pieces = append(x.pieces, xmpPiece{b[:sum], int64(be.Uint32(b[sum:])), int64(be.Uint32(b[sum+4:])), b[head:]})
}

// of is the packet that belongs to a main one, nil if that has none or if a piece
// of it is missing.
func (x *extendedXMP) of(main []byte) (all []byte) {
	own := slices.DeleteFunc(x.pieces, func(p xmpPiece) bool { return !bytes.Contains(main, p.sum) })
	slices.SortStableFunc(own, func(a, b xmpPiece) int { return cmp.Compare(a.at, b.at) })
	for _, p := range own {
		switch {
		case !bytes.Equal(p.sum, own[0].sum) || p.whole != own[0].whole:
			return nil // it belongs to two
		case p.at == int64(len(all)):
			all = append(all, p.text...)
		case p.at > int64(len(all)):
			return nil
		}
	}
	if len(own) == 0 || int64(len(all)) != own[0].whole {
		return nil
	}
	return turned().ReplaceAll(all, []byte("${1}1${2}"))
}
