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
	"assetform/plan"
)

// Figures of waiting for tasks.
const (
	newTaskGrace = 3                // polls of a task just created that may not find it yet
	retryPolls   = 5                // failed polls in a row, each retried by the client, before giving up for this run
	pollPause    = 10 * time.Second // after one
	strangeWait  = 10 * time.Minute // for a status that is not known to become one that is
	pollTimeout  = 30 * time.Second // of one with its retries: a server that never answers shall be told of
)

// await polls the task until it has finished.
func (g *generation) await(ctx context.Context) (engine.Task, *outcome) {
	w := g.watch()
	phase := Phase("")
	failures, missing := 0, 0
	var strange time.Time // since when the status is none that is known
	for {
		if !g.pausePoll(ctx, w) {
			return engine.Task{}, g.left(nil)
		}
		task, err := g.ask(ctx)
		if err != nil {
			lost := engine.As(err).NotFound
			if lost {
				missing++
				failures--
			}
			failures++
			w.polled(time.Now(), false)
			again, stop := g.pollFailed(ctx, err, lost, missing, failures)
			if stop != nil {
				return engine.Task{}, stop
			}
			if again {
				w = g.watch()
				missing = 0
			}
			continue
		}
		failures, missing = 0, 0
		w.polled(time.Now(), task.Status.Finished())
		g.step("polled")
		switch task.Status {
		case engine.StatusCompleted:
			g.journal(ctx, journal.Record{State: journal.StateCompleted}) // without it the next run polls once more
			return task, nil
		case engine.StatusFailed:
			return engine.Task{}, g.taskFailed(ctx, task)
		}
		if !task.Status.Known() {
			g.sayWord(task.Status)
			if strange.IsZero() {
				strange = time.Now()
			}
			if time.Since(strange) > strangeWait {
				return engine.Task{}, g.left(g.node.diagnostic("Task has an unknown status", fmt.Sprintf(
					"%s runs as task %s, whose status has been %q for %.0f minutes, and assetform does not know that word. The task is in the journal; the next \"assetform apply\" asks again at no cost.",
					g.node.address(), g.shown(g.task), task.Status, strangeWait.Minutes())))
			}
		}
		if p := phaseOf(task.Status); p != phase {
			phase = p
			g.progress(p)
		}
	}
}

