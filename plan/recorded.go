package plan

import (
	"assetform/config/method"
	"assetform/lockfile"
)

// RecordedCost is a cost as lock and store have it: by unit, without those
// that it has nothing of.
func RecordedCost(c method.Cost) lockfile.Cost {
	by := lockfile.Cost{}
	for unit, n := range map[string]int{"image_credits": c.ImageCredits, "videos": c.Videos} {
		if n != 0 {
			by[unit] = n
		}
	}
	return by
}

// Shared is what an entry gives other assets with its inputs, if anything: no
// file that a person made and no sketch, and of several candidates the first,
// since each other one has inputs of its own.
func Shared(e lockfile.Entry) (lockfile.Entry, bool) {
	if e.Adopted || e.Placeholder {
		return e, false
	}
	if len(e.Candidates) > 0 {
		if first := e.Candidates[0].ContentHash; first != e.ContentHash && first != e.UpstreamHash() {
			return e, false
		}
		e.Candidates, e.Picked = nil, 0
	}
	return e, true
}

// ClearUncharged takes from a result what only one that was charged for has:
// its cost, and the task to ask the server about.
func ClearUncharged(e *lockfile.Entry) {
	if !Charges(e.Provider) {
		e.TaskID, e.Cost = "", nil
	}
}
