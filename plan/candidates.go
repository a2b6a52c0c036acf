package plan

import (
	"fmt"
	"slices"
	"strings"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
)

// An asset may have several candidates, of which somebody picks one. Candidate
// 1 is what the asset is without the attribute; each other one has inputs of its
// own, and is generated, stored and paid for by itself. So to ask for more pays
// for those that are missing, and a candidate is found wherever an asset with
// its inputs is. The lock's entry has the inputs of the first, whichever its
// output is.

// Candidate is one of the results of an asset that has several.
type Candidate struct {
	Number      int // from 1
	Fingerprint Fingerprint
	// InputsHash is the fingerprint's hash; zero while it is not known.
	InputsHash lockfile.InputsHash
	// Stands is what the lock has of it, if its inputs are the same; else zero.
	Stands lockfile.Candidate
	// Stored is where its result is, which costs nothing; nil: nowhere.
	Stored *Stored
	// WaitFor is the asset that generates the same; zero: none does.
	WaitFor address.Address
	// Due tells that it is generated, at this cost: 0 where a task was paid for.
	Due  bool
	Cost engine.Cost
}

// CandidateOf returns the fingerprint of a candidate.
func (f Fingerprint) CandidateOf(m *engine.Method, number int) Fingerprint {
	if number <= 1 {
		return f
	}
	for i, p := range f.Params {
		if take, ok := takes(m, p.Name, p.Value); ok {
			f.Params = slices.Clone(f.Params)
			f.Params[i].Value, f.Params[i].IsDefault = take+int64(number-1), false
			return f
		}
	}
	f.Candidate = int64(number)
	return f
}

// takes returns a parameter's value if another number gives another take.
func takes(m *engine.Method, name string, value any) (int64, bool) {
	p, ok := m.Param(name)
	n, number := value.(int64)
	return n, ok && number && p.Take && p.Type == engine.Integer
}

// TakeOf is the parameter by whose number an entry's candidates differ, with the
// number that one of them has. ok is false where they differ by nothing that an
// engine is told.
func TakeOf(engines engine.Registry, e *lockfile.Entry, number int) (name string, value int64, ok bool) {
	m := engines.Method(e.Provider, e.Method)
	if m == nil {
		return "", 0, false
	}
	for _, name := range e.Inputs.Keys() {
		n, whole := e.Inputs[name].AsInt()
		if take, ok := takes(m, name, n); ok && whole {
			return name, take + int64(number-1), true
		}
	}
	return "", 0, false
}

// OutputAlone is an entry's output as a result by itself: that of the candidate
// which it is, with the inputs of that one. ok is false where what is recorded
// does not tell, and of what a person made or is a sketch.
func OutputAlone(engines engine.Registry, e lockfile.Entry) (lockfile.Entry, bool) {
	return candidateAlone(engines, e, e.OutputNumber())
}

// Alone lists what an entry holds, each of its candidates as a result by itself:
// with its inputs, content and task. Where what is recorded does not tell the
// inputs it has none, and no hash.
func Alone(engines engine.Registry, e lockfile.Entry) (list []lockfile.Entry) {
	if len(e.Candidates) == 0 {
		return []lockfile.Entry{e}
	}
	for i, c := range e.Candidates {
		if c.ContentHash.IsZero() {
			continue
		}
		alone, ok := candidateAlone(engines, e, i+1)
		if !ok {
			alone.Inputs, alone.InputsHash = nil, lockfile.InputsHash{}
		}
		if c.ContentHash != e.UpstreamHash() {
			alone.ContentHash, alone.SourceHash = c.ContentHash, lockfile.ContentHash{}
		}
		alone.TaskID = c.TaskID
		list = append(list, alone)
	}
	return list
}

// candidateAlone is an entry with the inputs of one of its candidates.
func candidateAlone(engines engine.Registry, e lockfile.Entry, number int) (lockfile.Entry, bool) {
	if engines.Method(e.Provider, e.Method) == nil || number == 0 || e.ByHand() || e.Placeholder || Contradicts(engines, &e) {
		return e, false
	}
	e.Cost = RecordedCost(engine.Cost(e.CandidateShares()[number-1]))
	e.Candidates, e.Picked = nil, 0
	if number == 1 {
		return e, true
	}
	e.Inputs = e.Inputs.Clone()
	if name, take, ok := TakeOf(engines, &e, number); ok {
		e.Inputs[name] = lockfile.Int(take)
	} else {
		e.Inputs[CandidateInput] = lockfile.Int(int64(number))
	}
	h, ok := recordedHash(engines, &e, func(v lockfile.Value) lockfile.Value { return v })
	e.InputsHash = h
	return e, ok
}

