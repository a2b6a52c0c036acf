package journal

import (
	"slices"
	"sync"

	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
)

// Index is what the journal knew when the run began, arranged by inputs.
// Each intent is handed out once. Methods may be called concurrently.
type Index struct {
	mu        sync.Mutex
	paid      map[lockfile.InputsHash][]*Intent // tasks to collect, oldest first
	unsettled map[lockfile.InputsHash][]*Intent
	stored    map[lockfile.InputsHash][]*Intent // results that the lock does not have
	finished  map[lockfile.InputsHash][]*Intent // tasks whose result the store has no more
	failed    map[lockfile.InputsHash]bool      // the last task failed
}

func NewIndex(engines engine.Registry, intents []Intent, has func(lockfile.ContentHash) bool) *Index {
	m := &Index{
		paid:      map[lockfile.InputsHash][]*Intent{},
		unsettled: map[lockfile.InputsHash][]*Intent{},
		stored:    map[lockfile.InputsHash][]*Intent{},
		finished:  map[lockfile.InputsHash][]*Intent{},
		failed:    map[lockfile.InputsHash]bool{},
	}
	for i := range intents {
		in := &intents[i]
		h := in.wantedAs(engines)
		m.failed[h] = in.State == StateFailed
		switch {
		case in.State.Paid():
			m.paid[h] = append(m.paid[h], in)
		case in.State.Unsettled():
			m.unsettled[h] = append(m.unsettled[h], in)
		case in.finished(engines, has):
			m.finished[h] = append(m.finished[h], in)
		case in.State == StateStored:
			m.stored[h] = append(m.stored[h], in)
		}
	}
	return m
}

// InLock tells whether the lock has the intent's result, though the journal
// may not have been told so before the process ended.
func InLock(in *Intent, lock *lockfile.Lock) bool {
	if in.State != StateStored {
		return false
	}
	e, ok := lock.Assets[in.Address.String()]
	if ok && in.Candidate > 0 {
		return slices.ContainsFunc(e.Candidates, func(c lockfile.Candidate) bool { return c.ContentHash == in.Content && c.TaskID == in.TaskID })
	}
	return ok && e.InputsHash == in.InputsHash && e.UpstreamHash() == in.Content
}

// OpenRequests returns what a plan's Snapshot calls Requested: interrupted
// --replace requests that the lock does not have the result of, and candidates of
// which that failed.
func OpenRequests(intents []Intent, lock *lockfile.Lock) map[address.Address]map[lockfile.InputsHash]plan.Request {
	return requested(intents, func(in *Intent) bool { return InLock(in, lock) }, func(in *Intent) bool {
		list := lock.Assets[in.Address.String()].Candidates
		return in.Candidate > 0 && in.Candidate <= len(list) && list[in.Candidate-1].ContentHash.IsZero()
	})
}

// TakePaid hands out a task that was paid for with these inputs, the newest
// first.
func (m *Index) TakePaid(h lockfile.InputsHash) *Intent { return m.take(m.paid, h) }

// TakeFinished hands out a task whose result is to be fetched again.
func (m *Index) TakeFinished(h lockfile.InputsHash) *Intent { return m.take(m.finished, h) }

// TakeUnsettled hands out a request with these inputs whose outcome is open.
func (m *Index) TakeUnsettled(h lockfile.InputsHash) *Intent { return m.take(m.unsettled, h) }

func (m *Index) take(from map[lockfile.InputsHash][]*Intent, h lockfile.InputsHash) *Intent {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := from[h]
	if len(list) == 0 {
		return nil
	}
	last := list[len(list)-1]
	from[h] = list[:len(list)-1]
	return last
}

// Waits tells that a request with these inputs was sent whose result is not here.
func (m *Index) Waits(h lockfile.InputsHash) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.paid[h])+len(m.unsettled[h])+len(m.finished[h]) > 0
}

// PaidHashes lists the inputs with tasks to collect.
func (m *Index) PaidHashes() []lockfile.InputsHash {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []lockfile.InputsHash
	for h, intents := range m.paid {
		if len(intents) > 0 {
			list = append(list, h)
		}
	}
	return list
}

// PaidTasks lists the tasks to collect with these inputs.
func (m *Index) PaidTasks(h lockfile.InputsHash) []*Intent {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.paid[h])
}

// StoredIntents lists the intents whose result for these inputs is stored and
// not in the lock.
func (m *Index) StoredIntents(h lockfile.InputsHash) []*Intent {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.stored[h]
}

// FailedBefore tells whether the last task with these inputs failed.
func (m *Index) FailedBefore(h lockfile.InputsHash) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.failed[h]
}
