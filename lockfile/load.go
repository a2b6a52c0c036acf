package lockfile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"assetform/lockfile/atomicfile"
)

// Filename is the lock's name in the root module's directory.
const Filename = "assetform.lock.json"

// Absent is what Digest returns where no lock file exists.
const Absent = "absent"

// maxBytes is the size of the largest lock that is read: a thousand bytes for
// each of half a million assets.
const maxBytes = 512 << 20

// Load reads the lock at path, which must be a regular file; dir is its
// directory relative to the project root, as Parse takes it. If there is none,
// it returns an empty lock and raw is nil; raw is never nil otherwise, and it
// is returned beside a *SyntaxError too, so that the line can be shown.
func Load(path, dir string) (l *Lock, raw []byte, err error) {
	raw, err = atomicfile.ReadRegular(path, maxBytes)
	if errors.Is(err, fs.ErrNotExist) {
		l = New()
		l.Dir = dir
		return l, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read lock %q: %w", path, err)
	}
	l, err = Parse(filepath.ToSlash(path), dir, raw)
	return l, raw, err
}

// Save writes the lock to path atomically. A file that holds these bytes
// already is left alone. A lock that Parse would not read back as it is, such
// as one with an entry that lacks a hash, is never written: what was paid for
// would be lost with it.
func Save(path string, l *Lock) error { return SaveEncoded(path, l, l.Encode()) }

// SaveEncoded is Save of a lock whose Encode has returned b.
func SaveEncoded(path string, l *Lock, b []byte) error {
	back, err := Parse(filepath.ToSlash(path), l.Dir, b)
	if err != nil {
		return fmt.Errorf("write lock %q: refused, it could not be read again: %w", path, err)
	}
	if !back.Equal(l) {
		return fmt.Errorf("write lock %q: refused, it would not be read again as it is: %s", path, firstDifference(l, back))
	}
	if old, err := atomicfile.ReadRegular(path, maxBytes); err == nil && bytes.Equal(old, b) {
		return nil
	}
	if err := atomicfile.Write(path, 0o666, b); err != nil {
		return fmt.Errorf("write lock %q: %w", path, err)
	}
	return nil
}

// firstDifference names the first entry of l that other does not hold.
func firstDifference(l, other *Lock) string {
	for _, address := range l.Addresses() {
		if e, ok := other.Assets[address]; !ok || !e.Equal(l.Assets[address]) {
			return "the entry of " + address + " holds what a lock cannot"
		}
	}
	return "the locks differ"
}

// Digest identifies a lock file's bytes for a saved plan: "sha256:" and hex
// digits, or Absent if raw is nil.
func Digest(raw []byte) string {
	if raw == nil {
		return Absent
	}
	return HashBytes(raw).String()
}
