package repo

import (
	"bytes"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// Starting git costs more than a whole small plan, and what is asked of it
// before anything is planned stands in one file. That file is read here as
// gitformat-index(5) describes it: versions 2 and 3, with SHA-1. Whatever is
// not that for sure (a split or sparse index, another hash, version 4, a
// required extension, a length that does not come out) is a question for git.

// IndexPath is the file in which the work tree that a directory stands in
// keeps its index; the file need not exist. It is "" where no work tree is,
// and false where only git can tell what its index is.
func IndexPath(environ []string, dir string) (string, bool) {
	tops := topsOf(resolved(dir))
	if len(tops) == 0 {
		return "", true
	}
	return indexPath(environ, tops[0])
}

// elsewhere are the variables that make git look at other files. A program
// that git started has them; git itself is asked without them.
var elsewhere = []string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"}

// indexPath is IndexPath of the top directory of a work tree.
func indexPath(environ []string, top string) (string, bool) {
	for _, kv := range environ {
		if name, _, _ := strings.Cut(kv, "="); slices.Contains(elsewhere, name) {
			return "", false
		}
	}
	dir, ok := gitDirOf(top)
	if !ok {
		return "", false
	}
	common := dir
	switch b, err := readSmall(filepath.Join(dir, "commondir")); {
	case err == nil:
		common = joined(dir, strings.TrimRight(string(b), "\r\n"))
	case !errors.Is(err, fs.ErrNotExist):
		return "", false
	}
	// What git itself takes for a repository: in another directory it does not
	// stop, and looks further up.
	head, err := readSmall(filepath.Join(dir, "HEAD"))
	if err != nil || !bytes.HasPrefix(head, []byte("ref: refs/")) && !isObjectID(bytes.TrimRight(head, "\r\n")) {
		return "", false
	}
	for _, name := range []string{"objects", "refs"} {
		if info, err := os.Stat(filepath.Join(common, name)); err != nil || !info.IsDir() {
			return "", false
		}
	}
	config, err := readSmall(filepath.Join(common, "config"))
	if err != nil || !plainFormat(config) {
		return "", false
	}
	return filepath.Join(dir, "index"), true
}

// gitDirOf follows the .git of a work tree, which is a file in linked work
// trees and submodules.
func gitDirOf(top string) (string, bool) {
	name := filepath.Join(top, ".git")
	info, err := os.Lstat(name)
	switch {
	case err != nil:
		return "", false
	case info.IsDir():
		return name, true
	case !info.Mode().IsRegular():
		return "", false
	}
	b, err := readSmall(name)
	to, found := strings.CutPrefix(strings.TrimRight(string(b), "\r\n"), "gitdir: ")
	if err != nil || !found || to == "" {
		return "", false
	}
	return joined(top, to), true
}

// joined is a path of one of git's files. It is not cleaned: ".." behind a
// link is where the link leads.
func joined(dir, to string) string {
	if to = filepath.FromSlash(to); filepath.IsAbs(to) {
		return to
	}
	return dir + string(filepath.Separator) + to
}

// readSmall reads one of git's files whose content is a few lines.
func readSmall(name string) ([]byte, error) {
	const most = 64 << 10
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, os.ErrInvalid
	}
	b := make([]byte, info.Size())
	_, err = io.ReadFull(f, b)
	return b, err
}

func isObjectID(b []byte) bool {
	return len(b) == 2*sha1.Size && isHash(string(b))
}

