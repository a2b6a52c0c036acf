package remote

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"time"

	"assetform/apply/store"
	"assetform/config/diag"
	"assetform/config/origin"
	"assetform/lockfile"
	"assetform/plan"
)

// Find looks for the result that these inputs gave at one of the origins of an
// API. What was found and is not as it should be counts as absent; whoever
// generates it then writes over it. The error is a *FailureError.
func (r *Remote) Find(ctx context.Context, h lockfile.InputsHash, origins []string) (e lockfile.Entry, ok bool, err error) {
	e, from, ok, err := r.readRecord(ctx, h)
	if err != nil || !ok {
		return e, false, err
	}
	if !slices.Contains(origins, from) {
		if isLocal(from) && !slices.ContainsFunc(origins, isLocal) {
			r.setStale(h) // what a test server drew is not to stand in the way of what was paid for
		}
		return e, false, nil
	}
	switch has, err := r.Has(ctx, e.ContentHash, e.Bytes); {
	case err != nil:
		return e, false, err
	case !has:
		r.damaged(h, fmt.Sprintf("the record %s is ignored: its file %s is not there, or not whole", resultName(h), e.ContentHash))
		return e, false, nil
	}
	return e, true, nil
}

// HasResult tells whether the remote has a record of a result that this machine
// has, of whatever origin. One that is damaged, or says of the same file what is
// not so, counts as absent, and is written over by the next upload.
func (r *Remote) HasResult(ctx context.Context, e *lockfile.Entry) (bool, error) {
	found, _, ok, err := r.readRecord(ctx, e.InputsHash)
	if ok && found.ContentHash == e.ContentHash && !sameFile(&found, e) {
		r.damaged(e.InputsHash, fmt.Sprintf("the record %s is ignored: its file is not what it says", resultName(e.InputsHash)))
		return false, nil
	}
	return ok, err
}

// readRecord reads a record as far as it can be believed.
func (r *Remote) readRecord(ctx context.Context, h lockfile.InputsHash) (e lockfile.Entry, origin string, ok bool, err error) {
	name := resultName(h)
	b, err := r.read(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return e, "", false, nil
	case errors.Is(err, ErrDamaged):
		err = ErrDamaged
	case err != nil:
		return e, "", false, err
	default:
		e, origin, err = store.ParseShared(h, b)
	}
	switch {
	case err != nil:
	case e.Placeholder || plan.Contradicts(r.o.Engines, &e):
		err = errors.New("its inputs are not those that it is named by")
	case r.notes.isUntrue(&e):
		err = errors.New("its file is not what it says")
	case e.Bytes > maxResultBytes:
		err = errors.New("no result has so many bytes")
	}
	if err != nil {
		r.damaged(h, fmt.Sprintf("the record %s is ignored: %s", name, diag.Plain(err)))
		return e, "", false, nil
	}
	return e, origin, true, nil
}

// damaged notes that the record of these inputs is to be written over.
func (r *Remote) damaged(h lockfile.InputsHash, what string) {
	if r.setStale(h) {
		r.warn("%s", what)
	}
}

// setStale has the record of these inputs written over by the next upload, and
// tells whether that is new.
func (r *Remote) setStale(h lockfile.InputsHash) (isNew bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	isNew = !r.stale[h]
	r.stale[h] = true
	return isNew
}

// isLocal tells that an origin is a server on the machine that asks it.
func isLocal(text string) bool {
	_, o, err := origin.Parse(text)
	return err == nil && o.Local()
}

// sameFile tells whether two entries say the same of a file.
func sameFile(a, b *lockfile.Entry) bool {
	return a.MediaType == b.MediaType && a.Bytes == b.Bytes && a.Width == b.Width && a.Height == b.Height && a.Duration == b.Duration
}

// Reread makes of a look whether the remote has a content one at its bytes.
func (r *Remote) Reread() { r.reread.Store(true) }

// isStale tells that a record is to be written over.
func (r *Remote) isStale(h lockfile.InputsHash) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stale[h]
}

// Reach tells whether the remote answers at all. The error is a *FailureError.
func (r *Remote) Reach(ctx context.Context) error {
	_, err := r.Has(ctx, sha256.Sum256(nil), 0)
	return err
}

// Has tells whether the remote has a content of that many bytes, 0 if that is
// not known. What was found to be damaged there is read once more.
func (r *Remote) Has(ctx context.Context, h lockfile.ContentHash, size int64) (bool, error) {
	return r.has(ctx, patience, h, size)
}

func (r *Remote) has(ctx context.Context, wait time.Duration, h lockfile.ContentHash, size int64) (bool, error) {
	has, err := r.look(ctx, wait, h, size)
	if err == nil && !has {
		r.notes.lose(h)
	}
	r.setThere(h, has && size > 0) // else other bytes may have its name
	return has, err
}

func (r *Remote) setThere(h lockfile.ContentHash, is bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if is {
		r.there[h] = true
	} else {
		delete(r.there, h)
	}
}

func (r *Remote) isThere(h lockfile.ContentHash) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.there[h]
}

func (r *Remote) look(ctx context.Context, wait time.Duration, h lockfile.ContentHash, size int64) (bool, error) {
	if h.IsZero() {
		return false, nil
	}
	if r.reread.Load() || r.notes.isWrong(h) {
		err := r.receive(ctx, h, cmp.Or(size, maxResultBytes), hashed{sha256.New()})
		if err == nil {
			r.notes.setWrong(h, false)
		}
		return err == nil, notAbsent(err)
	}
	found := int64(-1)
	err := r.try(ctx, wait, callTime, func(ctx context.Context, files Files) (err error) {
		found, err = files.Stat(ctx, blobName(h))
		return err
	})
	return err == nil && (found < 0 || size <= 0 || found == size), notAbsent(err)
}

func notAbsent(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrDamaged) {
		return nil
	}
	return err
}

// read reads a small file.
func (r *Remote) read(ctx context.Context, name string) (b []byte, err error) {
	err = r.try(ctx, patience, callTime, func(ctx context.Context, files Files) error {
		body, size, err := files.Get(ctx, name)
		if err != nil {
			return err
		}
		defer body.Close()
		if b, err = io.ReadAll(io.LimitReader(body, store.MaxSharedBytes+1)); err != nil {
			return err
		}
		if size >= 0 && int64(len(b)) < size && len(b) <= store.MaxSharedBytes {
			return io.ErrUnexpectedEOF
		}
		return nil
	})
	return b, err
}
