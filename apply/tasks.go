package apply

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"assetform/config"
	"assetform/lockfile"
	"assetform/plan"
)

// ForgetTasks gives up the open requests and tasks of an asset: the next apply
// may send it again. It returns those that were given up; results that are in
// the store already stay there.
func ForgetTasks(ctx context.Context, j *Journal, a config.Address) ([]Intent, error) {
	var forgotten []Intent
	for _, in := range j.Intents() {
		if in.Address != a || !in.State.Unsettled() && !in.State.Paid() {
			continue
		}
		if err := j.Append(ctx, Record{ID: in.ID, State: StateForgotten}); err != nil {
			return forgotten, err
		}
		forgotten = append(forgotten, in)
	}
	return forgotten, nil
}

// AttachOptions say which task belongs to which asset.
type AttachOptions struct {
	Address config.Address
	TaskID  string
	Journal *Journal
	Lock    *lockfile.Lock
	// Plan is of the whole project. It says the inputs of an asset for which
	// the journal has no open request, as after the journal was lost.
	Plan *plan.Plan
	// Generator is the server of the asset's provider.
	Generator Generator
}

// AttachTask records that a task is the result of an asset's open request, or
// of today's inputs if there is none. The server is asked whether it knows the
// task and whether it can be that one. The next apply collects it.
func AttachTask(ctx context.Context, o AttachOptions) (Intent, error) {
	intents := o.Journal.Intents()
	rec, err := o.open(intents)
	if err != nil {
		return Intent{}, err
	}
	if rec.Origin != o.Generator.Origin() {
		return Intent{}, fmt.Errorf("the request for %s was sent to %s, but its provider leads to %s", o.Address, rec.Origin, o.Generator.Origin())
	}
	for _, in := range intents {
		if in.TaskID == o.TaskID && in.Origin == rec.Origin && in.ID != rec.ID && in.State != StateForgotten {
			return Intent{}, fmt.Errorf("task %q belongs to a request for %s", o.TaskID, in.Address)
		}
	}
	if rec.Provider == plan.ProviderPaid {
		for _, text := range o.Lock.Addresses() {
			if e := o.Lock.Assets[text]; e.TaskID == o.TaskID && e.Provider == rec.Provider {
				return Intent{}, fmt.Errorf("task %q is the one that the lock has for %s", o.TaskID, text)
			}
		}
	}
	task, err := o.Generator.Task(ctx, o.TaskID)
	if err != nil {
		return Intent{}, err
	}
	if c := requestOf(&rec).compare(&task); len(c.differs) > 0 {
		return Intent{}, fmt.Errorf("task %q is not the one of the request for %s: its %s differ", o.TaskID, o.Address, strings.Join(c.differs, ", "))
	}
	rec.State, rec.TaskID = StateAttached, o.TaskID
	if err := o.Journal.Append(ctx, rec); err != nil {
		return Intent{}, err
	}
	in, _ := o.Journal.Intent(rec.ID)
	return in, nil
}

// open finds the newest open request of the asset, or describes one for
// today's inputs.
func (o *AttachOptions) open(intents []Intent) (Record, error) {
	for _, in := range slices.Backward(intents) {
		if in.Address == o.Address && in.State.Unsettled() {
			rec := in.Record
			rec.Time, rec.Error = time.Now(), ""
			return rec, nil
		}
	}
	c := o.Plan.Change(o.Address)
	if c == nil || c.Spec == nil {
		return Record{}, fmt.Errorf("no request for %s is open, and the configuration has no such asset", o.Address)
	}
	if !c.Fingerprint.Known() {
		return Record{}, fmt.Errorf("no request for %s is open, and its inputs are not known before its upstreams are generated", o.Address)
	}
	n := &node{change: c, fp: c.Fingerprint, hash: c.Fingerprint.Hash()}
	return newIntent(n, o.Generator.Origin()), nil
}