// plainFormat tells whether a repository's configuration names no format and
// no extension under which its index could be another one. It understands a
// line as git writes it; each word that stands in any other place is a doubt.
func plainFormat(config []byte) bool {
	const section, format = "extensions", "repositoryformatversion"
	harmless := []string{"noop", "partialclone", "preciousobjects", "refstorage", "relativeworktrees", "worktreeconfig"}
	text := strings.ToLower(string(config))
	unseen := strings.Count(text, section) + strings.Count(text, format)
	formats, within := 0, false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		key, value, _ := strings.Cut(line, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch {
		case line == "["+section+"]":
			within = true
			unseen--
		case strings.HasPrefix(line, "["):
			within = false
		case key == format && (value == "0" || value == "1"):
			formats++
			unseen--
		case within && line != "" && (!slices.Contains(harmless, key) || strings.HasSuffix(line, `\`)):
			return false
		}
	}
	return formats > 0 && unseen == 0
}

// indexEntry is one file, link or submodule of an index, or one side of a
// conflict about it. Name and id are valid until the next one is read.
type indexEntry struct {
	name  []byte
	id    []byte
	stage int // not 0: of a conflict
}

// at tells whether an entry is what stands at a path of the tree, "" the top,
// or below it. Folded, the letters of ASCII have no case: git compares so
// under its "icase".
func (e *indexEntry) at(path string, folded bool) bool {
	n := len(path)
	if n == 0 {
		return true
	}
	if len(e.name) < n || len(e.name) > n && e.name[n] != '/' {
		return false
	}
	if !folded {
		return string(e.name[:n]) == path
	}
	for i, c := range e.name[:n] {
		if lower(c) != lower(path[i]) {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// readIndex shows what a work tree's index has to visit, in its order. It
// reports whether that is all that git would say of those paths; if not, what
// visit was shown means nothing.
func readIndex(environ []string, top string, paths []string, visit func(*indexEntry)) bool {
	// There, git composes the letters of what it is asked for.
	decomposes := runtime.GOOS == "darwin"
	if decomposes && slices.ContainsFunc(paths, func(p string) bool { return strings.ContainsFunc(p, func(r rune) bool { return r > 0x7f }) }) {
		return false
	}
	name, ok := indexPath(environ, top)
	if !ok {
		return false
	}
	info, err := os.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return true // nothing was ever added
	}
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil || !info.Mode().IsRegular() {
		return false
	}
	return walkIndex(f, info.Size(), visit)
}

// padding ends an entry: so many of these that its length is a multiple of
// their number, and at least one.
const padding = "\x00\x00\x00\x00\x00\x00\x00\x00"

// walkIndex reads an index file of that size.
func walkIndex(in io.Reader, size int64, visit func(*indexEntry)) bool {
	const (
		header = 12
		id     = 40 // where an entry's object id begins
		flags  = id + sha1.Size
		pad    = len(padding)

		extended  = 0x4000
		known     = 0x6000 // of the extended flags: skip-worktree, intent-to-add
		longName  = 0xfff
		stageBits = 12
	)
	x := indexBytes{in: io.LimitReader(in, size-sha1.Size), buf: make([]byte, 64<<10)}
	b := x.peek(header)
	if b == nil || string(b[:4]) != "DIRC" {
		return false
	}
	version, entries := binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])
	if version != 2 && version != 3 {
		return false
	}
	x.ahead = x.ahead[header:]
	var e indexEntry
	for range entries {
		b := x.peek(flags + 4)
		if b == nil {
			return false
		}
		flag, from := int(binary.BigEndian.Uint16(b[flags:])), flags+2
		if flag&extended != 0 {
			if version < 3 || binary.BigEndian.Uint16(b[from:])&^known != 0 {
				return false
			}
			from += 2
		}
		length := flag & longName
		end := from + length
		whole := (end + pad) / pad * pad
		if length == 0 || length == longName {
			return false
		}
		if b = x.peek(whole); b == nil || bytes.IndexByte(b[from:], 0) != length || string(b[end:]) != padding[:whole-end] {
			return false
		}
		e.name, e.id, e.stage = b[from:end], b[id:flags], flag>>stageBits&3
		visit(&e)
		x.ahead = x.ahead[whole:]
	}
	return x.optional()
}

// indexBytes is what is left of an index before its checksum.
type indexBytes struct {
	in    io.Reader
	buf   []byte
	ahead []byte // of buf: read, but not passed yet
}

// peek returns the next bytes, nil if there are not so many.
func (x *indexBytes) peek(n int) []byte {
	if len(x.ahead) < n && !x.fill(n) {
		return nil
	}
	return x.ahead[:n]
}

func (x *indexBytes) fill(n int) bool {
	have := copy(x.buf, x.ahead)
	more, err := io.ReadAtLeast(x.in, x.buf[have:], n-have)
	x.ahead = x.buf[:have+more]
	return err == nil
}

// optional reads the extensions, up to the checksum, and tells whether all of
// them may be passed over.
func (x *indexBytes) optional() bool {
	const head = 8
	for {
		b := x.peek(head)
		if b == nil {
			return len(x.ahead) == 0
		}
		if b[0] < 'A' || 'Z' < b[0] {
			return false
		}
		n := int64(binary.BigEndian.Uint32(b[4:]))
		x.ahead = x.ahead[head:]
		inside := min(n, int64(len(x.ahead)))
		x.ahead = x.ahead[inside:]
		if beyond, _ := io.CopyN(io.Discard, x.in, n-inside); beyond != n-inside {
			return false
		}
	}
}
