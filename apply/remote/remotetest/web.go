package remotetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"assetform/apply/remote"
)

// Web is a backend that speaks HTTP, and a server for it.
type Web struct {
	Handler http.Handler
	// Open opens the remote at a server's address, which ends in no slash.
	Open func(t *testing.T, address string) remote.Files
	// Moves tells whether a request moves a file's bytes; nil: each does.
	Moves func(r *http.Request) bool
	// Secrets are what no error may have in it and no redirect carry.
	Secrets []string
	Create  Create
}

// RunWeb tests what a backend makes of networks, proxies and hostile servers.
func RunWeb(t *testing.T, w Web) {
	t.Helper()
	if w.Moves == nil {
		w.Moves = func(*http.Request) bool { return true }
	}
	tests := map[string]func(*testing.T, *webRig){
		"denied": testDenied, "failing": testFailing, "page": testPage, "truncated": testTruncated, "lost answer": testLostAnswer,
		"early answer": testEarlyAnswer, "redirect": testRedirect, "endless": testEndless, "stalled": testStalled, "gone": testGone,
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &webRig{Web: w, name: "v1/results/" + strings.ReplaceAll(name, " ", "-") + ".json"}
			server := httptest.NewServer(r)
			t.Cleanup(server.Close)
			r.server = server
			r.files = w.Open(t, server.URL)
			t.Cleanup(func() { r.files.Close() })
			if err := r.files.Put(t.Context(), r.name, bytes.NewReader(kept), int64(len(kept))); err != nil {
				t.Fatal(err)
			}
			tests[name](t, r)
		})
	}
}

// kept is what the file has.
var kept = bytes.Repeat([]byte("kept "), 40_000)

// webRig is a server before the backend's.
type webRig struct {
	Web
	name   string
	files  remote.Files
	server *httptest.Server

	mu    sync.Mutex
	fault http.HandlerFunc // in the place of the server, if not nil
}

func (r *webRig) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	fault := r.fault
	r.mu.Unlock()
	if fault == nil {
		fault = r.Handler.ServeHTTP
	}
	fault(w, req)
}

// set changes what the server does.
func (r *webRig) set(fault http.HandlerFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.fault = fault
}

// each makes every call with a file, and hands its error on.
func (r *webRig) each(t *testing.T, check func(call string, err error)) {
	t.Helper()
	ctx := t.Context()
	_, statErr := r.files.Stat(ctx, r.name)
	_, getErr := read(ctx, r.files, r.name)
	calls := map[string]error{
		"stat": statErr, "get": getErr, "delete": r.files.Delete(ctx, r.name), "put": r.put(ctx, "new"),
	}
	if r.Create != Refused {
		calls["create"] = r.files.Create(ctx, r.name+".new", strings.NewReader("new"), 3)
	}
	for call, err := range calls {
		if err == nil {
			t.Errorf("%s: no error", call)
			continue
		}
		for _, secret := range r.Secrets {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: a secret is in the error %v", call, err)
			}
		}
		if strings.Contains(err.Error(), foreign) {
			t.Errorf("%s: the server's text is in the error %v", call, err)
		}
		check(call, err)
	}
}

// foreign is the text of a server.
const foreign = "<b>do as I say</b>"

func (r *webRig) put(ctx context.Context, content string) error {
	return r.files.Put(ctx, r.name, strings.NewReader(content), int64(len(content)))
}

// wantKept holds that the file is as it was.
func (r *webRig) wantKept(t *testing.T) {
	t.Helper()
	r.set(nil)
	if b, err := read(t.Context(), r.files, r.name); err != nil || !bytes.Equal(b, kept) {
		t.Errorf("the file has %d bytes, error %v", len(b), err)
	}
}

func answer(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, foreign)
	}
}

func testDenied(t *testing.T, r *webRig) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden} {
		r.set(answer(status))
		r.each(t, func(call string, err error) {
			if !errors.Is(err, remote.ErrDenied) {
				t.Errorf("%s with %d: got error %v, want that access is denied", call, status, err)
			}
		})
	}
	r.wantKept(t)
}

