package apply

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
)

// Figures of submissions.
const (
	submitAttempts = 8 // of a request that never left, or that the API says it failed at
	// firstContactAttempts is the same where no request has reached the server
	// yet: that it cannot be reached is to be said within 5 s.
	firstContactAttempts = 3
	firstSubmitWait      = 250 * time.Millisecond
	maxSubmitWait        = 15 * time.Second
	submitGrace          = 10 * time.Second // for the answer to a request when the run is to end
)

// send submits the asset with this intent until there is an answer. The order
// is the point: inputs are checked, the cost is reserved, the intent is
// durable, and only then the request leaves; its answer is durable before
// anything else is done with it.
func (g *generation) send(ctx context.Context, intent journal.Record) *outcome {
	g.intent = intent
	req, err := g.requests.build(g.node)
	if err != nil {
		return g.inputFailed(err)
	}
	if g.lane.paid {
		g.intent.Baseline = g.lane.baseline(ctx)
	}
	if err := g.payment.reserve(g.intent.Cost); err != nil {
		return g.failed("Over budget", fmt.Sprintf("%s was not sent: %s.", g.node.address(), err)).because(err)
	}
	return (&submission{g: g, req: req}).send(ctx)
}

// submission is a request on its way to its first definite answer.
type submission struct {
	g       *generation
	req     engine.Request
	attempt int // from 1
}

// send sends the request until there is an answer, or there will be none. Its
// intent is durable before each attempt.
func (s *submission) send(ctx context.Context) *outcome {
	g := s.g
	intent := g.intent
	for s.attempt = 1; ; s.attempt++ {
		if !s.turn(ctx) {
			g.payment.refund(g.intent.Cost)
			return g.left(nil)
		}
		if s.attempt == 1 {
			if send, stop := s.claimed(ctx); !send {
				g.lane.turns.giveBack()
				g.payment.refund(intent.Cost)
				return stop
			}
			intent = g.intent
			intent.State, intent.Time = journal.StateIntent, time.Time{}
		}
		if err := g.record(ctx, intent); err != nil {
			g.lane.turns.giveBack()
			g.payment.refund(g.intent.Cost)
			return g.journalFailed(err)
		}
		again, stop := s.post(ctx)
		if stop != nil || !again {
			return stop
		}
		s.pauseBefore(ctx)
	}
}

// claimed takes the claim that the request is sent under. That takes a while, and
// what must still be this run's may be so no more.
func (s *submission) claimed(ctx context.Context) (send bool, stop *outcome) {
	g := s.g
	send, stop = g.claimInputs(ctx)
	if send && g.intent.Claim > 0 && (g.stops.sendingEnded(ctx) || g.owned.check() != nil) {
		if err := g.record(ctx, journal.Record{State: journal.StateNotCreated, Error: "nothing was sent under its claim"}); err != nil {
			return false, g.journalFailed(err)
		}
		return false, g.left(nil)
	}
	return send, stop
}

// turn waits until this asset's request may leave; false: it may not in this
// run.
func (s *submission) turn(ctx context.Context) bool {
	g := s.g
	ctx, done := g.stops.whileSending(ctx)
	defer done()
	if g.stops.sendingEnded(ctx) || !g.lane.turn(ctx) {
		return false
	}
	if g.stops.sendingEnded(ctx) || g.owned.check() != nil {
		g.lane.turns.giveBack()
		return false
	}
	return true
}

// pauseBefore waits before the next attempt: exponentially, with full jitter.
func (s *submission) pauseBefore(ctx context.Context) {
	g := s.g
	g.progress(PhaseWaiting)
	ceiling := min(maxSubmitWait, firstSubmitWait<<min(s.attempt, 10))
	g.stops.pause(ctx, time.Duration(rand.Int64N(int64(ceiling))+1))
}

// post sends the request once and deals with the answer. It leaves a task in
// the asset, or returns why there is none, or says that the request may be sent
// again because it certainly created nothing.
func (s *submission) post(ctx context.Context) (again bool, stop *outcome) {
	g := s.g
	g.progress(PhaseSubmitting)
	g.began = time.Now()
	g.step("posting")
	created, err := g.submit(ctx, s.req)
	g.step("posted")
	failure := err
	class := engine.Classify(err)
	g.inDoubt = err != nil && class == engine.ClassUnknown && g.lane.paid
	g.lane.turns.end(err == nil, err == nil || class != engine.ClassNeverSent, g.inDoubt)
	if err == nil {
		return false, g.accepted(ctx, created, journal.StateSubmitted)
	}
	if class == engine.ClassUnknown {
		g.record(ctx, journal.Record{State: journal.StateUnknown, Error: err.Error()}) // the intent alone says as much
		return (&settlement{g: g, req: s.req, cause: err}).settle(ctx, s.attempt)
	}
	if class == engine.ClassRefused {
		g.record(ctx, journal.Record{State: journal.StateRefused, Error: err.Error()})
		g.payment.refund(g.intent.Cost)
		return false, g.refused(err)
	}
	if err := g.record(ctx, journal.Record{State: journal.StateNotCreated, Error: err.Error()}); err != nil {
		return false, g.journalFailed(err)
	}
	return s.notCreated(engine.As(failure))
}

// notCreated deals with an answer that says for certain that there is no task
// and that does not speak against the request itself.
func (s *submission) notCreated(failure engine.Error) (again bool, stop *outcome) {
	g := s.g
	kind := g.node.change.Kind()
	switch failure.Class {
	case engine.ClassNeverSent:
		if s.attempt < firstContactAttempts && !g.lane.unreached || s.attempt < submitAttempts && g.lane.turns.reached() {
			return true, nil
		}
		g.payment.refund(g.intent.Cost)
		g.lane.halt(unreachable(failure.Err))
		return false, g.left(nil)
	case engine.ClassFatal:
		g.payment.refund(g.intent.Cost)
		if !failure.KeyRefused && g.lane.turns.tookOne() { // the path of this method alone is missing
			return false, g.refused(failure.Err)
		}
		g.lane.halt(allRefused(g.lane, failure.Err))
		return false, g.left(nil)
	case engine.ClassHourlyLimit:
		g.payment.refund(g.intent.Cost)
		g.lane.hourly.add(kind, time.Now(), failure.RetryAfter, failure.Message)
		return false, s.requeued()
	default:
		g.payment.refund(g.intent.Cost)
		g.slot.refused(time.Now(), failure.RetryAfter)
		return false, s.requeued()
	}
}

// refused ends an asset whose request will not be accepted as it is.
func (g *generation) refused(err error) *outcome {
	return g.failed("Request was refused", fmt.Sprintf("The server refused to generate %s: %s.", g.node.title(), err)).because(err)
}

// requeued sends the asset back to wait for room. It keeps its intent's id no
// longer: the next request is one of its own.
func (s *submission) requeued() *outcome {
	g := s.g
	g.progress(PhaseWaiting)
	return &outcome{node: g.node, ending: endRequeue}
}

// submit sends the request. One that has no answer yet when the run is to end
// gets a grace, and then has none.
func (g *generation) submit(ctx context.Context, req engine.Request) (engine.Created, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended, done := g.stops.whileSending(ctx)
	defer done()
	defer context.AfterFunc(ended, func() {
		if ctx.Err() == nil {
			time.AfterFunc(submitGrace, cancel)
		}
	})()
	return g.lane.gen.Submit(ctx, req, g.intent.IdempotencyKey)
}
