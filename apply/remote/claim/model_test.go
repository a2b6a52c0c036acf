package claim

import (
	"slices"
)

// The model: machines that want the same inputs, people beside them, a store, and
// a server. Every order of their steps is tried (model_walk_test.go), and at each
// step what may go wrong. What a machine does with what it reads is decided by the
// functions of rules.go.
//
// A machine may sleep for ever so long before its next step, so one that is killed
// for good needs no step of its own, and everything that is not written may be
// taken for expired. It may be started again: with its journal, or on a disk that
// has none. A write is answered and arrives once more later, or is never answered
// and arrives later or not at all. The server says 429 or 403, loses an answer,
// takes a request long after it was sent, or fails a task; it honours keys or not,
// and has a task list, which may lag, or none. Machines have the same API key or
// another. A person does only what the program has offered: gives up a request
// whose outcome is unknown, or the claim that stands in the way, or names the task.
//
// A rule that is dropped must lead to a payment too many: else the model proves
// nothing of that rule. What a person gave up though it may have been charged may
// be paid for once more, and nothing else.
//
// Steps that neither read nor write what others see are one with the step before
// them: nobody can tell when they happen. A claim's number stands for the key of
// its first request.

// dropped is a rule that nobody keeps to.
type dropped string

const (
	createFirst   dropped = "the claim is created before what is below it is read"
	atomicCreate  dropped = "a claim is created only if there is none"
	lookAgain     dropped = "the result is looked for again under the claim"
	pastClaimed   dropped = "what only says claimed is read past"
	neverSends    dropped = "nobody sends in the place of one who said sending"
	askAbove      dropped = "after sending was written it is asked for a claim above"
	answered      dropped = "that is asked after the write was answered"
	writesFail    dropped = "nothing is sent under a claim whose writes fail"
	numberOnce    dropped = "a number for which released was attempted is not used again"
	resultFirst   dropped = "released is written after the result is in the remote"
	carriedStays  dropped = "a claim with a key taken over is not released by a refusal"
	carriedNoted  dropped = "that a key was taken over is in the journal before the claim says so"
	stayClaimed   dropped = "who may not send in another's place stays claimed"
	freeToRelease dropped = "who stops before sending releases its claim only if nothing below it binds"
	renewalsApart dropped = "renewals go to a file of their own"
	intentFirst   dropped = "the intent is in the journal before the request is sent"
	sinceFirst    dropped = "what became of the claim is read before a request is sent again with its key"
	othersKey     dropped = "what is of another key is not gone on with"
	ownToRelease  dropped = "who gives up another's claim creates one above it, reads again, and releases that"
)

// Bounds. A fifth claim needs a fourth that came to nothing, and brings nothing
// that the second and third did not.
const (
	maxMachines = 3
	maxClaims   = 4
	maxPosts    = 2 // of a machine, with new keys
	accounts    = 2
)

// world is one situation.
type world struct {
	claims   [maxClaims + 2]record
	late     record // a write that is still in the network
	lateAt   int8   // of that claim; 0: there is none
	machines [maxMachines]machine
	found    [accounts][maxClaims + 1]int8 // the task of each key
	pending  int8                          // key of a request that has not arrived; 0: there is none
	account  int8                          // of that request
	tasks    int8                          // that were accepted
	paid     int8                          // of these: those that did not fail
	given    int8                          // the claim that a person gives up, until that is written
	allowed  int8                          // that were given up, and may be paid for again
	failed   int8                          // the one that failed; 0: none did
	result   bool                          // is in the remote
	limited  bool                          // 429 or 403 was said

	// How often it may happen yet: a late write, a lost answer, a machine started
	// again, something that a person does.
	hasLate, lost, restarts, persons int8
}

// record is a claim. The state is by its place in states, the account its owner's.
type record struct{ state, key, task, account int8 }

var states = []State{"", Claimed, Sending, Task, Released, Failed}

func stateOf(s State) int8 { return int8(slices.Index(states, s)) }

// names are texts for numbers.
var names = []string{"", "1", "2", "3", "4", "5"}

func (r record) claim() Claim {
	return Claim{State: states[r.state], IdempotencyKey: names[r.key], TaskID: names[r.task], Key: names[r.account]}
}

// step is what a machine does next.
type step int8

const (
	absent step = iota
	idle
	creating
	reading
	looking
	announcing
	asking
	sending
	settling
	accepting
	collecting
	releasing
	unsure   // its own request's outcome is unknown: exit 5
	stuck    // another's claim is in the way: exit 5 or 4
	resuming // a later run of one that was unsure
	forgetting
	rereading // for a person who gives up what is below
	givingUp
)

