package apply

import (
	"context"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/apply/outputs"
	"assetform/apply/remote"
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
	Earlier  Earlier        // nil: there is no git
	Remote   *remote.Remote // nil: the project has none, or it is left alone
	// Later is the remote that later runs write to and this one does not: what is
	// to be uploaded is noted for them. nil: there is none.
	Later *remote.Remote
	// Unclaimed lets what charges be generated though the remote may only be
	// read, so that no other machine is told of it.
	Unclaimed bool
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

	// Makers returns what makes assets that are derived by a type of provider.
	// nil: there are none.
	Makers func(provider string) (engine.Maker, error)

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
	// Max bounds the spending by unit, beside the configuration's budget.
	Max map[string]plan.Max

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
	interrupt, done := r.scheduler.stops.onInterrupt(o.Interrupt)
	defer done()
	r.scheduler.interrupt = interrupt
	if !r.providers.open(ctx) {
		return r.finish(ExitError)
	}
	if mayCharge(o.Plan) {
		if err := r.unchanged(); err != nil {
			r.events.report(&hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Project changed before the first request",
				Detail: fmt.Sprintf("%s, so the plan is not the one that was shown. Nothing was sent. Run \"assetform apply\" again.", sentence(err)),
			})
			return r.finish(ExitRefused)
		}
	}
	if !r.inputsDecode(ctx) {
		return r.finish(ExitError)
	}
	r.commit.start()
	s := r.scheduler
	s.nodes, s.order = buildGraph(r.plan)
	r.files.apply(ctx, s.order, func(n *node, err error) { s.concludeFiles(ctx, n, err) })
	s.sharing.resume(ctx)
	s.asset.claiming.resume(ctx, s.order)
	s.run(ctx)
	s.sharing.finish()
	s.asset.claiming.finish(ctx)
	r.stopped = r.providers.reportStops()
	r.commit.finish()
	if r.commit.saved() {
		if err := closeIntents(ctx, r.plan.Engines, r.journal, r.commit.lock, s.committed); err != nil {
			r.events.report(warning("Journal was not compacted", sentence(err)+". Nothing is lost; it is only longer than it need be."))
		}
	}
	return r.finish(ExitDone)
}

