package imaginator

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestReadsOfTheDocument(t *testing.T) {
	t.Parallel()
	answers := map[string]string{
		"/api/v1/task/42": `{"success": true, "data": {"task_id": "42", "status": "completed", "result_url": "/results/x"}}`,
		"/api/v1/quota": `{"success": true, "data": {"tier": "video_pro",
			"images": {"hourly_limit": 4000, "used_this_hour": 15, "remaining": 3985, "concurrent_limit": 5, "active_tasks": 1},
			"videos": {"hourly_limit": 150, "used_this_hour": 3, "remaining": 147}}}`,
		"/api/v1/health": `{"success": true, "data": {"status": "ok", "service": "assetform studio", "idempotency": true}}`,
		"/api/v1/models": `{"success": true, "data": {"models": [{"id": "imagen3.5", "type": "image", "engine": "Whisk", "credits": 1, "description": "d"}]}}`,
	}
	c := newClient(t, handler(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet || r.Header.Get(HeaderAPIKey) != canary {
			t.Errorf("%s %s with key %q", r.Method, r.URL, r.Header.Get(HeaderAPIKey))
		}
		fmt.Fprint(w, answers[r.URL.Path])
	}))
	ctx := context.Background()
	check := func(got any, err error, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	}
	task, err := c.Task(ctx, "42")
	check(task, err, Task{ID: "42", Status: StatusCompleted, ResultURL: "/results/x"})
	quota, err := c.Quota(ctx)
	check(quota, err, Quota{Tier: "video_pro", Images: ImageAllowance{Allowance{4000, 15, 3985}, 5, 1}, Videos: Allowance{150, 3, 147}})
	health, err := c.Health(ctx)
	check(health, err, Health{Status: "ok", Service: ServiceStudio, Idempotency: true})
	models, err := c.Models(ctx)
	check(models, err, []Model{{ID: "imagen3.5", Type: TypeImage, Engine: "Whisk", Credits: 1, Description: "d"}})
}

