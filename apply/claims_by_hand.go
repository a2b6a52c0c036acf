package apply

import (
	"context"
	"errors"
	"strings"

	"assetform/apply/journal"
	"assetform/apply/remote"
	"assetform/apply/remote/claim"
	"assetform/config/address"
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
// heard of any more. It waits for as long as that takes to be seen.
func ForgetClaims(ctx context.Context, r *remote.Remote, p *plan.Plan, a address.Address) (list []ForgottenClaim, err error) {
	c := p.Change(a)
	if c == nil || c.Spec == nil {
		return nil, errors.New("the configuration has no such asset")
	}
	if !c.Fingerprint.Known() {
		return nil, errors.New("its inputs are not known before its upstreams are generated")
	}
	claims := claim.New(r.Files, r.Shown())
	for k := 1; k <= max(1, c.Spec.Candidates); k++ {
		fp := c.Fingerprint.CandidateOf(c.Spec.Method, k)
		forgotten, ok, err := claims.Forget(ctx, fp.Hash())
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
