package claim

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
)

// The model: machines that want the same inputs, a store, and a server. Every
// order of their steps is tried, and at each step what may go wrong: a machine
// is killed, or sleeps until others take it for gone (it may take its next step
// however late); a write is answered and arrives once more later, or is never
// answered and arrives later or not at all; the server says 429, loses an answer,
// or takes a request long after it was sent; the task list does not show a task.
// What a machine does with what it reads is decided by the functions of rules.go.
//
// A rule that is dropped must lead to a second payment: else the model proves
// nothing of that rule.

// rules are what a machine keeps to.
type dropped string

const (
	nothing       dropped = ""
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
	stayClaimed   dropped = "who may not send in another's place stays claimed"
	renewalsApart dropped = "renewals go to a file of their own"
)

const (
	maxMachines = 3
	maxClaims   = 4
)

// world is one situation.
type world struct {
	claims   [maxClaims + 2]record
	late     record // a write that is still in the network
	lateAt   int8   // of that claim; 0: there is none
	hasLate  int8   // how many more there may be
	machines [maxMachines]machine
	result   bool    // is in the remote
	tasks    int8    // that were accepted
	paid     int8    // of these: those that did not fail
	failed   int8    // the one that failed; 0: none did
	byKey    int8    // keys with a task, as bits
	pending  int8    // key of a request that has not arrived; 0: there is none
	limited  bool    // 429 was said
	lost     int8    // answers that may still be lost
	found    [8]int8 // the task of each key, for who looks at the list
}

type record struct {
	state, key, task int8 // the state by its place in states
}

var states = []State{"", Claimed, Sending, Task, Released, Failed}

func recordOf(s State, key, task int8) record {
	return record{int8(slices.Index(states, s)), key, task}
}

// packed tells machines apart.
func (a machine) packed() (n uint64) {
	for _, field := range []int8{int8(a.at), a.n, a.m, a.below.state, a.below.key, a.below.task, a.key, a.task, a.posts} {
		n = n<<5 | uint64(field)
	}
	if n <<= 2; a.carried {
		n |= 1
	}
	if a.early {
		n |= 2
	}
	return n
}

// ordered is the world with its machines in one order: none is special.
func (w world) ordered() world {
	slices.SortFunc(w.machines[:], func(a, b machine) int { return cmp.Compare(a.packed(), b.packed()) })
	return w
}

type step int8

const (
	idle step = iota
	choosing
	creating
	reading
	looking
	deciding
	announcing
	asking
	sending
	settling
	accepting
	collecting
	releasing
	gone
)

type machine struct {
	at      step
	n, m    int8 // its claim, and the one it reads
	below   record
	key     int8
	carried bool
	task    int8
	posts   int8
	early   bool // what is above was asked too early, and was nothing
}

// model is a set-up of the model.
type model struct {
	drop     dropped
	machines int
	honours  bool
	list     bool
	late     int8
	lost     int8
	fails    bool // one task may
}

// next lists what may follow.
func (m model) next(w world) (list []world) {
	if w.lateAt > 0 { // the write that was under way arrives
		v := w
		v.claims[w.lateAt], v.late, v.lateAt = w.late, record{}, 0
		list = append(list, v)
	}
	if w.pending > 0 { // so does a request
		v := w
		v.pending = 0
		m.create(&v, w.pending)
		list = append(list, v)
	}
	for i := maxMachines - m.machines; i < maxMachines; i++ { // those that there are not are idle for ever, and come first
		list = append(list, m.step(w, i)...)
		if a := w.machines[i]; a.at != idle && a.at != gone { // killed
			v := w
			v.machines[i] = machine{at: gone}
			list = append(list, v)
		}
	}
	return list
}

// create is the server's part of a request.
func (m model) create(w *world, key int8) (task int8) {
	bit := int8(1) << key
	if m.honours && w.byKey&bit != 0 {
		return w.found[key]
	}
	w.byKey |= bit
	w.tasks++
	w.paid++
	w.found[key] = w.tasks
	return w.tasks
}

