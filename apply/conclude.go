package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assetform/apply/outputs"
	"assetform/config/diag"
	"assetform/config/engine"
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
	endClaimed        // another machine has claimed its inputs: it starts again when that ends
	endFound          // its result turned out to be in the remote
	endLooked         // the remote was asked for its result, which is the entry if it has it
)

// outcome is what a goroutine tells the coordinator about its asset.
type outcome struct {
	node    *node
	ending  ending
	action  plan.Action
	entry   *lockfile.Entry // what the lock shall have; nil: unchanged
	cost    engine.Cost     // charged in this run
	perhaps engine.Cost     // and for a request of another machine, of unknown outcome
	diag    *hcl.Diagnostic
	why     string   // in a line, beside the summary of diag
	credit  string   // what became of what was charged for an asset that was not done; "" where nothing charges
	intents []string // whose results the entry holds
	slot    *slot    // of a lane; nil for local work
	looked  bool     // it only asked the remote
}

// because adds in a line why.
func (o *outcome) because(err error) *outcome {
	o.why = err.Error()
	return o
}

// conclude takes an asset's outcome: events, counts, the lock, and whoever
// waited for it.
func (s *scheduler) conclude(ctx context.Context, o outcome) {
	n := o.node
	s.running--
	switch {
	case o.ending == endLooked:
		s.concludeLookUp(ctx, o)
		return
	case o.looked:
	case o.slot == nil:
		s.localBusy--
	default:
		o.slot.free(false)
		o.slot.lane.active--
	}
	if n.change != nil && n.change.Placeholder { // a sketch has no cost, and stands for what has
		o.cost = nil
	}
	s.summary.Cost = s.summary.Cost.Add(o.cost)
	s.summary.Uncertain = s.summary.Uncertain.Add(o.perhaps)
	if n.unclaimed != nil {
		s.concludeUnclaimed(ctx, o)
		return
	}
	event := Event{Address: n.address(), Candidate: n.number, Action: n.change.Action, Elapsed: time.Since(n.begun), Cost: o.cost, Diagnostic: o.diag, Reason: o.why, Credit: o.credit}
	switch o.ending {
	case endClaimed:
		s.watchClaim(ctx, n)
		return
	case endFound:
		n.state, n.stored, n.fromRemote = nodeQueued, o.entry, true
		s.localReady.push(n)
		return
	case endRequeue:
		n.state = nodeQueued
		s.providers.lanes[n.change.Spec.Provider].queue(n)
		return
	case endDone:
		s.sharing.keep(ctx, n, &o)
		if n.of != nil {
			n.of.take(n, o)
			s.done(ctx, n, o.action)
			return
		}
		event.Cost = event.Cost.Add(n.spent)
		event.Type, event.Action, event.Diagnostic, event.Credit = EventAssetDone, o.action, nil, ""
		event.Output = n.change.Output
		if o.entry != nil {
			event.ContentHash = o.entry.ContentHash
			s.commit.put(lockChange{address: n.address(), from: n.change.PreviousAddress, entry: o.entry})
			s.committed = append(s.committed, o.intents...)
		}
		s.events.emit(event)
		n.entry = o.entry
		s.done(ctx, n, o.action)
		return
	case endLeft:
		// Counted as left, and so is whoever wants the same inputs: a task for
		// them may be in flight.
		n.state = nodeQueued
		if o.diag != nil {
			event.Type = EventDiagnostic
			s.events.emit(event)
		}
		return
	case endUnknown:
		s.summary.Unknown++
	default:
		s.sharing.keepPaid(ctx, n, &o)
		s.summary.Failed++
	}
	event.Type = EventAssetFailed
	if n.alone() {
		event.Candidate, event.Action = 0, n.of.change.Action
	}
	s.events.emit(event)
	s.end(ctx, n)
}

// done counts a carried-out change and admits what waited for it.
func (s *scheduler) done(ctx context.Context, n *node, action plan.Action) {
	n.state = nodeDone
	if n.of == nil {
		s.summary.Done[action]++
	}
	s.releaseCoalesced(ctx, n)
	for _, d := range n.dependants {
		s.upstreamDone(ctx, d, false)
	}
}

