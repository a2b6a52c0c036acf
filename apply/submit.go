package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"sync"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// Figures of submissions.
const (
	submitAttempts = 8 // of a request that never left, or that the API says it failed at
	// strangerAttempts is the same where no request has reached the server yet:
	// that it cannot be reached is to be said within 5 s.
	strangerAttempts = 3
	firstSubmitWait  = 250 * time.Millisecond
	maxSubmitWait    = 15 * time.Second
	submitGrace      = 10 * time.Second // for the answer to a request when the run is to end
)

// send submits the asset with this intent until there is an answer. The order
// is the point: inputs are checked, the cost is reserved, the intent is
// durable, and only then the request leaves; its answer is durable before
// anything else is done with it.
func (g *generation) send(ctx context.Context, intent journal.Record) *outcome {
	g.intent = intent
	req, err := g.request(g.node)
	if err != nil {
		return g.inputFailed(err)
	}
	if g.lane.paid {
		intent.Baseline = g.lane.baseline(ctx)
		g.intent = intent
	}
	if err := g.reserve(); err != nil {
		return g.failed("Over budget", fmt.Sprintf("%s was not sent: %s.", g.node.address(), err))
	}
	for attempt := 1; ; attempt++ {
		if !g.turn(ctx) {
			g.refund()
			return g.left(nil)
		}
		intent.Time = time.Time{}
		if err := g.journal(ctx, intent); err != nil {
			g.lane.settleTurn(func() { g.lane.posting-- })
			g.refund()
			return g.journalFailed(err)
		}
		again, stop := g.post(ctx, req, attempt)
		if stop != nil || !again {
			return stop
		}
		g.pauseBefore(ctx, attempt)
	}
}

// turn waits until this asset's request may leave; false: it may not in this
// run.
func (g *generation) turn(ctx context.Context) bool {
	ctx, done := until(ctx, g.ending)
	defer done()
	if g.sendingEnded(ctx) || !g.lane.turn(ctx) {
		return false
	}
	if g.sendingEnded(ctx) || g.ours() != nil {
		g.lane.settleTurn(func() { g.lane.posting-- })
		return false
	}
	return true
}

// waitingEnded tells that the run waits for nothing any more.
func (g *generation) waitingEnded(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	case <-g.soft:
		return true
	default:
		return false
	}
}

// sendingEnded tells that the run sends nothing any more.
func (g *generation) sendingEnded(ctx context.Context) bool {
	select {
	case <-g.ending:
		return true
	default:
		return g.waitingEnded(ctx)
	}
}

// pauseBefore waits before the next attempt: exponentially, with full jitter.
func (g *generation) pauseBefore(ctx context.Context, attempt int) {
	g.progress(PhaseWaiting)
	ceiling := min(maxSubmitWait, firstSubmitWait<<min(attempt, 10))
	g.pause(ctx, time.Duration(rand.Int64N(int64(ceiling))+1))
}

// pause waits with nothing to collect: it ends when the run sends no more, and
// reports whether it waited.
func (g *generation) pause(ctx context.Context, d time.Duration) bool {
	ctx, done := until(ctx, g.ending)
	defer done()
	return g.sleep(ctx, d)
}

// sleep waits, unless the run ends; it reports whether it waited.
func (g *generation) sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	case <-g.soft:
		return false
	}
}