// put lists what may come of a write: whether it was answered, and the world then.
func (m model) put(w world, n int8, r record) (answered, unanswered []world) {
	v := w
	v.claims[n] = r
	answered = append(answered, v)
	if w.hasLate > 0 && w.lateAt == 0 {
		v.late, v.lateAt, v.hasLate = r, n, w.hasLate-1
		answered = append(answered, v)
		v.claims[n] = w.claims[n]
		unanswered = append(unanswered, v)
	}
	if w.lost > 0 {
		v = w
		v.lost--
		unanswered = append(unanswered, v)
	}
	return answered, unanswered
}

func (w *world) newest() (n int8) {
	for w.claims[n+1].state != 0 {
		n++
	}
	return n
}

func (r record) claim() Claim { return Claim{State: states[r.state]} }

// step lists what machine i may do next.
func (m model) step(w world, i int) (list []world) {
	a := w.machines[i]
	to := func(w world, change func(*machine)) {
		change(&w.machines[i])
		list = append(list, w)
	}
	at := func(s step) func(*machine) { return func(a *machine) { a.at = s } }
	// write writes into its claim, and goes on in one of two ways.
	write := func(s State, then, failed func(*machine)) {
		ok, not := m.put(w, a.n, recordOf(s, a.key, a.task))
		for _, v := range ok {
			to(v, then)
		}
		for _, v := range not {
			to(v, failed)
		}
	}
	if m.drop == renewalsApart && a.n > 0 && w.lateAt == 0 && w.hasLate > 0 && a.at > creating && a.at <= announcing {
		v := w
		v.late, v.lateAt, v.hasLate = recordOf(Claimed, 0, 0), a.n, 0
		list = append(list, v)
	}
	again := func(a *machine) { *a = machine{at: idle, posts: a.posts} }
	switch a.at {
	case idle:
		if !w.result && a.posts < 2 {
			to(w, at(choosing))
		}
	case choosing: // the newest has ended, or is taken for expired
		n := w.newest() + 1
		if n > maxClaims {
			break
		}
		to(w, func(a *machine) {
			a.n, a.m, a.key, a.at = n, n-1, n, creating
			if m.drop == createFirst {
				a.at = reading
			}
		})
	case creating:
		if w.claims[a.n].state != 0 && m.drop != atomicCreate {
			to(w, again)
			break
		}
		v := w
		v.claims[a.n] = recordOf(Claimed, 0, 0)
		to(v, func(a *machine) {
			if a.at = reading; m.drop == createFirst {
				a.at = looking
			}
		})
	case reading:
		below := w.claims[a.m]
		to(w, func(a *machine) {
			switch {
			case a.m > 0 && !below.claim().Says() && m.drop != pastClaimed:
				a.m--
			default:
				if a.below = below; !below.claim().Says() {
					a.m = 0
				}
				if a.at = looking; m.drop == createFirst {
					a.at = creating
				}
			}
		})
	case looking:
		if w.result && m.drop != lookAgain {
			to(w, at(releasing))
		} else {
			to(w, at(deciding))
		}
	case deciding:
		verdict := Reader{HonoursKeys: m.honours}.Judge(int(a.m), a.below.claim())
		if m.drop == neverSends && (verdict == Question || verdict == Carry) {
			verdict = Free
		}
		switch verdict {
		case Free:
			to(w, at(announcing))
		case Carry:
			to(w, func(a *machine) { a.key, a.carried, a.at = a.below.key, true, announcing })
		case Resume:
			to(w, func(a *machine) { a.key, a.task, a.at = a.below.key, a.below.task, accepting })
		case Question:
			if task := w.found[a.below.key]; m.list && task > 0 {
				to(w, func(a *machine) { a.key, a.task, a.at = a.below.key, task, accepting })
			}
			if m.drop == stayClaimed {
				write(Released, again, at(gone))
			} else {
				to(w, at(gone)) // exit 5; another run looks again
			}
		}
	case announcing:
		failed := at(releasing)
		if m.drop == writesFail {
			failed = at(asking)
		}
		if m.drop == numberOnce {
			failed = func(*machine) {} // released is attempted below, and the number used again
			write(Released, func(*machine) {}, func(*machine) {})
		}
		if m.drop == answered && !a.early {
			if w.claims[a.n+1].state == 0 {
				to(w, func(a *machine) { a.early = true })
			}
			break
		}
		then := at(asking)
		if m.drop == answered {
			then = at(sending)
		}
		write(Sending, then, failed)
	case asking:
		switch above := w.claims[a.n+1].state != 0; {
		case MaySend(above), m.drop == askAbove:
			to(w, at(sending))
		default:
			to(w, at(releasing))
		}
	case sending:
		v := w
		v.machines[i].posts++
		task := m.create(&v, a.key)
		to(v, func(a *machine) { a.task, a.at = task, accepting })
		if !w.limited { // 429
			v = w
			v.limited = true
			to(v, func(a *machine) { a.posts++; a.at = releasing })
		}
		if w.lost > 0 {
			v = w
			v.lost--
			v.machines[i].posts++
			arrived := v
			m.create(&arrived, a.key)
			to(arrived, at(settling))
			if v.pending == 0 {
				v.pending = a.key
				to(v, at(settling))
			}
		}
	case settling: // as apply does
		if m.honours {
			v := w
			task := m.create(&v, a.key)
			to(v, func(a *machine) { a.task, a.at = task, accepting })
			break
		}
		if task := w.found[a.key]; m.list && task > 0 {
			to(w, func(a *machine) { a.task, a.at = task, accepting })
		}
		to(w, at(gone))
	case accepting:
		then := at(collecting)
		if m.drop == resultFirst {
			write(Released, then, then)
			break
		}
		write(Task, then, then)
	case collecting:
		if a.task == w.failed {
			write(Failed, again, again)
			break
		}
		v := w
		if m.fails && w.failed == 0 {
			v.failed = a.task
			v.paid--
			list = append(list, v)
			v = w
		}
		v.result = true
		to(v, func(a *machine) { a.carried, a.at = false, releasing })
	case releasing: // nothing was created, or the result is there
		state := WithoutTask(a.carried && !w.result)
		if m.drop == carriedStays {
			state = Released
		}
		if state == Released {
			write(state, again, again)
		} else {
			to(w, again)
		}
	}
	return list
}

