package plan

import (
	"bytes"
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
// and a file that is younger than settled when it is hashed is not remembered
// at all.
type index struct {
	data    *datadir.Dir
	entries map[string]*indexEntry
	written time.Time // when the index file was written
	changed bool
}

type stamp struct {
	size, mtime, ctime int64
	inode              uint64
}

type indexEntry struct {
	stamp
	state worktree.State
	used  bool // its path was looked at
}

const (
	indexName   = "index" // in the data directory
	indexHeader = "assetform index 1"
	settled     = 20 * time.Millisecond
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
	header, text, _ := strings.Cut(b.String(), "\n")
	if header != indexHeader {
		return nil, false
	}
	n := strings.Count(text, "\n")
	entries, all := make(map[string]*indexEntry, n), make([]indexEntry, n)
	for i := range n {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if count, ok := strings.CutPrefix(line, "end "); ok {
			return entries, count == strconv.Itoa(len(entries))
		}
		path, ok := all[i].parse(line)
		if !ok {
			return nil, false
		}
		entries[path] = &all[i]
	}
	return nil, false // cut
}

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
	e.stamp = stamp{size: n[1], mtime: n[2], ctime: n[3], inode: inode}
	return path, true
}

// lookup returns the remembered state of a file whose stamps are the same.
func (ix *index) lookup(path string, info fs.FileInfo) (worktree.State, bool) {
	e := ix.entries[path]
	if e == nil {
		return worktree.State{}, false
	}
	e.used = true
	if e.stamp != stampOf(info) {
		return worktree.State{}, false
	}
	if youngest := max(e.mtime, e.ctime); youngest >= ix.written.UnixNano() {
		return worktree.State{}, false
	}
	return e.state, true
}

// remember notes the state of a file that was just read. hashed is the time
// before reading began.
func (ix *index) remember(path string, info fs.FileInfo, state worktree.State, hashed time.Time) {
	s := stampOf(info)
	if max(s.mtime, s.ctime) > hashed.Add(-settled).UnixNano() {
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
	var b bytes.Buffer
	b.WriteString(indexHeader + "\n")
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
		fmt.Fprintf(&b, "%s %s %d %d %d %d %d %q\n", lockfile.ContentHash(e.state.Hash), kind, e.state.Size, e.size, e.mtime, e.ctime, e.inode, path)
	}
	fmt.Fprintf(&b, "end %d\n", len(paths))
	_ = ix.data.Write(indexName, b.Bytes()) // the next plan reads the files again
}
