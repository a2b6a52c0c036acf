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

// ClearUncharged takes from a result what only one that was charged for has:
// its cost, and the task to ask the server about.
func ClearUncharged(e *lockfile.Entry) {
	if e.Provider != ProviderPaid {
		e.TaskID, e.Cost = "", nil
	}
}
