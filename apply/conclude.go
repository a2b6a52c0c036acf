package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assetform/apply/outputs"
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
		r.providers.lanes[n.change.Spec.Provider].queue(n)
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

// keepEntry finishes an asset whose entry stays: only what the lock says of
// its protection and triggers is brought up to date.
func (r *run) keepEntry(ctx context.Context, n *node) {
	c := n.change
	n.content = c.Prior.UpstreamHash()
	fresh := c.Prior.Clone()
	fresh.Protect = c.Protect
	if refreshInputs(&fresh, &n.fp) {
		if plan.Contradicts(c.Prior) {
			r.events.report(warning("Lock entry contradicted itself", fmt.Sprintf("The entry of %s had the inputs hash of other inputs than it records: somebody edited one without the other. Its hash is written anew.", n.address())))
		}
		r.delivery.keepPrior(n)
	}
	if !fresh.Equal(*c.Prior) || !c.PreviousAddress.IsZero() {
		r.commit.put(lockChange{address: c.Address, from: c.PreviousAddress, entry: &fresh})
	}
	if c.Action != plan.NoOp {
		r.events.emit(Event{Type: EventAssetDone, Address: c.Address, Action: plan.NoOp, Output: c.Output, ContentHash: fresh.ContentHash})
	}
	r.done(ctx, n, plan.NoOp)
}

// concludeFiles takes what became of a change of files.
func (r *run) concludeFiles(ctx context.Context, n *node, err error) {
	c := n.change
	var drift *outputs.DriftError
	switch {
	case err == nil:
		r.events.emit(Event{Type: EventAssetDone, Address: c.Address, Action: c.Action, Output: c.Output, ContentHash: n.content})
		r.done(ctx, n, c.Action)
		return
	case errors.Is(err, errLockMoved), ctx.Err() != nil:
		n.state = nodeQueued // left
		return
	case errors.As(err, &drift):
		err = fmt.Errorf("%w, so it was left alone. Keep it with \"assetform adopt %s\", or give it up with --overwrite-drifted", err, shellWord(c.Address.String()))
	}
	summary := map[plan.Action]string{plan.Delete: "File cannot be deleted", plan.Move: "File cannot be moved"}[c.Action]
	r.summary.Failed++
	r.events.emit(Event{Type: EventAssetFailed, Address: c.Address, Action: c.Action, Diagnostic: n.diagnostic(summary, sentence(err)+".")})
	r.end(ctx, n)
}
