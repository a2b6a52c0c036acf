package enginetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"assetform/apply/engine"
	"assetform/apply/media"
	spec "assetform/config/engine"
)

// Bare is the least that an engine can be: it remembers what it was asked for
// and delivers a small picture for it. It declares no ability, honours no key,
// and its errors have no class but where it refuses a request. The zero value
// works.
type Bare struct {
	// Engine is what it takes requests for; nil: any.
	Engine *spec.Engine
	// Latency is how long a task takes.
	Latency time.Duration
	// OnSubmit may answer the nth request, from 1, with an error: taken says
	// that the task is created all the same.
	OnSubmit func(n int, r engine.Request) (taken bool, err error)
	// Result makes what is delivered; nil: a picture, another for each task.
	Result func(r engine.Request) []byte

	mu    sync.Mutex
	asked int
	tasks []bareTask
}

type bareTask struct {
	request engine.Request
	begun   time.Time
}

// Origin implements engine.Driver.
func (b *Bare) Origin() string { return "https://bare.example:443" }

// Asked is how many requests have arrived, whatever became of them.
func (b *Bare) Asked() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked
}

// Taken lists the requests that have a task, in their order.
func (b *Bare) Taken() []engine.Request {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []engine.Request
	for _, t := range b.tasks {
		list = append(list, t.request)
	}
	return list
}

// Submit implements engine.Driver.
func (b *Bare) Submit(ctx context.Context, r engine.Request, _ string) (engine.Created, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked++
	if err := b.check(r); err != nil {
		return engine.Created{}, &engine.Error{Class: engine.ClassRefused, Err: err}
	}
	if b.OnSubmit != nil {
		if taken, err := b.OnSubmit(b.asked, r); err != nil {
			if taken {
				b.tasks = append(b.tasks, bareTask{r, time.Now()})
			}
			return engine.Created{}, err
		}
	}
	b.tasks = append(b.tasks, bareTask{r, time.Now()})
	return engine.Created{TaskID: bareID(len(b.tasks))}, nil
}

func bareID(n int) string { return "bare-" + strconv.Itoa(n) }

func (b *Bare) check(r engine.Request) error {
	if b.Engine != nil {
		if err := checkRow(b.Engine, r); err != nil {
			return err
		}
	}
	for name, images := range r.Images {
		for _, data := range images {
			if _, err := media.Probe(bytes.NewReader(data), int64(len(data))); err != nil {
				return fmt.Errorf("read %s: %w", name, err)
			}
		}
	}
	return nil
}

// task returns the task with that id.
func (b *Bare) task(id string) (bareTask, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, t := range b.tasks {
		if bareID(i+1) == id {
			return t, true
		}
	}
	return bareTask{}, false
}

// Task implements engine.Driver.
func (b *Bare) Task(ctx context.Context, id string) (engine.Task, error) {
	t, known := b.task(id)
	switch {
	case !known:
		return engine.Task{}, &engine.Error{NotFound: true, Message: "there is no such task"}
	case time.Since(t.begun) < b.Latency:
		return engine.Task{ID: id, Status: engine.StatusProcessing}, nil
	}
	return engine.Task{ID: id, Status: engine.StatusCompleted, Result: id}, nil
}

// Download implements engine.Driver.
func (b *Bare) Download(ctx context.Context, t engine.Task, _ string, dst engine.Sink) error {
	is, known := b.task(t.Result)
	if !known {
		return errors.New("there is no such result")
	}
	result := b.Result
	if result == nil {
		result = func(engine.Request) []byte { return Picture(t.ID) }
	}
	_, err := dst.Write(result(is.request))
	return err
}
