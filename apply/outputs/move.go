package outputs

import (
	"path"
	"path/filepath"

	"assetform/config/worktree"
	"assetform/lockfile"
)

// Move brings content that stands at one path to another: it is renamed, or
// written from the store if the old path is some asset's or keep says that its
// file stays. Whether the old file is to go then is Remove's matter. If both
// paths are the same, only a missing file is brought back.
func (o *Files) Move(from, to string, content lockfile.ContentHash, keep bool) error {
	is, err := o.look(to)
	if err != nil {
		return err
	}
	if from == to {
		if is.state.Kind == worktree.Absent && o.store.Has(content) {
			return o.Write(to, content)
		}
		return nil // whatever stands there stays, drifted or not
	}
	if is.state.Is(content) {
		return nil
	}
	was, err := o.look(from)
	if err != nil {
		return err
	}
	ours := o.wrote(from, content)
	if is.state.Kind == worktree.Absent && was.state.Is(content) && !o.wanted[from] && !keep {
		if err := o.noteWritten(to, content, ours); err != nil {
			return err
		}
		return o.rename(from, to)
	}
	if err := o.TakeIn(content, from, to); err != nil {
		return err
	}
	return o.write(to, content, ours)
}

// rename gives a file another free path.
func (o *Files) rename(from, to string) error {
	if err := o.frozen(); err != nil {
		return err
	}
	was, dir := o.tree.At(from), path.Dir(o.tree.At(to))
	if err := o.noteDirs(dir); err != nil {
		return err
	}
	if err := o.tree.MkdirAll(filepath.FromSlash(dir), 0o777); err != nil {
		return err
	}
	o.testOnlyStep("moving")
	if err := o.tree.Rename(filepath.FromSlash(was), o.tree.Path(to)); err != nil {
		return err
	}
	o.testOnlyStep("moved")
	o.removeEmptyDirs(path.Dir(was))
	return nil
}
