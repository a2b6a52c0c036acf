package apply

import (
	"context"
	"fmt"
	"time"

	"assetform/config"
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
	for _, h := range r.known.paidHashes() {
		if wanted[h] {
			continue
		}
		for in := r.known.takePaid(h); in != nil; in = r.known.takePaid(h) {
			l, err := r.laneOf(in)
			if err != nil {
				r.report(warning("Paid task cannot be collected", fmt.Sprintf(
					"Task %s of %s was paid for at %s, and %s. It stays in the journal.", in.TaskID, in.Address, in.Origin, err)))
				continue
			}
			n := &node{orphan: in, hash: h, state: nodeRunning, begun: time.Now()}
			found = append(found, &generation{run: r, lane: l, node: n, resume: in})
		}
	}
	for _, g := range found { // the map of lanes changes no more
		r.active[g.node.hash] = g.node
		g.lane.hold()
		g.lane.active++
		r.running++
		go func() { r.outcomes <- g.life(ctx) }()
	}
}

// laneOf finds the provider whose server an intent was sent to, and opens it
// if no asset of the plan needs it.
func (r *run) laneOf(in *Intent) (*lane, error) {
	for _, l := range r.lanes {
		if l.ref.Type == in.Provider && l.gen.Origin() == in.Origin {
			return l, nil
		}
	}
	reason := fmt.Errorf("no provider leads there")
	for _, ref := range r.providersOf(in.Provider) {
		if r.lanes[ref] != nil {
			continue
		}
		gen, err := r.Generators(ref)
		if err != nil {
			reason = err
			continue
		}
		if gen.Origin() == in.Origin {
			limit := r.startLimit(ref)
			if limit == 0 {
				limit = defaultParallelism
			}
			l := r.newLane(ref, gen, limit)
			r.lanes[ref] = l
			return l, nil
		}
	}
	return nil, reason
}

// providersOf lists the configured providers of a type, the default one first.
func (r *run) providersOf(kind string) []config.ProviderRef {
	list := []config.ProviderRef{{Type: kind}}
	for _, alias := range sortedAliases(r.Project.Providers, kind) {
		list = append(list, config.ProviderRef{Type: kind, Alias: alias})
	}
	return list
}

func sortedAliases(providers map[config.ProviderRef]*config.Provider, kind string) []string {
	names := map[string]bool{}
	for ref := range providers {
		if ref.Type == kind && ref.Alias != "" {
			names[ref.Alias] = true
		}
	}
	return sortedKeys(names)
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
