package trace

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"time"

	"assetform/config/worktree"
	"assetform/lockfile/atomicfile"
	"assetform/lockfile/datadir"
)

const (
	fileName = "trace" // in the data directory
	header   = "assetform trace 1\n"
	// maxBytes bounds the memory that is set aside for a file of that size.
	maxBytes = 256 << 20
)

// A Trace is what is remembered of a plan that found nothing to do.
type Trace struct {
	Assets  int    // that the configuration has
	Led     uint64 // a bit for each engine that has a provider with an origin, in the registry's order
	Applied bool   // an apply had nothing to do either, not even to the lock
}

// Key is all that an answer depends on beside the project's files: the
// program, its arguments, its environment. It may hold secrets; a trace has
// only a salted digest of it.
type Key []byte

// Save remembers a trace with what a witness noted. Where it cannot be written
// the next command takes longer.
func Save(data *datadir.Dir, key Key, t Trace, w *worktree.Witness) {
	facts, ok := w.Facts()
	if !ok || data == nil {
		return
	}
	salt := make([]byte, saltSize)
	rand.Read(salt) // never fails
	_ = data.Write(fileName, encode(salt, key, t, facts))
}

// Recall returns what is remembered under a key, if nothing of what it was
// learnt from has changed below the project root.
func Recall(data *datadir.Dir, root string, key Key) (Trace, bool) {
	content, written, err := read(data)
	if err != nil {
		return Trace{}, false
	}
	d, ok := open(content, key)
	if !ok {
		return Trace{}, false
	}
	c := checker{root: root, salt: d.salt, written: written.UnixNano()}
	defer c.close()
	for d.next() {
		if !c.holds(d.dir, d.name, &d.fact, d.digest) {
			return Trace{}, false
		}
	}
	return d.trace, d.whole
}

// Forget removes what is remembered: who is about to change something, and may
// be killed, would leave what nobody looks for then.
func Forget(data *datadir.Dir) { _ = data.Remove(fileName) } // where there is none, there is nothing to forget

// Stands tells whether anything is remembered at all.
func Stands(data *datadir.Dir) bool {
	_, err := data.Stat(fileName)
	return err == nil
}

func read(data *datadir.Dir) (content []byte, written time.Time, err error) {
	f, err := data.Open(fileName)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, time.Time{}, err
	}
	var b bytes.Buffer
	b.Grow(int(min(info.Size(), maxBytes)) + bytes.MinRead)
	_, err = b.ReadFrom(io.LimitReader(f, maxBytes))
	return b.Bytes(), info.ModTime(), err
}

// checker compares what was noted with what stands.
type checker struct {
	root    string
	salt    []byte
	written int64 // when the trace was, by the clock of its file system
	looker
}

// holds tells whether a look at a path would find what was noted. A file that
// is as young as the trace may have been written to since without showing it
// (git's rule for its index).
func (c *checker) holds(dir, name string, f *worktree.Fact, digest []byte) bool {
	thing, stamp, ok := c.look(c.root, dir, name)
	switch {
	case !ok || thing != f.Thing:
		return false
	case thing == worktree.Link && f.Target != "":
		target, err := os.Readlink(c.path(dir, name))
		return err == nil && target == f.Target
	case !f.Matters:
		return true
	case thing == worktree.Directory:
		entries, err := os.ReadDir(c.path(dir, name))
		return err == nil && bytes.Equal(digest, salted(c.salt, worktree.EntriesDigest(entries)))
	case stamp.Size != f.Stamp.Size:
		return false // and is not read: it may be of any size now
	case f.Stamp.Modified != 0 && stamp == f.Stamp && stamp.Youngest() < c.written:
		return true
	}
	return digest != nil && bytes.Equal(digest, c.content(c.path(dir, name)))
}

func (c *checker) path(dir, name string) string {
	return filepath.Join(c.root, filepath.FromSlash(dir), name)
}

// content is the digest of the regular file that stands at a path; nil if it
// cannot be read.
func (c *checker) content(full string) []byte {
	content, err := atomicfile.ReadRegular(full, atomicfile.AnySize)
	if err != nil {
		return nil
	}
	return salted(c.salt, sha256.Sum256(content))
}
