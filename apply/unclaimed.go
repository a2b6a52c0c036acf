package apply

import (
	spec "assetform/config/engine"
	"context"
	"errors"
	"fmt"
	"time"

	"assetform/apply/journal"
	"assetform/config/diag"
	"assetform/lockfile"

	"github.com/hashicorp/hcl/v2"
)

// collectUnclaimed fetches tasks that the journal knows as paid and that no
// asset of today's plan is known to want: the branch or the prompt may have
// changed since. Their results go to the store, where a later plan finds them.
// An asset whose inputs turn out to be theirs waits for them.
func (s *scheduler) collectUnclaimed(ctx context.Context) {
	wanted := generated(s.order)
	var found []*generation
	for _, h := range s.known.PaidHashes() {
		if wanted[h] {
			continue
		}
		for in := s.known.TakePaid(h); in != nil; in = s.known.TakePaid(h) {
			l, err := s.providers.opened(in)
			if errors.Is(err, ErrOriginNotAllowed) {
				s.unreachable++
				s.events.report(warning("Paid task waits elsewhere", waitsAt(s.providers.project.Engines, in)))
				continue
			}
			if err != nil {
				s.events.report(warning("Paid task cannot be collected", fmt.Sprintf(
					"Task %s of %s was paid for at %s, and %s. It stays in the journal.", s.redact.shown(in.TaskID), in.Address, in.Origin, err)))
				continue
			}
			n := &node{unclaimed: in, hash: h, state: nodeRunning, begun: time.Now()}
			found = append(found, s.asset.of(l, n, in))
		}
	}
	s.providers.openRecorded(s.known)
	for _, g := range found { // the map of lanes changes no more
		s.active[g.node.hash] = g.node
		g.lane.slots.hold()
		g.lane.active++
		s.running++
		go func() { s.outcomes <- g.life(ctx) }()
	}
}

// generated are the inputs that a plan is known to generate from.
func generated(order []*node) map[lockfile.InputsHash]bool {
	wanted := map[lockfile.InputsHash]bool{}
	for _, n := range order {
		if n.change.Action.Generates() && n.fp.Known() {
			wanted[n.fp.Hash()] = true
		}
	}
	return wanted
}

// waitsAt says what becomes of a task at an origin that is not allowed.
func waitsAt(engines spec.Registry, in *journal.Intent) string {
	return fmt.Sprintf("Task %s of %s waits at %s; set %s to poll it. It was paid for and stays in the journal; \"assetform tasks forget %s\" gives it up.",
		in.TaskID, in.Address, in.Origin, engines.Known(in.Provider).Server.URLEnv, diag.ShellWord(in.Address.String()))
}

// concludeUnclaimed takes the outcome of a task that no asset asked for. What it
// could not do is a warning: no asset of the plan fails for it.
func (s *scheduler) concludeUnclaimed(ctx context.Context, o outcome) {
	n := o.node
	if o.diag != nil {
		d := *o.diag
		d.Severity = hcl.DiagWarning
		s.events.emit(Event{Type: EventDiagnostic, Address: n.address(), Diagnostic: &d})
	}
	switch o.ending {
	case endDone:
		n.state = nodeDone
		s.releaseCoalesced(ctx, n)
	case endLeft:
		n.state = nodeQueued
	default:
		if o.ending == endUnknown {
			s.summary.Unknown++ // of no asset of this plan, but a question all the same
		}
		n.state = nodeEnded
		coalesced := n.coalesced
		n.coalesced = nil
		for _, f := range coalesced {
			s.skip(ctx, f)
		}
	}
}

func warning(summary, detail string) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: summary, Detail: detail}
}
