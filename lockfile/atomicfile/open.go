package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// AnySize is no limit, for files that are read piece by piece.
const AnySize = math.MaxInt64

var (
	errNotRegular = errors.New("it is not a regular file")
	errIsLink     = errors.New("it is a symbolic link")
)

// OpenRegular opens a file for reading that must stand at path itself and
// have at most limit bytes. Files of a repository are written by strangers: a
// symlink could show some other file of the machine in an error's source
// line, a named pipe would never end, and a sparse file fills the memory.
func OpenRegular(path string, limit int64) (*os.File, error) {
	info, err := os.Lstat(path)
	switch {
	case err != nil:
		return nil, err
	case info.Mode()&os.ModeSymlink != 0:
		return nil, &os.PathError{Op: "open", Path: path, Err: errIsLink}
	case !info.Mode().IsRegular():
		return nil, &os.PathError{Op: "open", Path: path, Err: errNotRegular}
	case info.Size() > limit:
		return nil, &os.PathError{Op: "open", Path: path, Err: fmt.Errorf("it is larger than %d MiB", limit>>20)}
	}
	return os.Open(path)
}

// ReadRegular reads a file as OpenRegular opens it.
func ReadRegular(path string, limit int64) ([]byte, error) {
	f, err := OpenRegular(path, limit)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}
