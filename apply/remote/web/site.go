package web

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"assetform/apply/remote"
)

// Site is where files have addresses. It implements remote.Files but for List.
type Site struct {
	Client *http.Client
	// Address is the address of a file.
	Address func(name string) *url.URL
	// Authorize adds credentials to a request, and what else the server wants of
	// one with that body. It leaves the body at its beginning. Nil adds nothing.
	Authorize func(r *http.Request, body io.ReadSeeker) error
	// Explain says what an answer that is no success means, with the beginning of
	// its body, where it is more than its status tells. Nil says nothing.
	Explain func(r *http.Response, body []byte) error
}

// Close implements remote.Files.
func (s *Site) Close() error {
	s.Client.CloseIdleConnections()
	return nil
}

// Get implements remote.Files.
func (s *Site) Get(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	r, err := s.read(ctx, http.MethodGet, name)
	if err != nil {
		return nil, 0, err
	}
	return r.Body, r.ContentLength, nil
}

// Stat implements remote.Files.
func (s *Site) Stat(ctx context.Context, name string) (int64, error) {
	r, err := s.read(ctx, http.MethodHead, name)
	if err != nil {
		return 0, err
	}
	r.Body.Close()
	return r.ContentLength, nil
}

// read sends a request for a file, to which only a file is an answer.
func (s *Site) read(ctx context.Context, method, name string) (*http.Response, error) {
	// Whoever answers from memory could not see what another machine wrote.
	r, err := s.Send(ctx, method, s.Address(name), http.Header{"Cache-Control": {"no-cache"}}, nil, 0)
	if err != nil {
		return nil, err
	}
	if r.StatusCode == http.StatusOK && !IsPage(r) {
		return r, nil
	}
	return nil, s.Failure(r)
}

// Put implements remote.Files.
func (s *Site) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	return s.write(ctx, name, http.Header{}, body, size)
}

// Create implements remote.Files. It relies on the server, and there are some
// that take no notice of the condition.
//
// One that refuses a large body before it has read it and hangs up is often not
// heard. So it is asked before, and after an answer was lost: a file of another
// size is not what was sent.
func (s *Site) Create(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	if size > large {
		if _, err := s.Stat(ctx, name); err == nil {
			return remote.ErrExists
		}
	}
	err := s.write(ctx, name, http.Header{"If-None-Match": {"*"}}, body, size)
	if errors.Is(err, remote.ErrUnknown) && ctx.Err() == nil {
		if there, err := s.Stat(ctx, name); err == nil && there >= 0 && there != size {
			return remote.ErrExists
		}
	}
	return err
}

func (s *Site) write(ctx context.Context, name string, header http.Header, body io.ReadSeeker, size int64) error {
	header.Set("Content-Type", "application/octet-stream")
	r, err := s.Send(ctx, http.MethodPut, s.Address(name), header, body, size)
	if err != nil {
		return err
	}
	switch r.StatusCode {
	case http.StatusOK, http.StatusCreated, http.StatusNoContent:
		if r.StatusCode != http.StatusOK || !IsPage(r) {
			drain(r)
			return nil
		}
	}
	return s.Failure(r)
}

// Delete implements remote.Files.
func (s *Site) Delete(ctx context.Context, name string) error {
	r, err := s.Send(ctx, http.MethodDelete, s.Address(name), nil, nil, 0)
	if err != nil {
		return err
	}
	switch r.StatusCode {
	case http.StatusOK, http.StatusNoContent:
		drain(r)
		return nil
	}
	if err := s.Failure(r); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// IsPage tells whether an answer is for people.
func IsPage(r *http.Response) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "text/html")
}

// maxAnswer is how much is read of an answer that is no file.
const maxAnswer = 64 << 10

// drain reads what is left of a small answer, so that its connection is used
// again.
func drain(r *http.Response) {
	_, _ = io.CopyN(io.Discard, r.Body, maxAnswer)
	r.Body.Close()
}

// large is the size of a body before which the server is asked whether it will
// be taken.
const large = 64 << 10

// Send makes one request and returns its answer, whatever it is. A body is at
// nobody else's disposal when it returns.
func (s *Site) Send(ctx context.Context, method string, u *url.URL, header http.Header, body io.ReadSeeker, size int64) (*http.Response, error) {
	var reached atomic.Bool
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { reached.Store(true) },
	}), method, u.String(), nil)
	if err != nil {
		return nil, err
	}
	for key, values := range header {
		req.Header[key] = values
	}
	req.Header.Set("User-Agent", "assetform")
	if s.Authorize != nil {
		if err := s.Authorize(req, body); err != nil {
			return nil, err
		}
	}
	released := make(chan struct{})
	switch {
	case body != nil && size > 0:
		req.Body, req.ContentLength = &upload{Reader: body, released: released}, size
		if size > large {
			req.Header.Set("Expect", "100-continue") // after signing: proxies take it away
		}
	case body != nil:
		req.Body = http.NoBody
		close(released)
	default:
		close(released)
	}
	r, err := s.Client.Do(req)
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
			err = ue.Err // without the address, which may be that of a redirect
		}
		if ended := ctx.Err(); ended != nil && !errors.Is(err, ended) {
			err = fmt.Errorf("%w: %w", ended, err)
		}
		if _, untrusted := errors.AsType[*tls.CertificateVerificationError](err); untrusted {
			err = fmt.Errorf("%w that can be believed: %w", remote.ErrNowhere, err)
		}
		if body != nil && reached.Load() {
			err = fmt.Errorf("%w: %w", remote.ErrUnknown, err)
		}
		<-released
		return nil, err
	}
	if body != nil && !isReleased(released) {
		// It was answered before all was sent: closing stops the rest.
		answer, _ := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
		r.Body.Close()
		r.Body = io.NopCloser(bytes.NewReader(answer))
		<-released
	}
	return r, nil
}

func isReleased(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// upload is a body whose end of use is told: the client may read it after the
// answer came.
type upload struct {
	io.Reader
	once     sync.Once
	released chan struct{}
}

func (u *upload) Close() error {
	u.once.Do(func() { close(u.released) })
	return nil
}

// Failure reads and closes an answer that is no success, and says what it means.
func (s *Site) Failure(r *http.Response) error {
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxAnswer))
	r.Body.Close()
	if s.Explain != nil {
		if err := s.Explain(r, body); err != nil {
			return err
		}
	}
	return Status(r)
}
