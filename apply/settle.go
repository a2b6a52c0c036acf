package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/apply/outputs"
	"assetform/apply/remote/claim"
	"assetform/config/diag"
)

const resendLimit = 5 // resends to a server that honours the key

// settlement is the question what became of a request.
type settlement struct {
	g     *generation
	req   engine.Request // to be sent again where that is safe
	cause error          // why there was no definite answer
}

// settle finds out what became of a request without a definite answer.
//
// What may be sent again, and why that is safe:
//
//  1. A server that says it honours Idempotency-Key gets the same request with
//     the same key: it answers with the first task if there is one, so at most
//     one task exists whatever happened.
//  2. The local provider charges nothing: sent again.
//
// Nothing else is. The task list may find our task, it never proves that there
// is none: every rule that concludes so pays twice under a list that lags,
// shows finished tasks only, cuts prompts, or a gateway that delivers late.
//
// A task of the list is ours if it is the only one above the baseline, the end
// of the list before the run that sent the request sent anything, that nobody
// claims, that shows every field which tells the request from another, each of
// them equal, and that no other open request can have created. The prompt
// counts only where some row shows a longer one, so that a cut would show; an
// aspect ratio that is not shown is taken from the finished picture. Dates
// decide nothing. Input images are never shown: a request that has any is not
// found so.
//
// In all other cases the money may be gone; a person decides.
func (s *settlement) settle(ctx context.Context, attempt int) (again bool, stop *outcome) {
	g := s.g
	g.progress(PhaseSettling)
	g.step("settling")
	if !g.lane.paid {
		if attempt >= submitAttempts {
			return false, g.failed("Local server failed", fmt.Sprintf("The local server gave no usable answer for %s: %s.", g.node.address(), s.cause))
		}
		return true, nil
	}
	if g.honoursKeys(ctx) {
		return false, s.resend(ctx)
	}
	in, known := g.journal.journal.Intent(g.intent.ID)
	if !known {
		return false, g.unknown(s.cause, finding{})
	}
	return false, s.lookFor(ctx, in)
}

// lookFor takes a lost request's task from the list if it is there.
func (s *settlement) lookFor(ctx context.Context, in journal.Intent) *outcome {
	g := s.g
	f := g.lane.searcher.find(ctx, in)
	if f.found && f.byPicture && !s.fitsByPicture(ctx, f.task) {
		f.found = false
	}
	if !f.found {
		return g.unknown(s.cause, f)
	}
	g.fromList = true
	return g.accepted(ctx, engine.Created{TaskID: f.task.ID}, journal.StateAttached)
}

// fitsByPicture waits for a task of which the list hides what its picture shows,
// and holds that against what was asked for.
func (s *settlement) fitsByPicture(ctx context.Context, task engine.Task) bool {
	g := s.g
	g.task, g.began = task.ID, time.Now()
	defer func() { g.task = "" }()
	for w, asked, failures := g.watch(), false, 0; !asked || !task.Status.Finished(); {
		if !w.wait(ctx, g.stops) {
			return false
		}
		t, err := g.ask(ctx)
		if failures++; err == nil {
			task, asked, failures = t, true, 0
		} else if failures >= retryPolls {
			return false
		}
		w.polled(time.Now(), task.Status.Finished())
	}
	if task.Status != engine.StatusCompleted {
		return false
	}
	p, err := (&collection{g}).fetch(ctx, task)
	if err != nil {
		return false
	}
	defer p.Abort()
	content, _, err := p.Commit()
	if err != nil {
		return false
	}
	m, err := outputs.Probe(g.store, content)
	if err != nil {
		return false
	}
	fits, _ := pictured(g.lane.gen, queryOf(g.engines, &g.intent), &task, m.Width, m.Height)
	return fits
}