// isAnswer tells whether an error is one of those that say what is there.
func isAnswer(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, remote.ErrExists) || errors.Is(err, remote.ErrDenied)
}

func testFailing(t *testing.T, r *webRig) {
	for _, status := range []int{http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusBadRequest, http.StatusTeapot} {
		r.set(answer(status))
		r.each(t, func(call string, err error) {
			if isAnswer(err) || errors.Is(err, remote.ErrUnsupported) {
				t.Errorf("%s with %d: got error %v, want one that passes", call, status, err)
			}
			if write := call == "put" || call == "create"; write && r.Create != Refused && status >= 500 && !errors.Is(err, remote.ErrUnknown) {
				t.Errorf("%s with %d: got error %v, want that it may have been made", call, status, err)
			}
		})
	}
	r.wantKept(t)
}

// A proxy, or a page to sign in, says yes to all.
func testPage(t *testing.T, r *webRig) {
	r.set(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, foreign)
	})
	ctx := t.Context()
	if _, err := r.files.Stat(ctx, r.name); err == nil || isAnswer(err) {
		t.Errorf("stat: got error %v, want that it is a page", err)
	}
	if b, err := read(ctx, r.files, r.name); err == nil || isAnswer(err) {
		t.Errorf("get: got %q, error %v, want that it is a page", b, err)
	}
	if err := r.put(ctx, "new"); err == nil || isAnswer(err) {
		t.Errorf("put: got error %v, want that it is a page", err)
	}
	r.wantKept(t)
}

func testTruncated(t *testing.T, r *webRig) {
	for _, chunked := range []bool{false, true} {
		r.set(func(w http.ResponseWriter, req *http.Request) {
			if !r.Moves(req) || req.Method != http.MethodGet {
				r.Handler.ServeHTTP(w, req)
				return
			}
			if !chunked {
				w.Header().Set("Content-Length", fmt.Sprint(len(kept)))
			}
			w.Write(kept[:len(kept)/2])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		})
		if b, err := read(t.Context(), r.files, r.name); err == nil || isAnswer(err) {
			t.Errorf("chunked %v: got %d bytes, error %v, want that some are missing", chunked, len(b), err)
		}
	}
	r.wantKept(t)
}

// cut ends a connection without a word.
func cut(t *testing.T, w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	conn.Close()
}

// A write that was made and whose answer is lost is not known to be made.
func testLostAnswer(t *testing.T, r *webRig) {
	r.set(func(w http.ResponseWriter, req *http.Request) {
		if !r.Moves(req) || req.Method != http.MethodPut {
			r.Handler.ServeHTTP(w, req)
			return
		}
		r.Handler.ServeHTTP(httptest.NewRecorder(), req)
		cut(t, w)
	})
	if err := r.put(t.Context(), "made all the same"); !errors.Is(err, remote.ErrUnknown) || isAnswer(err) {
		t.Errorf("got error %v, want that the answer was lost", err)
	}
}

// A server that refuses before it has read all and hangs up is understood, and
// not asked twice.
func testEarlyAnswer(t *testing.T, r *webRig) {
	if r.Create == Refused {
		t.Skip("it sends no condition")
	}
	var puts atomic.Int32
	r.set(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodPut {
			if puts.Load() == 0 {
				http.NotFound(w, req) // it comes in between
				return
			}
			r.Handler.ServeHTTP(w, req)
			return
		}
		puts.Add(1)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(conn, "HTTP/1.1 412 Precondition Failed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		conn.Close()
	})
	big := random(8 << 20)
	err := r.files.Create(t.Context(), r.name, bytes.NewReader(big), int64(len(big)))
	if !errors.Is(err, remote.ErrExists) {
		t.Errorf("got error %v, want that it exists", err)
	}
	if puts := puts.Load(); puts != 1 {
		t.Errorf("it was asked %d times", puts)
	}
}

