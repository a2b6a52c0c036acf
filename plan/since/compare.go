package since

import (
	"slices"

	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
)

// Result is what was got for one request. Two requests that came out with the
// same bytes are two results, where the service has numbers for its tasks.
type Result struct {
	Provider string
	TaskID   string
	Hash     lockfile.ContentHash // of the delivered file
}

// Results lists what an entry holds that was generated: each of its candidates.
// Of what a person made, what was derived, and a placeholder there is none.
func Results(engines engine.Registry, e *lockfile.Entry) []Result {
	if e.ByHand() || e.Placeholder || engines.Derives(e.Provider) {
		return nil
	}
	var list []Result
	for _, c := range e.CandidateList() {
		if !c.ContentHash.IsZero() {
			list = append(list, Result{e.Provider, c.TaskID, c.ContentHash})
		}
	}
	return list
}

// resultsOf are those that a lock holds.
func resultsOf(engines engine.Registry, lock *lockfile.Lock) map[Result]bool {
	held := map[Result]bool{}
	for _, e := range lock.Assets {
		for _, r := range Results(engines, &e) {
			held[r] = true
		}
	}
	return held
}

// Compare tells what was done between two locks. Earlier tells of results that
// the first one does not hold which of them its history did; it is asked once,
// and only if there are any. Ref, Commit and Notes are the caller's to set.
func Compare(engines engine.Registry, before, after *lockfile.Lock, earlier func([]Result) map[Result]bool) *plan.Base {
	c := &comparison{engines: engines, before: before, after: after, known: resultsOf(engines, before), counted: map[Result]bool{}, costs: map[Result]engine.Cost{}}
	pairs := Pairs(before, after)
	c.lookUp(pairs, earlier)
	b := &plan.Base{Changes: make([]plan.BaseChange, 0, len(pairs)), Cost: engines.Whole(nil)}
	for i := range pairs {
		change := c.change(&pairs[i])
		b.Cost = b.Cost.Add(change.Cost)
		b.Changes = append(b.Changes, change)
	}
	for _, e := range after.Assets {
		if e.Placeholder {
			b.Placeholders++
		}
	}
	return b
}

type comparison struct {
	engines       engine.Registry
	before, after *lockfile.Lock
	known         map[Result]bool // what the base's history had
	counted       map[Result]bool // of the others
	costs         map[Result]engine.Cost
	owners        map[string][]string
}

// lookUp asks for the results that the first lock does not hold, and notes what
// all of them cost.
func (c *comparison) lookUp(pairs []Pair, earlier func([]Result) map[Result]bool) {
	var asked []Result
	for i := range pairs {
		if e := pairs[i].After; e != nil {
			c.price(e)
			for _, r := range Results(c.engines, e) {
				if !c.known[r] {
					asked = append(asked, r)
				}
			}
		}
	}
	if len(asked) == 0 {
		return
	}
	for r, had := range earlier(asked) {
		c.known[r] = c.known[r] || had
	}
}

func (c *comparison) change(p *Pair) plan.BaseChange {
	d := plan.BaseChange{Address: p.Address, PreviousAddress: p.PreviousAddress, Cost: c.engines.Whole(nil), Reasons: []plan.Reason{}}
	e := p.After
	if e == nil {
		d.Did, d.Output = plan.Deleted, p.Before.Output
		return d
	}
	d.Output, d.Candidates, d.Picked = e.Output, len(e.Candidates), e.Picked
	if p.Before != nil && p.Before.Output != e.Output {
		d.PreviousOutput = p.Before.Output
	}
	fresh := false
	for _, r := range Results(c.engines, e) {
		if c.known[r] {
			continue
		}
		fresh = true
		if !c.counted[r] { // another asset's too
			c.counted[r] = true
			d.Cost = d.Cost.Add(c.costs[r])
		}
	}
	d.Did = c.did(p, fresh)
	if d.Did != plan.Restored || p.Before != nil {
		d.Reasons = c.reasons(p)
	}
	return d
}

// price notes what each of an entry's results was charged. Of two entries that
// share one, the other may say that it was nothing.
func (c *comparison) price(e *lockfile.Entry) {
	if !c.engines.Charges(e.Provider) {
		return
	}
	shares := slices.DeleteFunc(e.CandidateShares(), func(share lockfile.Cost) bool { return share == nil }) // that of a missing candidate
	for i, r := range Results(c.engines, e) {
		if c.costs[r] == nil {
			c.costs[r] = engine.Cost{}
		}
		for unit, n := range shares[i] {
			c.costs[r][unit] = max(c.costs[r][unit], n)
		}
	}
}

// did is the one word for a change. Of several that fit it is the one that
// people have to look at first.
func (c *comparison) did(p *Pair, fresh bool) plan.Did {
	was, is := p.Before, p.After
	other := was == nil || was.ContentHash != is.ContentHash
	switch {
	case is.Adopted && (other || !was.Adopted):
		return plan.Adopted
	case is.Placeholder && (other || !was.Placeholder):
		return plan.Sketched
	case !other && was.Adopted && !is.Adopted:
		return plan.Released
	case fresh:
		return plan.Generated
	case c.engines.Derives(is.Provider) && other:
		return plan.Derived
	case was == nil:
		return plan.Restored
	case is.Picked > 0 && is.Picked != was.Picked && is.InputsHash == was.InputsHash:
		return plan.Picked
	case p.Moved(), was.UpstreamHash() == is.UpstreamHash() && was.Output != is.Output: // in another format
		return plan.Moved
	case other:
		return plan.Restored
	}
	return plan.Recorded
}
