package apply

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"assetform/config/address"
	"assetform/lockfile"
	"assetform/plan"
)

// remember leaves a record in the store of an entry that is about to be
// replaced, moved, deleted or hashed anew, whoever generated it: going back to
// its inputs, on this machine or in a clone that never asked for it, then
// finds it for nothing. What the store has of these inputs already stays, and
// an entry whose bytes are nowhere leaves nothing. What a person made is
// remembered for the asset of this address alone.
func (o *outputs) remember(a address.Address, e *lockfile.Entry) error {
	if e == nil || e.InputsHash.IsZero() {
		return nil
	}
	known, err := o.remembers(a, e)
	if err != nil || known {
		return err
	}
	kept, err := o.original(*e)
	if errors.Is(err, fs.ErrNotExist) {
		var is found
		if is, err = o.look(e.Output); err != nil || !is.state.Is(e.ContentHash) {
			return err
		}
		err = o.keep(e.Output, is)
	}
	if err != nil || !o.store.Has(kept.ContentHash) {
		return err // a Git LFS pointer has no bytes to keep
	}
	if kept.Adopted {
		return o.store.PutAdopted(a.String(), kept)
	}
	if shared, ok := plan.Shared(kept); ok {
		return o.store.PutResult(e.InputsHash, shared)
	}
	return nil // its bytes are kept, but are not what its inputs give
}

// remembers tells whether the store has a record in an entry's place.
func (o *outputs) remembers(a address.Address, e *lockfile.Entry) (known bool, err error) {
	if e.Adopted {
		_, known, err = o.store.Adopted(a.String(), e.InputsHash)
	} else {
		_, known, err = o.store.Result(e.InputsHash)
	}
	return known, err
}

// rememberPrior is remember for the entry that a change replaces. That it
// cannot be kept is no reason not to go on, but somebody is told: going back
// may cost.
func (r *run) rememberPrior(n *node) {
	if slices.Contains(n.change.Reasons, plan.ReasonNotOurs) {
		return // in the store it would be taken for ours the next time
	}
	if err := r.outputs.remember(n.address(), n.change.Prior); err != nil {
		r.report(warning("Old result was not recorded", fmt.Sprintf("%s: %s. Going back to its old inputs may have to be paid for.", n.address(), sentence(err))))
	}
}
