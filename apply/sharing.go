package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"assetform/apply/remote"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/origin"
	"assetform/lockfile"
	"assetform/plan"
)

// sharing is the project's remote during a run: what may be there is looked for
// before it is paid for, and what this run got goes there beside the work. Its
// zero value shares nothing. Methods may be called concurrently.
type sharing struct {
	remote  *remote.Remote // nil: there is none
	later   *remote.Remote // that of later runs where this one does not write; nil: there is none
	project *config.Project
	store   *store.Store
	events  *emitter
	stops   *stops
	until   time.Time // when --timeout ends the waiting; zero: never

	lookups   chan struct{} // bounds what is asked at once
	transfers chan struct{} // and what is sent
	uploads   sync.WaitGroup
	silent    sync.Once // that the remote does not answer is said once

	// uploaded is told of each result that the remote has now.
	uploaded func(context.Context, lockfile.InputsHash)

	mu   sync.Mutex
	last error // why an upload did not get through
}

// How many look-ups and uploads are under way at once.
const (
	lookupsAtOnce = 16
	uploadsAtOnce = 8
)

func newSharing(o *Options, p *providers) *sharing {
	s := &sharing{
		remote: o.Remote, later: o.Later, project: o.Project, store: o.Store, events: p.events, stops: p.stops,
		lookups: make(chan struct{}, lookupsAtOnce), transfers: make(chan struct{}, uploadsAtOnce),
	}
	if o.Timeout > 0 {
		s.until = time.Now().Add(o.Timeout)
	}
	return s
}

// hasResults tells whether the remote has results of an asset's provider: of
// those that charge.
func (s *sharing) hasResults(n *node) bool {
	return s.remote != nil && s.charges(n)
}

func (s *sharing) charges(n *node) bool {
	return n.change.Spec != nil && s.project.Engines.Charges(n.change.Spec.Provider.Type)
}

// origin is where an asset's provider leads.
func (s *sharing) origin(n *node) string {
	return s.project.Endpoint(n.change.Spec.Provider).Origin.String()
}

// shownOrigin is an origin of the journal in the form that the remote has.
func shownOrigin(full string) string {
	if _, o, err := origin.Parse(full); err == nil {
		return o.String()
	}
	return full
}

// find looks for the result of an asset's inputs, and brings it into the store.
func (s *sharing) find(ctx context.Context, n *node, usable func(lockfile.Entry) bool) (lockfile.Entry, bool, error) {
	select {
	case s.lookups <- struct{}{}:
	case <-ctx.Done():
		return lockfile.Entry{}, false, &remote.FailureError{Shown: s.remote.Shown(), Err: ctx.Err()}
	}
	defer func() { <-s.lookups }()
	defer s.warn()
	e, ok, err := s.remote.Find(ctx, n.hash, []string{s.origin(n)})
	if err != nil || !ok || !usable(e) {
		return e, false, err
	}
	err = s.remote.FetchResult(ctx, s.store, &e)
	if errors.Is(err, fs.ErrNotExist) {
		return e, false, nil
	}
	return e, err == nil, err
}

// fetch brings what a planned restore takes from the remote into the store.
func (s *sharing) fetch(ctx context.Context, c *plan.Change) error {
	if s.remote == nil || c.From != plan.FromRemote {
		return nil
	}
	defer s.warn()
	if c.Stored != nil {
		e := c.Stored.Entry
		return s.remote.FetchResult(ctx, s.store, &e)
	}
	return s.remote.Fetch(ctx, s.store, c.Prior.ContentHash, c.Prior.Bytes)
}

// left ends an asset of which it cannot be told whether it was paid for.
func (s *sharing) left(ctx context.Context, n *node, err error) outcome {
	if silent := (*remote.FailureError)(nil); !errors.As(err, &silent) { // the remote has it, and this machine no room, say
		return outcome{node: n, ending: endLeft, diag: n.diagnostic("Result cannot be stored", fmt.Sprintf("%s: %s. The remote has its result; the next \"assetform apply\" fetches it at no cost.", n.address(), sentence(err)))}
	}
	if !s.stops.sendingEnded(ctx) || !errors.Is(err, context.Canceled) {
		s.silent.Do(func() {
			s.events.report(warning("Remote does not answer", fmt.Sprintf("%s. What would be charged is left, since it may have been generated already; \"assetform apply --remote off\" pays without asking.", sentence(err))))
		})
	}
	return outcome{node: n, ending: endLeft}
}

// warn passes on what the remote had to say.
func (s *sharing) warn() {
	for _, text := range s.remote.Warnings() {
		s.events.report(warning("Damage in the remote", fmt.Sprintf("In %s %s.", s.remote.Shown(), text)))
	}
}

