package apply

import (
	spec "assetform/config/engine"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"assetform/apply/journal"
	"assetform/apply/store"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// generation is one asset on its way from a request to an output. It belongs
// to one goroutine.
//
// Its phases are types of their own: submission, settlement, polling and
// collection. What they have in common is here.
type generation struct {
	engines spec.Registry
	prices  spec.Prices
	lane    *lane
	node    *node
	resume  *journal.Intent // the task that was paid for already; nil: there is none

	intent   journal.Record // what the journal has of the request
	task     string         // its id; "" while there is none
	began    time.Time
	payment  payment // its budget is that of the run
	slot     *slot
	fresh    bool // sent by this run
	fromList bool // the task was found in the server's list
	inDoubt  bool // the lane counts this asset's request as one without outcome

	// What all of a run share.
	journal    recorder
	known      *journal.Index
	store      *store.Store
	byTask     func() map[string][]addressed // results of the lock by the paid task's id; built when asked for
	lock       *lockfile.Lock                // as it was when the plan was made
	requests   *requestBuilder
	delivery   *delivery
	sharing    *sharing
	owners     *taskOwners
	statuses   *saidStatuses
	events     *emitter
	redact     *redaction
	claiming   *claiming
	stops      *stops
	owned      ownership
	notAllowed map[string]bool // see providers
	wake       func()          // of the scheduler

	testOnlyStep func(string, address.Address) // see Options
}

// of returns the generation of an asset in a lane, which shares what g has.
func (g generation) of(l *lane, n *node, resume *journal.Intent) *generation {
	g.lane, g.node, g.resume = l, n, resume
	g.payment.paid = l.paid
	g.slot = &slot{lane: l, held: true}
	return &g
}

// life takes one asset through the states of the design: what was paid for is
// picked up, else it is sent; then it is polled, downloaded, verified, written.
// Each state is in the journal before the next is begun.
//
// The slot is given back when the task has finished; where it never came to
// that, the coordinator does it after it knows why.
func (g *generation) life(ctx context.Context) outcome {
	o := g.live(ctx)
	g.claiming.leave(ctx, g.intent.ID)
	o.slot = g.slot
	if o.credit == "" {
		o.credit = g.credit(o.ending)
	}
	return o
}

// nothingSpent is what became of the credits of a request that came to nothing.
const nothingSpent = "nothing spent"

// credit says what became of the credits of an asset that was not done.
func (g *generation) credit(e ending) string {
	switch cost := g.intent.Cost; {
	case !g.lane.paid || cost.IsZero():
		return ""
	case e == endUnknown:
		return "perhaps " + g.prices.Text(cost) + " spent"
	case g.task == "":
		return nothingSpent
	default:
		return g.prices.Text(cost) + " spent; the next apply goes on with it at no cost"
	}
}

func (g *generation) live(ctx context.Context) outcome {
	if stop := g.obtainTask(ctx); stop != nil {
		return *stop
	}
	collected := &collection{g}
	delivered, nothing, stop := collected.lookAgain(ctx)
	if nothing {
		finished, left := (&polling{g: g}).await(ctx)
		if left != nil {
			return *left
		}
		g.slot.free(true)
		g.wake()
		delivered, stop = collected.collect(ctx, finished)
	}
	if stop != nil {
		return *stop
	}
	if g.node.unclaimed != nil {
		return outcome{node: g.node, ending: endDone, action: plan.NoOp}
	}
	return g.deliver(delivered)
}

// obtainTask leaves the id of a task in g.task, or returns why there is none.
func (g *generation) obtainTask(ctx context.Context) *outcome {
	n := g.node
	if g.resume != nil {
		if g.resume.Origin != g.lane.gen.Origin() {
			return g.elsewhere(ctx)
		}
		g.intent, g.task, g.began = g.resume.Record, g.resume.TaskID, time.Now()
		g.claiming.renew(&g.intent)
		if g.intent.Inputs == nil && n.unclaimed == nil { // the journal of what was done has none
			g.intent.Inputs = n.fp.Inputs()
		}
		if n.unclaimed == nil {
			g.events.emit(Event{Type: EventSubmitted, Address: n.address(), Candidate: n.number, TaskID: g.redact.shown(g.task), Resumed: true})
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
		return g.left(g.node.diagnostic("Paid task waits elsewhere", waitsAt(g.engines, in)))
	}
	return g.left(g.node.diagnostic("Paid task is at another server", fmt.Sprintf(
		"Task %s of %s was paid for at %s, and no provider leads there. It is not asked for anywhere else. Configure a provider with that server to collect it, or give it up with \"assetform tasks forget %s\".",
		g.redact.shown(in.TaskID), in.Address, in.Origin, diag.ShellWord(in.Address.String()))))
}

// deliver makes the result in the store the asset's output.
func (g *generation) deliver(e lockfile.Entry) outcome {
	o := outcome{node: g.node, ending: endDone, action: plan.Create, entry: &e}
	if g.node.of == nil {
		o = g.delivery.write(g.node, e, g.progress, g.step)
	}
	o.cost = g.payment.spent(g.intent.Cost)
	o.intents = append(o.intents, g.intent.ID)
	return o
}

// record puts a new state of the request down.
func (g *generation) record(ctx context.Context, r journal.Record) error {
	r.ID = g.intent.ID
	err := g.journal.append(ctx, r)
	if err == nil {
		g.step(string(r.State))
	}
	return err
}

// note puts a state down that need not survive a crash.
func (g *generation) note(ctx context.Context, r journal.Record) {
	r.ID = g.intent.ID
	if g.journal.journal.Note(context.WithoutCancel(ctx), r) == nil {
		g.step(string(r.State))
	}
}

// attachArgs names the asset as "tasks attach" takes it.
func (g *generation) attachArgs() string {
	a := diag.ShellWord(g.node.address().String())
	if n := g.node.number; n > 0 {
		return fmt.Sprintf("--candidate %d %s", n, a)
	}
	return a
}

// step tells a crash test where the asset is.
func (g *generation) step(name string) {
	g.testOnlyStep(name, g.node.address())
}

func (g *generation) progress(phase Phase) {
	if g.node.unclaimed == nil {
		g.events.emit(Event{Type: EventProgress, Address: g.node.address(), Candidate: g.node.number, Phase: phase, Elapsed: time.Since(g.node.begun)})
	}
}

// failed ends the asset with a diagnostic that points at its block.
func (g *generation) failed(summary, detail string) *outcome {
	return g.ended(endFailed, summary, detail)
}

func (g *generation) ended(e ending, summary, detail string) *outcome {
	return &outcome{node: g.node, ending: e, cost: g.payment.spent(g.intent.Cost), diag: g.node.diagnostic(summary, detail)}
}

// left ends the asset for this run; what was paid for is in the journal.
func (g *generation) left(d *hcl.Diagnostic) *outcome {
	return &outcome{node: g.node, ending: endLeft, cost: g.payment.spent(g.intent.Cost), diag: d}
}

func (g *generation) inputFailed(err error) *outcome {
	summary := "Input image cannot be read"
	var pointer *pointerError
	if errors.As(err, &pointer) {
		summary = "Input image is with Git LFS"
	} else if errors.Is(err, fs.ErrNotExist) {
		summary = "Input image is missing"
	}
	return g.failed(summary, fmt.Sprintf("%s was not sent: %s.", g.node.address(), err)).because(err)
}

func (g *generation) journalFailed(err error) *outcome {
	if errors.Is(err, journal.ErrBroken) || errors.Is(err, journal.ErrTaken) {
		return g.left(nil)
	}
	return g.failed("Request cannot be recorded", fmt.Sprintf("%s was not sent, because the journal could not take it down first: %s.", g.node.address(), err))
}
