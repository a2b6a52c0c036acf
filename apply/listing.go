package apply

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	spec "assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
)

// Figures of reading task lists.
const (
	maxListPages = 50
	baselineWait = 20 * time.Second
)

// readBaseline reads page 1 of the list.
func readBaseline(ctx context.Context, gen engine.Driver) (journal.Baseline, engine.TaskPage, error) {
	list, err := finderOf(gen)
	if err != nil {
		return journal.Baseline{}, engine.TaskPage{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, baselineWait)
	defer cancel()
	page, err := list.Tasks(ctx, 1)
	switch {
	case err != nil || page.Page != 1:
		return journal.Baseline{}, page, err
	case len(page.Tasks) == 0 && page.Total <= 0:
		return journal.Baseline{Empty: true}, page, nil
	case len(page.Tasks) == 0:
		return journal.Baseline{}, page, nil
	}
	newest := &page.Tasks[0]
	return journal.Baseline{Task: newest.ID, Row: lockfile.HashBytes(list.Identity(newest))}, page, nil
}

// A listing is the task list as it was read once, newest first.
type listing struct {
	list engine.Finder
	rows []engine.Task
	at   map[string]int // index of a row by task id
	// whole tells that the list was read to its end.
	whole bool
	// unordered tells that it cannot be in the order of creation, or showed a
	// task twice: then no row is above another.
	unordered bool
}

// readListing reads at most so many pages, until all of the tasks in until
// were seen or the list ends.
func readListing(ctx context.Context, gen engine.Driver, until map[string]bool, pages int) (*listing, error) {
	list, err := finderOf(gen)
	if err != nil {
		return nil, err
	}
	l := &listing{list: list, at: map[string]int{}}
	missing := len(until)
	for number := 1; number <= pages; number++ {
		page, err := list.Tasks(ctx, number)
		if err != nil {
			return nil, err
		}
		if page.Page != number {
			break // it gives another page than asked for: there is no reading on
		}
		before := len(l.rows)
		for _, t := range page.Tasks {
			if _, twice := l.at[t.ID]; twice {
				continue // a task that was created meanwhile moves all others down
			}
			l.at[t.ID] = len(l.rows)
			l.rows = append(l.rows, t)
			if until[t.ID] {
				missing--
			}
		}
		l.whole = len(page.Tasks) == 0 || page.Total > 0 && len(l.rows) >= page.Total
		if l.whole || missing == 0 && len(until) > 0 || len(l.rows) == before {
			break
		}
	}
	l.unordered = !l.descending()
	return l, nil
}

// descending tells whether ids that are numbers fall from row to row, as they
// do in a list that has the newest first.
func (l *listing) descending() bool {
	for i := range l.rows {
		if strings.Trim(l.rows[i].ID, "0123456789") != "" {
			return true // no numbers: nothing to be seen by them
		}
	}
	for i := 1; i < len(l.rows); i++ {
		older, newer := l.rows[i].ID, l.rows[i-1].ID
		if cmp.Or(cmp.Compare(len(older), len(newer)), cmp.Compare(older, newer)) >= 0 {
			return false
		}
	}
	return true
}

// above returns how many of the newest rows were created after the baseline;
// ok is false if the listing does not tell: it does not show the baseline, or
// with another row, or tasks of this project that were created before it above
// it, or later ones below.
func (l *listing) above(b journal.Baseline, c *claims) (n int, ok bool) {
	switch {
	case b.None() || l.unordered:
		return 0, false
	case b.Empty:
		n, ok = len(l.rows), l.whole
	default:
		n, ok = l.at[b.Task]
		ok = ok && lockfile.HashBytes(l.list.Identity(&l.rows[n])) == b.Row
	}
	if !ok {
		return 0, false
	}
	began := false // the run whose baseline it is
	for _, in := range c.accepted {
		began = began || in.Baseline == b
		at, shown := l.at[in.TaskID]
		if shown && (in.Baseline == b && at >= n || !began && at < n) {
			return 0, false
		}
	}
	return n, true
}

// claims are the requests and tasks that the search must not confuse with the
// one that is looked for.
type claims struct {
	engines  spec.Registry
	driver   engine.Driver
	claimed  map[string]bool           // tasks that belong to requests
	entries  map[string]lockfile.Entry // of the lock, by the task's id, which may be one of another server
	named    map[string][]string       // tasks that claims of other machines name, and the keys of the requests
	accepted []journal.Intent          // requests with a task, in their order
	open     []journal.Intent          // requests without one
}

func claimsAt(engines spec.Registry, d engine.Driver, intents []journal.Intent, lock *lockfile.Lock) *claims {
	c := &claims{engines: engines, driver: d, claimed: map[string]bool{}, named: map[string][]string{}, entries: map[string]lockfile.Entry{}}
	for _, in := range intents {
		if in.Origin != d.Origin() {
			continue
		}
		switch {
		case in.Claims():
			c.claimed[in.TaskID] = true
			c.accepted = append(c.accepted, in)
		case in.State.Unsettled() || in.State == journal.StateForgotten:
			c.open = append(c.open, in) // what was given up may have been created all the same
		}
	}
	for _, e := range lock.Assets {
		for _, e := range plan.Alone(engines, e) {
			if e.TaskID != "" && engines.Charges(e.Provider) {
				c.entries[e.TaskID] = e
			}
		}
	}
	return c
}

// has tells whether somebody has the task of a row: a request, or an entry of
// the lock that the row does not contradict.
func (c *claims) has(row *engine.Task) bool {
	e, named := c.entries[row.ID]
	if c.claimed[row.ID] || !named {
		return c.claimed[row.ID]
	}
	differs, _ := contradicts(c.driver, engine.Query{Method: c.engines.Method(e.Provider, e.Method), Inputs: e.Inputs}, row)
	return len(differs) == 0
}

// namedByAnother tells whether a task is that of another machine's request.
func (c *claims) namedByAnother(task string, in *journal.Intent) bool {
	return slices.ContainsFunc(c.named[task], func(key string) bool { return key != in.IdempotencyKey })
}

// judge finds the task of a request in a listing: the one row that is provably
// its, and the rows that could be. The rule stands in settle.go.
func (l *listing) judge(in *journal.Intent, c *claims) (f finding) {
	n, known := l.above(in.Baseline, c)
	if !known {
		n = len(l.rows)
	}
	q := queryOf(c.engines, &in.Record)
	matches := 0
	for i := range l.rows[:n] {
		t := &l.rows[i]
		if c.has(t) || c.namedByAnother(t.ID, in) {
			continue
		}
		is := l.list.Compare(q, t, l.rows)
		if is.Near {
			f.suspects = append(f.suspects, Suspect{*t, is})
		}
		switch {
		case !known || !is.Equal() && !is.ByPicture:
		case l.claimable(i, in, c):
			f.contested = true
		default:
			matches++
			f.task, f.byPicture = *t, !is.Equal()
		}
	}
	f.found = matches == 1
	return f
}

// claimable tells whether another open request may have created the task of
// that row.
func (l *listing) claimable(row int, in *journal.Intent, c *claims) bool {
	for i := range c.open {
		other := &c.open[i]
		if other.ID == in.ID || other.IdempotencyKey != "" && other.IdempotencyKey == in.IdempotencyKey {
			continue // itself, or as its claim tells of it
		}
		if n, known := l.above(other.Baseline, c); known && row >= n {
			continue
		}
		if len(l.list.Compare(queryOf(c.engines, &other.Record), &l.rows[row], nil).Differs) == 0 {
			return true
		}
	}
	return false
}

// queryOf is what tells a recorded request from others.
func queryOf(engines spec.Registry, in *journal.Record) engine.Query {
	return engine.Query{Kind: in.Kind, Method: engines.Method(in.Provider, in.Method), Inputs: in.Inputs}
}

// revealed is the request with the values of what is recorded as a digest,
// where the asset's configuration has them.
func revealed(q engine.Query, fp *plan.Fingerprint) engine.Query {
	q.Inputs = q.Inputs.Clone()
	for _, p := range fp.Params {
		if text, isText := p.Value.(string); isText && p.Sensitive && q.Inputs != nil {
			q.Inputs[p.Name] = lockfile.Text(text)
		}
	}
	return q
}

// A Suspect is a task that could be the one of a lost request.
type Suspect struct {
	Task engine.Task
	engine.Comparison
}

// Words says for people which task it is and why it is not taken by itself.
func (s Suspect) Words() string {
	when := ""
	if !s.Task.Created.IsZero() {
		when = ", created " + s.Task.Created.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("task %s (%s%s; %s)", s.Task.ID, s.Task.Status, when, s.Comparison.Words())
}
