package engine

import (
	"errors"
	"time"
)

// ErrResultGone is in the chain of a Download error where the result is not
// there any more: the task is asked for a fresh one.
var ErrResultGone = errors.New("the result is not there any more, or not for this URL")

// A Class says what an error means for a request. The zero value is the
// careful one.
type Class int

const (
	// ClassUnknown: the request may have been accepted and paid for.
	ClassUnknown Class = iota
	// ClassNeverSent: nothing was sent, so nothing was paid; it may be sent
	// again.
	ClassNeverSent
	// ClassFatal: no request sent so will be accepted.
	ClassFatal
	// ClassHourlyLimit: no more of this kind for now.
	ClassHourlyLimit
	// ClassConcurrentLimit: too many at once; wait (RetryAfter, if given) and
	// try again.
	ClassConcurrentLimit
	// ClassRefused: this request will not be accepted as it is.
	ClassRefused
)

func (c Class) String() string {
	switch c {
	case ClassNeverSent:
		return "never sent"
	case ClassFatal:
		return "all refused"
	case ClassHourlyLimit:
		return "hourly limit"
	case ClassConcurrentLimit:
		return "concurrent limit"
	case ClassRefused:
		return "refused"
	default:
		return "unknown outcome"
	}
}

// An Error is what went wrong between a driver and its engine. A driver may
// have an error type of its own that gives an Error to errors.As.
type Error struct {
	Class Class
	// NotFound says that there is no such task.
	NotFound bool
	// KeyRefused says that the key is not accepted, for any request.
	KeyRefused bool
	// Own says that the engine itself answered, not something in between.
	Own bool
	// NotTheService says that something else answers at that address,
	// NoSuchPath that there is nothing of that name.
	NotTheService, NoSuchPath bool
	// Passing says that there was no answer, or the engine was in trouble or
	// not ready: another run may fare better.
	Passing bool
	// Lasting says that another run will fare no better.
	Lasting bool
	// RetryAfter is how long it asks to wait, 0 if it does not say.
	RetryAfter time.Duration
	// Message is the engine's words.
	Message string
	Err     error // the whole story; nil: Message says it
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrKey says that a key cannot be one, before anything is sent.
var ErrKey = errors.New("API key cannot be used")

// As finds the Error in the chain of an error; the zero Error if there is none.
func As(err error) Error {
	var e *Error
	if errors.As(err, &e) {
		return *e
	}
	return Error{Err: err}
}

// Classify returns the class of an error that Submit returned.
func Classify(err error) Class { return As(err).Class }
