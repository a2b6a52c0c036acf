package imaginator

import (
	"context"
	"encoding/json"

	"assetform/apply/engine"
	"assetform/config/address"
)

// API is what the engine needs of the HTTP contract; *Client is one. Its errors
// are *Error.
type API interface {
	Origin() string
	Submit(ctx context.Context, r engine.Request, idempotencyKey string) (Created, error)
	Task(ctx context.Context, id string) (Task, error)
	Tasks(ctx context.Context, q TaskQuery) (TaskPage, error)
	Download(ctx context.Context, resultURL, accept string, dst engine.Sink) (Downloaded, error)
	Health(ctx context.Context) (Health, error)
	Quota(ctx context.Context) (Quota, error)
}

// A Driver is the API as an engine. It has every ability.
type Driver struct{ api API }

var _ interface {
	engine.Driver
	engine.Finder
	engine.Quoter
	engine.Prober
	engine.KeyChecker
} = (*Driver)(nil)

// NewDriver returns the engine that an API is.
func NewDriver(api API) *Driver { return &Driver{api} }

// Open returns a driver that speaks to an API over the network.
func Open(s engine.Settings) (engine.Driver, error) {
	c, err := connect(s)
	if err != nil {
		return nil, err
	}
	return NewDriver(c), nil
}

// OpenLocal returns a driver that speaks to a local server of assetform's own,
// which writes prompts on what it draws unless they must not be read there.
func OpenLocal(s engine.Settings) (engine.Driver, error) {
	c, err := connect(s)
	if err != nil {
		return nil, err
	}
	c.unwritten = s.Unwritten
	return NewDriver(c), nil
}

// connect returns the client that Open's driver has.
func connect(s engine.Settings) (*Client, error) {
	return New(Config{
		BaseURL: s.BaseURL, APIKey: NewSecret(s.Key), Loopback: s.Loopback,
		UserAgent: s.UserAgent, Logger: s.Log, Redactor: s.Redactor,
	})
}

// API returns what NewDriver was given.
func (d *Driver) API() API { return d.api }

// Origin implements engine.Driver.
func (d *Driver) Origin() string { return d.api.Origin() }

// Submit implements engine.Driver.
func (d *Driver) Submit(ctx context.Context, r engine.Request, idempotencyKey string) (engine.Created, error) {
	created, err := d.api.Submit(ctx, r, idempotencyKey)
	return engine.Created{TaskID: created.TaskID, Estimate: created.EstimatedTime}, err
}

// Task implements engine.Driver.
func (d *Driver) Task(ctx context.Context, id string) (engine.Task, error) {
	task, err := d.api.Task(ctx, id)
	return neutral(task), err
}

func neutral(t Task) engine.Task {
	return engine.Task{
		ID: t.ID, Status: t.Status, Kind: address.Kind(t.Type), Created: t.CreatedAt,
		Result: t.ResultURL, Failure: t.failure(), Says: t.Message, Shown: t,
	}
}

// row is the API's own view of a task.
func row(t *engine.Task) Task {
	shown, _ := t.Shown.(Task)
	return shown
}

// Download implements engine.Driver.
func (d *Driver) Download(ctx context.Context, t engine.Task, accept string, dst engine.Sink) error {
	_, err := d.api.Download(ctx, t.Result, accept, dst)
	return err
}

// pageRows is the most that the API gives.
const pageRows = 100

// Tasks implements engine.Finder.
func (d *Driver) Tasks(ctx context.Context, page int) (engine.TaskPage, error) {
	p, err := d.api.Tasks(ctx, TaskQuery{Page: page, PerPage: pageRows})
	list := engine.TaskPage{Total: p.Total, Page: p.Page}
	for _, t := range p.Tasks {
		list.Tasks = append(list.Tasks, neutral(t))
	}
	return list, err
}

// Identity implements engine.Finder.
func (d *Driver) Identity(t *engine.Task) []byte {
	is := row(t)
	b, err := json.Marshal(Task{
		ID: is.ID, Type: is.Type, Model: is.Model, Prompt: is.Prompt, Seed: is.Seed,
		AspectRatio: is.AspectRatio, References: is.References, CreatedAt: is.CreatedAt,
	})
	if err != nil {
		panic("JSON of a task: " + err.Error()) // texts, numbers and a time only
	}
	return b
}

// Quota implements engine.Quoter.
func (d *Driver) Quota(ctx context.Context) (engine.Quota, error) {
	q, err := d.api.Quota(ctx)
	return engine.Quota{
		Concurrent: q.Images.ConcurrentLimit,
		Left:       map[string]int{Credits: q.Images.Remaining, Videos: q.Videos.Remaining},
	}, err
}

// Health implements engine.Prober.
func (d *Driver) Health(ctx context.Context) (engine.Health, error) {
	h, err := d.api.Health(ctx)
	return engine.Health{Idempotency: h.Idempotency, Sketches: h.Service == ServiceStudio}, err
}

// KeyCheck implements engine.KeyChecker.
func (d *Driver) KeyCheck(salt string) string {
	if c, ok := d.api.(engine.KeyChecker); ok {
		return c.KeyCheck(salt)
	}
	return ""
}
