package worktree

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"sync"
	"syscall"
	"time"
)

// Thing is what stands at a path, as far as one look without following links
// tells.
type Thing byte

// The things that may stand at a path.
const (
	Nothing Thing = iota
	Directory
	File
	Link
	Other // a pipe, a device
)

// thingOf tells what a look found.
func thingOf(mode fs.FileMode) Thing {
	switch {
	case mode.IsRegular():
		return File
	case mode.IsDir():
		return Directory
	case mode&fs.ModeSymlink != 0:
		return Link
	}
	return Other
}

// A Fact is what was learnt of one path. What was not asked for is zero.
type Fact struct {
	Thing  Thing
	Target string // of a link that was followed

	// Stamp is that of a file whose content matters, from before it was read;
	// all but its size is zero where it was too young to tell of a later change.
	Stamp Stamp
	// Content is the SHA-256 of a file that evaluation read, of a directory
	// that was listed that of its entries.
	Content [sha256.Size]byte
	Matters bool // the content does
}

// A Witness notes all that is learnt of a project's disk, so that a later run
// can tell whether it would learn the same. Its methods may be called
// concurrently, and on nil, which notes nothing.
type Witness struct {
	mu    sync.Mutex
	facts map[string]Fact
	doubt bool
}

// Facts are what was noted, by path relative to the project root; ok is false
// where something was learnt that cannot be noted.
func (w *Witness) Facts() (facts map[string]Fact, ok bool) {
	if w == nil {
		return nil, false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.facts, !w.doubt
}

// Doubt tells that something was learnt that cannot be noted.
func (w *Witness) Doubt() {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.doubt = true
}

// note changes what is known of a path. What is known and what is learnt must
// agree about what stands there.
func (w *Witness) note(name string, thing Thing, change func(*Fact)) {
	if w == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.facts == nil {
		w.facts = map[string]Fact{}
	}
	f, known := w.facts[name]
	if known && f.Thing != thing {
		w.doubt = true // it changed while it was looked at
	}
	f.Thing = thing
	if change != nil {
		change(&f)
	}
	if change != nil || !known {
		w.facts[name] = f
	}
}

// looked notes a look at a path that followed no link.
func (w *Witness) looked(name string, info fs.FileInfo, err error) {
	if w == nil {
		return
	}
	if thing, known := ThingAt(info, err); known {
		w.note(name, thing, nil)
		return
	}
	w.Doubt()
}

// ThingAt tells what a look at a path that followed no link found, from what
// it returned; known is false where it failed.
func ThingAt(info fs.FileInfo, err error) (thing Thing, known bool) {
	if err == nil {
		return thingOf(info.Mode()), true
	}
	return Nothing, errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// followed notes where a link leads.
func (w *Witness) followed(name, target string, err error) {
	if w == nil {
		return
	}
	if err != nil {
		w.Doubt()
		return
	}
	w.note(name, Link, func(f *Fact) { f.Target = target })
}

// listed notes the entries of a directory.
func (w *Witness) listed(name string, entries []fs.DirEntry, err error) {
	if w == nil {
		return
	}
	if err != nil {
		w.Doubt()
		return
	}
	sum := EntriesDigest(entries)
	w.note(name, Directory, func(f *Fact) {
		if f.Matters && f.Content != sum {
			w.doubt = true
		}
		f.Matters, f.Content = true, sum
	})
}

// EntriesDigest is the SHA-256 of names and things in a directory, as listed
// in order of their names.
func EntriesDigest(entries []fs.DirEntry) [sha256.Size]byte {
	h := sha256.New()
	for _, e := range entries {
		h.Write([]byte(e.Name()))
		h.Write([]byte{0, byte(thingOf(e.Type()))})
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// Hashed notes a file whose content is about to be learnt by its stamp alone,
// as info has it.
func (w *Witness) Hashed(name string, info fs.FileInfo) {
	if w == nil {
		return
	}
	s := StampOf(info)
	if !s.Settled(time.Now()) {
		w.Doubt()
		return
	}
	w.note(name, File, func(f *Fact) {
		if f.Matters && f.Stamp != s {
			w.doubt = true // written to since, or too young when it was read
		}
		f.Matters, f.Stamp = true, s
	})
}

// Read notes a file with the content that was read. info is from a time before
// that, at which it was looked at.
func (w *Witness) Read(name string, info fs.FileInfo, at time.Time, content []byte) {
	if w == nil {
		return
	}
	if !info.Mode().IsRegular() {
		w.Doubt()
		return
	}
	sum, s := sha256.Sum256(content), StampOf(info)
	if !s.Settled(at) {
		s = Stamp{Size: int64(len(content))}
	}
	w.note(name, File, func(f *Fact) {
		if f.Content != ([sha256.Size]byte{}) && f.Content != sum {
			w.doubt = true
		}
		f.Matters, f.Content, f.Stamp = true, sum, s
	})
}