// post sends the request once and deals with the answer. It leaves a task in
// g.task, or returns why there is none, or says that the request may be sent
// again because it certainly created nothing.
func (g *generation) post(ctx context.Context, req engine.Request, attempt int) (again bool, stop *outcome) {
	g.progress(PhaseSubmitting)
	g.began = time.Now()
	g.step("posting")
	created, err := g.submit(ctx, req)
	g.step("posted")
	failure := err
	class := engine.Classify(err)
	g.doubted = err != nil && class == engine.ClassUnknown && g.lane.paid
	g.lane.settleTurn(func() {
		g.lane.posting--
		g.lane.met = g.lane.met || class != engine.ClassNeverSent || err == nil
		if g.doubted {
			g.lane.doubts++
		} else if err == nil && g.lane.strays == 0 {
			g.lane.doubts = 0
		}
	})
	if err == nil {
		return false, g.accepted(ctx, created, journal.StateSubmitted)
	}
	if class == engine.ClassUnknown {
		g.journal(ctx, journal.Record{State: journal.StateUnknown, Error: err.Error()}) // the intent alone says as much
		return g.settle(ctx, req, err, attempt)
	}
	if class == engine.ClassRefused {
		g.journal(ctx, journal.Record{State: journal.StateRefused, Error: err.Error()})
		g.refund()
		return false, g.failed("Request was refused", fmt.Sprintf("The server refused to generate %s: %s.", g.node.address(), err))
	}
	if err := g.journal(ctx, journal.Record{State: journal.StateNotCreated, Error: err.Error()}); err != nil {
		return false, g.journalFailed(err)
	}
	return g.notCreated(engine.As(failure), attempt)
}

// submit sends the request. One that has no answer yet when the run is to end
// gets a grace, and then has none.
func (g *generation) submit(ctx context.Context, req engine.Request) (engine.Created, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended, done := until(ctx, g.ending)
	defer done()
	defer context.AfterFunc(ended, func() {
		if ctx.Err() == nil {
			time.AfterFunc(submitGrace, cancel)
		}
	})()
	return g.lane.gen.Submit(ctx, req, g.intent.IdempotencyKey)
}

// notCreated deals with an answer that says for certain that there is no task
// and that does not speak against the request itself.
func (g *generation) notCreated(failure engine.Error, attempt int) (again bool, stop *outcome) {
	kind := g.node.change.Kind()
	switch failure.Class {
	case engine.ClassNeverSent:
		if attempt < strangerAttempts || attempt < submitAttempts && g.lane.reached() {
			return true, nil
		}
		g.refund()
		g.lane.halt(g.unreachable(failure.Err))
		return false, g.left(nil)
	case engine.ClassFatal:
		g.refund()
		g.lane.halt(g.allRefused(g.lane, failure.Err))
		return false, g.left(nil)
	case engine.ClassHourlyLimit:
		g.refund()
		g.lane.park(kind, time.Now(), failure.RetryAfter, failure.Message)
		return false, g.requeued()
	default:
		g.refund()
		g.held = false
		g.lane.tooMany(time.Now(), failure.RetryAfter)
		return false, g.requeued()
	}
}

// requeued sends the asset back to wait for room. It keeps its intent's id no
// longer: the next request is one of its own.
func (g *generation) requeued() *outcome {
	g.progress(PhaseWaiting)
	return &outcome{node: g.node, ending: endRequeue}
}

// stray notes that a request has come to nothing known though it was answered.
// That is a doubt like any other, and stays one: the next answer is no better.
func (g *generation) stray() {
	if !g.lane.paid {
		return
	}
	g.lane.settleTurn(func() {
		g.lane.strays++
		g.lane.doubts++
	})
	g.lane.doubtRemains(g.tooManyUnknown(g.lane))
}

// certain takes back that the outcome of this asset's request is in doubt.
func (g *generation) certain() {
	if g.doubted {
		g.doubted = false
		g.lane.settleTurn(func() { g.lane.doubts-- })
	}
}

// taken are the tasks that somebody has, by origin and id: the address whose
// they are. Several providers may lead to one origin.
type taken struct {
	mu sync.Mutex
	of map[string]map[string]string
}

// at returns those at an origin. The mutex is held.
func (c *taken) at(origin string, intents func() []journal.Intent) map[string]string {
	if c.of == nil {
		c.of = map[string]map[string]string{}
	}
	if c.of[origin] == nil {
		c.of[origin] = map[string]string{}
		for _, in := range intents() {
			if in.Origin == origin && in.Claims() {
				c.of[origin][in.TaskID] = in.Address.String()
			}
		}
	}
	return c.of[origin]
}

