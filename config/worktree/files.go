package worktree

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strconv"
	"sync"
	"time"

	"assetform/config/pathname"
)

// maxCachedBytes bounds the file contents kept for repeated reads. A file
// read by each of 10,000 instances is read from disk once.
const maxCachedBytes = 64 << 20

// Files is the only way by which evaluation reads files: confined to the
// project root, away from .git and .assetform, bounded, and remembered, so
// that a saved plan can tell whether anything it was computed from changed.
// Directories in paths are slash paths relative to the root, "." for itself.
// Its methods may be called concurrently.
type Files struct {
	*Tree

	mu     sync.Mutex
	seen   map[string][sha256.Size]byte
	cache  map[string][]byte
	cached int // bytes in cache

	searches int // for similar names
}

// OpenFiles is Open for evaluation.
func OpenFiles(root, dir string) (*Files, error) {
	tree, err := Open(root, dir)
	if err != nil {
		return nil, err
	}
	tree.dirs = &sync.Map{}
	return &Files{Tree: tree, seen: map[string][sha256.Size]byte{}, cache: map[string][]byte{}}, nil
}

// A Keying turns what identifies an answer into the key of its digest.
type Keying func(string) string

// Openly keys an answer by the path that was asked for.
func Openly(key string) string { return key }

// Secretly keys an answer about a path that holds something sensitive, which
// must not be stored.
func Secretly(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "/sensitive(" + hex.EncodeToString(sum[:]) + ")"
}

// Read returns the content of the regular file p, a path as it is written in a
// file of directory dir. Callers must not change the bytes: they are shared
// with later reads.
func (f *Files) Read(dir, p string, key Keying) ([]byte, error) {
	name, err := pathname.Resolve(dir, p)
	if err != nil {
		return nil, err
	}
	f.doubtSecret(key)
	f.mu.Lock()
	cached, ok := f.cache[name]
	if ok {
		if _, known := f.seen[key(name)]; !known {
			f.seen[key(name)] = sha256.Sum256(cached)
		}
	}
	f.mu.Unlock()
	if ok {
		return cached, nil
	}
	var content []byte
	at := time.Now()
	file, real, info, err := f.openRegular(name)
	if err == nil {
		if content, err = readBounded(file); err != nil {
			f.witness.Doubt()
		}
	}
	if err != nil {
		err = fmt.Errorf("read %q: %w", p, WithoutPath(err))
		// try(file("x"), "") has a value although the read failed, so the
		// failure is something the result depends on.
		f.record(key("/file("+strconv.Quote(name)+")"), err.Error())
		if errors.Is(err, fs.ErrNotExist) && key(name) == name {
			return nil, fmt.Errorf("%w%s", err, f.Near(name))
		}
		return nil, err
	}
	f.witness.Read(real, info, at, content)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[key(name)] = sha256.Sum256(content)
	if _, ok := f.cache[name]; !ok && f.cached+len(content) <= maxCachedBytes {
		f.cache[name] = content
		f.cached += len(content)
	}
	return content, nil
}

// Exists reports whether a regular file stands at p. A directory or a device
// in its place is an error, as for Terraform's fileexists.
func (f *Files) Exists(dir, p string, keyed Keying) (bool, error) {
	name, err := pathname.Resolve(dir, p)
	if err != nil {
		return false, err
	}
	f.doubtSecret(keyed)
	key := keyed("/fileexists(" + strconv.Quote(name) + ")")
	_, info, err := f.Follow(name)
	if errors.Is(err, fs.ErrNotExist) {
		f.record(key, "false")
		return false, nil
	}
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		err = fmt.Errorf("look for %q: %w", p, WithoutPath(err))
		f.record(key, err.Error())
		return false, err
	}
	f.record(key, "true")
	return true, nil
}

// doubtSecret keeps sensitive paths from being noted.
func (f *Files) doubtSecret(key Keying) {
	if key("") != "" {
		f.witness.Doubt()
	}
}

// Digests returns the SHA-256 of everything that was learnt from the disk so
// far. A file's content has its path relative to the project root as key.
// Keys that begin with a slash, which no such path does, hold answers that
// are not content: `/fileexists("a.png")`, `/fileset("icons", "*.png")` and
// `/file("a.txt")` for a read that failed; where a path is sensitive, its hash
// takes its place. Two runs with equal maps evaluated
// the same inputs.
func (f *Files) Digests() map[string][sha256.Size]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.seen)
}

func (f *Files) record(key, answer string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[key] = sha256.Sum256([]byte(answer))
}
