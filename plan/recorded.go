package plan

import (
	"crypto/sha256"
	"slices"

	"assetform/config/engine"
	"assetform/lockfile"
)

// RecordedCost is a cost as lock and store have it: by unit, without those
// that it has nothing of.
func RecordedCost(c engine.Cost) lockfile.Cost {
	return lockfile.Cost(c.Present())
}

// Contradicts tells that an entry's inputs hash is not that of the inputs it
// records: somebody edited one without the other. By its hash it would be
// taken for a result of other inputs. Where an input is recorded as a digest,
// or the method is not known here, nothing is told.
func Contradicts(engines engine.Registry, e *lockfile.Entry) bool {
	if e.InputsHash.IsZero() {
		return false
	}
	h, ok := recordedHash(engines, e, func(text lockfile.Value) lockfile.Value { return text })
	return ok && e.InputsHash != h
}

// algorithmOf is the way in which an entry's result was derived.
func algorithmOf(e *lockfile.Entry) int64 {
	n, _ := e.Inputs[AlgorithmInput].AsInt()
	return n
}

// NormalHash is the hash that an entry's inputs have today, if that is another
// than the recorded one because a text in them was recorded with line ends or
// byte order marks that it would not have now, or because they are carried out
// in another way now.
func NormalHash(engines engine.Registry, e *lockfile.Entry) (lockfile.InputsHash, bool) {
	odd := false
	for _, v := range e.Inputs {
		text, _ := v.AsText()
		odd = odd || plainText(text) != text
	}
	algorithm := int64(0)
	if m := engines.Method(e.Provider, e.Method); m != nil {
		algorithm = m.Algorithm(func(key string) bool { _, stands := e.Inputs[key]; return stands })
	}
	if !odd && algorithm == algorithmOf(e) {
		return lockfile.InputsHash{}, false
	}
	today := *e
	if today.Inputs = e.Inputs.Clone(); algorithm > 0 {
		today.Inputs[AlgorithmInput] = lockfile.Int(algorithm)
	}
	return recordedHash(engines, &today, func(v lockfile.Value) lockfile.Value {
		if text, ok := v.AsText(); ok {
			return lockfile.Text(plainText(text))
		}
		return v
	})
}

// recordedHash is the hash of an entry's inputs with their parameters as given;
// ok is false where they do not tell.
func recordedHash(engines engine.Registry, e *lockfile.Entry, as func(lockfile.Value) lockfile.Value) (h lockfile.InputsHash, ok bool) {
	m := engines.Method(e.Provider, e.Method)
	if m == nil {
		return h, false
	}
	params, images := map[string]lockfile.Value{}, map[string]any{}
	var revision, candidate int64
	var triggers []string
	for name, v := range e.Inputs {
		_, sensitive := v.AsSensitive()
		_, image := m.Input(name)
		switch {
		case sensitive:
			return h, false
		case name == RevisionInput:
			revision, _ = v.AsInt()
		case name == CandidatesInput, name == lockfile.ReleasedInput:
		case name == CandidateInput:
			candidate, _ = v.AsInt()
		case name == TriggersInput:
			triggers, _ = v.AsStrings()
		case image:
			images[name] = v
		default:
			params[name] = as(v)
		}
	}
	text := hashedText(e.Provider, e.Method, params, images, revision, candidate, triggers)
	return lockfile.InputsHash(sha256.Sum256(text)), true
}

// Shared is what an entry gives other assets with its inputs, if anything: no
// file that a person made and no sketch, nothing of which inputs and hash
// contradict each other, and of several candidates the first, since each other
// one has inputs of its own.
func Shared(engines engine.Registry, e lockfile.Entry) (lockfile.Entry, bool) {
	if e.ByHand() || e.Placeholder || Contradicts(engines, &e) {
		return e, false
	}
	if len(e.Candidates) > 0 {
		if first := e.Candidates[0].ContentHash; first != e.ContentHash && first != e.UpstreamHash() {
			return e, false
		}
		e.Cost = RecordedCost(engine.Cost(e.CandidateShares()[0]))
		e.Candidates, e.Picked = nil, 0
	}
	return e, true
}

// ClearUncharged takes from a result what only one that was charged for has:
// its cost, and the task to ask the server about.
func ClearUncharged(engines engine.Registry, e *lockfile.Entry) {
	if !engines.Charges(e.Provider) {
		e.TaskID, e.Cost = "", nil
	}
}

// FramesFit tells whether an entry's frames are what an atlas of its size can
// have: one for each sprite, within the picture.
func FramesFit(e *lockfile.Entry) bool {
	names, _ := e.Inputs[NamesInput].AsStrings()
	if len(e.Frames) != len(names) && !(e.Adopted && len(e.Frames) == 0) {
		return false
	}
	for name, f := range e.Frames {
		inside := f[0] >= 0 && f[1] >= 0 && f[2] >= 0 && f[3] >= 0 && f[0]+f[2] <= e.Width && f[1]+f[3] <= e.Height
		if len(f) == 8 {
			inside = inside && f[4] >= 0 && f[5] >= 0 && f[4]+f[2] <= f[6] && f[5]+f[3] <= f[7]
		}
		if !inside || !slices.Contains(names, name) {
			return false
		}
	}
	return true
}
