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

// CandidateCost is what one of an entry's candidates has cost.
func (e *Entry) CandidateCost() Cost {
	n := 0
	for _, c := range e.CandidateList() {
		if !c.ContentHash.IsZero() {
			n++
		}
	}
	if n < 2 {
		return e.Cost
	}
	one := Cost{}
	for unit, all := range e.Cost {
		one[unit] = all / n
	}
	return one
}

// joinCandidates returns an entry with those candidates of another one for the
// same inputs that it does not have itself: each was paid for. Its output stays
// what it is. Of a file that a person made, and of a sketch, nothing is joined.
func (e Entry) joinCandidates(other *Entry) Entry {
	if e.InputsHash != other.InputsHash || e.Adopted || other.Adopted || e.Placeholder || other.Placeholder {
		return e
	}
	list, more := slices.Clone(e.CandidateList()), 0
	for i, c := range other.CandidateList() {
		if i == len(list) {
			list = append(list, Candidate{})
		}
		if list[i].ContentHash.IsZero() && !c.ContentHash.IsZero() {
			list[i], more = c, more+1
		}
	}
	if more == 0 {
		return e
	}
	e.Candidates = list
	cost := Cost{}
	maps.Copy(cost, e.Cost)
	for unit, one := range other.CandidateCost() {
		if one > 0 {
			cost[unit] += more * one
		}
	}
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
