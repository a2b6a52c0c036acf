package store

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"assetform/lockfile"
)

// Pending is a blob that is being written. It belongs to one goroutine.
type Pending struct {
	store *Store
	file  *os.File // nil after Commit or Abort
	hash  hash.Hash
	size  int64
}

// Create begins a blob. The caller ends it with Commit or Abort.
func (s *Store) Create() (*Pending, error) {
	if err := s.prepare(); err != nil {
		return nil, fmt.Errorf("create a file in the store: %w", err)
	}
	f, err := s.createTemp()
	if err != nil {
		return nil, fmt.Errorf("create a file in the store: %w", err)
	}
	return &Pending{store: s, file: f, hash: sha256.New()}, nil
}

// prepare creates what a write needs.
func (s *Store) prepare() error {
	if err := CreateDataDir(s.dataDir()); err != nil {
		return err
	}
	return makeDir(s.tempDir())
}

// createTemp is os.CreateTemp with the mode that any new file gets: what a
// project stores is as public as its outputs.
func (s *Store) createTemp() (*os.File, error) {
	name := filepath.Join(s.tempDir(), "new-"+rand.Text())
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
}

var errPendingEnded = errors.New("the file was committed or aborted")

// Write appends bytes. After an error only Reset and Abort make sense.
func (p *Pending) Write(b []byte) (int, error) {
	if p.file == nil {
		return 0, errPendingEnded
	}
	if err := p.store.fault("write", p.file.Name()); err != nil {
		return 0, fmt.Errorf("write to the store: %w", err)
	}
	n, err := p.file.Write(b)
	p.hash.Write(b[:n])
	p.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("write to the store: %w", err)
	}
	return n, nil
}

// Size returns how many bytes were written since Create or Reset.
func (p *Pending) Size() int64 { return p.size }

// Reset throws away what was written, for a download that has to begin again.
func (p *Pending) Reset() error {
	if p.file == nil {
		return errPendingEnded
	}
	if err := p.file.Truncate(0); err != nil {
		return fmt.Errorf("write to the store: %w", err)
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("write to the store: %w", err)
	}
	p.hash.Reset()
	p.size = 0
	return nil
}

// Commit makes the blob durable under its hash and returns hash and length.
// Content that the store already held is replaced by the same bytes, which
// heals a damaged blob. After an error the content may or may not be stored.
func (p *Pending) Commit() (lockfile.ContentHash, int64, error) {
	if p.file == nil {
		return lockfile.ContentHash{}, 0, errPendingEnded
	}
	h := lockfile.ContentHash(p.hash.Sum(nil))
	if err := p.commit(h); err != nil {
		p.Abort()
		return lockfile.ContentHash{}, 0, fmt.Errorf("store content %s: %w", h, err)
	}
	return h, p.size, nil
}

func (p *Pending) commit(h lockfile.ContentHash) error {
	err := p.commitAs(p.store.Path(h))
	// Windows refuses to replace a file that another process reads. That file
	// has the same bytes, so there is nothing to replace.
	if errors.Is(err, os.ErrPermission) {
		if size, ok := p.store.size(h); ok && size == p.size {
			p.Abort()
			return nil
		}
	}
	return err
}

// commitAs makes the bytes durable and gives them their name.
func (p *Pending) commitAs(name string) error {
	if err := p.store.sync(p.file); err != nil {
		return err
	}
	if err := p.file.Close(); err != nil {
		return err
	}
	if err := p.store.rename(p.file.Name(), name); err != nil {
		return err
	}
	p.file = nil
	return nil
}

// Abort throws the file away. After Commit it does nothing.
func (p *Pending) Abort() {
	if p.file == nil {
		return
	}
	p.file.Close()
	os.Remove(p.file.Name())
	p.file = nil
}