// resume makes up for uploads that did not get through in earlier runs.
func (s *sharing) resume(ctx context.Context) {
	if !s.writes() {
		return
	}
	for _, u := range s.remote.Due() {
		s.upload(ctx, u, false)
	}
}

// writes tells that what this run gets goes to the remote.
func (s *sharing) writes() bool { return s.remote != nil && !s.remote.ReadOnly() }

// note notes that a result is to be uploaded, before the store has it: whatever
// ends this process from then on, the next one makes up for it.
func (s *sharing) note(n *node) {
	if to := s.noted(); to != nil && n != nil && n.unclaimed == nil && s.charges(n) {
		to.Note(s.result(n))
	}
}

// noted is the remote that what this run gets goes to, now or later.
func (s *sharing) noted() *remote.Remote {
	if s.writes() {
		return s.remote
	}
	return s.later
}

// result is the upload of what an asset's inputs gave, which the store has.
func (s *sharing) result(n *node) remote.Upload {
	return remote.Upload{Inputs: n.hash, Origin: s.origin(n), Overwrite: asked(n.change)}
}

// keep hands over what an asset was given: its files, and the result of its
// inputs if this run generated it.
func (s *sharing) keep(ctx context.Context, n *node, o *outcome) {
	if s.noted() == nil || o.entry == nil || o.action == plan.NoOp {
		return
	}
	var u remote.Upload
	generated := o.slot != nil && s.charges(n) && !n.change.Placeholder
	if generated {
		u = s.result(n)
	}
	for _, h := range []lockfile.ContentHash{o.entry.ContentHash, o.entry.SourceHash} {
		if !h.IsZero() {
			u.Contents = append(u.Contents, h)
		}
	}
	if !generated && (n.change.From == plan.FromRemote || n.fromRemote) {
		return
	}
	if !generated { // it was paid for in a run that could not tell the remote of it
		for _, one := range paidResults(s.project.Engines, *o.entry) {
			switch from := s.store.Origin(one.InputsHash, one.UpstreamHash()); {
			case from == "":
			case u.Inputs.IsZero():
				u.Inputs, u.Origin = one.InputsHash, from
			default:
				s.upload(ctx, remote.Upload{Inputs: one.InputsHash, Origin: from}, true)
			}
		}
	}
	s.upload(ctx, u, true)
}

// keepPaid hands over the result of an asset that failed when it had been paid
// for, as by a condition that is yet to be put right, if the store has it.
func (s *sharing) keepPaid(ctx context.Context, n *node, o *outcome) {
	if s.writes() && o.slot != nil && n.unclaimed == nil && s.hasResults(n) {
		u := s.result(n)
		u.Overwrite = false // the store may have an older one
		s.upload(ctx, u, false)
	}
}

// upload begins an upload. It is noted first: if this process is killed, the
// next one makes up for it. A run that does not write leaves it at that.
func (s *sharing) upload(ctx context.Context, u remote.Upload, note bool) {
	if !s.writes() {
		s.noted().Note(u)
		return
	}
	s.uploads.Go(func() {
		if note {
			s.remote.Note(u)
		}
		s.transfers <- struct{}{}
		defer func() { <-s.transfers }()
		ctx, done := s.stops.whileWaiting(ctx)
		defer done()
		err := s.remote.Upload(ctx, s.store, u)
		switch {
		case err == nil && !u.Inputs.IsZero():
			s.uploaded(ctx, u.Inputs)
		case err != nil && !errors.Is(err, fs.ErrNotExist):
			s.mu.Lock()
			s.last = err
			s.mu.Unlock()
		}
	})
}

// progressEvery is how often it is told how far uploads are that all else has
// ended before.
const progressEvery = 5 * time.Second

// finish waits for the uploads, and tells what was transferred.
func (s *sharing) finish() {
	if s.remote == nil {
		return
	}
	ended := make(chan struct{})
	go func() { s.uploads.Wait(); close(ended) }()
	if !s.until.IsZero() {
		defer time.AfterFunc(time.Until(s.until), s.stops.endWaiting).Stop()
	}
	tick := time.NewTicker(progressEvery)
	defer tick.Stop()
	for waiting := true; waiting; {
		select {
		case <-ended:
			waiting = false
		case <-tick.C:
			s.events.emit(Event{Type: EventTransfer, Transfer: s.remote.Counts()})
		}
	}
	s.warn()
	counts := s.remote.Counts()
	if counts != (remote.Counts{}) {
		s.events.emit(Event{Type: EventTransfer, Transfer: counts})
	}
	if counts.Due > 0 {
		s.events.report(warning("Results were not uploaded", fmt.Sprintf("%s. Nothing is lost here, and other machines do not have it yet: the next \"assetform apply\" or \"assetform remote push\" makes up for it.", sentence(s.last))))
	}
}
