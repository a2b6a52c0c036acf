package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"

	"assetform/lockfile"
)

// DamagedError says that stored bytes did not match their name. They were
// moved out of the way, so the content now counts as not stored.
type DamagedError struct {
	Hash    lockfile.ContentHash
	MovedTo string // "" if they could not be moved
}

func (e *DamagedError) Error() string {
	if e.MovedTo == "" {
		return fmt.Sprintf("stored content %s is damaged", e.Hash)
	}
	return fmt.Sprintf("stored content %s is damaged and was moved to %q", e.Hash, e.MovedTo)
}

// MismatchError says that a file did not have the content it should have.
type MismatchError struct {
	Want, Got lockfile.ContentHash
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("expected content %s, found %s", e.Want, e.Got)
}

// CopyTo writes a blob to w and returns its length in bytes. The bytes are
// checked while they pass: after an error, which is a *DamagedError if they do
// not match, what w received must not be used. An error that matches
// fs.ErrNotExist says that the store does not hold the content.
func (s *Store) CopyTo(h lockfile.ContentHash, w io.Writer) (int64, error) {
	f, err := s.open(h)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	sum := sha256.New()
	n, err := s.copy(io.MultiWriter(sum, w), f)
	if err != nil {
		return n, fmt.Errorf("copy stored content %s: %w", h, err)
	}
	if lockfile.ContentHash(sum.Sum(nil)) != h {
		f.Close() // Windows moves no open file
		return n, s.setAside(h)
	}
	return n, nil
}

const copyBuffer = 32 << 10

// copy is io.Copy with memory that is used again.
func (s *Store) copy(w io.Writer, f *os.File) (int64, error) {
	buf, _ := s.buffers.Get().(*[copyBuffer]byte)
	if buf == nil {
		buf = new([copyBuffer]byte)
	}
	defer s.buffers.Put(buf)
	return io.CopyBuffer(w, onlyReader{f}, buf[:])
}

// onlyReader hides a file's WriteTo, which would look for a shortcut that a
// hashing writer cannot have.
type onlyReader struct{ io.Reader }

// setAside moves a damaged blob away and returns the error that says so.
func (s *Store) setAside(h lockfile.ContentHash) error {
	dir, name := s.blob(h)
	if err := dir.Move(name, s.damaged, name); err != nil {
		return errors.Join(&DamagedError{Hash: h}, err)
	}
	return &DamagedError{Hash: h, MovedTo: s.damaged.Shown(name)}
}

// AddFile takes a copy of a file into the store and returns its hash and
// length in bytes. The file system shares the bytes where it can (a reflink,
// never a hard link: the store must not change when the file is edited). With
// a want that is not zero other content is a *MismatchError and is not stored,
// and content that is already stored is not read again. The file's position
// is undefined afterwards.
func (s *Store) AddFile(f *os.File, want lockfile.ContentHash) (lockfile.ContentHash, int64, error) {
	return s.addFile(f, want, func(*Pending) {})
}

func (s *Store) addFile(f *os.File, want lockfile.ContentHash, prepare func(*Pending)) (lockfile.ContentHash, int64, error) {
	info, err := f.Stat()
	if err != nil {
		return lockfile.ContentHash{}, 0, err
	}
	if !info.Mode().IsRegular() {
		return lockfile.ContentHash{}, 0, fmt.Errorf("store %q: it is not a regular file", f.Name())
	}
	if size, err := s.Size(want); err == nil && size == info.Size() {
		return want, size, nil
	}
	p, err := s.copyIn(f)
	if err != nil {
		return lockfile.ContentHash{}, 0, fmt.Errorf("store %q: %w", f.Name(), err)
	}
	defer p.Abort()
	if got := lockfile.ContentHash(p.hash.Sum(nil)); !want.IsZero() && got != want {
		return lockfile.ContentHash{}, 0, fmt.Errorf("store %q: %w", f.Name(), &MismatchError{Want: want, Got: got})
	}
	prepare(p)
	return p.Commit()
}

// copyIn makes a pending blob of a file's bytes. What is hashed is the copy,
// since the file may be written to meanwhile.
func (s *Store) copyIn(f *os.File) (*Pending, error) {
	p, err := s.Create()
	if err != nil {
		return nil, err
	}
	if err := p.fill(f); err != nil {
		p.Abort()
		return nil, err
	}
	return p, nil
}

func (p *Pending) fill(f *os.File) error {
	if shared, err := p.store.temp.Clone(p.file, p.name, f); err == nil {
		p.file = shared
		n, err := p.store.copy(p.hash, p.file)
		p.size = n
		return err
	}
	if err := p.Reset(); err != nil { // whatever a failed attempt left
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	_, err := p.store.copy(struct{ io.Writer }{p}, f)
	return err
}
