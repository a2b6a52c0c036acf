package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
)

// accepted takes the id of a task: from here on it is paid for.
func (g *generation) accepted(ctx context.Context, created engine.Created, state journal.State) *outcome {
	if other, ours := g.claim(created.TaskID); !ours {
		cause := fmt.Errorf("the server answered with task %s, which is the one of %s", g.redact.shown(created.TaskID), other)
		g.record(ctx, journal.Record{State: journal.StateUnknown, Error: cause.Error()})
		g.unmatched()
		return g.unknown(cause, finding{})
	}
	g.clearDoubt()
	g.task, g.fresh = created.TaskID, true
	if g.began.IsZero() { // an earlier run sent it
		g.began = time.Now()
	}
	g.payment.charge(g.intent.Cost)
	g.lane.accepted(g.intent.Kind)
	if err := g.record(ctx, journal.Record{State: state, TaskID: g.task}); err != nil {
		// The task runs and nobody has written it down. It is collected in
		// this run, and the store remembers the result; only a crash before
		// that would make somebody look for it.
		g.events.report(&hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: "Task could not be recorded",
			Detail: fmt.Sprintf("%s runs as task %s, but that could not be written to the journal: %s. If this apply does not finish, take the task back with \"assetform tasks attach %s %s\".", g.node.address(), g.redact.shown(g.task), err, g.attachArgs(), diag.ShellWord(g.redact.shown(g.task))),
		})
	}
	g.claiming.follow(ctx, g.intent.ID)
	if g.node.unclaimed == nil {
		g.events.emit(Event{Type: EventSubmitted, Address: g.node.address(), Candidate: g.node.number, TaskID: g.redact.shown(g.task), Estimate: created.Estimate, FromList: g.fromList})
	}
	return nil
}

// claim makes a paid task this asset's, unless another request has it. An
// entry of the lock with the same id may be of another server, or of a time
// before ids began anew; whether it is the same task its picture will show.
func (g *generation) claim(task string) (other string, ours bool) {
	if !g.lane.paid {
		return "", true
	}
	return g.owners.claim(g.lane.gen.Origin(), task, g.node.address().String())
}

// giveUpTask gives up what claim took: the task is not this asset's, and what
// was charged for the asset's own is unknown again.
func (g *generation) giveUpTask() {
	g.owners.release(g.lane.gen.Origin(), g.task)
	g.payment.doubt(g.intent.Cost)
}

// unmatched notes that a request has come to nothing known though it was
// answered. Its outcome stays unknown: the next answer is no better.
func (g *generation) unmatched() {
	if g.lane.paid {
		g.lane.turns.unmatchedAnswer()
		g.lane.staysUnknown(tooManyUnknown(g.lane))
	}
}

// clearDoubt takes back that the outcome of this asset's request is in doubt.
func (g *generation) clearDoubt() {
	if g.inDoubt {
		g.inDoubt = false
		g.lane.turns.outcomeKnown()
	}
}

// ask asks once how the task stands.
func (g *generation) ask(ctx context.Context) (engine.Task, error) {
	ctx, done := g.stops.whileWaiting(ctx)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	task, err := g.lane.gen.Task(ctx, g.task)
	if err == nil && g.lane.paid && !g.intent.Confirmed {
		q := queryOf(g.engines, &g.intent)
		if g.node.unclaimed == nil {
			q = revealed(q, &g.node.fp)
		}
		differs, told := contradicts(g.lane.gen, q, &task)
		if g.otherKey() && (!told || len(differs) > 0) {
			return task, errOtherKey
		}
		if len(differs) > 0 {
			return task, &otherTaskError{"its " + strings.Join(differs, ", ") + " differ"}
		}
	}
	if err != nil && engine.As(err).NotFound && g.otherKey() {
		err = errOtherKey
	}
	return task, err
}

// errOtherKey: what an account has is not seen with another's key, and the
// same id may be another task there.
var errOtherKey = errors.New("it was sent with another API key")

// otherKey tells that a request of an earlier run was sent with another key
// than the one in use. Keys are changed, so the task is asked for all the same.
func (g *generation) otherKey() bool {
	return g.lane.paid && g.intent.KeyCheck != "" && g.intent.KeyCheck != keyCheck(g.lane.gen, g.intent.ID)
}

// otherTaskError says that the server has another's task under the id that it
// gave for ours: ids began anew, or two requests got one answer.
type otherTaskError struct{ why string }

func (e *otherTaskError) Error() string { return "the server shows it as another's: " + e.why }

func isOtherTask(err error) bool {
	var other *otherTaskError
	return errors.As(err, &other)
}

// notOurs ends an asset whose task turned out to be another's.
func (g *generation) notOurs(ctx context.Context, err error) *outcome {
	g.record(ctx, journal.Record{State: journal.StateUnknown, Error: err.Error()})
	return g.unknownTask(err)
}

// unknownTask ends an asset whose paid task the server does not know.
func (g *generation) unknownTask(err error) *outcome {
	g.giveUpTask()
	g.unmatched()
	attach, task := g.attachArgs(), diag.ShellWord(g.redact.shown(g.task))
	return g.ended(endUnknown, "Paid task is not known", fmt.Sprintf(
		"%s was accepted as task %s, for which %s may have been charged, but what the server says of it does not fit: %s. "+
			"It is not sent again by itself. Look at it with \"assetform tasks show %s\". If it is the right one, say so with \"assetform tasks attach --force %s %s\"; "+
			"take another one with \"assetform tasks attach %s TASK_ID\", or give it up with \"assetform tasks forget %s\" and apply again.",
		g.node.address(), g.redact.shown(g.task), g.prices.Text(g.intent.Cost), err, task, attach, task, attach, diag.ShellWord(g.node.address().String()))).because(err)
}

func (g *generation) taskFailed(ctx context.Context, task engine.Task) *outcome {
	words := task.Failure
	if words == "" {
		words = "the server gives no reason"
	}
	g.record(ctx, journal.Record{State: journal.StateFailed, Error: words})
	g.payment.uncharge(g.intent.Cost)
	o := g.failed("Generation failed", fmt.Sprintf("The server could not generate %s (task %s): %s.", g.node.title(), g.redact.shown(g.task), words)).because(errors.New(words))
	o.credit = nothingSpent
	return o
}

func (g *generation) watch() *watched {
	return g.lane.paceOf(g.intent.Method).watch(g.began)
}