// mayCharge tells whether a plan may send requests that are paid for.
func mayCharge(p *plan.Plan) bool {
	for _, c := range p.Changes {
		if c.Action.Generates() && p.Engines.Charges(c.Provider) {
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
	if r.current == nil {
		return nil
	}
	return r.current()
}

// run is one apply: what its steps are done by.
type run struct {
	plan      *plan.Plan
	current   func() error // see Options; may be nil
	journal   *journal.Journal
	events    *emitter
	outputs   *outputs.Files
	commit    *committer
	providers *providers
	files     *fileChanges
	scheduler *scheduler
	stopped   bool            // a key was refused or the journal broke
	unsettled map[string]bool // intents of earlier runs whose outcome was unknown when this one began
}

// stillUnsettled tells whether a request of an earlier run has no known outcome
// yet.
func (r *run) stillUnsettled() bool {
	return slices.ContainsFunc(r.journal.Intents(), func(in journal.Intent) bool {
		return in.State.Unsettled() && r.unsettled[in.ID]
	})
}

func newRun(o Options) (*run, error) {
	if o.Sink == nil {
		o.Sink = sinkFunc(func(Event) {})
	}
	if o.testOnlyStep == nil {
		o.testOnlyStep = func(string, address.Address) {}
	}
	commit, wanted := newCommitter(o.LockPath, o.LockRaw, o.Lock.Clone()), wantedPaths(o.Project)
	commit.noted = o.Journal.Flush
	commit.testOnlyStep = func(name string) { o.testOnlyStep(name, address.Address{}) }
	out, err := outputs.Open(outputs.Options{
		Engines: o.Project.Engines,
		Root:    o.Project.Root, Dir: o.Project.Dir, Data: o.Data, Store: o.Store,
		Lock: o.Lock, Wanted: wanted, Proven: o.Plan.Proven, Merged: o.Plan.Merged,
		Credit: o.Project.Provenance.Credit, Rights: o.Project.Provenance.Rights,
		OverwriteDrifted: o.OverwriteDrifted,
		Frozen:           commit.unchanged,
		TestOnlyStep:     commit.testOnlyStep,
	})
	if err != nil {
		return nil, err
	}
	events := &emitter{sink: o.Sink}
	r := &run{
		plan: o.Plan, current: o.Current, journal: o.Journal,
		events: events, outputs: out, commit: commit,
		providers: newProviders(&o, events, newStops()),
		unsettled: map[string]bool{},
	}
	for _, in := range o.Journal.Intents() {
		if in.State.Unsettled() && o.Project.Engines.Charges(in.Provider) {
			r.unsettled[in.ID] = true
		}
	}
	delivery := &delivery{engines: o.Project.Engines, outputs: out, store: o.Store, events: events, wanted: wanted}
	r.files = &fileChanges{delivery: delivery, commit: commit, events: events, root: o.Project.Root, tracked: o.Tracked, earlier: o.Earlier}
	r.scheduler = newScheduler(&o, r.providers, commit, delivery)
	r.files.sharing = r.scheduler.sharing
	return r, nil
}

// newScheduler returns the scheduler of a run, and in it what its assets share.
func newScheduler(o *Options, p *providers, commit *committer, d *delivery) *scheduler {
	intents := o.Journal.Intents()
	engines := o.Project.Engines
	share := newSharing(o, p)
	budget := newBudget(limits(o.Project.Budget.Limits, o.Max))
	budget.hold(journal.PerhapsCharged(engines, intents))
	s := &scheduler{
		wait: waitLimit{o.Wait}, timeout: o.Timeout, failFast: o.FailFast,
		stops: p.stops, events: p.events, redact: newRedaction(slices.Concat(o.Secrets, o.Project.Secrets)),
		commit: commit, providers: p, known: journal.NewIndex(engines, intents, o.Store.Has),
		sharing: share,
		results: newStoredResults(engines, o.Store, share, o.Earlier, d.outputs, o.Lock), delivery: d,
		outcomes: make(chan outcome, 64),
		changed:  make(chan struct{}, 1),
		active:   map[lockfile.InputsHash]*node{},
		summary:  Summary{Done: map[plan.Action]int{}},
	}
	makers := &derivations{engines: engines, project: o.Project, makers: o.Makers, outputs: d.outputs, store: o.Store, warned: map[string]bool{}}
	s.local = &localWork{results: s.results, derivations: makers, delivery: d, known: s.known, events: s.events, redact: s.redact, step: o.testOnlyStep}
	s.asset = generation{
		engines: engines, prices: o.Project.Prices,
		journal: recorder{journal: o.Journal, providers: p, commit: commit},
		payment: payment{budget: budget}, events: s.events, store: o.Store, lock: o.Lock, delivery: d, sharing: share,
		byTask:   sync.OnceValue(func() map[string][]addressed { return byTask(engines, o.Lock) }),
		requests: &requestBuilder{engines: engines, store: o.Store, lock: o.Lock, outputs: d.outputs},
		known:    s.known, owners: newTaskOwners(o.Journal.Intents), statuses: &saidStatuses{},
		owned: ownership{journal: o.Journal, held: o.Held, commit: commit},
		stops: s.stops, redact: s.redact, notAllowed: p.notAllowed,
		claiming: newClaiming(o, share, s.results.usable),
		wake:     s.wake, testOnlyStep: o.testOnlyStep,
	}
	share.uploaded = s.asset.claiming.released
	p.rivals = newRivals(o, s.asset.claiming.claims)
	return s
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
	s := r.scheduler.summary
	s.Left += r.scheduler.left()
	if code != ExitRefused { // then something was begun
		if d := whyNotSaved(r.commit); d != nil {
			r.events.report(d)
		}
	}
	s.Uncertain = s.Uncertain.Add(journal.PerhapsCharged(r.plan.Engines, r.journal.Intents()))
	if s.ExitCode = code; code == ExitDone {
		s.ExitCode = exitCode(&s, r.scheduler.signal, r.stillUnsettled(), r.stopped || r.commit.failure() != nil, r.commit.moved())
	}
	sent := s
	skipped, left := r.scheduler.notDone()
	r.events.emit(Event{Type: EventSummary, Summary: &sent, NotTried: skipped, LeftOver: left})
	return s, r.events.diagnostics()
}
