//go:build unix

package datadir

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"assetform/lockfile/atomicfile"

	"golang.org/x/sys/unix"
)

// nonblock keeps the opening of a pipe from waiting for its other end.
const nonblock = syscall.O_NONBLOCK

// links is how many names a file has.
func links(info fs.FileInfo, _ *os.File) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink)
	}
	return 1
}

// syncRoot makes the names in a directory durable.
func syncRoot(root *os.Root, by *atomicfile.Syncer) error {
	f, err := root.OpenFile(".", os.O_RDONLY|nonblock, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return by.SyncDirs(f)
}

// SyncAll makes the names in directories of one data directory durable
// together.
func SyncAll(dirs ...*Dir) error {
	files := make([]*os.File, len(dirs))
	for i, d := range dirs {
		var err error
		if files[i], err = d.handle(false); err != nil {
			return d.named(err, "")
		}
	}
	return dirs[0].named(dirs[0].Syncer().SyncDirs(files...), "")
}

// rename gives a file in one directory a name in another, which is made if need
// be, or in the same.
func rename(from *Dir, name string, to *Dir, newName string) error {
	target, err := to.handle(true)
	if err != nil {
		return err
	}
	source, err := from.handle(false)
	if err != nil {
		return err
	}
	for {
		switch err := unix.Renameat(int(source.Fd()), name, int(target.Fd()), newName); {
		case err == nil:
			return nil
		case !errors.Is(err, unix.EINTR):
			return &fs.PathError{Op: "rename", Path: name, Err: err}
		}
	}
}

// handle is the directory as a file. It is closed when nobody has it any more.
func (d *Dir) handle(create bool) (*os.File, error) {
	root, err := d.open(create)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.file == nil || d.root != root {
		f, err := root.OpenFile(".", os.O_RDONLY|nonblock, 0)
		if err != nil || d.root != root {
			return f, err
		}
		d.file = f
	}
	return d.file, nil
}

// TryLock takes the lock of an open file, for this process alone, if nobody
// has it. It ends when the file is closed, or with the process.
func TryLock(f *os.File) (bool, error) {
	for {
		switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
		case err == nil:
			return true, nil
		case errors.Is(err, unix.EWOULDBLOCK):
			return false, nil
		case !errors.Is(err, unix.EINTR):
			return false, err
		}
	}
}

// Unlock gives the lock up.
func Unlock(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_UN) }
