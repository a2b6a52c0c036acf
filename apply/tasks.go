package apply

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/apply/remote"
	"assetform/config/address"
	spec "assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
)

// ForgetTasks gives up the requests of an asset whose outcome is unknown: the
// next apply may send it again. Only where there is none, it gives up the
// tasks that were paid for and not collected yet, and takes that were asked for
// and did not come: whoever answers the question about a lost request has not
// asked to lose what runs. It returns what was given up; results that are in the
// store already stay there. The plan is of the whole project.
func ForgetTasks(ctx context.Context, j *journal.Journal, p *plan.Plan, lock *lockfile.Lock, a address.Address) ([]journal.Intent, error) {
	intents, of := j.Intents(), requestsOf(p, a)
	requested := journal.OpenRequests(intents, lock)
	unsettled := slices.ContainsFunc(intents, func(in journal.Intent) bool { return of(&in) && in.State.Unsettled() })
	var forgotten []journal.Intent
	for _, in := range intents {
		open := in.State.Paid() || in.Requested && in.State.CameToNothing() && requested[in.Address][in.InputsHash] == plan.RequestOpen
		if !of(&in) || unsettled != in.State.Unsettled() || !unsettled && !open {
			continue
		}
		if err := ForgetIntent(ctx, j, in.ID); err != nil {
			return forgotten, err
		}
		forgotten = append(forgotten, in)
	}
	return forgotten, nil
}

// requestsOf tells which requests are an asset's: those under its address, and
// those for its inputs, which it may have had under another one.
func requestsOf(p *plan.Plan, a address.Address) func(*journal.Intent) bool {
	inputs := map[lockfile.InputsHash]bool{}
	if c := p.Change(a); c != nil && c.Spec != nil && c.Fingerprint.Known() {
		for k := 1; k <= c.Spec.Candidates; k++ {
			fp := c.Fingerprint.CandidateOf(c.Spec.Method, k)
			inputs[fp.Hash()] = true
		}
	}
	return func(in *journal.Intent) bool { return in.Address == a || inputs[in.InputsHash] }
}

// ForgetIntent gives one request up.
func ForgetIntent(ctx context.Context, j *journal.Journal, id string) error {
	return j.Append(ctx, journal.Record{ID: id, State: journal.StateForgotten})
}

// An OpenQuestion is a paid request whose outcome nobody knows.
type OpenQuestion struct {
	journal.Intent
	Suspects []Suspect // tasks of the server's list that could be its, newest first
	Err      error     // why that list could not be read

	shared map[string]bool // tasks that are as likely another request's
}

// Likely returns the one task that nothing speaks against and that is no other
// request's just as well; ok is false if there is none, or several.
func (q *OpenQuestion) Likely() (task engine.Task, ok bool) {
	for _, s := range q.Suspects {
		switch {
		case !s.Likely:
		case ok:
			return engine.Task{}, false
		default:
			task, ok = s.Task, true
		}
	}
	return task, ok && !q.shared[task.ID]
}

// OpenQuestions lists the requests with an unknown outcome in their order, and
// what the task lists show that could be theirs. The list of each server is
// read once; generator gives the server that a request was sent to.
func OpenQuestions(ctx context.Context, engines spec.Registry, j *journal.Journal, lock *lockfile.Lock, driver func(*journal.Intent) (engine.Driver, error)) []OpenQuestion {
	intents := j.Intents()
	listings := map[string]*listing{}
	servers := map[string]engine.Driver{}
	failures := map[string]error{}
	var questions []OpenQuestion
	times := map[string]int{}
	for _, in := range intents {
		if !in.State.Unsettled() || !engines.Charges(in.Provider) {
			continue
		}
		if listings[in.Origin] == nil && failures[in.Origin] == nil {
			gen, err := driver(&in)
			if err == nil {
				servers[in.Origin] = gen
				listings[in.Origin], err = readListing(ctx, gen, map[string]bool{"": true}, maxListPages)
			}
			failures[in.Origin] = err
		}
		q := OpenQuestion{Intent: in, Err: failures[in.Origin]}
		if l := listings[in.Origin]; l != nil {
			q.Suspects = l.judge(&in, claimsAt(engines, servers[in.Origin], intents, lock)).suspects
		}
		q.addAnswered(ctx, engines, servers[in.Origin])
		for _, s := range q.Suspects {
			if s.Likely {
				times[s.Task.ID]++
			}
		}
		questions = append(questions, q)
	}
	shared := map[string]bool{}
	for id, n := range times {
		shared[id] = n > 1
	}
	for i := range questions {
		questions[i].shared = shared
	}
	return questions
}

