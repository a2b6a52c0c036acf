//go:build linux || darwin

package trace

import (
	"os"
	"path/filepath"

	"assetform/config/worktree"

	"golang.org/x/sys/unix"
)

// looker looks at paths without following a link at their end. It keeps the
// last directory open, since most paths share theirs with the one before, and
// makes nothing that the collector would have to take away.
type looker struct {
	dir  string
	open *os.File // of dir; nil: nothing stands there
	stat unix.Stat_t
}

// look returns what stands at a name in a directory, and the stamp of a regular
// file; ok is false where that cannot be told.
func (l *looker) look(root, dir, name string) (thing worktree.Thing, stamp worktree.Stamp, ok bool) {
	if l.open == nil || l.dir != dir {
		l.close()
		open, err := os.OpenFile(filepath.Join(root, filepath.FromSlash(dir)), unix.O_DIRECTORY|os.O_RDONLY, 0)
		if err != nil {
			thing, ok = worktree.ThingAt(nil, err)
			return thing, stamp, ok
		}
		l.dir, l.open = dir, open
	}
	if name == "" {
		name = "."
	}
	if err := unix.Fstatat(int(l.open.Fd()), name, &l.stat, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return worktree.Nothing, stamp, err == unix.ENOENT || err == unix.ENOTDIR
	}
	switch l.stat.Mode & unix.S_IFMT {
	case unix.S_IFREG:
		return worktree.File, worktree.Stamp{
			Size: l.stat.Size, Modified: l.stat.Mtim.Nano(), Changed: l.stat.Ctim.Nano(), Inode: l.stat.Ino,
		}, true
	case unix.S_IFDIR:
		return worktree.Directory, stamp, true
	case unix.S_IFLNK:
		return worktree.Link, stamp, true
	}
	return worktree.Other, stamp, true
}

func (l *looker) close() {
	if l.open != nil {
		l.open.Close()
		l.open = nil
	}
}
