package plan

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/format"
	"assetform/config/worktree"
	"assetform/lockfile"
)

// decide takes the first action that applies to a wanted asset.
func (b *builder) decide(w *want) *Change {
	c := b.newChange(w)
	switch {
	case b.decideImport(w, c):
	case b.decideCandidates(w, c):
	case w.same && !w.asked && b.decideSame(w, c):
	case b.decideKept(w, c):
	default:
		b.decideGeneration(w, c)
	}
	b.waitForPicks(c)
	if _, taken := b.wantsPath[c.PreviousOutput]; c.PreviousOutput != "" && !taken && c.writes() {
		b.keepText(c, c.PreviousOutput)
	}
	return c
}

func (b *builder) newChange(w *want) *Change {
	s := w.spec
	c := &Change{
		Address:     s.Address,
		Method:      s.Method.Name,
		Provider:    w.fp.Provider,
		Output:      s.Output,
		Spec:        s,
		Fingerprint: w.fp,
		Placeholder: w.drawn,
	}
	if w.entry == nil {
		c.Protect = b.protection(s.Address, s, nil)
		return c
	}
	prior := w.entry.entry
	c.Prior = prior
	c.Protect = b.protection(s.Address, s, prior)
	if to, _ := b.movedTo(w.entry.from); to == s.Address && w.entry.from != to {
		c.Protect = b.protection(s.Address, s, nil) // with a moved block the new block decides
	}
	if w.succeeds && !b.unprotect(s.Address) {
		c.Held = prior.Protect
	}
	if w.entry.from != s.Address {
		c.PreviousAddress = w.entry.from
	}
	if prior.Output != s.Output {
		c.PreviousOutput = prior.Output
	}
	if state := b.snap.Files[prior.Output]; state.Exists() && !state.Is(prior.ContentHash) {
		c.Drifted = !b.alreadyThere(prior, s)
		if c.Drifted {
			c.Stands = cmp.Or(otherCandidate(s.Address, prior, state), b.stands(prior.Output))
		}
	}
	return c
}

// alreadyThere tells that a move was interrupted after the file: the content
// stands at the new path while something else took the old one.
func (b *builder) alreadyThere(prior *lockfile.Entry, s *config.Spec) bool {
	return prior.Output != s.Output && b.snap.Files[s.Output].Is(prior.ContentHash)
}

// decideImport takes the file at the output path as today's result.
func (b *builder) decideImport(w *want, c *Change) bool {
	im, ok := b.imports[w.spec.Address]
	if !ok || w.entry != nil {
		return false
	}
	state := b.snap.Files[w.spec.Output]
	if state.Kind != worktree.Regular && state.Kind != worktree.Pointer {
		b.errorf(im.Range.Ptr(), "No file to import", fmt.Sprintf("%s is to be imported from %q, but no file stands there. Put the file in place or remove the import block.", w.spec.Address, w.spec.Output))
	}
	c.Action, c.Reasons = Import, []Reason{ReasonNew}
	b.know(w, c, state.Hash)
	return true
}

// decideSame handles an entry whose result is still the right one; false says
// that its content is nowhere, so that it has to be made again.
func (b *builder) decideSame(w *want, c *Change) bool {
	prior := c.Prior
	moved := c.PreviousOutput != "" || !c.PreviousAddress.IsZero()
	if c.PreviousOutput != "" && !b.fits(prior.MediaType, w.spec) {
		if b.engines.Charges(c.Provider) {
			b.errorf(w.spec.OutputRange.Ptr(), "Unfitting video container", fmt.Sprintf("The result of %s is %s and cannot be converted. Use an output that ends in %s.", w.spec.Address, prior.MediaType, format.ExtensionOf(prior.MediaType)))
		}
		return false
	}
	stands := b.snap.Files[prior.Output].Exists() || b.alreadyThere(prior, w.spec)
	switch {
	case stands && !moved:
		c.Action = NoOp
	case moved && (stands || b.hasContent(prior)):
		c.Action, c.Reasons = Move, []Reason{ReasonMoved}
		all := compare(&w.fp, prior, config.Lifecycle{}, b.madeByOther)
		c.Ignored = all.names()
		b.keepOriginal(c)
	case b.hasContent(prior):
		c.Action, c.Reasons = Restore, []Reason{ReasonMissingFile}
	default:
		return false
	}
	b.dropUnasked(c)
	// Inputs that are not compared (ignored, or triggers just added) may make
	// today's hash another one than the recorded; the entry keeps its own.
	c.InputsHash = prior.InputsHash
	if !stands && !b.storesContent(prior) {
		c.From = b.keptIn(prior)
	}
	b.contents[c.Address] = delivered(prior, w.spec.Output)
	return true
}

