package studio

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"sync"
	"time"

	"assetform/apply/engine/imaginator"
	"assetform/config/engine"
)

// idempotencyFor is how long an Idempotency-Key is remembered.
const idempotencyFor = 24 * time.Hour

// A task is a record in the register. The register's lock guards rec.
type task struct {
	rec record
	// stored is closed when the record is durable and the task may be
	// confirmed, or could not be made so, and rejected is set.
	stored   chan struct{}
	rejected bool
	expired  bool // its files are removed
}

// The register is the one owner of what the server knows of tasks: all of it
// is in memory, bounded by the sweep, and the archive is its durable copy.
type register struct {
	mu       sync.RWMutex
	tasks    map[uint64]*task
	results  map[string]*task // by record.Result
	accounts map[string]*account
	lastID   uint64
	active   int   // pending and processing, of all accounts
	size     int64 // bytes, about, that the records take
}

// weight is about what a record takes in memory, in bytes.
func (r *record) weight() int64 { return int64(1024 + len(r.Prompt)) }

// newRegister returns a register whose task ids begin after lastID. For a
// server that has no past, 0 stands for a random start: a client that
// remembers a task of another server at the same address must get
// TASK_NOT_FOUND, never a stranger's task.
func newRegister(lastID uint64) *register {
	if lastID == 0 {
		var b [8]byte
		rand.Read(b[:]) // never fails
		lastID = 1000 * (1 + uint64(binary.BigEndian.Uint32(b[:])))
	}
	return &register{
		tasks:    map[uint64]*task{},
		results:  map[string]*task{},
		accounts: map[string]*account{},
		lastID:   lastID,
	}
}

func (g *register) account(name string) *account {
	a := g.accounts[name]
	if a == nil {
		a = newAccount()
		g.accounts[name] = a
	}
	return a
}

// restore takes up a record of an earlier run. Records come in the order of
// their IDs.
func (g *register) restore(rec record, now time.Time) *task {
	t := &task{rec: rec, stored: make(chan struct{})}
	close(t.stored)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.insert(t)
	if rec.Status != imaginator.StatusFailed && now.Before(rec.Created.Add(window)) {
		g.account(rec.Account).ledger.charge(rec.ID, rec.Created, rec.cost())
	}
	return t
}

// insert adds a task to every index. The lock is held.
func (g *register) insert(t *task) {
	a := g.account(t.rec.Account)
	g.tasks[t.rec.ID] = t
	g.results[t.rec.Result] = t
	g.lastID = max(g.lastID, t.rec.ID)
	g.size += t.rec.weight()
	a.shelve(t)
	if t.rec.Idempotency != "" {
		a.idempotency[t.rec.Idempotency] = t
	}
	if !t.rec.Status.Finished() {
		a.active++
		g.active++
	}
}

// remove takes a task out of every index. The lock is held.
func (g *register) remove(t *task) {
	a := g.account(t.rec.Account)
	g.size -= t.rec.weight()
	a.unshelve(t)
	if a.idempotency[t.rec.Idempotency] == t {
		delete(a.idempotency, t.rec.Idempotency)
	}
	if !t.rec.Status.Finished() {
		a.active--
		g.active--
	}
	delete(g.tasks, t.rec.ID)
	delete(g.results, t.rec.Result)
}

// reject takes back a task that could not be stored: it costs nothing.
func (g *register) reject(t *task) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.remove(t)
	g.account(t.rec.Account).ledger.refund(t.rec.ID)
	t.rejected = true
	close(t.stored)
}

// admit checks the limits of a key and enters a task for the record, in one
// step. It returns the earlier task when the record repeats one, see
// record.Idempotency; the caller waits for that one's stored.
func (g *register) admit(rec record, key Key, queueLimit int, now time.Time) (t *task, repeated bool, no *refusal) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.account(key.Name)
	a.ledger.roll(now)
	if earlier := a.idempotency[rec.Idempotency]; rec.Idempotency != "" && earlier != nil &&
		now.Before(earlier.rec.Created.Add(idempotencyFor)) {
		if earlier.rec.Digest != rec.Digest {
			return nil, false, refuse(imaginator.CodeInvalidRequest,
				"%s was used before with another request", imaginator.HeaderIdempotencyKey)
		}
		return earlier, true, nil
	}
	if no := a.mayCharge(key, rec.cost(), now); no != nil {
		return nil, false, no
	}
	if a.active >= key.ConcurrentLimit {
		return nil, false, refuse(imaginator.CodeConcurrentLimitExceeded,
			"Concurrent tasks limit exceeded (%d)", key.ConcurrentLimit).after(time.Second)
	}
	// The document has no code for a full server. A client that meets this one
	// waits and tries again, which is what is wanted.
	if g.active >= queueLimit {
		return nil, false, refuse(imaginator.CodeConcurrentLimitExceeded,
			"The server's queue is full (%d tasks)", queueLimit).after(time.Second)
	}
	g.lastID++
	rec.ID, rec.Created, rec.Status, rec.Result = g.lastID, now, imaginator.StatusPending, unguessable()
	a.ledger.charge(rec.ID, now, rec.cost())
	rec.Remaining = a.remaining(key, rec.method())
	t = &task{rec: rec, stored: make(chan struct{})}
	g.insert(t)
	return t, false, nil
}

