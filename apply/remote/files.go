package remote

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"
)

// Files is where a remote keeps its files: a directory, a bucket, a web server
// or a registry. Names are relative, with slashes, of letters, digits, dots and
// hyphens. A file is whole or not there, whatever fails. Methods may be called
// concurrently.
//
// Errors match fs.ErrNotExist, ErrExists, ErrDenied, ErrNowhere, ErrDamaged,
// ErrUnsupported or ErrUnknown where that is what happened; all others may pass when the call
// is made again.
type Files interface {
	// Get opens a file for reading; size is its length in bytes, -1 if that is
	// not known.
	Get(ctx context.Context, name string) (r io.ReadCloser, size int64, err error)
	// Stat returns the length of a file in bytes, -1 if that is not known.
	Stat(ctx context.Context, name string) (size int64, err error)
	// Put writes a file, in the place of what was there: the body from its
	// beginning, which is of that size.
	Put(ctx context.Context, name string, body io.ReadSeeker, size int64) error
	// Create writes a file only if there is none of that name, else the error
	// matches ErrExists: of two that create the same name one succeeds. Where the
	// backend cannot promise that, it matches ErrUnsupported and nothing was
	// written.
	Create(ctx context.Context, name string, body io.ReadSeeker, size int64) error
	// List yields the files below a prefix that ends in a slash, in any order.
	// It is for what a person asks for, never on the way of an apply.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// Delete removes a file. One that is not there is no error.
	Delete(ctx context.Context, name string) error
	// Close gives up what is held.
	Close() error
}

// Info is what a listing says of a file.
type Info struct {
	Name string
	Size int64 // bytes, -1 if not known
	// Written is when it was written by the place's own clock; zero if not known.
	Written time.Time
}

// What may have happened to a call.
var (
	ErrExists      = errors.New("it exists")
	ErrDenied      = errors.New("access is denied")         // no or wrong credentials, expired, read only
	ErrNowhere     = errors.New("there is no remote")       // a missing bucket, an address that is none; never like an empty remote
	ErrDamaged     = errors.New("it is not a regular file") // what stands there is a link that leads nowhere, a pipe; Put replaces it
	ErrUnsupported = errors.New("the remote has no such thing")
	ErrUnknown     = errors.New("the answer was lost") // of a write: it may have been made
)
