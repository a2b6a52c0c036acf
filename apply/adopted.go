package apply

import "assetform/lockfile"

// rememberAdopted records a person's file for the address that it has moved
// to, so that it comes back there. Without its content on this machine there
// is nothing to record; what fails is only told, since the move stands.
func (r *run) rememberAdopted(n *node, e *lockfile.Entry) {
	if !e.Adopted || !r.Store.Has(e.ContentHash) {
		return
	}
	if err := r.Store.PutAdopted(n.address().String(), *e); err != nil {
		r.report(warning("Adopted file is not recorded", sentence(err)+". The lock has it; only this machine's store would not bring it back after an edit and its undoing."))
	}
}

// forgetAdopted lets a result that replaced a person's file for the same
// inputs be the one that these inputs give from now on.
func (r *run) forgetAdopted(n *node, e *lockfile.Entry) {
	if e.Adopted || !n.change.AdoptedFor(e.InputsHash) {
		return
	}
	if err := r.Store.DropAdopted(n.address().String(), e.InputsHash); err != nil {
		r.report(warning("Adopted file is still recorded", sentence(err)+". After an edit and its undoing it would come back in place of the new result."))
	}
}
