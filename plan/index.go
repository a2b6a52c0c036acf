package plan

import (
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"time"

	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// An index remembers file hashes under path, size, mtime, ctime and inode, so
// that a plan without changes reads no file. It is only ever an optimisation:
// a damaged, missing or read-only index changes nothing but time.
//
// A file that changes again within the clock's grain keeps its stamps. So an
// entry as young as the index itself is not believed (git's racy-file rule),
// and a file that has not settled when it is hashed is not remembered at all.
type index struct {
	data    *datadir.Dir
	entries map[string]*indexEntry
	written time.Time // when the index file was written
	changed bool
}

type indexEntry struct {
	stamp worktree.Stamp
	state worktree.State
	used  bool // its path was looked at
}

const (
	indexName   = "index" // in the data directory
	indexHeader = "assetform index 2\n"
	// maxIndexBytes bounds the memory that is set aside for a file of that size.
	maxIndexBytes = 512 << 20
)

// loadIndex reads the index; anything wrong with it makes it empty.
func loadIndex(data *datadir.Dir) *index {
	ix := &index{data: data, entries: map[string]*indexEntry{}}
	f, err := data.Open(indexName)
	if err != nil {
		return ix
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() > maxIndexBytes {
		return ix
	}
	if entries, ok := readIndex(f, int(info.Size())); ok {
		ix.entries, ix.written = entries, info.ModTime()
	}
	return ix
}

func readIndex(f io.Reader, size int) (map[string]*indexEntry, bool) {
	var b strings.Builder
	b.Grow(size)
	if _, err := io.Copy(&b, io.LimitReader(f, int64(size))); err != nil {
		return nil, false
	}
	text, end := b.String(), max(0, b.Len()-indexSumSize)
	if text[end:] != indexSum(text[:end]) {
		return nil, false // cut, or damaged
	}
	text, whole := strings.CutPrefix(text[:end], indexHeader)
	n := strings.Count(text, "\n")
	entries, all := make(map[string]*indexEntry, n), make([]indexEntry, n)
	for i := range n {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		path, ok := all[i].parse(line)
		whole = whole && ok
		entries[path] = &all[i]
	}
	return entries, whole
}

// indexSum is the last line of an index: what shows that the others are as they
// were written. A damaged hash would be a file that was changed by hand.
func indexSum(text string) string { return fmt.Sprintf("%x\n", sha256.Sum256([]byte(text))) }

const indexSumSize = 2*sha256.Size + 1

// parse reads "HASH KIND BYTES SIZE MTIME CTIME INODE PATH".
func (e *indexEntry) parse(line string) (path string, ok bool) {
	var fields [7]string
	for i := range fields {
		if fields[i], line, ok = strings.Cut(line, " "); !ok {
			return "", false
		}
	}
	hash, err := lockfile.ParseContentHash(fields[0])
	if err != nil {
		return "", false
	}
	var n [4]int64
	for i, text := range fields[2:6] {
		if n[i], err = strconv.ParseInt(text, 10, 64); err != nil {
			return "", false
		}
	}
	inode, err := strconv.ParseUint(fields[6], 10, 64)
	if err != nil {
		return "", false
	}
	if path, err = strconv.Unquote(line); err != nil {
		return "", false
	}
	kind := worktree.Regular
	if fields[1] == "p" {
		kind = worktree.Pointer
	}
	e.state = worktree.State{Kind: kind, Hash: hash, Size: n[0]}
	e.stamp = worktree.Stamp{Size: n[1], Modified: n[2], Changed: n[3], Inode: inode}
	return path, true
}

// lookup returns the remembered state of a file whose stamps are the same.
func (ix *index) lookup(path string, info fs.FileInfo) (worktree.State, bool) {
	e := ix.entries[path]
	if e == nil {
		return worktree.State{}, false
	}
	e.used = true
	if e.stamp != worktree.StampOf(info) || e.stamp.Youngest() >= ix.written.UnixNano() {
		return worktree.State{}, false
	}
	return e.state, true
}

// remember notes the state of a file that was just read. hashed is the time
// before reading began.
func (ix *index) remember(path string, info fs.FileInfo, state worktree.State, hashed time.Time) {
	s := worktree.StampOf(info)
	if !s.Settled(hashed) {
		if _, stood := ix.entries[path]; stood {
			delete(ix.entries, path)
			ix.changed = true
		}
		return
	}
	ix.entries[path] = &indexEntry{stamp: s, state: state, used: true}
	ix.changed = true
}

// save writes the index when anything in it changed. Entries of paths that
// this scan did not see are dropped. Failures are of no consequence.
func (ix *index) save() {
	if ix.data == nil {
		return
	}
	for path, e := range ix.entries {
		if !e.used {
			delete(ix.entries, path)
			ix.changed = true
		}
	}
	if !ix.changed {
		return
	}
	var b strings.Builder
	b.WriteString(indexHeader)
	paths := make([]string, 0, len(ix.entries))
	for path := range ix.entries {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for _, path := range paths {
		e := ix.entries[path]
		kind := "r"
		if e.state.Kind == worktree.Pointer {
			kind = "p"
		}
		fmt.Fprintf(&b, "%s %s %d %d %d %d %d %q\n", lockfile.ContentHash(e.state.Hash), kind, e.state.Size, e.stamp.Size, e.stamp.Modified, e.stamp.Changed, e.stamp.Inode, path)
	}
	b.WriteString(indexSum(b.String()))
	_ = ix.data.Write(indexName, []byte(b.String())) // the next plan reads the files again
}
