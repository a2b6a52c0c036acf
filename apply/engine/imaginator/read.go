package imaginator

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// Task returns the state of one task. It retries. TASK_NOT_FOUND is an *Error
// with that Code.
func (c *Client) Task(ctx context.Context, id string) (Task, error) {
	if err := c.checkID(id); err != nil {
		return Task{}, &Error{Op: c.op(http.MethodGet, PathTask), NeverSent: true, Err: c.scrub.cause(err)}
	}
	var task Task
	err := c.read(ctx, c.limits.JSONBytes, nil, func(a answer) error {
		if err := task.UnmarshalJSON(a.body); err != nil { // it is valid JSON
			return err
		}
		if task.ID == "" {
			task.ID = id // the API document's programs need none here
		}
		if task.ID != id {
			return saying("it is about another task, %q", c.scrub.words(task.ID, maxExcerpt))
		}
		c.scrub.task(&task)
		return nil
	}, PathTask, id)
	if err != nil {
		return Task{}, err
	}
	return task, nil
}

// A TaskQuery selects a page of the task list. Zero fields are not sent: the
// API's defaults are page 1 of 20 a page (100 at most), every status and type.
type TaskQuery struct {
	Page    int
	PerPage int
	Status  Status
	Type    TaskType
}

// Tasks returns one page of the task list, newest first. It retries. The
// server's own words on Page and PerPage win over the query's; a page that is
// not the one asked for shows in Page.
func (c *Client) Tasks(ctx context.Context, q TaskQuery) (TaskPage, error) {
	query := url.Values{}
	set := func(name, value string, isSet bool) {
		if isSet {
			query.Set(name, value)
		}
	}
	set("page", strconv.Itoa(q.Page), q.Page != 0)
	set("per_page", strconv.Itoa(q.PerPage), q.PerPage != 0)
	set("status", string(q.Status), q.Status != "")
	set("type", string(q.Type), q.Type != "")

	var page TaskPage
	err := c.read(ctx, c.limits.ListBytes, query, func(a answer) (err error) {
		if page, err = taskPage(a); err != nil {
			return err
		}
		for i := range page.Tasks {
			if err := c.checkID(page.Tasks[i].ID); err != nil {
				return err
			}
			c.scrub.task(&page.Tasks[i])
		}
		return nil
	}, PathTasks)
	if err != nil {
		return TaskPage{}, err
	}
	if page.Page == 0 {
		page.Page = max(1, q.Page)
	}
	if page.PerPage == 0 {
		page.PerPage = q.PerPage
	}
	return page, nil
}

// Quota returns the key's limits and use. It retries.
func (c *Client) Quota(ctx context.Context) (Quota, error) {
	var quota Quota
	err := c.read(ctx, c.limits.JSONBytes, nil, decodeInto(&quota), PathQuota)
	quota.Tier = c.scrub.words(quota.Tier, maxExcerpt)
	return quota, err
}

// Health asks the server what it is. It retries.
func (c *Client) Health(ctx context.Context) (Health, error) {
	var health Health
	err := c.read(ctx, c.limits.JSONBytes, nil, func(a answer) error {
		var object map[string]json.RawMessage
		if err := json.Unmarshal(a.body, &object); err != nil {
			return err
		}
		health = Health{
			Status:      c.scrub.words(lenient[string](object, "status"), maxExcerpt),
			Service:     c.scrub.known(lenient[string](object, "service"), ServiceStudio),
			Idempotency: lenient[bool](object, "idempotency"),
		}
		return nil
	}, PathHealth)
	return health, err
}

// Models returns the models that the server offers. It retries.
func (c *Client) Models(ctx context.Context) ([]Model, error) {
	var list ModelList
	err := c.read(ctx, c.limits.JSONBytes, nil, decodeInto(&list), PathModels)
	for i := range list.Models {
		m := &list.Models[i]
		m.ID = c.scrub.words(m.ID, maxExcerpt)
		m.Type = c.scrub.taskType(m.Type)
		m.Engine = c.scrub.words(m.Engine, maxExcerpt)
		m.Description = c.scrub.words(m.Description, maxMessage)
	}
	return list.Models, err
}

func decodeInto[T any](dst *T) func(answer) error {
	return func(a answer) error {
		// Another try must not be mixed with what a failed one left.
		var fresh T
		if err := json.Unmarshal(a.body, &fresh); err != nil {
			return err
		}
		*dst = fresh
		return nil
	}
}

// read gets the JSON at path and hands it to decode, with retries.
func (c *Client) read(ctx context.Context, limit int64, query url.Values, decode func(answer) error, path ...string) error {
	op := c.op(http.MethodGet, path...)
	target := c.endpoint(path...)
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	return c.retry(ctx, c.limits.Patience, func(attempt int) (bool, *Error) {
		return false, c.readOnce(ctx, op, target, limit, attempt, decode)
	})
}

func (c *Client) readOnce(ctx context.Context, op, target string, limit int64, attempt int, decode func(answer) error) *Error {
	ctx, cancel := context.WithTimeoutCause(ctx, c.limits.ReadTimeout, errTimeout)
	defer cancel()
	resp, failure := c.fetch(ctx, op, target, attempt, func(req *http.Request) {
		c.header(req, "application/json")
	})
	if failure != nil {
		return failure
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return c.refusal(op, resp, "JSON")
	}
	data, failure := c.answer(ctx, op, resp, limit)
	if failure != nil {
		return failure
	}
	if err := decode(data); err != nil {
		return c.unreadable(op, resp.StatusCode, err)
	}
	return nil
}

// fetch sends one GET and returns its answer, whatever the status.
func (c *Client) fetch(ctx context.Context, op, target string, attempt int, prepare func(*http.Request)) (*http.Response, *Error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, &Error{Op: op, NeverSent: true, Err: c.scrub.cause(err)}
	}
	prepare(req)
	start := time.Now()
	resp, err := c.get.Do(req)
	c.record(ctx, req, resp, err, start, attempt)
	if err != nil {
		err = because(ctx, err)
		var dial *net.OpError
		return nil, &Error{Op: op, NeverSent: errors.As(err, &dial) && dial.Op == "dial", Err: c.scrub.cause(err), temporary: temporaryError(err)}
	}
	return resp, nil
}
