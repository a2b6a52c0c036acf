package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"strconv"
	"sync"
	"syscall"

	"assetform/config/pathname"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// maxFileBytes bounds every file that evaluation reads: configuration files,
// variable files and the files of functions.
const maxFileBytes = 10 << 20

// maxCachedBytes bounds the file contents kept for repeated reads. A file
// read by each of 10,000 instances is read from disk once.
const maxCachedBytes = 64 << 20

// files is the only way by which evaluation reads files: confined to the
// project root, away from .git and .assetform, bounded, and remembered, so
// that a saved plan can tell whether anything it was computed from changed.
// Its methods may be called concurrently.
type files struct {
	root *os.Root

	mu     sync.Mutex
	seen   map[string][sha256.Size]byte
	cache  map[string][]byte
	cached int                             // bytes in cache
	dirs   map[string]string               // directory -> the same without symlinks
	parsed map[string]hclsyntax.Expression // templates by path
}

// openFiles opens the project root, an absolute directory of this system.
func openFiles(projectRoot string) (*files, error) {
	root, err := os.OpenRoot(projectRoot)
	if err != nil {
		return nil, err
	}
	return &files{
		root:   root,
		seen:   map[string][sha256.Size]byte{},
		cache:  map[string][]byte{},
		dirs:   map[string]string{},
		parsed: map[string]hclsyntax.Expression{},
	}, nil
}

func (f *files) close() error { return f.root.Close() }

// resolve returns the path p, written in a file of directory dir, as a clean
// slash path relative to the project root. Both dir and the result are "."
// for the root itself. It looks at names only, not at the disk.
func (f *files) resolve(dir, p string) (string, error) {
	return pathname.Resolve(dir, p)
}

// read returns the content of a regular file. Callers must not change the
// bytes: they are shared with later reads.
func (f *files) read(dir, p string) ([]byte, error) { return f.readAs(dir, p, openly) }

// keying turns what identifies an answer into the key of its digest.
type keying func(string) string

// openly keys an answer by the path that was asked for.
func openly(key string) string { return key }

// secretly keys an answer about a path that holds something sensitive, which
// must not be stored.
func secretly(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "/sensitive(" + hex.EncodeToString(sum[:]) + ")"
}

func (f *files) readAs(dir, p string, key keying) ([]byte, error) {
	name, err := pathname.Resolve(dir, p)
	if err != nil {
		return nil, err
	}
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
	content, err := f.readRegular(name)
	if err != nil {
		err = fmt.Errorf("read %q: %w", p, withoutPath(err))
		// try(file("x"), "") has a value although the read failed, so the
		// failure is something the result depends on.
		f.record(key("/file("+strconv.Quote(name)+")"), err.Error())
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[key(name)] = sha256.Sum256(content)
	if _, ok := f.cache[name]; !ok && f.cached+len(content) <= maxCachedBytes {
		f.cache[name] = content
		f.cached += len(content)
	}
	return content, nil
}

func (f *files) readRegular(name string) ([]byte, error) {
	name, info, err := f.stat(name)
	if err != nil {
		return nil, err
	}
	if err := regular(info); err != nil {
		return nil, err
	}
	// Opening a pipe would wait for its writer: should the name have become
	// one since stat, O_NONBLOCK keeps the open from hanging.
	file, err := f.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if info, err = file.Stat(); err != nil {
		return nil, err
	}
	if err := regular(info); err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(file, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(content) > maxFileBytes {
		return nil, errTooLarge
	}
	return content, nil
}

var errTooLarge = fmt.Errorf("the file is larger than %d MiB", maxFileBytes>>20)

// template parses the content of the file name as a template, once. Ranges in
// it carry the name shown.
func (f *files) template(name, shown string, content []byte) (hclsyntax.Expression, error) {
	f.mu.Lock()
	expr, ok := f.parsed[name]
	f.mu.Unlock()
	if ok {
		return expr, nil
	}
	expr, err := parseTemplate(shown, content)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.parsed[name] = expr
	return expr, nil
}

// regular returns an error unless info describes a regular file.
func regular(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return errors.New("it is a directory, not a file")
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	}
	return nil
}

// exists reports whether a regular file stands at p. A directory or a device
// in its place is an error, as for Terraform's fileexists.
func (f *files) exists(dir, p string) (bool, error) { return f.existsAs(dir, p, openly) }

func (f *files) existsAs(dir, p string, keyed keying) (bool, error) {
	name, err := pathname.Resolve(dir, p)
	if err != nil {
		return false, err
	}
	key := keyed("/fileexists(" + strconv.Quote(name) + ")")
	_, info, err := f.stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		f.record(key, "false")
		return false, nil
	}
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		err = fmt.Errorf("look for %q: %w", p, withoutPath(err))
		f.record(key, err.Error())
		return false, err
	}
	f.record(key, "true")
	return true, nil
}

// digests returns the SHA-256 of everything that was learnt from the disk so
// far. A file's content has its path relative to the project root as key.
// Keys that begin with a slash, which no such path does, hold answers that
// are not content: `/fileexists("a.png")`, `/fileset("icons", "*.png")` and
// `/file("a.txt")` for a read that failed; where a path is sensitive, its hash
// takes its place. Two runs with equal maps evaluated
// the same inputs.
func (f *files) digests() map[string][sha256.Size]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	return maps.Clone(f.seen)
}

func (f *files) record(key, answer string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[key] = sha256.Sum256([]byte(answer))
}

// withoutPath strips operation and path from an error of package os: the
// caller names the path as it was written.
func withoutPath(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		if errors.Is(err, fs.ErrNotExist) {
			return fs.ErrNotExist
		}
		return pathErr.Err
	}
	return err
}
