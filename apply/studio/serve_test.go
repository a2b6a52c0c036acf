package studio

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
)

// A served is a server started by Serve.
type served struct {
	base, secret string
	out          *safeBuffer
	stop         func() error // ends it, once, and returns what Serve did
}

// startServe runs Serve until the test ends.
func startServe(t *testing.T, o ServeOptions) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	s := &served{out: &safeBuffer{}}
	ready, ended := make(chan struct{}), make(chan error, 1)
	o.Ready = func(base, secret string) {
		s.base, s.secret = base, secret
		close(ready)
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Renderer == nil {
		o.Renderer = blank{}
	}
	go func() { ended <- Serve(ctx, o, s.out) }()
	s.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
	select {
	case <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("Serve: %v", err)
	}
	return s
}

// A safeBuffer may be written and read at once.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// get sends a GET with the random key.
func (s *served) get(path string) (*http.Response, error) {
	req, err := http.NewRequest("GET", s.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("X-API-Key", s.secret)
	return http.DefaultClient.Do(req)
}

// TestServeRandomKey: without keys a random one is printed, and works.
func TestServeRandomKey(t *testing.T) {
	t.Parallel()
	s, other := startServe(t, ServeOptions{}), startServe(t, ServeOptions{})
	text := s.out.String()
	if !strings.Contains(text, s.base) || !strings.Contains(text, s.secret) || len(s.secret) < 24 || s.secret == other.secret {
		t.Errorf("printed %q, key %q", text, s.secret)
	}
	if strings.Contains(text, "Warning") {
		t.Errorf("a warning on loopback: %s", text)
	}
	resp, err := s.get("/health")
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	if _, err := s.get("/health"); err == nil {
		t.Error("it still answers")
	}
}

// TestServeWarns when other machines can connect and there is no keys file.
func TestServeWarns(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		addr, secret string
		warns        bool
	}{
		{"127.0.0.1:80", "s", false}, {"[::1]:80", "s", false},
		{"0.0.0.0:80", "s", true}, {"192.0.2.7:80", "s", true}, {"[::]:80", "s", true},
		{"0.0.0.0:80", "", false},
	} {
		addr, err := net.ResolveTCPAddr("tcp", c.addr)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		announce(&out, "http://"+c.addr, c.secret, addr)
		if got := strings.Contains(out.String(), "Warning"); got != c.warns {
			t.Errorf("%s: %s", c.addr, out.String())
		}
	}
}

