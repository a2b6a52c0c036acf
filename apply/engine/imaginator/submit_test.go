package imaginator

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply/engine"

	"github.com/google/go-cmp/cmp"
)

const created201 = `{"success": true, "data": {"task_id": "45", "status": "pending", "type": "image", "model": "nano_banana_pro",
	"reference_count": 3, "estimated_time": "15-45 seconds", "remaining_quota": 248}}`

func TestSubmitSendsTheDocumentedRequest(t *testing.T) {
	t.Parallel()
	for _, bearer := range []bool{false, true} {
		c := newClient(t, handler(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			got := map[string]any{
				"method": r.Method, "path": r.URL.Path, "body": string(body), "error": err, "length": r.ContentLength,
				"key": r.Header.Get("X-API-Key"), "authorization": r.Header.Get("Authorization"),
				"idempotency": r.Header.Get("Idempotency-Key"), "type": r.Header.Get("Content-Type"), "agent": r.Header.Get("User-Agent"),
			}
			want := map[string]any{
				"method": "POST", "path": "/api/v1/generate_image", "body": `{"prompt":"a city"}`, "error": nil, "length": int64(19),
				"key": canary, "authorization": "",
				"idempotency": "intent-1", "type": "application/json", "agent": "assetform",
			}
			if bearer {
				want["key"], want["authorization"] = "", "Bearer "+canary
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
			w.WriteHeader(201)
			fmt.Fprint(w, created201)
		}), func(cfg *Config) { cfg.Bearer = bearer })
		got, err := submit(c)
		if err != nil {
			t.Fatal(err)
		}
		want := Created{TaskID: "45", Status: StatusPending, Type: TypeImage, Model: "nano_banana_pro",
			ReferenceCount: 3, EstimatedTime: "15-45 seconds", RemainingQuota: ptr(248)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("created (-want +got):\n%s", diff)
		}
	}
}