type machine struct {
	at      step
	n, m    int8 // its claim, and the one it reads or gives up
	key     int8 // of its request; of the claim below where that binds
	task    int8
	verdict Verdict
	carried bool
	old     int8 // an earlier claim of its own whose end did not get through
	posts   int8
	account int8
	early   bool // what is above was asked too early, and was nothing
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// bits puts numbers side by side: value, width, value, width.
func bits(pairs ...uint64) (n uint64) {
	for i := 0; i < len(pairs); i += 2 {
		n = n<<pairs[i+1] | pairs[i]
	}
	return n
}

func (r record) packed() uint64 {
	return uint64(r.state)<<6 | uint64(r.key)<<3 | uint64(r.task)<<1 | uint64(r.account)
}

func (a *machine) packed() uint64 {
	n := uint64(a.at)<<6 | uint64(a.n)<<3 | uint64(a.m)
	n = n<<11 | uint64(a.key)<<8 | uint64(a.task)<<6 | uint64(a.verdict)<<3 | uint64(a.old)
	return n<<5 | uint64(a.posts)<<3 | uint64(a.account)<<2 | bit(a.carried)<<1 | bit(a.early)
}

// packed tells situations apart, whichever machine is which.
func (w *world) packed() (key [3]uint64) {
	var all [maxMachines]uint64
	for i := range w.machines {
		all[i] = w.machines[i].packed()
	}
	slices.Sort(all[:])
	key[0] = w.late.packed()<<3 | uint64(w.lateAt)
	for _, c := range w.claims[1 : maxClaims+1] {
		key[0] = key[0]<<10 | c.packed()
	}
	for _, keys := range w.found {
		for _, task := range keys[1:] {
			key[1] = key[1]<<2 | uint64(task)
		}
	}
	key[1] = key[1]<<8 | bits(uint64(w.pending), 3, uint64(w.account), 1, uint64(w.paid), 2, uint64(w.allowed), 2)
	key[0] = key[0]<<3 | uint64(w.given)
	key[1] = key[1]<<13 | bits(uint64(w.tasks), 2, uint64(w.failed), 2, bit(w.result), 1, bit(w.limited), 1, uint64(w.hasLate), 1, uint64(w.lost), 2, uint64(w.restarts), 2, uint64(w.persons), 2)
	key[1] = key[1]<<27 | all[0]
	key[2] = all[1]<<27 | all[2]
	return key
}

// model is a set-up of the model.
type model struct {
	drop     dropped
	machines int
	foreign  int // of these with another API key
	honours  bool
	list     bool
	late     int8
	lost     int8
	restarts int8
	persons  int8
	fails    bool // one task may
}

func (m *model) start() (w world) {
	w.hasLate, w.lost, w.restarts, w.persons = m.late, m.lost, m.restarts, m.persons
	for i := range m.machines {
		w.machines[i].at = idle
		if i < m.foreign {
			w.machines[i].account = 1
		}
	}
	return w
}

// next tells of what may follow.
func (m *model) next(w *world, then func(world)) {
	if w.lateAt > 0 { // the write that was under way arrives
		v := *w
		v.claims[w.lateAt], v.late, v.lateAt = w.late, record{}, 0
		if v.weigh(); w.lateAt >= v.given && w.late.state == stateOf(Released) {
			v.given = 0
		}
		then(v)
	}
	if w.pending > 0 { // so does a request
		v := *w
		v.pending, v.account = 0, 0
		m.create(&v, w.account, w.pending)
		then(v)
	}
	for i := range w.machines {
		if a := &w.machines[i]; a.at != absent {
			s := stepping{model: m, w: w, i: i, a: *a, then: then}
			s.step()
			s.startAgain()
			s.person()
		}
	}
}

// create is the server's part of a request.
func (m *model) create(w *world, account, key int8) (task int8) {
	if was := w.found[account][key]; m.honours && was > 0 {
		return was
	}
	w.tasks++
	w.paid++
	w.found[account][key] = w.tasks
	return w.tasks
}

// put tells what may come of a write.
func (m *model) put(w *world, n int8, r record, then func(v world, answered bool)) {
	v := *w
	v.claims[n] = r
	then(v, true)
	if w.hasLate > 0 && w.lateAt == 0 {
		v.late, v.lateAt, v.hasLate = r, n, w.hasLate-1
		then(v, true)
		v.claims[n] = w.claims[n]
		then(v, false)
	}
	if w.lost > 0 {
		v = *w
		v.lost--
		then(v, false)
	}
}

func (w *world) newest() (n int8) {
	for w.claims[n+1].state != 0 {
		n++
	}
	return n
}

// mayCharge tells whether a request with that key was accepted, or may be yet
// though nobody looks at its claim again.
func (w *world) mayCharge(account, key int8) bool {
	if w.found[account][key] > 0 || w.pending == key && w.account == account {
		return true
	}
	for i := range w.machines {
		a := &w.machines[i]
		if (a.at == asking || a.at == sending || a.at == settling) && a.key == key && a.account == account {
			return true
		}
	}
	return false
}

// weigh allows another payment where a person gives up what may be charged: the
// program has said so. What is sent after that was released is not allowed for.
func (w *world) weigh() {
	if w.given == 0 {
		return
	}
	if r := w.claims[w.given]; w.mayCharge(r.account, r.key) {
		w.allowed++
		w.given = 0
	}
}