// addAnswered puts the task first that the server answered the request with,
// though what it shows of it does not fit: a person may see that it does.
func (q *OpenQuestion) addAnswered(ctx context.Context, engines spec.Registry, gen engine.Driver) {
	is := func(s Suspect) bool { return s.Task.ID == q.TaskID }
	if gen == nil || q.TaskID == "" || slices.ContainsFunc(q.Suspects, is) {
		return
	}
	if task, err := gen.Task(ctx, q.TaskID); err == nil {
		is := engine.Comparison{Near: true}
		if f, err := finderOf(gen); err == nil {
			is = f.Compare(queryOf(engines, &q.Record), &task, nil)
		}
		q.Suspects = slices.Insert(q.Suspects, 0, Suspect{task, is})
	}
}

// AttachOptions say which task belongs to which asset.
type AttachOptions struct {
	Address address.Address
	// Intent is the request, where the asset has several; "": the newest.
	Intent string
	// Candidate is the number of the candidate, where several requests of the
	// asset are open; 0: none is named.
	Candidate int
	TaskID    string
	// Force takes the task whatever the server and the lock say of it.
	Force   bool
	Journal *journal.Journal
	Lock    *lockfile.Lock
	// Plan is of the whole project. It says the inputs of an asset for which
	// the journal has no open request, as after the journal was lost. It is not
	// needed where Intent says which request it is.
	Plan    *plan.Plan
	Engines spec.Registry
	// Remote is the project's, whose claims then name the task; nil: there is none.
	Remote *remote.Remote
	// Driver is that of the asset's provider.
	Driver engine.Driver
}

// AttachTask records that a task is the result of an asset's open request, or
// of today's inputs if there is none. The server is asked whether it knows the
// task and whether it can be that one. The next apply collects it.
func AttachTask(ctx context.Context, o AttachOptions) (journal.Intent, error) {
	intents := o.Journal.Intents()
	rec, err := o.open(intents)
	if err != nil {
		return journal.Intent{}, err
	}
	if rec.Origin != o.Driver.Origin() {
		return journal.Intent{}, fmt.Errorf("the request for %s was sent to %s, but its provider leads to %s", o.Address, rec.Origin, o.Driver.Origin())
	}
	for _, in := range intents {
		if in.TaskID == o.TaskID && in.Origin == rec.Origin && in.ID != rec.ID && in.Claims() && !o.Force {
			return journal.Intent{}, fmt.Errorf("task %q belongs to a request for %s; if it was attached there by mistake, use --force", o.TaskID, in.Address)
		}
	}
	if o.Engines.Charges(rec.Provider) && !o.Force {
		for _, text := range o.Lock.Addresses() {
			for _, e := range plan.Alone(o.Engines, o.Lock.Assets[text]) {
				if e.TaskID == o.TaskID && e.Provider == rec.Provider {
					return journal.Intent{}, fmt.Errorf("task %q is the one that the lock has for %s; if it is one of another server with the same id, use --force", o.TaskID, text)
				}
			}
		}
	}
	task, err := o.Driver.Task(ctx, o.TaskID)
	if err != nil {
		return journal.Intent{}, err
	}
	if differs, _ := contradicts(o.Driver, queryOf(o.Engines, &rec), &task); len(differs) > 0 && !o.Force {
		return journal.Intent{}, fmt.Errorf("task %q is not the one of the request for %s: its %s; if it is all the same, use --force", o.TaskID, o.Address, differ(differs))
	}
	rec.State, rec.TaskID, rec.Confirmed = journal.StateAttached, o.TaskID, o.Force
	if err := o.claimAttached(ctx, &rec); err != nil {
		return journal.Intent{}, fmt.Errorf("other machines cannot be told: %w", err)
	}
	if err := o.Journal.Append(ctx, rec); err != nil {
		return journal.Intent{}, err
	}
	in, _ := o.Journal.Intent(rec.ID)
	return in, nil
}

