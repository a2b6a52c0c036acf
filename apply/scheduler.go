package apply

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"assetform/config"
	"assetform/config/method"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// ending says how a goroutine left its asset.
type ending int

const (
	endDone    ending = iota
	endFailed         // this asset failed
	endUnknown        // a paid request has an unknown outcome
	endLeft           // stopped waiting; the next run goes on at no cost
	endRequeue        // a limit sent it back: it starts again when there is room
)

// outcome is what a goroutine tells the coordinator about its asset.
type outcome struct {
	node   *node
	ending ending
	action plan.Action
	entry  *lockfile.Entry // what the lock shall have; nil: unchanged
	// content is what dependants hash.
	content   lockfile.ContentHash
	cost      method.Cost // charged in this run
	uncertain method.Cost // perhaps charged
	diag      *hcl.Diagnostic
	intents   []string    // whose results the entry holds
	slot      *generation // what may still hold a slot of its lane; nil for local work
}

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
			r.signal, r.stopping, interrupt = sig, true, nil
		case <-timeout:
			r.timedOut, r.stopping, timeout = true, true, nil
			close(r.soft)
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
	r.reportStops()
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
func (r *run) contentOf(a config.Address) (lockfile.ContentHash, bool) {
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
		if e, ok := r.storedResult(n); ok {
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
	r.lanes[c.Spec.Provider].queue(n)
}

// asked tells whether a person wants another take, so that a stored result
// does not do.
func asked(c *plan.Change) bool {
	for _, reason := range c.Reasons {
		if reason == plan.ReasonRequested {
			return true
		}
	}
	return false
}

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
		go func() { r.outcomes <- r.runLocal(ctx, n) }()
	}
	var wake time.Time
	for _, l := range r.lanes {
		r.dispatchLane(ctx, l)
		if l.queued() == 0 || l.halted() != nil || l.tired() {
			continue
		}
		if at := l.wakeAt(time.Now()); !at.IsZero() && r.worthWaiting(l) && (wake.IsZero() || at.Before(wake)) {
			wake = at
		}
	}
	if wake.IsZero() {
		return nil
	}
	return time.NewTimer(time.Until(wake))
}