// storedOutput finds an entry's output that is the candidate with these inputs,
// and not the first: its file stands in every clone.
func (b *builder) storedOutput(w *want, h lockfile.InputsHash) *Stored {
	for _, l := range b.several {
		if l.at.Kind != w.spec.Address.Kind || !b.snap.Files[l.entry.Output].Is(l.entry.ContentHash) || !b.settles(w, l.entry) {
			continue
		}
		if e, ok := OutputAlone(b.engines, *l.entry); ok && e.InputsHash == h {
			return &Stored{Entry: e, Path: l.entry.Output}
		}
	}
	return nil
}

// dropUnasked lets the candidates go that an asset does not ask for any more,
// whose entry stays otherwise.
func (b *builder) dropUnasked(c *Change) {
	most := max(c.Spec.Candidates, c.Prior.Picked)
	if len(c.Prior.Candidates) <= most || b.project.Placeholders {
		return
	}
	c.Dropped, c.Reasons = len(c.Prior.Candidates)-most, insertReason(c.Reasons, ReasonCandidates)
	if c.Action == NoOp {
		c.Action, c.KeepOutput = Restore, true
	}
}

// Keep takes those candidates from an entry that an asset does not ask for any
// more which asks for so many. The picked one stays with those before it.
func Keep(e *lockfile.Entry, wanted int) {
	n := max(wanted, e.Picked)
	if len(e.Candidates) > n {
		cost := engine.Cost{}
		for _, share := range e.CandidateShares()[:n] {
			cost = cost.Add(engine.Cost(share))
		}
		e.Candidates = slices.Clone(e.Candidates[:n])
		e.Cost = RecordedCost(cost)
	}
	if len(e.Candidates) == 1 {
		e.Candidates, e.Picked = nil, 0
	}
}

// decideCandidates handles an asset of which candidates are to be had that the
// lock does not name.
func (b *builder) decideCandidates(w *want, c *Change) bool {
	n := w.spec.Candidates
	if n < 2 && (w.entry == nil || len(w.entry.entry.Candidates) == 0) {
		return false // as nearly all assets
	}
	c.Unpicked = n > 1 && !w.drawn
	if w.drawn || b.project.Placeholders && b.keeps(w) {
		return false
	}
	d := b.lookForCandidates(w, c)
	switch {
	case d.adopted && !d.raised:
		c.Unpicked = false
		return false
	case d.current && d.gone && n == 1: // the first is the asset now
		w.same, w.unkept = false, true
		return false
	case n == 1 && (!d.current || !d.missing || d.output <= 1), d.current && !d.missing:
		c.KeepOutput = false
		return false
	case d.current && b.differsUnseen(w, c):
		return false
	}
	if b.restoreRecorded(w, c, &d) {
		return true
	}
	b.listCandidates(w, c, &d)
	b.settleCandidates(w, c, &d)
	return true
}

// restoreRecorded takes an entry back as git has it, with all its candidates and
// the pick, where some of them are not in the store: the lock named them, and
// only the output's bytes are needed.
func (b *builder) restoreRecorded(w *want, c *Change, d *recordedCandidates) bool {
	n := w.spec.Candidates
	if b.snap.Recorded == nil || n < 2 || d.current || d.adopted || w.asked || !w.known {
		return false
	}
	stored := 0
	for k := 1; k <= n; k++ {
		fp := w.fp.CandidateOf(w.spec.Method, k)
		if _, ok := b.snap.Stored(fp.Hash()); ok {
			stored++
		}
	}
	if stored == n {
		return false
	}
	e, commit, ok := b.snap.Recorded(c.Address, w.inputsHash())
	missing := func(k lockfile.Candidate) bool { return k.ContentHash.IsZero() }
	if !ok || len(e.Candidates) < n || slices.ContainsFunc(e.Candidates[:n], missing) || e.OutputNumber() > n && e.Picked == 0 || !b.settles(w, &e) {
		return false
	}
	Keep(&e, n)
	c.Action, c.Reasons = Restore, b.generationReasons(w, c)
	c.Stored, c.From, c.InputsHash = &Stored{Entry: e, From: commit}, commit, w.inputsHash()
	c.Unpicked = e.Picked == 0
	b.contents[c.Address] = delivered(&e, w.spec.Output)
	return true
}

// recordedCandidates is what the lock has of an asset's candidates.
type recordedCandidates struct {
	current bool // its inputs are today's
	partial bool // some of them were asked for again, and have come
	have    []lockfile.Candidate
	output  int  // the number of the output
	absent  bool // whose file is missing
	lost    bool // and whose content is nowhere
	gone    bool // nobody picked it, and it is not asked for any more
	missing bool // some are to be had
	adopted bool // a person's file stands for all of them,
	raised  bool // and more are asked for
}

