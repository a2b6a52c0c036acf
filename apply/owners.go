package apply

import (
	"sync"

	"assetform/apply/journal"
)

// taskOwners says which request a paid task belongs to, by the origin and the
// id of the task: a gateway may answer two requests with one answer. Several
// providers may lead to one origin. Methods may be called concurrently.
type taskOwners struct {
	intents func() []journal.Intent // of the journal; read when an origin is first asked about

	mu sync.Mutex
	of map[string]map[string]string // the owner's address by origin and id
}

func newTaskOwners(intents func() []journal.Intent) *taskOwners {
	return &taskOwners{intents: intents, of: map[string]map[string]string{}}
}

// claim gives a task to an owner; ok is false if another has it.
func (t *taskOwners) claim(origin, task, owner string) (other string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at := t.at(origin)
	if other, claimed := at[task]; claimed {
		return other, false
	}
	at[task] = owner
	return "", true
}

// release takes back what claim gave.
func (t *taskOwners) release(origin, task string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.at(origin), task)
}

// at returns the owners at an origin. The mutex is held.
func (t *taskOwners) at(origin string) map[string]string {
	if t.of[origin] == nil {
		t.of[origin] = map[string]string{}
		for _, in := range t.intents() {
			if in.Origin == origin && in.Claims() {
				t.of[origin][in.TaskID] = in.Address.String()
			}
		}
	}
	return t.of[origin]
}
