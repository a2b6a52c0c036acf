package apply

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/apply/remote/claim"
	"assetform/config"
	"assetform/lockfile"
	"assetform/plan"
)

// rivals are the requests of other machines that could have created the task of a
// lost one: claims tell of them. A claim is found by its inputs alone, so this sees
// those on all inputs that the project wants today, and none of another branch's.
type rivals struct {
	project *config.Project
	plan    *plan.Plan
	journal *journal.Journal
	claims  *claim.Claims // nil: there is no remote

	wanted func() []journal.Record // the requests for those inputs; without a hash where they are not known yet
}

// maxRivalClaims bounds how many claims on the same inputs are read.
const maxRivalClaims = 100

func newRivals(o *Options, claims *claim.Claims) *rivals {
	r := &rivals{project: o.Project, plan: o.Plan, journal: o.Journal, claims: claims}
	r.wanted = sync.OnceValue(r.list)
	return r
}

// list goes through the whole project: the plan may be of a part of it.
func (r *rivals) list() (list []journal.Record) {
	for _, s := range r.project.Specs {
		if !r.project.Engines.Charges(s.Provider.Type) {
			continue
		}
		fp := plan.NewFingerprint(r.project.Engines, s, nil)
		if c := r.plan.Change(s.Address); c != nil && c.Spec != nil {
			fp = c.Fingerprint
		}
		for k := range max(1, s.Candidates) {
			n := &node{change: &plan.Change{Address: s.Address, Spec: s}, fp: fp.CandidateOf(s.Method, k+1)}
			if s.Candidates > 1 {
				n.number = k + 1
			}
			if n.fp.Known() {
				n.hash = n.fp.Hash()
			}
			list = append(list, newIntent(n, ""))
		}
	}
	return list
}

// join adds to what must not be confused with the requests of a batch those of
// other machines that a row of the list, which could be a task of the batch, could
// be the task of. It is to be called after the list was read: whoever may have
// created a row had said so in its claim by then.
func (r *rivals) join(ctx context.Context, l *listing, batch []*sought, c *claims) error {
	if r == nil || r.claims == nil {
		return nil
	}
	fits := func(in *journal.Record, row *engine.Task) bool {
		return len(l.list.Compare(queryOf(r.project.Engines, in), row, nil).Differs) == 0
	}
	var rows []*engine.Task
	hashes := map[lockfile.InputsHash]*journal.Record{}
	for i := range l.rows {
		row := &l.rows[i]
		for _, w := range batch {
			if !c.has(row) && fits(&w.in.Record, row) {
				rows = append(rows, row)
				hashes[w.in.InputsHash] = &w.in.Record
			}
		}
	}
	for _, in := range r.wanted() {
		itself := func(w *sought) bool { return w.in.Address == in.Address && w.in.Candidate == in.Candidate }
		switch {
		case !slices.ContainsFunc(rows, func(row *engine.Task) bool { return fits(&in, row) }):
		case !in.InputsHash.IsZero():
			hashes[in.InputsHash] = &in
		case !slices.ContainsFunc(batch, itself):
			c.open = append(c.open, journal.Intent{Record: in})
		}
	}
	for h, in := range hashes {
		if err := r.read(ctx, h, in, c); err != nil {
			return fmt.Errorf("the claims of other machines are not known: %w", err)
		}
	}
	return nil
}

// read adds what the claims on some inputs tell of requests for them. What was
// given up may have been created all the same.
func (r *rivals) read(ctx context.Context, h lockfile.InputsHash, in *journal.Record, c *claims) error {
	newest, err := r.claims.Newest(ctx, h)
	if err == nil && newest > maxRivalClaims {
		err = fmt.Errorf("there are %d on the same inputs", newest)
	}
	for n := newest; n > 0 && err == nil; n-- {
		var cl claim.Claim
		cl, err = r.claims.Read(ctx, h, n)
		if _, own := r.journal.Intent(cl.Owner); err != nil || own || cl.Origin != shownOrigin(c.driver.Origin()) {
			continue
		}
		givenUp := cl.State == claim.Released && cl.Words == "" && cl.Baseline != ""
		switch {
		case cl.TaskID != "":
			c.named[cl.TaskID] = append(c.named[cl.TaskID], cl.IdempotencyKey)
		case cl.State == claim.Sending, givenUp:
			other := *in
			other.ID, other.IdempotencyKey, other.Baseline = cl.Owner, cl.IdempotencyKey, parseBaseline(cl.Baseline)
			c.open = append(c.open, journal.Intent{Record: other})
		}
	}
	return err
}
