package enginetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/media"
	"assetform/config/address"
	spec "assetform/config/engine"
)

// A Case is a driver that is held to the contract.
type Case struct {
	Engine *spec.Engine // what it says that it can do
	// Open returns a driver of an engine that has made nothing yet, and what
	// lists the requests that the engine has taken since, in their order.
	Open func(t *testing.T) (d engine.Driver, taken func() []engine.Request)
	// Secret is what the driver was opened with and must not tell; "": nothing.
	Secret string
}

// Run holds a driver against the contract. It draws one result of each method
// and some more.
func Run(t *testing.T, c Case) {
	for _, part := range []struct {
		name string
		test func(*testing.T, *rig)
	}{
		{"origin", testOrigin},
		{"results", testResults},
		{"rows arrive", testRows},
		{"refusals", testRefusals},
		{"unknown task", testUnknownTask},
		{"cancelled", testCancelled},
		{"cancelled while it works", testCancelledMeanwhile},
		{"sink that fails", testFailingSink},
		{"at once", testAtOnce},
		{"repeated request", testRepeated},
		{"list", testFinder},
		{"quota", testQuota},
		{"health", testHealth},
		{"key", testKeyCheck},
	} {
		t.Run(part.name, func(t *testing.T) {
			d, taken := c.Open(t)
			part.test(t, &rig{d, c.Engine, taken, c.Secret})
		})
	}
}

// A rig is a driver and what is behind it.
type rig struct {
	engine.Driver
	engine *spec.Engine
	taken  func() []engine.Request
	secret string
}

// submit sends a request that must be taken, once there is room for it.
func (r *rig) submit(t *testing.T, ask engine.Request, key string) string {
	t.Helper()
	for {
		made, err := r.Submit(t.Context(), ask, key)
		if engine.Classify(err) == engine.ClassConcurrentLimit && t.Context().Err() == nil {
			time.Sleep(pollEvery)
			continue
		}
		if err != nil || made.TaskID == "" {
			t.Fatalf("submit %s %.300v: %+v, %v", ask.Method, ask.Params, made, err)
		}
		return made.TaskID
	}
}

const pollEvery = 5 * time.Millisecond

// finish waits for a task that must be completed.
func (r *rig) finish(t *testing.T, id string) engine.Task {
	t.Helper()
	for ; ; time.Sleep(pollEvery) {
		task, err := r.Task(t.Context(), id)
		if err != nil || task.ID != id || task.Status == engine.StatusFailed {
			t.Fatalf("task %q: %+v, %v", id, task, err)
		}
		if task.Status == engine.StatusCompleted {
			if task.Result == "" {
				t.Fatalf("task %q is completed and has no result", id)
			}
			return task
		}
	}
}

// result waits for a task and returns what it came to.
func (r *rig) result(t *testing.T, id string) (engine.Task, media.Info) {
	t.Helper()
	task := r.finish(t, id)
	var got sink
	if err := r.Download(t.Context(), task, "", &got); err != nil {
		t.Fatalf("download of task %q: %v", id, err)
	}
	info, err := media.Probe(bytes.NewReader(got.b.Bytes()), int64(got.b.Len()))
	if err != nil || got.early {
		t.Fatalf("result of task %q: %+v, %v; reset before anything was written: %v", id, info, err, got.early)
	}
	return task, info
}

// tellsNothing fails the test if an error shows the secret.
func (r *rig) tellsNothing(t *testing.T, err error) {
	t.Helper()
	if r.secret != "" && strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), r.secret) {
		t.Errorf("the secret is in an error: %v", err)
	}
}

// A sink takes a download.
type sink struct {
	b            bytes.Buffer
	early, wrote bool
	fail         error
}

func (s *sink) Write(p []byte) (int, error) {
	if s.fail != nil {
		return 0, s.fail
	}
	s.wrote = true
	return s.b.Write(p)
}

func (s *sink) Reset() error {
	s.early = s.early || !s.wrote
	s.b.Reset()
	return nil
}

func testOrigin(t *testing.T, r *rig) {
	first := r.Origin()
	r.result(t, r.submit(t, asking(plainImage(r.engine), "A castle"), "origin"))
	if again := r.Origin(); first == "" || again != first {
		t.Errorf("origin %q, then %q", first, again)
	}
}