// differ says which fields differ.
func differ(fields []string) string {
	if len(fields) == 1 {
		return fields[0] + " differs"
	}
	return strings.Join(fields, ", ") + " differ"
}

// open finds the newest open request of the asset, or describes one for
// today's inputs.
func (o *AttachOptions) open(intents []journal.Intent) (journal.Record, error) {
	of := func(in *journal.Intent) bool { return in.ID == o.Intent }
	if o.Intent == "" {
		of = requestsOf(o.Plan, o.Address)
	}
	if err := o.ambiguous(intents, of); err != nil {
		return journal.Record{}, err
	}
	for _, in := range slices.Backward(intents) {
		if of(&in) && in.State.Unsettled() && (o.Candidate == 0 || o.Candidate == max(in.Candidate, 1)) {
			rec := in.Record
			rec.Time, rec.Error = time.Now(), ""
			return rec, nil
		}
	}
	if o.Intent != "" {
		return journal.Record{}, fmt.Errorf("that request for %s is not open any more", o.Address)
	}
	c := o.Plan.Change(o.Address)
	if c == nil || c.Spec == nil {
		return journal.Record{}, fmt.Errorf("no request for %s is open, and the configuration has no such asset", o.Address)
	}
	if !c.Fingerprint.Known() {
		return journal.Record{}, fmt.Errorf("no request for %s is open, and its inputs are not known before its upstreams are generated", o.Address)
	}
	if o.Candidate > c.Spec.Candidates {
		return journal.Record{}, fmt.Errorf("%s has candidates 1 to %d, and no %d", o.Address, c.Spec.Candidates, o.Candidate)
	}
	if err := o.collected(c); err != nil {
		return journal.Record{}, err
	}
	n := &node{change: c, fp: c.Fingerprint.CandidateOf(c.Spec.Method, o.Candidate)}
	if n.hash = n.fp.Hash(); c.Spec.Candidates > 1 {
		n.number = max(o.Candidate, 1)
	}
	return newIntent(n, o.Driver.Origin()), nil
}

// collected returns an error where what the task would be the result of has one:
// no apply would ever collect it.
func (o *AttachOptions) collected(c *plan.Change) error {
	number := max(o.Candidate, 1)
	var open []string
	for _, k := range c.Candidates {
		due := k.Due || !k.WaitFor.IsZero()
		if due && k.Number == number {
			return nil
		}
		if due {
			open = append(open, strconv.Itoa(k.Number))
		}
	}
	several := c.Spec.Candidates > 1
	switch {
	case len(open) > 0:
		return fmt.Errorf("candidate %d of %s has its result; candidates without one: %s", number, o.Address, strings.Join(open, ", "))
	case c.Candidates == nil && (c.Action.Generates() || !c.WaitFor.IsZero()):
		return nil
	case several:
		return fmt.Errorf("all candidates of %s have their results, and no apply would collect another one", o.Address)
	}
	return fmt.Errorf("%s has its result, and no apply would collect another one", o.Address)
}

// ambiguous returns an error where it is not said which of several candidates
// the task is: one of other inputs under its name is worse than a lost one.
func (o *AttachOptions) ambiguous(intents []journal.Intent, of func(*journal.Intent) bool) error {
	if o.Intent != "" || o.Candidate != 0 {
		return nil
	}
	var open []string
	for _, in := range intents {
		if of(&in) && in.State.Unsettled() && in.Candidate > 0 {
			open = append(open, strconv.Itoa(in.Candidate))
		}
	}
	if len(open) < 2 {
		return nil
	}
	return fmt.Errorf("%s has several open requests, for candidates %s: say with --candidate which one the task is of", o.Address, strings.Join(open, ", "))
}
