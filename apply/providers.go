package apply

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/config"
	"assetform/config/address"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// providers are the servers of a run: which it needs, how they are opened, and
// which of them has a task of an earlier run. Lanes are added before the first
// asset is started; after that the map may be read by anybody.
type providers struct {
	project     *config.Project
	needed      []config.ProviderRef // of assets that may be generated, in the plan's order
	drivers     func(config.ProviderRef) (engine.Driver, error)
	driverAt    func(provider, origin string) (engine.Driver, error) // nil: there is none
	parallelism int
	timeout     time.Duration
	onQuota     func(config.ProviderRef, engine.Quota)
	journal     *journal.Journal
	lock        *lockfile.Lock
	events      *emitter
	stops       *stops
	rivals      *rivals       // set before the first lane is made
	gap         time.Duration // between readings of a task list
	eager       bool          // tasks are asked about at once, also at paid providers

	lanes map[config.ProviderRef]*lane
	// notAllowed are the origins of paid tasks to which nothing may be sent.
	notAllowed map[string]bool
}

func newProviders(o *Options, events *emitter, stops *stops) *providers {
	return &providers{
		project: o.Project, needed: neededProviders(o.Plan),
		drivers: o.Drivers, driverAt: o.DriverAt,
		parallelism: o.Parallelism, timeout: o.Timeout, onQuota: o.OnQuota,
		journal: o.Journal, lock: o.Lock, events: events, stops: stops,
		gap: cmp.Or(o.testOnlySettleGap, searchGap), eager: o.testOnlyEager,
		lanes: map[config.ProviderRef]*lane{}, notAllowed: map[string]bool{},
	}
}

// neededProviders lists the providers of assets that may be generated, in the
// plan's order.
func neededProviders(p *plan.Plan) []config.ProviderRef {
	var list []config.ProviderRef
	seen := map[config.ProviderRef]bool{}
	for _, c := range p.Changes {
		if !c.Action.Generates() || seen[c.Spec.Provider] || p.Engines.Derives(c.Provider) {
			continue
		}
		seen[c.Spec.Provider] = true
		list = append(list, c.Spec.Provider)
	}
	return list
}

// open prepares the providers that the plan needs: the one place where a
// missing key shows, before anything is sent. It reports whether the run may
// go on.
func (p *providers) open(ctx context.Context) bool {
	ok := true
	for _, ref := range p.needed {
		gen, err := p.drivers(ref)
		if err != nil {
			p.events.report(&hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Provider cannot be used",
				Detail:  fmt.Sprintf("Provider %s: %s. Nothing was sent.", ref, sentence(err)),
				Subject: p.block(ref),
			})
			ok = false
			continue
		}
		p.lanes[ref] = p.newLane(ref, gen, p.startLimit(ref))
	}
	if !ok {
		return false
	}
	var wait sync.WaitGroup
	for _, ref := range p.needed {
		if l := p.lanes[ref]; l.paid {
			wait.Go(func() { p.ask(ctx, l) })
		}
	}
	wait.Wait()
	for _, ref := range p.needed {
		if d := p.lanes[ref].halted(); d != nil {
			p.events.report(d)
			ok = false
		}
	}
	return ok
}

