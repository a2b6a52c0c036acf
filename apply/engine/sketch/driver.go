package sketch

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"assetform/apply/engine"
	spec "assetform/config/engine"
)

// origin is where the engine is said to be in journals. It is never resolved.
const origin = "http://studio.local:80"

// MaxPrompt is the length of a prompt in characters. The API document names no
// bound; without one it could fill the memory with text.
const MaxPrompt = 10_000

// told is how long Task waits for a drawing to be done before it says that it
// is not.
const told = 500 * time.Millisecond

// A Driver draws in this process. Make one with New.
type Driver struct {
	unwritten func(prompt string) bool
	log       *slog.Logger
	slots     chan struct{} // what is drawn at once
	decoding  chan struct{} // what is decoded at once: no request waits for drawings
	ids       string        // what the ids of this process begin with

	open     context.Context // ends with Close
	end      context.CancelFunc
	drawings sync.WaitGroup

	mu    sync.Mutex
	tasks map[string]*task
}

// A task is a request that was accepted. What it comes to is written before
// done is closed, and read after.
type task struct {
	job     Job
	format  Format
	drawing atomic.Bool // it has a slot
	done    chan struct{}
	result  []byte
	failure error
}

// New returns a driver. unwritten says of a prompt that it must not stand on
// the picture; nil: all may.
func New(unwritten func(prompt string) bool) *Driver {
	if unwritten == nil {
		unwritten = func(string) bool { return false }
	}
	d := &Driver{
		unwritten: unwritten, log: slog.New(slog.DiscardHandler), slots: make(chan struct{}, runtime.GOMAXPROCS(0)),
		decoding: make(chan struct{}, 1),
		ids:      rand.Text()[:8], tasks: map[string]*task{},
	}
	d.open, d.end = context.WithCancel(context.Background())
	return d
}

// Close ends the drawings that nobody waits for any more.
func (d *Driver) Close() error {
	d.end()
	d.drawings.Wait()
	return nil
}

// Origin implements engine.Driver.
func (d *Driver) Origin() string { return origin }

// Submit implements engine.Driver. What it accepts is drawn beside everything
// else, whether or not anybody asks about it, until Close.
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
	if err := CheckImages(ctx, m, r.Images, where, defaultMaxPixels, d.decoding); err != nil {
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
	t := &task{job: job, format: FormatOf(m.Kind), done: make(chan struct{})}
	if t.format == MP4 && Format(r.Accept) == WebM {
		t.format = WebM
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	id := d.ids + "-" + strconv.Itoa(len(d.tasks)+1)
	d.tasks[id] = t
	d.drawings.Go(func() { d.draw(id, t) })
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

// Task implements engine.Driver. It waits a moment for the task to finish, so
// that what is drawn at once is had at once.
func (d *Driver) Task(ctx context.Context, id string) (engine.Task, error) {
	t := d.find(id)
	if t == nil {
		return engine.Task{}, &engine.Error{NotFound: true, Own: true, Err: errors.New("the engine does not know the task")}
	}
	is := engine.Task{ID: id, Status: engine.StatusPending}
	unfinished := time.NewTimer(told)
	defer unfinished.Stop()
	select {
	case <-t.done:
	case <-ctx.Done():
		return engine.Task{}, ctx.Err()
	case <-unfinished.C:
		if t.drawing.Load() {
			is.Status = engine.StatusProcessing
		}
		return is, nil
	}
	if t.failure != nil {
		is.Status, is.Failure = engine.StatusFailed, t.failure.Error()
	} else {
		is.Status, is.Result = engine.StatusCompleted, id
	}
	return is, nil
}

// find returns a task, or nil.
func (d *Driver) find(id string) *task {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tasks[id]
}

// draw makes the task's result when there is a slot.
func (d *Driver) draw(id string, t *task) {
	defer close(t.done)
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-d.open.Done():
	}
	if t.failure = d.open.Err(); t.failure != nil {
		return
	}
	t.drawing.Store(true)
	began := time.Now()
	var b bytes.Buffer
	t.failure = safely(func() error { return t.job.Draw(d.open, &b, t.format, defaultMaxPixels) })
	t.result = b.Bytes()
	d.log.Debug("drawn", "task", id, "method", t.job.Method, "bytes", b.Len(), "took", time.Since(began), "error", t.failure)
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
	t := d.find(is.Result)
	if t == nil {
		return engine.ErrResultGone
	}
	select {
	case <-t.done:
	default:
		return engine.ErrResultGone
	}
	if t.failure != nil {
		return engine.ErrResultGone
	}
	if _, err := dst.Write(t.result); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.tasks[is.Result] = given
	return nil
}

// given stands where a task was whose result was fetched.
var given = func() *task {
	t := &task{done: make(chan struct{}), failure: errors.New("its result was fetched already")}
	close(t.done)
	return t
}()