// Each method makes what its kind says.
func testResults(t *testing.T, r *rig) {
	ids := map[string]bool{}
	for _, m := range r.engine.Methods {
		id := r.submit(t, asking(m, "A castle by the sea"), "results "+m.Name)
		task, info := r.result(t, id)
		if media.IsVideo(info.Type) != (m.Kind == address.Video) || task.Kind != "" && task.Kind != m.Kind {
			t.Errorf("%s made %s, and says %q", m.Name, info.Type, task.Kind)
		}
		if ids[id] {
			t.Errorf("two tasks have the id %q", id)
		}
		ids[id] = true
	}
}

// Each row of the table arrives as it was given, and what was not given arrives
// as its default, if at all.
func testRows(t *testing.T, r *rig) {
	arrives := func(name string, ask engine.Request) {
		t.Helper()
		before := len(r.taken())
		r.submit(t, ask, fmt.Sprintf("rows %d", before))
		all := r.taken()
		if len(all) != before+1 || all[before].Method != ask.Method {
			t.Fatalf("%s: %d requests arrived", name, len(all)-before)
		}
		got := all[before]
		for name, v := range ask.Params {
			if got.Params[name] != v {
				t.Errorf("%s %s: %#v arrived as %#v", ask.Method, name, v, got.Params[name])
			}
		}
		for name, v := range got.Params {
			// What has no default, as a seed, the engine may choose.
			if p, known := r.engine.Method(ask.Method).Param(name); ask.Params[name] == nil && (!known || p.Default != nil && v != p.Default) {
				t.Errorf("%s %s arrived as %#v and was not given", ask.Method, name, v)
			}
		}
		if len(got.Images) != len(ask.Images) || len(ask.Images) > 0 && !reflect.DeepEqual(got.Images, ask.Images) {
			t.Errorf("%s: images did not arrive as they were given", name)
		}
	}
	for _, m := range r.engine.Methods {
		ask := asking(m, "A castle")
		for _, p := range m.Params {
			for _, v := range values(p) {
				if sent(p) {
					arrives(m.Name+" "+p.Name, with(ask, p.Name, v))
				} else {
					r.submit(t, with(ask, p.Name, v), m.Name+p.Name)
				}
			}
		}
		for _, in := range m.Inputs {
			arrives(m.Name+" "+in.Name, withImages(ask, in.Name, Picture("one")))
			if in.List {
				var list [][]byte
				for i := range in.Max {
					list = append(list, Picture(fmt.Sprint(in.Max-i)))
				}
				arrives(m.Name+" "+in.Name, withImages(ask, in.Name, list...))
			}
		}
	}
}

// What cannot be made is refused for certain, and creates nothing.
func testRefusals(t *testing.T, r *rig) {
	refused := func(name string, ask engine.Request) {
		t.Helper()
		made, err := r.Submit(t.Context(), ask, "refusals "+name)
		if err == nil || engine.Classify(err) == engine.ClassUnknown || err.Error() == "" {
			t.Errorf("%s: %+v, %v (%v)", name, made, err, engine.Classify(err))
		}
		r.tellsNothing(t, err)
	}
	refused("no method", engine.Request{})
	refused("unknown method", engine.Request{Method: "no_such_method", Params: map[string]any{"prompt": "A castle"}})
	for _, m := range r.engine.Methods {
		ask := asking(m, "A castle")
		refused(m.Name+": unknown parameter", with(ask, "no_such_parameter", "x"))
		refused(m.Name+": unknown input", withImages(ask, "no_such_input", Picture("one")))
		for _, in := range m.Inputs {
			whole := Picture("one")
			refused(m.Name+": text as "+in.Name, withImages(ask, in.Name, []byte("this is no image")))
			refused(m.Name+": half an image as "+in.Name, withImages(ask, in.Name, whole[:len(whole)/2]))
		}
	}
	if n := len(r.taken()); n != 0 {
		t.Errorf("%d of them were taken all the same", n)
	}
}

func testUnknownTask(t *testing.T, r *rig) {
	r.submit(t, asking(plainImage(r.engine), "A castle"), "unknown task")
	for _, id := range []string{"999999999999999", "no-such-task"} {
		task, err := r.Task(t.Context(), id)
		if err == nil || !engine.As(err).NotFound {
			t.Errorf("%+v, %v", task, err)
		}
		r.tellsNothing(t, err)
	}
}

