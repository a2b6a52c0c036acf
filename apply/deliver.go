package apply

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"assetform/apply/media/marks"
	"assetform/apply/outputs"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/format"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// delivery makes stored results the outputs of assets. Methods may be called
// concurrently, for assets with different outputs.
type delivery struct {
	engines engine.Registry
	outputs *outputs.Files
	store   *store.Store
	events  *emitter
	wanted  map[string]bool // output paths of the configuration
	lost    sync.Once       // a manifest was lost, and that was said
}

// write makes a stored result the asset's output: converted where its format
// does not fit the path, checked against the postconditions, written. The
// result is an entry as the store records it.
func (d *delivery) write(n *node, result lockfile.Entry, progress func(Phase), step func(string)) outcome {
	failed := func(summary string, why, err error) outcome {
		return outcome{node: n, ending: endFailed, diag: n.diagnostic(summary, diag.Plain(err)), why: diag.Plain(why)}
	}
	progress(PhaseVerifying)
	e, err := d.fit(n.change, result)
	if err != nil {
		return failed("Result does not fit the output", err, fmt.Errorf("%s: %w. The result is in the store; the old output stays", n.address(), err))
	}
	if diags := n.change.Spec.Check(config.Self{Width: e.Width, Height: e.Height, Bytes: e.Bytes, Duration: e.Duration, MediaType: e.MediaType}); diags.HasErrors() {
		return d.postconditionFailed(n, diags)
	}
	step("verified")
	progress(PhaseWriting)
	if c := n.change; c.Prior != nil && c.Prior.InputsHash != e.InputsHash {
		d.keepPrior(n)
	}
	err = d.outputs.Deliver(&e)
	var drift *outputs.DriftError
	switch {
	case errors.Is(err, errLockMoved):
		return outcome{node: n, ending: endLeft}
	case errors.As(err, &drift):
		return failed("Output was changed meanwhile", drift, fmt.Errorf("%w, so it was left alone. The result is in the store: after \"assetform adopt %s\", or when the file is out of the way, the next apply uses it at no cost", drift, diag.ShellWord(n.address().String())))
	case err != nil:
		return failed("Output cannot be written", err, fmt.Errorf("write %q: %w. The result is in the store; the next apply writes it at no cost", n.change.Output, err))
	}
	step("written")
	d.noteMaker(n, &e)
	d.leaveOld(n)
	return outcome{node: n, ending: endDone, action: n.change.Action, entry: &e}
}

// leaveOld removes the file at the path that an asset has left, unless
// another asset has that path now. A file that is not what the lock has stays,
// and somebody is told.
func (d *delivery) leaveOld(n *node) {
	c := n.change
	if c.PreviousOutput == "" || d.wanted[c.PreviousOutput] || c.Prior == nil || c.KeepFile {
		return
	}
	if err := d.outputs.Remove(c.PreviousOutput, c.Prior.ContentHash); err != nil && !errors.Is(err, errLockMoved) {
		w := warning("Old output was left", fmt.Sprintf("%s is at %q now, and %s, so its old file was left alone.", n.address(), c.Output, err))
		w.Subject = n.diagnostic("", "").Subject
		d.events.emit(Event{Type: EventDiagnostic, Address: n.address(), Diagnostic: w})
	}
}

func (d *delivery) postconditionFailed(n *node, diags hcl.Diagnostics) outcome {
	for _, more := range diags[1:] {
		d.events.emit(Event{Type: EventDiagnostic, Address: n.address(), Diagnostic: more})
	}
	first := *diags[0]
	first.Detail += " The result is in the store and the old output stays; the next apply checks it again and pays nothing."
	return outcome{node: n, ending: endFailed, diag: &first, why: strings.TrimPrefix(diags[0].Detail, n.address().String()+": ")}
}

// fit returns the lock entry of a result for an asset, converting the stored
// file for the output's extension if need be.
func (d *delivery) fit(c *plan.Change, result lockfile.Entry) (lockfile.Entry, error) {
	e, err := d.outputs.Fit(result, c.Output)
	e.Protect, e.Placeholder = c.Protect, c.Placeholder
	if e.ContentHash != result.ContentHash && e.Marks["c2pa"] == marks.Lost {
		d.warnLost(fmt.Sprintf("%s was delivered with a manifest of C2PA, which vouches for the file as it was delivered and cannot go along into another format. An output that ends in %q keeps it.", c.Address, format.ExtensionOf(result.MediaType)))
	}
	plan.ClearUncharged(d.engines, &e) // a record of an earlier release may have it
	return e, err
}

// warnLost says that a manifest is lost, once a run.
func (d *delivery) warnLost(how string) {
	d.lost.Do(func() { d.events.report(warning("C2PA manifest is lost", how)) })
}

// keepPrior lets the store have the entry that a change replaces. That it
// cannot be kept is no reason not to go on, but somebody is told: going back
// may cost.
func (d *delivery) keepPrior(n *node) {
	if slices.Contains(n.change.Reasons, plan.ReasonNotOurs) {
		return // in the store it would be taken for ours the next time
	}
	if err := d.outputs.Remember(n.address().String(), n.change.Prior); err != nil {
		d.events.report(warning("Old result was not recorded", fmt.Sprintf("%s: %s. Going back to its old inputs may have to be paid for.", n.address(), sentence(err))))
	}
}

// noteMaker tells the store, after an output was written, whether a person made
// it: what they made is theirs again when it was restored, and a result that
// replaced it for the same inputs is the one that these give from now on.
func (d *delivery) noteMaker(n *node, e *lockfile.Entry) {
	var err error
	switch {
	case e.Adopted:
		err = d.store.SetHandMade(e.UpstreamHash(), true)
	case n.change.AdoptedFor(e.InputsHash):
		err = d.store.DropAdopted(n.address().String(), e.InputsHash)
	}
	if err != nil {
		d.events.report(warning("Store does not know the maker", sentence(err)+". The lock does; only after an edit and its undoing the other result may come back."))
	}
}
