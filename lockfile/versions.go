package lockfile

import (
	"bytes"
	"errors"
)

// maxKnown bounds the texts of entries that are remembered, in bytes.
const maxKnown = 64 << 20

// Versions reads one version of a lock after the other, as history has them.
// Neighbours share most of their entries, and a history has thousands of
// versions: so the text of an entry is parsed once, and what was made of it is
// remembered by that text. What it remembers is bounded.
//
// Each entry is judged by itself. That two of them claim one file or have one
// address, which Parse refuses, does not hide what a version holds.
type Versions[T any] struct {
	dir   string
	of    func(address string, e *Entry) T
	head  string       // of the texts in known
	known map[string]T // by the entry's text
	size  int          // bytes of these texts
	list  []T          // of the last version
}

// NewVersions returns a reader of locks in a directory, as Parse takes it. The
// function says what is wanted of an entry; it has no effects, and may keep
// the entry's texts.
func NewVersions[T any](dir string, of func(address string, e *Entry) T) *Versions[T] {
	return &Versions[T]{dir: dir, of: of, known: map[string]T{}}
}

// Read returns what was made of each entry of a version, in an order of its
// own. The next call overwrites it.
func (v *Versions[T]) Read(text []byte) ([]T, error) {
	if err := v.canonical(text); err == nil {
		return v.list, nil
	}
	l, err := Parse(Filename, v.dir, text) // it was written by hand, or tells what is wrong
	if err != nil {
		return nil, err
	}
	v.list = v.list[:0]
	for address, e := range l.Assets {
		v.list = append(v.list, v.of(address, &e))
	}
	return v.list, nil
}

// What stands around and between the entries of a text that Encode wrote.
const (
	assetsOpen = "\"assets\": {\n"
	entryEnd   = "\n    }"
	textEnd    = "\n  }\n}\n"
)

var errOtherForm = errors.New("a lock in another form than it is written in")

// canonical reads a text that has the form in which Encode writes locks.
func (v *Versions[T]) canonical(text []byte) error {
	v.list = v.list[:0]
	open := bytes.Index(text[:min(len(text), 64)], []byte(assetsOpen))
	rest, ok := bytes.CutSuffix(text, []byte(textEnd))
	if open < 0 || !ok || len(rest) < open+len(assetsOpen) {
		return errOtherForm
	}
	head := text[:open+len(assetsOpen)]
	if string(head) != v.head { // another format's version: its entries say something else
		v.head = string(head)
		clear(v.known)
		v.size = 0
	}
	for rest = rest[len(head):]; ; rest = rest[len(",\n"):] {
		end := bytes.Index(rest, []byte(entryEnd))
		if end < 0 {
			return errOtherForm
		}
		end += len(entryEnd)
		made, known := v.known[string(rest[:end])]
		if !known {
			var err error
			if made, err = v.learn(string(rest[:end])); err != nil {
				return err
			}
		}
		v.list = append(v.list, made)
		if rest = rest[end:]; len(rest) == 0 {
			return nil
		}
		if !bytes.HasPrefix(rest, []byte(",\n")) {
			return errOtherForm
		}
	}
}

// learn reads an entry as the only one of a lock.
func (v *Versions[T]) learn(entry string) (made T, err error) {
	l, err := Parse(Filename, v.dir, []byte(v.head+entry+textEnd))
	if err != nil {
		return made, err
	}
	if len(l.Assets) != 1 {
		return made, errOtherForm
	}
	if v.size += len(entry); v.size > maxKnown {
		clear(v.known)
		v.size = len(entry)
	}
	for address, e := range l.Assets {
		made = v.of(address, &e)
	}
	v.known[entry] = made
	return made, nil
}
