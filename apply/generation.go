package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assetform/apply/journal"
	"assetform/config"
	"assetform/config/diag"
	"assetform/config/method"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// generation is one asset on its way from a request to an output. It belongs
// to one goroutine.
type generation struct {
	*run
	lane   *lane
	node   *node
	resume *journal.Intent // the task that was paid for already; nil: there is none

	intent    journal.Record // what the journal has of the request
	task      string         // its id; "" while there is none
	began     time.Time
	reserved  bool // the budget holds this asset's cost
	charged   bool
	held      bool // a slot of the lane
	fresh     bool // sent by this run
	fromList  bool // the task was found in the server's list
	doubted   bool // the lane counts this asset's request as one without outcome
	resending int  // how often the task was lost and, being free, asked for again
}

// step tells a crash test where the asset is.
func (g *generation) step(name string) {
	if g.testOnlyStep != nil {
		g.testOnlyStep(name, g.node.address())
	}
}

// life takes one asset through the states of the design: what was paid for is
// picked up, else it is sent; then it is polled, downloaded, verified, written.
// Each state is in the journal before the next is begun.
//
// The slot is given back when the task has finished; where it never came to
// that, the coordinator does it after it knows why.
func (g *generation) life(ctx context.Context) outcome {
	g.held = true
	o := g.live(ctx)
	o.slot = g
	return o
}

func (g *generation) live(ctx context.Context) outcome {
	if stop := g.obtainTask(ctx); stop != nil {
		return *stop
	}
	delivered, nothing, stop := g.lookAgain(ctx)
	if nothing {
		finished, left := g.await(ctx)
		if left != nil {
			return *left
		}
		g.freeSlot(true)
		g.nudge()
		delivered, stop = g.collect(ctx, finished)
	}
	if stop != nil {
		return *stop
	}
	if g.node.orphan != nil {
		return outcome{node: g.node, ending: endDone, action: plan.NoOp}
	}
	return g.deliver(ctx, delivered)
}

// obtainTask leaves the id of a task in g.task, or returns why there is none.
func (g *generation) obtainTask(ctx context.Context) *outcome {
	n := g.node
	if g.resume != nil {
		if g.resume.Origin != g.lane.gen.Origin() {
			return g.elsewhere(ctx)
		}
		g.intent, g.task, g.began = g.resume.Record, g.resume.TaskID, time.Now()
		if g.intent.Inputs == nil && n.orphan == nil { // the journal of what was done has none
			g.intent.Inputs = n.fp.Inputs()
		}
		if n.orphan == nil {
			g.events.emit(Event{Type: EventSubmitted, Address: n.address(), TaskID: g.shown(g.task), Resumed: true})
		}
		return nil
	}
	if in := g.known.TakeUnsettled(n.hash); in != nil {
		if in.TaskID != "" { // a task that the server did not know: perhaps it does now
			g.resume = in
			return g.obtainTask(ctx)
		}
		return g.settleEarlier(ctx, in)
	}
	return g.send(ctx, g.newIntent())
}

// elsewhere deals with a task at an origin that the provider has left: it is
// asked about there or nowhere.
func (g *generation) elsewhere(ctx context.Context) *outcome {
	if !g.lane.paid {
		return g.send(ctx, g.newIntent())
	}
	in := g.resume
	if g.notAllowed[in.Origin] {
		return g.left(g.node.diagnostic("Paid task waits elsewhere", waitsAt(in)))
	}
	return g.left(g.node.diagnostic("Paid task is at another server", fmt.Sprintf(
		"Task %s of %s was paid for at %s, and no provider leads there. It is not asked for anywhere else. Configure a provider with that server to collect it, or give it up with \"assetform tasks forget %s\".",
		g.shown(in.TaskID), in.Address, in.Origin, diag.ShellWord(in.Address.String()))))
}

// whileWaiting is a context for reads. It ends with --timeout too: a server
// that takes a connection and never answers would hold the run for as long as
// all attempts take. The caller calls the function that it returns.
func (r *run) whileWaiting(ctx context.Context) (context.Context, context.CancelFunc) {
	return until(ctx, r.soft)
}

// until is a context that ends when the channel is closed. The caller calls
// the function that it returns.
func until(ctx context.Context, end <-chan struct{}) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		select {
		case <-end:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, cancel
}

// freeSlot gives the slot back, once.
func (g *generation) freeSlot(finished bool) {
	if g.held {
		g.held = false
		g.lane.release(finished)
	}
}

