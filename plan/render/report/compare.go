package report

import (
	"assetform/config/address"
	"assetform/lockfile"
	"assetform/plan/since"
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

// Compare lists the assets on which two locks differ, sorted by address.
func Compare(before, after *lockfile.Lock) []Change {
	var changes []Change
	for _, p := range since.Pairs(before, after) {
		c := Change{Address: p.Address, PreviousAddress: p.PreviousAddress, Action: Changed}
		switch {
		case p.Before == nil:
			c.Action = Created
		case p.After == nil:
			c.Action = Deleted
		case p.Moved():
			c.Action = Moved
		}
		if p.Before != nil {
			c.Before = version(*p.Before)
		}
		if p.After != nil {
			c.After = version(*p.After)
		}
		changes = append(changes, c)
	}
	return changes
}

// All lists the assets of a lock, for a gallery.
func All(lock *lockfile.Lock) []Change { return Compare(lockfile.New(), lock) }

func version(e lockfile.Entry) *Version { return &Version{Entry: e, Hash: e.ContentHash} }

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