// ask asks once how the task stands.
func (g *generation) ask(ctx context.Context) (engine.Task, error) {
	ctx, done := g.whileWaiting(ctx)
	defer done()
	ctx, cancel := context.WithTimeout(ctx, pollTimeout)
	defer cancel()
	task, err := g.lane.gen.Task(ctx, g.task)
	if err == nil && g.lane.paid && !g.intent.Confirmed {
		q := queryOf(&g.intent)
		if g.node.orphan == nil {
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

// sayWord warns of a status word that is not known, once a run.
func (g *generation) sayWord(word engine.Status) {
	if _, said := g.words.LoadOrStore(word, true); !said {
		g.report(warning("Task has an unknown status", fmt.Sprintf(
			"The server calls the status of task %s of %s %q, which assetform does not know. It is asked again for at most %.0f minutes.", g.shown(g.task), g.node.address(), word, strangeWait.Minutes())))
	}
}

// otherTaskError says that the server has another's task under the id that it
// gave for ours: ids began anew, or two requests got one answer.
type otherTaskError struct{ why string }

func (e *otherTaskError) Error() string { return "the server shows it as another's: " + e.why }

func isOtherTask(err error) bool {
	var other *otherTaskError
	return errors.As(err, &other)
}

func (g *generation) watch() *watched {
	return g.lane.paceOf(g.intent.Method, !g.lane.paid || g.testOnlyEager).watch(g.began)
}

func phaseOf(s engine.Status) Phase {
	if s == engine.StatusPending {
		return PhasePending
	}
	return PhaseProcessing
}

// pausePoll waits until the next poll is due; false: the run waits no more.
func (g *generation) pausePoll(ctx context.Context, w *watched) bool {
	for {
		d, seen := w.next(time.Now())
		if d <= 0 {
			return !g.waitingEnded(ctx)
		}
		t := time.NewTimer(d)
		select {
		case <-t.C:
			return !g.waitingEnded(ctx)
		case <-seen:
			t.Stop()
		case <-ctx.Done():
			t.Stop()
			return false
		case <-g.soft:
			t.Stop()
			return false
		}
	}
}

// pollFailed decides what a poll without an answer means. again says that the
// task was replaced by a new one.
func (g *generation) pollFailed(ctx context.Context, err error, lost bool, missing, failures int) (again bool, stop *outcome) {
	a := diag.ShellWord(g.node.address().String())
	switch {
	case g.waitingEnded(ctx):
		return false, g.left(nil)
	case lost && g.fresh && missing <= newTaskGrace:
		g.sleep(ctx, time.Second) // the list of tasks may lag behind its creation
		return false, nil
	case lost && !g.lane.paid && g.resending < 2 && g.node.orphan == nil:
		g.resending++
		return true, g.sendAgain(ctx)
	case lost && !g.lane.paid:
		return false, g.lostFree(ctx)
	case errors.Is(err, errOtherKey):
		return false, g.left(g.node.diagnostic("Paid task is of another key", fmt.Sprintf(
			"%s runs as task %s, which was sent with another API key than the one in use, and with this one it is not to be seen for certain. Nothing is lost: set that key and run \"assetform apply\" to collect it. If both keys are of one account, take it with \"assetform tasks attach --force %s %s\"; \"assetform tasks forget %s\" gives it up.",
			g.node.address(), g.shown(g.task), a, diag.ShellWord(g.shown(g.task)), a)))
	case lost, isOtherTask(err):
		return false, g.anothers(ctx, err)
	case engine.As(err).KeyRefused:
		g.lane.halt(g.keyRefused(g.lane, err))
		return false, g.left(nil)
	case failures < retryPolls && !g.sendingEnded(ctx): // after a signal, one without an answer is enough
		g.sleep(ctx, pollPause)
		return false, nil
	}
	return false, g.left(g.node.diagnostic("Task cannot be asked about", fmt.Sprintf(
		"%s runs as task %s, but the server gives no answer about it: %s. It is in the journal; the next \"assetform apply\" goes on with it at no cost.", g.node.address(), g.shown(g.task), err)))
}

// sendAgain replaces a task that the free local server has forgotten.
func (g *generation) sendAgain(ctx context.Context) *outcome {
	if err := g.journal(ctx, journal.Record{State: journal.StateNotCreated, Error: "the local server does not know the task any more"}); err != nil {
		return g.journalFailed(err)
	}
	rec := g.newIntent()
	rec.IdempotencyKey = rec.ID // the old key would name the lost task
	return g.send(ctx, rec)
}

// lostFree gives up a forgotten task of the local server.
func (g *generation) lostFree(ctx context.Context) *outcome {
	g.journal(ctx, journal.Record{State: journal.StateForgotten, Error: "the local server does not know the task any more"})
	return g.failed("Task was lost", fmt.Sprintf("The local server does not know task %s of %s any more.", g.shown(g.task), g.node.address()))
}

// unknownTask ends an asset whose paid task the server does not know.
func (g *generation) unknownTask(err error) *outcome {
	g.disown()
	g.stray()
	a := diag.ShellWord(g.node.address().String())
	return g.ended(endUnknown, "Paid task is not known", fmt.Sprintf(
		"%s was accepted as task %s, for which %s may have been charged, but what the server says of it does not fit: %s. "+
			"It is not sent again by itself. Look at it with \"assetform tasks show %s\". If it is the right one, say so with \"assetform tasks attach --force %s %s\"; "+
			"take another one with \"assetform tasks attach %s TASK_ID\", or give it up with \"assetform tasks forget %s\" and apply again.",
		g.node.address(), g.shown(g.task), plan.RecordedCost(g.intent.Cost), err, diag.ShellWord(g.shown(g.task)), a, diag.ShellWord(g.shown(g.task)), a, a))
}

func (g *generation) taskFailed(ctx context.Context, task engine.Task) *outcome {
	words := task.Failure
	if words == "" {
		words = "the server gives no reason"
	}
	g.journal(ctx, journal.Record{State: journal.StateFailed, Error: words})
	g.uncharge()
	return g.failed("Generation failed", fmt.Sprintf("The server could not generate %s (task %s): %s.", g.node.address(), g.shown(g.task), words))
}
