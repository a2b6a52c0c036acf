package enginetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func roundTrip(t *testing.T, ctx context.Context, h http.Handler, body io.Reader) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://local.assetform/a/b?c=d", body)
	if err != nil {
		t.Fatal(err)
	}
	return HandlerTransport(h).RoundTrip(req)
}

func TestHandlerTransportLooksLikeAServer(t *testing.T) {
	t.Parallel()
	resp, err := roundTrip(t, t.Context(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if string(body) != "hello" || err != nil || r.ContentLength != 5 {
			t.Errorf("body %q (%d), %v", body, r.ContentLength, err)
		}
		if r.Host != "local.assetform" || r.RequestURI != "/a/b?c=d" || r.RemoteAddr == "" || r.ProtoMajor != 1 {
			t.Errorf("request %+v", r)
		}
		w.Header().Set("Content-Length", "9")
		w.WriteHeader(103) // informational
		w.WriteHeader(201)
		w.WriteHeader(500)
		w.Header().Set("X-Late", "1")
		io.WriteString(w, "<p>Hello!")
	}), strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if string(body) != "<p>Hello!" || err != nil {
		t.Errorf("answer %q, %v", body, err)
	}
	if resp.StatusCode != 201 || resp.Status != "201 Created" || resp.ContentLength != 9 || resp.Header.Get("X-Late") != "" || resp.Request == nil {
		t.Errorf("answer %+v", resp)
	}
	if err := resp.Body.Close(); err != nil {
		t.Error(err)
	}
}

func TestHandlerTransportDefaults(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		h           http.Handler
		contentType string
		body        string
	}{
		{http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), "", ""},
		{http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<html>") }), "text/html; charset=utf-8", "<html>"},
	} {
		resp, err := roundTrip(t, t.Context(), test.h, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if resp.StatusCode != 200 || resp.ContentLength != -1 || resp.Header.Get("Content-Type") != test.contentType || string(body) != test.body || err != nil {
			t.Errorf("%+v, %q, %v", resp, body, err)
		}
	}
}

func TestHandlerTransportStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		resp, err := roundTrip(t, t.Context(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			for i := range 3 {
				fmt.Fprint(w, i)
				w.(http.Flusher).Flush()
				time.Sleep(time.Hour)
			}
		}), nil)
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		for want := range 3 {
			var b [8]byte
			n, err := resp.Body.Read(b[:])
			if string(b[:n]) != fmt.Sprint(want) || err != nil || time.Since(start) != time.Duration(want)*time.Hour {
				t.Errorf("read %q, %v after %v", b[:n], err, time.Since(start))
			}
		}
		if rest, err := io.ReadAll(resp.Body); len(rest) != 0 || err != nil {
			t.Errorf("rest %q, %v", rest, err)
		}
	})
}

func TestHandlerTransportPanics(t *testing.T) {
	t.Parallel()
	for _, v := range []any{http.ErrAbortHandler, "oops"} {
		if _, err := roundTrip(t, t.Context(), http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(v) }), nil); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("panic(%v) before the header: %v", v, err)
		}
		resp, err := roundTrip(t, t.Context(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "half")
			panic(v)
		}), nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(resp.Body); string(body) != "half" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("panic(%v) in the body: %q, %v", v, body, err)
		}
	}
}

func TestHandlerTransportCancellation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan error, 1)
		deaf := make(chan struct{}) // a handler that does not look at its context
		silent := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			<-deaf
			_, err := io.WriteString(w, "late")
			ended <- err
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := roundTrip(t, ctx, silent, nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("before the header: %v", err)
		}
		close(deaf)
		if err := <-ended; err == nil {
			t.Error("a write to nobody succeeded")
		}

		half := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "half")
			<-r.Context().Done()
			ended <- r.Context().Err()
		})
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		resp, err := roundTrip(t, ctx, half, nil)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(resp.Body); string(body) != "half" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("in the body: %q, %v", body, err)
		}
		<-ended

		if resp, err = roundTrip(t, t.Context(), half, nil); err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("closing the body: the handler saw %v", err)
		}
	})
}

func TestHandlerTransportReportsConnections(t *testing.T) {
	t.Parallel()
	var calls []string
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GetConn: func(host string) { calls = append(calls, "get "+host) },
		GotConn: func(httptrace.GotConnInfo) { calls = append(calls, "got") },
	})
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := roundTrip(t, ended, http.NotFoundHandler(), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v", err)
	}
	resp, err := roundTrip(t, ctx, http.NotFoundHandler(), nil)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := strings.Join(calls, ", "); got != "get local.assetform, get local.assetform, got" {
		t.Errorf("calls: %s", got)
	}
}
