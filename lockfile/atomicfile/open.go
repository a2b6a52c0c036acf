package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"syscall"
)

// AnySize is no limit, for files that are read piece by piece.
const AnySize = math.MaxInt64

var (
	errNotRegular = errors.New("it is not a regular file")
	errIsLink     = errors.New("it is a symbolic link, which is not followed here; put the file itself in its place")
	errExchanged  = errors.New("it is exchanged whenever it is opened")
)

// openRegular opens a file for reading that must stand at path itself and
// have at most limit bytes. Files of a repository are written by strangers: a
// symlink could show some other file of the machine in an error's source
// line, a named pipe would never end, and a sparse file fills the memory.
func openRegular(path string, limit int64) (*os.File, error) {
	for range 20 {
		info, err := os.Lstat(path)
		if err != nil {
			return nil, err
		}
		if err := mayOpen(info, limit); err != nil {
			return nil, &os.PathError{Op: "open", Path: path, Err: err}
		}
		// Should the name have become a pipe since, its opening would wait.
		f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
		if err != nil {
			return nil, err
		}
		opened, err := f.Stat()
		if err == nil && os.SameFile(info, opened) {
			return f, nil
		}
		f.Close()
		if err != nil {
			return nil, err
		}
	}
	return nil, &os.PathError{Op: "open", Path: path, Err: errExchanged}
}

func mayOpen(info os.FileInfo, limit int64) error {
	switch {
	case info.Mode()&os.ModeSymlink != 0:
		return errIsLink
	case !info.Mode().IsRegular():
		return errNotRegular
	case info.Size() > limit:
		return fmt.Errorf("it is larger than %d MiB", limit>>20)
	}
	return nil
}

// ReadRegular reads a file as openRegular opens it.
func ReadRegular(path string, limit int64) ([]byte, error) {
	f, err := openRegular(path, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var b bytes.Buffer
	if info, err := f.Stat(); err == nil {
		b.Grow(int(min(info.Size(), limit)) + bytes.MinRead) // or reading would take three times the memory
	}
	_, err = b.ReadFrom(io.LimitReader(f, limit))
	return b.Bytes(), err
}
