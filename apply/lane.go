package apply

import (
	"cmp"
	"context"
	"sync"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/config"
	"assetform/config/address"

	"github.com/hashicorp/hcl/v2"
)

// Figures of limits.
const (
	recoverAfter    = 8                // rounds of tasks without a refusal before the limit is raised
	probeTimeout    = 10 * time.Second // for quota and health at the start
	firstConcPause  = 500 * time.Millisecond
	maxConcPause    = 15 * time.Second
	maxUnknowns     = 3                // unknown outcomes in a row before nothing more is sent
	saturationLimit = 10 * time.Minute // with refusals for too many tasks while none of ours is in flight
	firstWindow     = time.Minute      // between looks whether an hourly limit has passed, where the server does not say when
	maxWindow       = 5 * time.Minute
)

// lane is one provider during a run: its server, the limits that it has shown
// and what is in flight there. Methods may be called concurrently.
type lane struct {
	ref   config.ProviderRef
	block *hcl.Range // of the provider in the configuration; nil: there is none
	gen   engine.Driver
	paid  bool // charges; the local provider does not
	eager bool // its tasks are asked about at once
	// recorded: it is the origin of tasks that assets of the plan wait for, and
	// no provider leads there.
	recorded bool

	ready  map[address.Kind]*nodeHeap // assets that wait for a slot; the coordinator's own
	active int                        // assets that are worked on; the coordinator's own

	mu             sync.Mutex
	ceiling        int // tasks in flight that were allowed at the start
	limit          int // that are allowed now
	inFlight       int
	good           int           // tasks that finished since the limit was lowered
	pause          time.Duration // the last wait after a refusal for too many tasks
	resumeAt       time.Time     // nothing is sent before
	saturatedSince time.Time     // since when others take all the room; zero: they do not
	gaveUp         bool          // nothing is sent any more in this run, for that reason
	limited        map[address.Kind]*rateLimit
	stop           *hcl.Diagnostic // why nothing is sent any more
	paces          map[string]*pace
	health         *engine.Health // once it was learnt
	unanswered     int            // requests that wait for their answer
	unknowns       int            // requests in a row whose outcome was not known
	unmatched      int            // those of them that were answered
	contacted      bool           // a request has reached the server
	answered       chan struct{}  // closed and made anew when one of the first two changes

	baseline func(context.Context) journal.Baseline // read once, before the first request
	searcher *searcher
}

// reached tells whether a request of this run has reached the server.
func (l *lane) reached() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.contacted
}

// rateLimit is an hourly limit that was reached.
type rateLimit struct {
	words string // the server's
	since time.Time
	until time.Time // when to try again
	pause time.Duration
	// trying tells that one request is on its way to see whether the limit has
	// passed.
	trying bool
}

// queue lets an asset wait for a slot.
func (l *lane) queue(n *node) { l.ready[n.change.Kind()].push(n) }

// queued is how many assets wait.
func (l *lane) queued() int { return len(*l.ready[address.Image]) + len(*l.ready[address.Video]) }

// first returns the asset to start next, of the kinds that are not passed
// over; nil if there is none.
func (l *lane) first(passed map[address.Kind]bool) *node {
	var best nodeHeap
	for _, kind := range []address.Kind{address.Image, address.Video} {
		if queue := *l.ready[kind]; len(queue) > 0 && !passed[kind] {
			best = append(best, queue[0])
		}
	}
	if len(best) == 2 && best.Less(1, 0) {
		return best[1]
	}
	if len(best) == 0 {
		return nil
	}
	return best[0]
}

// acquire takes a slot for a new task if one is free.
func (l *lane) acquire(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop != nil || l.gaveUp || l.inFlight >= l.limit || now.Before(l.resumeAt) {
		return false
	}
	l.inFlight++
	return true
}

// hold counts a task that is in flight already, whatever the limit.
func (l *lane) hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight++
}

// release gives a slot back. A task that came through lets the limit recover:
// by one after recoverAfter rounds.
func (l *lane) release(finished bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight--
	if !finished {
		return
	}
	l.pause = 0
	if l.good++; l.limit < l.ceiling && l.good >= recoverAfter*l.limit {
		l.limit, l.good = l.limit+1, 0
	}
}

// tooMany lowers the limit after CONCURRENT_LIMIT_EXCEEDED to what is in flight
// without the refused task, whose slot it takes back: many may be refused at
// once, and each must see the others gone. With nothing else in flight
// somebody else uses the key, and only time helps.
func (l *lane) tooMany(now time.Time, retryAfter time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight--
	if l.inFlight > 0 {
		l.saturatedSince = time.Time{}
	} else if l.saturatedSince.IsZero() {
		l.saturatedSince = now
	}
	l.gaveUp = !l.saturatedSince.IsZero() && now.Sub(l.saturatedSince) > saturationLimit
	l.limit = max(1, min(l.limit, l.inFlight))
	l.good = 0
	l.pause = min(maxConcPause, max(firstConcPause, 2*l.pause))
	if wait := max(l.pause, min(retryAfter, time.Minute)); l.resumeAt.Before(now.Add(wait)) {
		l.resumeAt = now.Add(wait)
	}
}

