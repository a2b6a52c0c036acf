package apply

import (
	spec "assetform/config/engine"
	"context"
	"errors"
	"time"

	"assetform/apply/journal"
	"assetform/lockfile"
	"assetform/plan"
)

// rememberTasks is how long the journal remembers the ids of paid tasks that
// are done with, so that the search for a lost task does not take them for it.
const rememberTasks = 30 * 24 * time.Hour

// closeIntents tells the journal what the saved lock has, and drops what it
// need not remember any more. Both are a matter of its size: reading it
// compares it with the lock anyhow. The error says why it was not compacted.
func closeIntents(ctx context.Context, engines spec.Registry, j *journal.Journal, lock *lockfile.Lock, committed []string) error {
	intents := j.Intents()
	open := journal.OpenRequests(intents, lock)
	done := make(map[string]bool, len(committed))
	for _, id := range committed {
		done[id] = true
	}
	horizon := time.Now().Add(-rememberTasks)
	keep := func(in journal.Intent) bool {
		return in.Requested && open[in.Address][in.InputsHash] != plan.RequestDone || remembered(engines, &in, horizon)
	}
	drop := 0
	for _, in := range intents {
		switch {
		case !keep(in):
			drop++
		case !in.State.Final() && done[in.ID], journal.InLock(&in, lock):
			if j.Note(ctx, journal.Record{ID: in.ID, State: journal.StateDone}) != nil {
				return nil
			}
		}
	}
	if drop == 0 && !j.Redundant() {
		return nil
	}
	if err := j.Compact(keep); err != nil && !errors.Is(err, journal.ErrClosed) {
		return err
	}
	return nil
}

// remembered tells whether an intent says something that neither lock nor
// store do.
func remembered(engines spec.Registry, in *journal.Intent, horizon time.Time) bool {
	switch {
	case in.State == journal.StateClaimed:
		return in.Time.After(horizon)
	case !in.State.Final() && in.State != journal.StateStored, in.Claim > 0 && !in.ClaimEnded:
		return true
	}
	charged := engines.Charges(in.Provider) && (in.TaskID != "" || in.State == journal.StateForgotten)
	return (charged || in.State == journal.StateFailed) && in.Time.After(horizon)
}
