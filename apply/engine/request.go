package engine

import (
	"strings"
	"time"

	"assetform/config/address"
	spec "assetform/config/engine"
	"assetform/lockfile"
)

// A Request asks for one result.
type Request struct {
	Method string
	// Params are the scalar parameters, by their names in the engine's table:
	// string, int64, float64 or bool. Those at their defaults are there too.
	Params map[string]any
	// Images are the encoded input images, by the inputs' names.
	Images map[string][][]byte
	// Accept is the media type that is wanted, "" for any.
	Accept string
}

// Created is the answer to a request.
type Created struct {
	TaskID   string
	Estimate string // of the time it takes, for people; "" if it says none
}

// A Status is the state of a task. A word that is none of these is a server's
// own: the task has not finished as far as anybody knows.
type Status string

// The states of a task.
const (
	StatusPending    Status = "pending"
	StatusProcessing Status = "processing"
	StatusCompleted  Status = "completed"
	StatusFailed     Status = "failed"
)

// Known reports whether the status is one of the four.
func (s Status) Known() bool {
	return s == StatusPending || s == StatusProcessing || s.Finished()
}

// Finished reports whether a task with this status will change no more.
func (s Status) Finished() bool { return s == StatusCompleted || s == StatusFailed }

// A Task is how one task stands.
type Task struct {
	ID      string
	Status  Status
	Kind    address.Kind // "" where it is not shown
	Created time.Time    // zero where it is not shown
	// Result says to Download where the result is; "" while there is none. It
	// may carry a signature: it is never logged.
	Result string
	// Failure is why the task failed, in the server's words, or what it adds.
	Failure string
	// Says is what else the server says, which is no failure.
	Says string
	// Shown is what else the engine shows of the task, in a form of its own.
	Shown any
}

// A TaskPage is one page of a task list, newest first.
type TaskPage struct {
	Tasks []Task
	Total int // tasks in all pages; -1 if it does not say
	Page  int // the page that this is, from 1
}

// A Query is what tells a request from others, as it was recorded.
type Query struct {
	Kind   address.Kind
	Method *spec.Method // nil: not known
	Inputs lockfile.Inputs
}

// Sent returns the recorded form of a parameter, its default included; ok is
// false if the request has none.
func (q Query) Sent(name string) (lockfile.Value, bool) {
	if v, ok := q.Inputs[name]; ok {
		return v, true
	}
	if p, ok := q.Method.Param(name); ok && p.Default != nil && !p.Unsent {
		text, isText := p.Default.(string)
		return lockfile.Text(text), isText
	}
	return lockfile.Value{}, false
}

// Equals tells whether a value that a task shows is the recorded one, which
// may be a digest.
func Equals(sent, shown lockfile.Value) bool {
	if digest, secret := sent.AsSensitive(); secret {
		b, err := shown.MarshalJSON()
		return err == nil && lockfile.HashBytes(b) == digest
	}
	return sent.Equal(shown)
}

// A Comparison says how a task's row stands to a request.
type Comparison struct {
	Differs []string // what the row shows with another value
	Hidden  []string // what it does not show
	// ByPicture says that nothing differs and that all that is hidden will be
	// seen by the finished picture.
	ByPicture bool
	// Near says that the row is worth a person's look, Likely that nothing
	// speaks against it and it shows what only this request has.
	Near, Likely bool
}

// Equal tells that everything is shown and equal.
func (c Comparison) Equal() bool { return len(c.Differs)+len(c.Hidden) == 0 }

// Words says for people what differs and what is hidden.
func (c Comparison) Words() string {
	var parts []string
	if len(c.Differs) > 0 {
		parts = append(parts, strings.Join(c.Differs, ", ")+" differ")
	}
	if len(c.Hidden) > 0 {
		parts = append(parts, strings.Join(c.Hidden, ", ")+" not shown")
	}
	if len(parts) == 0 {
		return "all that is shown is equal"
	}
	return strings.Join(parts, "; ")
}
