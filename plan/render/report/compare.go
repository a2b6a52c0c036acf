package report

import (
	"slices"

	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/since"
)

// Action is what happened to an asset between two locks.
type Action string

// The actions, in the order of the summary.
const (
	Created Action = "created"
	Changed Action = "changed"
	Moved   Action = "moved" // same content under another address or path
	Deleted Action = "deleted"
)

// actions lists all actions in their order.
var actions = []Action{Created, Changed, Moved, Deleted}

// Change is an asset on which two locks differ.
type Change struct {
	Address         string
	PreviousAddress string // where it stood before, if elsewhere
	Action          Action
	Before, After   *Version // nil: it was not there
	Waiting         []Waiting
}

// Waiting is an asset that is not generated before somebody has picked among
// another one's candidates.
type Waiting struct {
	Address string
	Cost    engine.Cost
}

// kind is that of the asset.
func (c *Change) kind() address.Kind {
	a, _ := address.Parse(c.Address)
	return a.Kind
}

// Video tells whether the asset is a video.
func (c *Change) Video() bool { return c.kind() == address.Video }

// Compare lists the assets on which two locks differ, sorted by address.
func Compare(before, after *lockfile.Lock) []Change {
	var changes []Change
	for _, p := range since.Pairs(before, after) {
		c := Change{Address: p.Address, PreviousAddress: p.PreviousAddress, Action: Changed}
		switch {
		case p.Before == nil:
			c.Action = Created
		case p.After == nil:
			c.Action = Deleted
		case p.Moved():
			c.Action = Moved
		}
		if p.Before != nil {
			c.Before = version(*p.Before)
		}
		if p.After != nil {
			c.After = version(*p.After)
		}
		changes = append(changes, c)
	}
	return changes
}

// All lists the assets of a lock, for a gallery.
func All(lock *lockfile.Lock) []Change { return Compare(lockfile.New(), lock) }

func version(e lockfile.Entry) *Version {
	return &Version{Entry: e, Content: Content{Hash: e.ContentHash}}
}

// WaitForPick lists the assets of a lock among whose candidates nobody has
// picked.
func WaitForPick(lock *lockfile.Lock) []Change {
	return slices.DeleteFunc(All(lock), func(c Change) bool { return !plan.WaitsForPick(&c.After.Entry) })
}

// paid is what the results that the change brought have cost.
func (c *Change) paid() engine.Cost {
	sum := engine.Cost{}
	if c.After == nil {
		return sum
	}
	had := c.had()
	shares := plan.CandidateShares(&c.After.Entry)
	for i, k := range c.After.Entry.CandidateList() {
		if !k.ContentHash.IsZero() && !had[k] {
			sum = sum.Add(shares[i])
		}
	}
	return sum
}

// had are the results that there were before.
func (c *Change) had() map[lockfile.Candidate]bool {
	had := map[lockfile.Candidate]bool{}
	if c.Before != nil {
		for _, k := range c.Before.Entry.CandidateList() {
			had[k] = true
		}
	}
	return had
}
