package store

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"assetform/lockfile"
)

// Store is the store of one project. Its methods may be called concurrently.
// Methods that only read create nothing on disk.
type Store struct {
	// Warn is told of damage that was worked around, such as a record that
	// cannot be read and counts as absent. Set it before the first use; nil
	// says nothing. It may be called by several goroutines at once.
	Warn func(message string)

	dir string // the "store" directory

	testOnlyFault func(op, path string) error // injected failures of "write", "sync" and "rename"
}

// Open returns the store in the project's data directory. The directory need
// not exist: it is created by the first write.
func Open(dataDir string) (*Store, error) {
	if dataDir == "" {
		return nil, errors.New("open the store: no data directory")
	}
	dir, err := filepath.Abs(filepath.Join(dataDir, "store"))
	if err != nil {
		return nil, fmt.Errorf("open the store: %w", err)
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("open the store: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("open the store: %q is not a directory", dir)
	}
	return &Store{dir: dir}, nil
}

// Path returns where the blob of that content lies, whether or not it exists.
func (s *Store) Path(h lockfile.ContentHash) string {
	name := hex.EncodeToString(h[:])
	return filepath.Join(s.dir, "blobs", "sha256", name[:2], name)
}

// Has reports whether the store holds that content.
func (s *Store) Has(h lockfile.ContentHash) bool {
	_, ok := s.size(h)
	return ok
}

// size returns the length of a blob in bytes.
func (s *Store) size(h lockfile.ContentHash) (int64, bool) {
	if h.IsZero() {
		return 0, false
	}
	info, err := os.Lstat(s.Path(h))
	if err != nil || !info.Mode().IsRegular() {
		return 0, false
	}
	return info.Size(), true
}

// Open opens a blob for reading. The bytes are not checked; CopyTo does that.
// The error matches fs.ErrNotExist when the store does not hold the content.
func (s *Store) Open(h lockfile.ContentHash) (*os.File, error) {
	f, err := os.Open(s.Path(h))
	if err != nil {
		return nil, fmt.Errorf("open stored content %s: %w", h, err)
	}
	return f, nil
}

// resultPath is where the record for these inputs lies. The hash's version
// stands in front; ":" may stand in no Windows file name.
func (s *Store) resultPath(h lockfile.InputsHash) string {
	return filepath.Join(s.dir, "results", resultPrefix+hex.EncodeToString(h[:])+resultSuffix)
}

const (
	resultPrefix = "v1-sha256-"
	resultSuffix = ".json"
)

func (s *Store) tempDir() string    { return filepath.Join(s.dir, "tmp") }
func (s *Store) damagedDir() string { return filepath.Join(s.dir, "damaged") }

// dataDir is the project's data directory.
func (s *Store) dataDir() string { return filepath.Dir(s.dir) }

func (s *Store) warn(format string, args ...any) {
	if s.Warn != nil {
		s.Warn(fmt.Sprintf(format, args...))
	}
}

// fault returns the failure that a test wants of an operation.
func (s *Store) fault(op, path string) error {
	if s.testOnlyFault == nil {
		return nil
	}
	return s.testOnlyFault(op, path)
}