// dispatchLane starts assets while the lane has room. Assets that only pick up
// a task of an earlier run need none: their tasks are in flight as it is.
func (r *run) dispatchLane(ctx context.Context, l *lane) {
	now := time.Now()
	passed := map[method.Kind]bool{} // kinds that no asset of can start now
	for !r.failedFast {
		n := l.first(passed)
		if n == nil {
			return
		}
		kind := n.change.Kind()
		if in := r.known.takePaid(n.hash); in != nil {
			l.ready[kind].pop()
			at := l
			for _, other := range r.lanes {
				if other.ref.Type == in.Provider && other.gen.Origin() == in.Origin {
					at = other
				}
			}
			at.hold()
			r.launch(ctx, at, n, in)
			continue
		}
		if _, parked := l.parkedKind(kind); parked && !(r.waits(l, kind) && l.retryParked(kind, now)) {
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
func (r *run) waits(l *lane, kind method.Kind) bool {
	p, ok := l.parkedKind(kind)
	return ok && r.Wait != nil && (*r.Wait == 0 || time.Since(p.since) < *r.Wait)
}

// worthWaiting tells whether any asset in a lane's queue can go on when time
// passes.
func (r *run) worthWaiting(l *lane) bool {
	if r.failedFast {
		return false
	}
	for kind, queue := range l.ready {
		if _, parked := l.parkedKind(kind); len(*queue) > 0 && (!parked || r.waits(l, kind)) {
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
func (r *run) launch(ctx context.Context, l *lane, n *node, resume *Intent) {
	r.start(n)
	g := &generation{run: r, lane: l, node: n, resume: resume}
	go func() { r.outcomes <- g.life(ctx) }()
}

// conclude takes an asset's outcome: events, counts, the lock, and whoever
// waited for it.
func (r *run) conclude(ctx context.Context, o outcome) {
	n := o.node
	r.running--
	if o.slot == nil {
		r.localBusy--
	} else {
		o.slot.freeSlot(false)
	}
	r.summary.Cost = r.summary.Cost.Add(o.cost)
	r.summary.Uncertain = r.summary.Uncertain.Add(o.uncertain)
	if n.orphan != nil {
		r.concludeOrphan(ctx, o)
		return
	}
	event := Event{Address: n.address(), Action: n.change.Action, Elapsed: time.Since(n.begun), Cost: o.cost, Diagnostic: o.diag}
	switch o.ending {
	case endRequeue:
		n.state = nodeQueued
		r.lanes[n.change.Spec.Provider].queue(n)
		return
	case endDone:
		event.Type, event.Action, event.Diagnostic = EventAssetDone, o.action, nil
		event.Output = n.change.Output
		if o.entry != nil {
			event.ContentHash = o.entry.ContentHash
			r.commit.put(lockChange{address: n.address(), from: n.change.PreviousAddress, entry: o.entry})
			r.committed = append(r.committed, o.intents...)
		}
		r.events.emit(event)
		n.content = o.content
		r.done(ctx, n, o.action)
		return
	case endLeft:
		// Counted as left, and so is whoever wants the same inputs: a task for
		// them may be in flight.
		n.state = nodeQueued
		if o.diag != nil {
			event.Type = EventDiagnostic
			r.events.emit(event)
		}
		return
	case endUnknown:
		r.summary.Unknown++
	default:
		r.summary.Failed++
	}
	event.Type = EventAssetFailed
	r.events.emit(event)
	r.end(ctx, n)
}

// done counts a carried-out change and admits what waited for it.
func (r *run) done(ctx context.Context, n *node, action plan.Action) {
	n.state = nodeDone
	r.summary.Done[action]++
	r.releaseFollowers(ctx, n)
	for _, d := range n.dependants {
		r.upstreamDone(ctx, d, false)
	}
}

// end marks an asset that will not be made in this run, and with it those that
// depend on it.
func (r *run) end(ctx context.Context, n *node) {
	n.state = nodeEnded
	if r.FailFast {
		r.stopping, r.failedFast = true, true
	}
	for _, f := range n.followers {
		r.skip(ctx, f)
	}
	n.followers = nil
	for _, d := range n.dependants {
		r.upstreamDone(ctx, d, true)
	}
}

// releaseFollowers lets those that wanted the same inputs look again.
func (r *run) releaseFollowers(ctx context.Context, n *node) {
	if r.active[n.hash] == n {
		delete(r.active, n.hash)
	}
	followers := n.followers
	n.followers = nil
	for _, f := range followers {
		r.admit(ctx, f)
	}
}

func (r *run) upstreamDone(ctx context.Context, d *node, failed bool) {
	if d.state != nodeWaiting {
		return
	}
	d.failed = d.failed || failed
	if d.waitsFor--; d.waitsFor == 0 {
		r.admit(ctx, d)
	}
}

// skip passes over an asset whose upstream failed.
func (r *run) skip(ctx context.Context, n *node) {
	r.summary.Skipped++
	n.state = nodeEnded
	for _, d := range n.dependants {
		r.upstreamDone(ctx, d, true)
	}
}

// reportStops says once what refused keys and limits left, and how to go on.
func (r *run) reportStops() {
	for _, ref := range r.neededProviders() {
		l := r.lanes[ref]
		if d := l.halted(); d != nil {
			if !r.fatal {
				r.report(d)
			}
			r.fatal = true
			continue
		}
		if l.tired() && l.queued() > 0 {
			r.report(warning("Server has no room", fmt.Sprintf(
				"The server refused every task for %s because too many are in flight, though none of this project is. %d assets are left and nothing was charged for them. Go on later with \"assetform apply\".", patience, l.queued())))
			continue
		}
		for _, kind := range []method.Kind{method.Image, method.Video} {
			p, ok := l.parkedKind(kind)
			left := len(*l.ready[kind])
			if !ok || left == 0 {
				continue
			}
			r.report(&hcl.Diagnostic{
				Severity: hcl.DiagWarning, Summary: "Hourly limit was reached",
				Detail: fmt.Sprintf("The server takes no more tasks of kind %s for now: %s. %d of them are left and nothing was charged for them. Go on later with \"assetform apply\", or let it wait with --wait.", kind, p.words, left),
			})
		}
	}
}
