package store

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// clone makes dst, an empty file, share the bytes of src and returns the file
// to use in place of dst, at its beginning. APFS can only clone to a name that
// does not exist, so the clone takes the name of dst, which is closed.
func clone(dst, src *os.File) (*os.File, error) {
	name := dst.Name() + "-clone"
	if err := unix.Fclonefileat(int(src.Fd()), unix.AT_FDCWD, name, 0); err != nil {
		return nil, err
	}
	f, err := takeClone(name, dst.Name())
	if err != nil {
		os.Remove(name)
		return nil, err
	}
	dst.Close()
	return f, nil
}

// takeClone gives the clone the temporary file's name. A clone has mode and
// times of its source, which mean something else here.
func takeClone(name, to string) (*os.File, error) {
	if err := os.Chmod(name, 0o644); err != nil {
		return nil, err
	}
	now := time.Now()
	if err := os.Chtimes(name, now, now); err != nil {
		return nil, err
	}
	if err := os.Rename(name, to); err != nil {
		return nil, err
	}
	return os.OpenFile(to, os.O_RDWR, 0)
}
