package apply

import (
	spec "assetform/config/engine"
	"context"
	"sync"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/config"
	"assetform/config/address"

	"github.com/hashicorp/hcl/v2"
)

const (
	probeTimeout = 10 * time.Second // for quota and health at the start
	silence      = 4 * time.Second  // of a server until it is told of
)

// lane is one provider during a run: its server, the limits that it has shown
// and what is in flight there. Methods may be called concurrently.
type lane struct {
	engine *spec.Engine
	ref    config.ProviderRef
	block  *hcl.Range // of the provider in the configuration; nil: there is none
	gen    engine.Driver
	paid   bool // charges; the local provider does not
	eager  bool // its tasks are asked about at once
	// unreached: it took no connection at the start, for as long as one is waited for.
	unreached bool
	// recorded: it is the origin of tasks that assets of the plan wait for, and
	// no provider leads there.
	recorded bool

	ready  map[address.Kind]*nodeHeap // assets that wait for a slot; the coordinator's own
	active int                        // assets that are worked on; the coordinator's own

	slots  concurrency
	hourly hourlyLimits
	turns  turns

	mu     sync.Mutex
	stop   *hcl.Diagnostic // why nothing is sent any more
	paces  map[string]*pace
	health *engine.Health // once it was learnt

	baseline func(context.Context) journal.Baseline // read once, before the first request
	searcher *searcher
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
func (l *lane) acquire(now time.Time) bool { return l.halted() == nil && l.slots.acquire(now) }

// accepted notes that a task of the kind was accepted.
func (l *lane) accepted(kind address.Kind) {
	l.slots.accepted()
	l.hourly.passed(kind)
}

// turn waits until one more request may be on its way; false: it may not.
func (l *lane) turn(ctx context.Context) bool {
	return l.turns.wait(ctx, func() bool { return l.halted() != nil })
}

// staysUnknown notes that the outcome of a request stays unknown in this run;
// why is the reason for sending nothing more if there were too many.
func (l *lane) staysUnknown(why *hcl.Diagnostic) {
	if l.turns.tooMany() {
		l.halt(why)
		l.turns.wake()
	}
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
	var next time.Time
	for _, at := range append(l.hourly.ends(), l.slots.resume()) {
		if at.After(now) && (next.IsZero() || at.Before(next)) {
			next = at
		}
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
