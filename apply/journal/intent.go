package journal

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
)

// Intent is one request for one asset with everything the journal knows of it:
// the union of its records, with State, Time and Error of the last.
type Intent struct {
	Record
	// Created is the time of the first record, by the clock of then. It says
	// how far back the task list must be read, and orders nothing.
	Created time.Time
}

// Claims tells that the intent's task is nobody else's. One that the server
// does not know, or shows as another's, may be.
func (in *Intent) Claims() bool {
	return in.TaskID != "" && !in.State.Unsettled() && in.State != StateForgotten
}

// history is the state that the journal's records add up to.
type history struct {
	intents []*Intent // in the order of their first records
	byID    map[string]*Intent
}

func newHistory() *history { return &history{byID: map[string]*Intent{}} }

// check says why a record may not follow what is known.
func (h *history) check(r *Record) error {
	switch {
	case r.ID == "":
		return errors.New("the record names no intent")
	case !r.State.known():
		return fmt.Errorf("state %q is not known", r.State)
	case r.Time.IsZero():
		return errors.New("the record has no time")
	}
	known := h.byID[r.ID]
	if known == nil {
		known = &Intent{}
		if r.Address.IsZero() || r.InputsHash.IsZero() {
			return fmt.Errorf("the first record of intent %q names no asset or no inputs", r.ID)
		}
	}
	switch {
	case r.State.Paid() && r.TaskID == "" && known.TaskID == "":
		return fmt.Errorf("state %q needs a task", r.State)
	case r.State == StateStored && r.Content.IsZero() && known.Content.IsZero():
		return fmt.Errorf("state %q needs the content's hash", r.State)
	}
	return nil
}

// add takes a record that check let pass. The inputs of what is done stand in
// the lock; a journal that was not compacted for long need not hold them too.
func (h *history) add(r Record, created time.Time) {
	if r.State == StateDone {
		r.Inputs = nil
	}
	in := h.byID[r.ID]
	if in == nil {
		if created.IsZero() {
			created = r.Time
		}
		in = &Intent{Record: r, Created: created}
		h.byID[r.ID] = in
		h.intents = append(h.intents, in)
		return
	}
	in.State, in.Time, in.Error = r.State, r.Time, r.Error
	overlay(&in.Address, r.Address)
	overlay(&in.Provider, r.Provider)
	overlay(&in.Origin, r.Origin)
	overlay(&in.Method, r.Method)
	overlay(&in.Kind, r.Kind)
	overlay(&in.Model, r.Model)
	overlay(&in.InputsHash, r.InputsHash)
	if r.Inputs != nil || r.State == StateDone {
		in.Inputs = r.Inputs
	}
	overlay(&in.Requested, r.Requested)
	overlay(&in.Candidate, r.Candidate)
	if !r.Cost.IsZero() {
		in.Cost = r.Cost
	}
	overlay(&in.IdempotencyKey, r.IdempotencyKey)
	overlay(&in.Baseline, r.Baseline)
	overlay(&in.KeyCheck, r.KeyCheck)
	overlay(&in.Claim, r.Claim)
	overlay(&in.ClaimKey, r.ClaimKey)
	overlay(&in.ClaimCarried, r.ClaimCarried)
	overlay(&in.ClaimEnded, r.ClaimEnded)
	overlay(&in.TaskID, r.TaskID)
	overlay(&in.Confirmed, r.Confirmed)
	overlay(&in.Content, r.Content)
}

// overlay replaces *old by a value that says something.
func overlay[T comparable](old *T, v T) {
	var zero T
	if v != zero {
		*old = v
	}
}

func (h *history) list() []Intent {
	list := make([]Intent, len(h.intents))
	for i, in := range h.intents {
		list[i] = *in
	}
	return list
}

// wantedAs is the hash under which a configuration asks for the intent's inputs
// today: earlier releases sent texts with byte order marks and line ends of
// their files, and what was paid then is not paid again.
func (in *Intent) wantedAs(engines engine.Registry) lockfile.InputsHash {
	if h, ok := plan.NormalHash(engines, &lockfile.Entry{Provider: in.Provider, Method: in.Method, Inputs: in.Inputs}); ok {
		return h
	}
	return in.InputsHash
}

