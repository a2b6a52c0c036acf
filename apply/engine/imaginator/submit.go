package imaginator

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator/reach"
)

// Submit sends one create request, once, and returns what the API says of the
// task. idempotencyKey goes out as Idempotency-Key and must not be empty.
//
// This is where money is spent, so nothing below may send the request again:
//
//   - no retry here; the caller decides by Classify, and only ClassNeverSent
//     is safe to repeat without asking the API what happened;
//   - the transport is called directly: a 3xx is an answer, not an order;
//   - GetBody is nil. net/http replays a request with an Idempotency-Key header
//     when a reused connection breaks, unless it has a body that it cannot
//     rewind. On a server that ignores the header a replay is a second payment.
//
// The error is always an *Error. A 2xx other than 201 counts as accepted if it
// names a task: the id is the proof.
func (c *Client) Submit(ctx context.Context, r engine.Request, idempotencyKey string) (Created, error) {
	op := c.op(http.MethodPost, r.Method)
	unsent := func(err error) (Created, error) {
		return Created{}, &Error{Op: op, NeverSent: true, Err: c.scrub.cause(err)}
	}
	if !validHeader(idempotencyKey) {
		return unsent(saying("idempotency key is empty or has control characters"))
	}
	body, length, err := encode(r)
	if err != nil {
		return unsent(err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := ctx.Err(); err != nil {
		return unsent(err)
	}
	timer := time.AfterFunc(c.limits.SubmitTimeout, func() { cancel(errTimeout) })
	defer timer.Stop()

	var s sending
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, s.trace()),
		http.MethodPost, c.endpoint(r.Method), s.watch(body))
	if err != nil {
		return unsent(err)
	}
	req.ContentLength = length
	req.GetBody = nil
	c.header(req, "application/json")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set(HeaderIdempotencyKey, idempotencyKey)
	if prompt, _ := r.Params["prompt"].(string); c.unwritten != nil && c.unwritten(prompt) {
		req.Header.Set(HeaderCaption, CaptionNone)
	}

	start := time.Now()
	resp, err := c.post.RoundTrip(req)
	c.record(ctx, req, resp, err, start, 1)
	if err != nil {
		return Created{}, &Error{Op: op, NeverSent: s.never() || errors.Is(err, reach.ErrRefused), Err: c.scrub.cause(because(ctx, err))}
	}
	defer resp.Body.Close()
	timer.Reset(c.limits.ReadTimeout)
	return c.created(ctx, op, resp)
}

// created reads the answer to a create request.
func (c *Client) created(ctx context.Context, op string, resp *http.Response) (Created, error) {
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return Created{}, c.refusal(op, resp, "JSON")
	}
	// From here on everything that is not a task id is an unknown outcome.
	data, failure := c.answer(ctx, op, resp, c.limits.JSONBytes)
	var created Created
	err := created.UnmarshalJSON(data.body)
	switch {
	case failure != nil && (data.body == nil || err != nil):
		return Created{}, failure
	case err != nil:
		return Created{}, c.unreadable(op, resp.StatusCode, err)
	}
	if err := c.checkID(created.TaskID); err != nil {
		return Created{}, c.unreadable(op, resp.StatusCode, err)
	}
	c.scrub.created(&created)
	return created, nil
}

// sending collects the evidence whether a request can have reached anybody.
type sending struct {
	wanted, got, read atomic.Bool
}

// trace's hooks are called by net/http from several goroutines.
func (s *sending) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { s.wanted.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { s.got.Store(true) },
	}
}

// watch returns body as a type that net/http knows no way to rewind. One that
// is in memory net/http must know as that: else it sends the header alone first.
// It reads it only once it has a connection, which is evidence enough.
func (s *sending) watch(body io.Reader) io.ReadCloser {
	if whole, ok := body.(*bytes.Reader); ok {
		return io.NopCloser(whole)
	}
	return &watchedBody{body, s}
}

type watchedBody struct {
	io.Reader
	sending *sending
}

func (b *watchedBody) Read(p []byte) (int, error) {
	b.sending.read.Store(true)
	return b.Reader.Read(p)
}

func (b *watchedBody) Close() error { return nil }

// never reports that nothing was sent: the transport asked for a connection
// (so it is one that reports such things) and never had one. Whether bytes
// left a connection that it did have is not asked: the kernel, a proxy or TLS
// may have taken them.
func (s *sending) never() bool {
	return s.wanted.Load() && !s.got.Load() && !s.read.Load()
}

// validHeader reports whether v can be sent as a header's value.
func validHeader(v string) bool {
	for i := range len(v) {
		if v[i] < ' ' || v[i] >= 0x7f {
			return false
		}
	}
	return v != ""
}
