package apply

import (
	"errors"
	"fmt"
	"io/fs"

	"assetform/lockfile"
)

// remember leaves a record in the store of an entry that is about to be
// replaced, moved, deleted or hashed anew, whoever generated it: going back to
// its inputs, on this machine or in a clone that never asked for it, then
// finds it for nothing. What the store has of these inputs already stays, and
// an entry whose bytes are nowhere leaves nothing.
func (o *outputs) remember(e *lockfile.Entry) error {
	if e == nil || e.InputsHash.IsZero() {
		return nil
	}
	if _, known, err := o.store.Result(e.InputsHash); err != nil || known {
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
	return o.store.PutResult(e.InputsHash, kept)
}

// rememberPrior is remember for the entry that a change replaces. That it
// cannot be kept is no reason not to go on, but somebody is told: going back
// may cost.
func (r *run) rememberPrior(n *node) {
	if err := r.outputs.remember(n.change.Prior); err != nil {
		r.report(warning("Old result was not recorded", fmt.Sprintf("%s: %s. Going back to its old inputs may have to be paid for.", n.address(), sentence(err))))
	}
}
