package apply

import (
	"context"
	"errors"

	"assetform/apply/journal"
)

// recorder puts the states of requests into the journal, and stops what is not
// safe without it.
type recorder struct {
	journal   *journal.Journal
	providers *providers
	commit    *committer
}

// append records a new state. An answer that has come is written down even if
// the run is being cancelled.
func (r recorder) append(ctx context.Context, rec journal.Record) error {
	err := r.journal.Append(context.WithoutCancel(ctx), rec)
	if errors.Is(err, journal.ErrBroken) {
		r.providers.haltAll("Journal cannot be written", err)
	}
	if errors.Is(err, journal.ErrTaken) {
		r.commit.abandon(err)
	}
	return err
}
