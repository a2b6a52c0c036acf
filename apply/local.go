package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assetform/apply/journal"
	"assetform/apply/remote"
	"assetform/config/address"
	"assetform/plan"
)

// localWork carries out changes that need no server. Methods may be called
// concurrently.
type localWork struct {
	results     *storedResults
	derivations *derivations
	delivery    *delivery
	known       *journal.Index
	events      *emitter
	redact      *redaction
	step        func(string, address.Address) // see Options
}

// run carries out a change that needs no server.
func (l *localWork) run(ctx context.Context, n *node) outcome {
	var o outcome
	progress := func(p Phase) {
		l.events.emit(Event{Type: EventProgress, Address: n.address(), Phase: p, Elapsed: time.Since(n.begun)})
	}
	step := func(name string) { l.step(name, n.address()) }
	switch {
	case ctx.Err() != nil:
		o = outcome{node: n, ending: endLeft}
	case n.upstreams != nil:
		o = l.derive(ctx, n, progress, step)
	case n.change.Action == plan.Import:
		o = l.importFile(n)
	case n.of == nil && len(n.change.Candidates) > 0 && n.stored == nil:
		o = l.finishCandidates(n, progress, step)
	default:
		result, err := l.results.restorable(ctx, n)
		if silent := (*remote.FailureError)(nil); errors.As(err, &silent) {
			o = l.results.sharing.left(ctx, n, err)
			break
		}
		if err != nil {
			o = outcome{node: n, ending: endFailed, diag: n.diagnostic("Stored result cannot be used",
				fmt.Sprintf("%s was to be restored: %s. Run \"assetform plan\" again.", n.address(), err))}
			break
		}
		if o = (outcome{node: n, ending: endDone, entry: &result}); n.of == nil {
			if o = l.delivery.write(n, result, progress, step); o.entry != nil {
				plan.Keep(o.entry, n.change.Spec.Candidates)
			}
		}
		o.action = plan.Restore
		for _, in := range l.known.StoredIntents(n.hash) {
			o.intents = append(o.intents, in.ID)
		}
	}
	return o
}

// importFile takes the file that stands at the output path as the result.
func (l *localWork) importFile(n *node) outcome {
	e, err := accept(l.delivery.outputs, n.change, n.fp)
	if err == nil {
		err = l.delivery.outputs.RememberAdopted(n.address().String(), e)
	}
	if err != nil {
		l.redact.cutWords(err)
		return outcome{node: n, ending: endFailed, diag: n.diagnostic("File cannot be imported",
			fmt.Sprintf("%s: %s.", n.address(), err))}
	}
	return outcome{node: n, ending: endDone, action: plan.Import, entry: &e}
}