// decideGeneration handles everything that has no fitting entry: a stored
// result is restored, an asset with equal inputs is waited for, and only then
// something is generated.
func (b *builder) decideGeneration(w *want, c *Change) {
	c.Reasons = b.generationReasons(w, c)
	if w.known {
		c.InputsHash = w.inputsHash()
		if stored := b.stored(w); stored != nil {
			c.Action, c.Stored, c.From = Restore, stored, stored.From
			if c.Prior != nil && w.same && !w.asked && slices.Contains(c.Reasons, ReasonMissingFile) && stored.Entry.UpstreamHash() != c.Prior.UpstreamHash() {
				c.Reasons = insertReason(c.Reasons, ReasonOtherResult)
			}
			b.contents[c.Address] = delivered(&stored.Entry, w.spec.Output)
			return
		}
	}
	if leader := b.leader(&w.fp, c); leader != nil {
		c.Action, c.WaitFor = Restore, leader.Address
		c.Reasons = append(c.Reasons, sameInputsReason(leader.Address))
		b.duplicates[leader.Address] = append(b.duplicates[leader.Address], c.Address)
		return
	}
	c.Action = Create
	if c.Prior != nil {
		c.Action = Update
	}
	c.Cost = w.spec.Cost()
	if w.drawn { // what the result will cost
		for range w.spec.Candidates - 1 {
			c.Cost = c.Cost.Add(w.spec.Cost())
		}
	}
	if w.known && (b.snap.Paid[c.InputsHash] || !w.asked && b.snap.Finished != nil && b.snap.Finished(c.InputsHash)) {
		c.Reasons = insertReason(c.Reasons, ReasonResume)
		c.Cost = nil
	}
	c.Conditional = c.Action == Update && onlyUpstream(c.Reasons) && len(w.diff.unknown) > 0 && len(w.diff.changed) == 0
}

func onlyUpstream(reasons []Reason) bool {
	return !slices.ContainsFunc(reasons, func(r Reason) bool { return !strings.HasPrefix(string(r), "upstream:") })
}

func (b *builder) generationReasons(w *want, c *Change) []Reason {
	var r []Reason
	if c.Prior == nil {
		r = append(r, ReasonNew)
	} else {
		r = w.diff.reasons()
		missing := !b.snap.Files[c.Prior.Output].Exists() && !b.hasContent(c.Prior)
		unfit := c.PreviousOutput != "" && !b.fits(c.Prior.MediaType, w.spec)
		if missing || w.same && !w.asked && unfit {
			r = insertReason(r, map[bool]Reason{true: ReasonDerived, false: ReasonMissingFile}[b.engines.Derives(c.Provider)])
		}
	}
	if w.asked {
		r = insertReason(r, ReasonRequested)
	}
	if w.unkept {
		r = insertReason(r, ReasonCandidates)
	}
	if w.aged() && (w.diff.certain() || !onlyUpstream(r)) {
		r = insertReason(r, inputReason(AlgorithmInput))
	}
	if !c.PreviousAddress.IsZero() {
		r = insertReason(r, ReasonMoved)
	}
	return r
}

// reasonOrder is the order in which a change lists its reasons.
var reasonOrder = []Reason{
	ReasonNew, ReasonPlaceholder, "input:", "upstream:", ReasonMissingFile, ReasonOtherResult, ReasonDerived, ReasonRequested,
	ReasonRevision, ReasonProvider, ReasonCandidates, ReasonResume, "same_inputs:", ReasonMoved, pickPrefix, ReasonNotOurs,
}

func (r Reason) rank() int {
	for i, known := range reasonOrder {
		if r == known || strings.HasSuffix(string(known), ":") && strings.HasPrefix(string(r), string(known)) {
			return i
		}
	}
	return len(reasonOrder)
}

func insertReason(list []Reason, r Reason) []Reason {
	i := slices.IndexFunc(list, func(have Reason) bool { return have.rank() > r.rank() })
	if i < 0 {
		i = len(list)
	}
	return slices.Insert(list, i, r)
}

