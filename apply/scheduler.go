package apply

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path"
	"runtime"
	"slices"
	"time"

	"assetform/apply/journal"
	"assetform/config/address"
	"assetform/lockfile"
	"assetform/plan"
)

// scheduler decides what starts, and takes what came of it. One goroutine, the
// coordinator, has all of it; each started asset has a goroutine that reports
// once, and may call wake.
type scheduler struct {
	nodes     map[address.Address]*node
	order     []*node // in the plan's order
	wait      waitLimit
	timeout   time.Duration
	failFast  bool
	interrupt <-chan os.Signal
	stops     *stops
	events    *emitter
	redact    *redaction
	commit    *committer
	providers *providers
	known     *journal.Index
	results   *storedResults
	delivery  *delivery
	local     *localWork
	sharing   *sharing
	asset     generation // what all generations have in common

	outcomes chan outcome
	changed  chan struct{} // a slot is free, or a lane changed

	active      map[lockfile.InputsHash]*node // what is being generated, by inputs
	localReady  nodeHeap
	running     int // goroutines of assets
	localBusy   int
	stopping    bool      // nothing new is started
	signal      os.Signal // that asked for it
	failedFast  bool
	summary     Summary  // what was counted so far
	committed   []string // intents whose results went to the lock
	unreachable int      // paid tasks at origins that are not allowed, wanted by no asset
}

// run runs the assets of a graph.
func (s *scheduler) run(ctx context.Context) {
	s.collectUnclaimed(ctx)
	defer s.prefetch(ctx)()
	for _, n := range s.order {
		if n.state == nodeWaiting && n.waitsFor == 0 {
			s.admit(ctx, n)
		}
	}
	var timeout <-chan time.Time
	if s.timeout > 0 {
		t := time.NewTimer(s.timeout)
		defer t.Stop()
		timeout = t.C
	}
	interrupt, moved := s.interrupt, s.commit.closed
	for {
		wake := s.dispatch(ctx)
		if s.running == 0 && (wake == nil || s.stopping) {
			stopTimer(wake)
			return
		}
		select {
		case o := <-s.outcomes:
			s.conclude(ctx, o)
		case <-s.changed:
		case <-timer(wake):
		case sig := <-interrupt:
			s.signal, interrupt = sig, nil
			s.stopping = true
			s.stops.endSending()
		case <-timeout:
			timeout = nil
			s.stopping = true
			s.stops.endSending()
			s.stops.endWaiting()
		case <-moved:
			// What is in flight is still collected: into the store.
			s.stopping, moved = true, nil
			s.stops.endSending()
		case <-ctx.Done():
			s.stopping = true
			for s.running > 0 {
				s.conclude(ctx, <-s.outcomes)
			}
		}
		stopTimer(wake)
	}
}

func timer(t *time.Timer) <-chan time.Time {
	if t == nil {
		return nil
	}
	return t.C
}

func stopTimer(t *time.Timer) {
	if t != nil {
		t.Stop()
	}
}

// admit decides what a change whose upstreams are done needs: nothing, work
// on this machine, or a place in a lane's queue.
func (s *scheduler) admit(ctx context.Context, n *node) {
	c := n.change
	n.state = nodeQueued
	if n.failed && c.Action != plan.NoOp {
		s.skip(ctx, n)
		return
	}
	n.fp = n.fp.With(s.contentOf)
	if n.of != nil && s.moot(n) {
		s.done(ctx, n, plan.NoOp)
		return
	}
	switch {
	case c.Waits:
		s.waitForPick(ctx, n)
		return
	case len(c.Candidates) > 0 && !s.moot(n):
		s.admitCandidates(ctx, n)
		return
	}
	switch c.Action {
	case plan.NoOp:
		s.keepEntry(ctx, n)
	case plan.Import, plan.Restore:
		if n.of == nil && c.KeepOutput { // only candidates go
			s.keepEntry(ctx, n)
			return
		}
		if leader := s.nodes[c.WaitFor]; leader != nil {
			n.led = leader.entry
			if one := s.active[n.fp.Hash()]; one != nil && one.state == nodeEnded { // of several candidates that with these inputs
				s.skip(ctx, n)
				return
			}
		}
		s.localReady.push(n)
	case plan.Create, plan.Update:
		s.admitGeneration(ctx, n)
	}
}

// contentOf is the content that dependants of a finished asset hash.
func (s *scheduler) contentOf(a address.Address) plan.Content {
	n := s.nodes[a]
	if n == nil || n.state != nodeDone {
		return plan.Content{}
	}
	return plan.ContentOf(n.entry)
}

