package report

import (
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/since"
)

// Change is an asset on which two locks differ.
type Change struct {
	Address         string
	PreviousAddress string      // where it stood before, if elsewhere
	Did             plan.Did    // "" in a gallery
	Cost            engine.Cost // of results that the base's history did not have
	Before, After   *Version    // nil: it was not there
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

// Compare lists the assets on which two locks differ, sorted by address, with
// what since.Compare says of each.
func Compare(before, after *lockfile.Lock, done *plan.Base) []Change {
	of := make(map[string]*plan.BaseChange, len(done.Changes))
	for i := range done.Changes {
		of[done.Changes[i].Address] = &done.Changes[i]
	}
	var changes []Change
	for _, p := range since.Pairs(before, after) {
		d := of[p.Address]
		c := Change{Address: p.Address, PreviousAddress: p.PreviousAddress, Did: d.Did, Cost: d.Cost}
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

// WithDrifted adds to changes the assets that are in the lock what they were, and
// whose file is not what the lock says: a person changed it.
func WithDrifted(changes []Change, lock *lockfile.Lock, drifted func(*lockfile.Entry) bool) []Change {
	listed := map[string]bool{}
	for i := range changes {
		listed[changes[i].Address] = true
	}
	for _, text := range lock.Addresses() {
		if e := lock.Assets[text]; !listed[text] && drifted(&e) {
			changes = append(changes, Change{Address: text, Before: version(e), After: version(e)})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Address, b.Address) })
	return changes
}

// All lists the assets of a lock, for a gallery: all of them are new. The cost
// of a result that several share is that of one of them.
func All(engines engine.Registry, lock *lockfile.Lock) []Change {
	none := lockfile.New()
	return Compare(none, lock, since.Compare(engines, none, lock, func([]since.Result) map[since.Result]bool { return nil }))
}

func version(e lockfile.Entry) *Version {
	return &Version{Entry: e, Content: Content{Hash: e.ContentHash}}
}

// WaitForPick lists the assets of a lock among whose candidates nobody has
// picked.
func WaitForPick(engines engine.Registry, lock *lockfile.Lock) []Change {
	return slices.DeleteFunc(All(engines, lock), func(c Change) bool { return !plan.WaitsForPick(&c.After.Entry) })
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