func TestHealthWithoutIdempotency(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"status": "ok"}`, `{"success": true}`, `{"data": {"idempotency": "yes"}}`} {
		health, err := newClient(t, answerWith(200, "application/json", body)).Health(context.Background())
		if err != nil || health.Idempotency {
			t.Errorf("%s: %+v, %v", body, health, err)
		}
	}
}

func TestAnswerAboutAnotherTask(t *testing.T) {
	t.Parallel()
	c := newClient(t, answerWith(200, "application/json", `{"data": {"task_id": 43, "status": "completed"}}`))
	_, err := c.Task(context.Background(), "42")
	wantContains(t, asError(t, err).Error(), `another task, "43"`)
}

const pending = `{"success": true, "data": {"task_id": "1", "status": "pending"}}`

// TestReadRetries: one line an answer, how often it is asked for, and how it
// ends if it never changes.
func TestReadRetries(t *testing.T) {
	t.Parallel()
	abort := handler(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	cut := handler(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(pending)+1))
		fmt.Fprint(w, pending)
	})
	hang := handler(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	js := func(status int, body string) http.Handler { return answerWith(status, "application/json", body) }
	for _, test := range []struct {
		name   string
		answer http.Handler
		tries  int
		words  string
	}{
		{"500", js(500, errorBody(CodeServerError, "x")), 10, "SERVER_ERROR: x (after 10 attempts)"},
		{"502 HTML", answerWith(502, "text/html", "<h1>Bad gateway"), 10, `HTML page, not JSON: "Bad gateway"`},
		{"429", js(429, ""), 10, "429"},
		{"408", js(408, ""), 10, "408"},
		{"broken off", abort, 10, "broke off"},
		{"truncated", js(200, pending[:30]), 10, "JSON ends after 30 bytes"},
		{"shorter than its length", cut, 10, "64 of 65 bytes"},
		{"silence", hang, 10, "in time"},
		{"404", js(404, errorBody(CodeTaskNotFound, "x")), 1, "TASK_NOT_FOUND"},
		{"401", js(401, errorBody(CodeInvalidAPIKey, "x")), 1, "INVALID_API_KEY"},
		{"no license", js(429, errorBody(CodeNoActiveLicense, "x")), 1, "NO_ACTIVE_LICENSE"},
		{"501", js(501, ""), 1, "501"},
		{"200 HTML", answerWith(200, "text/html", "<p>Hello"), 1, "Hello"},
		{"304", js(304, ""), 1, "304"},
		{"too large", js(200, strings.Repeat(" ", 2<<20)), 1, "limit of 1048576 bytes"},
		{"wrong type", js(200, `{"data": [1]}`), 1, "cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var tries atomic.Int32
				c := newClient(t, handler(func(w http.ResponseWriter, r *http.Request) {
					tries.Add(1)
					test.answer.ServeHTTP(w, r)
				}), patient)
				start := time.Now()
				_, err := c.Task(t.Context(), "1")
				wantContains(t, asError(t, err).Error(), test.words)
				if n := int(tries.Load()); n != test.tries {
					t.Errorf("%d tries, want %d", n, test.tries)
				}
				if took := time.Since(start); took > 7*time.Minute {
					t.Errorf("gave up after %v", took)
				}
			})
		})
	}
}

// A read gives up after half a minute, and after five seconds where the server
// has never answered.
func TestPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, answerWith(503, "", ""))
		start := time.Now()
		_, err := c.Task(t.Context(), "1")
		if took := time.Since(start); err == nil || took < 10*time.Second || took > 45*time.Second {
			t.Errorf("gave up after %v: %v", took, err)
		}
		refused := errors.New("connection refused")
		c = newClient(t, nil, func(cfg *Config) {
			cfg.Transport = roundTripper(func(*http.Request) (*http.Response, error) { return nil, refused })
		})
		start = time.Now()
		_, err = c.Task(t.Context(), "1")
		if took := time.Since(start); err == nil || took > 5*time.Second {
			t.Errorf("a server that cannot be reached was said after %v: %v", took, err)
		}
	})
}

func TestReadRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		tries := 0
		c := newClient(t, handler(func(w http.ResponseWriter, _ *http.Request) {
			if tries++; tries < 4 {
				w.Header().Set("Retry-After", "20")
				w.WriteHeader(503)
				return
			}
			fmt.Fprint(w, pending)
		}), patient)
		start := time.Now()
		if _, err := c.Task(t.Context(), "1"); err != nil || tries != 4 {
			t.Fatalf("%v after %d tries", err, tries)
		}
		if took := time.Since(start); took != time.Minute {
			t.Errorf("took %v, want three times Retry-After: 1m0s", took)
		}
	})
}

func TestWaitIsBoundedAndJittered(t *testing.T) {
	t.Parallel()
	l := Limits{}.withDefaults()
	for failures := 1; failures < 100; failures++ {
		ceiling := min(l.BackoffMax, l.Backoff<<min(failures-1, 20))
		seen := map[time.Duration]bool{}
		for range 50 {
			got := l.wait(failures, 0)
			if got < 0 || got > ceiling {
				t.Fatalf("after %d failures: %v, want at most %v", failures, got, ceiling)
			}
			seen[got] = true
		}
		if len(seen) < 40 {
			t.Errorf("after %d failures: %d different waits of 50", failures, len(seen))
		}
	}
	if got := l.wait(1, 30*time.Second); got != 30*time.Second {
		t.Errorf("Retry-After of 30 s: waits %v", got)
	}
	if got := l.wait(1, 24*time.Hour); got != l.RetryAfter {
		t.Errorf("Retry-After of a day: waits %v", got)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, h := range []http.Handler{
			answerWith(503, "text/plain", "busy"),
			handler(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }),
		} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			start := time.Now()
			_, err := newClient(t, h).Task(ctx, "1")
			cancel()
			asError(t, err)
			if took := time.Since(start); took > time.Millisecond {
				t.Errorf("took %v", took)
			}
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := newClient(t, answerWith(200, "", pending)).Task(ctx, "1"); !errors.Is(err, context.Canceled) {
			t.Errorf("%v is not context.Canceled", err)
		}
	})
}

func TestGzipBombIsBounded(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	io.CopyN(z, spaces{}, 8<<20)
	z.Close()
	server := httptest.NewServer(handler(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			t.Error("gzip is not asked for: the test shows nothing")
		}
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(bomb.Bytes())
	}))
	t.Cleanup(server.Close)
	c, err := New(Config{BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Quota(context.Background())
	wantContains(t, asError(t, err).Error(), "limit of 1048576 bytes")
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestWrongCertificateIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	dials := 0
	c := newClient(t, nil, func(cfg *Config) {
		cfg.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			dials++
			return nil, &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
		}}
	})
	_, err := c.Health(context.Background())
	wantContains(t, asError(t, err).Error(), "certificate")
	if dials != 1 {
		t.Errorf("%d tries, want 1", dials)
	}
}