// rateLimited stops the submissions of a kind after HOURLY_LIMIT_EXCEEDED. Requests
// that were in flight together are refused together: they count as one.
func (l *lane) rateLimited(kind address.Kind, now time.Time, retryAfter time.Duration, words string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.limited[kind]
	if p == nil {
		p = &rateLimit{since: now, trying: true}
		l.limited[kind] = p
	}
	p.words = words
	if p.trying {
		p.trying = false
		p.pause = min(maxWindow, max(firstWindow, 2*p.pause))
		p.until = now.Add(cmp.Or(retryAfter, p.pause))
	} else if again := now.Add(retryAfter); again.After(p.until) {
		p.until = again
	}
}

// saturated tells that the lane gave up waiting for room.
func (l *lane) saturated() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gaveUp
}

// taskAccepted notes that a task of the kind was accepted.
func (l *lane) taskAccepted(kind address.Kind) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saturatedSince = time.Time{}
	delete(l.limited, kind)
}

// turn waits until one more request may be on its way: so many without an
// answer, and so many whose outcome was unknown, are together never more than
// maxUnknowns. An outage must not become as many open questions as there are
// assets. It reports false when the lane has stopped or ctx has ended.
func (l *lane) turn(ctx context.Context) bool {
	for {
		l.mu.Lock()
		if l.stop != nil {
			l.mu.Unlock()
			return false
		}
		if !l.paid || l.unanswered+l.unknowns < maxUnknowns {
			l.unanswered++
			l.mu.Unlock()
			return true
		}
		changed := l.answered
		l.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// endTurn notes what became of a request that had its turn: whether it reached
// the server, was accepted, or has an unknown outcome.
func (l *lane) endTurn(accepted, reached, unknown bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unanswered--
	l.contacted = l.contacted || reached
	if unknown {
		l.unknowns++
	} else if accepted && l.unmatched == 0 {
		l.unknowns = 0
	}
	l.signal()
}

// returnTurn notes that such a request was not sent.
func (l *lane) returnTurn() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unanswered--
	l.signal()
}

// unmatchedAnswer notes an answer that tells nothing of its request.
func (l *lane) unmatchedAnswer() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unmatched++
	l.unknowns++
	l.signal()
}

// outcomeKnown takes an unknown outcome back.
func (l *lane) outcomeKnown() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.unknowns--
	l.signal()
}

// staysUnknown notes that the outcome of a request stays unknown in this run;
// why is the reason for sending nothing more if there were too many.
func (l *lane) staysUnknown(why *hcl.Diagnostic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.unknowns >= maxUnknowns && l.stop == nil {
		l.stop = why
		l.signal()
	}
}

// signal lets those that wait for a turn look again. The mutex is held.
func (l *lane) signal() {
	close(l.answered)
	l.answered = make(chan struct{})
}

// limitOf returns the rate limit of a kind, if there is one.
func (l *lane) limitOf(kind address.Kind) (rateLimit, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p := l.limited[kind]; p != nil {
		return *p, true
	}
	return rateLimit{}, false
}

// retryLimited lets one task of a limited kind try whether the limit has passed.
func (l *lane) retryLimited(kind address.Kind, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.limited[kind]
	if p == nil || now.Before(p.until) {
		return p == nil
	}
	p.trying = true
	p.until = now.Add(maxWindow) // for the others, until this one has an answer
	return true
}

// halt stops all submissions for good; the first reason stays.
func (l *lane) halt(d *hcl.Diagnostic) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stop == nil {
		l.stop = d
	}
}

func (l *lane) halted() *hcl.Diagnostic {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stop
}

// wakeAt is the next moment after now at which something that waits for time
// alone can go on; zero: there is none.
func (l *lane) wakeAt(now time.Time) time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	var next time.Time
	consider := func(at time.Time) {
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	consider(l.resumeAt)
	for _, p := range l.limited {
		consider(p.until)
	}
	return next
}

// paceOf returns how tasks of a method are polled.
func (l *lane) paceOf(name string) *pace {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.paces[name]
	if p == nil {
		p = newPace(l.eager)
		l.paces[name] = p
	}
	return p
}

// idempotent tells whether the server says that it honours Idempotency-Key.
// While it cannot be asked the answer is no.
func (l *lane) idempotent(ctx context.Context) bool {
	l.mu.Lock()
	known := l.health
	l.mu.Unlock()
	if known == nil {
		h, err := healthOf(ctx, l.gen)
		if err != nil {
			return false
		}
		known = l.learn(h)
	}
	return known.Idempotency
}

func (l *lane) learn(h engine.Health) *engine.Health {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.health = &h
	return l.health
}

// slot is what one asset has of the tasks in flight.
type slot struct {
	lane *lane
	held bool
}

// free gives the slot back, once.
func (s *slot) free(finished bool) {
	if s.held {
		s.held = false
		s.lane.release(finished)
	}
}

// refused takes the slot back for a task that was refused because too many are
// in flight.
func (s *slot) refused(now time.Time, retryAfter time.Duration) {
	s.held = false
	s.lane.tooMany(now, retryAfter)
}