// newIntent is the first record of a request for this asset.
func (g *generation) newIntent() journal.Record {
	rec := newIntent(g.node, g.lane.gen.Origin())
	rec.KeyCheck = keyCheck(g.lane.gen, rec.ID)
	// The free local server finds its own earlier work by the inputs; but what
	// failed, or is to be made anew, must not come back from there.
	if !g.lane.paid && !rec.Requested && !g.known.FailedBefore(g.node.hash) {
		rec.IdempotencyKey = g.node.hash.String()
	}
	return rec
}

// newIntent describes a request for an asset whose inputs are known.
func newIntent(n *node, origin string) journal.Record {
	c := n.change
	rec := journal.Record{
		ID:         journal.NewID(),
		State:      journal.StateIntent,
		Address:    c.Address,
		Provider:   c.Spec.Provider.Type,
		Origin:     origin,
		Method:     c.Spec.Method.Name,
		Kind:       c.Spec.Method.Kind,
		Model:      textParam(c.Spec, "model"),
		InputsHash: n.hash,
		Inputs:     n.fp.Inputs(),
		Requested:  asked(c),
		Cost:       c.Spec.Cost(),
	}
	rec.IdempotencyKey = rec.ID
	return rec
}

func textParam(s *config.Spec, name string) string {
	p, _ := s.Param(name)
	text, _ := p.Value.(string)
	return text
}

// journal records a new state. An answer that has come is written down even if the run is being cancelled.
func (g *generation) journal(ctx context.Context, r journal.Record) error {
	r.ID = g.intent.ID
	err := g.Journal.Append(context.WithoutCancel(ctx), r)
	if errors.Is(err, journal.ErrBroken) {
		g.haltAll(err)
	}
	if errors.Is(err, journal.ErrTaken) {
		g.commit.abandon(err)
	}
	if err == nil {
		g.step(string(r.State))
	}
	return err
}

// haltAll stops all submissions: without a journal none is safe.
func (r *run) haltAll(err error) {
	d := &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Journal cannot be written",
		Detail: fmt.Sprintf("%s. Nothing more is sent; what runs is collected into the store.", sentence(err)),
	}
	for _, l := range r.lanes {
		l.halt(d)
	}
}

func (g *generation) progress(phase Phase) {
	if g.node.orphan == nil {
		g.events.emit(Event{Type: EventProgress, Address: g.node.address(), Phase: phase, Elapsed: time.Since(g.node.begun)})
	}
}

// failed ends the asset with a diagnostic that points at its block.
func (g *generation) failed(summary, detail string) *outcome {
	return g.ended(endFailed, summary, detail)
}

func (g *generation) ended(e ending, summary, detail string) *outcome {
	return &outcome{node: g.node, ending: e, cost: g.cost(), diag: g.node.diagnostic(summary, detail)}
}

// left ends the asset for this run; what was paid for is in the journal.
func (g *generation) left(d *hcl.Diagnostic) *outcome {
	return &outcome{node: g.node, ending: endLeft, cost: g.cost(), diag: d}
}

// cost is what this run was charged for the asset.
func (g *generation) cost() (c method.Cost) {
	if g.charged {
		return g.intent.Cost
	}
	return c
}

// diagnostic is an error about the asset, at its block where there is one.
func (n *node) diagnostic(summary, detail string) *hcl.Diagnostic {
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: detail}
	if n.change != nil && n.change.Spec != nil && n.change.Spec.Range.Filename != "" {
		d.Subject = n.change.Spec.Range.Ptr()
	}
	return d
}

// reserve sets the asset's cost aside before a request is sent. The local
// provider charges nothing.
func (g *generation) reserve() error {
	if !g.lane.paid || g.reserved {
		return nil
	}
	if err := g.budget.Reserve(g.intent.Cost); err != nil {
		return err
	}
	g.reserved = true
	return nil
}

// refund gives the reservation back: the server said that it created nothing.
func (g *generation) refund() {
	if g.reserved {
		g.budget.Refund(g.intent.Cost)
		g.reserved = false
	}
}

// charge notes that the request was accepted.
func (g *generation) charge() {
	if g.reserved {
		g.budget.Settle(g.intent.Cost)
		g.reserved = false
	}
	g.charged = true
}

// uncharge takes the charge back: a task that failed costs nothing.
func (g *generation) uncharge() {
	if g.charged {
		g.charged = false
		if g.lane.paid {
			g.budget.Unsettle(g.intent.Cost)
		}
	}
}

// deliver makes the result in the store the asset's output.
func (g *generation) deliver(ctx context.Context, e lockfile.Entry) outcome {
	o := g.deliverResult(ctx, g.node, e, g.progress, g.step)
	o.cost = g.cost()
	o.intents = append(o.intents, g.intent.ID)
	return o
}
