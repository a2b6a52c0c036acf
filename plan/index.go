package plan

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
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
	entries map[string]indexEntry
	written time.Time // when the index file was written
	changed bool
	used    map[string]bool
}

type indexEntry struct {
	stamp worktree.Stamp
	state worktree.State
}

const (
	indexName   = "index" // in the data directory
	indexHeader = "assetform index 1"
	// maxIndexBytes bounds the memory that is set aside for a file of that size.
	maxIndexBytes = 512 << 20
)

// loadIndex reads the index; anything wrong with it makes it empty.
func loadIndex(data *datadir.Dir) *index {
	ix := &index{data: data, entries: map[string]indexEntry{}, used: map[string]bool{}}
	f, err := data.Open(indexName)
	if err != nil {
		return ix
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() > maxIndexBytes {
		return ix
	}
	entries, ok := readIndex(f, int(info.Size()))
	if ok {
		ix.entries, ix.written = entries, info.ModTime()
	}
	return ix
}

func readIndex(f *os.File, size int) (map[string]indexEntry, bool) {
	entries := make(map[string]indexEntry, size/180)
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 64<<10), 1<<20)
	if !lines.Scan() || lines.Text() != indexHeader {
		return nil, false
	}
	for lines.Scan() {
		line := lines.Text()
		if count, ok := strings.CutPrefix(line, "end "); ok {
			return entries, count == strconv.Itoa(len(entries))
		}
		path, e, ok := parseIndexLine(line)
		if !ok {
			return nil, false
		}
		entries[path] = e
	}
	return nil, false // cut
}

// parseIndexLine reads "HASH KIND BYTES SIZE MTIME CTIME INODE PATH".
func parseIndexLine(line string) (string, indexEntry, bool) {
	var e indexEntry
	fields := strings.SplitN(line, " ", 8)
	if len(fields) != 8 {
		return "", e, false
	}
	hash, err := lockfile.ParseContentHash(fields[0])
	if err != nil {
		return "", e, false
	}
	var n [5]int64
	for i, text := range fields[2:6] {
		if n[i], err = strconv.ParseInt(text, 10, 64); err != nil {
			return "", e, false
		}
	}
	inode, err := strconv.ParseUint(fields[6], 10, 64)
	if err != nil {
		return "", e, false
	}
	path, err := strconv.Unquote(fields[7])
	if err != nil {
		return "", e, false
	}
	kind := worktree.Regular
	if fields[1] == "p" {
		kind = worktree.Pointer
	}
	e.state = worktree.State{Kind: kind, Hash: hash, Size: n[0]}
	e.stamp = worktree.Stamp{Size: n[1], Modified: n[2], Changed: n[3], Inode: inode}
	return path, e, true
}

// lookup returns the remembered state of a file whose stamps are the same.
func (ix *index) lookup(path string, info fs.FileInfo) (worktree.State, bool) {
	e, ok := ix.entries[path]
	if !ok || e.stamp != worktree.StampOf(info) || e.stamp.Youngest() >= ix.written.UnixNano() {
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
	ix.entries[path] = indexEntry{stamp: s, state: state}
	ix.changed = true
}

// save writes the index when anything in it changed. Entries of paths that
// this scan did not see are dropped. Failures are of no consequence.
func (ix *index) save() {
	if ix.data == nil {
		return
	}
	for path := range ix.entries {
		if !ix.used[path] {
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
		fmt.Fprintf(&b, "%s %s %d %d %d %d %d %q\n", lockfile.ContentHash(e.state.Hash), kind, e.state.Size, e.stamp.Size, e.stamp.Modified, e.stamp.Changed, e.stamp.Inode, path)
	}
	fmt.Fprintf(&b, "end %d\n", len(paths))
	_ = ix.data.Write(indexName, b.Bytes()) // the next plan reads the files again
}
