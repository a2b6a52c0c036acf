package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/config"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

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
			l, err := r.laneOf(in)
			if errors.Is(err, ErrOriginNotAllowed) {
				r.waiting++
				r.report(warning("Paid task waits elsewhere", waitsAt(in)))
				continue
			}
			if err != nil {
				r.report(warning("Paid task cannot be collected", fmt.Sprintf(
					"Task %s of %s was paid for at %s, and %s. It stays in the journal.", r.shown(in.TaskID), in.Address, in.Origin, err)))
				continue
			}
			n := &node{orphan: in, hash: h, state: nodeRunning, begun: time.Now()}
			found = append(found, &generation{run: r, lane: l, node: n, resume: in})
		}
	}
	r.openRecorded()
	for _, g := range found { // the map of lanes changes no more
		r.active[g.node.hash] = g.node
		g.lane.hold()
		g.lane.active++
		r.running++
		go func() { r.outcomes <- g.life(ctx) }()
	}
}

// ErrOriginNotAllowed: what a journal record names is no place to which the
// environment lets a key go.
var ErrOriginNotAllowed = errors.New("nothing may be sent there")

// waitsAt says what becomes of a task at an origin that is not allowed.
func waitsAt(in *journal.Intent) string {
	return fmt.Sprintf("Task %s of %s waits at %s; set IMAGINATOR_BASE_URL to poll it. It was paid for and stays in the journal; \"assetform tasks forget %s\" gives it up.",
		in.TaskID, in.Address, in.Origin, diag.ShellWord(in.Address.String()))
}

// openRecorded opens the origins at which the journal knows tasks that assets
// of the plan want: the map of lanes changes no more once assets are started.
func (r *run) openRecorded() {
	for _, h := range r.known.PaidHashes() {
		for _, in := range r.known.PaidTasks(h) {
			switch l, err := r.laneOf(in); {
			case errors.Is(err, ErrOriginNotAllowed):
				r.notAllowed[in.Origin] = true
			case err == nil:
				l.recorded = r.lanes[l.ref] != l
			}
		}
	}
}

// laneOf finds the server that an intent was sent to, and opens it if no
// asset of the plan needs it. A task is asked about at the origin that its
// record names, whatever the configuration says today.
func (r *run) laneOf(in *journal.Intent) (*lane, error) {
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
		gen, err := r.Drivers(ref)
		if err != nil {
			reason = err
			continue
		}
		if gen.Origin() == in.Origin {
			return r.open(ref, ref, gen), nil
		}
	}
	if r.DriverAt == nil || !plan.Charges(in.Provider) {
		return nil, reason
	}
	gen, err := r.DriverAt(in.Provider, in.Origin)
	if err != nil {
		return nil, err
	}
	ref := config.ProviderRef{Type: in.Provider}
	return r.open(config.ProviderRef{Type: in.Provider, Alias: in.Origin}, ref, gen), nil
}

// open adds a lane that only picks up tasks. No alias is an origin, so it
// takes nobody's place.
func (r *run) open(key, ref config.ProviderRef, gen engine.Driver) *lane {
	limit := r.startLimit(ref)
	if limit == 0 {
		limit = defaultParallelism
	}
	r.lanes[key] = r.newLane(ref, gen, limit)
	return r.lanes[key]
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
