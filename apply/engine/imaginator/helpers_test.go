package imaginator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/enginetest"
)

// canary is the API key in tests. It has characters that URLs, JSON and HTML
// spell in other ways.
const canary = "cnry/Key+9&zz<7"

// localBase is the base URL of handlers in this process.
const localBase = "http://local.assetform/api/v1"

// newClient returns a client of h in this process.
func newClient(t testing.TB, h http.Handler, change ...func(*Config)) *Client {
	t.Helper()
	cfg := Config{BaseURL: localBase, APIKey: NewSecret(canary), Transport: enginetest.HandlerTransport(h)}
	for _, f := range change {
		f(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// patient makes a client count its tries alone.
func patient(cfg *Config) { cfg.Limits.Patience, cfg.Limits.FirstContact = time.Hour, time.Hour }

// roundTripper is a transport that is a function.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func handler(f http.HandlerFunc) http.Handler { return f }

// answerWith returns a handler with one answer.
func answerWith(status int, contentType, body string) http.Handler {
	return handler(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
}

func errorBody(code, message string) string {
	return fmt.Sprintf(`{"success": false, "error": {"code": %q, "message": %q}}`, code, message)
}

// asError returns the *Error in err, after a look for the key at every level.
func asError(t testing.TB, err error) *Error {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	noKey(t, err)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v is no *Error", err)
	}
	return e
}

// noKey fails the test if the key stands in any error of the chain, in any
// format.
func noKey(t testing.TB, err error) {
	t.Helper()
	scrub := newScrubber(NewSecret(canary))
	for e := err; e != nil; e = errors.Unwrap(e) {
		for _, text := range []string{e.Error(), fmt.Sprintf("%+v %#v %q %s", e, e, e, e)} {
			if scrub.contains(text) {
				t.Errorf("the key is in an error: %s", text)
			}
		}
	}
}

// A record of log output that several goroutines write.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (l *logBuffer) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug - 10}))
}

// A memory is a Sink that keeps what it gets.
type memory struct {
	bytes.Buffer
	resets int
	fail   error // of the next Write
}

func (m *memory) Write(p []byte) (int, error) {
	if m.fail != nil {
		return 0, m.fail
	}
	return m.Buffer.Write(p)
}

func (m *memory) Reset() error {
	m.Buffer.Reset()
	m.resets++
	return nil
}

func testRequest() engine.Request {
	return engine.Request{Method: "generate_image", Params: params{"prompt": "a city"}}
}

func submit(c *Client) (Created, error) {
	return c.Submit(context.Background(), testRequest(), "intent-1")
}

func wantContains(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q does not contain %q", text, part)
		}
	}
}
