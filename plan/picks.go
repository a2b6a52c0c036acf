package plan

import (
	"fmt"
	"slices"

	"assetform/config/address"
	"assetform/lockfile"
)

// WaitsForPick tells of an entry that nobody has picked among its candidates.
func WaitsForPick(e *lockfile.Entry) bool { return len(e.Candidates) > 1 && e.Picked == 0 }

// waitForPicks lets a change wait that would be paid for before somebody has
// picked among the candidates of what it takes, and whatever is made of it.
func (b *builder) waitForPicks(c *Change) {
	if b.opts.Unpicked || !c.Action.Generates() && c.WaitFor.IsZero() || c.Spec == nil || slices.Contains(c.Reasons, ReasonResume) {
		return
	}
	picks := map[address.Address]bool{}
	for _, up := range append(upstreamsOf(c.Spec), c.WaitFor) {
		u := b.changes[up]
		switch {
		case u == nil:
		case u.Waits:
			for _, r := range u.Reasons {
				if a, ok := r.Pick(); ok {
					picks[a] = true
				}
			}
		case u.Unpicked && b.engines.Charges(c.Provider) && up != c.WaitFor:
			picks[up] = true
		}
	}
	for _, a := range sortedAddresses(picks) {
		c.Reasons = insertReason(c.Reasons, pickReason(a))
		c.Waits, c.Conditional = true, true
	}
}

func sortedAddresses(set map[address.Address]bool) []address.Address {
	list := make([]address.Address, 0, len(set))
	for a := range set {
		list = append(list, a)
	}
	slices.SortFunc(list, address.Address.Compare)
	return list
}

// Waits tells that a change is not carried out before somebody has picked.
func (c *ChangeDocument) Waits() bool {
	return slices.ContainsFunc(c.Reasons, func(r Reason) bool { _, is := r.Pick(); return is })
}

// warnPicked names, for an asset that keeps a candidate which it does not ask
// for any more, the number that says the same.
func (b *builder) warnPicked(c *Change) {
	if c.Action != NoOp && c.Dropped == 0 || c.Prior == nil || c.Spec == nil || c.Prior.Picked <= c.Spec.Candidates || b.project.Placeholders {
		return
	}
	take, ok := c.Spec.Take()
	if !ok || take.Sensitive {
		return
	}
	b.warnf(c.Spec.Range.Ptr(), "Picked candidate stays", fmt.Sprintf("%s keeps candidate %d, which was picked, though it asks for fewer. \"%s = %d\" in its block says the same.",
		c.Address, c.Prior.Picked, take.Name, take.Value.(int64)+int64(c.Prior.Picked-1)))
}
