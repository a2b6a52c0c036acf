package web

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"strconv"
	"time"

	"assetform/apply/remote"
	"assetform/config/origin"
)

// What a write may get that has no directory or bucket to be in.
var (
	ErrNoPlace  = fmt.Errorf("%w at that address", remote.ErrNowhere)
	ErrInternal = errors.New("the server failed") // in whatever way
)

// Status says what an answer means by its status alone.
func Status(r *http.Response) error {
	words := "the server answers " + strconv.Itoa(r.StatusCode) + " " + http.StatusText(r.StatusCode)
	method := ""
	if r.Request != nil {
		method = r.Request.Method
	}
	write := method == http.MethodPut
	switch {
	case r.StatusCode < 300:
		// A web page, or a success that is none of a file.
		if IsPage(r) {
			words = "the server answers with a web page, as a proxy does or a page to sign in"
		}
		if write {
			return fmt.Errorf("%w: %s", remote.ErrUnknown, words)
		}
		return errors.New(words)
	case r.StatusCode < 400:
		return redirected(r, words)
	}
	switch r.StatusCode {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusProxyAuthRequired:
		return fmt.Errorf("%w: %s", remote.ErrDenied, words)
	case http.StatusNotFound:
		switch {
		case write:
			return fmt.Errorf("%w: %s", ErrNoPlace, words)
		case r.Request != nil && r.Request.Response != nil: // it is not the remote that says so
			return fmt.Errorf("%s where a redirect leads", words)
		}
		return fs.ErrNotExist
	case http.StatusConflict:
		if write {
			return fmt.Errorf("%w: %s", ErrNoPlace, words)
		}
	case http.StatusPreconditionFailed:
		return remote.ErrExists
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return fmt.Errorf("%w: %s to %s", remote.ErrUnsupported, words, method)
	}
	if write && r.StatusCode == http.StatusInternalServerError {
		return fmt.Errorf("%w: %w: %s", remote.ErrUnknown, ErrInternal, words)
	}
	if write && r.StatusCode >= 500 {
		return fmt.Errorf("%w: %s", remote.ErrUnknown, words)
	}
	return errors.New(words)
}

// redirected names where an answer leads, without path and query: they may be
// what lets in.
func redirected(r *http.Response, words string) error {
	if to, err := r.Location(); err == nil {
		if o, err := origin.Of(to); err == nil {
			return fmt.Errorf("%w: %s to %s: name that address as the remote if it is the right one", remote.ErrNowhere, words, o)
		}
	}
	return errors.New(words)
}

// NewClient returns a client that gives up what does not move at all: who reads
// or writes a body ends one that is too slow. Redirects of what is read are
// followed where they may lead; with follow false none is.
func NewClient(follow bool) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: 10 * time.Second, ExpectContinueTimeout: time.Second, ResponseHeaderTimeout: time.Minute,
			IdleConnTimeout: 90 * time.Second, MaxIdleConnsPerHost: 64,
			// A length is that of the file, not of what a server made of it.
			DisableCompression: true,
			ReadBufferSize:     64 << 10, WriteBufferSize: 64 << 10,
		},
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if !follow || !mayFollow(req, via) {
				return http.ErrUseLastResponse
			}
			for _, header := range []string{"Authorization", "Cookie", "Referer"} {
				req.Header.Del(header)
			}
			return nil
		},
	}
}

// mayFollow tells whether a redirect leads on: only what is read is read
// elsewhere, and nothing in the clear but from this machine to this machine.
func mayFollow(req *http.Request, via []*http.Request) bool {
	first := via[0]
	if len(via) > 5 || first.Method != http.MethodGet && first.Method != http.MethodHead {
		return false
	}
	to, err := origin.Of(req.URL)
	if err != nil || to.CheckScheme() != nil || req.URL.User != nil {
		return false
	}
	from, err := origin.Of(first.URL)
	return err == nil && (to.Encrypted() || !from.Encrypted())
}