// What is read may be elsewhere; what lets in here does not go there, and what
// is written does not.
func testRedirect(t *testing.T, r *webRig) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodGet && req.Method != http.MethodHead {
			t.Errorf("%s went elsewhere", req.Method)
		}
		for key, values := range req.Header {
			for _, secret := range r.Secrets {
				if strings.Contains(strings.Join(values, " "), secret) {
					t.Errorf("the secret went elsewhere in %s", key)
				}
			}
			if key == "Authorization" {
				t.Error("credentials went elsewhere")
			}
		}
		w.Header().Set("Content-Length", fmt.Sprint(len(kept)))
		w.Write(kept)
	}))
	t.Cleanup(elsewhere.Close)
	for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		r.set(func(w http.ResponseWriter, req *http.Request) {
			if r.Moves(req) {
				http.Redirect(w, req, elsewhere.URL+"/there?signature="+foreign, status)
				return
			}
			r.Handler.ServeHTTP(w, req)
		})
		b, err := read(t.Context(), r.files, r.name)
		if err == nil && !bytes.Equal(b, kept) || isAnswer(err) {
			t.Errorf("%d: got %d bytes, error %v", status, len(b), err)
		}
		if err := r.put(t.Context(), fmt.Sprint(status)); err == nil || isAnswer(err) || strings.Contains(err.Error(), "signature") {
			t.Errorf("%d: a write got error %v", status, err)
		}
	}
	r.set(func(w http.ResponseWriter, req *http.Request) { http.Redirect(w, req, req.URL.Path, http.StatusFound) })
	if _, err := read(t.Context(), r.files, r.name); err == nil || isAnswer(err) {
		t.Errorf("in a circle: got error %v", err)
	}
	r.wantKept(t)
}

// An answer without end is not read to its end.
func testEndless(t *testing.T, r *webRig) {
	r.set(func(w http.ResponseWriter, req *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		if req.Method == http.MethodHead {
			return
		}
		for range 100_000 {
			if _, err := w.Write(kept); err != nil {
				return
			}
		}
		t.Error("20 GB of an error were read")
	})
	r.each(t, func(call string, err error) {
		if isAnswer(err) {
			t.Errorf("%s: got error %v", call, err)
		}
	})
}

// Who waits for a server that says no more can end it.
func testStalled(t *testing.T, r *webRig) {
	release := make(chan struct{})
	stalled := make(chan struct{}, 10)
	t.Cleanup(func() { close(release) })
	for _, halfway := range []bool{false, true} {
		r.set(func(w http.ResponseWriter, req *http.Request) {
			if !r.Moves(req) {
				r.Handler.ServeHTTP(w, req)
				return
			}
			if halfway && req.Method == http.MethodGet {
				w.Header().Set("Content-Length", fmt.Sprint(len(kept)))
				w.Write(kept[:1000])
				w.(http.Flusher).Flush()
			}
			stalled <- struct{}{}
			select {
			case <-release:
			case <-req.Context().Done():
			}
		})
		for call, do := range map[string]func(context.Context) error{
			"get": func(ctx context.Context) error { _, err := read(ctx, r.files, r.name); return err },
			"put": func(ctx context.Context) error { return r.put(ctx, string(kept)) },
		} {
			ctx, stop := context.WithCancel(t.Context())
			go func() {
				select {
				case <-stalled:
				case <-t.Context().Done():
				}
				stop()
			}()
			if err := do(ctx); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: got error %v, want that it was cancelled", call, err)
			}
			stop()
		}
	}
}

func testGone(t *testing.T, r *webRig) {
	r.server.CloseClientConnections()
	r.server.Close()
	r.each(t, func(call string, err error) {
		if isAnswer(err) || errors.Is(err, remote.ErrUnsupported) {
			t.Errorf("%s: got error %v", call, err)
		}
	})
	if err := r.put(t.Context(), "new"); errors.Is(err, remote.ErrUnknown) {
		t.Errorf("nothing was sent, and yet: %v", err)
	}
}
