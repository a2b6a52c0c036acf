package apply

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"assetform/apply/imaginator"
	"assetform/plan"
)

// Figures of settling.
const (
	settleGap      = 4 * time.Second // between two readings of the task list
	settleReadings = 10              // at most, while others with the same prompt are in flight
	clockSkew      = time.Hour       // how much earlier than our intent the server may date our task
	listPage       = 100             // the most that the API gives
	maxListPages   = 500
	witnessAge     = time.Minute // how much older than our intent the tasks may be that the list must show
	resendLimit    = 5           // resends to a server that honours the key
)

// verdict is what became of a request whose answer was lost.
type verdict int

const (
	stillUnknown verdict = iota
	taskFound
	nothingCreated
)

// settle finds out what became of a request without a definite answer.
//
// What may be sent again, and why that is safe:
//
//  1. A server that says it honours Idempotency-Key gets the same request with
//     the same key: it answers with the first task if there is one, so at most
//     one task exists whatever happened.
//  2. The local provider charges nothing: sent again.
//  3. Else the task list decides, and only when it leaves no doubt. Nobody but
//     this project's runs (one at a time, by the run lock) is assumed to send
//     our prompts with this key; others may send anything else. Our task, if
//     it exists, is in the list, dated not before the intent (by more than
//     clockSkew), with our type, model and prompt, and in no journal or lock
//     entry. If exactly one task is so, and no other open request could claim
//     it, it is ours. If every unclaimed task of the type and model shows
//     another prompt, ours does not exist, provided that the list was read far
//     enough, twice, with time between for a slow server, and that it shows
//     this project's tasks of about the same time. One task that hides
//     its prompt could be ours: then there is no verdict.
//  4. A 5xx in which the API itself says that it failed, from a server that
//     has no list: taken at its word.
//
// In all other cases the money may be gone; a person decides.
func (g *generation) settle(ctx context.Context, req imaginator.Request, class imaginator.Class, cause error, attempt int) (again bool, stop *outcome) {
	g.progress(PhaseSettling)
	g.step("settling")
	if ctx.Err() != nil {
		return false, g.unknown(cause)
	}
	if g.honoursKeys(ctx) {
		return false, g.resend(ctx, req, cause)
	}
	if !g.lane.paid {
		if attempt >= submitAttempts {
			return false, g.failed("Local server failed", fmt.Sprintf("The local server gave no usable answer for %s: %s.", g.node.address(), cause))
		}
		return true, nil
	}
	found, task, listErr := g.searchList(ctx)
	switch {
	case found == taskFound:
		return false, g.adoptTask(ctx, task)
	case found == nothingCreated, hasNoList(listErr) && class == imaginator.ClassUnknownServerError:
		if err := g.journal(ctx, Record{State: StateNotCreated, Error: cause.Error()}); err != nil {
			return false, g.journalFailed(err)
		}
		if attempt >= submitAttempts {
			g.refund()
			return false, g.failed("Server failed", fmt.Sprintf("The server could not create a task for %s: %s. Nothing was created.", g.node.address(), cause))
		}
		return true, nil
	}
	return false, g.unknown(cause)
}

// honoursKeys tells whether the server is known to honour Idempotency-Key.
func (g *generation) honoursKeys(ctx context.Context) bool {
	ctx, done := g.whileWaiting(ctx)
	defer done()
	return g.lane.idempotent(ctx)
}

// hasNoList tells that the server has no task list, as against one that cannot
// be read just now.
func hasNoList(err error) bool {
	var failure *imaginator.Error
	if !errors.As(err, &failure) {
		return false
	}
	switch failure.Status {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented:
		return true
	}
	return false
}

