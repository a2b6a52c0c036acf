package report

import (
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/lockfile"
)

// Action is what happened to an asset between two locks.
type Action string

// The actions, in the order of the summary.
const (
	Created Action = "created"
	Changed Action = "changed"
	Moved   Action = "moved" // same content under another address or path
	Deleted Action = "deleted"
)

// actions lists all actions in their order.
var actions = []Action{Created, Changed, Moved, Deleted}

// Change is an asset on which two locks differ.
type Change struct {
	Address         string
	PreviousAddress string // where it stood before, if elsewhere
	Action          Action
	Before, After   *Version // nil: it was not there
}

// kind is that of the asset.
func (c *Change) kind() address.Kind {
	a, _ := address.Parse(c.Address)
	return a.Kind
}

// Video tells whether the asset is a video.
func (c *Change) Video() bool { return c.kind() == address.Video }

// Compare lists the assets on which two locks differ, sorted by address. An
// entry that vanished and one that appeared with the same content and inputs
// are one move; with the same output they are one change.
func Compare(before, after *lockfile.Lock) []Change {
	gone := map[string][]string{} // addresses that vanished, by result
	for _, address := range before.Addresses() {
		if _, stays := after.Assets[address]; !stays {
			key := resultKey(address, before.Assets[address])
			gone[key] = append(gone[key], address)
		}
	}
	var changes []Change
	for _, address := range after.Addresses() {
		now := after.Assets[address]
		was, stood := before.Assets[address]
		key := resultKey(address, now)
		switch {
		case stood && was.Equal(now):
			continue
		case stood && sameResult(was, now) && was.Output != now.Output:
			changes = append(changes, Change{Address: address, Action: Moved, Before: version(was), After: version(now)})
		case stood:
			changes = append(changes, Change{Address: address, Action: Changed, Before: version(was), After: version(now)})
		case len(gone[key]) > 0:
			from := gone[key][0]
			gone[key] = gone[key][1:]
			changes = append(changes, Change{Address: address, PreviousAddress: from, Action: Moved, Before: version(before.Assets[from]), After: version(now)})
		default:
			changes = append(changes, Change{Address: address, Action: Created, After: version(now)})
		}
	}
	left := map[string]string{} // addresses that vanished and went nowhere, by output
	for _, addresses := range gone {
		for _, address := range addresses {
			left[before.Assets[address].Output] = address
		}
	}
	succeeded := map[string]bool{}
	for i := range changes {
		c := &changes[i]
		if from, ok := left[c.After.Entry.Output]; ok && c.Action == Created && sameKind(from, c.Address) {
			c.Action, c.PreviousAddress, c.Before = Changed, from, version(before.Assets[from])
			succeeded[from] = true
		}
	}
	for _, addresses := range gone {
		for _, address := range addresses {
			if succeeded[address] {
				continue
			}
			changes = append(changes, Change{Address: address, Action: Deleted, Before: version(before.Assets[address])})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Address, b.Address) })
	return changes
}

func sameKind(a, b string) bool {
	x, _ := address.Parse(a)
	y, _ := address.Parse(b)
	return x.Kind == y.Kind
}

// All lists the assets of a lock, for a gallery.
func All(lock *lockfile.Lock) []Change { return Compare(lockfile.New(), lock) }

func version(e lockfile.Entry) *Version { return &Version{Entry: e, Hash: e.ContentHash} }

// resultKey identifies what an entry holds, wherever it stands.
func resultKey(text string, e lockfile.Entry) string {
	a, _ := address.Parse(text)
	return string(a.Kind) + e.ContentHash.String() + e.InputsHash.String()
}

func sameResult(a, b lockfile.Entry) bool {
	return a.ContentHash == b.ContentHash && a.InputsHash == b.InputsHash
}

// paidFor tells whether the change brought a new result that was paid for.
func (c *Change) paidFor() bool {
	switch {
	case c.After == nil || c.Action == Moved:
		return false
	case c.Before == nil:
		return true
	}
	was, now := c.Before.Entry, c.After.Entry
	return !sameResult(was, now) && (was.TaskID != now.TaskID || was.UpstreamHash() != now.UpstreamHash())
}
