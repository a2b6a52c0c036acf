package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"assetform/apply/journal"
	"assetform/apply/remote/claim"
	"assetform/config/diag"
)

// claimed is what an asset knows of the claims on its inputs, beside the journal.
type claimed struct {
	waitedFrom int // the first claim that was waited for; 0: none was
	expired    int // the claim whose owner was taken for gone; 0: there is none
}

// taking is the taking of the claim that a request is sent under.
type taking struct {
	g      *generation
	c      *claiming
	reader claim.Reader
	intent journal.Record
}

// claimInputs takes the claim of the asset's inputs, if the remote keeps claims,
// and leaves in g.intent what is to be sent. send is false where nothing is: then
// g.task is the task that another machine has paid for, or stop says why not.
func (g *generation) claimInputs(ctx context.Context) (send bool, stop *outcome) {
	c := g.claiming
	if !c.applies(g.node) {
		return true, nil
	}
	ctx, done := g.stops.whileSending(ctx)
	defer done()
	t := &taking{g: g, c: c, intent: g.intent, reader: c.reader(g.lane.gen, g.node.claimed.waitedFrom)}
	t.intent.ClaimKey = t.reader.Key
	if c.sharing.remote.ReadOnly() {
		return t.only(ctx, c.unclaimed)
	}
	able, err := c.able(ctx)
	if err != nil {
		return false, t.left(ctx, err)
	}
	if !able {
		return t.only(ctx, true)
	}
	for {
		n, stop := t.next(ctx)
		if stop != nil {
			return false, stop
		}
		switch stop, err := t.create(ctx, n); {
		case stop != nil:
			return false, stop
		case errors.Is(err, claim.ErrTaken): // in the meantime
			if t.intent.Claim == 0 {
				continue
			}
			if err := g.record(ctx, journal.Record{State: journal.StateNotCreated, Error: "another machine has taken the claim", ClaimEnded: true}); err != nil {
				return false, g.journalFailed(err)
			}
			t.renamed()
		case err != nil:
			return false, t.left(ctx, err)
		default:
			return t.goOn(ctx)
		}
	}
}

// next is the number of the claim to create: above the newest one, which has
// ended or expired. While it has not, the asset waits for it, without a slot.
func (t *taking) next(ctx context.Context) (int, *outcome) {
	n, err := t.c.claims.Newest(ctx, t.g.node.hash)
	if err != nil || n == 0 {
		return n + 1, t.left(ctx, err)
	}
	newest, err := t.c.claims.Read(ctx, t.g.node.hash, n)
	if err != nil {
		return 0, t.left(ctx, err)
	}
	if !newest.State.Ended() && n != t.g.node.claimed.expired && !t.c.dead(newest.Owner) {
		return 0, t.waits(n)
	}
	return n + 1, nil
}

// waits sends the asset to wait for claim n, which is another's.
func (t *taking) waits(n int) *outcome {
	if c := &t.g.node.claimed; c.waitedFrom == 0 {
		c.waitedFrom = n
	}
	return &outcome{node: t.g.node, ending: endClaimed}
}

// left ends the asset if the claims could not be read or written.
func (t *taking) left(ctx context.Context, err error) *outcome {
	if err == nil {
		return nil
	}
	o := t.c.claimLeft(ctx, t.g.node, claim.Claim{}, err)
	return &o
}

// create creates a claim. That it is about to be is in the journal first: this
// machine knows then whose it is.
func (t *taking) create(ctx context.Context, n int) (stop *outcome, err error) {
	if err := t.c.claims.Next(ctx, t.g.node.hash, n); err != nil {
		return nil, err
	}
	t.intent.State, t.intent.Claim, t.intent.Time = journal.StateClaimed, n, time.Time{}
	if err := t.g.journal.append(ctx, t.intent); err != nil {
		return t.g.journalFailed(err), nil
	}
	t.g.intent = t.intent
	t.g.step("claiming")
	err = t.c.claims.Create(ctx, t.g.node.hash, n, t.claim(claim.Claimed))
	if err == nil {
		t.c.renew(&t.intent)
		t.g.step("claimed in the remote")
	}
	return nil, err
}

