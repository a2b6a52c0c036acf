package lockfile

import (
	"maps"
	"slices"
)

// CandidateList are the candidates of an entry; that of an asset without any is
// its own result.
func (e *Entry) CandidateList() []Candidate {
	if len(e.Candidates) > 0 {
		return e.Candidates
	}
	return []Candidate{{ContentHash: e.UpstreamHash(), TaskID: e.TaskID}}
}

// OutputNumber is the number of the candidate that has the content of the
// output, that of the pick where there is one; 0: it is none of them.
func (e *Entry) OutputNumber() int {
	is := func(c Candidate) bool { return c.ContentHash == e.UpstreamHash() }
	list := e.CandidateList()
	if e.Picked > 0 && e.Picked <= len(list) && is(list[e.Picked-1]) {
		return e.Picked
	}
	return 1 + slices.IndexFunc(list, is)
}

// CandidateShares is what each of CandidateList has cost: together all that the
// entry says. One that is missing has nil. Where some have a task, the others
// were not paid for: the first may be a person's.
func (e *Entry) CandidateShares() []Cost {
	list := e.CandidateList()
	paid := func(c Candidate) bool { return !c.ContentHash.IsZero() }
	if tasked := func(c Candidate) bool { return c.TaskID != "" }; slices.ContainsFunc(list, tasked) {
		paid = tasked
	}
	n := 0
	for _, c := range list {
		if paid(c) {
			n++
		}
	}
	shares := make([]Cost, len(list))
	k := 0
	for i, c := range list {
		if c.ContentHash.IsZero() {
			continue
		}
		shares[i] = Cost{}
		if !paid(c) {
			continue
		}
		for unit, all := range e.Cost {
			shares[i][unit] = all*(k+1)/n - all*k/n
		}
		k++
	}
	return shares
}

// joinCandidates returns an entry with those candidates of another one for the
// same inputs that it does not have itself: each was paid for. Its output stays
// what it is. Of a file that a person made, and of a sketch, nothing is joined.
func (e Entry) joinCandidates(other *Entry) Entry {
	if e.InputsHash != other.InputsHash || e.ByHand() || other.ByHand() || e.Placeholder || other.Placeholder {
		return e
	}
	list, more := slices.Clone(e.CandidateList()), false
	cost, shares := Cost{}, other.CandidateShares()
	maps.Copy(cost, e.Cost)
	for i, c := range other.CandidateList() {
		if i == len(list) {
			list = append(list, Candidate{})
		}
		if list[i].ContentHash.IsZero() && !c.ContentHash.IsZero() {
			list[i], more = c, true
			for unit, n := range shares[i] {
				if n > 0 {
					cost[unit] += n
				}
			}
		}
	}
	if !more {
		return e
	}
	e.Candidates = list
	if len(cost) > 0 {
		e.Cost = cost
	}
	return e
}

// choice is what a person picked of candidates; the zero choice: nobody has.
type choice struct {
	number  int
	content ContentHash
}

func (e *Entry) choice() choice {
	if e.Picked == 0 {
		return choice{}
	}
	return choice{e.Picked, e.Candidates[e.Picked-1].ContentHash}
}
