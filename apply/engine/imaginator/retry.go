package imaginator

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"assetform/apply/engine/imaginator/reach"
)

var (
	errTimeout = saying("no complete answer in time")
	errStalled = saying("no progress")
)

// because returns the reason for which this package ended ctx, if it did, in
// place of the bare cancellation that it shows as.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); errors.Is(cause, errTimeout) || errors.Is(cause, errStalled) {
		return cause
	}
	return err
}

// retry calls try until it succeeds, fails for good, or has failed
// Limits.Attempts times in a row, or for as long as patience; try counts from
// 1. A try that got somewhere (progress) starts both again. Of a server that
// has never answered it is said sooner that it cannot be reached
// (Limits.FirstContact). It is for reads alone.
func (c *Client) retry(ctx context.Context, patience time.Duration, try func(attempt int) (progress bool, failure *Error)) error {
	failures, began := 0, time.Now()
	for attempt := 1; ; attempt++ {
		progress, failure := try(attempt)
		if failure == nil {
			return nil
		}
		if progress {
			failures, began = 0, time.Now()
		}
		failures++
		failure.Attempts = attempt
		if ctx.Err() != nil || !failure.temporary || failures >= c.limits.Attempts {
			return failure
		}
		waited, wait := time.Since(began), c.limits.wait(failures, failure.RetryAfter)
		silent := failure.Status == 0 && !c.answered.Load() && (c.givenUp.Load() || waited+wait > c.limits.FirstContact)
		if silent {
			c.givenUp.Store(true) // one read has waited for all
		}
		if silent || waited > patience || sleep(ctx, wait) != nil {
			return failure
		}
	}
}

// wait is the time before the next try after that many failures: exponential
// with full jitter, so that clients that failed together do not come back
// together; never less than the server asks for, up to Limits.RetryAfter.
func (l Limits) wait(failures int, retryAfter time.Duration) time.Duration {
	ceiling := l.BackoffMax
	if shift := failures - 1; shift < 30 && l.Backoff<<shift > 0 {
		ceiling = min(ceiling, l.Backoff<<shift)
	}
	jittered := time.Duration(rand.Int64N(int64(ceiling) + 1))
	return max(jittered, min(retryAfter, l.RetryAfter))
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// temporaryStatus reports whether a read that got this status is worth
// another try.
func temporaryStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	default:
		return status >= 500
	}
}

// temporaryError reports whether a read that failed with err is worth another
// try. A certificate that is wrong stays wrong, and so does a redirect.
func temporaryError(err error) bool {
	var certificate *tls.CertificateVerificationError
	return !errors.Is(err, errRedirect) && !errors.Is(err, reach.ErrRefused) && !errors.As(err, &certificate)
}

// parseRetryAfter reads a Retry-After header: seconds, or a date, which is
// compared with the server's own Date, so that no clock but its own matters.
// It is 0 if there is none that makes sense.
func parseRetryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseInt(value, 10, 64); err == nil {
		const century = 100 * 365 * 24 * 3600 // keeps the product in range
		return time.Duration(max(0, min(seconds, century))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return max(0, at.Sub(now))
}