// renamed makes the request one that was never claimed.
func (t *taking) renamed() {
	fresh := t.g.newIntent()
	t.intent.ID, t.intent.IdempotencyKey, t.intent.KeyCheck = fresh.ID, fresh.IdempotencyKey, fresh.KeyCheck
	t.intent.Claim, t.g.intent = 0, t.intent
}

// claim is the claim as it is to be written.
func (t *taking) claim(s claim.State) claim.Claim {
	c := claimOf(&journal.Intent{Record: t.intent})
	c.State = s
	if s == claim.Claimed {
		c.IdempotencyKey, c.Baseline = "", ""
	}
	return c
}

// goOn goes on from a claim that was created: what is below it is read, then the
// result is looked for again, in this order.
func (t *taking) goOn(ctx context.Context) (send bool, stop *outcome) {
	g := t.g
	m, below, err := t.c.claims.Below(ctx, g.node.hash, t.intent.Claim, t.c.own)
	if err != nil {
		return false, t.left(ctx, err)
	}
	e, there, err := t.c.sharing.find(ctx, g.node, t.c.usable(g.node))
	switch {
	case err != nil:
		o := t.c.sharing.left(ctx, g.node, err)
		return false, &o
	case there:
		return false, t.unsent(ctx, &outcome{node: g.node, ending: endFound, entry: &e})
	}
	if below.State == claim.Sending { // the server is asked only where it matters
		t.reader.HonoursKeys = g.honoursKeys(ctx)
	}
	switch t.reader.Judge(m, below) {
	case claim.Failure:
		return false, t.unsent(ctx, claimFailed(g.node, below))
	case claim.Foreign:
		o := t.c.claimForeign(g.node, below, t.reader.Origin)
		return false, &o
	case claim.Resume:
		return false, t.take(ctx, below, below.TaskID)
	case claim.Question:
		return false, t.lookFor(ctx, below)
	case claim.Carry:
		t.intent.ClaimCarried, t.intent.IdempotencyKey, t.intent.Baseline = true, below.IdempotencyKey, parseBaseline(below.Baseline)
	}
	return t.announce(ctx)
}

// announce says that the request is about to be sent, and looks then whether
// somebody has taken the claim over meanwhile.
func (t *taking) announce(ctx context.Context) (send bool, stop *outcome) {
	h, n := t.g.node.hash, t.intent.Claim
	if t.intent.ClaimCarried { // before anybody can read that it was sent with it
		if err := t.g.journal.append(ctx, t.intent); err != nil {
			return false, t.g.journalFailed(err)
		}
	}
	t.g.intent = t.intent
	if err := t.c.claims.Write(ctx, h, n, t.claim(claim.Sending)); err != nil {
		return false, t.unsent(ctx, t.left(ctx, err))
	}
	t.g.step("announced")
	switch above, err := t.c.claims.Above(ctx, h, n); {
	case err != nil:
		return false, t.unsent(ctx, t.left(ctx, err))
	case !claim.MaySend(above):
		return false, t.unsent(ctx, t.waits(n+1))
	}
	return true, nil
}

// unsent ends the asset with nothing sent under its claim, which then is released
// unless it carries another's key.
func (t *taking) unsent(ctx context.Context, o *outcome) *outcome {
	if err := t.g.record(ctx, journal.Record{State: journal.StateNotCreated, Error: "nothing was sent under its claim"}); err != nil {
		return t.g.journalFailed(err)
	}
	return o
}

// take goes on with a task that another machine has paid for.
func (t *taking) take(ctx context.Context, below claim.Claim, task string) *outcome {
	g := t.g
	t.intent.IdempotencyKey, t.intent.Baseline = below.IdempotencyKey, parseBaseline(below.Baseline)
	t.intent.State, t.intent.TaskID, t.intent.Time = journal.StateAttached, task, time.Time{}
	g.intent = t.intent
	if other, ours := g.claim(task); !ours {
		how := fmt.Sprintf("the claim of owner %s names task %s", below.Owner, g.redact.shown(task))
		if g.fromList {
			how = fmt.Sprintf("the task list shows task %s", g.redact.shown(task))
		}
		return t.open(below, finding{err: fmt.Errorf("%s, which is the one of %s", how, other)})
	}
	if err := g.journal.append(ctx, t.intent); err != nil {
		return g.journalFailed(err)
	}
	g.resumes(ctx, task)
	return nil
}

