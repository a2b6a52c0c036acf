package studio

import (
	"cmp"
	"slices"
	"time"

	"assetform/apply/engine/imaginator"
	"assetform/config/engine"
)

// window is the length of "this hour": it rolls.
const window = time.Hour

// An account is what the register knows of one key. The register's lock
// guards it.
type account struct {
	shelves     map[shelf][]*task // by ID, ascending
	active      int               // pending and processing
	ledger      ledger
	idempotency map[string]*task // by record.Idempotency
}

// A shelf holds the tasks of one type and status, so that a filtered list is
// read off without looking at every task.
type shelf struct {
	kind   imaginator.TaskType
	status imaginator.Status
}

// The statuses and types that a list can be filtered by.
var (
	statuses = []imaginator.Status{
		imaginator.StatusPending, imaginator.StatusProcessing,
		imaginator.StatusCompleted, imaginator.StatusFailed,
	}
	taskTypes = []imaginator.TaskType{imaginator.TypeImage, imaginator.TypeVideo}
)

func newAccount() *account {
	return &account{shelves: map[shelf][]*task{}, idempotency: map[string]*task{}}
}

func byID(t *task, id uint64) int { return cmp.Compare(t.rec.ID, id) }

func (a *account) shelve(t *task) {
	s := shelf{t.rec.taskType(), t.rec.Status}
	at, _ := slices.BinarySearchFunc(a.shelves[s], t.rec.ID, byID)
	a.shelves[s] = slices.Insert(a.shelves[s], at, t)
}

func (a *account) unshelve(t *task) {
	s := shelf{t.rec.taskType(), t.rec.Status}
	at, found := slices.BinarySearchFunc(a.shelves[s], t.rec.ID, byID)
	if found {
		a.shelves[s] = slices.Delete(a.shelves[s], at, at+1)
	}
}

// list returns up to limit tasks of that status and type ("" is any), newest
// first after skipping some, and how many there are in all.
func (a *account) list(status imaginator.Status, kind imaginator.TaskType, skip, limit int) (page []*task, total int) {
	var rest [][]*task
	for _, s := range statuses {
		for _, k := range taskTypes {
			if (status == "" || s == status) && (kind == "" || k == kind) && len(a.shelves[shelf{k, s}]) > 0 {
				rest = append(rest, a.shelves[shelf{k, s}])
				total += len(a.shelves[shelf{k, s}])
			}
		}
	}
	if skip >= total {
		return nil, total
	}
	for len(page) < limit && len(rest) > 0 {
		newest := 0
		for i := range rest {
			if last(rest[i]).rec.ID > last(rest[newest]).rec.ID {
				newest = i
			}
		}
		if skip > 0 {
			skip--
		} else {
			page = append(page, last(rest[newest]))
		}
		rest[newest] = rest[newest][:len(rest[newest])-1]
		if len(rest[newest]) == 0 {
			rest = slices.Delete(rest, newest, newest+1)
		}
	}
	return page, total
}

func last(ts []*task) *task { return ts[len(ts)-1] }

// A ledger is what an account was charged in the last hour, oldest first.
type ledger struct {
	entries []charge
	used    engine.Cost
}

type charge struct {
	task uint64
	at   time.Time
	cost engine.Cost
}

// charge adds the cost of a task. Tasks are charged in the order of their IDs.
func (l *ledger) charge(id uint64, at time.Time, c engine.Cost) {
	l.entries = append(l.entries, charge{id, at, c})
	l.used = l.used.Add(c)
}

// refund takes back the charge for a task, if it is still counted.
func (l *ledger) refund(id uint64) {
	at, found := slices.BinarySearchFunc(l.entries, id, func(c charge, id uint64) int { return cmp.Compare(c.task, id) })
	if found {
		l.subtract(l.entries[at].cost)
		l.entries = slices.Delete(l.entries, at, at+1)
	}
}

func (l *ledger) subtract(c engine.Cost) {
	l.used = l.used.Sub(c)
}

// roll forgets what was charged an hour ago or earlier.
func (l *ledger) roll(now time.Time) {
	n := 0
	for n < len(l.entries) && !now.Before(l.entries[n].at.Add(window)) {
		l.subtract(l.entries[n].cost)
		n++
	}
	l.entries = slices.Delete(l.entries, 0, n)
}

// wait is how long it takes until at least that much of a unit has rolled out of the
// window. What never will, because it is more than was used, waits an hour.
func (l *ledger) wait(now time.Time, unit string, need int) time.Duration {
	var freed engine.Cost
	for _, c := range l.entries {
		freed = freed.Add(c.cost)
		if freed[unit] >= need {
			return c.at.Add(window).Sub(now)
		}
	}
	return window
}
