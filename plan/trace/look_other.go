//go:build !linux && !darwin

package trace

import (
	"os"
	"path/filepath"

	"assetform/config/worktree"
)

// looker looks at paths without following a link at their end.
type looker struct{}

// look returns what stands at a name in a directory, and the stamp of a regular
// file; ok is false where that cannot be told.
func (looker) look(root, dir, name string) (thing worktree.Thing, stamp worktree.Stamp, ok bool) {
	info, err := os.Lstat(filepath.Join(root, filepath.FromSlash(dir), name))
	thing, ok = worktree.ThingAt(info, err)
	if thing == worktree.File {
		stamp = worktree.StampOf(info)
	}
	return thing, stamp, ok
}

func (looker) close() {}
