package marks

import (
	"bytes"
	"encoding/binary"
	"io"
)

// A manifest of C2PA lies in a store: a superbox of JUMBF (ISO 19566-5) of
// C2PA's type and with its label, in which each manifest is a superbox of a type
// of its own. The letters alone, or the box without a manifest, are none.

// Types of JUMBF: four letters, and what ISO's registry has behind them.
const (
	isoType   = "\x00\x11\x00\x10\x80\x00\x00\xaa\x00\x38\x9b\x71"
	storeType = "c2pa" + isoType
)

// isStore tells whether n bytes begin with a store and hold all of it. r may
// have its beginning alone.
func isStore(r io.ReaderAt, n int64) bool {
	head, size, name, err := boxHead(r, 0, n)
	if err != nil || name != "jumb" {
		return false
	}
	id, label, after, ok := describes(r, head, size)
	if !ok || id != storeType || label != "c2pa" {
		return false
	}
	// The first manifest; all follow the same rule.
	inner, length, name, err := boxHead(r, after, size-after)
	if err != nil || name != "jumb" {
		return false
	}
	id, label, _, ok = describes(r, after+inner, after+length)
	return ok && id[:2] == "c2" && id[4:] == isoType && label != ""
}

// describes reads the box at a place that says what its superbox is, and
// returns its type, its label and where it ends. end is that of the superbox.
func describes(r io.ReaderAt, at, end int64) (id, label string, after int64, ok bool) {
	const labelled, longest = 2, 256
	head, n, name, err := boxHead(r, at, end-at)
	if err != nil || name != "jumd" || n-head < 17 {
		return "", "", 0, false
	}
	b := make([]byte, min(n-head, 17+longest))
	if got, _ := r.ReadAt(b, at+head); got < len(b) {
		return "", "", 0, false
	}
	if b[16]&labelled != 0 {
		text, _, whole := bytes.Cut(b[17:], []byte{0})
		if !whole {
			return "", "", 0, false
		}
		label = string(text)
	}
	return string(b[:16]), label, at + n, true
}

// boxHead reads the head of a box that must end within n bytes: how many bytes
// it has, how many with what it holds, and its name.
func boxHead(r io.ReaderAt, at, n int64) (head, size int64, name string, err error) {
	var h [16]byte
	if n < 8 {
		return 0, 0, "", errDamaged
	}
	if got, _ := r.ReadAt(h[:8], at); got < 8 {
		return 0, 0, "", errDamaged
	}
	head, size, name = 8, int64(binary.BigEndian.Uint32(h[:])), string(h[4:8])
	switch size {
	case 0: // to the end
		size = n
	case 1:
		if got, _ := r.ReadAt(h[8:], at+8); n < 16 || got < 8 {
			return 0, 0, "", errDamaged
		}
		head, size = 16, int64(binary.BigEndian.Uint64(h[8:]))
	}
	if size < head || size > n {
		return 0, 0, "", errDamaged
	}
	return head, size, name, nil
}