// resumes goes on with a task that the journal has from another machine.
func (g *generation) resumes(ctx context.Context, task string) {
	g.task, g.began = task, time.Now()
	g.claiming.follow(ctx, g.intent.ID)
	g.events.emit(Event{Type: EventSubmitted, Address: g.node.address(), Candidate: g.node.number, TaskID: g.redact.shown(task), Resumed: true, FromList: g.fromList})
}

// lookFor looks for the task of one who may only be asleep. Nothing is sent in
// its place; this claim stays claimed, so that each later run looks again.
func (t *taking) lookFor(ctx context.Context, below claim.Claim) *outcome {
	f, stop := t.search(ctx, below)
	switch {
	case stop != nil:
		return stop
	case f.found:
		return t.take(ctx, below, f.task.ID)
	}
	return t.open(below, f)
}

// search says what the task list shows of the request of a claim; stop ends the
// asset where it was not looked for to the end.
func (t *taking) search(ctx context.Context, below claim.Claim) (f finding, stop *outcome) {
	g := t.g
	asked := t.intent
	asked.Baseline, asked.IdempotencyKey, asked.State = parseBaseline(below.Baseline), below.IdempotencyKey, journal.StateUnknown
	g.intent = asked
	f = g.lane.searcher.find(ctx, journal.Intent{Record: asked})
	if f.found && f.byPicture && !(&settlement{g: g}).fitsByPicture(ctx, f.task) {
		f.found = false
	}
	g.intent, g.fromList = t.intent, f.found
	if !f.found && g.stops.sendingEnded(ctx) {
		o := t.c.claimLeft(ctx, g.node, below, nil)
		return f, &o
	}
	return f, nil
}

// open ends the asset with the question what became of another machine's request.
func (t *taking) open(below claim.Claim, f finding) *outcome {
	g := t.g
	o := g.ended(endUnknown, "Outcome of another machine's request is unknown", fmt.Sprintf(
		"The request of owner %s for %s may have been accepted, and then %s may have been charged: its claim in %s says %q, and that one was not heard of when somebody looked. It is not sent again by itself. %s%s The next \"assetform apply\" there settles it. Else take its task with \"assetform tasks attach %s TASK_ID\", or, if there is none, give it up with \"assetform tasks forget --claim %s\" and apply again.",
		below.Owner, g.node.title(), g.prices.Text(g.intent.Cost), t.c.sharing.remote.Shown(), below.State, f.words(), whoseClaim, g.attachArgs(), diag.ShellWord(g.node.address().String())))
	o.perhaps = g.intent.Cost
	return o
}

// whoseClaim says how a person finds the owner of a claim.
const whoseClaim = "\"assetform tasks list\" shows on each machine which claims are its own."

// only looks at the claims of a remote in which none can be taken: those of owners
// that are heard of are respected, and what others have paid for is collected.
// Pays tells whether the request may be sent without a claim where nobody has one.
// Where it is not known whether somebody has paid, a person says so.
func (t *taking) only(ctx context.Context, pays bool) (send bool, stop *outcome) {
	g := t.g
	n, stop := t.next(ctx)
	if stop != nil {
		return false, stop
	}
	m, below, err := t.c.claims.Below(ctx, g.node.hash, n, t.c.own)
	if err != nil {
		return false, t.left(ctx, err)
	}
	why := ""
	switch t.reader.Judge(m, below) {
	case claim.Failure:
		return false, claimFailed(g.node, below)
	case claim.Resume:
		return false, t.take(ctx, below, below.TaskID)
	case claim.Question:
		f, stop := t.search(ctx, below)
		switch {
		case stop != nil:
			return false, stop
		case f.found:
			return false, t.take(ctx, below, f.task.ID)
		case g.honoursKeys(ctx): // then it is paid for once, whoever sends it
			t.intent.IdempotencyKey, g.intent.IdempotencyKey = below.IdempotencyKey, below.IdempotencyKey
		}
		why = fmt.Sprintf("The request of owner %s may have been sent, and %s charged: its claim says %q, and it is not heard of any more. %s%s ", below.Owner, g.prices.Text(g.intent.Cost), below.State, f.words(), whoseClaim)
	case claim.Foreign:
		why = fmt.Sprintf("The owner %s, of another account or server, may have paid for it: its claim says %q, and it is not heard of any more. %s ", below.Owner, below.State, whoseClaim)
	}
	if !t.c.unclaimed && (why != "" || !pays) {
		return false, g.left(g.node.diagnostic("Remote may only be read", fmt.Sprintf(
			"%s was not sent: without writing to %s this machine cannot tell others that it pays for it, so two may. %s\"assetform apply --unclaimed\" pays all the same, and --remote off does without looking.", g.node.title(), t.c.sharing.remote.Shown(), why)))
	}
	// What was released since the result was looked for has one by now.
	e, there, err := t.c.sharing.find(ctx, g.node, t.c.usable(g.node))
	switch {
	case err != nil:
		return false, t.left(ctx, err)
	case there:
		return false, &outcome{node: g.node, ending: endFound, entry: &e}
	}
	return true, nil
}

