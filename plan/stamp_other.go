//go:build !linux && !darwin

package plan

import "io/fs"

// stampOf has no change time and no inode on these systems.
func stampOf(info fs.FileInfo) stamp {
	return stamp{size: info.Size(), mtime: info.ModTime().UnixNano()}
}
