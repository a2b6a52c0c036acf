package apply

import (
	"context"
	"fmt"
	"sync"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/config"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// openLanes prepares the providers that the plan needs: the one place where a
// missing key shows, before anything is sent. It reports whether the run may
// go on.
func (r *run) openLanes(ctx context.Context) bool {
	needed := r.neededProviders()
	ok := true
	for _, ref := range needed {
		gen, err := r.Drivers(ref)
		if err != nil {
			r.events.report(&hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Provider cannot be used",
				Detail:  fmt.Sprintf("Provider %s: %s. Nothing was sent.", ref, sentence(err)),
				Subject: r.providerRange(ref),
			})
			ok = false
			continue
		}
		r.lanes[ref] = r.newLane(ref, gen, r.startLimit(ref))
	}
	if !ok {
		return false
	}
	var wait sync.WaitGroup
	for _, ref := range needed {
		if l := r.lanes[ref]; l.paid {
			wait.Go(func() { r.ask(ctx, l) })
		}
	}
	wait.Wait()
	for _, ref := range needed {
		if d := r.lanes[ref].halted(); d != nil {
			r.events.report(d)
			ok = false
		}
	}
	return ok
}

// neededProviders lists the providers of assets that may be generated, in the
// plan's order.
func (r *run) neededProviders() []config.ProviderRef {
	var list []config.ProviderRef
	seen := map[config.ProviderRef]bool{}
	for _, c := range r.Plan.Changes {
		if !c.Action.Generates() || seen[c.Spec.Provider] {
			continue
		}
		seen[c.Spec.Provider] = true
		list = append(list, c.Spec.Provider)
	}
	return list
}

func (r *run) providerRange(ref config.ProviderRef) *hcl.Range {
	if p := r.Project.Providers[ref]; p != nil && p.Range.Filename != "" {
		return p.Range.Ptr()
	}
	return nil
}

// startLimit is the limit that was configured, or 0.
func (r *run) startLimit(ref config.ProviderRef) int {
	if r.Parallelism > 0 {
		return r.Parallelism
	}
	if p := r.Project.Providers[ref]; p != nil && p.MaxConcurrent > 0 {
		return p.MaxConcurrent
	}
	if plan.Charges(ref.Type) {
		return 0 // the quota says
	}
	return defaultParallelism
}

// ask learns quota and health of a paid provider at the start. That the server
// does not answer is no reason to stop: the first request will show.
func (r *run) ask(ctx context.Context, l *lane) {
	limit := probeTimeout
	if r.Timeout > 0 {
		limit = min(limit, r.Timeout)
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var wait sync.WaitGroup
	var healthErr error
	wait.Go(func() {
		var h engine.Health
		if h, healthErr = healthOf(ctx, l.gen); healthErr == nil {
			l.learn(h)
			r.warnSketches(l, h)
		}
	})
	q, err := quotaOf(ctx, l.gen)
	wait.Wait()
	if engine.As(healthErr).NotTheService {
		l.halt(r.notTheAPI(l, healthErr))
		return
	}
	if engine.Classify(healthErr) == engine.ClassNeverSent && engine.Classify(err) == engine.ClassNeverSent {
		r.events.report(r.noConnection(l, err))
	}
	if failure := engine.As(err); failure.Own && failure.KeyRefused {
		l.halt(r.keyRefused(l, err))
		return
	}
	if err == nil && r.OnQuota != nil {
		r.OnQuota(l.ref, q)
	}
	if l.limit == 0 && err == nil {
		l.limit = q.Concurrent
	}
	if l.limit <= 0 {
		l.limit = defaultParallelism
	}
	l.ceiling = l.limit
}

func (r *run) warnSketches(l *lane, h engine.Health) {
	if !h.Sketches {
		return
	}
	r.events.report(&hcl.Diagnostic{
		Severity: hcl.DiagWarning, Summary: "Local server under imaginator",
		Detail:  fmt.Sprintf("The server of provider %s says that it is assetform's local one. Its sketches would pass for real results in the lock; use provider \"local\" for it.", l.ref),
		Subject: r.providerRange(l.ref),
	})
}

// notTheAPI is why a provider whose /health is a web page gets no requests:
// behind a sign-in page, or with the address of the site in place of the
// API's, every request would end with an unknown outcome.
func (r *run) notTheAPI(l *lane, err error) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Base URL is not the API",
		Detail:  fmt.Sprintf("Provider %s does not lead to the Imaginator API: %s. Nothing was sent. Check base_url (the API's path is part of it, as in https://host/api/v1), and whether a proxy or a sign-in page stands in between.", l.ref, sentence(err)),
		Subject: r.providerRange(l.ref),
	}
}