// stored finds a result with these inputs that costs nothing: the unchanged
// file of a lock entry, which is the same on every machine, before a record
// of this machine's store. What a person made is nobody's result but that
// asset's.
func (b *builder) stored(w *want) *Stored {
	if w.asked {
		return b.storedRequest(w, w.inputsHash())
	}
	return b.storedAs(w, w.inputsHash(), true)
}

// storedAs finds what has these inputs, the asset's own or those of one of its
// candidates; adopted, what a person gave the asset for its own is one too.
func (b *builder) storedAs(w *want, h lockfile.InputsHash, adopted bool) *Stored {
	for _, l := range b.byHash[h] {
		if l == w.entry && h == w.inputsHash() || !b.settles(w, l.entry) || algorithmOf(l.entry) != w.fp.Algorithm() || l.at.Kind != w.spec.Address.Kind {
			continue
		}
		if e, ok := Shared(b.engines, *l.entry); ok && b.snap.Files[e.Output].Is(e.ContentHash) {
			return &Stored{Entry: e, Path: e.Output}
		}
	}
	if adopted {
		if e, ok := b.adopted(w); ok {
			return &Stored{Entry: e}
		}
	}
	if s := b.storedOutput(w, h); s != nil {
		return s
	}
	if e, ok := b.snap.Stored(h); ok && b.settles(w, &e) {
		return &Stored{Entry: e}
	}
	if b.snap.Past != nil && !b.engines.Derives(w.fp.Provider) {
		if e, from, ok := b.snap.Past(h, w.spec.Provider); ok && b.settles(w, &e) {
			return &Stored{Entry: e, From: from}
		}
	}
	return nil
}

// settles tells whether a stored result keeps an asset from being generated. A
// film in a container that does not fit the output does not from the local
// engine, which draws another one for free. From a paid service it does: it
// would deliver the same container again, for money. The restore then fails
// and names the extension to use.
func (b *builder) settles(w *want, e *lockfile.Entry) bool {
	return b.engines.Charges(w.spec.Provider.Type) || b.fits(e.MediaType, w.spec)
}

// storedRequest finds the result of a --replace that was interrupted after
// the result had reached the store and before the lock had it. The newest
// result that is not the entry's own is the one that was asked for.
func (b *builder) storedRequest(w *want, h lockfile.InputsHash) *Stored {
	if b.snap.Requested[w.spec.Address][h] != RequestStored {
		return nil
	}
	e, ok := b.snap.Stored(h)
	if !ok || !b.settles(w, &e) {
		return nil
	}
	return &Stored{Entry: e}
}

// leader returns the change that already generates the same inputs, or makes
// this one the leader. Inputs that are not known yet are the same when their
// unknown images are.
func (b *builder) leader(fp *Fingerprint, c *Change) *Change {
	alias := func(a address.Address) string {
		if up := b.changes[a]; up != nil && !up.WaitFor.IsZero() {
			a = up.WaitFor
		}
		return a.String()
	}
	key := string(fp.canonical(alias)) + "\x00"
	if c.Spec.Method.Kind != address.Image { // images are converted from one result
		key += path.Ext(c.Output)
	}
	if first := b.leaders[key]; first != nil {
		return first
	}
	b.leaders[key] = c
	return nil
}

// know records content that stands already.
func (b *builder) know(w *want, c *Change, h lockfile.ContentHash) {
	b.contents[c.Address] = Content{h, h}
	if w.known {
		c.InputsHash = w.inputsHash()
	}
}

// delivered is the content that a result has at a path, where it need not be
// converted for that: what comes out then is known when it is there.
func delivered(e *lockfile.Entry, output string) Content {
	switch c, wanted := ContentOf(e), format.TypeOf(path.Ext(output)); {
	case e.SourceHash.IsZero() && wanted == e.MediaType, e.Output != "" && wanted == format.TypeOf(path.Ext(e.Output)):
		return c
	default:
		return Content{Delivered: c.Delivered}
	}
}

// fits tells whether a result can be delivered at an asset's path: images are
// converted, but not those that are made in the format of their path, nor
// videos.
func (b *builder) fits(mediaType string, s *config.Spec) bool {
	wanted := format.TypeOf(path.Ext(s.Output))
	switch {
	case strings.HasPrefix(mediaType, "video/"):
		return wanted == mediaType
	case b.engines.Derives(s.Provider.Type):
		return wanted == "" || wanted == mediaType
	}
	return true
}
