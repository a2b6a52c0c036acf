package trace

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"assetform/config/worktree"
)

// A trace is, behind its header, a salt, the salted digest of the key, its two
// numbers and its flag, then the facts by directory, and at the end the SHA-256 of it all:
//
//	directory  its path with a slash behind, "" for the root; number of facts
//	fact       name, form, and what its form has of target, stamp and digest
//
// Texts have their length before them; lengths and numbers are unsigned
// varints, those of a stamp 8 bytes each.
const (
	saltSize   = 16
	digestSize = 16
)

// The form of a fact: what stands there, and which fields follow.
const (
	formThing   = 0x07
	formTarget  = 0x08
	formStamp   = 0x10
	formContent = 0x20
)

// salted is the digest of a digest as a trace holds it.
func salted(salt []byte, sum [sha256.Size]byte) []byte {
	s := sha256.Sum256(slices.Concat(salt, sum[:]))
	return s[:digestSize]
}

func encode(salt []byte, key Key, t Trace, facts map[string]worktree.Fact) []byte {
	type entry struct{ dir, name, path string }
	entries := make([]entry, 0, len(facts))
	for p := range facts {
		dir, name := path.Split(p)
		entries = append(entries, entry{dir, name, p})
	}
	slices.SortFunc(entries, func(x, y entry) int { return strings.Compare(x.path, y.path) })
	slices.SortStableFunc(entries, func(x, y entry) int { return strings.Compare(x.dir, y.dir) })

	b := make([]byte, 0, 128+64*len(facts))
	b = append(append(append(b, header...), salt...), salted(salt, sha256.Sum256(key))...)
	b = binary.AppendUvarint(binary.AppendUvarint(b, uint64(t.Assets)), t.Led)
	b = appendFlag(b, t.Applied)
	for len(entries) > 0 {
		dir := entries[0].dir
		n := slices.IndexFunc(entries, func(e entry) bool { return e.dir != dir })
		if n < 0 {
			n = len(entries)
		}
		b = binary.AppendUvarint(appendText(b, dir), uint64(n))
		for _, e := range entries[:n] {
			f := facts[e.path]
			b = appendFact(b, salt, e.name, &f)
		}
		entries = entries[n:]
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...)
}

func appendFact(b, salt []byte, name string, f *worktree.Fact) []byte {
	b = appendText(b, name)
	form := byte(f.Thing)
	if f.Target != "" {
		form |= formTarget
	}
	if f.Stamp != (worktree.Stamp{}) {
		form |= formStamp
	}
	if f.Content != [sha256.Size]byte{} {
		form |= formContent
	}
	b = append(b, form)
	if form&formTarget != 0 {
		b = appendText(b, f.Target)
	}
	if form&formStamp != 0 {
		for _, n := range [...]uint64{uint64(f.Stamp.Size), uint64(f.Stamp.Modified), uint64(f.Stamp.Changed), f.Stamp.Inode} {
			b = binary.LittleEndian.AppendUint64(b, n)
		}
	}
	if form&formContent != 0 {
		b = append(b, salted(salt, f.Content)...)
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendFlag(b []byte, set bool) []byte {
	if set {
		return append(b, 1)
	}
	return append(b, 0)
}

// decoder reads the facts of a trace one after the other.
type decoder struct {
	trace Trace
	salt  []byte
	rest  []byte
	left  uint64 // facts of this directory

	dir, name string
	fact      worktree.Fact // without its content
	digest    []byte        // salted, of the content; nil: not noted
	whole     bool          // it was read to its end and made sense
}

// open begins to read a trace; ok is false if it is no whole one under this key.
func open(content []byte, key Key) (d *decoder, ok bool) {
	const least = len(header) + saltSize + digestSize + sha256.Size
	if len(content) < least || string(content[:len(header)]) != header {
		return nil, false
	}
	body, end := content[:len(content)-sha256.Size], content[len(content)-sha256.Size:]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], end) {
		return nil, false
	}
	body = body[len(header):]
	d = &decoder{salt: body[:saltSize], rest: body[saltSize+digestSize:]}
	if !bytes.Equal(body[saltSize:saltSize+digestSize], salted(d.salt, sha256.Sum256(key))) {
		return nil, false
	}
	assets, ok := d.number()
	led, ok2 := d.number()
	flag, ok3 := d.take(1)
	if !ok || !ok2 || !ok3 {
		return nil, false
	}
	d.trace = Trace{Assets: int(assets), Led: led, Applied: flag[0] == 1}
	return d, true
}

// next reads a fact; it returns false at the end, and where the trace makes no
// sense: then it is not whole.
func (d *decoder) next() bool {
	for d.left == 0 {
		if len(d.rest) == 0 {
			d.whole = true
			return false
		}
		var ok bool
		if d.dir, ok = d.text(); !ok || d.dir != "" && !filepath.IsLocal(filepath.FromSlash(d.dir)) {
			return false
		}
		if d.left, ok = d.number(); !ok {
			return false
		}
	}
	d.left--
	var ok bool
	if d.name, ok = d.text(); !ok || d.name == ".." || strings.ContainsAny(d.name, `/\`) || len(d.rest) == 0 {
		return false
	}
	form := d.rest[0]
	d.rest = d.rest[1:]
	d.fact, d.digest = worktree.Fact{Thing: worktree.Thing(form & formThing), Matters: form&(formStamp|formContent) != 0}, nil
	if form&formTarget != 0 {
		if d.fact.Target, ok = d.text(); !ok {
			return false
		}
	}
	if form&formStamp != 0 {
		b, ok := d.take(32)
		if !ok {
			return false
		}
		d.fact.Stamp = worktree.Stamp{
			Size: int64(binary.LittleEndian.Uint64(b)), Modified: int64(binary.LittleEndian.Uint64(b[8:])),
			Changed: int64(binary.LittleEndian.Uint64(b[16:])), Inode: binary.LittleEndian.Uint64(b[24:]),
		}
	}
	if form&formContent != 0 {
		if d.digest, ok = d.take(digestSize); !ok {
			return false
		}
	}
	return true
}

func (d *decoder) number() (uint64, bool) {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 {
		return 0, false
	}
	d.rest = d.rest[size:]
	return n, true
}

func (d *decoder) text() (string, bool) {
	n, ok := d.number()
	if !ok {
		return "", false
	}
	b, ok := d.take(n)
	return string(b), ok
}

func (d *decoder) take(n uint64) ([]byte, bool) {
	if n > uint64(len(d.rest)) {
		return nil, false
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b, true
}
