package worktree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"assetform/config/pathname"
)

// A Tree is an opened project root. Its methods may be called concurrently.
type Tree struct {
	*os.Root
	// Below is the root module's directory relative to the root, with slashes.
	Below string

	dirs    *sync.Map // directory -> the same without links; nil: none is remembered
	witness *Witness  // of what is learnt; nil: nobody asks
}

// Open opens a project root. dir is the root module's directory in it, known
// by a path without links, as root is. The caller closes the Tree.
func Open(root, dir string) (*Tree, error) {
	opened, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("open project root: %w", err)
	}
	below, err := filepath.Rel(root, dir)
	if err != nil {
		opened.Close()
		return nil, fmt.Errorf("relate %q to the project root: %w", dir, err)
	}
	return &Tree{Root: opened, Below: filepath.ToSlash(below)}, nil
}

// Tell has a witness note what is learnt from now on.
func (t *Tree) Tell(w *Witness) { t.witness = w }

// Lstat looks at a path without following links.
func (t *Tree) Lstat(name string) (fs.FileInfo, error) {
	info, err := t.Root.Lstat(name)
	t.witness.looked(name, info, err)
	return info, err
}

// Readlink returns what a link names.
func (t *Tree) Readlink(name string) (string, error) {
	target, err := t.Root.Readlink(name)
	t.witness.followed(name, target, err)
	return target, err
}

// Path is At in the system's form.
func (t *Tree) Path(p string) string { return filepath.FromSlash(t.At(p)) }

// Names lists what stands in a directory, given by a slash path relative to
// the root, in order.
func (t *Tree) Names(dir string) ([]string, error) {
	entries, err := t.entries(dir)
	if err != nil {
		return nil, WithoutPath(err)
	}
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = entry.Name()
	}
	return names, nil
}

// entries lists a directory, in order of the names.
func (t *Tree) entries(dir string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(t.FS(), dir)
	t.witness.listed(dir, entries, err)
	return entries, err
}

// OpenDir opens a directory, and nothing else: a pipe would wait for its other
// end. Links to it are followed within the project.
func (t *Tree) OpenDir(name string) (*os.Root, error) {
	real, info, err := t.Follow(name)
	switch {
	case err != nil:
		return nil, err
	case !info.IsDir():
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("it is no directory")}
	case pathname.Reserved(real) != "":
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return t.OpenRoot(real)
}

// OpenRegular opens a regular file for reading. Links to it are followed
// within the project.
func (t *Tree) OpenRegular(name string) (*os.File, error) {
	file, real, info, err := t.openRegular(name)
	if err == nil {
		t.witness.Hashed(real, info)
	}
	return file, err
}

// openRegular is OpenRegular without a word to the witness of what the file
// holds: real is the path without links and info from before it was opened.
func (t *Tree) openRegular(name string) (file *os.File, real string, info fs.FileInfo, err error) {
	if real, info, err = t.Follow(name); err != nil {
		return nil, real, info, err
	}
	if err := regular(info); err != nil {
		return nil, real, info, err
	}
	// Opening a pipe would wait for its writer: should the name have become
	// one since, O_NONBLOCK keeps the open from hanging.
	if file, err = t.OpenFile(real, os.O_RDONLY|syscall.O_NONBLOCK, 0); err != nil {
		t.witness.Doubt()
	}
	return file, real, info, err
}

// regular returns an error unless info describes a regular file.
func regular(info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return errors.New("it is a directory, not a file")
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	}
	return nil
}

// MaxFileBytes bounds every file that evaluation reads: configuration files,
// variable files and the files of functions.
const MaxFileBytes = 10 << 20

// ErrTooLarge tells that a file is larger than MaxFileBytes.
var ErrTooLarge = fmt.Errorf("the file is larger than %d MiB", MaxFileBytes>>20)

// ReadFile reads a file that the command line names, wherever it is. Like
// every file of a configuration it must be a regular one of at most
// MaxFileBytes.
func ReadFile(name string) ([]byte, error) {
	// Opening a pipe would wait for its writer.
	file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return readBounded(file)
}

// readBounded reads a file and closes it.
func readBounded(file *os.File) ([]byte, error) {
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if err := regular(info); err != nil {
		return nil, err
	}
	var content bytes.Buffer
	content.Grow(int(min(info.Size(), MaxFileBytes)) + bytes.MinRead)
	if _, err := content.ReadFrom(io.LimitReader(file, MaxFileBytes+1)); err != nil {
		return nil, err
	}
	if content.Len() > MaxFileBytes {
		return nil, ErrTooLarge
	}
	return content.Bytes(), nil
}

// WithoutPath strips operation and path from an error of package os: the
// caller names the path as it was written.
func WithoutPath(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		if errors.Is(err, fs.ErrNotExist) {
			return fs.ErrNotExist
		}
		switch {
		case errors.Is(err, syscall.ENOTDIR):
			return errors.New("a part of the path is a file, and no directory")
		case errors.Is(err, syscall.ENAMETOOLONG):
			return errors.New("a name in the path is longer than file systems take")
		}
		return pathErr.Err
	}
	return err
}