// claim makes a paid task this asset's, unless another request has it: a
// gateway may answer two requests with one answer. An entry of the lock with
// the same id may be of another server, or of a time before ids began anew;
// whether it is the same task its picture will show.
func (g *generation) claim(task string) (other string, ours bool) {
	if !g.lane.paid {
		return "", true
	}
	g.taken.mu.Lock()
	defer g.taken.mu.Unlock()
	at := g.taken.at(g.lane.gen.Origin(), g.Journal.Intents)
	if other, claimed := at[task]; claimed {
		return other, false
	}
	at[task] = g.node.address().String()
	return "", true
}

// inLock returns the address whose entry in the lock has the task and that
// content, if its inputs are others.
func (g *generation) inLock(content lockfile.ContentHash) (string, bool) {
	for address, e := range g.Lock.Assets {
		if e.TaskID == g.task && e.InputsHash != g.intent.InputsHash && e.UpstreamHash() == content && plan.Charges(e.Provider) {
			return address, true
		}
	}
	return "", false
}

// disown gives up what claim took: the task is not this asset's, and what was
// charged for the asset's own is unknown again.
func (g *generation) disown() {
	g.taken.mu.Lock()
	delete(g.taken.at(g.lane.gen.Origin(), g.Journal.Intents), g.task)
	g.taken.mu.Unlock()
	if g.charged && g.lane.paid {
		g.charged, g.reserved = false, true
		g.budget.Unsettle(g.intent.Cost)
		g.budget.Hold(g.intent.Cost)
	}
}

// accepted takes the id of a task: from here on it is paid for.
func (g *generation) accepted(ctx context.Context, created engine.Created, state journal.State) *outcome {
	if other, ours := g.claim(created.TaskID); !ours {
		cause := fmt.Errorf("the server answered with task %s, which is the one of %s", g.shown(created.TaskID), other)
		g.journal(ctx, journal.Record{State: journal.StateUnknown, Error: cause.Error()})
		g.stray()
		return g.unknown(cause, finding{})
	}
	g.certain()
	g.task, g.fresh = created.TaskID, true
	if g.began.IsZero() { // an earlier run sent it
		g.began = time.Now()
	}
	g.charge()
	g.lane.unpark(g.intent.Kind)
	if err := g.journal(ctx, journal.Record{State: state, TaskID: g.task}); err != nil {
		// The task runs and nobody has written it down. It is collected in
		// this run, and the store remembers the result; only a crash before
		// that would make somebody look for it.
		g.report(&hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: "Task could not be recorded",
			Detail: fmt.Sprintf("%s runs as task %s, but that could not be written to the journal: %s. If this apply does not finish, take the task back with \"assetform tasks attach %s %s\".", g.node.address(), g.shown(g.task), err, diag.ShellWord(g.node.address().String()), g.shown(g.task)),
		})
	}
	if g.node.orphan == nil {
		g.events.emit(Event{Type: EventSubmitted, Address: g.node.address(), TaskID: g.shown(g.task), Estimate: created.Estimate, FromList: g.fromList})
	}
	return nil
}

func (g *generation) inputFailed(err error) *outcome {
	summary := "Input image cannot be read"
	var pointer *pointerError
	if errors.As(err, &pointer) {
		summary = "Input image is with Git LFS"
	} else if errors.Is(err, fs.ErrNotExist) {
		summary = "Input image is missing"
	}
	return g.failed(summary, fmt.Sprintf("%s was not sent: %s.", g.node.address(), err))
}

func (g *generation) journalFailed(err error) *outcome {
	if errors.Is(err, journal.ErrBroken) || errors.Is(err, journal.ErrTaken) {
		return g.left(nil)
	}
	return g.failed("Request cannot be recorded", fmt.Sprintf("%s was not sent, because the journal could not take it down first: %s.", g.node.address(), err))
}

// unreachable is why a server that takes no connection gets no more requests.
func (r *run) unreachable(err error) *hcl.Diagnostic {
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Server cannot be reached",
		Detail: fmt.Sprintf("%s. Nothing was sent and nothing is charged for what is left. Run \"assetform apply\" again when the server can be reached.", sentence(err)),
	}
}
