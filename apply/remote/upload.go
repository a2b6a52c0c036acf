package remote

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"assetform/apply/store"
	"assetform/lockfile"
)

// Upload is what is to be in the remote: contents, and the result that inputs
// gave if the remote is to have a record of it.
type Upload struct {
	Contents []lockfile.ContentHash
	Inputs   lockfile.InputsHash // zero: contents alone
	Origin   string              // of the API that gave the result
	Result   *lockfile.Entry     // what the record says; nil: what the store has
	// Overwrite replaces a record that stands: of another take that somebody
	// asked for.
	Overwrite bool
}

// Upload writes what the remote does not have, each content before the record.
// Contents that the store does not hold are passed over: the error then matches
// fs.ErrNotExist. After another error it is noted as due.
func (r *Remote) Upload(ctx context.Context, s *store.Store, u Upload) error {
	if u.Overwrite = u.Overwrite || r.isStale(u.Inputs); r.o.ReadOnly {
		return nil
	}
	err := r.upload(ctx, s, u)
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist):
		r.notes.settle(u)
	default:
		r.count(func(c *Counts) { c.Due++ })
	}
	return err
}

func (r *Remote) upload(ctx context.Context, s *store.Store, u Upload) error {
	r.mu.Lock()
	denied := r.denied
	r.mu.Unlock()
	if denied != nil {
		return denied
	}
	err := r.uploadAll(ctx, s, u)
	if errors.Is(err, ErrDenied) {
		r.mu.Lock()
		r.denied = err
		r.mu.Unlock()
	}
	return err
}

func (r *Remote) uploadAll(ctx context.Context, s *store.Store, u Upload) error {
	var missing error
	for _, h := range u.Contents {
		switch err := r.uploadBlob(ctx, s, h); {
		case errors.Is(err, fs.ErrNotExist):
			missing = err
		case err != nil:
			return err
		}
	}
	if u.Inputs.IsZero() {
		return missing
	}
	var e lockfile.Entry
	if u.Result != nil {
		e = *u.Result
	} else {
		var ok bool
		var err error
		if e, ok, err = s.Result(u.Inputs); err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("the result of %s is not in the store: %w", u.Inputs, fs.ErrNotExist)
		}
	}
	if err := r.uploadBlob(ctx, s, e.ContentHash); err != nil {
		return err
	}
	record, err := store.EncodeShared(u.Inputs, e, u.Origin)
	if err != nil {
		return err
	}
	if u.Overwrite && isLocal(u.Origin) { // a test server's takes no place of what was paid for
		_, from, ok, err := r.readRecord(ctx, u.Inputs)
		if err != nil {
			return err
		}
		u.Overwrite = !ok || isLocal(from)
	}
	if err := r.write(ctx, resultName(u.Inputs), record, u.Overwrite); err != nil {
		return err
	}
	r.notes.setUntrue(&e, false)
	r.mu.Lock()
	delete(r.stale, u.Inputs)
	r.mu.Unlock()
	return missing
}

// uploadBlob writes a content that the remote does not have. Two that want that
// at once share it: a candidate's own upload, and that of the asset that it is of.
func (r *Remote) uploadBlob(ctx context.Context, s *store.Store, h lockfile.ContentHash) error {
	if r.isThere(h) {
		return nil
	}
	size, err := s.Size(h)
	if err != nil {
		return fmt.Errorf("content %s is not in the store: %w", h, fs.ErrNotExist)
	}
	_, err, _ = r.sending.Do(h.String(), func() (any, error) { return nil, r.sendBlob(ctx, s, h, size) })
	return err
}

func (r *Remote) sendBlob(ctx context.Context, s *store.Store, h lockfile.ContentHash, size int64) error {
	if has, err := r.has(ctx, ofUploads, h, size); err != nil || has {
		return err
	}
	f, err := s.Open(h)
	if err != nil {
		return err
	}
	defer f.Close()
	err = r.try(ctx, ofUploads, transferTime, func(ctx context.Context, files Files) error {
		return r.send(ctx, files, h, f, size)
	})
	if err != nil {
		return hideAbsence(err)
	}
	r.notes.setWrong(h, false)
	r.setThere(h, true)
	r.count(func(c *Counts) { c.Uploaded++; c.Bytes += size })
	return nil
}

// send puts a blob, unless nothing moves any more.
func (r *Remote) send(ctx context.Context, files Files, h lockfile.ContentHash, f *os.File, size int64) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(stalled, func() { cancel(errStalled) })
	defer watch.Stop()
	err := files.Put(ctx, blobName(h), &movingFile{f, watch}, size)
	if err != nil && context.Cause(ctx) == errStalled {
		return errStalled
	}
	return err
}

// movingFile puts an alarm off while bytes are taken.
type movingFile struct {
	*os.File
	alarm *time.Timer
}

func (m *movingFile) Read(b []byte) (int, error) {
	m.alarm.Reset(stalled)
	return m.File.Read(b)
}

// WriteTo hides that of the file, which would go past the alarm.
func (m *movingFile) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{m})
}

// write writes a record: the first result wins, unless it is to be replaced.
func (r *Remote) write(ctx context.Context, name string, b []byte, over bool) error {
	stood := false
	err := r.try(ctx, ofUploads, callTime, func(ctx context.Context, files Files) error {
		body, size := bytes.NewReader(b), int64(len(b))
		if over {
			return hideAbsence(files.Put(ctx, name, body, size))
		}
		_, err := files.Stat(ctx, name) // there are servers that create what exists
		if err == nil {
			stood = true
			return nil
		}
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrDamaged) {
			err = files.Create(ctx, name, body, size)
		}
		if errors.Is(err, ErrUnsupported) { // then nothing keeps two from writing at once
			_, _ = body.Seek(0, io.SeekStart)
			err = files.Put(ctx, name, body, size)
		}
		if errors.Is(err, ErrExists) { // also ours, if an answer was lost before
			stood = true
			return nil
		}
		return hideAbsence(err)
	})
	if err == nil && !stood {
		r.count(func(c *Counts) { c.Records++ })
	}
	return err
}

// hideAbsence makes what a write says is not there, as a directory, a failure.
func hideAbsence(err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, kind := range []error{ErrDenied, ErrNowhere} {
		if errors.Is(err, kind) {
			return &failureOf{err.Error(), kind}
		}
	}
	return errors.New(err.Error())
}

// failureOf is a failure of which only the kind is known.
type failureOf struct {
	text string
	kind error
}

func (e *failureOf) Error() string { return e.text }

func (e *failureOf) Unwrap() error { return e.kind }
