package datadir

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Clone makes dst, an empty file of that name in the directory, share the
// bytes of src, and returns the file to use in place of dst, at its beginning.
// APFS can only clone to a name that does not exist, so the clone takes the
// name of dst, which is closed. After an error dst is as it was.
func (d *Dir) Clone(dst *os.File, name string, src *os.File) (*os.File, error) {
	root, err := d.open(false)
	if err != nil {
		return nil, err
	}
	dir, err := root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()
	clone := name + "-clone"
	if err := unix.Fclonefileat(int(src.Fd()), int(dir.Fd()), clone, unix.CLONE_NOFOLLOW); err != nil {
		return nil, err
	}
	f, err := takeClone(root, clone, name)
	if err != nil {
		root.Remove(clone)
		return nil, err
	}
	dst.Close()
	return f, nil
}

// takeClone gives the clone the temporary file's name. A clone has mode and
// times of its source, which mean something else here.
func takeClone(root *os.Root, clone, name string) (*os.File, error) {
	if err := root.Chmod(clone, fileMode); err != nil {
		return nil, err
	}
	now := time.Now()
	if err := root.Chtimes(clone, now, now); err != nil {
		return nil, err
	}
	f, err := root.OpenFile(clone, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	if err := root.Rename(clone, name); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
