package datadir

import (
	"errors"
	"io/fs"
	"os"

	"assetform/lockfile/atomicfile"

	"golang.org/x/sys/windows"
)

// nonblock is for systems where a pipe has a name among files.
const nonblock = 0

// links is how many names a file has; only an open one tells.
func links(_ fs.FileInfo, f *os.File) uint64 {
	if f == nil {
		return 1
	}
	var info windows.ByHandleFileInformation
	if err := windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &info); err != nil {
		return 1
	}
	return uint64(info.NumberOfLinks)
}

// syncRoot does nothing: the system journals names and offers no way to wait
// for that.
func syncRoot(*os.Root, *atomicfile.Syncer) error { return nil }

// SyncAll does nothing for the same reason.
func SyncAll(...*Dir) error { return nil }

// rename gives a file in one directory a name in another, which is made if need
// be, or in the same.
func rename(d *Dir, name string, to *Dir, newName string) error {
	if _, err := to.open(true); err != nil {
		return err
	}
	top := d
	from, dest := name, newName
	for ; top.parent != nil; top = top.parent {
		from = top.name + "/" + from
	}
	for at := to; at.parent != nil; at = at.parent {
		dest = at.name + "/" + dest
	}
	root, err := top.open(false)
	if err != nil {
		return err
	}
	return root.Rename(from, dest)
}

// TryLock takes the lock of an open file, for this process alone, if nobody
// has it. It ends when the file is closed, or with the process. It is on the
// first byte, which nobody else can read or write then.
func TryLock(f *os.File) (bool, error) {
	const how = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	err := windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, new(windows.Overlapped))
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}

// Unlock gives the lock up: after the file's closing the system would do it
// when it finds the time.
func Unlock(f *os.File) error {
	return windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, new(windows.Overlapped))
}
