package apply

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"assetform/apply/imaginator"
	"assetform/config/method"
	"assetform/lockfile"
	"assetform/plan"
)

// Figures of the search for lost requests.
const (
	searchGap      = 2 * time.Second // between two readings of the task list
	searchReadings = 3               // of the list for one request
	listPage       = 100             // the most that the API gives
	maxListPages   = 50
	maxSuspects    = 3 // tasks that a message names
	baselineWait   = 20 * time.Second
)

// Baseline is where an origin's task list ended when a run that sends to it
// began: what is above was created since. The zero value says that there was
// no list to be read.
type Baseline struct {
	Task  string               `json:"task,omitempty"` // the newest task's id
	Row   lockfile.ContentHash `json:"row,omitzero"`   // what the list showed of it
	Empty bool                 `json:"empty,omitempty"`
}

// none tells that nothing can be judged by this baseline.
func (b Baseline) none() bool { return b == Baseline{} }

// rowDigest identifies a row by what does not change while its task runs.
func rowDigest(t *imaginator.Task) lockfile.ContentHash {
	row, err := json.Marshal(imaginator.Task{
		ID: t.ID, Type: t.Type, Model: t.Model, Prompt: t.Prompt, Seed: t.Seed,
		AspectRatio: t.AspectRatio, References: t.References, CreatedAt: t.CreatedAt,
	})
	if err != nil {
		panic("JSON of a task: " + err.Error()) // texts, numbers and a time only
	}
	return lockfile.HashBytes(row)
}

// readBaseline reads page 1 of the list.
func readBaseline(ctx context.Context, gen Generator) (Baseline, imaginator.TaskPage, error) {
	ctx, cancel := context.WithTimeout(ctx, baselineWait)
	defer cancel()
	page, err := gen.Tasks(ctx, imaginator.TaskQuery{Page: 1, PerPage: listPage})
	switch {
	case err != nil || page.Page != 1:
		return Baseline{}, page, err
	case len(page.Tasks) == 0 && page.Total <= 0:
		return Baseline{Empty: true}, page, nil
	case len(page.Tasks) == 0:
		return Baseline{}, page, nil
	}
	newest := &page.Tasks[0]
	return Baseline{Task: newest.ID, Row: rowDigest(newest)}, page, nil
}

// A listing is the task list as it was read once, newest first.
type listing struct {
	rows []imaginator.Task
	at   map[string]int // index of a row by task id
	// whole tells that the list was read to its end.
	whole bool
	// muddled tells that it cannot be in the order of creation, or showed a
	// task twice: then no row is above another.
	muddled bool
}

