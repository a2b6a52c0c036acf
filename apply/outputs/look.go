package outputs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"assetform/config/worktree"
	"assetform/lockfile"
)

// DriftError says that something else stands at a path than what the plan saw.
type DriftError struct {
	Path string
	What string // what stands there
}

func (e *DriftError) Error() string {
	return fmt.Sprintf("%q %s", e.Path, e.What)
}

// found is what stands at a path, and how to tell that it still does.
type found struct {
	state worktree.State
	info  fs.FileInfo // nil if absent
}

// look reads what stands at a path. A symlink is not followed.
func (o *Files) look(p string) (found, error) {
	if o.offLimits(p) {
		return found{state: worktree.State{Kind: worktree.Foreign}}, nil
	}
	info, err := o.tree.Lstat(o.tree.Path(p))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return found{}, nil
	case err != nil:
		return found{}, err
	case !info.Mode().IsRegular():
		return found{state: worktree.State{Kind: worktree.Foreign}, info: info}, nil
	}
	f, err := o.OpenFile(p)
	if err != nil {
		return found{}, err
	}
	defer f.Close()
	if info, err = f.Stat(); err != nil {
		return found{}, err
	}
	state, err := worktree.StateOf(f)
	return found{state: state, info: info}, err
}

// Holds tells that content stands at a path, as such or as a Git LFS pointer.
func (o *Files) Holds(p string, content lockfile.ContentHash) bool {
	is, err := o.look(p)
	return err == nil && is.state.Is(content)
}

// mayReplace says why what stands at a path may not be replaced or removed:
// it is neither what the lock has, nor stored, nor what git merged, nor what is
// written anyhow.
func (o *Files) mayReplace(p string, is found, by lockfile.ContentHash) error {
	owned, isOwned := o.owned[p]
	merged, isMerged := o.merged[p]
	switch state := is.state; {
	case state.Kind == worktree.Absent, state.Is(by):
		return nil
	case state.Kind == worktree.Foreign:
		return &DriftError{p, "is no regular file any more, but a symlink, a directory or a device"}
	case isOwned && state.Is(owned), o.store.Has(state.Hash) && !o.store.HandMade(state.Hash), o.wrote(p, state.Hash):
		return nil
	case isOwned && (o.overwriteDrifted || isMerged && state.Is(merged)):
		return nil
	case isOwned:
		return &DriftError{p, "was changed by hand since it was written"}
	}
	return &DriftError{p, "is a file that assetform did not write"}
}

// still tells whether a path holds what was found there: the same file, with
// the same stamps; only if they differ is it read again.
func (o *Files) still(p string, was found) error {
	info, err := o.tree.Lstat(o.tree.Path(p))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // nothing is there to be lost
	case err != nil:
		return err
	case was.info != nil && os.SameFile(info, was.info) && info.Size() == was.info.Size() && info.ModTime().Equal(was.info.ModTime()):
		return nil
	}
	now, err := o.look(p)
	if err != nil {
		return err
	}
	if was.info != nil && now.state == was.state {
		return nil
	}
	return &DriftError{p, "was changed while this apply was about to replace it"}
}