// resend repeats the request with its key until the answer is definite.
func (g *generation) resend(ctx context.Context, req imaginator.Request, cause error) *outcome {
	for n := 1; ; n++ {
		created, err := g.lane.gen.Submit(ctx, req, g.intent.IdempotencyKey)
		if err == nil {
			return g.accepted(ctx, created, StateSubmitted)
		}
		var failure *imaginator.Error
		errors.As(err, &failure)
		class := imaginator.Classify(err)
		switch {
		case class == imaginator.ClassRefused:
			g.journal(ctx, Record{State: StateRefused, Error: err.Error()})
			g.refund()
			return g.failed("Request was refused", fmt.Sprintf("The server refused to generate %s: %s.", g.node.address(), err))
		case n < resendLimit && (class.Unknown() || class == imaginator.ClassNeverSent || class == imaginator.ClassConcurrentLimit):
			// A limit says nothing of the first request: the key's task may
			// exist and the limit be checked first.
			if !g.sleep(ctx, min(maxSubmitWait, firstSubmitWait<<n)) {
				return g.unknown(cause)
			}
		default:
			return g.unknown(err)
		}
	}
}

// settleEarlier settles a request of an earlier run and goes on from there.
func (g *generation) settleEarlier(ctx context.Context, in *Intent) *outcome {
	g.intent = in.Record
	g.progress(PhaseSettling)
	if in.Origin != g.lane.gen.Origin() {
		if !g.lane.paid {
			return g.send(ctx, g.newIntent())
		}
		return g.unknown(fmt.Errorf("it was sent to %s, and the provider now leads to %s", in.Origin, g.lane.gen.Origin()))
	}
	idempotent := g.honoursKeys(ctx)
	if !idempotent && g.lane.paid {
		switch found, task, _ := g.searchList(ctx); found {
		case taskFound:
			return g.adoptTask(ctx, task)
		case stillUnknown:
			return g.unknown(errors.New("the run that sent it ended before there was an answer"))
		}
		if err := g.journal(ctx, Record{State: StateNotCreated, Error: "the task list shows no task for it"}); err != nil {
			return g.journalFailed(err)
		}
		return g.send(ctx, g.newIntent())
	}
	// With the same key this can create at most one task.
	g.reserveAnyway()
	req, err := g.request(g.node)
	if err != nil {
		return g.inputFailed(err)
	}
	return g.resend(ctx, req, errors.New("the run that sent it ended before there was an answer"))
}

// reserveAnyway notes the cost of a request that an earlier run sent: it may
// be charged already, so no budget can forbid to find out.
func (g *generation) reserveAnyway() {
	if err := g.reserve(); err != nil {
		return
	}
}

// adoptTask takes a task of the list for ours.
func (g *generation) adoptTask(ctx context.Context, task imaginator.Task) *outcome {
	return g.accepted(ctx, imaginator.Created{TaskID: task.ID}, StateAttached)
}

// unknown ends the asset: a person has to say what became of the request.
func (g *generation) unknown(cause error) *outcome {
	a := shellWord(g.node.address().String())
	return g.ended(endUnknown, "Outcome of a request is unknown", fmt.Sprintf(
		"The request for %s may have been accepted, and then %s may have been charged: %s. It is not sent again by itself. "+
			"Look for its task with \"assetform tasks list\", then take it with \"assetform tasks attach %s TASK_ID\"; "+
			"if there is none, give the request up with \"assetform tasks forget %s\" and apply again.",
		g.node.address(), costWords(g.intent.Cost), cause, a, a))
}

// searchList reads the task list until it has a verdict about the request in
// g.intent, or none is to be had. The error is why the list could not be read.
func (g *generation) searchList(ctx context.Context) (verdict, imaginator.Task, error) {
	created := time.Now()
	if in, ok := g.Journal.Intent(g.intent.ID); ok {
		created = in.Created
	}
	s := &search{intent: g.intent, horizon: created.Add(-clockSkew)}
	ctx, done := g.whileWaiting(ctx)
	defer done()
	gap := cmp.Or(g.testOnlySettleGap, settleGap)
	var last verdict
	var lastTask imaginator.Task
	for reading := 1; reading <= settleReadings; reading++ {
		if reading > 1 && !g.sleep(ctx, gap) {
			return stillUnknown, imaginator.Task{}, nil
		}
		s.claimed, s.witnesses, s.rivals = g.claims(created.Add(-witnessAge), time.Now().Add(-gap*3/4))
		v, task, err := s.read(ctx, g.lane.gen)
		if err != nil {
			return stillUnknown, imaginator.Task{}, err
		}
		if reading > 1 && s.rivals == 0 && v == last && task.ID == lastTask.ID {
			return v, task, nil
		}
		last, lastTask = v, task
		if reading >= 3 && s.rivals == 0 && v == stillUnknown {
			break
		}
	}
	return stillUnknown, imaginator.Task{}, nil
}

