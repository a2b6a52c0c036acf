package sketch

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"

	"assetform/apply/engine"
	spec "assetform/config/engine"
)

// origin is where the engine is said to be in journals. It is never resolved.
const origin = "http://studio.local:80"

// MaxPrompt is the length of a prompt in characters. The API document names no
// bound; without one it could fill the memory with text.
const MaxPrompt = 10_000

// A Driver draws in this process. Make one with New.
type Driver struct {
	unwritten func(prompt string) bool
	slots     chan struct{} // what is drawn or decoded at once
	ids       string        // what the ids of this process begin with

	mu    sync.Mutex
	tasks map[string]*task
}

// A task is a request that was accepted.
type task struct {
	mu      sync.Mutex // held while it is drawn
	job     Job
	format  Format
	result  []byte // nil until it is drawn
	failure error
}

// New returns a driver. unwritten says of a prompt that it must not stand on
// the picture; nil: all may.
func New(unwritten func(prompt string) bool) *Driver {
	if unwritten == nil {
		unwritten = func(string) bool { return false }
	}
	return &Driver{
		unwritten: unwritten, slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
		ids: rand.Text()[:8], tasks: map[string]*task{},
	}
}

// Origin implements engine.Driver.
func (d *Driver) Origin() string { return origin }

// Submit implements engine.Driver. Nothing is drawn yet.
func (d *Driver) Submit(ctx context.Context, r engine.Request, idempotencyKey string) (engine.Created, error) {
	m := Engine.Method(r.Method)
	if m == nil {
		return engine.Created{}, refused(fmt.Errorf("unknown method %q", r.Method))
	}
	if err := checkRows(m, r); err != nil {
		return engine.Created{}, refused(err)
	}
	job := Job{Method: r.Method, Params: map[string]any{}, Images: r.Images}
	maps.Copy(job.Params, r.Params)
	for _, p := range m.Params {
		if _, given := job.Params[p.Name]; !given && p.Default != nil {
			job.Params[p.Name] = p.Default
		}
	}
	prompt := job.Text("prompt")
	if n := utf8.RuneCountInString(prompt); n > MaxPrompt {
		return engine.Created{}, refused(fmt.Errorf(`"prompt" has %d characters, at most %d are accepted`, n, MaxPrompt))
	}
	where := func(in spec.Input) string { return in.Name }
	if err := CheckImages(ctx, m, r.Images, where, defaultMaxPixels, d.slots); err != nil {
		if ctx.Err() != nil {
			return engine.Created{}, &engine.Error{Class: engine.ClassNeverSent, Err: err}
		}
		return engine.Created{}, refused(err)
	}
	var asked *int64
	if seed, given := r.Params["seed"].(int64); given {
		asked = &seed
	}
	delete(job.Params, "seed")
	job.Seed, job.Caption = Seed(asked, idempotencyKey), !d.unwritten(prompt)
	t := &task{job: job, format: FormatOf(m.Kind)}
	if t.format == MP4 && Format(r.Accept) == WebM {
		t.format = WebM
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.ids + "-" + strconv.Itoa(len(d.tasks)+1)
	d.tasks[id] = t
	return engine.Created{TaskID: id, Estimate: m.Estimate()}, nil
}

// checkRows refuses what the table does not have: it would be dropped in
// silence, or draw what no row means.
func checkRows(m *spec.Method, r engine.Request) error {
	for _, name := range slices.Sorted(maps.Keys(r.Params)) {
		if _, known := m.Param(name); !known {
			return fmt.Errorf("%s takes no parameter %q", m.Name, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.Images)) {
		if _, known := m.Input(name); !known {
			return fmt.Errorf("%s takes no image %q", m.Name, name)
		}
	}
	return nil
}

func refused(err error) error { return &engine.Error{Class: engine.ClassRefused, Own: true, Err: err} }

// Task implements engine.Driver. It draws, and returns when that is done.
func (d *Driver) Task(ctx context.Context, id string) (engine.Task, error) {
	d.mu.Lock()
	t := d.tasks[id]
	d.mu.Unlock()
	if t == nil {
		return engine.Task{}, &engine.Error{NotFound: true, Own: true, Err: errors.New("the engine does not know the task")}
	}
	if err := d.draw(ctx, t); err != nil {
		return engine.Task{}, err
	}
	if t.failure != nil {
		return engine.Task{ID: id, Status: engine.StatusFailed, Failure: t.failure.Error()}, nil
	}
	return engine.Task{ID: id, Status: engine.StatusCompleted, Result: id}, nil
}

// draw makes the task's result if it is not there. Its error is that of ctx.
func (d *Driver) draw(ctx context.Context, t *task) error {
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-d.slots }()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.result != nil || t.failure != nil {
		return nil
	}
	var b bytes.Buffer
	err := safely(func() error { return t.job.Draw(ctx, &b, t.format, defaultMaxPixels) })
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	t.result, t.failure = b.Bytes(), err
	return nil
}

// safely turns a panic into an error: one picture that cannot be drawn must not
// end what is paid for beside it.
func safely(draw func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("drawing it failed, which is a fault of assetform: %v", r)
		}
	}()
	return draw()
}

// Download implements engine.Driver. A result is given out once: what it was
// drawn from is not kept for longer.
func (d *Driver) Download(_ context.Context, is engine.Task, _ string, dst engine.Sink) error {
	d.mu.Lock()
	t := d.tasks[is.Result]
	d.mu.Unlock()
	if t == nil {
		return engine.ErrResultGone
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.result == nil {
		return engine.ErrResultGone
	}
	if _, err := dst.Write(t.result); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tasks[is.Result] = &task{failure: errGiven}
	return nil
}

var errGiven = errors.New("its result was fetched already")
