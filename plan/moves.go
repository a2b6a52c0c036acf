package plan

import (
	"fmt"
	"slices"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/pathname"
	"assetform/lockfile"
)

// followMovedBlocks gives entries the address that moved blocks say, chains
// included. An entry whose new address has one of its own, or is not in the
// configuration, stays where it is, and the plan says so.
func (b *builder) followMovedBlocks() {
	if len(b.project.Moved) == 0 {
		return
	}
	next := make(map[address.Address]*located, len(b.entries))
	for _, l := range b.list {
		at, first := l.at, (*config.Moved)(nil)
		for range b.project.Moved { // a chain is at most as long as the list
			to, by := b.movedTo(at)
			if by == nil {
				break
			}
			if at = to; first == nil {
				first = by
			}
		}
		switch _, stands := b.entries[at]; {
		case at == l.at:
		case stands || next[at] != nil:
			b.stuck = append(b.stuck, stuckMove{l, at, first})
		case b.project.Spec(at) != nil || b.removed(at) != nil:
			l.at = at
		default:
			b.stuck = append(b.stuck, stuckMove{l, at, first})
		}
		next[l.at] = l
	}
	b.entries = next
}

// warnStuck says which moved blocks are not carried out, and what becomes of
// the entries that they name.
func (b *builder) warnStuck() {
	const most = 3 // of one block: that of a module may name hundreds
	said := map[*config.Moved]int{}
	for _, s := range b.stuck {
		from := s.entry.from
		if !b.selected(from) {
			continue
		}
		if said[s.block]++; said[s.block] > most {
			continue
		}
		why := fmt.Sprintf("the configuration has no %s", s.to)
		hint := "Name an address that it has, or rename the entry with \"assetform lock mv\"."
		if b.project.Spec(s.to) != nil {
			why = fmt.Sprintf("%s has an entry of its own in the lock, and keeps it", s.to)
			hint = fmt.Sprintf("To have the result of %s there instead, run \"assetform lock rm %s\" first; else remove the block.", from, word(s.to))
		}
		fate := ""
		switch c := b.changes[from]; {
		case s.entry.by != from && !s.entry.by.IsZero():
			fate = fmt.Sprintf(" %s takes the entry over instead.", s.entry.by)
		case c == nil || c.Prior != s.entry.entry:
		case c.Action == Delete && c.KeepFile:
			fate = fmt.Sprintf(" This plan drops the entry of %s; no file goes.", from)
		case c.Action == Delete:
			fate = fmt.Sprintf(" This plan deletes %s and its file %q.", from, c.Output)
		}
		b.warnf(s.block.Range.Ptr(), "Move is not carried out", fmt.Sprintf("%s cannot become %s: %s.%s %s", from, s.to, why, fate, hint))
	}
	for i := range b.project.Moved {
		if m := &b.project.Moved[i]; said[m] > most {
			b.warnf(m.Range.Ptr(), "Move is not carried out", fmt.Sprintf("So it is with %s that this block names.", diag.Count(said[m]-most, "more asset")))
		}
	}
}

func (b *builder) movedTo(a address.Address) (address.Address, *config.Moved) {
	for i, m := range b.project.Moved {
		if to, ok := m.Rewrite(a); ok {
			return to, &b.project.Moved[i]
		}
	}
	return a, nil
}

// predecessor finds the entry that a new asset continues though its inputs may
// differ: one that nothing wants at its own address any more, and whose output
// the asset takes over. A block that gets or loses count, or is renamed in the
// same edit as its prompt, is still the same asset: its protection and the
// mark that a person made it must not get lost with the name. What is derived
// is made again for nothing, and continues nothing.
func (b *builder) predecessor(s *config.Spec) *located {
	l := b.folded[pathname.Fold(s.Output)]
	if l == nil || l.taken || b.entries[s.Address] != nil || l.at.Kind != s.Address.Kind || b.engines.Derives(s.Provider.Type) ||
		b.project.Spec(l.at) != nil || b.removed(l.from) != nil || b.removed(l.at) != nil {
		return nil
	}
	if _, imports := b.imports[s.Address]; imports {
		return nil // the file, and not the entry
	}
	return l
}

// succeed gives the new assets of one level their predecessors' entries, as
// moved blocks would.
func (b *builder) succeed(wanted []*want) {
	paired := map[*located]bool{}
	for _, w := range wanted {
		paired[w.entry] = true
	}
	for _, w := range wanted {
		if w.entry != nil {
			continue
		}
		if l := b.predecessor(w.spec); l != nil && !paired[l] {
			delete(b.entries, l.at)
			l.at = w.spec.Address
			b.entries[l.at] = l
			w.take(l, b)
			w.succeeds = true
		}
	}
}

