package apply

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/config/diag"
)

// Figures of waiting for tasks.
const (
	newTaskGrace      = 3                // polls of a task just created that may not find it yet
	retryPolls        = 5                // failed polls in a row, each retried by the client, before giving up for this run
	pollPause         = 10 * time.Second // after one
	unknownStatusWait = 10 * time.Minute // for a status that is not known to become one that is
	pollTimeout       = 30 * time.Second // of one with its retries: a server that never answers shall be told of
)

// polling asks about one task until it has finished.
type polling struct {
	g            *generation
	failures     int       // polls in a row without an answer
	missing      int       // polls in a row that did not find the task
	unknownSince time.Time // since when the status is none that is known
	resent       int       // how often the task was lost and, being free, asked for again
}

// await polls the task until it has finished.
func (p *polling) await(ctx context.Context) (engine.Task, *outcome) {
	g := p.g
	w := g.watch()
	phase := Phase("")
	for {
		if !w.wait(ctx, g.stops) {
			return engine.Task{}, g.left(nil)
		}
		task, err := g.ask(ctx)
		if err != nil {
			lost := engine.As(err).NotFound
			if lost {
				p.missing++
			} else {
				p.failures++
			}
			w.polled(time.Now(), false)
			again, stop := p.failed(ctx, err, lost)
			if stop != nil {
				return engine.Task{}, stop
			}
			if again {
				w = g.watch()
				p.missing = 0
			}
			continue
		}
		p.failures, p.missing = 0, 0
		w.polled(time.Now(), task.Status.Finished())
		g.step("polled")
		switch task.Status {
		case engine.StatusCompleted:
			g.note(ctx, journal.Record{State: journal.StateCompleted}) // without it the next run polls once more
			return task, nil
		case engine.StatusFailed:
			return engine.Task{}, g.taskFailed(ctx, task)
		}
		if !task.Status.Known() {
			p.warnStatus(task.Status)
			if p.unknownSince.IsZero() {
				p.unknownSince = time.Now()
			}
			if time.Since(p.unknownSince) > unknownStatusWait {
				return engine.Task{}, g.left(g.node.diagnostic("Task has an unknown status", fmt.Sprintf(
					"%s runs as task %s, whose status has been %q for %.0f minutes, and assetform does not know that word. The task is in the journal; the next \"assetform apply\" asks again at no cost.",
					g.node.address(), g.redact.shown(g.task), task.Status, unknownStatusWait.Minutes())))
			}
		}
		if now := phaseOf(task.Status); now != phase {
			phase = now
			g.progress(now)
		}
	}
}

// failed decides what a poll without an answer means. again says that the
// task was replaced by a new one.
func (p *polling) failed(ctx context.Context, err error, lost bool) (again bool, stop *outcome) {
	g := p.g
	switch {
	case g.stops.waitingEnded(ctx):
		return false, g.left(nil)
	case lost && g.fresh && p.missing <= newTaskGrace:
		g.stops.sleep(ctx, time.Second) // the list of tasks may lag behind its creation
		return false, nil
	case lost && !g.lane.paid && p.resent < 2 && g.node.unclaimed == nil:
		p.resent++
		return true, p.sendAgain(ctx)
	case lost && !g.lane.paid:
		return false, p.lostFree(ctx)
	case errors.Is(err, errOtherKey):
		return false, g.left(g.node.diagnostic("Paid task is of another key", fmt.Sprintf(
			"%s runs as task %s, which was sent with another API key than the one in use, and with this one it is not to be seen for certain. Nothing is lost: set that key and run \"assetform apply\" to collect it. If both keys are of one account, take it with \"assetform tasks attach --force %s %s\"; \"assetform tasks forget %s\" gives it up.",
			g.node.address(), g.redact.shown(g.task), g.attachArgs(), diag.ShellWord(g.redact.shown(g.task)), diag.ShellWord(g.node.address().String()))))
	case lost, isOtherTask(err):
		return false, g.notOurs(ctx, err)
	case engine.As(err).KeyRefused:
		g.lane.halt(keyRefused(g.lane, err))
		return false, g.left(nil)
	case engine.As(err).NoSuchPath && !g.fresh && !g.lane.turns.tookOne(): // so it is with all tasks
		g.lane.halt(allRefused(g.lane, err))
		return false, g.left(nil)
	case p.failures < retryPolls && !g.stops.sendingEnded(ctx): // after a signal, one without an answer is enough
		g.stops.sleep(ctx, pollPause)
		return false, nil
	}
	return false, g.left(g.node.diagnostic("Task cannot be asked about", fmt.Sprintf(
		"%s runs as task %s, but the server gives no answer about it: %s. It is in the journal; the next \"assetform apply\" goes on with it at no cost.", g.node.address(), g.redact.shown(g.task), err))).because(err)
}

// sendAgain replaces a task that the free local server has forgotten. Under the
// same key it is made anew as it was; a server that still has the key and names
// the lost task by it is asked under another.
func (p *polling) sendAgain(ctx context.Context) *outcome {
	g := p.g
	if err := g.record(ctx, journal.Record{State: journal.StateNotCreated, Error: "the local server does not know the task any more"}); err != nil {
		return g.journalFailed(err)
	}
	rec := g.newIntent()
	if p.resent > 1 {
		rec.IdempotencyKey = rec.ID
	}
	return g.send(ctx, rec)
}

// lostFree gives up a forgotten task of the local server.
func (p *polling) lostFree(ctx context.Context) *outcome {
	g := p.g
	g.record(ctx, journal.Record{State: journal.StateForgotten, Error: "the local server does not know the task any more"})
	return g.failed("Task was lost", fmt.Sprintf("The local server does not know task %s of %s any more.", g.redact.shown(g.task), g.node.address()))
}

// warnStatus warns of a status word that is not known, once a run.
func (p *polling) warnStatus(word engine.Status) {
	g := p.g
	if g.statuses.first(word) {
		g.events.report(warning("Task has an unknown status", fmt.Sprintf(
			"The server calls the status of task %s of %s %q, which assetform does not know. It is asked again for at most %.0f minutes.", g.redact.shown(g.task), g.node.address(), word, unknownStatusWait.Minutes())))
	}
}

// saidStatuses are the status words that were warned of already.
type saidStatuses struct{ said sync.Map }

// first reports whether a word comes for the first time.
func (s *saidStatuses) first(word engine.Status) bool {
	_, said := s.said.LoadOrStore(word, true)
	return !said
}

func phaseOf(s engine.Status) Phase {
	if s == engine.StatusPending {
		return PhasePending
	}
	return PhaseProcessing
}