// claims lists the tasks of this project at the intent's origin, and those
// among them that were asked for between two times, and counts the other open
// requests with the same prompt.
func (g *generation) claims(from, to time.Time) (claimed map[string]bool, witnesses []string, rivals int) {
	claimed = map[string]bool{}
	for _, in := range g.Journal.Intents() {
		if in.Origin != g.intent.Origin || in.ID == g.intent.ID {
			continue
		}
		if in.TaskID != "" {
			claimed[in.TaskID] = true
		}
		accepted := in.State.Paid() || in.State == StateStored || in.State == StateDone
		if accepted && in.TaskID != "" && in.Created.After(from) && !in.Created.After(to) {
			witnesses = append(witnesses, in.TaskID)
		}
		if in.State.Unsettled() && in.Kind == g.intent.Kind && in.Model == g.intent.Model && in.Prompt == g.intent.Prompt {
			rivals++
		}
	}
	for _, e := range g.Lock.Assets {
		if e.TaskID != "" && e.Provider == plan.ProviderPaid {
			claimed[e.TaskID] = true
		}
	}
	return claimed, witnesses, rivals
}

// search looks for one request's task in the list.
type search struct {
	intent    Record
	horizon   time.Time       // no task of ours is older
	claimed   map[string]bool // tasks that belong to other requests
	witnesses []string        // tasks of other requests that a list without lag shows
	rivals    int
}

// read goes through the list once, newest first.
func (s *search) read(ctx context.Context, gen Generator) (verdict, imaginator.Task, error) {
	var ours []imaginator.Task
	hidden, complete := false, false
	seen := map[string]bool{}
	for page := 1; page <= maxListPages && !complete; page++ {
		got, err := gen.Tasks(ctx, imaginator.TaskQuery{Page: page, PerPage: listPage})
		if err != nil {
			return stillUnknown, imaginator.Task{}, err
		}
		if got.Page != page {
			break // it gives another page than asked for: there is no reading on
		}
		news := 0
		for _, t := range got.Tasks {
			if seen[t.ID] {
				continue
			}
			seen[t.ID] = true
			news++
			if latest, dated := t.CreatedBy(); dated && latest.Before(s.horizon) {
				complete = true
				continue
			}
			match, shown := s.matches(t)
			hidden = hidden || match && !shown
			if match && shown {
				ours = append(ours, t)
			}
		}
		complete = complete || s.atEnd(got, len(seen))
		if news == 0 {
			break
		}
	}
	for _, id := range s.witnesses {
		complete = complete && seen[id] // or else it lags behind
	}
	switch {
	case len(ours) == 1 && s.rivals == 0:
		return taskFound, ours[0], nil
	case len(ours) == 0 && !hidden && complete:
		return nothingCreated, imaginator.Task{}, nil
	}
	return stillUnknown, imaginator.Task{}, nil
}

// atEnd tells whether a page is the last: an empty one, or one after which
// the list's own total is reached, or, where no total is given, a short one.
func (s *search) atEnd(p imaginator.TaskPage, seen int) bool {
	if p.Total >= 0 {
		return seen >= p.Total
	}
	return len(p.Tasks) == 0 || p.PerPage > 0 && len(p.Tasks) < p.PerPage
}

// matches tells whether a task could be the request's: unclaimed, of its type
// and model, and with its prompt unless the list does not show prompts.
func (s *search) matches(t imaginator.Task) (match, shown bool) {
	switch {
	case s.claimed[t.ID]:
		return false, false
	case t.Type != "" && string(t.Type) != string(s.intent.Kind):
		return false, false
	case t.Model != "" && s.intent.Model != "" && t.Model != s.intent.Model:
		return false, false
	case t.Prompt == nil:
		return true, false
	}
	return promptDigest(*t.Prompt) == s.intent.Prompt, true
}

// shellWord quotes a word for a POSIX shell where it has to be.
func shellWord(s string) string {
	if !strings.ContainsAny(s, "[]\"'$`\\ *?!&;|<>(){}~#") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
