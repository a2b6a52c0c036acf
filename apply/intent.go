package apply

import (
	"assetform/apply/journal"
)

// newIntent is the first record of a request for this asset.
func (g *generation) newIntent() journal.Record {
	rec := newIntent(g.node, g.lane.gen.Origin())
	rec.KeyCheck = keyCheck(g.lane.gen, rec.ID)
	// The free local server finds its own earlier work by the inputs; but what
	// failed, or is to be made anew, must not come back from there.
	if !g.lane.paid && !rec.Requested && !g.known.FailedBefore(g.node.hash) {
		rec.IdempotencyKey = g.node.hash.String()
	}
	return rec
}

// newIntent describes a request for an asset whose inputs are known.
func newIntent(n *node, origin string) journal.Record {
	c := n.change
	rec := journal.Record{
		ID:         journal.NewID(),
		State:      journal.StateIntent,
		Address:    c.Address,
		Provider:   c.Spec.Provider.Type,
		Origin:     origin,
		Method:     c.Spec.Method.Name,
		Kind:       c.Spec.Method.Kind,
		Model:      c.Spec.Variant(),
		InputsHash: n.hash,
		Inputs:     n.fp.Inputs(),
		Requested:  asked(c),
		Candidate:  n.number,
		Cost:       c.Spec.Cost(),
	}
	rec.IdempotencyKey = rec.ID
	return rec
}