func TestServeErrors(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for name, o := range map[string]ServeOptions{
		"address taken": {Listen: taken.Addr().String()},
		"no address":    {Listen: "nonsense"},
		"fail rate":     {Options: Options{FailRate: 2}, Listen: "127.0.0.1:0"},
		"latency":       {Options: Options{Latency: -1}, Listen: "127.0.0.1:0"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		if err := Serve(ctx, o, io.Discard); err == nil {
			t.Errorf("%s: no error", name)
		}
		cancel()
	}
}

// TestServeFinishes: at the end of its context the server finishes what it
// draws, and keeps the rest for the next start.
func TestServeFinishes(t *testing.T) {
	t.Parallel()
	g, dir := newGate(), t.TempDir()
	o := ServeOptions{Options: Options{Renderer: g, DataDir: dir, Workers: 1, Keys: Keys{NewKey("tester", testSecret)}}}
	s := startServe(t, o)
	c := client(t, s.base, testSecret)
	var ids []string
	for i := range 2 {
		made, err := c.Submit(t.Context(), engine.Request{Method: "generate_image", Params: map[string]any{"prompt": "x"}}, fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, made.TaskID)
	}
	<-g.started
	time.AfterFunc(50*time.Millisecond, func() { close(g.open) })
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	idle := newGate()
	r := newRig(t, Options{DataDir: dir, Renderer: idle})
	if got := r.task(ids[0]).Status; got != imaginator.StatusCompleted {
		t.Errorf("what was drawn is %s", got)
	}
	if got := r.task(ids[1]).Status; got.Finished() {
		t.Errorf("what was waiting is %s", got)
	}
}

// client is the real client for a server.
func client(t *testing.T, base, secret string) *imaginator.Client {
	t.Helper()
	c, err := imaginator.New(imaginator.Config{BaseURL: base, APIKey: imaginator.NewSecret(secret)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestConnectionLimits: the handler of Serve has every timeout set, and
// headers beyond the bound are refused.
func TestConnectionLimits(t *testing.T) {
	t.Parallel()
	s := startServe(t, ServeOptions{})
	host := strings.TrimSuffix(strings.TrimPrefix(s.base, "http://"), "/api/v1")
	conn, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "GET /api/v1/health HTTP/1.1\r\nHost: x\r\nX-Filler: %s\r\n\r\n", strings.Repeat("a", 80<<10))
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("80 KiB of headers: %v %v", resp, err)
	}
	h := httpServer(nil, slog.New(slog.DiscardHandler))
	if h.ReadHeaderTimeout <= 0 || h.ReadTimeout <= 0 || h.WriteTimeout <= 0 || h.IdleTimeout <= 0 {
		t.Errorf("a timeout is not set: %+v", h)
	}
}

// TestConnsAreCounted: no more connections than the limit are open, and one
// that ends makes room, once.
func TestConnsAreCounted(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	limited := limitConns(listener, 2)
	accepted := make(chan net.Conn)
	go func() {
		defer close(accepted)
		for {
			c, err := limited.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	for range 4 {
		c, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
	first := <-accepted
	defer (<-accepted).Close()
	none := func() {
		t.Helper()
		select {
		case <-accepted:
			t.Fatal("a connection beyond the limit")
		case <-time.After(20 * time.Millisecond):
		}
	}
	none()
	first.Close()
	first.Close()
	defer (<-accepted).Close()
	none()
	limited.Close() // ends an Accept that waits for room, too
	for c := range accepted {
		c.Close()
	}
}

// TestSlowHeaders: a client that sends its headers a byte at a time is cut off.
func TestSlowHeaders(t *testing.T) {
	t.Parallel()
	r := newRig(t, Options{})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := httpServer(r.server, slog.New(slog.DiscardHandler))
	h.ReadHeaderTimeout = 50 * time.Millisecond
	go h.Serve(listener)
	defer h.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "GET / HTTP/1.1\r\nX-Slow: ")
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := io.ReadAll(conn); err != nil {
		t.Errorf("the connection stays open: %v", err)
	}
}

// TestLogsHoldNoSecrets sends secrets in every place that a client has, and
// looks for them in the log. One line a request is there.
func TestLogsHoldNoSecrets(t *testing.T) {
	t.Parallel()
	var log safeBuffer
	logger := slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r := newRig(t, Options{Logger: logger})
	path := r.result("generate_image", `{"prompt":"PROMPT-IS-PRIVATE"}`)
	r.do("GET", path+"?sig=QUERY-SECRET", "")
	r.do("GET", apiPath+"quota?api_key=QUERY-SECRET", "")
	r.do("GET", apiPath+"quota", "", "X-API-Key", "WRONG-SECRET", "Authorization", "Bearer OTHER-SECRET")
	r.do("POST", apiPath+"generate_image", `{"prompt":"x"}`, imaginator.HeaderIdempotencyKey, "IDEMPOTENCY-SECRET")
	text := log.String()
	for _, secret := range []string{testSecret, "-SECRET", "PROMPT-IS-PRIVATE", strings.TrimPrefix(path, resultsPath)} {
		if strings.Contains(text, secret) {
			t.Errorf("the log holds %q:\n%s", secret, text)
		}
	}
	for _, part := range []string{
		`"path":"/api/v1/generate_image","key":"tester","status":201`, `"path":"/results/...","key":"","status":200`,
		`"path":"/api/v1/quota","key":"","status":401`, `"msg":"request","method":"POST"`,
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the log lacks %s:\n%s", part, text)
		}
	}
}

// TestRefusedUploads: whoever sends megabytes with a wrong key, as a form, or
// to a wrong path reads why that is refused, not a broken connection.
func TestRefusedUploads(t *testing.T) {
	t.Parallel()
	s := startServe(t, ServeOptions{})
	large := strings.Repeat("x", 8<<20)
	for name, c := range map[string]struct {
		path, contentType, key string
		status                 int
	}{
		"wrong key":  {"/generate_image", "application/json", "wrong", 401},
		"a form":     {"/generate_image", "text/plain", s.secret, 415},
		"wrong path": {"/generate_music", "application/json", s.secret, 404},
		"no method":  {"/quota", "application/json", s.secret, 405},
		"no JSON":    {"/generate_image", "application/json", s.secret, 400},
	} {
		for range 10 {
			req, err := http.NewRequest("POST", s.base+c.path, strings.NewReader(large))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", c.contentType)
			req.Header.Set("X-API-Key", c.key)
			resp, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
			resp.Body.Close()
			if resp.StatusCode != c.status {
				t.Errorf("%s: %s, want %d", name, resp.Status, c.status)
			}
		}
	}
}

// TestServeResets: the reset fault is a TCP reset over a real connection.
func TestServeResets(t *testing.T) {
	t.Parallel()
	s := startServe(t, ServeOptions{Options: Options{Faults: []Fault{{Name: faultReset, Count: 1}}}})
	if _, err := s.get("/health"); !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, io.EOF) {
		t.Errorf("error %v", err)
	}
	resp, err := s.get("/health")
	if err != nil || resp.StatusCode != 200 {
		t.Fatal(resp, err)
	}
	resp.Body.Close()
}
