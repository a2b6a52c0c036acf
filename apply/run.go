package apply

import (
	"context"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/apply/outputs"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/address"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// Options say what Run applies and how. Project, Plan, Lock, LockPath, Store,
// Journal and Drivers are required.
type Options struct {
	Project *config.Project
	Plan    *plan.Plan
	// Lock is what the plan was made from, LockRaw the bytes it was read from
	// (nil: there was no file). Run leaves it as it is.
	Lock     *lockfile.Lock
	LockPath string
	LockRaw  []byte
	Data     *datadir.Dir // the caller holds the run lock in it
	Store    *store.Store
	Journal  *journal.Journal
	// Tracked tells whether git tracks a file, or cannot tell; nil: nothing is.
	Tracked func(path string) bool
	// Held returns an error when the run lock keeps nobody out any more; nil:
	// it is not asked.
	Held func() error
	// Current returns an error when configuration and the files that it reads
	// are not what the plan was made from. It is asked once, before the first
	// request that may charge; nil: it is not asked.
	Current func() error
	// Drivers returns the driver of a provider. It is called only if something
	// must be sent or asked, and for all providers that are needed before the
	// first request.
	Drivers func(config.ProviderRef) (engine.Driver, error)
	// DriverAt returns the driver of a type of provider at the origin that a
	// journal record names, where no provider leads there; ErrOriginNotAllowed
	// if nothing may be sent there. nil: there is none.
	DriverAt func(provider, origin string) (engine.Driver, error)

	// Parallelism is how many tasks of a provider may be in flight; 0: what
	// the provider's block says, else what its quota says, else 5.
	Parallelism int
	// Wait is how long to wait for an hourly limit to pass, 0 without end;
	// nil: not at all, the run ends with exit code 4.
	Wait *time.Duration
	// Timeout ends the waiting for tasks, not the paying; 0: none.
	Timeout          time.Duration
	FailFast         bool
	OverwriteDrifted bool
	// MaxImageCredits and MaxVideos bound the spending beside the
	// configuration's budget.
	MaxImageCredits, MaxVideos *int

	Sink Sink // nil: nobody listens
	// OnQuota is told what the API says of a key's quota, once a provider and
	// run, before anything is sent. It may be nil.
	OnQuota func(config.ProviderRef, engine.Quota)
	// Secrets are texts that must not show in anything that is printed or
	// stored, beside the project's: the API key.
	Secrets []string
	// Interrupt delivers the first SIGINT or SIGTERM: nothing more is sent,
	// what is in flight is collected. A second one cancels Run's context.
	Interrupt <-chan os.Signal

	// testOnlyStep is called at each step of an asset's life, in the order of
	// the design: a crash test ends the process there.
	testOnlyStep      func(step string, a address.Address)
	testOnlySettleGap time.Duration
	testOnlyEager     bool // poll at once, as with a server without latency
}

// defaultParallelism is the number of tasks in flight where neither the user
// nor the server says anything.
const defaultParallelism = 5

// Run carries out a plan. The caller holds the run lock and has had the plan
// approved; a plan with refusals is refused here too.
//
// Each diagnostic that Run returns has also gone to the Sink, with the event
// of its asset or as one of its own.
func Run(ctx context.Context, o Options) (Summary, hcl.Diagnostics) {
	r, err := newRun(o)
	if err != nil {
		d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Apply cannot start", Detail: err.Error()}
		return Summary{Done: map[plan.Action]int{}, ExitCode: ExitError}, hcl.Diagnostics{d}
	}
	defer r.outputs.Close()
	if len(o.Plan.Refusals) > 0 {
		for _, refusal := range o.Plan.Refusals {
			r.events.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: refusal.Summary, Detail: refusal.Detail, Subject: refusal.Subject})
		}
		return r.finish(ExitRefused)
	}
	if !r.providers.open(ctx) {
		return r.finish(ExitError)
	}
	if r.charges() {
		if err := r.unchanged(); err != nil {
			r.events.report(&hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Project changed before the first request",
				Detail: fmt.Sprintf("%s, so the plan is not the one that was shown. Nothing was sent. Run \"assetform apply\" again.", sentence(err)),
			})
			return r.finish(ExitRefused)
		}
	}
	r.commit.start()
	r.nodes, r.order = buildGraph(r.Plan)
	r.files.apply(ctx, r.order, func(n *node, err error) { r.concludeFiles(ctx, n, err) })
	r.schedule(ctx)
	r.commit.finish()
	if r.commit.saved() {
		if err := closeIntents(ctx, r.Journal, r.commit.lock, r.committed); err != nil {
			r.events.report(warning("Journal was not compacted", sentence(err)+". Nothing is lost; it is only longer than it need be."))
		}
	}
	return r.finish(ExitDone)
}