// claimFailed ends an asset whose task failed while it was waited for.
func claimFailed(n *node, c claim.Claim) *outcome {
	return &outcome{node: n, ending: endFailed, why: c.Words, credit: nothingSpent, diag: n.diagnostic("Generation failed", fmt.Sprintf(
		"Another machine had %s generated, and its task %s failed: %s.", n.address(), c.TaskID, c.Words))}
}

// sinceThen looks at what became of the claim of an earlier run's request. Who
// took it over has its key in the claim above: task is what that one found. The
// request may be sent again with that key unless the claim was released, by a
// person or by a claim above for another request.
func (c *claiming) sinceThen(ctx context.Context, in *journal.Intent) (task string, mayResend bool, err error) {
	if c.claims == nil || in.Claim == 0 {
		return "", true, nil
	}
	newest, err := c.claims.Newest(ctx, in.InputsHash)
	if err != nil {
		return "", false, err
	}
	own, err := c.claims.Read(ctx, in.InputsHash, in.Claim)
	own.IdempotencyKey = in.IdempotencyKey
	var above []claim.Claim
	for n := in.Claim + 1; err == nil && n <= newest; n++ {
		var one claim.Claim
		one, err = c.claims.Read(ctx, in.InputsHash, n)
		above = append(above, one)
	}
	task, mayResend = claim.Since(own, above)
	return task, mayResend && own.Owner == in.ID, err
}

// watchClaim waits until another's claim has ended or expired, without a slot.
func (s *scheduler) watchClaim(ctx context.Context, n *node) {
	s.start(n)
	c := s.asset.claiming
	waits := func(cl claim.Claim) {
		s.events.emit(Event{Type: EventProgress, Address: n.address(), Candidate: n.number, Phase: PhaseClaimed, Elapsed: time.Since(n.begun), Reason: waitsFor(cl)})
	}
	go func() {
		asking, done := s.stops.whileSending(ctx)
		defer done()
		o := outcome{node: n, ending: endLooked}
		at, seen, err := c.claims.Watch(asking, n.hash, c.dead, waits)
		reader := c.reader(s.providers.lanes[n.change.Spec.Provider].gen, n.claimed.waitedFrom)
		switch verdict := reader.Judge(at, seen); {
		case err != nil:
			o = c.claimLeft(ctx, n, seen, err)
		case verdict == claim.Failure:
			o = *claimFailed(n, seen)
		case verdict == claim.Foreign && seen.Says() && !c.sharing.remote.ReadOnly():
			o = c.claimForeign(n, seen, reader.Origin)
		default:
			n.claimed.expired, n.looked = at, false
		}
		o.looked = true
		s.outcomes <- o
	}()
}

// waitsFor says what an asset waits for, and for how long at most.
func waitsFor(cl claim.Claim) string {
	says := map[claim.State]string{
		claim.Claimed: "which has sent nothing yet",
		claim.Sending: "whose request has no answer yet",
		claim.Task:    "whose task is running",
	}[cl.State]
	return fmt.Sprintf("waits for another machine (owner %s), %s; once that is not heard of for %.0f s it is taken for gone", cl.Owner, says, claim.Expiry().Seconds())
}
