package worktree

import (
	"io/fs"
	"syscall"
)

// change returns a file's change time and inode.
func change(info fs.FileInfo) (changed int64, inode uint64) {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return st.Ctim.Nano(), st.Ino
	}
	return 0, 0
}