// admitGeneration looks, now that all inputs are known, whether the money can
// be kept: the inputs turned out to be the old ones, their result is stored,
// or another asset is generating it.
func (s *scheduler) admitGeneration(ctx context.Context, n *node) {
	c := n.change
	if c.Conditional && c.Prior != nil && plan.Same(&n.fp, c.Prior, c.Spec.Lifecycle) {
		s.keepEntry(ctx, n)
		return
	}
	n.hash = n.fp.Hash()
	if !asked(c) {
		switch e, ok, err := s.results.find(n, !s.mustAsk(n)); {
		case err != nil:
			s.summary.Failed++
			s.events.emit(Event{Type: EventAssetFailed, Address: c.Address, Action: c.Action, Diagnostic: n.diagnostic(
				"Stored results cannot be read", fmt.Sprintf("%s was not sent, since it may have been generated already: %s.", c.Address, sentence(err)))})
			s.end(ctx, n)
			return
		case ok:
			n.stored = &e
			s.localReady.push(n)
			return
		}
		switch leader := s.active[n.hash]; {
		case leader == nil, leader == n, s.makesAnother(leader, n):
		case leader.state == nodeEnded:
			s.skip(ctx, n) // what failed there would fail here
			return
		default:
			leader.coalesced = append(leader.coalesced, n)
			return
		}
	}
	s.active[n.hash] = n
	if s.mustAsk(n) {
		s.lookUp(ctx, n)
		return
	}
	if s.providers.project.Engines.Derives(c.Provider) {
		n.upstreams = s.entriesOf(n)
		s.localReady.push(n)
		return
	}
	s.providers.lanes[c.Spec.Provider].queue(n)
}

// makesAnother tells that what is derived of the same inputs is not the same
// file, since its name asks for another format: what fails for the one may be
// fine for the other.
func (s *scheduler) makesAnother(leader, n *node) bool {
	return s.providers.project.Engines.Derives(n.change.Provider) && path.Ext(leader.change.Output) != path.Ext(n.change.Output)
}

// asked tells whether a person wants another take, so that a stored result
// does not do.
func asked(c *plan.Change) bool { return slices.Contains(c.Reasons, plan.ReasonRequested) }

// dispatch starts whatever can start. The timer it returns fires when
// something that waits for time alone could go on; nil if nothing does.
func (s *scheduler) dispatch(ctx context.Context) *time.Timer {
	if s.stopping {
		return nil
	}
	for s.localBusy < 2*runtime.GOMAXPROCS(0)+2 && len(s.localReady) > 0 {
		n := s.localReady.pop()
		s.localBusy++
		s.start(n)
		go func() { s.outcomes <- s.local.run(ctx, n) }()
	}
	now := time.Now() // one for all: what is too early below must wake us
	var wake time.Time
	for _, l := range s.providers.lanes {
		s.dispatchLane(ctx, l, now)
		if l.queued() == 0 || l.halted() != nil || l.slots.saturated() {
			continue
		}
		if s.failedFast || !s.wait.worth(l, now) {
			continue
		}
		for _, at := range []time.Time{l.wakeAt(now), s.wait.end(l, now)} {
			if !at.IsZero() && (wake.IsZero() || at.Before(wake)) {
				wake = at
			}
		}
	}
	if wake.IsZero() {
		return nil
	}
	return time.NewTimer(time.Until(wake))
}

// activePerSlot bounds how many assets of a lane are worked on at once, those
// included whose task has finished and whose result is on its way here: a slow
// disk or network must not pile them up.
const activePerSlot = 8

// dispatchLane starts assets while the lane has room. Assets that only pick up
// a task of an earlier run need none: their tasks are in flight as it is.
func (s *scheduler) dispatchLane(ctx context.Context, l *lane, now time.Time) {
	passed := map[address.Kind]bool{} // kinds that no asset of can start now
	for !s.failedFast && l.active < activePerSlot*l.slots.ceiling {
		n := l.first(passed)
		if n == nil {
			return
		}
		kind := n.change.Kind()
		in := s.known.TakePaid(n.hash)
		if in == nil && !asked(n.change) {
			in = s.known.TakeFinished(n.hash)
		}
		if in != nil {
			l.ready[kind].pop()
			at := cmp.Or(s.providers.at(in), l)
			at.slots.hold()
			s.launch(ctx, at, n, in)
			continue
		}
		if _, limited := l.hourly.of(kind); limited && !(s.wait.allows(l, kind, now) && l.hourly.retry(kind, now)) {
			passed[kind] = true
			continue
		}
		if !l.acquire(now) {
			return
		}
		l.ready[kind].pop()
		s.launch(ctx, l, n, nil)
	}
}

func (s *scheduler) start(n *node) {
	s.running++
	n.state = nodeRunning
	if n.begun.IsZero() {
		n.begun = time.Now()
		if n.of != nil && n.of.begun.IsZero() {
			n.of.begun = n.begun
			s.events.emit(Event{Type: EventAssetStart, Address: n.address(), Action: n.of.change.Action})
		}
		if n.unclaimed == nil && n.of == nil {
			s.events.emit(Event{Type: EventAssetStart, Address: n.address(), Action: n.change.Action})
		}
	}
}

// launch starts the generation of an asset that holds a slot; resume is the
// task that was paid for already.
func (s *scheduler) launch(ctx context.Context, l *lane, n *node, resume *journal.Intent) {
	s.start(n)
	g := s.asset.of(l, n, resume)
	l.active++
	go func() { s.outcomes <- g.life(ctx) }()
}

// wake makes the coordinator look for something to start. It never blocks, and
// may be called by any goroutine.
func (s *scheduler) wake() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// left counts what a later run goes on with.
func (s *scheduler) left() int {
	_, left := s.notDone()
	return s.unreachable + len(left)
}

// notDone lists what was skipped and what a later run goes on with.
func (s *scheduler) notDone() (skipped, left []address.Address) {
	for _, n := range s.order {
		switch {
		case n.skipped:
			skipped = append(skipped, n.address())
		case n.of != nil || n.state == nodeHeld:
		case n.state != nodeDone && n.state != nodeEnded:
			left = append(left, n.address())
		}
	}
	return skipped, left
}
