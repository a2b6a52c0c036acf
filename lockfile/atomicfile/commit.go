package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Commit makes the new content durable and puts it in the target's place.
// Check, if not nil, is called last before the rename, with the new content
// synced to disk; its error stops the commit and is returned as it is.
//
// After an error the target is as it was and the temporary file is gone, with
// one exception: if only the directory could not be synced, the new content
// is in place but might not outlive a power failure.
func (f *File) Commit(check func() error) error {
	defer f.Abort()
	if err := f.flush(); err != nil {
		return err
	}
	if check != nil {
		if err := check(); err != nil {
			return err
		}
	}
	return f.place((*os.Root).Rename)
}

// CommitNew is Commit only if no file stands at the target, else its error
// matches fs.ErrExist: of two that make the same file, on whichever machines
// that share the directory, one succeeds. Where the file system cannot promise
// that, the error matches errors.ErrUnsupported.
//
// A hard link is made at the target, which is one step on local disks and on
// NFS; where there are none (SMB, FAT), a rename that replaces nothing.
func (f *File) CommitNew() error {
	defer f.Abort()
	if err := f.flush(); err != nil {
		return err
	}
	return f.place(placeNew)
}

// place puts the temporary file at the target and makes that durable.
func (f *File) place(how func(dir *os.Root, temp, name string) error) error {
	if err := f.ready("rename"); err != nil {
		return err
	}
	if err := how(f.dir, f.temp, f.name); err != nil {
		return err
	}
	f.temp = ""
	if err := f.ready("syncdir"); err != nil {
		return err
	}
	return syncDir(f.dir, ".", f.by)
}

// placeNew moves a file to a name that has none.
func placeNew(dir *os.Root, temp, name string) error {
	err := dir.Link(temp, name)
	if err != nil && isSame(dir, temp, name) {
		// An NFS client whose first request was answered and whose answer was
		// lost asks again, and finds what it made.
		err = nil
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return err
	case err != nil:
		return renameNew(dir, temp, name)
	}
	// The file is there; a temporary one that stays is a leftover.
	_ = dir.Remove(temp)
	return nil
}

// isSame tells whether two names are one file.
func isSame(dir *os.Root, a, b string) bool {
	one, err := dir.Lstat(a)
	if err != nil {
		return false
	}
	other, err := dir.Lstat(b)
	return err == nil && os.SameFile(one, other)
}

// flush gives the temporary file the target's mode, syncs and closes it.
// Windows renames no open file, hence the close before the rename.
func (f *File) flush() error {
	if err := f.ready("chmod"); err != nil {
		return err
	}
	if err := f.keepMode(); err != nil {
		return err
	}
	if err := f.ready("sync"); err != nil {
		return err
	}
	if err := f.by.Sync(f.file); err != nil {
		return err
	}
	if err := f.ready("close"); err != nil {
		return err
	}
	return f.file.Close()
}

func (f *File) keepMode() error {
	old, err := f.dir.Lstat(f.name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !old.Mode().IsRegular() {
		return nil
	}
	if err != nil {
		return err
	}
	now, err := f.file.Stat()
	if err != nil || now.Mode().Perm() == old.Mode().Perm() {
		return err
	}
	return f.file.Chmod(old.Mode().Perm())
}

// Abort drops the new content and removes the temporary file. It does nothing
// after Commit or a first Abort.
func (f *File) Abort() {
	if f.file == nil {
		return
	}
	f.file.Close() // the content is not wanted, or was closed by flush
	f.file = nil
	if f.temp != "" {
		// A failure leaves a file that IsTemp recognises; the error that led
		// here matters more.
		_ = f.dir.Remove(f.temp)
	}
	f.dir.Close()
}

// RemoveLeftovers removes the temporary files of killed processes from a
// slash-separated directory below root. Nobody else may be writing there: the
// caller holds the lock that sees to it. What theirs says is somebody else's
// stays; it is asked about names that look like ours only.
func RemoveLeftovers(root *os.Root, dir string, theirs func(name string) bool) error {
	entries, err := fs.ReadDir(root.FS(), dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var errs []error
	for _, entry := range entries {
		name := filepath.Join(filepath.FromSlash(dir), entry.Name())
		if IsTemp(entry.Name()) && entry.Type().IsRegular() && !theirs(name) {
			errs = append(errs, root.Remove(name))
		}
	}
	return errors.Join(errs...)
}