// noConnection says that the server takes no connection at the moment. The
// run goes on and tries again.
func (r *run) noConnection(l *lane, err error) *hcl.Diagnostic {
	d := warning("Server cannot be reached", fmt.Sprintf("Provider %s takes no connection: %s. It is tried again; nothing is charged meanwhile.", l.ref, sentence(err)))
	d.Subject = r.providerRange(l.ref)
	return d
}

// allRefused is why a provider takes no more requests after one was refused
// for a reason that holds for all.
func (r *run) allRefused(l *lane, err error) *hcl.Diagnostic {
	if engine.As(err).KeyRefused {
		return r.keyRefused(l, err)
	}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Base URL is not the API",
		Detail:  fmt.Sprintf("The server of provider %s has nothing at that path: %s. Nothing was created and nothing more is sent there. Check base_url: the API's path is part of it, as in https://host/api/v1.", l.ref, sentence(err)),
		Subject: r.providerRange(l.ref),
	}
}

// tooManyUnknown is why a provider gets no more requests while the outcomes of
// several in a row are not known.
func (r *run) tooManyUnknown(l *lane) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Outcomes stay unknown",
		Detail:  fmt.Sprintf("%d requests in a row to provider %s got no definite answer, so nothing more is sent there in this run. Settle them with \"assetform tasks settle\", then apply again.", maxDoubts, l.ref),
		Subject: r.providerRange(l.ref),
	}
}

// tellUnclaimed says, where there was no journal, how many of the newest tasks
// nobody here knows: some may be this project's, paid for already.
func (r *run) tellUnclaimed(l *lane, page engine.TaskPage) {
	c := claimsAt(l.gen, r.Journal.Intents(), r.Lock)
	unclaimed := 0
	for i := range page.Tasks {
		if !c.has(&page.Tasks[i]) {
			unclaimed++
		}
	}
	if unclaimed == 0 {
		return
	}
	d := warning("No journal of earlier requests", fmt.Sprintf(
		"This directory has no record of what was sent before, and %d of the %d newest tasks of provider %s are claimed by no entry of the lock. If some are this project's, they are paid for: look with \"assetform tasks list\" and take them with \"assetform tasks attach ADDR TASK_ID\".",
		unclaimed, len(page.Tasks), l.ref))
	d.Subject = r.providerRange(l.ref)
	r.events.report(d)
}

// baselineOf reads where the task list of a lane's server ends, once.
func (r *run) baselineOf(l *lane) func(context.Context) journal.Baseline {
	var once sync.Once
	var b journal.Baseline
	return func(ctx context.Context) journal.Baseline {
		once.Do(func() {
			ctx, done := r.stops.whileWaiting(ctx)
			defer done()
			var page engine.TaskPage
			var err error
			if b, page, err = readBaseline(ctx, l.gen); err == nil && r.Journal.Fresh() {
				r.tellUnclaimed(l, page)
			}
		})
		return b
	}
}

// keyRefused is why a provider takes no more requests.
func (r *run) keyRefused(l *lane, err error) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "API key was refused",
		Detail:  fmt.Sprintf("Provider %s accepts no requests with this key: %s. Nothing more is sent there; what runs is collected. Check the key (api_key of the provider, or IMAGINATOR_API_KEY) and its license.", l.ref, sentence(err)),
		Subject: r.providerRange(l.ref),
	}
}