func (b *builder) lookForCandidates(w *want, c *Change) (d recordedCandidates) {
	n := w.spec.Candidates
	d.partial = w.asked && !b.requested(c.Address) && b.replacedBefore(c.Address)
	d.current = w.entry != nil && w.same && (!w.asked || d.partial)
	if d.current && w.entry.entry.ByHand() {
		instead, _ := w.entry.entry.Inputs[CandidatesInput].AsInt()
		d.adopted, d.raised, d.current = true, int64(n) > max(instead, 1), false
	}
	if n > 1 && !d.current && !d.raised && !w.asked && w.known { // the store is asked only where its answer counts
		if _, theirs := b.adopted(w); theirs {
			d.adopted = true
		}
	}
	if d.current {
		prior := w.entry.entry
		d.have, d.output = prior.CandidateList(), prior.OutputNumber()
		stands := b.snap.Files[prior.Output].Exists() || b.alreadyThere(prior, w.spec)
		d.absent, d.lost = !stands, !stands && !b.hasContent(prior)
		d.gone = prior.Picked == 0 && d.output > n
		c.Unpicked = c.Unpicked && prior.Picked == 0
		c.KeepOutput = stands && d.output > 0 && !d.gone && !b.asksFor(w, &d, d.output) && c.PreviousOutput == "" && c.PreviousAddress.IsZero()
	}
	for k := 1; k <= max(n, d.output); k++ {
		d.missing = d.missing || !d.stands(k) && (n > 1 && k <= n || k == d.output) || b.asksFor(w, &d, k)
	}
	d.missing = d.missing || d.gone
	return d
}

// stands tells that a candidate is there.
func (d *recordedCandidates) stands(k int) bool {
	return k <= len(d.have) && !d.have[k-1].ContentHash.IsZero() && !(d.lost && k == d.output)
}

// replacedBefore tells that a --replace of an asset has brought some of its
// candidates, and left others open.
func (b *builder) replacedBefore(a address.Address) bool {
	for _, r := range b.snap.Requested[a] {
		if r == RequestDone {
			return true
		}
	}
	return false
}

// asksFor tells that a person wants another take of a candidate.
func (b *builder) asksFor(w *want, d *recordedCandidates, k int) bool {
	if !w.asked || !d.partial {
		return w.asked
	}
	fp := w.fp.CandidateOf(w.spec.Method, k)
	return b.snap.Requested[w.spec.Address][fp.Hash()] != RequestDone
}

// differsUnseen reports that more candidates cannot be had of the recorded
// inputs, since today's are others though the lifecycle ignores that: they would
// be candidates of something else.
func (b *builder) differsUnseen(w *want, c *Change) bool {
	all := compare(&w.fp, w.entry.entry, config.Lifecycle{}, b.madeByOther)
	names := all.names()
	for _, up := range all.changed {
		names = append(names, up.String())
	}
	if len(names) == 0 {
		return false
	}
	c.KeepOutput = false
	b.errorf(w.spec.Range.Ptr(), "Candidates would have other inputs", fmt.Sprintf("%s asks for candidates that the lock does not have, and ignore_changes keeps what was made of other inputs (%s). Those would be candidates of today's inputs. Take these out of ignore_changes, or ask for as many candidates as there are.", c.Address, strings.Join(names, ", ")))
	return b.decideSame(w, c)
}

// listCandidates finds out what each candidate needs.
func (b *builder) listCandidates(w *want, c *Change, d *recordedCandidates) {
	for k := 1; k <= max(w.spec.Candidates, d.output); k++ {
		cand := Candidate{Number: k, Fingerprint: w.fp.CandidateOf(w.spec.Method, k)}
		if w.known {
			cand.InputsHash = cand.Fingerprint.Hash()
		}
		asked := b.asksFor(w, d, k)
		if d.stands(k) && !asked {
			cand.Stands = d.have[k-1]
		}
		switch {
		case !cand.Stands.ContentHash.IsZero():
		case k > w.spec.Candidates && k != d.output || k > w.spec.Candidates && d.gone: // beyond what is asked for
		case w.known && b.storeCandidate(w, &cand, asked):
		default:
			if first := b.leader(&cand.Fingerprint, c); first != nil {
				cand.WaitFor = first.Address
				break
			}
			cand.Due = true
			if cand.Cost = w.spec.Cost(); w.known && b.paidFor(cand.InputsHash, asked) {
				cand.Cost = nil
				c.Reasons = []Reason{ReasonResume}
			}
		}
		c.Candidates = append(c.Candidates, cand)
	}
}

