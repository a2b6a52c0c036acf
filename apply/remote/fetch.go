package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"time"

	"assetform/apply/media"
	"assetform/apply/store"
	"assetform/config/diag"
	"assetform/lockfile"
)

// Bounds of what is read: of a result, also where its size is not known, how long
// a transfer may stand still, and how long it may take.
const (
	maxResultBytes = 1 << 30
	stalled        = 30 * time.Second
	transferTime   = time.Hour
)

// flight is a download that is under way.
type flight struct {
	done chan struct{}
	err  error
}

// Fetch brings a content that an entry of the lock names into the store. Size is
// its length in bytes, 0 if that is not known. An error that matches
// fs.ErrNotExist says that the remote does not have it.
func (r *Remote) Fetch(ctx context.Context, s *store.Store, h lockfile.ContentHash, size int64) error {
	return r.fetch(ctx, s, h, cmp.Or(size, maxResultBytes), func(p *store.Pending) error {
		_, _, err := p.Commit()
		return err
	})
}

// FetchResult brings a result that Find found into the store, with its record.
// Its file is looked at like one that a server sends.
func (r *Remote) FetchResult(ctx context.Context, s *store.Store, e *lockfile.Entry) error {
	err := r.fetch(ctx, s, e.ContentHash, e.Bytes, func(p *store.Pending) error {
		if err := describes(e, p, p.Size()); err != nil {
			return err
		}
		return p.CommitResult(e.InputsHash, *e)
	})
	if err == nil {
		err = record(s, e)
	}
	var absent *AbsentError
	if errors.As(err, &absent) {
		if absent.Why != "" && !r.notes.isWrong(e.ContentHash) { // its bytes are right, and it is no such result
			r.notes.setUntrue(e, true)
		}
		r.damaged(e.InputsHash, fmt.Sprintf("the record %s is ignored: %s", resultName(e.InputsHash), absent))
	}
	return err
}

// record records a result whose content the store has, from wherever it came.
func record(s *store.Store, e *lockfile.Entry) error {
	if is, known, err := s.Result(e.InputsHash); err != nil || known && is.ContentHash == e.ContentHash {
		return err
	}
	f, err := s.Open(e.ContentHash)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err == nil {
		err = describes(e, f, info.Size())
	}
	if err != nil {
		return err
	}
	return s.PutResult(e.InputsHash, *e)
}

// describes looks at a file as at one that a server delivered, and whether it is
// what its record says. If not it counts as absent.
func describes(e *lockfile.Entry, file io.ReaderAt, size int64) error {
	m, err := media.Probe(file, size)
	if err == nil {
		err = media.CheckCargo(file, m.Bytes, m.Type)
	}
	if err == nil && !sameFile(e, &lockfile.Entry{MediaType: m.Type, Bytes: m.Bytes, Width: m.Width, Height: m.Height, Duration: m.Duration}) {
		err = errors.New("the file is not what its record says")
	}
	if err != nil {
		return &AbsentError{e.ContentHash.String(), diag.Plain(err)}
	}
	return nil
}

// fetch brings a content into the store, once at a time. As of all that comes
// from elsewhere nothing shows that assetform wrote it, so until it is written
// somewhere it counts as a person's.
func (r *Remote) fetch(ctx context.Context, s *store.Store, h lockfile.ContentHash, most int64, commit func(*store.Pending) error) error {
	r.mu.Lock()
	if s.Has(h) {
		r.mu.Unlock()
		return nil
	}
	f := r.flights[h]
	if f != nil {
		r.mu.Unlock()
		select {
		case <-f.done:
			return f.err
		case <-ctx.Done():
			return &FailureError{r.o.Shown, ctx.Err()}
		}
	}
	f = &flight{done: make(chan struct{})}
	r.flights[h] = f
	r.mu.Unlock()
	f.err = r.download(ctx, s, h, most, commit)
	r.mu.Lock()
	delete(r.flights, h)
	r.mu.Unlock()
	close(f.done)
	return f.err
}

func (r *Remote) download(ctx context.Context, s *store.Store, h lockfile.ContentHash, most int64, commit func(*store.Pending) error) error {
	p, err := s.Create()
	if err != nil {
		return err
	}
	defer p.Abort()
	if err := r.receive(ctx, h, most, p); err != nil {
		return err
	}
	size := p.Size()
	p.Disclaim()
	if err := commit(p); err != nil {
		return err
	}
	r.notes.setWrong(h, false)
	r.count(func(c *Counts) { c.Downloaded++; c.Bytes += size })
	return nil
}

// sink takes a blob and hashes it; Reset begins anew.
type sink interface {
	io.Writer
	Reset() error
	Sum() lockfile.ContentHash
}

// hashed is a sink that keeps nothing.
type hashed struct{ hash.Hash }

func (d hashed) Reset() error {
	d.Hash.Reset()
	return nil
}

func (d hashed) Sum() lockfile.ContentHash { return lockfile.ContentHash(d.Hash.Sum(nil)) }

// receiveBuffer is as much as is read of a blob at once, in bytes: as the
// connection's own buffer has, which is passed by then.
const receiveBuffer = 64 << 10

// receive reads a blob of at most so many bytes. Bytes that are not its own make
// it absent.
func (r *Remote) receive(ctx context.Context, h lockfile.ContentHash, most int64, to sink) error {
	err := r.try(ctx, patience, transferTime, func(ctx context.Context, files Files) error {
		if err := to.Reset(); err != nil {
			return err
		}
		ctx, cancel := context.WithCancelCause(ctx)
		defer cancel(nil)
		watch := time.AfterFunc(stalled, func() { cancel(errStalled) })
		defer watch.Stop()
		body, size, err := files.Get(ctx, blobName(h))
		if err != nil {
			return err
		}
		defer body.Close()
		if size > most {
			return &AbsentError{h.String(), tooLarge}
		}
		buf, _ := r.buffers.Get().(*[receiveBuffer]byte)
		if buf == nil {
			buf = new([receiveBuffer]byte)
		}
		defer r.buffers.Put(buf)
		n, err := io.CopyBuffer(to, io.LimitReader(&moving{Reader: body, alarm: watch}, most+1), buf[:])
		switch {
		case context.Cause(ctx) == errStalled:
			return errStalled
		case err != nil:
			return err
		case n > most:
			return &AbsentError{h.String(), tooLarge}
		case size >= 0 && n < size:
			return io.ErrUnexpectedEOF // the connection was cut
		case to.Sum() != h:
			return &AbsentError{h.String(), "its bytes are others"}
		}
		return nil
	})
	var absent *AbsentError
	if errors.As(err, &absent) {
		r.setThere(h, false)
		r.notes.lose(h)
		r.notes.setWrong(h, true)
		r.warn("%s", absent)
		return absent
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.setThere(h, false)
		r.notes.lose(h)
		return &AbsentError{What: h.String()}
	case errors.Is(err, ErrDamaged):
		return &AbsentError{h.String(), ErrDamaged.Error()}
	}
	return err
}

const tooLarge = "it has more bytes than it can have"

var errStalled = fmt.Errorf("next to nothing moved for %.0f s", stalled.Seconds())

// moving puts an alarm off while bytes come, if they are more than a few.
type moving struct {
	io.Reader
	alarm *time.Timer
	came  int
}

// fewBytes are as good as none while a transfer may stand still.
const fewBytes = 32 << 10

func (m *moving) Read(b []byte) (int, error) {
	n, err := m.Reader.Read(b)
	if m.came += n; m.came >= fewBytes {
		m.came = 0
		m.alarm.Reset(stalled)
	}
	return n, err
}