// charges tells whether the plan may send requests that are paid for.
func (r *run) charges() bool {
	for _, c := range r.Plan.Changes {
		if c.Action.Generates() && plan.Charges(c.Provider) {
			return true
		}
	}
	return false
}

// unchanged tells whether configuration and lock are those of the plan: a
// question may have waited for its answer for long, and a server too.
func (r *run) unchanged() error {
	if err := r.commit.check(true); err != nil {
		return err
	}
	if r.Current == nil {
		return nil
	}
	return r.Current()
}

// run is one apply. Fields without a note are set before the first goroutine
// starts and do not change.
type run struct {
	Options
	began     time.Time
	redact    *redaction
	events    *emitter
	stops     *stops
	owned     ownership
	budget    *Budget
	outputs   *outputs.Files
	commit    *committer
	nodes     map[address.Address]*node
	order     []*node // in the plan's order
	providers *providers
	requests  *requestBuilder
	results   *storedResults
	delivery  *delivery
	files     *fileChanges
	local     *localWork
	known     *journal.Index
	owners    *taskOwners
	statuses  *saidStatuses

	outcomes chan outcome
	poke     chan struct{} // a slot is free, or a lane changed

	// The coordinator's own.
	active     map[lockfile.InputsHash]*node // what is being generated, by inputs
	localReady nodeHeap
	running    int // goroutines of assets
	localBusy  int
	stopping   bool      // nothing new is started
	signal     os.Signal // that asked for it
	fatal      bool      // a key was refused or the journal broke
	failedFast bool
	summary    Summary
	committed  []string // intents whose results went to the lock
	waiting    int      // paid tasks at origins that are not allowed, wanted by no asset
}

func newRun(o Options) (*run, error) {
	if o.Sink == nil {
		o.Sink = SinkFunc(func(Event) {})
	}
	commit, wanted := newCommitter(o.LockPath, o.LockRaw, o.Lock.Clone()), wantedPaths(o.Project)
	if o.testOnlyStep == nil {
		o.testOnlyStep = func(string, address.Address) {}
	}
	commit.testOnlyStep = func(name string) { o.testOnlyStep(name, address.Address{}) }
	out, err := outputs.Open(outputs.Options{
		Root: o.Project.Root, Dir: o.Project.Dir, Data: o.Data, Store: o.Store,
		Lock: o.Lock, Wanted: wanted, Proven: o.Plan.Proven,
		OverwriteDrifted: o.OverwriteDrifted,
		Frozen:           commit.unchanged,
		TestOnlyStep:     commit.testOnlyStep,
	})
	if err != nil {
		return nil, err
	}
	intents := o.Journal.Intents()
	events, stops := &emitter{sink: o.Sink}, newStops()
	r := &run{
		Options:   o,
		began:     time.Now(),
		redact:    newRedaction(slices.Concat(o.Secrets, o.Project.Secrets)),
		events:    events,
		stops:     stops,
		providers: newProviders(&o, events, stops),
		owned:     ownership{journal: o.Journal, held: o.Held, commit: commit},
		budget: NewBudget(
			smaller(o.MaxImageCredits, o.Project.Budget.ImageCredits),
			smaller(o.MaxVideos, o.Project.Budget.Videos)),
		outputs:  out,
		commit:   commit,
		requests: &requestBuilder{store: o.Store, lock: o.Lock, outputs: out},
		known:    journal.NewIndex(intents, o.Store.Has),
		owners:   newTaskOwners(o.Journal.Intents),
		statuses: &saidStatuses{},
		outcomes: make(chan outcome, 64),
		poke:     make(chan struct{}, 1),
		active:   map[lockfile.InputsHash]*node{},
		summary:  Summary{Done: map[plan.Action]int{}},
	}
	r.results = newStoredResults(o.Store, out, o.Lock)
	r.delivery = &delivery{outputs: out, store: o.Store, events: events, wanted: wanted}
	r.files = &fileChanges{delivery: r.delivery, commit: commit, events: events, root: o.Project.Root, tracked: o.Tracked}
	r.local = &localWork{results: r.results, delivery: r.delivery, known: r.known, events: events, redact: r.redact, step: o.testOnlyStep}
	r.budget.Hold(journal.PerhapsCharged(intents))
	return r, nil
}