// readListing reads at most so many pages, until all of the tasks in until
// were seen or the list ends.
func readListing(ctx context.Context, gen Generator, until map[string]bool, pages int) (*listing, error) {
	l := &listing{at: map[string]int{}}
	missing := len(until)
	for number := 1; number <= pages; number++ {
		page, err := gen.Tasks(ctx, imaginator.TaskQuery{Page: number, PerPage: listPage})
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
	l.muddled = !l.falls()
	return l, nil
}

// falls tells whether ids that are numbers fall from row to row, as they do in
// a list that has the newest first.
func (l *listing) falls() bool {
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
func (l *listing) above(b Baseline, c *claims) (n int, ok bool) {
	switch {
	case b.none() || l.muddled:
		return 0, false
	case b.Empty:
		n, ok = len(l.rows), l.whole
	default:
		n, ok = l.at[b.Task]
		ok = ok && rowDigest(&l.rows[n]) == b.Row
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

// request is what tells one create request from another, as far as a task
// list can show it.
type request struct {
	kind   method.Kind
	method *method.Method
	inputs lockfile.Inputs
}

func requestOf(in *Record) request {
	return request{kind: in.Kind, method: method.ByName(in.Method), inputs: in.Inputs}
}

// sent returns the recorded form of a parameter, its default included; ok is
// false if the request has none.
func (q request) sent(name string) (lockfile.Value, bool) {
	if v, ok := q.inputs[name]; ok {
		return v, true
	}
	if p, ok := q.method.Param(name); ok && p.Default != nil && p.Wire != "" {
		text, isText := p.Default.(string)
		return lockfile.Text(text), isText
	}
	return lockfile.Value{}, false
}

// equals tells whether a value that a list shows is the one that was sent.
func equals(sent, shown lockfile.Value) bool {
	if digest, secret := sent.AsSensitive(); secret {
		b, err := shown.MarshalJSON()
		return err == nil && lockfile.HashBytes(b) == digest
	}
	return sent.Equal(shown)
}

// comparison says how a task's row stands to a request.
type comparison struct {
	differs []string // fields that the row shows with another value
	hidden  []string // fields that it does not show
}

// equal tells that every field is shown and equal.
func (c comparison) equal() bool { return len(c.differs)+len(c.hidden) == 0 }

// onlyAspectHidden tells that all is equal but the aspect ratio, which the
// picture itself will show.
func (c comparison) onlyAspectHidden() bool {
	return len(c.differs) == 0 && len(c.hidden) == 1 && c.hidden[0] == "aspect_ratio"
}

func (c comparison) words() string {
	var parts []string
	if len(c.differs) > 0 {
		parts = append(parts, strings.Join(c.differs, ", ")+" differ")
	}
	if len(c.hidden) > 0 {
		parts = append(parts, strings.Join(c.hidden, ", ")+" not shown")
	}
	if len(parts) == 0 {
		return "all that is shown is equal"
	}
	return strings.Join(parts, "; ")
}

// compare holds a row against a request. A request with input images is never
// told by a row, since no row shows them.
func (q request) compare(t *imaginator.Task) (c comparison) {
	if q.method == nil {
		c.hidden = append(c.hidden, "method")
		return c
	}
	if len(q.method.Inputs) > 0 {
		c.hidden = append(c.hidden, "input images")
	} else if t.References > 0 {
		c.differs = append(c.differs, "input images")
	}
	field := func(name string, sent bool, shown, same bool) {
		switch {
		case shown && !same:
			c.differs = append(c.differs, name)
		case sent && !shown:
			c.hidden = append(c.hidden, name)
		}
	}
	field("type", true, t.Type != "", string(t.Type) == string(q.kind))
	c.prompt(q, t)
	if model, sent := q.sent("model"); sent {
		field("model", true, t.Model != "", equals(model, lockfile.Text(t.Model)))
	}
	seed, sent := q.sent("seed")
	if t.Seed == nil {
		field("seed", sent, false, false)
	} else {
		// A seed that we did not send is another request's.
		field("seed", sent, true, sent && equals(seed, lockfile.Int(*t.Seed)))
	}
	if aspect, sent := q.sent("aspect_ratio"); sent {
		field("aspect_ratio", true, t.AspectRatio != "", equals(aspect, lockfile.Text(t.AspectRatio)))
	}
	return c
}

// prompt compares prompts. One that begins ours may be cut.
func (c *comparison) prompt(q request, t *imaginator.Task) {
	sent, ok := q.sent("prompt")
	if !ok {
		sent = lockfile.Text("")
	}
	if t.Prompt == nil {
		c.hidden = append(c.hidden, "prompt")
		return
	}
	shown := normalPrompt(*t.Prompt)
	if equals(sent, lockfile.Text(shown)) {
		return
	}
	text, plain := sent.AsText()
	start := strings.TrimRight(strings.TrimSpace(shown), ".…")
	if plain && start != "" && strings.HasPrefix(text, start) {
		c.hidden = append(c.hidden, "the end of the prompt")
		return
	}
	c.differs = append(c.differs, "prompt")
}

// showsLonger tells whether some row shows a longer prompt than this one: then
// the list did not cut it.
func (l *listing) showsLonger(prompt string) bool {
	for i := range l.rows {
		p := l.rows[i].Prompt
		if p != nil && len(*p) > len(prompt) && utf8.RuneCountInString(*p) > utf8.RuneCountInString(prompt) {
			return true
		}
	}
	return false
}

// A Suspect is a task that could be the one of a lost request.
type Suspect struct {
	Task imaginator.Task
	comparison
}

// Words says for people which task it is and why it is not taken by itself.
func (s Suspect) Words() string {
	when := ""
	if !s.Task.CreatedAt.IsZero() {
		when = ", created " + s.Task.CreatedAt.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("task %s (%s%s; %s)", s.Task.ID, s.Task.Status, when, s.comparison.words())
}

// Likely tells that nothing which the list shows speaks against the task.
func (s Suspect) Likely() bool { return len(s.differs) == 0 }

// Differs lists the fields that the list shows with another value than the one
// that was sent.
func (s Suspect) Differs() []string { return s.differs }

// Hidden lists the fields that the list does not show.
func (s Suspect) Hidden() []string { return s.hidden }

// claims are the requests and tasks that the search must not confuse with the
// one that is looked for.
type claims struct {
	claimed  map[string]bool // tasks that belong to requests or to the lock
	accepted []Intent        // requests with a task, in their order
	open     []Intent        // requests without one
}

func claimsAt(origin string, intents []Intent, lock *lockfile.Lock) *claims {
	c := &claims{claimed: map[string]bool{}}
	for _, in := range intents {
		if in.Origin != origin {
			continue
		}
		switch {
		case in.TaskID != "":
			c.claimed[in.TaskID] = true
			c.accepted = append(c.accepted, in)
		case in.State.Unsettled() || in.State == StateForgotten:
			c.open = append(c.open, in) // what was given up may have been created all the same
		}
	}
	for _, e := range lock.Assets {
		if e.TaskID != "" && plan.Charges(e.Provider) {
			c.claimed[e.TaskID] = true
		}
	}
	return c
}

// judge finds the task of a request in a listing: the one row that is provably
// its, and the rows that could be. The rule stands in settle.go.
func (l *listing) judge(in *Intent, c *claims) (f finding) {
	n, known := l.above(in.Baseline, c)
	if !known {
		n = len(l.rows)
	}
	q := requestOf(&in.Record)
	matches := 0
	for i := range l.rows[:n] {
		t := &l.rows[i]
		if c.claimed[t.ID] {
			continue
		}
		is := q.compare(t)
		whole := t.Prompt != nil && l.showsLonger(*t.Prompt)
		if !whole && len(is.differs) == 0 && !slices.Contains(is.hidden, "prompt") {
			is.hidden = append(is.hidden, "whether prompts are cut")
		}
		if is.near() {
			f.suspects = append(f.suspects, Suspect{*t, is})
		}
		if known && (is.equal() || is.onlyAspectHidden()) && !l.claimable(i, in, c) {
			matches++
			f.task, f.byAspect = *t, !is.equal()
		}
	}
	f.found = matches == 1
	return f
}

// near tells that a row is worth a person's look: its prompt and type are not
// known to be others, and something of it is known.
func (c comparison) near() bool {
	return !slices.Contains(c.differs, "prompt") && !slices.Contains(c.differs, "type")
}

// claimable tells whether another open request may have created the task of
// that row.
func (l *listing) claimable(row int, in *Intent, c *claims) bool {
	for i := range c.open {
		other := &c.open[i]
		if other.ID == in.ID {
			continue
		}
		if n, known := l.above(other.Baseline, c); known && row >= n {
			continue
		}
		if len(requestOf(&other.Record).compare(&l.rows[row]).differs) == 0 {
			return true
		}
	}
	return false
}

// A finding is what the search says of one request.
type finding struct {
	task     imaginator.Task
	found    bool
	byAspect bool // the finished picture must still show its aspect ratio
	suspects []Suspect
	err      error // why the list could not be read
}

// searcher looks for the lost requests of one server. All that are lost at the
// same time are looked for together: whoever comes first reads the list for
// all until none waits.
type searcher struct {
	mu      sync.Mutex
	waiting []*sought
	reading bool
}

// sought is one request that is looked for.
type sought struct {
	in       Intent
	readings int
	last     finding
	done     chan finding // buffered
}

// search returns what the task list says of a request.
func (g *generation) search(ctx context.Context, in Intent) finding {
	s := &g.lane.searcher
	ctx, stop := until(ctx, g.ending) // nothing is to be collected here
	defer stop()
	me := &sought{in: in, done: make(chan finding, 1)}
	s.mu.Lock()
	s.waiting = append(s.waiting, me)
	lead := !s.reading
	s.reading = true
	s.mu.Unlock()
	if lead {
		g.readForAll(ctx)
	}
	return <-me.done // the reader answers all, also when the run stops waiting
}

// readForAll reads the list again and again until every request that waits has
// an answer. A task counts as found when two readings agree.
func (g *generation) readForAll(ctx context.Context) {
	s := &g.lane.searcher
	gap := cmp.Or(g.testOnlySettleGap, searchGap)
	for reading := 1; ; reading++ {
		s.mu.Lock()
		batch := slices.Clone(s.waiting) // who comes during a reading waits for the next
		s.mu.Unlock()
		var l *listing
		err := ctx.Err()
		if err == nil && reading > 1 && !g.pause(ctx, gap) {
			err = context.Canceled
		}
		if err == nil {
			l, err = g.readList(ctx, batch)
		}
		c := claimsAt(g.lane.gen.Origin(), g.Journal.Intents(), g.Lock)
		s.mu.Lock()
		s.waiting = slices.DeleteFunc(s.waiting, func(w *sought) bool {
			return slices.Contains(batch, w) && w.take(l, c, err)
		})
		s.reading = len(s.waiting) > 0
		done := !s.reading
		s.mu.Unlock()
		if done {
			return
		}
	}
}

// readList reads the list down to the baselines of all requests in a batch.
// Without any baseline the newest page is enough: it proves nothing.
func (g *generation) readList(ctx context.Context, batch []*sought) (*listing, error) {
	until, pages := map[string]bool{}, 1
	for _, w := range batch {
		if b := w.in.Baseline; !b.none() {
			until[b.Task] = true // of an empty list "", which no task ends
			pages = maxListPages
		}
	}
	return readListing(ctx, g.lane.gen, until, pages)
}

// take holds one reading against a request; it reports whether the search for
// it has ended, and then has answered.
func (w *sought) take(l *listing, c *claims, err error) bool {
	if err != nil {
		w.done <- finding{suspects: w.last.suspects, err: err}
		return true
	}
	f := l.judge(&w.in, c)
	agreed := f.found && w.last.found && f.task.ID == w.last.task.ID
	w.last = f
	if w.readings++; !agreed && w.readings < searchReadings {
		return false
	}
	f.found = agreed
	w.done <- f
	return true
}

// suspectWords names the tasks that could be a lost request's.
func suspectWords(suspects []Suspect) string {
	if len(suspects) == 0 {
		return ""
	}
	var words []string
	for i, s := range suspects {
		if i == maxSuspects {
			words = append(words, fmt.Sprintf("%d more", len(suspects)-i))
			break
		}
		words = append(words, s.Words())
	}
	return strings.Join(words, ", ")
}
