package https

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"

	"assetform/apply/remote"
	"assetform/apply/remote/web"
	"assetform/config/origin"
)

// Open opens the remote at an address, which has no query and no user. Getenv
// finds a variable of the environment, "" if there is none.
func Open(base *url.URL, getenv func(string) string) (remote.Files, error) {
	o, err := origin.Of(base)
	if err != nil {
		return nil, err
	}
	if err := o.CheckScheme(); err != nil {
		return nil, err
	}
	s := &site{base: base.JoinPath("/")}
	s.Site = &web.Site{Client: web.NewClient(true), Address: s.address}
	if header := authorization(o, getenv); header != "" {
		s.Authorize = func(r *http.Request, _ io.ReadSeeker) error {
			r.Header.Set("Authorization", header)
			return nil
		}
	} else {
		s.Explain = unauthorized
	}
	return remote.Checked(s), nil
}

// unauthorized says of a server that wants credentials why none were sent.
func unauthorized(r *http.Response, _ []byte) error {
	if r.StatusCode != http.StatusUnauthorized {
		return nil
	}
	return fmt.Errorf("%w; no credentials were sent, since those that assetform finds are of other addresses: "+
		"ASSETFORM_REMOTE_TOKEN, and .netrc for a port other than 443, are for the address that ASSETFORM_REMOTE_URL names", web.Status(r))
}

type site struct {
	*web.Site
	base *url.URL // ends in a slash
}

func (s *site) address(name string) *url.URL { return s.base.JoinPath(name) }

// Put implements remote.Files.
func (s *site) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	return s.inDirectory(ctx, name, body, func() error { return s.Site.Put(ctx, name, body, size) })
}

// Create implements remote.Files.
func (s *site) Create(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	return s.inDirectory(ctx, name, body, func() error { return s.Site.Create(ctx, name, body, size) })
}

// inDirectory writes a file, and once again after making its directories if the
// server says that they are missing.
func (s *site) inDirectory(ctx context.Context, name string, body io.Seeker, write func() error) error {
	err := write()
	missing, failed := errors.Is(err, web.ErrNoPlace), errors.Is(err, web.ErrInternal)
	if !missing && !failed {
		return err
	}
	made, dirErr := s.makeDirs(ctx, path.Dir(name))
	// nginx and lighttpd call it a failure of theirs. Where a directory was not
	// there, nothing can have been written in it.
	switch {
	case missing && errors.Is(dirErr, remote.ErrUnsupported): // no WebDAV: what the server said of the file is the cause
		return err
	case missing && dirErr != nil:
		return dirErr
	case missing || made && dirErr == nil:
	default:
		return err
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return write()
}

// makeDirs makes a directory and those above it, but for the remote's own, which
// nobody may have meant.
func (s *site) makeDirs(ctx context.Context, dir string) (made bool, err error) {
	at := ""
	for element := range strings.SplitSeq(dir, "/") {
		at += element + "/"
		r, err := s.Send(ctx, "MKCOL", s.address(at), nil, nil, 0)
		if err != nil {
			return made, err
		}
		switch r.StatusCode {
		case http.StatusCreated:
			made = true
			r.Body.Close()
		case http.StatusMethodNotAllowed:
			r.Body.Close() // it is there
		case http.StatusNotFound, http.StatusConflict:
			r.Body.Close()
			return made, fmt.Errorf("%w: the server makes no directory %q there", web.ErrNoPlace, at)
		default:
			return made, fmt.Errorf("make the directory %q: %w", at, s.Failure(r))
		}
	}
	return made, nil
}