// want is a wanted asset while it is being decided.
type want struct {
	spec  *config.Spec
	fp    Fingerprint
	known bool
	hash  lockfile.InputsHash // once it was asked for
	entry *located            // its entry: own, moved here or paired
	diff  difference          // against that entry
	same  bool                // the entry's result is still the right one
	asked bool                // --replace, or one that was interrupted
	// succeeds tells that the entry is a predecessor's, which no block names.
	succeeds bool
	// unkept tells that the output is a candidate that nobody picked, and which is
	// not asked for any more.
	unkept bool
	drawn  bool // a placeholder, with the inputs hash of the engine that draws it
}

func (b *builder) newWant(s *config.Spec) *want {
	w := &want{spec: s, fp: NewFingerprint(b.engines, s, b.snap.Files).With(b.content)}
	if b.engines.Derives(s.Provider.Type) && s.Address.Kind.Picture() {
		w.fp.Params = slices.Clip(w.fp.Params)
		for _, p := range []config.Param{{Name: CreditInput, Value: b.project.Provenance.Credit}, {Name: RightsInput, Value: b.project.Provenance.Rights}} {
			if p.Value != "" {
				w.fp.Params = append(w.fp.Params, p)
			}
		}
	}
	if s.Address.Kind == address.Export {
		w.fp.Params = append(slices.Clip(w.fp.Params), config.Param{Name: RecordsInput, Value: b.records(s)})
	}
	w.fp.Provider = s.Own().Type
	w.known = w.fp.Known()
	if l := b.entries[s.Address]; l != nil {
		w.take(l, b)
	}
	w.ask(b)
	return w
}

// records is a digest of what an export says of its assets that their content
// does not tell, and of where it says it: paths may be told from there.
func (b *builder) records(s *config.Spec) string {
	text := fmt.Appendf(nil, "%q\n", s.Output)
	if s.LeavesDir() {
		text = fmt.Appendf(text, "in %q\n", s.Dir)
	}
	for _, in := range s.Inputs {
		up := b.project.Spec(in.Upstream)
		if up == nil {
			continue
		}
		if up.LeavesDir() {
			text = fmt.Appendf(text, "in %q ", s.Dir)
		}
		text = fmt.Appendf(text, "%q %q %q", up.Address, up.Output, up.Alt)
		for _, of := range up.Inputs {
			text = fmt.Appendf(text, " %q %q", of.Upstream, of.Member)
		}
		text = append(b.settings(text, up), '\n')
	}
	return lockfile.HashBytes(text).String()
}

// settings appends what an export tells of the way in which an asset is derived
// though its pixels may not: the frames of an atlas, and whether a variant is its
// source in another size.
func (b *builder) settings(text []byte, s *config.Spec) []byte {
	if !b.engines.Derives(s.Provider.Type) {
		return text
	}
	for _, p := range s.Params {
		_, choice := p.Value.(string)
		switch {
		case p.IsDefault:
		case s.Address.Kind == address.Variant && !choice: // how large it is its pixels tell
			text = fmt.Appendf(text, " %s", p.Name)
		default:
			text = fmt.Appendf(text, " %s=%s", p.Name, canonicalJSON(recorded(p)))
		}
	}
	return text
}

// ask finds whether another take was asked for.
func (w *want) ask(b *builder) {
	w.asked = b.requested(w.spec.Address)
	if requests := b.snap.Requested[w.spec.Address]; len(requests) > 0 && !w.asked && w.known {
		for k := 1; k <= w.spec.Candidates && !w.asked; k++ {
			fp := w.fp.CandidateOf(w.spec.Method, k)
			w.asked = requests[fp.Hash()] != RequestDone
		}
	}
}

func (w *want) take(l *located, b *builder) {
	w.entry = l
	w.diff = compare(&w.fp, l.entry, w.spec.Lifecycle, b.madeByOther)
	w.same = w.diff.none()
}

// aged tells that the entry's result was derived in another way than one would
// be today.
func (w *want) aged() bool {
	return w.entry != nil && algorithmOf(w.entry.entry) != w.fp.Algorithm()
}

// inputsHash is the fingerprint's hash; the fingerprint must be known.
func (w *want) inputsHash() lockfile.InputsHash {
	if w.hash.IsZero() {
		w.hash = w.fp.Hash()
	}
	return w.hash
}

func (b *builder) content(a address.Address) Content { return b.contents[a] }