// walk goes through all that may happen. twice is a way to a second payment.
func (m model) walk(limit int) (seen int, twice bool, whole bool) {
	start := world{hasLate: m.late, lost: m.lost}
	known := map[world]bool{start: true}
	for queue := []world{start}; len(queue) > 0; {
		w := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if w.paid > 1 {
			return len(known), true, true
		}
		if len(known) > limit {
			return len(known), false, false
		}
		for _, v := range m.next(w) {
			if v = v.ordered(); !known[v] {
				known[v] = true
				queue = append(queue, v)
			}
		}
	}
	return len(known), false, true
}

func TestModel(t *testing.T) {
	t.Parallel()
	const limit = 30_000_000
	for _, honours := range []bool{true, false} {
		for _, list := range []bool{true, false} {
			for _, m := range []model{
				{machines: 2, late: 1, lost: 1},
				{machines: 3},
				{machines: 3, lost: 1},
				{machines: 2, lost: 1, fails: true},
			} {
				if testing.Short() && m.machines > 2 {
					continue
				}
				m.honours, m.list = honours, list
				t.Run(fmt.Sprintf("%d machines, late %d, lost %d, fails %t, key honoured %t, list %t", m.machines, m.late, m.lost, m.fails, honours, list), func(t *testing.T) {
					t.Parallel()
					seen, twice, whole := m.walk(limit)
					if twice || !whole {
						t.Fatalf("after %d situations: paid twice: %t; all seen: %t", seen, twice, whole)
					}
					t.Logf("%d situations", seen)
				})
			}
		}
	}
}

// TestModelNeedsEachRule drops each rule in turn: then something is paid twice.
func TestModelNeedsEachRule(t *testing.T) {
	t.Parallel()
	for _, drop := range []dropped{
		createFirst, atomicCreate, lookAgain, pastClaimed, neverSends, askAbove, answered, writesFail, numberOnce,
		resultFirst, carriedStays, stayClaimed, renewalsApart,
	} {
		t.Run(string(drop), func(t *testing.T) {
			t.Parallel()
			for _, m := range []model{
				{honours: true, lost: 1}, {lost: 1}, {honours: true, lost: 1, late: 1}, {lost: 1, late: 1},
			} {
				m.drop, m.machines, m.list = drop, maxMachines, true
				if seen, twice, _ := m.walk(1_000_000); twice {
					t.Logf("paid twice, found after %d situations (%+v)", seen, m)
					return
				}
			}
			t.Fatal("nothing is paid twice without it")
		})
	}
}
