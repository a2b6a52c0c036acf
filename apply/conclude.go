package apply

import (
	"context"
	"fmt"
	"time"

	"assetform/config/address"
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
	content lockfile.ContentHash
	cost    method.Cost // charged in this run
	diag    *hcl.Diagnostic
	intents []string    // whose results the entry holds
	slot    *generation // what may still hold a slot of its lane; nil for local work
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
		o.slot.lane.active--
	}
	r.summary.Cost = r.summary.Cost.Add(o.cost)
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
	for _, l := range r.lanes {
		if d := l.halted(); d != nil && l.recorded && !r.fatal {
			r.events.report(d)
			r.fatal = true
		}
	}
	for _, ref := range r.neededProviders() {
		l := r.lanes[ref]
		if d := l.halted(); d != nil {
			if !r.fatal {
				r.events.report(d)
			}
			r.fatal = true
			continue
		}
		if l.tired() && l.queued() > 0 {
			r.events.report(warning("Server has no room", fmt.Sprintf(
				"The server refused every task for %s because too many are in flight, though none of this project is. %d assets are left and nothing was charged for them. Go on later with \"assetform apply\".", patience, l.queued())))
			continue
		}
		for _, kind := range []address.Kind{address.Image, address.Video} {
			p, ok := l.parkedKind(kind)
			left := len(*l.ready[kind])
			if !ok || left == 0 {
				continue
			}
			r.events.report(&hcl.Diagnostic{
				Severity: hcl.DiagWarning, Summary: "Hourly limit was reached",
				Detail: fmt.Sprintf("The server takes no more tasks of kind %s for now: %s. Left of them: %d, for which nothing was charged. Go on later with \"assetform apply\", or let it wait with --wait.", kind, p.words, left),
			})
		}
	}
}