// end marks an asset that will not be made in this run, and with it those that
// depend on it.
func (s *scheduler) end(ctx context.Context, n *node) {
	n.state = nodeEnded
	if s.failFast {
		s.stopping, s.failedFast = true, true
		s.stops.endSending()
	}
	for _, f := range n.coalesced {
		s.skip(ctx, f)
	}
	n.coalesced = nil
	for _, d := range n.dependants {
		s.upstreamDone(ctx, d, d != n.of) // its asset goes on with the other candidates
	}
}

// releaseCoalesced lets those that wanted the same inputs look again.
func (s *scheduler) releaseCoalesced(ctx context.Context, n *node) {
	if s.active[n.hash] == n {
		delete(s.active, n.hash)
	}
	coalesced := n.coalesced
	n.coalesced = nil
	for _, f := range coalesced {
		s.admit(ctx, f)
	}
}

func (s *scheduler) upstreamDone(ctx context.Context, d *node, failed bool) {
	if d.state != nodeWaiting {
		return
	}
	d.failed = d.failed || failed
	if d.waitsFor--; d.waitsFor == 0 {
		s.admit(ctx, d)
	}
}

// skip passes over an asset whose upstream failed.
func (s *scheduler) skip(ctx context.Context, n *node) {
	n.state, n.skipped = nodeEnded, n.of == nil
	if n.skipped {
		s.summary.Skipped++
	}
	for _, d := range n.dependants {
		s.upstreamDone(ctx, d, d != n.of)
	}
}

// keepEntry finishes an asset whose entry stays: only what the lock says of
// its protection, triggers and candidates is brought up to date.
func (s *scheduler) keepEntry(ctx context.Context, n *node) {
	c := n.change
	n.entry = c.Prior
	fresh := c.Prior.Clone()
	fresh.Protect, fresh.Placeholder = c.Protect, c.Placeholder
	if !s.providers.project.Placeholders {
		plan.Keep(&fresh, c.Spec.Candidates)
	}
	if refreshInputs(&fresh, &n.fp) {
		if plan.Contradicts(s.providers.project.Engines, c.Prior) {
			s.events.report(warning("Lock entry contradicted itself", fmt.Sprintf("The entry of %s had the inputs hash of other inputs than it records: somebody edited one without the other. Its hash is written anew.", n.address())))
		}
		s.delivery.keepPrior(n)
	}
	if !fresh.Equal(*c.Prior) || !c.PreviousAddress.IsZero() {
		s.commit.put(lockChange{address: c.Address, from: c.PreviousAddress, entry: &fresh})
	}
	action := plan.NoOp
	if c.Dropped > 0 { // which is all that was to be done
		action = c.Action
	}
	if c.Action != plan.NoOp {
		s.events.emit(Event{Type: EventAssetDone, Address: c.Address, Action: action, Output: c.Output, ContentHash: fresh.ContentHash})
	}
	s.done(ctx, n, action)
}

// concludeFiles takes what became of a change of files.
func (s *scheduler) concludeFiles(ctx context.Context, n *node, err error) {
	c := n.change
	var drift *outputs.DriftError
	switch {
	case err == nil:
		s.events.emit(Event{Type: EventAssetDone, Address: c.Address, Action: c.Action, Output: c.Output, ContentHash: plan.ContentOf(n.entry).Delivered})
		s.done(ctx, n, c.Action)
		return
	case errors.Is(err, errLockMoved), ctx.Err() != nil:
		n.state = nodeQueued // left
		return
	case errors.As(err, &drift):
		err = fmt.Errorf("%w, so it was left alone. Keep it with \"assetform adopt %s\", or give it up with --overwrite-drifted", err, diag.ShellWord(c.Address.String()))
	}
	summary := map[plan.Action]string{plan.Delete: "File cannot be deleted", plan.Move: "File cannot be moved"}[c.Action]
	s.summary.Failed++
	s.events.emit(Event{Type: EventAssetFailed, Address: c.Address, Action: c.Action, Diagnostic: n.diagnostic(summary, sentence(err)+"."), Reason: err.Error()})
	s.end(ctx, n)
}
