package worktree

import (
	"errors"
	"io/fs"
	"path"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A name may stand on disk in another Unicode normal form than configuration
// has it, which is always NFC: macOS, archives and file servers write "é" as
// two characters. It is the same name, and found in either form.

// listed returns how a name of a directory, which is a path without links, is
// written on disk, when it does not stand there as it is given.
func (t *Tree) listed(dir, name string) (string, bool) {
	if isASCII(name) {
		return "", false
	}
	info, err := t.Lstat(dir)
	if err != nil || !info.IsDir() {
		return "", false // a pipe would wait for its other end
	}
	names, err := t.Names(dir)
	if err != nil {
		return "", false
	}
	for _, other := range names {
		if !isASCII(other) && norm.NFC.String(other) == norm.NFC.String(name) {
			return other, true
		}
	}
	return "", false
}

// decomposed is listed for NFD alone, without a look at all names: a thousand
// outputs that are not there yet would each make one.
func (t *Tree) decomposed(dir, name string) (string, bool) {
	nfd := norm.NFD.String(name)
	_, err := t.Lstat(path.Join(dir, nfd))
	return nfd, err == nil
}

// Spelled returns a clean slash path relative to the root as it is written on
// disk, as far as it stands there. Links stay in it.
func (t *Tree) Spelled(name string) string { return t.spell(name, t.listed) }

// At returns a path that is relative to the root module's directory as one
// that is relative to the root, as it is written on disk in NFC or NFD.
func (t *Tree) At(p string) string { return t.spell(path.Join(t.Below, p), t.decomposed) }

func (t *Tree) spell(name string, find func(dir, name string) (string, bool)) string {
	if isASCII(name) {
		return name
	}
	if _, err := t.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return name
	}
	dir, base := path.Dir(name), path.Base(name)
	if dir != "." {
		dir = t.spell(dir, find)
	}
	if _, err := t.Lstat(path.Join(dir, base)); isASCII(base) || !errors.Is(err, fs.ErrNotExist) {
		return path.Join(dir, base)
	}
	if real, _, err := t.Follow(dir); err == nil {
		if other, ok := find(real, base); ok {
			base = other
		}
	}
	return path.Join(dir, base)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
