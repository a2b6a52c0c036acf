package enginetest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"sync"
)

// HandlerTransport returns a transport that calls h in this process, with no
// network between: whatever host a request names, h gets it. Answers stream
// through a pipe as they are written, and cancelling a request's context (or
// closing its answer's body) cancels the context that h sees.
//
// It reports connections to net/http/httptrace, so that a client can tell a
// request that never reached h from one that did. A panic of h breaks the
// answer off, as net/http's server does.
func HandlerTransport(h http.Handler) http.RoundTripper { return handlerTransport{h} }

type handlerTransport struct{ handler http.Handler }

func (t handlerTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(req.Context())
	if trace != nil && trace.GetConn != nil {
		trace.GetConn(req.URL.Host)
	}
	body := req.Body
	if body == nil {
		body = http.NoBody
	}
	if err := req.Context().Err(); err != nil {
		body.Close()
		return nil, err
	}
	if trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	ctx, cancel := context.WithCancel(req.Context())
	pr, pw := io.Pipe()
	w := &pipeWriter{header: make(http.Header), pipe: pw, started: make(chan struct{})}
	// A reader of the answer must see the cancellation even where the handler
	// does not look at its context.
	stop := context.AfterFunc(ctx, func() { pw.CloseWithError(req.Context().Err()) })

	// The goroutine ends with the handler; a handler that ignores its context
	// and its failing writes holds nothing but itself.
	done := make(chan error, 1)
	go func() {
		defer body.Close()
		err := t.serve(w, serverRequest(ctx, req, body))
		stop()
		if err == nil {
			// A handler that gave up on a cancelled request returns like one
			// that is done. Its answer must not pass for a whole one.
			err = ctx.Err()
		}
		pw.CloseWithError(err) // nil is the end of the body
		done <- err
	}()
	select {
	case <-w.started:
	case err := <-done:
		if err != nil && !w.wroteHeader() {
			cancel()
			return nil, err
		}
		<-w.started
	case <-ctx.Done():
		cancel()
		return nil, ctx.Err()
	}
	return w.response(req, &pipeBody{pr, cancel}), nil
}

// serverRequest is the request as a server would have read it.
func serverRequest(ctx context.Context, req *http.Request, body io.ReadCloser) *http.Request {
	r := req.Clone(ctx)
	r.Body = body
	r.GetBody = nil
	r.RequestURI = req.URL.RequestURI()
	r.RemoteAddr = "127.0.0.1:0"
	r.Proto, r.ProtoMajor, r.ProtoMinor = "HTTP/1.1", 1, 1
	if r.Host == "" {
		r.Host = req.URL.Host
	}
	return r
}

// serve calls the handler; it returns an error where the answer broke off.
func (t handlerTransport) serve(w *pipeWriter, r *http.Request) (err error) {
	defer func() {
		switch v := recover(); {
		case v == nil:
		case v == http.ErrAbortHandler:
			err = fmt.Errorf("%w: the server broke off", io.ErrUnexpectedEOF)
		default:
			err = fmt.Errorf("%w: the server panicked: %v", io.ErrUnexpectedEOF, v)
		}
	}()
	t.handler.ServeHTTP(w, r)
	w.WriteHeader(http.StatusOK) // passed over if there was one
	return nil
}

// pipeWriter is the handler's end of an answer. Its methods but response are
// called by the handler, one at a time as http.ResponseWriter demands.
type pipeWriter struct {
	header  http.Header
	pipe    *io.PipeWriter
	once    sync.Once
	started chan struct{} // closed when the status and sent are fixed
	status  int
	sent    http.Header
}

func (w *pipeWriter) Header() http.Header { return w.header }

func (w *pipeWriter) WriteHeader(status int) {
	if status >= 100 && status <= 199 {
		return // informational: the answer is still to come
	}
	w.once.Do(func() {
		w.status, w.sent = status, w.header.Clone()
		close(w.started)
	})
}

func (w *pipeWriter) wroteHeader() bool {
	select {
	case <-w.started:
		return true
	default:
		return false
	}
}

func (w *pipeWriter) Write(p []byte) (int, error) {
	if !w.wroteHeader() {
		if w.header.Get("Content-Type") == "" {
			w.header.Set("Content-Type", http.DetectContentType(p))
		}
		w.WriteHeader(http.StatusOK)
	}
	return w.pipe.Write(p)
}

// Flush implements http.Flusher. Nothing is held back.
func (w *pipeWriter) Flush() { w.WriteHeader(http.StatusOK) }

func (w *pipeWriter) response(req *http.Request, body io.ReadCloser) *http.Response {
	length := int64(-1)
	if n, err := strconv.ParseInt(w.sent.Get("Content-Length"), 10, 64); err == nil && n >= 0 {
		length = n
	}
	return &http.Response{
		Status:        fmt.Sprintf("%d %s", w.status, http.StatusText(w.status)),
		StatusCode:    w.status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        w.sent,
		Body:          body,
		ContentLength: length,
		Request:       req,
	}
}

// pipeBody is the client's end of an answer.
type pipeBody struct {
	*io.PipeReader
	cancel context.CancelFunc
}

// Close tells the handler that nobody reads any more.
func (b *pipeBody) Close() error {
	b.cancel()
	return b.PipeReader.Close()
}