// resend repeats the request with its key until the answer is definite.
func (s *settlement) resend(ctx context.Context) *outcome {
	g := s.g
	for n := 1; ; n++ {
		created, err := g.submit(ctx, s.req)
		if err == nil {
			return g.accepted(ctx, created, journal.StateSubmitted)
		}
		class := engine.Classify(err)
		switch {
		case class == engine.ClassRefused:
			g.record(ctx, journal.Record{State: journal.StateRefused, Error: err.Error()})
			g.clearDoubt()
			g.payment.refund(g.intent.Cost)
			return g.refused(err)
		case n < resendLimit && (class == engine.ClassUnknown || class == engine.ClassNeverSent || class == engine.ClassConcurrentLimit):
			// A limit says nothing of the first request: the key's task may
			// exist and the limit be checked first.
			if !g.stops.pause(ctx, min(maxSubmitWait, firstSubmitWait<<n)) {
				return g.unknown(s.cause, finding{})
			}
		default:
			return g.unknown(err, finding{})
		}
	}
}

// settleEarlier settles a request of an earlier run and goes on from there.
// Its cost is in the budget since the run began.
func (g *generation) settleEarlier(ctx context.Context, in *journal.Intent) *outcome {
	g.intent, g.payment.reserved = in.Record, g.lane.paid
	g.progress(PhaseSettling)
	cause := errors.New("the run that sent it ended before there was an answer")
	switch {
	case in.Origin != g.lane.gen.Origin() && !g.lane.paid:
		return g.send(ctx, g.newIntent())
	case in.Origin != g.lane.gen.Origin():
		return g.unknown(fmt.Errorf("it was sent to %s, and the provider now leads to %s", in.Origin, g.lane.gen.Origin()), finding{})
	case in.KeyCheck != "" && in.KeyCheck != keyCheck(g.lane.gen, in.ID):
		return g.unknown(errors.New("it was sent with another API key, and what that account has is not seen with this one"), finding{})
	}
	task, mayResend, err := g.claiming.sinceThen(ctx, in)
	switch {
	case err != nil:
		o := g.claiming.claimLeft(ctx, g.node, claim.Claim{}, err)
		return &o
	case task != "":
		return g.takenOver(ctx, in, task)
	case g.lane.paid && !(mayResend && g.honoursKeys(ctx)):
		return (&settlement{g: g, cause: cause}).lookFor(ctx, *in)
	}
	g.claiming.renew(&g.intent)
	// With the same key this can create at most one task.
	req, err := g.requests.build(g.node)
	if err != nil {
		return g.inputFailed(err)
	}
	return (&settlement{g: g, req: req, cause: cause}).resend(ctx)
}

// takenOver goes on with the task that another machine has found for a request of
// an earlier run.
func (g *generation) takenOver(ctx context.Context, in *journal.Intent, task string) *outcome {
	if other, ours := g.claim(task); !ours {
		return g.unknown(fmt.Errorf("its claim names task %s, which is the one of %s", g.redact.shown(task), other), finding{})
	}
	g.payment.charge(in.Cost)
	if err := g.record(ctx, journal.Record{State: journal.StateAttached, TaskID: task}); err != nil {
		return g.journalFailed(err)
	}
	g.resumes(ctx, task)
	return nil
}

// honoursKeys tells whether the server is known to honour Idempotency-Key.
func (g *generation) honoursKeys(ctx context.Context) bool {
	ctx, done := g.stops.whileSending(ctx)
	defer done()
	return g.lane.idempotent(ctx)
}

// unknown ends the asset: a person has to say what became of the request.
func (g *generation) unknown(cause error, f finding) *outcome {
	g.lane.staysUnknown(tooManyUnknown(g.lane))
	detail := fmt.Sprintf(
		"The request for %s may have been accepted, and then %s may have been charged: %s. It is not sent again by itself. %s",
		g.node.title(), g.prices.Text(g.intent.Cost), cause, f.words())
	return g.ended(endUnknown, "Outcome of a request is unknown", detail+fmt.Sprintf(
		"Settle it with \"assetform tasks settle\": take its task with \"assetform tasks attach %s TASK_ID\", or, if there is none, give the request up with \"assetform tasks forget %s\" and apply again.", g.attachArgs(), diag.ShellWord(g.node.address().String()))).because(cause)
}
