package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// ignoreFile keeps git from seeing the data directory.
const ignoreFile = ".gitignore"

// CreateDataDir creates the project's data directory with a .gitignore that
// hides all of it. A directory with other content that somebody else made,
// say one that ASSETFORM_DATA_DIR names, gets no such file.
func CreateDataDir(dir string) error {
	if err := makeDir(dir); err != nil {
		return err
	}
	name := filepath.Join(dir, ignoreFile)
	if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// A crash between the two steps leaves an empty directory, so emptiness
	// and not "created just now" is what counts.
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 && filepath.Base(dir) != ".assetform" {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was faster
	}
	if err != nil {
		return err
	}
	_, err = f.WriteString("*\n")
	return errors.Join(err, f.Close())
}

// makeDir creates a directory and its parents; each is on disk before the
// next is made.
func makeDir(dir string) error {
	err := os.Mkdir(dir, 0o777)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeDir(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o777)
	}
	switch {
	case err == nil:
		return SyncDir(filepath.Dir(dir))
	case errors.Is(err, fs.ErrExist):
		info, statErr := os.Stat(dir)
		if statErr != nil {
			return statErr
		}
		if !info.IsDir() {
			return &fs.PathError{Op: "mkdir", Path: dir, Err: syscall.ENOTDIR}
		}
		return nil
	}
	return err
}

// SyncDir makes the names in a directory durable. Windows has no such call
// and journals names by itself; file systems that cannot sync a directory say
// so, and nothing more can be done there.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}

// sync makes a file's bytes durable.
func (s *Store) sync(f *os.File) error {
	if err := s.fault("sync", f.Name()); err != nil {
		return err
	}
	return f.Sync()
}

// rename gives a finished temporary file its name and makes that durable.
func (s *Store) rename(from, to string) error {
	dir := filepath.Dir(to)
	if err := makeDir(dir); err != nil {
		return err
	}
	if err := s.fault("rename", to); err != nil {
		return err
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return SyncDir(dir)
}
