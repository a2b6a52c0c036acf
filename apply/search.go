package apply

import (
	spec "assetform/config/engine"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/lockfile"
)

// Figures of the search for lost requests.
const (
	searchGap      = 2 * time.Second // between two readings of the task list
	searchReadings = 3               // of the list for one request
	maxSuspects    = 3               // tasks that a message names
)

// A finding is what the search says of one request.
type finding struct {
	task      engine.Task
	found     bool
	byPicture bool // the finished picture must still show the rest
	contested bool // a task was not taken because another request can have created it
	suspects  []Suspect
	err       error // why the list could not be read
}

// searcher looks for the lost requests of one server. All that are lost at the
// same time are looked for together: whoever comes first reads the list for
// all until none waits.
type searcher struct {
	engines spec.Registry
	driver  engine.Driver
	journal *journal.Journal
	lock    *lockfile.Lock
	rivals  *rivals // nil: nobody else's requests are known
	stops   *stops
	gap     time.Duration // between two readings

	mu      sync.Mutex
	waiting []*sought
	reading bool
}

// sought is one request that is looked for.
type sought struct {
	in       journal.Intent
	readings int
	last     finding
	done     chan finding // buffered
}

// find returns what the task list says of a request.
func (s *searcher) find(ctx context.Context, in journal.Intent) finding {
	ctx, stop := s.stops.whileSending(ctx) // nothing is to be collected here
	defer stop()
	me := &sought{in: in, done: make(chan finding, 1)}
	s.mu.Lock()
	s.waiting = append(s.waiting, me)
	lead := !s.reading
	s.reading = true
	s.mu.Unlock()
	if lead {
		s.readForAll(ctx)
	}
	return <-me.done // the reader answers all, also when the run stops waiting
}

// readForAll reads the list again and again until every request that waits has
// an answer. A task counts as found when two readings agree.
func (s *searcher) readForAll(ctx context.Context) {
	for reading := 1; ; reading++ {
		s.mu.Lock()
		batch := slices.Clone(s.waiting) // who comes during a reading waits for the next
		s.mu.Unlock()
		var l *listing
		err := ctx.Err()
		if err == nil && reading > 1 && !s.stops.pause(ctx, s.gap) {
			err = context.Canceled
		}
		if err == nil {
			if l, err = readBatch(ctx, s.driver, batch); err != nil {
				err = fmt.Errorf("the task list could not be read: %w", err)
			}
		}
		c := claimsAt(s.engines, s.driver, s.journal.Intents(), s.lock)
		if err == nil {
			err = s.rivals.join(ctx, l, batch, c)
		}
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

// readBatch reads the list down to the baselines of all requests in a batch.
// Without any baseline the newest page is enough: it proves nothing.
func readBatch(ctx context.Context, driver engine.Driver, batch []*sought) (*listing, error) {
	until, pages := map[string]bool{}, 1
	for _, w := range batch {
		if b := w.in.Baseline; !b.None() {
			until[b.Task] = true // of an empty list "", which no task ends
			pages = maxListPages
		}
	}
	return readListing(ctx, driver, until, pages)
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

// words say what was found beside the task itself, a sentence with the blank after
// it; "" where there is nothing to be said.
func (f finding) words() string {
	switch words := suspectWords(f.suspects); {
	case words != "" && f.contested:
		return fmt.Sprintf("The task list shows what could be its task, and that of another request that is alike and open: %s. ", words)
	case words != "":
		return fmt.Sprintf("The task list shows what could be its task: %s. ", words)
	case errors.Is(f.err, ErrNoList):
		return "The engine has no task list to look for it in. "
	case f.err != nil:
		return fmt.Sprintf("Its task is not known: %s. ", f.err)
	}
	return ""
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