// paidFor tells that a task was paid for with these inputs, whose result is to
// be had from the server.
func (b *builder) paidFor(h lockfile.InputsHash, asked bool) bool {
	return b.snap.Paid[h] || !asked && b.snap.Finished != nil && b.snap.Finished(h)
}

// storeCandidate finds a candidate's result where it costs nothing. Of a
// --replace that was interrupted it is the newest.
func (b *builder) storeCandidate(w *want, cand *Candidate, asked bool) bool {
	if asked {
		cand.Stored = b.storedRequest(w, cand.InputsHash)
	} else {
		cand.Stored = b.storedAs(w, cand.InputsHash, false)
	}
	return cand.Stored != nil
}

// outputStays tells that the candidate which is the output stays that, though its
// file may be brought back, or go elsewhere.
func (c *Change) outputStays() bool {
	p := c.Prior
	if p == nil || p.ByHand() || p.Placeholder {
		return false
	}
	k := p.OutputNumber()
	return k > 0 && k <= len(c.Candidates) && !c.Candidates[k-1].Stands.ContentHash.IsZero() && (k <= c.Spec.Candidates || p.Picked > 0)
}

// settleCandidates gives the change its action, reasons, cost and content.
func (b *builder) settleCandidates(w *want, c *Change, d *recordedCandidates) {
	resume := len(c.Reasons) > 0
	c.Reasons = b.generationReasons(w, c)
	missing := slices.ContainsFunc(c.Candidates[:w.spec.Candidates], func(k Candidate) bool { return k.Stands.ContentHash.IsZero() })
	if d.raised || d.current && w.spec.Candidates > 1 && (missing && !w.asked || d.gone) {
		c.Reasons = insertReason(c.Reasons, ReasonCandidates)
	}
	if resume {
		c.Reasons = insertReason(c.Reasons, ReasonResume)
	}
	if d.absent && !d.lost && !d.gone && d.output > 0 && !b.asksFor(w, d, d.output) && !b.storesContent(c.Prior) {
		c.From = b.keptIn(c.Prior) // or it would be missed once the others are paid for
	}
	c.Action = Restore
	for _, k := range c.Candidates {
		if k.Due {
			c.Action = Create
			c.Cost = c.Cost.Add(k.Cost)
		}
	}
	if c.Action == Create && c.Prior != nil {
		c.Action = Update
	}
	if w.known {
		c.InputsHash = w.inputsHash()
	}
	c.Conditional = c.Action == Update && !d.current && onlyUpstream(c.Reasons) && len(w.diff.unknown) > 0 && len(w.diff.changed) == 0
	switch {
	case d.current && c.KeepOutput, d.current && d.output > 0 && !d.lost && !d.gone && !w.asked:
		b.contents[c.Address] = delivered(c.Prior, w.spec.Output)
	case !d.current && c.Action == Restore:
		b.restoreCandidate(w, c)
	}
}

// restoreCandidate finds which of the stored candidates becomes the output: that
// which was picked of them, else the first.
func (b *builder) restoreCandidate(w *want, c *Change) {
	number := 1
	if b.snap.Picked != nil {
		if k := b.snap.Picked(c.Address, c.InputsHash); k > 0 && k <= len(c.Candidates) {
			number, c.Unpicked = k, false
		}
	}
	if c.Stored = c.Candidates[number-1].Stored; c.Stored != nil {
		c.From = c.Stored.From
		b.contents[c.Address] = delivered(&c.Stored.Entry, w.spec.Output)
	}
}

// generates lists the inputs that a change is to send requests for, as far as
// they are known.
func (c *Change) generates() []lockfile.InputsHash {
	switch {
	case !c.Action.Generates():
		return nil
	case c.Candidates == nil && c.Fingerprint.Known():
		return []lockfile.InputsHash{c.Fingerprint.Hash()}
	}
	var list []lockfile.InputsHash
	for _, k := range c.Candidates {
		if k.Due && !k.InputsHash.IsZero() {
			list = append(list, k.InputsHash)
		}
	}
	return list
}

// documentCandidates says what there will be to pick from.
func (c *Change) documentCandidates(d *ChangeDocument) {
	if c.Stored != nil && len(c.Stored.Entry.Candidates) > 1 { // all of them
		d.Candidates = len(c.Stored.Entry.Candidates)
	}
	d.Dropped = c.Dropped
	if len(c.Candidates) == 0 || c.Spec.Candidates < 2 {
		return
	}
	d.Candidates = c.Spec.Candidates
	current := false
	for _, k := range c.Candidates[:c.Spec.Candidates] {
		if k.Stands.ContentHash.IsZero() {
			d.Missing++
		} else {
			current = true
		}
	}
	d.PickAgain = c.Unpicked && !current && c.Prior != nil && c.Prior.Picked > 0
}