// madeByOther tells whether a recorded input image is the content of an asset
// other than the given upstream: then the reference was edited, and the
// upstream did not change.
func (b *builder) madeByOther(h lockfile.ContentHash, upstream address.Address) bool {
	if l := b.entries[upstream]; l != nil && (l.entry.UpstreamHash() == h || l.entry.ContentHash == h) {
		return false
	}
	if b.madeBy == nil {
		b.madeBy = make(map[lockfile.ContentHash]bool, len(b.entries))
		for _, l := range b.entries {
			b.madeBy[l.entry.UpstreamHash()], b.madeBy[l.entry.ContentHash] = true, true
		}
	}
	return b.madeBy[h]
}

// pairMoves finds, for assets of one level whose own entry does not fit, an
// entry elsewhere that does. The entry of an address that is not wanted any
// more is free. So is the entry of a wanted address that itself takes over
// another entry, and an asset that has an entry takes over another only if
// somebody takes over its own: names that were swapped or shifted are moves
// on all sides, while an asset with an edited prompt keeps its entry and its
// old output until the new one is there, and nobody's entry gets lost.
// Entries are given out by equal output first, then in address order.
func (b *builder) pairMoves(wanted []*want) {
	open := map[lockfile.InputsHash][]*want{}
	displaced := map[address.Address]bool{}
	for _, w := range wanted {
		if w.same || w.asked || !w.known || len(b.byHash[w.inputsHash()]) == 0 {
			continue
		}
		if _, imports := b.imports[w.spec.Address]; imports && w.entry == nil {
			continue
		}
		open[w.hash] = append(open[w.hash], w)
		if w.entry != nil {
			displaced[w.spec.Address] = true
		}
	}
	for {
		pairs := b.pairAll(open, displaced)
		if closed(pairs, open, displaced) {
			for w, l := range pairs {
				w.take(l, b)
				w.same = true
			}
			return
		}
	}
}

// closed tells whether every entry that leaves a wanted address is replaced
// and every replaced entry is taken over. Where one is not, that asset keeps
// its own entry and is taken out of the search.
func closed(pairs map[*want]*located, open map[lockfile.InputsHash][]*want, displaced map[address.Address]bool) bool {
	gets, gives := map[address.Address]bool{}, map[*located]bool{}
	for w, l := range pairs {
		gets[w.spec.Address], gives[l] = true, true
	}
	ok := true
	for w, l := range pairs {
		if displaced[l.at] && !gets[l.at] {
			delete(displaced, l.at)
			ok = false
		}
		if w.entry != nil && !gives[w.entry] {
			open[w.hash] = slices.DeleteFunc(open[w.hash], func(other *want) bool { return other == w })
			delete(displaced, w.spec.Address)
			ok = false
		}
	}
	return ok
}

// pairAll gives the free entries to the assets that want their inputs.
func (b *builder) pairAll(open map[lockfile.InputsHash][]*want, displaced map[address.Address]bool) map[*want]*located {
	pairs := map[*want]*located{}
	for hash, wants := range open {
		given := map[*located]bool{}
		free := func(l *located, w *want) bool {
			if given[l] || l.taken || l.from != l.at || l.at == w.spec.Address || l.at.Kind != w.spec.Address.Kind {
				return false
			}
			if b.project.Spec(l.at) != nil && !displaced[l.at] || w.drawn && !l.entry.Placeholder {
				return false
			}
			return b.movable(l)
		}
		for _, w := range wants {
			for _, l := range b.byHash[hash] {
				if l.entry.Output == w.spec.Output && free(l, w) {
					pairs[w], given[l] = l, true
					break
				}
			}
		}
		for _, w := range wants {
			if pairs[w] != nil {
				continue
			}
			for _, l := range b.byHash[hash] {
				if free(l, w) {
					pairs[w], given[l] = l, true
					break
				}
			}
		}
	}
	return pairs
}

// movable tells whether there is anything to move: the file stands, perhaps
// changed by hand, or its content is stored; and that it is a result of the
// inputs that it was found by.
func (b *builder) movable(l *located) bool {
	return (b.snap.Files[l.entry.Output].Exists() || b.hasContent(l.entry)) && !Contradicts(b.engines, l.entry)
}

// hasContent tells whether the store holds what the entry delivers, or the
// delivered file that it was converted from, or git has it.
func (b *builder) hasContent(e *lockfile.Entry) bool { return b.storesContent(e) || b.keptIn(e) != "" }

func (b *builder) storesContent(e *lockfile.Entry) bool {
	return b.snap.HasBlob(e.ContentHash) || !e.SourceHash.IsZero() && b.snap.HasBlob(e.SourceHash)
}

// keptIn tells in which commit git has the content of an entry that the store
// does not hold. What is derived is made again.
func (b *builder) keptIn(e *lockfile.Entry) string {
	if b.snap.Kept == nil || b.engines.Derives(e.Provider) && !e.Adopted {
		return ""
	}
	return b.snap.Kept(e)
}
