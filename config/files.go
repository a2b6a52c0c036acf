package config

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/bmatcuk/doublestar/v4"
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
	return resolvePath(dir, p)
}

// read returns the content of a regular file. Callers must not change the
// bytes: they are shared with later reads.
func (f *files) read(dir, p string) ([]byte, error) {
	name, err := resolvePath(dir, p)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	content, ok := f.cache[name]
	f.mu.Unlock()
	if ok {
		return content, nil
	}
	content, err = f.readRegular(name)
	if err != nil {
		err = fmt.Errorf("read %q: %w", p, withoutPath(err))
		// try(file("x"), "") has a value although the read failed, so the
		// failure is something the result depends on.
		f.record("/file("+strconv.Quote(name)+")", err.Error())
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[name] = sha256.Sum256(content)
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
func (f *files) exists(dir, p string) (bool, error) {
	name, err := resolvePath(dir, p)
	if err != nil {
		return false, err
	}
	_, info, err := f.stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		f.record("/fileexists("+strconv.Quote(name)+")", "false")
		return false, nil
	}
	if err == nil {
		err = regular(info)
	}
	if err != nil {
		err = fmt.Errorf("look for %q: %w", p, withoutPath(err))
		f.record("/fileexists("+strconv.Quote(name)+")", err.Error())
		return false, err
	}
	f.record("/fileexists("+strconv.Quote(name)+")", "true")
	return true, nil
}

// glob returns the regular files below dir whose path matches the pattern
// (doublestar syntax, may begin with "../"), as sorted slash paths relative
// to dir. Symlinks that lead out of the project, .git, .assetform and names
// that no path may have are passed over; "**" does not follow symlinks.
func (f *files) glob(dir, pattern string) ([]string, error) {
	if !doublestar.ValidatePattern(pattern) {
		return nil, fmt.Errorf("pattern %q is malformed", pattern)
	}
	if patternWork(pattern) > maxPatternWork {
		return nil, fmt.Errorf("pattern %q has too many alternatives or **", pattern)
	}
	full := path.Join(dir, pattern)
	if pattern == "" || path.IsAbs(pattern) || leadsOut(full) {
		return nil, fmt.Errorf("pattern %q must name files inside the project", pattern)
	}
	matches, err := doublestar.Glob(confinedFS{f}, full, doublestar.WithFilesOnly(), doublestar.WithNoFollow())
	if err != nil {
		return nil, fmt.Errorf("list files that match %q: %w", pattern, withoutPath(err))
	}
	var found []string
	for _, name := range matches {
		if _, err := resolvePath(".", name); err != nil {
			continue
		}
		if _, info, err := f.stat(name); err != nil || !info.Mode().IsRegular() {
			continue
		}
		found = append(found, relativePath(dir, name))
	}
	slices.Sort(found)
	f.record("/fileset("+strconv.Quote(dir)+", "+strconv.Quote(pattern)+")", strings.Join(found, "\x00"))
	return found, nil
}

// maxPatternWork bounds how often a pattern makes a walk look at the same
// files.
const maxPatternWork = 1000

// patternWork is the product of the alternatives in a pattern, "**" counted
// as four: the walk follows each combination of them.
func patternWork(pattern string) int {
	work := 1
	var open []int // alternatives of the groups that are open
	for i := 0; i < len(pattern) && work <= maxPatternWork; i++ {
		switch pattern[i] {
		case '{':
			open = append(open, 1)
		case ',':
			if len(open) > 0 {
				open[len(open)-1]++
			}
		case '}':
			if len(open) > 0 {
				work *= open[len(open)-1]
				open = open[:len(open)-1]
			}
		case '*':
			if strings.HasPrefix(pattern[i:], "**") {
				work *= 4
				i++
			}
		}
	}
	return work
}

// digests returns the SHA-256 of everything that was learnt from the disk so
// far. A file's content has its path relative to the project root as key.
// Keys that begin with a slash, which no such path does, hold answers that
// are not content: `/fileexists("a.png")`, `/fileset("icons", "*.png")` and
// `/file("a.txt")` for a read that failed. Two runs with equal maps evaluated
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
