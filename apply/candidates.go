package apply

import (
	"context"
	"fmt"
	"path"
	"slices"

	"assetform/apply/media"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
)

// Each candidate of an asset is a node of its own that the asset waits for:
// requested, journaled, resumed and restored as any asset is. It ends in the
// store. The asset takes what came, whichever of them failed.

// candidatesOf are the nodes of those candidates of an asset that the lock does
// not name for certain.
func candidatesOf(n *node) []*node {
	var list []*node
	for _, k := range n.change.Candidates {
		if !wanted(n.change, k) {
			continue
		}
		c := *n.change
		c.Candidates, c.Fingerprint, c.InputsHash = nil, k.Fingerprint, k.InputsHash
		c.Stored, c.WaitFor, c.Cost = k.Stored, k.WaitFor, k.Cost
		c.Action, c.From = plan.Restore, ""
		if k.Stored != nil {
			c.From = k.Stored.From
		}
		if k.Due {
			c.Action = plan.Create
		}
		list = append(list, &node{change: &c, fp: k.Fingerprint, hash: k.InputsHash, of: n, number: k.Number})
	}
	return list
}

// wanted tells that a candidate is to be had, if its inputs are not what they
// were.
func wanted(c *plan.Change, k plan.Candidate) bool {
	return k.Stands.ContentHash.IsZero() && (k.Number <= c.Spec.Candidates || k.Due)
}

// take keeps what came of a candidate.
func (n *node) take(candidate *node, o outcome) {
	if n.results == nil {
		n.results = map[int]*lockfile.Entry{}
	}
	n.results[candidate.number] = o.entry
	n.intents = append(n.intents, o.intents...)
	n.spent = n.spent.Add(o.cost)
}

// alone tells that a candidate is the last to end, and that its asset has none.
func (n *node) alone() bool {
	return n.of != nil && n.of.waitsFor == 1 && len(n.of.results) == 0 && !n.of.stands()
}

// moot tells that a change, or the asset of a candidate, turns out to have the
// inputs that it had.
func (s *scheduler) moot(n *node) bool {
	if n.of != nil {
		n = n.of
	}
	c := n.change
	if !c.Conditional || c.Prior == nil || c.Waits {
		return false
	}
	fp := c.Fingerprint.With(s.contentOf)
	return fp.Known() && plan.Same(&fp, c.Prior, c.Spec.Lifecycle)
}

// waitForPick leaves an asset, and what is made of it, until somebody has picked
// among the candidates of what it takes.
func (s *scheduler) waitForPick(ctx context.Context, n *node) {
	n.state = nodeHeld
	if n.of == nil {
		s.summary.Waiting++
	}
	for _, d := range n.dependants {
		s.upstreamDone(ctx, d, false)
	}
}

// admitCandidates decides, once all candidates have ended, what becomes of their
// asset: nothing where none of them came to anything, nor that which is its
// output. Another one does not take the place of what was picked.
func (s *scheduler) admitCandidates(ctx context.Context, n *node) {
	n.hash = n.fp.Hash()
	switch k := n.output(); {
	case n.change.KeepOutput && len(n.results) == 0:
		s.keepEntry(ctx, n)
	case k > 0 && !n.has(k), !slices.ContainsFunc(n.change.Candidates, func(c plan.Candidate) bool { return n.has(c.Number) }):
		s.end(ctx, n)
	default:
		s.localReady.push(n)
	}
}

// has tells that a candidate stands in the lock for certain, or came.
func (n *node) has(number int) bool {
	return !n.change.Candidates[number-1].Stands.ContentHash.IsZero() || n.results[number] != nil
}

// output is the number of the candidate that stays the output; 0: one is to be
// chosen.
func (n *node) output() int {
	c := n.change
	if p := c.Prior; p == nil || p.ByHand() || p.Placeholder || asked(c) || !n.stands() && p.InputsHash != n.hash {
		return 0
	}
	if k := c.Prior.OutputNumber(); k <= c.Spec.Candidates || c.Prior.Picked > 0 && k <= len(c.Candidates) {
		return k
	}
	return 0
}

