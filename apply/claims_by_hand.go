package apply

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"assetform/apply/journal"
	"assetform/apply/remote"
	"assetform/apply/remote/claim"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
)

// FollowClaims writes into the claims in the remote what a person has said of
// the requests that were sent under them.
func FollowClaims(ctx context.Context, r *remote.Remote, j *journal.Journal) error {
	claims := claim.New(r.Files, r.Shown())
	for _, in := range j.Intents() {
		if in.Claim == 0 || in.ClaimEnded || in.State == journal.StateStored || in.State == journal.StateDone {
			continue
		}
		if goal, writes := goalOf(&in); writes {
			if err := writeClaim(ctx, claims, j, &in, goal); err != nil {
				return err
			}
		}
	}
	return nil
}

// ClaimsToFollow tells whether FollowClaims has anything to write.
func ClaimsToFollow(j *journal.Journal) bool {
	for _, in := range j.Intents() {
		if in.Claim > 0 && !in.ClaimEnded {
			return true
		}
	}
	return false
}

// claimAttached creates a claim for a task that no claim tells of: others then
// resume it instead of paying.
func (o *AttachOptions) claimAttached(ctx context.Context, rec *journal.Record) error {
	if o.Remote == nil || o.Remote.ReadOnly() || rec.Claim > 0 || !o.Engines.Charges(rec.Provider) {
		return nil
	}
	claims := claim.New(o.Remote.Files, o.Remote.Shown())
	if unable, err := claims.Probe(ctx); err != nil || unable != nil {
		return err
	}
	in, known := o.Journal.Intent(rec.ID)
	for {
		n, err := claims.Newest(ctx, rec.InputsHash)
		if err != nil {
			return err
		}
		rec.Claim, rec.ClaimKey = n+1, keyCheck(o.Driver, claimSalt(shownOrigin(rec.Origin)))
		_, below, err := claims.Below(ctx, rec.InputsHash, n+1, func(c claim.Claim) claim.Claim { return c })
		if err != nil {
			return err
		}
		if !known && below.State == claim.Sending && below.Key == rec.ClaimKey && below.Origin == shownOrigin(rec.Origin) {
			// What its owner does not know is answered by this, and it reads so.
			rec.IdempotencyKey, rec.Baseline = below.IdempotencyKey, parseBaseline(below.Baseline)
		}
		before := *rec
		if before.State = journal.StateClaimed; known {
			before.State, before.TaskID, before.Confirmed = in.State, in.TaskID, false
		}
		if err := o.Journal.Append(ctx, before); err != nil {
			return err
		}
		cl := claimOf(&journal.Intent{Record: *rec})
		cl.State = claim.Task
		if err := claims.Create(ctx, rec.InputsHash, rec.Claim, cl); !errors.Is(err, claim.ErrTaken) {
			return err
		}
	}
}

// A ForgottenClaim is another machine's claim that a person gave up.
type ForgottenClaim struct {
	claim.Claim
	Candidate int         // of an asset that has several
	Cost      engine.Cost // that may have been charged
}

// ForgetClaims releases the claims on an asset's inputs whose owners are not
// heard of any more. It waits for as long as that takes to be seen, unless the
// journal shows that it is a claim of this machine: that is an error, which says
// what to do instead. looking is called before anybody is asked.
func ForgetClaims(ctx context.Context, r *remote.Remote, j *journal.Journal, p *plan.Plan, a address.Address, looking func()) (list []ForgottenClaim, err error) {
	c := p.Change(a)
	if c == nil || c.Spec == nil {
		return nil, errors.New("the configuration has no such asset")
	}
	if !c.Fingerprint.Known() {
		return nil, errors.New("its inputs are not known before its upstreams are generated")
	}
	looking()
	claims := claim.New(r.Files, r.Shown())
	for k := 1; k <= max(1, c.Spec.Candidates); k++ {
		fp := c.Fingerprint.CandidateOf(c.Spec.Method, k)
		err := notOwn(ctx, claims, j, fp.Hash(), a)
		var forgotten claim.Claim
		var ok bool
		if err == nil {
			forgotten, ok, err = claims.Forget(ctx, fp.Hash())
		}
		if damage := (*claim.DamageError)(nil); errors.As(err, &damage) {
			err = fmt.Errorf("in %s %w. %s", r.Shown(), err, damage.Way())
		}
		if err != nil {
			return list, err
		}
		if !ok {
			continue
		}
		f := ForgottenClaim{Claim: forgotten}
		if c.Spec.Candidates > 1 {
			f.Candidate = k
		}
		if forgotten.Says() {
			f.Cost = c.Spec.Cost()
		}
		list = append(list, f)
	}
	return list, nil
}

