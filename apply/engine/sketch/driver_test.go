package sketch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"assetform/apply/engine"
	"assetform/apply/engine/enginetest"
)

func TestDriver(t *testing.T) {
	if testing.Short() {
		t.Skip("draws images and films")
	}
	t.Parallel()
	enginetest.Run(t, enginetest.Case{Engine: &Engine, Open: func(t *testing.T) (engine.Driver, func() []engine.Request) {
		d := started(t)
		return d, d.taken
	}})
}

// taken lists the requests that have a task, with the seed that they got.
func (d *Driver) taken() []engine.Request {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []engine.Request
	for n := range len(d.tasks) {
		job := d.tasks[d.ids+"-"+strconv.Itoa(n+1)].job
		params := maps.Clone(job.Params)
		if m := Engine.Method(job.Method); m != nil { // else its result was fetched
			if _, has := m.Param("seed"); has {
				params["seed"] = job.Seed
			}
		}
		list = append(list, engine.Request{Method: job.Method, Params: params, Images: job.Images})
	}
	return list
}

// A sink takes a download.
type sink struct{ bytes.Buffer }

func (s *sink) Reset() error { s.Buffer.Reset(); return nil }

func asking(prompt string) engine.Request {
	return engine.Request{Method: "generate_image", Params: map[string]any{"prompt": prompt}}
}

// submit asks for a request that must be taken.
func submit(t *testing.T, d *Driver, r engine.Request, key string) string {
	t.Helper()
	made, err := d.Submit(t.Context(), r, key)
	if err != nil {
		t.Fatal(err)
	}
	return made.TaskID
}

// drawn is what a request comes to.
func drawn(t *testing.T, d *Driver, r engine.Request, key string) []byte {
	t.Helper()
	task := finished(t, d, submit(t, d, r, key))
	var got sink
	if err := d.Download(t.Context(), task, "", &got); err != nil || got.Len() == 0 {
		t.Fatalf("%d bytes, %v", got.Len(), err)
	}
	return got.Bytes()
}

// started is a driver that draws no more when the test is over.
func started(t *testing.T) *Driver {
	d := New(nil)
	t.Cleanup(func() { d.Close() })
	return d
}