// promptly fails the test if f does not return. How soon is prompt cannot be
// measured on a machine that does other things too; what hangs is told from
// what does not.
func promptly(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(2 * time.Minute):
		t.Fatalf("%s does not return", what)
	}
}

// Whatever is asked of a driver under a context that has ended returns.
func testCancelled(t *testing.T, r *rig) {
	id := r.submit(t, asking(plainImage(r.engine), "A castle"), "cancelled 1")
	task := r.finish(t, id)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	promptly(t, "Submit", func() {
		before := len(r.taken())
		_, err := r.Submit(ctx, asking(plainImage(r.engine), "A tower"), "cancelled 2")
		if n := len(r.taken()) - before; err != nil && engine.Classify(err) != engine.ClassUnknown && n != 0 {
			t.Errorf("%v (%v), and %d requests were taken", err, engine.Classify(err), n)
		}
	})
	promptly(t, "Task", func() { r.Task(ctx, id) })
	promptly(t, "Download", func() {
		var got sink
		if err := r.Download(ctx, task, "", &got); err == nil && got.b.Len() == 0 {
			t.Error("an empty download passes for a whole one")
		}
	})
	if f, ok := r.Driver.(engine.Finder); ok {
		promptly(t, "Tasks", func() { f.Tasks(ctx, 1) })
	}
	if q, ok := r.Driver.(engine.Quoter); ok {
		promptly(t, "Quota", func() { q.Quota(ctx) })
	}
	if p, ok := r.Driver.(engine.Prober); ok {
		promptly(t, "Health", func() { p.Health(ctx) })
	}
}

// A context that ends while the engine works ends the waiting, not the task.
func testCancelledMeanwhile(t *testing.T, r *rig) {
	for _, m := range r.engine.Methods {
		if m.Kind != address.Video || len(m.Inputs) > 0 {
			continue
		}
		id := r.submit(t, asking(m, "A castle"), "meanwhile")
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		promptly(t, "Task", func() { r.Task(ctx, id) })
		cancel()
		r.result(t, id)
		return
	}
}

// An error of the sink ends the download, and is told; the next one gets the
// whole result.
func testFailingSink(t *testing.T, r *rig) {
	id := r.submit(t, asking(plainImage(r.engine), "A castle"), "sink")
	full := errors.New("the disk is full")
	if err := r.Download(t.Context(), r.finish(t, id), "", &sink{fail: full}); !errors.Is(err, full) {
		t.Errorf("got error %v, want that of the sink", err)
	}
	r.result(t, id)
}

// Several requests at once get a task each.
func testAtOnce(t *testing.T, r *rig) {
	var mu sync.Mutex
	var ids []string
	t.Run("requests", func(t *testing.T) {
		for i := range 6 {
			t.Run(fmt.Sprint(i), func(t *testing.T) {
				t.Parallel()
				id := r.submit(t, asking(plainImage(r.engine), fmt.Sprintf("Castle %d", i)), fmt.Sprintf("at once %d", i))
				r.result(t, id)
				r.Origin()
				mu.Lock()
				defer mu.Unlock()
				ids = append(ids, id)
			})
		}
	})
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 6 || len(r.taken()) != 6 {
		t.Errorf("6 requests made the tasks %v, and %d were taken", ids, len(r.taken()))
	}
}

// Where the engine says that it honours keys, the same request under the same
// key is one task. Else nothing is assumed.
func testRepeated(t *testing.T, r *rig) {
	p, ok := r.Driver.(engine.Prober)
	if !ok {
		t.Skip("it does not say that it honours keys")
	}
	if h, err := p.Health(t.Context()); err != nil || !h.Idempotency {
		t.Skipf("it does not say that it honours keys: %+v, %v", h, err)
	}
	ask := asking(plainImage(r.engine), "A castle")
	first := r.submit(t, ask, "repeated")
	if again := r.submit(t, ask, "repeated"); again != first {
		t.Errorf("task %q, then %q", first, again)
	}
	r.finish(t, first)
	if again := r.submit(t, ask, "repeated"); again != first {
		t.Errorf("task %q, and %q when it was finished", first, again)
	}
	if other := r.submit(t, ask, "another key"); other == first {
		t.Errorf("task %q under both keys", other)
	}
}
