package plan

import (
	"assetform/config"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Action is what a plan does with one asset.
type Action string

// The actions, in the order in which the first that applies is taken.
const (
	Forget  Action = "forget"  // drop the entry, keep the file
	Delete  Action = "delete"  // drop the entry and the file
	Import  Action = "import"  // take the file that stands as today's result
	NoOp    Action = "no-op"   // everything agrees
	Move    Action = "move"    // same inputs, another address or output path
	Restore Action = "restore" // bring back a stored result
	Update  Action = "update"  // generate again
	Create  Action = "create"  // generate
)

// Actions lists all actions in the order of a plan's summary.
var Actions = []Action{Create, Update, Restore, Move, Import, Delete, Forget, NoOp}

// Sign is the mark that people see before an address.
func (a Action) Sign() string {
	switch a {
	case Forget:
		return "."
	case Delete:
		return "-"
	case Import:
		return "="
	case Move:
		return ">"
	case Restore:
		return "<"
	case Update:
		return "~"
	case Create:
		return "+"
	}
	return " "
}

// Generates tells whether the action sends a request.
func (a Action) Generates() bool { return a == Create || a == Update }

// Reason says why a change is planned, in the form that the plan's JSON has.
type Reason string

// The reasons without an operand.
const (
	ReasonNew         Reason = "new"
	ReasonMissingFile Reason = "missing_file"
	// ReasonDerived says that the file of a derived asset is missing.
	ReasonDerived   Reason = "derived"
	ReasonRequested Reason = "requested"
	ReasonRevision  Reason = "revision"
	ReasonProvider  Reason = "provider"
	ReasonResume    Reason = "resume"
	ReasonMoved     Reason = "moved"
	// ReasonPlaceholder says that a sketch stands where the result belongs.
	ReasonPlaceholder Reason = "placeholder"
	// ReasonCandidates says that candidates are missing to pick from.
	ReasonCandidates Reason = "candidates"
	// ReasonOtherResult says that the content which the lock names is nowhere, and
	// that another result of the same inputs takes its place.
	ReasonOtherResult Reason = "other_result"
	// ReasonNotOurs says that the file that the change would take away stays,
	// because nothing shows that assetform wrote it.
	ReasonNotOurs Reason = "not_ours"
)

// inputReason says that an input differs: "input:prompt".
func inputReason(name string) Reason { return Reason("input:" + name) }

// upstreamReason says that the content of an upstream asset differs or is not
// known yet: "upstream:image.knight".
func upstreamReason(a address.Address) Reason { return Reason("upstream:" + a.String()) }

// sameInputsReason says that another asset generates with equal inputs:
// "same_inputs:image.a".
func sameInputsReason(a address.Address) Reason { return Reason("same_inputs:" + a.String()) }

// pickReason says that somebody has to pick among an asset's candidates first:
// "pick:image.boss".
func pickReason(a address.Address) Reason { return Reason(pickPrefix + a.String()) }

const pickPrefix = "pick:"

// Pick is the asset that a reason says is to be picked first.
func (r Reason) Pick() (address.Address, bool) {
	text, ok := strings.CutPrefix(string(r), pickPrefix)
	if !ok {
		return address.Address{}, false
	}
	a, err := address.Parse(text)
	return a, err == nil
}

// Change is what a plan does with one asset.
type Change struct {
	Address address.Address
	Action  Action
	Reasons []Reason

	Method   string // API method; of the lock's entry for deletes
	Provider string // provider type
	Output   string // path relative to the root module's directory

	// PreviousAddress and PreviousOutput say where the entry stood before;
	// each is zero when it did not change.
	PreviousAddress address.Address
	PreviousOutput  string

	Conditional bool // runs only if an upstream's bytes really change
	Drifted     bool // the file differs from the lock
	// Stands says of a drifted output what stands there, as a clause, if it is
	// no result that a person made and "adopt" would take.
	Stands string
	Cost   engine.Cost

	// Placeholder tells that what stands afterwards is a sketch in a result's
	// place.
	Placeholder bool

	// Candidates are the results to pick from, in order; nil where there is one,
	// and where none of several is to be had that the lock does not name.
	Candidates []Candidate
	// KeepOutput tells that the output stays as it is: only candidates come or go.
	KeepOutput bool
	// Dropped is how many candidates go that are not asked for any more, of an
	// entry that stays otherwise, or moves, or gets its file back.
	Dropped int
	// Unpicked tells that there will be several candidates of which nobody has
	// picked one.
	Unpicked bool
	// Waits tells that the change is not carried out before somebody has picked
	// among an upstream's candidates; Reasons name the upstreams.
	Waits bool

	// Spec is the wanted asset; nil for delete and forget.
	Spec *config.Spec
	// Prior is the lock's entry of this asset, wherever it stood; nil when
	// there is none.
	Prior *lockfile.Entry
	// Fingerprint holds today's inputs; images that are to be generated have
	// no hash yet. Zero for delete and forget.
	Fingerprint Fingerprint
	// InputsHash is the fingerprint's hash; zero while it is not known.
	InputsHash lockfile.InputsHash
	// Stored is the result that a restore or move writes, where it is not the
	// prior entry's own; nil otherwise.
	Stored *Stored
	// From is where the bytes are that a restore or move writes: the commit in
	// which git has them, or FromRemote; "" where they are stored, or stand
	// somewhere.
	From string
	// WaitFor is the asset with equal inputs that carries the cost.
	WaitFor address.Address
	// KeepFile tells that a delete drops only the entry (another asset takes
	// the path, the file is already gone, it is not ours, or a person made it),
	// and that another change leaves the file at PreviousOutput where it is (it
	// is not ours, or is converted and a person made it).
	KeepFile bool
	// Protect is what the lock's entry shall say after this change.
	Protect []string
	// Held is protection that the entry of a predecessor has: it holds for this
	// change, whatever the block says that takes the entry over.
	Held []string
	// Ignored are the inputs of a moved entry that differ from today's and do
	// not count, because the lifecycle ignores them.
	Ignored []string
}

// Kind is the kind of the asset.
func (c *Change) Kind() address.Kind { return c.Address.Kind }

// recordedInputs are the prior entry's inputs as they may be shown: what has
// become sensitive since is one there too.
func (c *Change) recordedInputs() lockfile.Inputs {
	in := c.Prior.Inputs
	for _, p := range c.Fingerprint.Params {
		v, stands := in[p.Name]
		if _, secret := v.AsSensitive(); p.Sensitive && stands && !secret {
			in = in.Clone()
			in[p.Name] = lockfile.Sensitive(lockfile.HashBytes(canonicalJSON(v)))
		}
	}
	return in
}

// Stored is a result that is held somewhere and can be brought back: the
// delivered file and what is known of it. Entry's ContentHash is the hash of
// the bytes that stand at Path or in the store; its Output means nothing.
type Stored struct {
	Entry lockfile.Entry
	// Path is the unchanged file of another lock entry that holds the bytes,
	// relative to the root module's directory; empty: the store's blob does.
	Path string
	// From is where the bytes are which the store does not have: the commit in
	// which git has them, or FromRemote.
	From string
}

// Remote is what a plan had to do with the project's remote.
type Remote struct {
	Origin string `json:"origin"` // whom its URL leads to
	// Asked tells that the plan knows what the remote has; without that its cost
	// is what is charged at most.
	Asked bool `json:"asked"`
	// Changed tells that the configuration names another place than the one that
	// it was merged or made from, or that this is not known.
	Changed bool `json:"changed"`
}

// FromRemote stands in the place of a commit where the remote has the bytes.
const FromRemote = "remote"

// Refusal is why the apply of a plan would be refused as a whole.
type Refusal struct {
	Address address.Address // zero for budgets
	Kind    RefusalKind
	Summary string
	Detail  string
	Subject *hcl.Range
}

// RefusalKind is the class of a refusal.
type RefusalKind string

// The classes of refusals.
const (
	RefusedDrift       RefusalKind = "drift"
	RefusedForeign     RefusalKind = "foreign"
	RefusedProtected   RefusalKind = "protected"
	RefusedBudget      RefusalKind = "budget"
	RefusedAdopted     RefusalKind = "adopted"
	RefusedPlaceholder RefusalKind = "placeholder"
	RefusedOrigin      RefusalKind = "origin" // the applier's: planning sends nothing
	RefusedInput       RefusalKind = "input"  // the applier's too
)

// Plan is everything an apply would do. It holds no secret.
type Plan struct {
	Changes []*Change // sorted by address
	Summary map[Action]int
	Cost    Cost
	Prices  engine.Prices
	// Origins are where the project's providers lead, by their names; the
	// embedded engine leads nowhere.
	Origins map[string]string
	// Remote is the project's, as the caller looked at it; nil: there is none.
	Remote   *Remote
	Engines  engine.Registry
	Refusals []Refusal
	// Free says that something is generated and that nothing of it is charged.
	Free bool
	// Proven holds the files that stand as the lock says and that git shows to
	// be ours, though the store does not have them; by path.
	Proven map[string]bool
	// Merged holds the texts that differ from the lock only because git merged
	// them, and that exports write anew; by path.
	Merged map[string]lockfile.ContentHash
	// Diagnostics are warnings, and errors that keep the plan from being
	// applied (a refusal stands in both lists).
	Diagnostics hcl.Diagnostics

	unpulled []unpulled
}

// Cost is the price of a plan: the certain part, dependent creates included,
// and what conditional changes may add.
type Cost struct{ Certain, Conditional engine.Cost }

// Add counts a change's cost.
func (c *Cost) Add(d engine.Cost, conditional bool) {
	if len(d) == 0 {
		return // as nearly all changes of a large plan
	}
	if conditional {
		c.Conditional = c.Conditional.Add(d)
	} else {
		c.Certain = c.Certain.Add(d)
	}
}

// conditionalUnit stands before the units of the conditional cost.
const conditionalUnit = "conditional_"

// MarshalJSON writes one object with a key for each unit, and one for its
// conditional part.
func (c Cost) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for _, part := range []struct {
		prefix string
		cost   engine.Cost
	}{{"", c.Certain}, {conditionalUnit, c.Conditional}} {
		for _, unit := range slices.Sorted(maps.Keys(part.cost)) {
			if len(b) > 1 {
				b = append(b, ',')
			}
			b = fmt.Appendf(b, "%q:%d", part.prefix+unit, part.cost[unit])
		}
	}
	return append(b, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *Cost) UnmarshalJSON(b []byte) error {
	var all map[string]int
	if err := json.Unmarshal(b, &all); err != nil {
		return err
	}
	*c = Cost{engine.Cost{}, engine.Cost{}}
	for key, n := range all {
		if unit, conditional := strings.CutPrefix(key, conditionalUnit); conditional {
			c.Conditional[unit] = n
		} else {
			c.Certain[key] = n
		}
	}
	return nil
}

// Change returns the change of that address, or nil.
func (p *Plan) Change(a address.Address) *Change {
	lo, hi := 0, len(p.Changes)
	for lo < hi {
		mid := (lo + hi) / 2
		if p.Changes[mid].Address.Compare(a) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(p.Changes) && p.Changes[lo].Address == a {
		return p.Changes[lo]
	}
	return nil
}

// HasChanges tells whether an apply would do anything; drift alone is none.
func (p *Plan) HasChanges() bool {
	for action, n := range p.Summary {
		if action != NoOp && n > 0 {
			return true
		}
	}
	return false
}
