package outputs

import (
	"errors"
	"fmt"

	"assetform/apply/store"
	"assetform/config/worktree"
	"assetform/lockfile"
)

// An UnpulledError says that content stands at a path as a Git LFS pointer: its
// bytes are on another machine.
type UnpulledError struct{ Path string }

func (e *UnpulledError) Error() string {
	return fmt.Sprintf("%q is a Git LFS pointer, and its bytes are not on this machine: run \"git lfs pull\"", e.Path)
}

// TakeIn puts content into the store, if it is not there, from the first of
// the paths that holds it. The error is that of the first path.
func (o *Files) TakeIn(content lockfile.ContentHash, paths ...string) error {
	if o.store.Has(content) {
		return nil
	}
	var first error
	for _, p := range paths {
		err := o.takeIn(p, content)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}

// takeIn puts the file at a path into the store if it has this content. Only
// if it is the lock's and the plan has seen proof of that may the store show
// from then on that its content is ours.
func (o *Files) takeIn(p string, content lockfile.ContentHash) error {
	f, err := o.OpenFile(p)
	if err != nil {
		return err
	}
	defer f.Close()
	if o.proven[p] && o.owned[p] == content {
		_, _, err = o.store.AddFile(f, content)
	} else {
		err = o.store.AddClaimed(f, content)
	}
	var other *store.MismatchError
	if !errors.As(err, &other) {
		return err
	}
	if is, err := o.look(p); err == nil && is.state.Kind == worktree.Pointer && is.state.Is(content) {
		return &UnpulledError{p}
	}
	return fmt.Errorf("%q has other content than the lock says", p)
}

// noteWritten notes that assetform writes a person's content to a path, if the
// file there is to be ours: only what the store has from nobody shows that by
// itself.
func (o *Files) noteWritten(p string, content lockfile.ContentHash, ours bool) error {
	if !ours || !o.store.HandMade(content) {
		return nil
	}
	return o.store.NoteWritten(o.tree.Below, p, content)
}

// wrote tells that such a note stands.
func (o *Files) wrote(p string, content lockfile.ContentHash) bool {
	return o.store.Wrote(o.tree.Below, p, content)
}

// keep puts what stands at a path into the store. A pointer has no bytes to
// keep: its content lies with Git LFS.
func (o *Files) keep(p string, is found) error {
	if is.state.Kind != worktree.Regular {
		return nil
	}
	return o.takeIn(p, is.state.Hash)
}
