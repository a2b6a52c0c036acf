package store

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"slices"

	"assetform/lockfile"
)

// Pending is a blob that is being written. It belongs to one goroutine.
type Pending struct {
	store *Store
	name  string   // in the directory for temporary files
	file  *os.File // nil after Commit or Abort
	hash  hash.Hash
	size  int64

	disclaimed bool
}

// Create begins a blob. The caller ends it with Commit or Abort.
func (s *Store) Create() (*Pending, error) {
	name := "new-" + rand.Text()
	f, err := s.temp.CreateFile(name)
	if err != nil {
		return nil, fmt.Errorf("create a file in the store: %w", err)
	}
	return &Pending{store: s, name: name, file: f, hash: sha256.New()}, nil
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

// Disclaim makes Commit mark the content as a person's, unless it is stored
// already: that the store has it must not make it ours the next time.
func (p *Pending) Disclaim() { p.disclaimed = true }

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
	h := p.Sum()
	if err := p.commit(h); err != nil {
		p.Abort()
		return lockfile.ContentHash{}, 0, fmt.Errorf("store content %s: %w", h, err)
	}
	return h, p.size, nil
}

func (p *Pending) commit(h lockfile.ContentHash, more ...place) error {
	dir, name := p.store.blob(h)
	places := append([]place{{p, dir, name}}, more...)
	marks := p.disclaimed && !p.store.Has(h)
	if marks {
		mark, err := p.store.newFile(nil)
		if err != nil {
			return err
		}
		defer mark.Abort()
		// First, since a kill in between must not make it ours.
		places = slices.Insert(places, 0, place{mark, dir, name + handMadeSuffix})
	}
	err := p.store.commit(places...)
	if err != nil && marks && !p.store.Has(h) {
		err = errors.Join(err, p.store.SetHandMade(h, false))
	}
	// Windows refuses to replace a file that another process reads. That file
	// has the same bytes, so there is nothing to replace.
	if errors.Is(err, os.ErrPermission) {
		if size, err := p.store.Size(h); err == nil && size == p.size {
			p.Abort()
			if len(more) > 0 {
				return p.store.commit(more...)
			}
			return nil
		}
	}
	return err
}

// CommitResult is Commit and PutResult in one: e, whose ContentHash is that of
// the bytes, is what these inputs gave. After an error neither or both may be
// stored, or the bytes alone.
func (p *Pending) CommitResult(h lockfile.InputsHash, e lockfile.Entry) error {
	return p.CommitPaid(h, e, p.store.Origin(h, e.UpstreamHash()))
}

// CommitPaid is CommitResult of what an API of this origin gave.
func (p *Pending) CommitPaid(h lockfile.InputsHash, e lockfile.Entry, origin string) error {
	if p.file == nil {
		return errPendingEnded
	}
	r, err := p.store.newRecord(h, e, record{Origin: origin})
	if err == nil {
		defer r.Abort()
		err = p.commit(e.ContentHash, place{r, p.store.results, resultName(h)})
	}
	if err != nil {
		p.Abort()
		return fmt.Errorf("store the result of %s: %w", h, err)
	}
	return nil
}

// Sum is the hash of what was written since Create or Reset.
func (p *Pending) Sum() lockfile.ContentHash { return lockfile.ContentHash(p.hash.Sum(nil)) }

// ReadAt reads what was written.
func (p *Pending) ReadAt(b []byte, off int64) (int, error) { return p.file.ReadAt(b, off) }

// Abort throws the file away. After Commit it does nothing.
func (p *Pending) Abort() {
	if p.file == nil {
		return
	}
	p.file.Close()
	_ = p.store.temp.Remove(p.name) // what stays is swept a day later
	p.file = nil
}
