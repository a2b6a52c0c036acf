package plan

import (
	"fmt"
	"path"
	"strings"

	"assetform/config/address"
	"assetform/lockfile"
)

// What a person made and an asset adopted is theirs: no change replaces or
// deletes it unless --overwrite-adopted names the asset. Nobody else's result
// is taken from it either.

// guardAdopted refuses a change that would replace a file made by hand: the
// asset's own, or that of an entry whose path the asset takes over.
func (b *builder) guardAdopted(c *Change) {
	if c.madeByHand() && b.changesContent(c) && !b.givesUp(c) {
		b.refuseAdopted(c)
		return
	}
	switch c.Action {
	case Create, Update, Restore, Move:
	default:
		return
	}
	owner := b.owners[c.Output]
	if owner == nil || !owner.entry.Adopted || owner.entry == c.Prior {
		return
	}
	state := b.snap.Files[c.Output]
	if !state.Exists() || b.willHold(c, state.Hash) || b.carriesAway(owner) || b.givesUp(c) || b.givenUp(owner.from) {
		return
	}
	b.refuse(c, RefusedAdopted, summaryAdopted, fmt.Sprintf(
		"The file %q was made by hand for %s, and this %s of %s would replace it. "+
			"Keep it as the result of %s with \"assetform adopt %s\", take the mark off with \"assetform adopt --release %s\", "+
			"or give the file up with --overwrite-adopted %s.",
		c.Output, owner.from, c.Action, c.Address, c.Address, word(c.Address), word(owner.from), word(c.Address)))
}

const summaryAdopted = "Output was made by hand"

// madeByHand tells that the recorded result is a person's.
func (c *Change) madeByHand() bool { return c.Prior != nil && c.Prior.Adopted && !c.Prior.Placeholder }

// AdoptedFor tells that a person's file stood as the result of these inputs
// before the change.
func (c *Change) AdoptedFor(h lockfile.InputsHash) bool {
	return c.Prior != nil && c.Prior.ByHand() && !c.Prior.Placeholder && c.Prior.InputsHash == h
}

// recordedAt is the address under which the lock has the asset.
func (c *Change) recordedAt() address.Address {
	if c.PreviousAddress.IsZero() {
		return c.Address
	}
	return c.PreviousAddress
}

// givesUp tells that a flag names the asset, by today's address or the lock's.
func (b *builder) givesUp(c *Change) bool { return b.givenUp(c.Address) || b.givenUp(c.recordedAt()) }

// refuseAdopted names the three ways on. To adopt needs the file, and inputs
// that are known.
func (b *builder) refuseAdopted(c *Change) {
	keep := fmt.Sprintf("Keep it for today's inputs with \"assetform adopt %s\"", word(c.Address))
	file := c.Output
	if !b.snap.Files[file].Exists() {
		file = c.Prior.Output
	}
	switch {
	case !b.snap.Files[file].Exists() && b.hasContent(c.Prior):
		keep = fmt.Sprintf("The file is missing: bring it back with \"assetform restore %s\" and keep it for today's inputs with \"assetform adopt %s\"", word(c.recordedAt()), word(c.Address))
	case !b.snap.Files[file].Exists():
		keep = fmt.Sprintf("The file is missing: bring it back, from git, or from the remote once whoever adopted it has run \"assetform remote push\", and keep it for today's inputs with \"assetform adopt %s\"", word(c.Address))
	case !c.Fingerprint.Known():
		keep = fmt.Sprintf("Its inputs are known after \"assetform apply --exclude %s\": then keep it for them with \"assetform adopt %s\"", word(c.Address), word(c.Address))
	}
	b.refuse(c, RefusedAdopted, summaryAdopted, fmt.Sprintf(
		"The file %q of %s was made by hand, and this %s would replace it (%s). %s, take the mark off with \"assetform adopt --release %s\", "+
			"after which edits generate it again, or give the file up with --overwrite-adopted %s.",
		file, c.Address, c.Action, joinReasons(c.Reasons), keep, word(c.recordedAt()), word(c.Address)))
}

// keepAdopted lets the file of an entry that goes stay, if a person made it,
// and says so.
func (b *builder) keepAdopted(c *Change) {
	if c.KeepFile || !c.madeByHand() || b.givesUp(c) {
		return
	}
	c.KeepFile = true
	b.warnf(nil, "Hand-made file stays", fmt.Sprintf(
		"The lock drops %s, but %q was made by hand, so the file stays. To delete it as well, add --overwrite-adopted %s.",
		c.Address, c.Output, word(c.Address)))
}

// keepOriginal lets a file that a person made stay where it stood if a move
// converts it: its bytes would be nowhere in the tree. What was converted
// before is no original.
func (b *builder) keepOriginal(c *Change) {
	if !c.madeByHand() || !c.Prior.SourceHash.IsZero() || c.PreviousOutput == "" || b.givesUp(c) || sameFormat(c.PreviousOutput, c.Output) || !b.snap.Files[c.PreviousOutput].Exists() {
		return
	}
	c.KeepFile = true
	b.warnf(c.Spec.OutputRange.Ptr(), "Hand-made file stays", fmt.Sprintf(
		"%s is converted for %q, and %q was made by hand, so that stays as well. To have it removed, add --overwrite-adopted %s.",
		c.Address, c.Output, c.PreviousOutput, word(c.Address)))
}

// sameFormat tells that a file can go from one path to the other as it is.
func sameFormat(a, b string) bool {
	format := func(p string) string {
		ext := strings.ToLower(path.Ext(p))
		if ext == ".jpeg" {
			return ".jpg"
		}
		return ext
	}
	return format(a) == format(b)
}

// carriesAway tells that this plan moves the entry's file elsewhere.
func (b *builder) carriesAway(l *located) bool {
	c := b.changes[l.by]
	return c != nil && c.Action == Move && c.Output != l.entry.Output && !c.KeepFile
}

// adopted finds the file that a person gave this asset for these inputs.
func (b *builder) adopted(w *want) (lockfile.Entry, bool) {
	if b.snap.Adopted == nil {
		return lockfile.Entry{}, false
	}
	e, ok := b.snap.Adopted(w.spec.Address, w.inputsHash())
	return e, ok && b.settles(w, &e)
}

// replaceable tells that a content may be overwritten at a path because the
// store holds it. A person's may not, even after its entry has gone from the
// lock, unless it is known that assetform wrote it there.
func (b *builder) replaceable(path string, h lockfile.ContentHash) bool {
	if !b.snap.HasBlob(h) {
		return false
	}
	return b.snap.HandMade == nil || !b.snap.HandMade(h) || b.snap.Wrote != nil && b.snap.Wrote(path, h)
}