// finished waits until a task is completed.
func finished(t *testing.T, d *Driver, id string) engine.Task {
	t.Helper()
	for ; ; time.Sleep(time.Millisecond) {
		task, err := d.Task(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		switch task.Status {
		case engine.StatusCompleted:
			return task
		case engine.StatusFailed:
			t.Fatal(task.Failure)
		}
	}
}

// Two machines that ask for the same thing under the same key draw the same.
func TestSeedFollowsFromTheKey(t *testing.T) {
	t.Parallel()
	// Seeds are in what people have on disk: they never change.
	if got := Seed(nil, "an intent"); got != 6180755140209392996 {
		t.Errorf("the seed of a key is %d", got)
	}
	asked := int64(-7)
	if got := Seed(&asked, "an intent"); got != asked {
		t.Errorf("asked for %d, got %d", asked, got)
	}
	if first, second := Seed(nil, ""), Seed(nil, ""); first == second {
		t.Error("two seeds without a key are the same")
	}
	here, there := started(t), started(t)
	first := drawn(t, here, asking("A castle"), "one")
	if !bytes.Equal(first, drawn(t, there, asking("A castle"), "one")) {
		t.Error("the same request under the same key is drawn otherwise")
	}
	if bytes.Equal(first, drawn(t, here, asking("A castle"), "two")) {
		t.Error("another key draws the same")
	}
}

func TestUnwrittenPrompts(t *testing.T) {
	t.Parallel()
	d := New(func(prompt string) bool { return strings.Contains(prompt, "hidden") })
	for prompt, captioned := range map[string]bool{"A castle": true, "A hidden castle": false} {
		id := submit(t, d, asking(prompt), "key")
		job := &d.tasks[id].job
		if job.Caption != captioned {
			t.Errorf("%q: caption is %v", prompt, job.Caption)
		}
		is, err := job.request(defaultMaxPixels)
		if err != nil || is.NoCaption == captioned {
			t.Errorf("%q is drawn with NoCaption %v, %v", prompt, is.NoCaption, err)
		}
	}
}

// busy takes all slots, as other drawings do, until free is called.
func busy(d *Driver) (free func()) {
	for range cap(d.slots) {
		d.slots <- struct{}{}
	}
	return func() {
		for range cap(d.slots) {
			<-d.slots
		}
	}
}

// A task that waits for others is no error, however long it takes.
func TestTaskThatWaits(t *testing.T) {
	t.Parallel()
	d := started(t)
	free := busy(d)
	id := submit(t, d, asking("A castle"), "key")
	for range 2 {
		if task, err := d.Task(t.Context(), id); err != nil || task.Status != engine.StatusPending {
			t.Fatalf("while it waits: %+v, %v", task, err)
		}
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := d.Task(ended, id); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
	free()
	finished(t, d, id)
}

// A disk that takes no more says nothing against the result, which is given
// again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	d := started(t)
	task := finished(t, d, submit(t, d, asking("A castle"), "key"))
	var ours *engine.Error
	if err := d.Download(t.Context(), task, "", full{}); !errors.Is(err, errFull) || errors.As(err, &ours) {
		t.Errorf("got %v", err)
	}
	if err := d.Download(t.Context(), task, "", new(sink)); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

var errFull = errors.New("no space left on device")

// full is a sink that takes nothing.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
func (full) Reset() error              { return nil }

// Tasks of a process are known there alone.
func TestOtherProcess(t *testing.T) {
	t.Parallel()
	before, after := started(t), started(t)
	id := submit(t, before, asking("A castle"), "key")
	submit(t, after, asking("A castle"), "key")
	if task, err := after.Task(t.Context(), id); !engine.As(err).NotFound {
		t.Errorf("%+v, %v", task, err)
	}
	if err := after.Download(t.Context(), engine.Task{ID: id, Result: id}, "", new(sink)); !errors.Is(err, engine.ErrResultGone) {
		t.Error(err)
	}
}

// What a result was drawn from, and the result, are not kept once it was given.
func TestResultIsGivenOnce(t *testing.T) {
	t.Parallel()
	d := started(t)
	r := engine.Request{Method: "generate_recipe", Images: map[string][][]byte{"subject": {enginetest.Picture("a knight")}}}
	free := busy(d)
	id := submit(t, d, r, "key")
	if err := d.Download(t.Context(), engine.Task{ID: id, Result: id}, "", new(sink)); !errors.Is(err, engine.ErrResultGone) {
		t.Errorf("before it was drawn: %v", err)
	}
	free()
	task := finished(t, d, id)
	if held := d.tasks[id]; len(held.result) == 0 || len(held.job.Images) != 1 {
		t.Fatalf("it holds %d bytes and %d inputs", len(held.result), len(held.job.Images))
	}
	if err := d.Download(t.Context(), task, "", new(sink)); err != nil {
		t.Fatal(err)
	}
	if held := d.tasks[id]; held.result != nil || held.job.Images != nil || held.job.Params != nil {
		t.Errorf("it still holds %d bytes, and %v", len(held.result), held.job)
	}
	if err := d.Download(t.Context(), task, "", new(sink)); !errors.Is(err, engine.ErrResultGone) {
		t.Errorf("the second time: %v", err)
	}
	if again, err := d.Task(t.Context(), id); err != nil || again.Status != engine.StatusFailed || again.Failure == "" {
		t.Errorf("afterwards it is %+v, %v", again, err)
	}
}

func TestParallelDownloads(t *testing.T) {
	t.Parallel()
	const n = 3
	d, alone := started(t), started(t)
	var got [n][]byte
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { got[i] = drawn(t, d, asking(fmt.Sprintf("Castle %d", i)), "key") })
	}
	wait.Wait()
	for i := range n {
		if want := drawn(t, alone, asking(fmt.Sprintf("Castle %d", i)), "key"); !bytes.Equal(got[i], want) {
			t.Errorf("request %d is drawn otherwise where others are drawn too", i)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("é", MaxPrompt)
	whole := enginetest.Picture("whole")
	references := func(images ...[]byte) engine.Request {
		r := asking("A castle")
		r.Method, r.Images = "generate_image_with_references", map[string][][]byte{"references": images}
		return r
	}
	for name, test := range map[string]struct {
		ask  engine.Request
		want string // part of the error; "": it is taken
	}{
		"longest prompt":    {asking(longest), ""},
		"longer prompt":     {asking(longest + "!"), `"prompt" has 10001 characters, at most 10000`},
		"two images":        {references(whole, whole), ""},
		"unreadable image":  {references(whole, []byte("no image")), `"references[1]" is not an image that can be read`},
		"image cut short":   {references(whole[:40]), `"references[0]" is not an image that can be read`},
		"unreadable scene":  {engine.Request{Method: "generate_recipe", Images: map[string][][]byte{"subject": {whole}, "scene": {nil}}}, `"scene" is not an image`},
		"unknown method":    {engine.Request{Method: "generate_song"}, `unknown method "generate_song"`},
		"unknown parameter": {engine.Request{Method: "generate_image", Params: map[string]any{"tempo": "slow"}}, `generate_image takes no parameter "tempo"`},
		"unknown image":     {engine.Request{Method: "generate_image", Images: map[string][][]byte{"cover": {whole}}}, `generate_image takes no image "cover"`},
	} {
		d := started(t)
		_, err := d.Submit(t.Context(), test.ask, "key")
		if (err == nil) != (test.want == "") || err != nil && (!strings.Contains(err.Error(), test.want) || engine.Classify(err) != engine.ClassRefused) {
			t.Errorf("%s: got error %v, want %q", name, err, test.want)
		}
		if len(d.tasks) > 0 != (err == nil) {
			t.Errorf("%s: %d tasks", name, len(d.tasks))
		}
	}
}

// A film comes as WebM where that is asked for, an image never.
func TestFormats(t *testing.T) {
	t.Parallel()
	d := started(t)
	for _, test := range []struct {
		method, accept string
		want           Format
	}{
		{"generate_image", "", PNG}, {"generate_image", "video/webm", PNG},
		{"generate_video", "", MP4}, {"generate_video", "video/mp4", MP4}, {"generate_video", "video/webm", WebM},
	} {
		r := engine.Request{Method: test.method, Params: map[string]any{"prompt": "A castle"}, Accept: test.accept}
		if got := d.tasks[submit(t, d, r, "key")].format; got != test.want {
			t.Errorf("%s with %q comes as %s, want %s", test.method, test.accept, got, test.want)
		}
	}
}

// A picture that cannot be drawn fails, and nothing else does.
func TestPanicFailsTheTask(t *testing.T) {
	t.Parallel()
	if err := safely(func() error { panic("no paint") }); err == nil || !strings.Contains(err.Error(), "no paint") {
		t.Errorf("got %v", err)
	}
	if err := safely(func() error { return nil }); err != nil {
		t.Error(err)
	}
}
