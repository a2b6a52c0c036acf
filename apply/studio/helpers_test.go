package studio

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"assetform/apply/engine/enginetest"
	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
	"assetform/config/engine"
)

const (
	testSecret = "secret-of-the-tests"
	testBase   = "http://studio.invalid"
)

// A rig is a server and a client that calls it in this process.
type rig struct {
	t      *testing.T
	server *Server
	client *http.Client
}

// newRig starts a server that lives as long as the test. Without a renderer
// it draws nothing, without keys it takes testSecret.
func newRig(t *testing.T, o Options) *rig {
	t.Helper()
	if o.Renderer == nil {
		o.Renderer = blank{}
	}
	if o.Keys == nil {
		o.Keys = Keys{NewKey("tester", testSecret)}
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return &rig{t, s, &http.Client{Transport: enginetest.HandlerTransport(s)}}
}

// A reply is an answer that was read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request with the tests' key, unless header sets another.
func (r *rig) do(verb, path string, body string, header ...string) reply {
	r.t.Helper()
	rep, err := r.try(verb, path, body, header...)
	if err != nil {
		r.t.Fatal(err)
	}
	return rep
}

// try is do for requests that may get no answer.
func (r *rig) try(verb, path string, body string, header ...string) (reply, error) {
	r.t.Helper()
	req, err := http.NewRequest(verb, testBase+path, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("X-API-Key", testSecret)
	if verb == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Del(header[i])
		if header[i+1] != "" {
			req.Header.Set(header[i], header[i+1])
		}
	}
	resp, err := r.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return reply{resp.StatusCode, resp.Header, data}, err
}

// create sends a create request that must be accepted.
func (r *rig) create(name, body string, header ...string) imaginator.Created {
	r.t.Helper()
	rep := r.do("POST", apiPath+name, body, header...)
	if rep.status != http.StatusCreated {
		r.t.Fatalf("%s: %d %s", name, rep.status, rep.body)
	}
	return data[imaginator.Created](r.t, rep)
}

// image creates a task for an image from a prompt.
func (r *rig) image(header ...string) imaginator.Created {
	r.t.Helper()
	return r.create("generate_image", `{"prompt":"a lighthouse"}`, header...)
}

// task reads a task.
func (r *rig) task(id string, header ...string) imaginator.Task {
	r.t.Helper()
	rep := r.do("GET", apiPath+"task/"+id, "", header...)
	if rep.status != http.StatusOK {
		r.t.Fatalf("task %s: %d %s", id, rep.status, rep.body)
	}
	return data[imaginator.Task](r.t, rep)
}

// wait polls a task until it is finished.
func (r *rig) wait(id string, header ...string) imaginator.Task {
	r.t.Helper()
	for range 60_000 {
		if task := r.task(id, header...); task.Status.Finished() {
			return task
		}
		time.Sleep(5 * time.Millisecond)
	}
	r.t.Fatalf("task %s does not finish", id)
	return imaginator.Task{}
}

// quota reads the quota.
func (r *rig) quota() imaginator.Quota {
	r.t.Helper()
	return data[imaginator.Quota](r.t, r.do("GET", apiPath+"quota", ""))
}

// data takes the answer out of its envelope.
func data[T any](t *testing.T, rep reply) T {
	t.Helper()
	var e imaginator.Envelope[T]
	if err := json.Unmarshal(rep.body, &e); err != nil || !e.Success {
		t.Fatalf("not a success: %s (%v)", rep.body, err)
	}
	return e.Data
}

// wantError checks status, code and form of an answer that is an error, and
// that its message holds some words.
func wantError(t *testing.T, rep reply, status int, code, words string) {
	t.Helper()
	var e imaginator.ErrorBody
	if err := json.Unmarshal(rep.body, &e); err != nil {
		t.Fatalf("%d with %q is not in the document's form: %v", rep.status, rep.body, err)
	}
	if rep.status != status || e.Error.Code != code || e.Success || !strings.Contains(e.Error.Message, words) {
		t.Errorf("got %d %s, want %d %s with %q", rep.status, rep.body, status, code, words)
	}
	if ct := rep.header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("Content-Type %q", ct)
	}
	if after := rep.header.Get("Retry-After"); (status == http.StatusTooManyRequests) && after == "" {
		t.Error("a 429 without Retry-After")
	}
}

// body is a valid body for a method, with some fields set or, to nil, removed.
func body(m *engine.Method, set ...any) string {
	fields := map[string]any{}
	for _, p := range m.Params {
		if p.Required {
			fields[p.Field()] = "a lighthouse"
		}
	}
	for _, in := range m.Inputs {
		if in.List {
			fields[in.Field()] = []string{blankPNG}
		} else if in.Required {
			fields[in.Field()] = blankPNG
		}
	}
	for i := 0; i < len(set); i += 2 {
		if set[i+1] == nil {
			delete(fields, set[i].(string))
		} else {
			fields[set[i].(string)] = set[i+1]
		}
	}
	b, err := json.Marshal(fields)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// picture is a PNG of one colour in Base64.
func picture(w, h int, c color.Color) string {
	m := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{c})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// A gate is a Renderer that draws nothing until it is opened.
type gate struct {
	open    chan struct{}
	started chan sketch.Job
}

func newGate() *gate { return &gate{make(chan struct{}), make(chan sketch.Job, 1000)} }

func (g *gate) Render(ctx context.Context, w io.Writer, job sketch.Job, f sketch.Format) error {
	g.started <- job
	select {
	case <-g.open:
		return blank{}.Render(ctx, w, job, f)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A fakeClock is a Clock that is set by hand.
type fakeClock struct{ at chan time.Time }

func newFakeClock() *fakeClock {
	c := &fakeClock{make(chan time.Time, 1)}
	c.at <- time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return c
}

func (c *fakeClock) now() time.Time { t := <-c.at; c.at <- t; return t }

func (c *fakeClock) advance(d time.Duration) { t := <-c.at; c.at <- t.Add(d) }

// createdID returns the id of a task from the answer that confirms it.
func createdID(resp *http.Response) (string, error) {
	defer resp.Body.Close()
	var e imaginator.Envelope[imaginator.Created]
	if err := json.NewDecoder(resp.Body).Decode(&e); err != nil {
		return "", err
	}
	if resp.StatusCode != http.StatusCreated {
		return "", errors.New(resp.Status)
	}
	return e.Data.TaskID, nil
}
