package lockfile

import (
	"maps"
	"slices"
)

// Side names one of the two locks that are merged.
type Side uint8

// The sides, in git's words: ours is the branch that is checked out.
const (
	Ours Side = iota
	Theirs
)

func (s Side) String() string {
	if s == Theirs {
		return "theirs"
	}
	return "ours"
}

// Cause says why a side was taken.
type Cause uint8

const (
	// OneChanged: only that side differs from the base.
	OneChanged Cause = iota
	// OtherDeleted: that side changed the entry and the other deleted it.
	OtherDeleted
	// Wanted: both sides changed the entry, and the configuration on disk asks
	// for the inputs of that side alone.
	Wanted
	// Undecided: both sides changed the entry and the configuration does not
	// tell them apart, so ours was taken.
	Undecided
	// OnlyResult: both sides changed the entry, and the other one has a
	// placeholder.
	OnlyResult
	// OnlyPick: both sides changed the entry for the same inputs, and that side
	// alone has a pick, or alone changed the one that stood at the base.
	OnlyPick
	// OtherPick: both sides picked, not the same and not what the base had, so
	// ours was taken.
	OtherPick
)

func (c Cause) String() string {
	switch c {
	case OneChanged:
		return "changed on one side"
	case OtherDeleted:
		return "deleted on the other side"
	case Wanted:
		return "wanted by the configuration"
	case OnlyResult:
		return "a placeholder on the other side"
	case OnlyPick:
		return "picked on that side alone"
	case OtherPick:
		return "picked on both sides"
	default:
		return "changed on both sides"
	}
}

// Decision is how one address on which the sides differ was settled.
type Decision struct {
	Address string
	Side    Side
	Cause   Cause
	Deleted bool // the side that was taken has no entry
}

// Spare is an entry that the merged lock does not hold. Its result was paid
// for: it must become a record of the store, so that whatever configuration is
// settled on is restored and not generated again.
type Spare struct {
	Address string
	Side    Side // where the entry stood
	Entry   Entry
}

// MergeResult tells what Merge did, both lists sorted by address.
type MergeResult struct {
	Decisions []Decision
	Spares    []Spare
}

// Merge joins the locks of two branches asset by asset.
//
//   - An entry that one side changed, added or deleted since base: that side.
//   - Changed or added on both, and one side has a placeholder: the other.
//   - Changed or added on both for the same inputs, and one side has picked
//     among candidates since base: that side; where both have, ours. Either way
//     it gets the candidates that the other side alone has.
//   - Changed or added on both otherwise: the side whose inputs hash prefer returns for
//     the address, else ours. Prefer returns false for an address that the
//     configuration on disk does not have; a nil prefer knows none.
//   - Deleted on one side and changed on the other: the changed entry stays.
//     If no configuration wants it, the next plan says so.
//
// A nil base, for sides whose common ancestor is unknown, counts as empty:
// then nothing is deleted. The merged lock has the newest version of the three.
// The arguments are not changed, and it shares the entries' inputs with them.
func Merge(base, ours, theirs *Lock, prefer func(address string) (InputsHash, bool)) (merged *Lock, result MergeResult) {
	legacy := ours.legacy && theirs.legacy && (base == nil || base.legacy)
	if base == nil {
		base = New()
	}
	addresses := maps.Clone(ours.Assets)
	if addresses == nil {
		addresses = map[string]Entry{}
	}
	maps.Copy(addresses, theirs.Assets)
	merged = &Lock{Assets: make(map[string]Entry, len(addresses)), Dir: ours.Dir, legacy: legacy}
	for _, address := range slices.Sorted(maps.Keys(addresses)) {
		ourEntry, theirEntry := entryOf(ours, address), entryOf(theirs, address)
		taken := ourEntry
		if !ourEntry.same(theirEntry) {
			d := decide(address, entryOf(base, address), ourEntry, theirEntry, prefer)
			spare := Spare{Address: address, Side: Theirs, Entry: theirEntry.entry}
			left := theirEntry
			if d.Side == Theirs {
				taken, left = theirEntry, ourEntry
				spare.Side, spare.Entry = Ours, ourEntry.entry
			}
			d.Deleted = !taken.exists
			result.Decisions = append(result.Decisions, d)
			if d.Cause != OneChanged && taken.exists && left.exists {
				taken.entry = taken.entry.joinCandidates(&left.entry)
			}
			if left.exists {
				result.Spares = append(result.Spares, spare)
			}
		}
		if taken.exists {
			merged.Assets[address] = taken.entry
		}
	}
	return merged, result
}

// decide settles an address on which the sides differ.
func decide(address string, base, ours, theirs optionalEntry, prefer func(string) (InputsHash, bool)) Decision {
	d := Decision{Address: address}
	switch {
	case theirs.same(base):
		return d
	case ours.same(base):
		d.Side = Theirs
		return d
	case !theirs.exists:
		d.Cause = OtherDeleted
		return d
	case !ours.exists:
		d.Side, d.Cause = Theirs, OtherDeleted
		return d
	}
	if ours.entry.Placeholder != theirs.entry.Placeholder {
		d.Cause = OnlyResult
		if ours.entry.Placeholder {
			d.Side = Theirs
		}
		return d
	}
	d.Cause = Undecided
	if ours.entry.InputsHash == theirs.entry.InputsHash {
		return decidePick(d, &base.entry, &ours.entry, &theirs.entry)
	}
	if prefer == nil {
		return d
	}
	switch wanted, ok := prefer(address); {
	case ok && wanted == ours.entry.InputsHash:
		d.Cause = Wanted
	case ok && wanted == theirs.entry.InputsHash:
		d.Side, d.Cause = Theirs, Wanted
	}
	return d
}

// decidePick settles two entries of equal inputs by what was picked. A pick
// is a person's, so one that only one side has is not lost. One that stood at
// the base is of neither side: the file is that of whoever changed it.
func decidePick(d Decision, base, ours, theirs *Entry) Decision {
	our, their, old := ours.choice(), theirs.choice(), choice{}
	if base.InputsHash == ours.InputsHash {
		old = base.choice()
	}
	switch {
	case our == their:
	case their == old:
		d.Cause = OnlyPick
	case our == old:
		d.Side, d.Cause = Theirs, OnlyPick
	case their.number == 0:
		d.Cause = OnlyPick
	case our.number == 0:
		d.Side, d.Cause = Theirs, OnlyPick
	default:
		d.Cause = OtherPick
	}
	return d
}

type optionalEntry struct {
	entry  Entry
	exists bool
}

func entryOf(l *Lock, address string) optionalEntry {
	e, ok := l.Assets[address]
	return optionalEntry{e, ok}
}

func (o optionalEntry) same(other optionalEntry) bool {
	return o.exists == other.exists && o.entry.Equal(other.entry)
}
