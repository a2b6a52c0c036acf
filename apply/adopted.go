package apply

import "assetform/lockfile"

// noteMaker tells the store, after an output was written, whether a person made
// it: what they made is theirs again when it was restored, and a result that
// replaced it for the same inputs is the one that these give from now on.
func (r *run) noteMaker(n *node, e *lockfile.Entry) {
	var err error
	switch {
	case e.Adopted:
		err = r.Store.SetHandMade(e.UpstreamHash(), true)
	case n.change.AdoptedFor(e.InputsHash):
		err = r.Store.DropAdopted(n.address().String(), e.InputsHash)
	}
	if err != nil {
		r.report(warning("Store does not know the maker", sentence(err)+". The lock does; only after an edit and its undoing the other result may come back."))
	}
}
