package imaginator

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"assetform/apply/engine"
)

// The error codes of the API document.
const (
	CodeAuthRequired            = "AUTH_REQUIRED"
	CodeInvalidAPIKey           = "INVALID_API_KEY"
	CodeAPIKeyDisabled          = "API_KEY_DISABLED"
	CodeAPIKeyExpired           = "API_KEY_EXPIRED"
	CodeNoActiveLicense         = "NO_ACTIVE_LICENSE"
	CodeHourlyLimitExceeded     = "HOURLY_LIMIT_EXCEEDED"
	CodeConcurrentLimitExceeded = "CONCURRENT_LIMIT_EXCEEDED"
	CodeInvalidRequest          = "INVALID_REQUEST"
	CodeTaskNotFound            = "TASK_NOT_FOUND"
	CodeServerError             = "SERVER_ERROR"
)

// CodeStatus maps every documented error code to its HTTP status.
var CodeStatus = map[string]int{
	CodeAuthRequired:            http.StatusUnauthorized,
	CodeInvalidAPIKey:           http.StatusUnauthorized,
	CodeAPIKeyDisabled:          http.StatusForbidden,
	CodeAPIKeyExpired:           http.StatusForbidden,
	CodeNoActiveLicense:         http.StatusTooManyRequests,
	CodeHourlyLimitExceeded:     http.StatusTooManyRequests,
	CodeConcurrentLimitExceeded: http.StatusTooManyRequests,
	CodeInvalidRequest:          http.StatusBadRequest,
	CodeTaskNotFound:            http.StatusNotFound,
	CodeServerError:             http.StatusInternalServerError,
}

// As gives apply's view of the error to errors.As.
func (e *Error) As(target any) bool {
	to, ok := target.(**engine.Error)
	if ok {
		*to = &engine.Error{
			Class: e.class(), NotFound: e.Code == CodeTaskNotFound, KeyRefused: e.keyRefused(), Own: e.APIBody,
			NotTheService: e.Page && e.Status == http.StatusOK, NoSuchPath: e.noSuchPath(),
			Passing:    e.temporary || e.Status == 0 && e.Err != nil && !e.lasting,
			Lasting:    e.lasting,
			RetryAfter: e.RetryAfter, Message: e.Message, Err: e,
		}
	}
	return ok
}

// An Error is an answer that is no success, or a request that got no answer.
// All text in it is scrubbed of the API key and bounded.
type Error struct {
	// Op is the method and path of the request: "POST /api/v1/generate_image".
	// It has no query.
	Op string
	// Status is the HTTP status, 0 if there was no answer.
	Status int
	// Code is the API's error code, "" if the answer has none.
	Code string
	// Message is the server's words, or what is wrong with its answer.
	Message string
	// RetryAfter is how long the server asks to wait, 0 if it does not say.
	RetryAfter time.Duration
	// APIBody says that the answer has the API's own error body.
	APIBody bool
	// Page says that the answer was a web page: a success that is one does not
	// come from the API.
	Page bool
	// NeverSent says that the request failed before any of it was sent.
	NeverSent bool
	// Attempts is how often a read was tried.
	Attempts int
	// Err is the cause where there was no answer, or none that can be read.
	Err error

	temporary bool // a read is worth another try
	lasting   bool // and another run will fare no better
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	b.WriteString(": ")
	if e.Status != 0 {
		fmt.Fprintf(&b, "%d", e.Status)
		if text := http.StatusText(e.Status); text != "" {
			b.WriteString(" " + text)
		}
	}
	if e.Code != "" {
		b.WriteString(" " + e.Code)
	}
	for _, text := range []string{e.Message, errorText(e.Err)} {
		if text == "" {
			continue
		}
		if !strings.HasSuffix(b.String(), ": ") {
			b.WriteString(": ")
		}
		b.WriteString(text)
	}
	if e.Attempts > 1 {
		fmt.Fprintf(&b, " (after %d attempts)", e.Attempts)
	}
	return b.String()
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// keyRefused reports whether the server does not accept the key: no request
// with it, whichever, will be answered.
func (e *Error) keyRefused() bool {
	switch e.Code {
	case CodeAuthRequired, CodeInvalidAPIKey, CodeAPIKeyDisabled, CodeAPIKeyExpired, CodeNoActiveLicense:
		return e.Status >= 400 && e.Status <= 499
	}
	return e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden
}

// noSuchPath reports whether there is nothing at that path, which is not that
// there is no such task.
func (e *Error) noSuchPath() bool {
	return (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed) && e.Code != CodeTaskNotFound
}

// class is what the answer to a create request means. Only what is known to
// come from the API, or behind which nothing runs, is definite.
func (e *Error) class() engine.Class {
	switch {
	case e.NeverSent:
		return engine.ClassNeverSent
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden:
		return engine.ClassFatal
	case !e.APIBody:
		return e.bareClass()
	}
	if e.noSuchPath() {
		return engine.ClassFatal
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusNotFound, http.StatusRequestEntityTooLarge,
		http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity:
		return engine.ClassRefused
	case http.StatusTooManyRequests:
		switch {
		case e.keyRefused():
			return engine.ClassFatal
		case e.Code == CodeHourlyLimitExceeded:
			return engine.ClassHourlyLimit
		}
		return engine.ClassConcurrentLimit
	}
	return engine.ClassUnknown
}

// bareClass is the class of an answer without the API's error body.
func (e *Error) bareClass() engine.Class {
	switch e.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed:
		return engine.ClassFatal
	case http.StatusRequestEntityTooLarge:
		return engine.ClassRefused
	}
	return engine.ClassUnknown
}
