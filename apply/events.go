package apply

import (
	"time"

	"assetform/apply/remote"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// EventType says what an Event reports.
type EventType string

// The events of an apply. Version and the plan itself are announced by the
// command, before Run.
const (
	EventVersion     EventType = "version"
	EventPlan        EventType = "plan"
	EventAssetStart  EventType = "asset_start"
	EventSubmitted   EventType = "submitted"
	EventProgress    EventType = "progress"
	EventAssetDone   EventType = "asset_done"
	EventAssetFailed EventType = "asset_failed"
	EventDiagnostic  EventType = "diagnostic"
	EventTransfer    EventType = "transfer"
	EventSummary     EventType = "summary"
)

// Phase says what an asset is busy with.
type Phase string

// The phases of an asset, in their usual order.
const (
	PhaseWaiting     Phase = "waiting"     // for a slot, a limit or a retry
	PhaseClaimed     Phase = "claimed"     // another machine generates it, and is waited for
	PhaseSubmitting  Phase = "submitting"  // the request is on its way
	PhaseSettling    Phase = "settling"    // what became of a request is being found out
	PhasePending     Phase = "pending"     // queued at the server
	PhaseProcessing  Phase = "processing"  // being generated
	PhaseDownloading Phase = "downloading" // the result is on its way into the store
	PhaseVerifying   Phase = "verifying"   // it is checked and converted
	PhaseWriting     Phase = "writing"     // the output file is written
)

// Event is one thing that happened. Fields that an event's type does not name
// are zero. What others said in it is free of secrets; control characters are the
// printer's to deal with.
type Event struct {
	Type EventType
	Time time.Time

	Address address.Address // of every asset event; of a diagnostic about an asset
	// Candidate is the number of the candidate that it is about, of an asset that
	// has several: submitted, progress, asset_failed. The failure of one is not
	// that of its asset, unless it has no other.
	Candidate int
	Action    plan.Action // asset_start, asset_done, asset_failed

	Phase Phase // progress
	// Elapsed is the time since the asset_start: progress, asset_done,
	// asset_failed.
	Elapsed time.Duration

	TaskID   string // submitted
	Estimate string // submitted: the server's words, "10-30 seconds"; a hint for people
	// Resumed tells that the task was paid for by an earlier run: submitted.
	Resumed bool
	// FromList tells that a lost request's task was found in the server's
	// task list: submitted.
	FromList bool

	Output      string               // asset_done: path relative to the root module's directory
	ContentHash lockfile.ContentHash // asset_done; zero for delete and forget
	// Cost is what this run was charged for the asset: asset_done,
	// asset_failed. A free provider counts the same way.
	Cost engine.Cost

	Diagnostic *hcl.Diagnostic // diagnostic, asset_failed
	// Reason is why, in a line: of asset_failed and of a diagnostic about an asset
	// beside the diagnostic's summary; of progress what is waited for, where that
	// is another machine. Credit is what became of what was charged: asset_failed,
	// and a diagnostic about an asset.
	Reason, Credit string
	// NotTried are the assets whose upstream failed, LeftOver those that the
	// next run goes on with: summary.
	NotTried, LeftOver []address.Address
	Transfer           remote.Counts // transfer: what went to the remote and came from there so far
	Plan               *plan.Plan    // plan
	Version            string        // version
	Summary            *Summary      // summary
}

// Sink receives events. Calls are never concurrent and come in the order in
// which things happened; a Sink must not block, for the apply waits for it.
type Sink interface {
	Event(Event)
}

// sinkFunc is a function as a Sink.
type sinkFunc func(Event)

// Event calls f.
func (f sinkFunc) Event(e Event) { f(e) }
