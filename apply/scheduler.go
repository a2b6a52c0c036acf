package apply

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"assetform/apply/journal"
	"assetform/config/address"
	"assetform/lockfile"
	"assetform/plan"
)

// schedule runs the assets. This goroutine, the coordinator, alone decides
// what starts; each started asset has a goroutine that reports once.
func (r *run) schedule(ctx context.Context) {
	r.collectOrphans(ctx)
	for _, n := range r.order {
		if n.state == nodeWaiting && n.waitsFor == 0 {
			r.admit(ctx, n)
		}
	}
	var timeout <-chan time.Time
	if r.Timeout > 0 {
		t := time.NewTimer(r.Timeout)
		defer t.Stop()
		timeout = t.C
	}
	interrupt, moved := r.Interrupt, r.commit.closed
	for {
		wake := r.dispatch(ctx)
		if r.running == 0 && (wake == nil || r.stopping) {
			stopTimer(wake)
			break
		}
		select {
		case o := <-r.outcomes:
			r.conclude(ctx, o)
		case <-r.poke:
		case <-timer(wake):
		case sig := <-interrupt:
			r.signal, interrupt = sig, nil
			r.stopping = true
			r.stops.endSending()
		case <-timeout:
			timeout = nil
			r.stopping = true
			r.stops.endSending()
			r.stops.endWaiting()
		case <-moved:
			// What is in flight is still collected: into the store.
			r.stopping, moved = true, nil
		case <-ctx.Done():
			r.stopping = true
			for r.running > 0 {
				r.conclude(ctx, <-r.outcomes)
			}
		}
		stopTimer(wake)
	}
	r.fatal = r.providers.reportStops()
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

// nudge makes the coordinator look for something to start. It never blocks.
func (r *run) nudge() {
	select {
	case r.poke <- struct{}{}:
	default:
	}
}

// admit decides what a change whose upstreams are done needs: nothing, work
// on this machine, or a place in a lane's queue.
func (r *run) admit(ctx context.Context, n *node) {
	c := n.change
	n.state = nodeQueued
	if n.failed && c.Action != plan.NoOp {
		r.skip(ctx, n)
		return
	}
	n.fp = n.fp.With(r.contentOf)
	switch c.Action {
	case plan.NoOp:
		r.keepEntry(ctx, n)
	case plan.Import, plan.Restore:
		r.localReady.push(n)
	case plan.Create, plan.Update:
		r.admitGeneration(ctx, n)
	}
}

// contentOf is the content that dependants of a finished asset hash.
func (r *run) contentOf(a address.Address) (lockfile.ContentHash, bool) {
	n := r.nodes[a]
	if n == nil || n.state != nodeDone {
		return lockfile.ContentHash{}, false
	}
	return n.content, !n.content.IsZero()
}

// admitGeneration looks, now that all inputs are known, whether the money can
// be kept: the inputs turned out to be the old ones, their result is stored,
// or another asset is generating it.
func (r *run) admitGeneration(ctx context.Context, n *node) {
	c := n.change
	if c.Conditional && c.Prior != nil && plan.Same(&n.fp, c.Prior, c.Spec.Lifecycle) {
		r.keepEntry(ctx, n)
		return
	}
	n.hash = n.fp.Hash()
	if !asked(c) {
		switch e, ok, err := r.results.find(n); {
		case err != nil:
			r.summary.Failed++
			r.events.emit(Event{Type: EventAssetFailed, Address: c.Address, Action: c.Action, Diagnostic: n.diagnostic(
				"Stored results cannot be read", fmt.Sprintf("%s was not sent, since it may have been generated already: %s.", c.Address, sentence(err)))})
			r.end(ctx, n)
			return
		case ok:
			n.stored = &e
			r.localReady.push(n)
			return
		}
		switch leader := r.active[n.hash]; {
		case leader == nil:
		case leader.state == nodeEnded:
			r.skip(ctx, n) // what failed there would fail here
			return
		default:
			leader.followers = append(leader.followers, n)
			return
		}
	}
	r.active[n.hash] = n
	r.providers.lanes[c.Spec.Provider].queue(n)
}

// asked tells whether a person wants another take, so that a stored result
// does not do.
func asked(c *plan.Change) bool { return slices.Contains(c.Reasons, plan.ReasonRequested) }

// dispatch starts whatever can start. The timer it returns fires when
// something that waits for time alone could go on; nil if nothing does.
func (r *run) dispatch(ctx context.Context) *time.Timer {
	if r.stopping {
		return nil
	}
	for r.localBusy < 2*runtime.GOMAXPROCS(0)+2 && len(r.localReady) > 0 {
		n := r.localReady.pop()
		r.localBusy++
		r.start(n)
		go func() { r.outcomes <- r.local.run(ctx, n) }()
	}
	now := time.Now() // one for all: what is too early below must wake us
	var wake time.Time
	for _, l := range r.providers.lanes {
		r.dispatchLane(ctx, l, now)
		if l.queued() == 0 || l.halted() != nil || l.tired() {
			continue
		}
		if !r.worthWaiting(l, now) {
			continue
		}
		for _, at := range []time.Time{l.wakeAt(now), r.waitEnd(l, now)} {
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
func (r *run) dispatchLane(ctx context.Context, l *lane, now time.Time) {
	passed := map[address.Kind]bool{} // kinds that no asset of can start now
	for !r.failedFast && l.active < activePerSlot*l.ceiling {
		n := l.first(passed)
		if n == nil {
			return
		}
		kind := n.change.Kind()
		in := r.known.TakePaid(n.hash)
		if in == nil && !asked(n.change) {
			in = r.known.TakeFinished(n.hash)
		}
		if in != nil {
			l.ready[kind].pop()
			at := cmp.Or(r.providers.at(in), l)
			at.hold()
			r.launch(ctx, at, n, in)
			continue
		}
		if _, parked := l.parkedKind(kind); parked && !(r.waits(l, kind, now) && l.retryParked(kind, now)) {
			passed[kind] = true
			continue
		}
		if !l.acquire(now) {
			return
		}
		l.ready[kind].pop()
		r.launch(ctx, l, n, nil)
	}
}

// waits tells whether --wait allows to wait on for an hourly limit.
func (r *run) waits(l *lane, kind address.Kind, now time.Time) bool {
	p, ok := l.parkedKind(kind)
	return ok && r.Wait != nil && (*r.Wait == 0 || now.Sub(p.since) < *r.Wait)
}

// waitEnd is when the first wait for an hourly limit is over that --wait
// bounds; zero: there is none.
func (r *run) waitEnd(l *lane, now time.Time) (end time.Time) {
	for kind, queue := range l.ready {
		if p, parked := l.parkedKind(kind); parked && len(*queue) > 0 && r.waits(l, kind, now) && *r.Wait > 0 {
			if at := p.since.Add(*r.Wait); end.IsZero() || at.Before(end) {
				end = at
			}
		}
	}
	return end
}

// worthWaiting tells whether any asset in a lane's queue can go on when time
// passes.
func (r *run) worthWaiting(l *lane, now time.Time) bool {
	if r.failedFast {
		return false
	}
	for kind, queue := range l.ready {
		if _, parked := l.parkedKind(kind); len(*queue) > 0 && (!parked || r.waits(l, kind, now)) {
			return true
		}
	}
	return false
}

func (r *run) start(n *node) {
	r.running++
	n.state = nodeRunning
	if n.begun.IsZero() {
		n.begun = time.Now()
		if n.orphan == nil {
			r.events.emit(Event{Type: EventAssetStart, Address: n.address(), Action: n.change.Action})
		}
	}
}

// launch starts the generation of an asset that holds a slot; resume is the
// task that was paid for already.
func (r *run) launch(ctx context.Context, l *lane, n *node, resume *journal.Intent) {
	r.start(n)
	g := &generation{run: r, lane: l, node: n, resume: resume}
	l.active++
	go func() { r.outcomes <- g.life(ctx) }()
}
