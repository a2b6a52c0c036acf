package store

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"sync"

	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// Store is the store of one project. Its methods may be called concurrently.
// Methods that only read create nothing on disk.
type Store struct {
	// Warn is told of damage that was worked around, such as a record that
	// cannot be read and counts as absent. Set it before the first use; nil
	// says nothing. It may be called by several goroutines at once.
	Warn func(message string)

	dir, blobs, results, adopted, written, temp, damaged *datadir.Dir

	buffers sync.Pool // of *[copyBuffer]byte

	testOnlyFault func(op, path string) error // injected failures of "write", "sync" and "rename"
}

// Open returns the store in the project's data directory. The directory need
// not exist: it is created by the first write. What may not stand in the store
// is refused before anything is read: content that only seems to be missing
// would be paid for again.
func Open(data *datadir.Dir) (*Store, error) {
	dir := data.Sub("store")
	s := &Store{
		dir: dir, blobs: dir.Sub("blobs").Sub("sha256"), results: dir.Sub("results"),
		adopted: dir.Sub("adopted"), written: dir.Sub("written"),
		temp: dir.Sub("tmp"), damaged: dir.Sub("damaged"),
	}
	for _, d := range []*datadir.Dir{dir, dir.Sub("blobs"), s.blobs, s.results, s.adopted, s.written, s.temp, s.damaged} {
		// A list of the results would take a while, and is no use: each is
		// looked at when it is read.
		err := d.Exists()
		if err == nil && d == s.blobs {
			err = d.Check()
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("open the store: %w", err)
		}
	}
	return s, nil
}

// blob is where the blob of that content lies, whether or not it exists.
func (s *Store) blob(h lockfile.ContentHash) (dir *datadir.Dir, name string) {
	name = hex.EncodeToString(h[:])
	return s.blobs.Sub(name[:2]), name
}

// Path is where that content lies, for people.
func (s *Store) Path(h lockfile.ContentHash) string {
	dir, name := s.blob(h)
	return dir.Shown(name)
}

// Has reports whether the store holds that content.
func (s *Store) Has(h lockfile.ContentHash) bool {
	_, err := s.Size(h)
	return err == nil
}

// Size returns the length of a blob in bytes. The error matches
// fs.ErrNotExist when the store does not hold the content.
func (s *Store) Size(h lockfile.ContentHash) (int64, error) {
	if h.IsZero() {
		return 0, fs.ErrNotExist
	}
	dir, name := s.blob(h)
	info, err := dir.Stat(name)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// Open opens a blob for reading, after its bytes were checked. The error is a
// *DamagedError if they do not match, and matches fs.ErrNotExist when the store
// does not hold the content.
func (s *Store) Open(h lockfile.ContentHash) (*os.File, error) {
	f, err := s.open(h)
	if err != nil {
		return nil, err
	}
	sum := sha256.New()
	_, err = s.copy(sum, f)
	if err == nil && lockfile.ContentHash(sum.Sum(nil)) != h {
		f.Close() // Windows moves no open file
		return nil, s.setAside(h)
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("read stored content %s: %w", h, err)
	}
	return f, nil
}

// open opens a blob whose bytes are not checked.
func (s *Store) open(h lockfile.ContentHash) (*os.File, error) {
	dir, name := s.blob(h)
	f, err := dir.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open stored content %s: %w", h, err)
	}
	return f, nil
}

// resultName is the name of the record for these inputs. The hash's version
// stands in front; ":" may stand in no Windows file name.
func resultName(h lockfile.InputsHash) string {
	return resultPrefix + hex.EncodeToString(h[:]) + resultSuffix
}

const (
	resultPrefix = "v1-sha256-"
	resultSuffix = ".json"
)

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
