package apply

import (
	"context"
	"fmt"
	"maps"
	"path"
	"time"

	"assetform/apply/media"
	"assetform/lockfile"
	"assetform/plan"
)

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
		r.rememberPrior(n)
	}
	if !fresh.Equal(*c.Prior) || !c.PreviousAddress.IsZero() {
		r.commit.put(lockChange{address: c.Address, from: c.PreviousAddress, entry: &fresh})
	}
	if c.Action != plan.NoOp {
		r.events.emit(Event{Type: EventAssetDone, Address: c.Address, Action: plan.NoOp, Output: c.Output, ContentHash: fresh.ContentHash})
	}
	r.done(ctx, n, plan.NoOp)
}

// refreshInputs writes today's triggers and hash into an entry whose other
// inputs are today's already. An entry that differs in something that its
// lifecycle ignores keeps what it was generated with.
//
// It reports whether the hash is another one now.
func refreshInputs(e *lockfile.Entry, fp *plan.Fingerprint) bool {
	if !fp.Known() {
		return false
	}
	today := fp.Inputs()
	was := e.Inputs.Clone()
	triggers, stands := today[plan.TriggersInput]
	delete(was, plan.TriggersInput)
	if stands {
		was[plan.TriggersInput] = triggers
	}
	if !maps.EqualFunc(was, today, plan.SameInput) {
		return false
	}
	before := e.InputsHash
	e.Inputs, e.InputsHash = today, fp.Hash()
	return e.InputsHash != before
}

// storedResult finds a result for an asset whose inputs have just become
// known: in the store, or in an entry whose file stands unchanged.
//
// An error says that it cannot be told: nothing may be paid for then.
func (r *run) storedResult(n *node) (lockfile.Entry, bool, error) {
	ext := path.Ext(n.change.Output)
	usable := func(e lockfile.Entry) bool {
		// A paid service would deliver the same container again, for money: the
		// film is taken, and the asset fails with the extension to use.
		return !media.IsVideo(e.MediaType) || media.Fits(e.MediaType, ext) || plan.Charges(n.change.Provider)
	}
	if e, ok, err := r.Store.Adopted(n.address().String(), n.hash); err != nil || ok && usable(e) {
		return e, ok, err
	}
	if e, ok, err := r.Store.Result(n.hash); err != nil || ok && usable(e) {
		return e, ok, err
	}
	for _, address := range r.byInputs()[n.hash] {
		e := r.Lock.Assets[address]
		ok := !plan.Contradicts(&e)
		if address != n.address().String() {
			e, ok = plan.Shared(e)
		}
		if ok && usable(e) && r.outputs.TakeIn(e.ContentHash, e.Output) == nil {
			return e, true, nil
		}
	}
	return lockfile.Entry{}, false, nil
}

// runLocal carries out a change that needs no server.
func (r *run) runLocal(ctx context.Context, n *node) outcome {
	var o outcome
	progress := func(p Phase) {
		r.events.emit(Event{Type: EventProgress, Address: n.address(), Phase: p, Elapsed: time.Since(n.begun)})
	}
	step := func(name string) {
		if r.testOnlyStep != nil {
			r.testOnlyStep(name, n.address())
		}
	}
	switch {
	case ctx.Err() != nil:
		o = outcome{node: n, ending: endLeft}
	case n.change.Action == plan.Import:
		o = r.importFile(n)
	default:
		result, err := r.restorable(n)
		if err != nil {
			o = outcome{node: n, ending: endFailed, diag: n.diagnostic("Stored result cannot be used",
				fmt.Sprintf("%s was to be restored: %s. Run \"assetform plan\" again.", n.address(), err))}
			break
		}
		o = r.deliverResult(ctx, n, result, progress, step)
		o.action = plan.Restore
		for _, in := range r.known.StoredIntents(n.hash) {
			o.intents = append(o.intents, in.ID)
		}
	}
	return o
}

// restorable is the result that a restore writes, with its bytes in the store.
func (r *run) restorable(n *node) (lockfile.Entry, error) {
	c := n.change
	switch {
	case n.stored != nil:
		return r.outputs.Original(*n.stored)
	case c.Stored != nil:
		return r.outputs.Original(c.Stored.Entry)
	case !c.WaitFor.IsZero():
		// n.fp is known: the one that was waited for has the same inputs. It
		// may have turned out that they had not changed, and then it is its
		// entry that has the result.
		n.hash = n.fp.Hash()
		e, ok, err := r.storedResult(n)
		if err != nil {
			return e, err
		}
		if !ok {
			return e, fmt.Errorf("the result of %s, which has the same inputs, is not stored", c.WaitFor)
		}
		return r.outputs.Original(e)
	}
	e := *c.Prior
	if r.Store.Has(e.ContentHash) && media.Fits(e.MediaType, path.Ext(c.Output)) {
		return e, nil
	}
	return r.outputs.Original(e)
}

// importFile takes the file that stands at the output path as the result.
func (r *run) importFile(n *node) outcome {
	e, err := accept(r.outputs, n.change.Spec, n.fp, n.change.Protect)
	if err != nil {
		r.redact.cutWords(err)
		return outcome{node: n, ending: endFailed, diag: n.diagnostic("File cannot be imported",
			fmt.Sprintf("%s: %s.", n.address(), err))}
	}
	return outcome{node: n, ending: endDone, action: plan.Import, entry: &e, content: e.UpstreamHash()}
}
