package outputs

import (
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"sync"

	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/lockfile/atomicfile"
)

// Write makes a stored blob the content of a path: the new bytes go to a
// temporary file beside it and are synced; then it is looked at for the last
// time what stands there, and renamed over. Content that stands already is
// left alone.
func (o *Files) Write(p string, content lockfile.ContentHash) error {
	return o.write(p, content, false)
}

// Deliver writes an entry's content to its output. If the store has the content
// from a person, as that of a copy, it is noted that the file at this path is
// none of theirs.
func (o *Files) Deliver(e *lockfile.Entry) error { return o.write(e.Output, e.ContentHash, !e.Adopted) }

func (o *Files) write(p string, content lockfile.ContentHash, ours bool) error {
	is, err := o.look(p)
	if err != nil {
		return err
	}
	if is.state.Is(content) {
		return o.frozen()
	}
	if err := o.mayReplace(p, is, content); err != nil {
		return err
	}
	if err := o.keep(p, is); err != nil {
		return err
	}
	if err := o.noteDirs(path.Dir(o.tree.At(p))); err != nil {
		return err
	}
	f, err := atomicfile.CreateIn(o.tree.Root, o.tree.At(p), o.data.Syncer())
	if err != nil {
		return err
	}
	defer f.Abort()
	if _, err := o.store.CopyTo(content, f); err != nil {
		return err
	}
	// Note and file wait for the disk together.
	var noting sync.WaitGroup
	var noted error
	noting.Go(func() { noted = o.noteWritten(p, content, ours) })
	defer noting.Wait()
	return f.Commit(func() error {
		if noting.Wait(); noted != nil {
			return noted
		}
		o.testOnlyStep("renaming")
		if err := o.frozen(); err != nil {
			return err
		}
		return o.still(p, is)
	})
}

// Remove deletes the file at a path, after its content went to the store, and
// the directories above it that assetform made and that are empty now. It
// takes only what the lock has (mayReplace decides).
func (o *Files) Remove(p string, content lockfile.ContentHash) error {
	is, err := o.look(p)
	if err != nil || is.state.Kind == worktree.Absent || o.isAnother(p) {
		return err
	}
	if !is.state.Is(content) {
		if err := o.mayReplace(p, is, lockfile.ContentHash{}); err != nil {
			return err
		}
	}
	if err := o.keep(p, is); err != nil {
		return err
	}
	if err := o.frozen(); err != nil {
		return err
	}
	if err := o.still(p, is); err != nil {
		return err
	}
	o.testOnlyStep("removing")
	at := o.tree.At(p)
	if err := o.tree.Remove(filepath.FromSlash(at)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	o.removeEmptyDirs(path.Dir(at))
	return nil
}
