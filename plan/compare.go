package plan

import (
	"slices"

	"assetform/config"
	"assetform/config/address"
	"assetform/lockfile"
)

// difference is how today's inputs differ from the recorded ones.
type difference struct {
	placeholder bool // a sketch stands for the result, and nothing it was drawn from counts
	provider    bool
	revision    bool
	inputs      []string          // names of differing inputs, sorted
	changed     []address.Address // upstreams and triggers whose content is known and differs
	unknown     []address.Address // upstreams and triggers whose content is not known yet
}

// none tells that nothing differs.
func (d *difference) none() bool { return !d.certain() && len(d.unknown) == 0 }

// certain tells that something differs whatever the unknown contents turn
// out to be.
func (d *difference) certain() bool {
	return d.placeholder || d.provider || d.revision || len(d.inputs) > 0 || len(d.changed) > 0
}

// names lists the inputs that differ.
func (d *difference) names() []string {
	list := slices.Clone(d.inputs)
	if d.revision {
		list = append(list, RevisionInput)
	}
	return list
}

// reasons lists the difference in the order that plans have.
func (d *difference) reasons() []Reason {
	var r []Reason
	if d.placeholder {
		return append(r, ReasonPlaceholder)
	}
	for _, name := range d.inputs {
		r = append(r, inputReason(name))
	}
	upstreams := slices.Concat(d.changed, d.unknown)
	slices.SortFunc(upstreams, address.Address.Compare)
	for _, a := range slices.Compact(upstreams) {
		r = append(r, upstreamReason(a))
	}
	if d.revision {
		r = append(r, ReasonRevision)
	}
	if d.provider {
		r = append(r, ReasonProvider)
	}
	return r
}

// Same tells whether the recorded result still has today's inputs. Inputs
// that the lifecycle ignores do not count, nor do triggers that were only
// added or removed, nor the algorithm of what was derived. The fingerprint must be Known.
//
// Recorded inputs are compared value by value rather than by their hash: the
// hash adds nothing to them, and a hash of an older version must not
// regenerate anything.
func Same(f *Fingerprint, prior *lockfile.Entry, lc config.Lifecycle) bool {
	d := compare(f, prior, lc, nil)
	return d.none()
}

// compare finds what differs between today's inputs and a recorded result.
// made tells whether content is known to be another asset's than the given
// upstream: then the reference itself was edited. It may be nil.
func compare(f *Fingerprint, prior *lockfile.Entry, lc config.Lifecycle, madeByOther func(lockfile.ContentHash, address.Address) bool) difference {
	var d difference
	d.provider = prior.Provider != f.Provider
	if d.provider && prior.Placeholder {
		return difference{placeholder: true}
	}
	recordedRevision, _ := prior.Inputs[RevisionInput].AsInt()
	d.revision = recordedRevision != f.Revision && !ignored(lc, RevisionInput)

	seen := 0 // recorded inputs that were looked at
	for _, p := range f.Params {
		was, stood := prior.Inputs[p.Name]
		if stood {
			seen++
		}
		if p.Name == AlgorithmInput || ignored(lc, p.Name) {
			continue
		}
		if p.IsDefault && stood && !SameInput(was, recorded(p)) || !p.IsDefault && (!stood || !SameInput(was, recorded(p)) && !formerly(was, p)) {
			d.inputs = append(d.inputs, p.Name)
		}
	}
	for i := 0; i < len(f.Images); {
		n := 1
		for i+n < len(f.Images) && f.Images[i+n].Name == f.Images[i].Name {
			n++
		}
		if _, stood := prior.Inputs[f.Images[i].Name]; stood {
			seen++
		}
		if !ignored(lc, f.Images[i].Name) {
			d.compareImages(f.Images[i:i+n], prior.Inputs[f.Images[i].Name], madeByOther)
		}
		i += n
	}
	for _, name := range []string{RevisionInput, TriggersInput, CandidatesInput, lockfile.ReleasedInput} {
		if _, stood := prior.Inputs[name]; stood {
			seen++
		}
	}
	if seen < len(prior.Inputs) {
		d.addVanished(f, prior.Inputs, lc)
	}
	d.compareTriggers(f.Triggers, prior.Inputs[TriggersInput])
	slices.Sort(d.inputs)
	d.inputs = slices.Compact(d.inputs)
	return d
}

func ignored(lc config.Lifecycle, name string) bool {
	return lc.IgnoreAll || slices.Contains(lc.IgnoreChanges, name)
}

// compareImages compares the images of one input with what was recorded.
func (d *difference) compareImages(images []Image, was lockfile.Value, madeByOther func(lockfile.ContentHash, address.Address) bool) {
	name := images[0].Name
	var hashes []string
	if images[0].List {
		hashes, _ = was.AsStrings()
	} else if text, ok := was.AsText(); ok && text != "" {
		hashes = []string{text}
	}
	if len(hashes) != len(images) {
		d.inputs = append(d.inputs, name)
	}
	for i, im := range images {
		if i >= len(hashes) {
			if im.Hash.IsZero() {
				d.unknown = append(d.unknown, im.Upstream)
			}
			continue
		}
		if !im.Hash.IsZero() && im.Hash.String() == hashes[i] {
			continue
		}
		recordedHash, err := lockfile.ParseContentHash(hashes[i])
		edited := im.Upstream.IsZero() || err != nil ||
			madeByOther != nil && madeByOther(recordedHash, im.Upstream)
		switch {
		case edited:
			d.inputs = append(d.inputs, name)
		case im.Hash.IsZero():
			d.unknown = append(d.unknown, im.Upstream)
		default:
			d.changed = append(d.changed, im.Upstream)
		}
	}
}

// addVanished names recorded inputs that today's method has no value for.
func (d *difference) addVanished(f *Fingerprint, was lockfile.Inputs, lc config.Lifecycle) {
	for name := range was {
		if name == RevisionInput || name == TriggersInput || name == AlgorithmInput || name == CandidatesInput || name == lockfile.ReleasedInput || ignored(lc, name) {
			continue
		}
		has := slices.ContainsFunc(f.Params, func(p config.Param) bool { return p.Name == name }) ||
			slices.ContainsFunc(f.Images, func(im Image) bool { return im.Name == name })
		if !has {
			d.inputs = append(d.inputs, name)
		}
	}
}

// compareTriggers finds triggers whose content changed since it was recorded.
// Only hashes are recorded, so a trigger counts as changed when a recorded
// hash has gone and it is not explained by the list having only shrunk.
func (d *difference) compareTriggers(today []Trigger, was lockfile.Value) {
	recorded, _ := was.AsStrings()
	missing := slices.Clone(recorded)
	var fresh []Trigger
	for _, t := range today {
		if i := slices.Index(missing, t.Hash.String()); !t.Hash.IsZero() && i >= 0 {
			missing = slices.Delete(missing, i, i+1)
		} else {
			fresh = append(fresh, t)
		}
	}
	if len(missing) == 0 {
		return // the same ones, or some were added
	}
	for _, t := range fresh {
		if t.Hash.IsZero() {
			d.unknown = append(d.unknown, t.Address)
		} else {
			d.changed = append(d.changed, t.Address)
		}
	}
}