// ask learns quota and health of a paid provider at the start. That the server
// does not answer is no reason to stop: the first request will show.
func (p *providers) ask(ctx context.Context, l *lane) {
	limit := probeTimeout
	if p.timeout > 0 {
		limit = min(limit, p.timeout)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	ctx, done := p.stops.whileSending(ctx)
	defer done()
	late := time.AfterFunc(silence, func() { p.events.report(noAnswer(l)) })
	defer late.Stop()
	var wait sync.WaitGroup
	var healthErr error
	wait.Go(func() {
		var h engine.Health
		if h, healthErr = healthOf(ctx, l.gen); healthErr == nil {
			l.learn(h)
			if h.Sketches {
				p.events.report(sketches(l))
			}
		}
	})
	q, err := quotaOf(ctx, l.gen)
	wait.Wait()
	if engine.As(healthErr).NotTheService {
		l.halt(notTheAPI(l, healthErr))
		return
	}
	l.unreached = engine.Classify(healthErr) == engine.ClassNeverSent && engine.Classify(err) == engine.ClassNeverSent
	if failure := engine.As(err); failure.Own && failure.KeyRefused {
		l.halt(keyRefused(l, err))
		return
	}
	if _, tells := l.gen.(engine.Quoter); tells && err == nil && p.onQuota != nil {
		p.onQuota(l.ref, q)
	}
	allowed := l.slots.limit
	if allowed == 0 && err == nil {
		allowed = q.Concurrent
	}
	if allowed <= 0 {
		allowed = defaultParallelism
	}
	l.slots.limit, l.slots.ceiling = allowed, allowed
}

func (p *providers) newLane(ref config.ProviderRef, gen engine.Driver, limit int) *lane {
	l := &lane{
		engine: p.project.Engines.Known(ref.Type),
		ref:    ref, block: p.block(ref), gen: gen, paid: p.project.Engines.Charges(ref.Type),
		slots:  concurrency{ceiling: limit, limit: limit},
		hourly: hourlyLimits{reached: map[address.Kind]*rateLimit{}},
		turns:  turns{bounded: p.project.Engines.Charges(ref.Type), changed: make(chan struct{})},
		ready:  map[address.Kind]*nodeHeap{address.Image: {}, address.Video: {}},
		paces:  map[string]*pace{},
	}
	l.eager = !l.paid || p.eager
	l.searcher = &searcher{engines: p.project.Engines, driver: gen, journal: p.journal, lock: p.lock, rivals: p.rivals, stops: p.stops, gap: p.gap}
	l.baseline = p.baselineOf(l)
	return l
}

// baselineOf reads where the task list of a lane's server ends, once.
func (p *providers) baselineOf(l *lane) func(context.Context) journal.Baseline {
	var once sync.Once
	var b journal.Baseline
	return func(ctx context.Context) journal.Baseline {
		once.Do(func() {
			ctx, done := p.stops.whileSending(ctx) // it is for what is sent alone
			defer done()
			var page engine.TaskPage
			var err error
			if b, page, err = readBaseline(ctx, l.gen); err == nil && p.journal.Fresh() {
				if d := unclaimedTasks(l, page, claimsAt(p.project.Engines, l.gen, p.journal.Intents(), p.lock)); d != nil {
					p.events.report(d)
				}
			}
		})
		return b
	}
}

// startLimit is the limit that was configured, or 0.
func (p *providers) startLimit(ref config.ProviderRef) int {
	if p.parallelism > 0 {
		return p.parallelism
	}
	if block := p.project.Providers[ref]; block != nil && block.MaxConcurrent > 0 {
		return block.MaxConcurrent
	}
	if p.project.Engines.Charges(ref.Type) {
		return 0 // the quota says
	}
	return defaultParallelism
}

// block is where the configuration has a provider.
func (p *providers) block(ref config.ProviderRef) *hcl.Range {
	if block := p.project.Providers[ref]; block != nil && block.Range.Filename != "" {
		return block.Range.Ptr()
	}
	return nil
}

// haltAll stops all submissions: without a journal none is safe, and without
// room for results none is of use.
func (p *providers) haltAll(summary string, err error) {
	d := &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: summary,
		Detail: fmt.Sprintf("%s. Nothing more is sent; what runs is collected into the store.", sentence(err)),
	}
	for _, l := range p.lanes {
		l.halt(d)
	}
}

// reportStops says once what refused keys and limits left, and how to go on. It
// returns whether a provider took no more requests.
func (p *providers) reportStops() (fatal bool) {
	for _, l := range p.lanes {
		if d := l.halted(); d != nil && l.recorded && !fatal {
			p.events.report(d)
			fatal = true
		}
	}
	for _, ref := range p.needed {
		l := p.lanes[ref]
		if d := l.halted(); d != nil {
			if !fatal {
				p.events.report(d)
			}
			fatal = true
			continue
		}
		if l.slots.saturated() && l.queued() > 0 {
			p.events.report(noRoom(l))
			continue
		}
		for _, kind := range []address.Kind{address.Image, address.Video} {
			if limit, ok := l.hourly.of(kind); ok && len(*l.ready[kind]) > 0 {
				p.events.report(hourlyLimit(l, kind, limit.words))
			}
		}
	}
	return fatal
}