// choose is the number of the candidate that is the output: that which is, else
// that which was picked when these inputs gave the same, else the first.
func (l *localWork) choose(n *node, list []lockfile.Candidate) (number, picked int) {
	c := n.change
	if c.KeepOutput {
		return c.Prior.OutputNumber(), c.Prior.Picked
	}
	if k := n.output(); k > 0 {
		return k, c.Prior.Picked
	}
	has := func(k int) bool { return k > 0 && k <= len(list) && !list[k-1].ContentHash.IsZero() }
	if !asked(c) {
		if k, err := l.results.store.Picked(n.hash, n.address().String()); err == nil && has(k) {
			return k, k
		}
	}
	return 1 + slices.IndexFunc(list, func(k lockfile.Candidate) bool { return !k.ContentHash.IsZero() }), 0
}

// stands tells that the lock names a candidate of these inputs.
func (n *node) stands() bool {
	return slices.ContainsFunc(n.change.Candidates, func(k plan.Candidate) bool { return !k.Stands.ContentHash.IsZero() })
}

// finishCandidates makes the entry of an asset of which candidates came, and the
// output where that is another one.
func (l *localWork) finishCandidates(n *node, progress func(Phase), step func(string)) outcome {
	c := n.change
	list := make([]lockfile.Candidate, len(c.Candidates))
	for i, k := range c.Candidates {
		list[i] = k.Stands
		if e := n.results[k.Number]; e != nil {
			list[i] = lockfile.Candidate{ContentHash: e.UpstreamHash(), TaskID: e.TaskID}
		}
	}
	number, picked := l.choose(n, list)
	o := outcome{node: n, ending: endDone, action: c.Action}
	if c.KeepOutput {
		kept := c.Prior.Clone()
		kept.Protect = c.Protect
		o.entry = &kept
	} else {
		result, err := l.candidate(n, number, list)
		if err != nil {
			return outcome{node: n, ending: endFailed, diag: n.diagnostic("Stored result cannot be used",
				fmt.Sprintf("Candidate %d of %s was to become its output: %s. Bring its file back with \"assetform restore %s\", or run \"assetform plan\" again.", number, n.address(), err, diag.ShellWord(n.address().String())))}
		}
		if o = l.delivery.write(n, result, progress, step); o.ending != endDone {
			return o
		}
		o.action = c.Action
	}
	e := o.entry
	e.Inputs, e.InputsHash, e.TaskID, e.Cost = n.fp.Inputs(), n.hash, list[number-1].TaskID, l.costs(n)
	e.Candidates, e.Picked = list, picked
	plan.Keep(e, c.Spec.Candidates)
	o.intents = n.intents
	return o
}

// candidate is a candidate's result, with its bytes in the store.
func (l *localWork) candidate(n *node, number int, list []lockfile.Candidate) (lockfile.Entry, error) {
	if e := n.results[number]; e != nil {
		return l.results.outputs.Original(*e)
	}
	k := n.change.Candidates[number-1]
	e, ok, err := l.results.store.Result(k.InputsHash)
	switch {
	case err != nil:
		return e, err
	case ok && e.UpstreamHash() == list[number-1].ContentHash:
		return l.results.outputs.Original(e)
	case number != n.change.Prior.OutputNumber():
		return e, fmt.Errorf("its bytes are not in the store")
	}
	e = *n.change.Prior
	_ = l.results.outputs.TakeIn(e.ContentHash, e.Output, n.change.Output) // without it what was delivered may be there
	if l.results.store.Has(e.ContentHash) && media.Fits(e.MediaType, path.Ext(n.change.Output)) {
		return e, nil
	}
	return l.results.outputs.Original(e)
}

// costs is what all candidates of an asset have cost together.
func (l *localWork) costs(n *node) lockfile.Cost {
	sum := engine.Cost{}
	var stood []lockfile.Cost
	if n.change.Prior != nil {
		stood = n.change.Prior.CandidateShares()
	}
	for _, k := range n.change.Candidates {
		switch e := n.results[k.Number]; {
		case e != nil:
			sum = sum.Add(engine.Cost(e.Cost))
		case !k.Stands.ContentHash.IsZero() && k.Number <= len(stood):
			sum = sum.Add(engine.Cost(stood[k.Number-1]))
		}
	}
	return plan.RecordedCost(sum)
}
