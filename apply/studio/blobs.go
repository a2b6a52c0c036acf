package studio

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"assetform/apply/engine/sketch"
)

// blobs keep results and input images. Names are made by this package alone,
// of digits and hex, never from what a client sent.
type blobs interface {
	// put stores what write writes, whole or not at all.
	put(name string, write func(io.Writer) error) (blobInfo, error)
	// open returns fs.ErrNotExist for a name that is not, or no longer, held.
	open(name string) (io.ReadSeekCloser, error)
	// remove deletes a blob; one that does not exist is no error.
	remove(name string) error
}

// blobInfo describes what was stored.
type blobInfo struct {
	size   int64
	sha256 string // hex
}

func resultName(id string, f sketch.Format) string { return "results/" + id + extension(f) }

func inputsName(id string) string { return "inputs/" + id }

// dirBlobs keeps blobs as files below a directory.
type dirBlobs struct{ dir string }

func openDirBlobs(dir string) (dirBlobs, error) {
	for _, sub := range []string{"results", "inputs"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return dirBlobs{}, fmt.Errorf("create data directory: %w", err)
		}
		// What no task needs is removed here: never where a link leads.
		if err := notLink(filepath.Join(dir, sub)); err != nil {
			return dirBlobs{}, err
		}
	}
	return dirBlobs{dir}, nil
}

// notLink refuses a link in the data directory: it may lead anywhere.
func notLink(name string) error {
	info, err := os.Lstat(name)
	if err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("use data directory: %q is a symbolic link, and nothing in it may be one", name)
	}
	return nil
}

func (d dirBlobs) file(name string) string { return filepath.Join(d.dir, filepath.FromSlash(name)) }

// put writes a temporary file beside the final one, so that a kill leaves
// either nothing or all of it.
func (d dirBlobs) put(name string, write func(io.Writer) error) (blobInfo, error) {
	f, err := os.CreateTemp(filepath.Dir(d.file(name)), "tmp-*")
	if err != nil {
		return blobInfo{}, err
	}
	defer os.Remove(f.Name()) // after the rename there is nothing to remove
	m := newMeter(f)
	err = write(m)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), d.file(name))
	}
	return m.info(), err
}

func (d dirBlobs) open(name string) (io.ReadSeekCloser, error) { return os.Open(d.file(name)) }

func (d dirBlobs) remove(name string) error {
	err := os.Remove(d.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// meter counts and hashes what passes to a writer.
type meter struct {
	w    io.Writer
	hash interface {
		io.Writer
		Sum([]byte) []byte
	}
	size int64
}

func newMeter(w io.Writer) *meter { return &meter{w: w, hash: sha256.New()} }

func (m *meter) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.hash.Write(p[:n])
	m.size += int64(n)
	return n, err
}

func (m *meter) info() blobInfo {
	return blobInfo{size: m.size, sha256: hex.EncodeToString(m.hash.Sum(nil))}
}

// leftovers returns the names that needed does not hold: what a kill left
// between a file and its record.
func (d dirBlobs) leftovers(needed map[string]bool) ([]string, error) {
	var names []string
	for _, sub := range []string{"results", "inputs"} {
		entries, err := os.ReadDir(filepath.Join(d.dir, sub))
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if name := sub + "/" + e.Name(); !needed[name] {
				names = append(names, name)
			}
		}
	}
	return names, nil
}

// errFull is for inputs for which there is no room in memory.
var errFull = errors.New("no room in memory")

// memoryBlobs keeps blobs in memory, for a server without a data directory.
// Room is made by dropping the oldest results together with their inputs.
// Inputs of tasks that are not finished stay; new ones are refused with errFull
// when those fill the memory.
type memoryBlobs struct {
	most int64 // bytes

	mu      sync.Mutex
	held    map[string][]byte
	results []string // names, oldest first; some may be removed already
	size    int64    // bytes held
}

func newMemoryBlobs(most int64) *memoryBlobs {
	return &memoryBlobs{most: most, held: map[string][]byte{}}
}

func (b *memoryBlobs) put(name string, write func(io.Writer) error) (blobInfo, error) {
	var buf bytes.Buffer
	m := newMeter(&buf)
	if err := write(m); err != nil {
		return blobInfo{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop(name)
	_, isResult := resultID(name)
	for b.size+m.size > b.most && len(b.results) > 0 {
		oldest, _ := resultID(b.results[0])
		b.drop(b.results[0])
		b.drop(inputsName(oldest))
		b.results = b.results[1:]
	}
	if b.size+m.size > b.most && !isResult {
		return blobInfo{}, errFull
	}
	if isResult {
		b.results = append(b.results, name)
	}
	b.held[name] = buf.Bytes()
	b.size += m.size
	return m.info(), nil
}

// resultID is the reverse of resultName.
func resultID(name string) (id string, ok bool) {
	file, ok := strings.CutPrefix(name, "results/")
	return strings.TrimSuffix(file, path.Ext(file)), ok
}

func (b *memoryBlobs) open(name string) (io.ReadSeekCloser, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, ok := b.held[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(data), io.NopCloser(nil)}, nil
}

func (b *memoryBlobs) remove(name string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.drop(name)
	return nil
}

// drop removes a blob. The lock is held.
func (b *memoryBlobs) drop(name string) {
	b.size -= int64(len(b.held[name]))
	delete(b.held, name)
}
