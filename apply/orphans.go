package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assetform/apply/journal"
	"assetform/lockfile"

	"github.com/hashicorp/hcl/v2"
)

// collectOrphans fetches tasks that the journal knows as paid and that no
// asset of today's plan is known to want: the branch or the prompt may have
// changed since. Their results go to the store, where a later plan finds them.
// An asset whose inputs turn out to be theirs waits for them.
func (r *run) collectOrphans(ctx context.Context) {
	wanted := map[lockfile.InputsHash]bool{}
	for _, n := range r.order {
		if n.change.Action.Generates() && n.fp.Known() {
			wanted[n.fp.Hash()] = true
		}
	}
	var found []*generation
	for _, h := range r.known.PaidHashes() {
		if wanted[h] {
			continue
		}
		for in := r.known.TakePaid(h); in != nil; in = r.known.TakePaid(h) {
			l, err := r.providers.opened(in)
			if errors.Is(err, ErrOriginNotAllowed) {
				r.waiting++
				r.events.report(warning("Paid task waits elsewhere", waitsAt(in)))
				continue
			}
			if err != nil {
				r.events.report(warning("Paid task cannot be collected", fmt.Sprintf(
					"Task %s of %s was paid for at %s, and %s. It stays in the journal.", r.redact.shown(in.TaskID), in.Address, in.Origin, err)))
				continue
			}
			n := &node{orphan: in, hash: h, state: nodeRunning, begun: time.Now()}
			found = append(found, &generation{run: r, lane: l, node: n, resume: in})
		}
	}
	r.providers.openRecorded(r.known)
	for _, g := range found { // the map of lanes changes no more
		r.active[g.node.hash] = g.node
		g.lane.hold()
		g.lane.active++
		r.running++
		go func() { r.outcomes <- g.life(ctx) }()
	}
}

// waitsAt says what becomes of a task at an origin that is not allowed.
func waitsAt(in *journal.Intent) string {
	return fmt.Sprintf("Task %s of %s waits at %s; set IMAGINATOR_BASE_URL to poll it. It was paid for and stays in the journal; \"assetform tasks forget %s\" gives it up.",
		in.TaskID, in.Address, in.Origin, shellWord(in.Address.String()))
}

// concludeOrphan takes the outcome of a task that no asset asked for. What it
// could not do is a warning: no asset of the plan fails for it.
func (r *run) concludeOrphan(ctx context.Context, o outcome) {
	n := o.node
	if o.diag != nil {
		d := *o.diag
		d.Severity = hcl.DiagWarning
		r.events.emit(Event{Type: EventDiagnostic, Address: n.address(), Diagnostic: &d})
	}
	switch o.ending {
	case endDone:
		n.state = nodeDone
		r.releaseFollowers(ctx, n)
	case endLeft:
		n.state = nodeQueued
	default:
		if o.ending == endUnknown {
			r.summary.Unknown++ // of no asset of this plan, but a question all the same
		}
		n.state = nodeEnded
		followers := n.followers
		n.followers = nil
		for _, f := range followers {
			r.skip(ctx, f)
		}
	}
}

func warning(summary, detail string) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: summary, Detail: detail}
}