// mayCharge refuses what would exceed an hourly limit. The ledger is rolled.
func (a *account) mayCharge(key Key, cost engine.Cost, now time.Time) *refusal {
	over := a.ledger.used.Add(cost)
	for unit, limit := range key.hourly() {
		if n := over[unit] - limit; cost[unit] > 0 && n > 0 {
			return refuse(imaginator.CodeHourlyLimitExceeded, "Hourly %s limit exceeded (%d/hour)", kindOfUnit[unit], limit).
				after(a.ledger.wait(now, unit, n))
		}
	}
	return nil
}

// kindOfUnit is what the service says of its units.
var kindOfUnit = map[string]string{imaginator.Credits: "image", imaginator.Videos: "video"}

// hourly are the key's limits by unit.
func (k Key) hourly() map[string]int {
	return map[string]int{imaginator.Credits: k.HourlyImageCredits, imaginator.Videos: k.HourlyVideos}
}

// remaining is what the key has left in this window of a method's unit.
func (a *account) remaining(key Key, m *engine.Method) int {
	return max(0, key.hourly()[m.Price.Unit]-a.ledger.used[m.Price.Unit])
}

// unguessable returns 128 bits of randomness in hex.
func unguessable() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// begin marks a task as being worked on and returns its record.
func (g *register) begin(t *task) record {
	rec := g.snapshot(t)
	rec.Status = imaginator.StatusProcessing
	g.advance(t, rec)
	return rec
}

// snapshot returns the record of a task as it is now.
func (g *register) snapshot(t *task) record {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return t.rec
}

// advance changes the record of a task and keeps every index in step.
func (g *register) advance(t *task, to record) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.tasks[t.rec.ID] != t {
		return
	}
	a := g.account(t.rec.Account)
	a.unshelve(t)
	if !t.rec.Status.Finished() && to.Status.Finished() {
		a.active--
		g.active--
	}
	if to.Status == imaginator.StatusFailed {
		a.ledger.refund(to.ID)
	}
	t.rec = to
	a.shelve(t)
}

// get returns the record of a task that the account owns.
func (g *register) get(account string, id uint64) (record, bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	t := g.tasks[id]
	if t == nil || t.rec.Account != account {
		return record{}, false
	}
	return t.rec, true
}

// result returns the record whose result has that id.
func (g *register) result(id string) (record, bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	t := g.results[id]
	if t == nil {
		return record{}, false
	}
	return t.rec, true
}

// list is account.list, with copies of the records.
func (g *register) list(name string, status imaginator.Status, kind imaginator.TaskType, skip, limit int) ([]record, int) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	a := g.accounts[name]
	if a == nil {
		return nil, 0
	}
	page, total := a.list(status, kind, skip, limit)
	recs := make([]record, len(page))
	for i, t := range page {
		recs[i] = t.rec
	}
	return recs, total
}

// usage returns what the key used in this window and its unfinished tasks.
func (g *register) usage(name string, now time.Time) (used engine.Cost, active int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := g.account(name)
	a.ledger.roll(now)
	return a.ledger.used, a.active
}

// expire marks the tasks that were completed before the given time as expired,
// and returns those that were not yet.
func (g *register) expire(before time.Time) []record {
	g.mu.Lock()
	defer g.mu.Unlock()
	var now []record
	for _, t := range g.tasks {
		if !t.expired && t.rec.Status == imaginator.StatusCompleted && t.rec.Completed.Before(before) {
			t.expired = true
			now = append(now, t.rec)
		}
	}
	return now
}

// oldest returns the finished tasks to forget, oldest first: those that
// finished before the given time, and more of them while the records take more
// than most bytes.
func (g *register) oldest(before time.Time, most int64) []record {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var done []*task
	for _, t := range g.tasks {
		if t.rec.Status.Finished() {
			done = append(done, t)
		}
	}
	slices.SortFunc(done, func(a, b *task) int { return byID(a, b.rec.ID) })
	excess := g.size - most
	var old []record
	for _, t := range done {
		if t.rec.Completed.Before(before) || excess > 0 {
			old = append(old, t.rec)
			excess -= t.rec.weight()
		}
	}
	return old
}

// forget removes a task for good.
func (g *register) forget(id uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t := g.tasks[id]; t != nil {
		g.remove(t)
	}
}