func wantedPaths(p *config.Project) map[string]bool {
	paths := make(map[string]bool, len(p.Specs))
	for _, s := range p.Specs {
		paths[s.Output] = true
	}
	return paths
}

// finish counts, says what is left and ends the run.
func (r *run) finish(code int) (Summary, hcl.Diagnostics) {
	s := &r.summary
	for _, n := range r.order {
		if n.state != nodeDone && n.state != nodeEnded {
			s.Left++
		}
	}
	s.Left += r.waiting
	if lost := r.commit.abandoned(); code == ExitRefused {
		// nothing was begun
	} else if lost != nil {
		r.events.report(&hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Data directory changed during apply",
			Detail:   fmt.Sprintf("%s. Nothing more was sent, and neither lock nor outputs were written any more; what ran was collected into the store. Find out what took it away, and look for tasks that are not known here with \"assetform tasks list\", before you run \"assetform apply\" again.", sentence(lost)),
		})
	} else if r.commit.moved() {
		r.events.report(&hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Lock changed during apply",
			Detail:   fmt.Sprintf("%q was changed by something else while this apply ran (a checkout or a merge). Neither it nor any output was written any more; what was generated is in the store. Run \"assetform apply\" again: it costs nothing for what is stored.", r.LockPath),
		})
	} else if err := r.commit.failure(); err != nil {
		r.events.report(&hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Lock cannot be written",
			Detail:   fmt.Sprintf("%s. The outputs are in place and their results in the store. Run \"assetform apply\" again once it can be written: nothing is paid for twice.", sentence(err)),
		})
	}
	if s.ExitCode = code; code == ExitDone {
		s.ExitCode = r.exitCode()
	}
	s.Uncertain = journal.PerhapsCharged(r.Journal.Intents())
	sent := *s
	r.events.emit(Event{Type: EventSummary, Summary: &sent})
	return *s, r.events.diagnostics()
}

// exitCode is the rule for several outcomes at once: an interrupt that left
// something, then requests whose outcome is unknown, then what stopped the
// whole run, then assets that failed, then what is parked.
func (r *run) exitCode() int {
	s := &r.summary
	switch {
	case r.signal == syscall.SIGTERM && s.Left+s.Unknown > 0:
		return ExitTerminated
	case r.signal != nil && s.Left+s.Unknown > 0:
		return ExitInterrupt
	case s.Unknown > 0:
		return ExitUnknown
	case r.fatal || r.commit.failure() != nil:
		return ExitError
	case s.Failed > 0 || s.Skipped > 0:
		return ExitFailed
	case s.Left > 0 || r.commit.moved():
		return ExitParked
	}
	return ExitDone
}