// notOwn returns an error if the claim that binds is one of this machine.
func notOwn(ctx context.Context, claims *claim.Claims, j *journal.Journal, h lockfile.InputsHash, a address.Address) error {
	newest, err := claims.Newest(ctx, h)
	if err != nil {
		return err
	}
	_, said, err := claims.Below(ctx, h, newest+1, func(c claim.Claim) claim.Claim { return c })
	if err != nil || said.State.Ended() {
		return err
	}
	in, own := j.Intent(said.Owner)
	switch word := diag.ShellWord(a.String()); {
	case !own:
		return nil
	case in.State.Unsettled():
		return fmt.Errorf("the claim is this machine's own, and what became of its request is not known. \"assetform tasks settle\" shows what it can be, and \"assetform tasks forget %s\" gives it up", word)
	case in.State.Paid():
		return fmt.Errorf("the claim is this machine's own, and its task %s was accepted. The next \"assetform apply\" collects it, and \"assetform tasks forget %s\" gives it up", in.TaskID, word)
	}
	return errors.New("the claim is this machine's own, and nothing is open under it. The next \"assetform apply\" writes so")
}

// writeClaim writes a state into the claim of a request, and notes in the journal
// if that was the last. What is another's by now, or is gone, is left alone.
func writeClaim(ctx context.Context, claims *claim.Claims, j *journal.Journal, in *journal.Intent, goal claim.State) error {
	is, err := claims.Read(ctx, in.InputsHash, in.Claim)
	var damage *claim.DamageError
	switch {
	case errors.As(err, &damage):
	case err != nil:
		return err
	case is.Owner == in.ID:
		cl := claimOf(in)
		cl.State = goal
		if err := claims.Write(ctx, in.InputsHash, in.Claim, cl); err != nil || !goal.Ended() {
			return err
		}
	}
	// If this is lost it is written once more.
	_ = j.Note(context.WithoutCancel(ctx), journal.Record{ID: in.ID, State: in.State, Error: in.Error, ClaimEnded: true})
	return nil
}

// claimOf is the claim of a request.
func claimOf(in *journal.Intent) claim.Claim {
	return claim.Claim{
		Owner: in.ID, Key: in.ClaimKey, Origin: shownOrigin(in.Origin),
		IdempotencyKey: in.IdempotencyKey, Baseline: baselineText(in.Baseline), TaskID: in.TaskID, Words: in.Error,
	}
}

// claimSalt is what a fingerprint of an API key is made with: the same key at
// another server has another one.
func claimSalt(origin string) string { return "claims at " + origin }

// The forms of a baseline in a claim.
const (
	noBaseline    = "none"
	emptyBaseline = "empty"
)

func baselineText(b journal.Baseline) string {
	switch {
	case b.None():
		return noBaseline
	case b.Empty:
		return emptyBaseline
	}
	return b.Row.String() + " " + b.Task
}

// parseBaseline reads a baseline. One that cannot be read proves nothing.
func parseBaseline(text string) journal.Baseline {
	if text == emptyBaseline {
		return journal.Baseline{Empty: true}
	}
	row, task, ok := strings.Cut(text, " ")
	h, err := lockfile.ParseContentHash(row)
	if !ok || err != nil {
		return journal.Baseline{}
	}
	return journal.Baseline{Task: task, Row: h}
}
