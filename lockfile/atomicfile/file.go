package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// tempSuffix ends the name of every temporary file.
const tempSuffix = ".assetform-tmp"

// IsTemp reports whether a file of that base name is a temporary file of this
// package: one that is being written, or a leftover of a killed process.
func IsTemp(name string) bool {
	random, suffixed := strings.CutSuffix(name, tempSuffix)
	random, dotted := strings.CutPrefix(random, ".")
	return suffixed && dotted && len(random) == len(rand.Text()) && strings.Trim(random, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// Write replaces the file at path with data. Perm, before umask, is the mode
// of a new file; an existing one keeps its own.
func Write(path string, perm fs.FileMode, data []byte) error {
	f, err := create(path, perm)
	if err != nil {
		return err
	}
	return f.all(data)
}

// WriteIn is Write for a file of that base name in an open directory.
func WriteIn(root *os.Root, name string, perm fs.FileMode, data []byte) error {
	dir, err := root.OpenRoot(".")
	if err != nil {
		return err
	}
	f, err := begin(dir, name, perm)
	if err != nil {
		return err
	}
	return f.all(data)
}

// all writes the whole content and puts it in place.
func (f *File) all(data []byte) error {
	defer f.Abort()
	if _, err := f.Write(data); err != nil {
		return err
	}
	return f.Commit(nil)
}

// File is a replacement that is being written. It must end with Commit or
// Abort; a deferred Abort after Commit does nothing. A File is not safe for
// concurrent use.
type File struct {
	dir  *os.Root // the target's directory
	name string   // the target's base name
	temp string   // the temporary file's base name
	file *os.File
	by   *Syncer
	err  error // the first failed write; Commit returns it

	// testOnlyFault is called before each step (write, chmod, sync, close,
	// rename, syncdir) and fails it.
	testOnlyFault func(step string) error
}

// create begins to replace the file at path, whose directory must exist. A new
// file gets the mode before umask.
func create(path string, perm fs.FileMode) (*File, error) {
	at := filepath.Dir(path)
	if err := isDir(at, os.Stat); err != nil {
		return nil, err
	}
	dir, err := os.OpenRoot(at)
	if err != nil {
		return nil, err
	}
	return begin(dir, filepath.Base(path), perm)
}

// CreateIn begins to replace a file below root. The name has slashes and may
// not lead out of root, by symlinks neither. Missing directories are made. What
// is to be durable is made so by the Syncer; nil: by itself.
func CreateIn(root *os.Root, name string, by *Syncer) (*File, error) {
	name = path.Clean(name)
	parent := path.Dir(name)
	err := isDir(filepath.FromSlash(parent), root.Stat)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeDirs(root, parent, by); err == nil {
			err = isDir(filepath.FromSlash(parent), root.Stat)
		}
	}
	if err != nil {
		return nil, err
	}
	dir, err := root.OpenRoot(filepath.FromSlash(parent))
	if err != nil {
		return nil, err
	}
	f, err := begin(dir, path.Base(name), 0o666)
	if err == nil {
		f.by = by
	}
	return f, err
}

// isDir refuses what is no directory before it is opened as one: opening a
// pipe waits for its other end.
func isDir(name string, stat func(string) (fs.FileInfo, error)) error {
	info, err := stat(name)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: syscall.ENOTDIR}
	}
	return err
}

// begin takes over dir.
func begin(dir *os.Root, name string, perm fs.FileMode) (*File, error) {
	if name == "." || name == ".." || name == string(filepath.Separator) {
		dir.Close()
		return nil, fmt.Errorf("replace %q: it names no file", name)
	}
	temp := "." + rand.Text() + tempSuffix
	file, err := dir.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL|nonblock, perm)
	if err != nil {
		dir.Close()
		return nil, err
	}
	return &File{dir: dir, name: name, temp: temp, file: file}, nil
}

// makeDirs makes a directory and its parents. Each one that is new is synced
// into its parent, or a crash could take the finished file with it.
func makeDirs(root *os.Root, dir string, by *Syncer) error {
	if dir == "." {
		return nil
	}
	err := root.Mkdir(filepath.FromSlash(dir), 0o777)
	if errors.Is(err, fs.ErrNotExist) && path.Dir(dir) != dir {
		if err := makeDirs(root, path.Dir(dir), by); err != nil {
			return err
		}
		err = root.Mkdir(filepath.FromSlash(dir), 0o777)
	}
	if errors.Is(err, fs.ErrExist) {
		return nil // if it is no directory, opening it says so
	}
	if err != nil {
		return err
	}
	return syncDir(root, filepath.FromSlash(path.Dir(dir)), by)
}

// Write appends to the new content.
func (f *File) Write(p []byte) (int, error) {
	if err := f.ready("write"); err != nil {
		return 0, err
	}
	n, err := f.file.Write(p)
	f.err = err
	return n, err
}

// ReadFrom appends all of r; where r is a file, the system may copy or share
// its blocks without passing them through the process.
func (f *File) ReadFrom(r io.Reader) (int64, error) {
	if err := f.ready("write"); err != nil {
		return 0, err
	}
	n, err := f.file.ReadFrom(r)
	f.err = err
	return n, err
}

// ready returns why a step cannot be taken, if it cannot.
func (f *File) ready(step string) error {
	if f.err == nil && f.file == nil {
		return fmt.Errorf("replace %q: %w", f.name, fs.ErrClosed)
	}
	if f.err == nil && f.testOnlyFault != nil {
		f.err = f.testOnlyFault(step)
	}
	return f.err
}