// An accepted request is one wherever its task id stands: else its money would
// be in doubt.
func TestCreatedInOddShapes(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"success": true, "data": {"task_id": 45, "status": null, "model": null, "estimated_time": 20, "remaining_quota": null}}`,
		`{"success": true, "data": {"id": "45", "task_id": null}}`,
		`{"data": {"task": {"task_id": "45", "status": "pending"}}}`,
		`{"status": "ok", "task": {"id": 45}}`,
		`{"data": [{"task_id": "45"}]}`,
		`{"success": true, "task_id": "45", "data": null}`,
		"\ufeff" + `{"data": {"task_id": "45"}}`,
	} {
		c := newClient(t, answerWith(201, "text/html", body))
		if got, err := submit(c); err != nil || got.TaskID != "45" {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
	for _, body := range []string{`{"data": [{"task_id": "1"}, {"task_id": "2"}]}`, `{"data": {"parent": {"task_id": "1"}}}`, `{"data": {"task": {"task_id": {}}}}`, `{"data": []}`} {
		c := newClient(t, answerWith(201, "application/json", body))
		if got, err := submit(c); engine.Classify(err) != engine.ClassUnknown {
			t.Errorf("%s: %+v, %v", body, got, err)
		}
	}
}

// TestSubmitAnswers has one line for every kind of answer that is no success.
func TestSubmitAnswers(t *testing.T) {
	t.Parallel()
	const js, page = "application/json", "text/html; charset=utf-8"
	type answer struct {
		status      int
		contentType string
		body        string
	}
	tests := []struct {
		name   string
		answer answer
		class  engine.Class
		code   string
		words  string
	}{
		{"plain 400", answer{400, js, `{"detail": "x"}`}, engine.ClassUnknown, "", "400 Bad Request"},
		{"402", answer{402, js, errorBody("PAY", "pay first")}, engine.ClassUnknown, "PAY", "pay first"},
		{"401 without body", answer{401, js, ""}, engine.ClassFatal, "", "401"},
		{"403 of a firewall", answer{403, page, "<html><title>Blocked</title>"}, engine.ClassFatal, "", `HTML page, not JSON: "Blocked"`},
		{"429 without code", answer{429, js, "{}"}, engine.ClassUnknown, "", "429"},
		{"400 with the API's body", answer{400, js, errorBody("INVALID_REQUEST", "m")}, engine.ClassRefused, "INVALID_REQUEST", "m"},
		{"400 with the API's body as a page", answer{400, page, errorBody("INVALID_REQUEST", "m")}, engine.ClassRefused, "INVALID_REQUEST", "m"},
		{"400 with the API's body behind a mark", answer{400, js, "\ufeff" + errorBody("INVALID_REQUEST", "m")}, engine.ClassRefused, "INVALID_REQUEST", "m"},
		{"429 with the API's body as a page", answer{429, page, errorBody(CodeHourlyLimitExceeded, "m")}, engine.ClassHourlyLimit, CodeHourlyLimitExceeded, "m"},
		{"404 with the API's body", answer{404, js, errorBody("NOT_FOUND", "m")}, engine.ClassFatal, "NOT_FOUND", "m"},
		{"404 of another site", answer{404, page, "<html><title>Lost</title>"}, engine.ClassFatal, "", `"Lost"`},
		{"405 without body", answer{405, js, ""}, engine.ClassFatal, "", "405"},
		{"413 of a proxy", answer{413, page, "<html>Too large"}, engine.ClassRefused, "", `"Too large"`},
		{"415 with the API's body", answer{415, js, errorBody("TYPE", "m")}, engine.ClassRefused, "TYPE", "m"},
		{"415 without body", answer{415, js, ""}, engine.ClassUnknown, "", "415"},
		{"422 with the API's body", answer{422, js, errorBody("TYPE", "m")}, engine.ClassRefused, "TYPE", "m"},
		{"422 without body", answer{422, js, "{}"}, engine.ClassUnknown, "", "422"},
		{"408", answer{408, js, errorBody("TIMEOUT", "m")}, engine.ClassUnknown, "TIMEOUT", "m"},
		{"409", answer{409, js, errorBody("CONFLICT", "m")}, engine.ClassUnknown, "CONFLICT", "m"},
		{"425", answer{425, js, ""}, engine.ClassUnknown, "", "425"},
		{"NO_ACTIVE_LICENSE of a gateway", answer{429, js, `{"error": {"code": "NO_ACTIVE_LICENSE", "message": "m"}}`}, engine.ClassUnknown, "NO_ACTIVE_LICENSE", "m"},
		{"429 with unknown code", answer{429, js, errorBody("SLOW_DOWN", "x")}, engine.ClassConcurrentLimit, "SLOW_DOWN", "x"},
		{"error as a string", answer{400, js, `{"error": "bad prompt"}`}, engine.ClassUnknown, "", "bad prompt"},
		{"500 HTML", answer{500, page, "<h1>Oops</h1>"}, engine.ClassUnknown, "", `"Oops"`},
		{"502 with a gateway's JSON", answer{502, js, `{"error": {"code": "BAD_GATEWAY", "message": "m"}}`}, engine.ClassUnknown, "BAD_GATEWAY", "m"},
		{"503 with the API's body", answer{503, js, errorBody("MAINTENANCE", "m")}, engine.ClassUnknown, "MAINTENANCE", "m"},
		{"500 with a cut body", answer{500, js, `{"success": false, "error": {"code": "SERVER_ERR`}, engine.ClassUnknown, "", "500"},
		{"201 HTML", answer{201, page, "<html><script>x()</script><body>Welcome <b>to</b> the\x1b[31m portal"}, engine.ClassUnknown, "", `"Welcome to the [31m portal"`},
		{"200 HTML", answer{200, page, "<html>Log in"}, engine.ClassUnknown, "", `"Log in"`},
		{"201 cut", answer{201, js, created201[:60]}, engine.ClassUnknown, "", "JSON ends after 60 bytes"},
		{"201 empty", answer{201, js, ""}, engine.ClassUnknown, "", "not JSON"},
		{"201 text", answer{201, "text/plain", "OK"}, engine.ClassUnknown, "", `not JSON: "OK"`},
		{"201 without id", answer{201, js, `{"success": true, "data": {"status": "pending"}}`}, engine.ClassUnknown, "", "no task id"},
		{"201 that contradicts itself", answer{201, js, errorBody("SERVER_ERROR", "no luck")}, engine.ClassUnknown, "SERVER_ERROR", "no luck"},
		{"201 with an id that is a path", answer{201, js, `{"data": {"task_id": ".."}}`}, engine.ClassUnknown, "", `".."`},
		{"201 too deep", answer{201, js, strings.Repeat(`{"data":`, 100)}, engine.ClassUnknown, "", "64 levels"},
		{"201 too large", answer{201, js, `{"data": {"task_id": "1", "x": "` + strings.Repeat("x", 2<<20) + `"}}`}, engine.ClassUnknown, "", "limit of 1048576 bytes"},
		{"301", answer{301, page, ""}, engine.ClassUnknown, "", "to /elsewhere"},
		{"302", answer{302, page, ""}, engine.ClassUnknown, "", "to /elsewhere"},
		{"303", answer{303, page, ""}, engine.ClassUnknown, "", "to /elsewhere"},
		{"307", answer{307, page, ""}, engine.ClassUnknown, "", "to /elsewhere"},
		{"308", answer{308, page, ""}, engine.ClassUnknown, "", "to /elsewhere"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var requests atomic.Int32
			c := newClient(t, handler(func(w http.ResponseWriter, r *http.Request) {
				requests.Add(1)
				w.Header().Set("Location", "/elsewhere?signature=s3cret")
				answerWith(test.answer.status, test.answer.contentType, test.answer.body).ServeHTTP(w, r)
			}))
			created, err := submit(c)
			e := asError(t, err)
			if created != (Created{}) {
				t.Errorf("created %+v beside an error", created)
			}
			if got := engine.Classify(err); got != test.class {
				t.Errorf("class %v, want %v (%v)", got, test.class, err)
			}
			if e.Status != test.answer.status || e.Code != test.code {
				t.Errorf("status %d code %q, want %d %q", e.Status, e.Code, test.answer.status, test.code)
			}
			wantContains(t, err.Error(), test.words, "POST /api/v1/generate_image")
			if strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "\x1b") {
				t.Errorf("a signature or control character is in %q", err)
			}
			if n := requests.Load(); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}

func TestSubmitAcceptsOddButClearAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"success": true, "data": {"task_id": 42, "estimated_time": 30, "remaining_quota": "many"}}`: "42",
		`{"data": {"task_id": 12345678901234567890}}`:                                                 "12345678901234567890",
		`{"data": {"id": "a"}}`:              "a",
		`{"task_id": "bare", "data": null}`:  "bare",
		`{"data": {"task_id": "a b/c?d#e"}}`: "a b/c?d#e",
	} {
		for _, status := range []int{200, 201, 202} {
			created, err := submit(newClient(t, answerWith(status, "application/json", body)))
			if err != nil || created.TaskID != want {
				t.Errorf("%d %s: %+v, %v", status, body, created, err)
			}
		}
	}
}

// connections accepts on 127.0.0.1 and hands each connection, with its number
// from 1, to serve. It returns the base URL.
func connections(t *testing.T, serve func(n int, conn net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for n := 1; ; n++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				serve(n, conn)
			}()
		}
	}()
	return "http://" + l.Addr().String() + "/api/v1"
}

// TestLostReplyOnReusedConnection: net/http would replay this request if it
// could, because of its Idempotency-Key.
func TestLostReplyOnReusedConnection(t *testing.T) {
	t.Parallel()
	var posts, conns atomic.Int32
	base := connections(t, func(n int, conn net.Conn) {
		conns.Store(int32(n))
		in := bufio.NewReader(conn)
		for {
			req, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			io.Copy(io.Discard, req.Body)
			if posts.Add(1) == 2 {
				return // read in full, paid for, and then the line goes dead
			}
			fmt.Fprintf(conn, "HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s", len(created201), created201)
		}
	})
	for name, transport := range map[string]http.RoundTripper{"own": nil, "another": &http.Transport{}} {
		t.Run(name, func(t *testing.T) {
			posts.Store(0)
			c, err := New(Config{BaseURL: base, Transport: transport})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := submit(c); err != nil {
				t.Fatal(err)
			}
			before := conns.Load()
			_, err = submit(c)
			if asError(t, err); engine.Classify(err) != engine.ClassUnknown {
				t.Errorf("class %v of %v, want unknown", engine.Classify(err), err)
			}
			time.Sleep(20 * time.Millisecond) // room for a replay
			if n := posts.Load(); n != 2 {
				t.Errorf("the server saw %d requests, want 2: a replay is a second payment", n)
			}
			if conns.Load() != before {
				t.Error("the second request did not reuse the connection: the test shows nothing")
			}
		})
	}
}

// TestSubmitInOnePacket: a request without images is not parted into its header
// and its body, each with a system call and a packet of its own.
func TestSubmitInOnePacket(t *testing.T) {
	t.Parallel()
	whole := make(chan bool, 1)
	base := connections(t, func(_ int, conn net.Conn) {
		b := make([]byte, 64<<10)
		n, _ := conn.Read(b)
		_, body, _ := strings.Cut(string(b[:n]), "\r\n\r\n")
		whole <- strings.HasSuffix(body, "}")
		fmt.Fprintf(conn, "HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s", len(created201), created201)
	})
	c, err := New(Config{BaseURL: base})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := submit(c); err != nil {
		t.Fatal(err)
	}
	if !<-whole {
		t.Error("the header came alone")
	}
}

func TestSubmitBrokenConnections(t *testing.T) {
	t.Parallel()
	closed := func() string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return "http://" + l.Addr().String()
	}()
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)
	reply := func(text string) string {
		return connections(t, func(_ int, conn net.Conn) {
			if req, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
				io.Copy(io.Discard, req.Body)
				io.WriteString(conn, text)
			}
		})
	}
	tests := []struct {
		name, base string
		class      engine.Class
	}{
		{"refused", closed, engine.ClassNeverSent},
		{"no such host", "http://nowhere.invalid", engine.ClassNeverSent},
		{"no TLS there", strings.Replace(plain.URL, "http:", "https:", 1), engine.ClassNeverSent},
		{"closed without an answer", reply(""), engine.ClassUnknown},
		{"not HTTP, echoes the key", reply("SSH-2.0 " + canary + "\r\n\r\n"), engine.ClassUnknown},
		{"cut header", reply("HTTP/1.1 201 Crea"), engine.ClassUnknown},
		{"bad header, echoes the key", reply("HTTP/1.1 201 Created\r\n" + canary + "\r\n\r\n"), engine.ClassUnknown},
		{"cut body", reply("HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n" + created201), engine.ClassUnknown},
		{"cut 400", reply("HTTP/1.1 400 Bad\r\nContent-Length: 500\r\n\r\n{"), engine.ClassUnknown},
		{"cut 500", reply("HTTP/1.1 500 Bad\r\nContent-Length: 500\r\n\r\n" + errorBody("SERVER_ERROR", "x")), engine.ClassUnknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c, err := New(Config{BaseURL: test.base, APIKey: NewSecret(canary)})
			if err != nil {
				t.Fatal(err)
			}
			_, err = submit(c)
			if asError(t, err); engine.Classify(err) != test.class {
				t.Errorf("class %v of %v, want %v", engine.Classify(err), err, test.class)
			}
		})
	}
}

func TestSubmitRefusedConnectionKeepsItsCause(t *testing.T) {
	t.Parallel()
	c := newClient(t, nil, func(cfg *Config) {
		cfg.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}}
	})
	_, err := submit(c)
	if !errors.Is(err, syscall.ECONNREFUSED) || engine.Classify(err) != engine.ClassNeverSent {
		t.Errorf("got %v, class %v", err, engine.Classify(err))
	}
}

// A transport that says nothing of its connections proves nothing.
type silent struct{}

func (silent) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("dial %s", canary)
}

func TestSubmitThroughSilentTransportIsUnknown(t *testing.T) {
	t.Parallel()
	_, err := submit(newClient(t, nil, func(cfg *Config) { cfg.Transport = silent{} }))
	if asError(t, err); engine.Classify(err) != engine.ClassUnknown {
		t.Errorf("class %v, want unknown", engine.Classify(err))
	}
}

func TestSubmitNeverSent(t *testing.T) {
	t.Parallel()
	c := newClient(t, handler(func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") }))
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for name, test := range map[string]struct {
		ctx     context.Context
		request engine.Request
		key     string
	}{
		"ended context":   {ended, testRequest(), "k"},
		"no key":          {context.Background(), testRequest(), ""},
		"line break":      {context.Background(), testRequest(), "a\r\nX-Evil: 1"},
		"unknown method":  {context.Background(), engine.Request{Method: "../quota"}, "k"},
		"method not set":  {context.Background(), engine.Request{}, "k"},
		"not ASCII in it": {context.Background(), testRequest(), "é"},
	} {
		_, err := c.Submit(test.ctx, test.request, test.key)
		if asError(t, err); engine.Classify(err) != engine.ClassNeverSent {
			t.Errorf("%s: class %v, want never sent", name, engine.Classify(err))
		}
	}
}

func TestSubmitTimesOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hang := handler(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		start := time.Now()
		_, err := submit(newClient(t, hang))
		if asError(t, err); engine.Classify(err) != engine.ClassUnknown || time.Since(start) != 5*time.Minute {
			t.Errorf("%v (class %v) after %v", err, engine.Classify(err), time.Since(start))
		}
		wantContains(t, err.Error(), "in time")

		drip := handler(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(201)
			for r.Context().Err() == nil {
				io.WriteString(w, " ")
				time.Sleep(time.Second)
			}
		})
		start = time.Now()
		_, err = submit(newClient(t, drip))
		if asError(t, err); engine.Classify(err) != engine.ClassUnknown || time.Since(start) > 31*time.Second {
			t.Errorf("%v (class %v) after %v", err, engine.Classify(err), time.Since(start))
		}
		time.Sleep(2 * time.Second) // the handler's last sleep
	})
}

func TestOwnTransports(t *testing.T) {
	t.Parallel()
	post, get := newSubmitTransport(), newTransport()
	if post.Protocols.HTTP2() || !post.Protocols.HTTP1() {
		t.Error("creates do not go over HTTP/1.1 alone")
	}
	for _, tr := range []*http.Transport{post, get} {
		if tr.TLSClientConfig.MinVersion < tls.VersionTLS12 || tr.MaxIdleConnsPerHost < 64 {
			t.Errorf("TLS from %x, %d idle connections", tr.TLSClientConfig.MinVersion, tr.MaxIdleConnsPerHost)
		}
	}
}

// A refusal that comes before the upload is through must not be lost in the
// broken pipe that follows it.
func TestEarlyRefusalOfLargeRequest(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(answerWith(401, "application/json", errorBody(CodeInvalidAPIKey, "who are you")))
	t.Cleanup(server.Close)
	c, err := New(Config{BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	req := engine.Request{Method: "generate_video_from_image", Images: images{"image": {make([]byte, 16<<20)}}}
	_, err = c.Submit(context.Background(), req, "k")
	if e := asError(t, err); e.Code != CodeInvalidAPIKey || engine.Classify(err) != engine.ClassFatal {
		t.Errorf("%v, class %v", err, engine.Classify(err))
	}
}
