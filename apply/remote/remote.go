package remote

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/lockfile/datadir"

	"golang.org/x/sync/singleflight"
)

// Options say which remote it is. Open, Shown and Engines are required.
type Options struct {
	// Open connects to the place. It is called once, before the first request.
	Open     func(context.Context) (Files, error)
	Shown    string // the place, for people
	ReadOnly bool
	Engines  engine.Registry
	Data     *datadir.Dir // has the notes of this machine; nil: there are none

	testOnlyPatience time.Duration
}

// Remote is a project's remote. Its methods may be called concurrently. Nothing
// is opened before something is asked.
type Remote struct {
	o     Options
	notes notes
	// reread: a content is there only if its bytes are read and right.
	reread  atomic.Bool
	sending singleflight.Group // uploads that are under way, by their contents
	buffers sync.Pool          // of *[receiveBuffer]byte

	mu       sync.Mutex
	files    Files
	opened   bool
	failed   *FailureError // the place does not answer
	denied   error         // why nothing can be written
	stale    map[lockfile.InputsHash]bool
	there    map[lockfile.ContentHash]bool // the remote has it: it was asked, or it was uploaded
	flights  map[lockfile.ContentHash]*flight
	warnings []string
	counts   Counts
}

// Counts are what was transferred.
type Counts struct {
	Uploaded, Downloaded int   // blobs
	Bytes                int64 // of these
	Records              int   // of results that were written
	Due                  int   // uploads that did not get through
}

// New returns a project's remote.
func New(o Options) *Remote {
	return &Remote{o: o, notes: notesIn(o.Data), stale: map[lockfile.InputsHash]bool{}, there: map[lockfile.ContentHash]bool{}, flights: map[lockfile.ContentHash]*flight{}}
}

// Shown is the place, for people.
func (r *Remote) Shown() string { return r.o.Shown }

// ReadOnly tells that nothing is written.
func (r *Remote) ReadOnly() bool { return r.o.ReadOnly }

// FailureError says that it cannot be told what the remote has.
type FailureError struct {
	Shown string
	Err   error
}

func (e *FailureError) Error() string {
	return fmt.Sprintf("the remote %s cannot be asked: %v", e.Shown, e.Err)
}

func (e *FailureError) Unwrap() error { return e.Err }

// AbsentError says that the remote does not have something, or not as it should
// be, which is the same.
type AbsentError struct {
	What string
	Why  string // "": it is not there
}

func (e *AbsentError) Error() string {
	if e.Why == "" {
		return e.What + " is not in the remote"
	}
	return fmt.Sprintf("%s is damaged in the remote: %s", e.What, e.Why)
}

// Is makes it fs.ErrNotExist.
func (e *AbsentError) Is(target error) bool { return target == fs.ErrNotExist }

func blobName(h lockfile.ContentHash) string { return blobPrefix + hex.EncodeToString(h[:]) }

func resultName(h lockfile.InputsHash) string {
	return resultPrefix + hex.EncodeToString(h[:]) + resultSuffix
}

const (
	blobPrefix   = "v1/blobs/sha256/"
	resultPrefix = "v1/results/"
	resultSuffix = ".json"
)

// Warnings hands out what was worked around since it was asked last.
func (r *Remote) Warnings() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.warnings
	r.warnings = nil
	return list
}

func (r *Remote) warn(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.warnings = append(r.warnings, fmt.Sprintf(format, args...))
}

// Counts are what was transferred so far.
func (r *Remote) Counts() Counts {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.counts
}

func (r *Remote) count(add func(*Counts)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	add(&r.counts)
}

// Close gives the connection up.
func (r *Remote) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.files == nil {
		return nil
	}
	files := r.files
	r.files, r.opened = nil, false
	return files.Close()
}

// place connects, once.
func (r *Remote) place(ctx context.Context) (Files, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.opened {
		return r.files, nil
	}
	files, err := r.o.Open(ctx)
	if err != nil && ctx.Err() == nil { // nothing was sent yet: it fails again however long one waits
		return nil, &failureOf{err.Error(), ErrNowhere}
	}
	if err != nil {
		return nil, err
	}
	r.files, r.opened = files, true
	return files, nil
}

// Files is the place itself, for what is kept there beside results.
func (r *Remote) Files(ctx context.Context) (Files, error) { return r.place(ctx) }

// How long a call is tried again, with pauses that grow, and how long one that
// moves no file may take. Nobody loses anything by an upload that comes later.
const (
	patience   = 30 * time.Second
	ofUploads  = 10 * time.Second
	firstPause = 250 * time.Millisecond
	maxPause   = 5 * time.Second
	callTime   = 10 * time.Second
)

// try makes a call, and makes it again while its failure may pass. What is
// neither done nor absent in the end is a *FailureError, for this call and, if
// the place does not answer, for all later ones.
func (r *Remote) try(ctx context.Context, wait, limit time.Duration, call func(context.Context, Files) error) error {
	r.mu.Lock()
	down := r.failed
	r.mu.Unlock()
	if down != nil {
		return down
	}
	if r.o.testOnlyPatience > 0 {
		wait = r.o.testOnlyPatience
	}
	until := time.Now().Add(wait)
	var last error // of a call that was not cut short
	for pause := firstPause; ; pause = min(2*pause, maxPause) {
		err := r.once(ctx, limit, call)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil && last != nil:
			return &FailureError{r.o.Shown, last}
		case ctx.Err() != nil:
			return &FailureError{r.o.Shown, context.Cause(ctx)}
		case errors.Is(err, ErrDenied), errors.Is(err, ErrNowhere): // whatever else it is
			return r.fail(hideAbsence(err))
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, ErrExists), errors.Is(err, ErrUnsupported), errors.Is(err, ErrDamaged):
			return err
		case time.Now().Add(pause).After(until):
			return r.fail(err)
		}
		last = err
		select {
		case <-time.After(pause):
		case <-ctx.Done():
		}
	}
}

// once makes a call, and gives up when it takes longer than limit.
func (r *Remote) once(ctx context.Context, limit time.Duration, call func(context.Context, Files) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	files, err := r.place(ctx)
	if err == nil {
		err = call(ctx, files)
	}
	return err
}

func (r *Remote) fail(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := &FailureError{r.o.Shown, err}
	if r.failed == nil && !errors.Is(err, ErrDenied) {
		r.failed = f
	}
	return f
}