// PaidInputs returns the inputs that a task was paid for whose result is not in
// the store yet: what a plan's Snapshot calls Paid.
func PaidInputs(engines engine.Registry, intents []Intent) map[lockfile.InputsHash]bool {
	paid := map[lockfile.InputsHash]bool{}
	for _, in := range intents {
		if in.State.Paid() {
			paid[in.wantedAs(engines)] = true
		}
	}
	return paid
}

// FinishedInputs tells of which inputs a task had a result that this machine
// has no more: what a plan's Snapshot calls Finished. has tells what the store
// has; it is asked about inputs that somebody asks about, and no others.
func FinishedInputs(engines engine.Registry, intents []Intent, has func(lockfile.ContentHash) bool) func(lockfile.InputsHash) bool {
	byInputs := sync.OnceValue(func() map[lockfile.InputsHash][]*Intent {
		m := map[lockfile.InputsHash][]*Intent{}
		for i := range intents {
			if in := &intents[i]; in.State == StateStored || in.State == StateDone {
				h := in.wantedAs(engines)
				m[h] = append(m[h], in)
			}
		}
		return m
	})
	return func(h lockfile.InputsHash) bool {
		return slices.ContainsFunc(byInputs()[h], func(in *Intent) bool { return in.finished(engines, has) })
	}
}

// finished tells that the task was paid for and its result is gone from here:
// the server may have it still.
func (in *Intent) finished(engines engine.Registry, has func(lockfile.ContentHash) bool) bool {
	return (in.State == StateStored || in.State == StateDone) && in.Claims() && engines.Charges(in.Provider) && !has(in.Content)
}

// Unsettled returns the paid requests with an unknown outcome: what a plan's
// Snapshot calls Unsettled.
func Unsettled(engines engine.Registry, intents []Intent) (list []plan.Unsettled) {
	for _, in := range intents {
		if engines.Charges(in.Provider) && in.State.Unsettled() {
			list = append(list, plan.Unsettled{Address: in.Address, InputsHash: in.wantedAs(engines), Cost: in.Cost})
		}
	}
	return list
}

// PerhapsCharged sums up what they may have cost.
func PerhapsCharged(engines engine.Registry, intents []Intent) (c engine.Cost) {
	for _, u := range Unsettled(engines, intents) {
		c = c.Add(u.Cost)
	}
	return c
}

// Charged sums up what the tasks cost that were accepted for certain.
func Charged(engines engine.Registry, intents []Intent) (c engine.Cost) {
	for _, in := range intents {
		if engines.Charges(in.Provider) && in.State.Paid() {
			c = c.Add(in.Cost)
		}
	}
	return c
}

// requested returns the generations that a person asked for and that are not
// done: what a plan's Snapshot calls requested. Only the newest intent of an
// asset counts, and the newest of each of its candidates, those that are done too;
// giving it up or being refused ends it, but for a candidate whose place is empty
// by now: what it was is not brought back in the place of another take.
// settled tells of what has its result, whatever its state; missing, of
// candidates with such a place.
func requested(intents []Intent, settled, missing func(*Intent) bool) map[address.Address]map[lockfile.InputsHash]plan.Request {
	requested := map[address.Address]map[lockfile.InputsHash]plan.Request{}
	for i := range intents {
		in := &intents[i]
		state := plan.RequestOpen
		switch {
		case in.Requested && in.State.CameToNothing() && missing(in):
		case !in.Requested || in.State.Final() && in.State != StateNotCreated || settled(in):
			state = plan.RequestDone
		case in.State == StateStored:
			state = plan.RequestStored
		}
		switch of := requested[in.Address]; {
		case in.Requested && of != nil && in.Candidate > 0:
			of[in.InputsHash] = state
		case state != plan.RequestDone, in.Requested && in.Candidate > 0:
			requested[in.Address] = map[lockfile.InputsHash]plan.Request{in.InputsHash: state}
		default:
			delete(requested, in.Address)
		}
	}
	return requested
}
