package apply

import (
	"sync"
	"time"
)

// Figures of the limit of tasks in flight.
const (
	recoverAfter    = 8 // rounds of tasks without a refusal before the limit is raised
	firstConcPause  = 500 * time.Millisecond
	maxConcPause    = 15 * time.Second
	saturationLimit = 10 * time.Minute // with refusals for too many tasks while none of ours is in flight
)

// concurrency is how many tasks may be in flight at a server at once. Methods
// may be called concurrently.
type concurrency struct {
	ceiling int // allowed at the start; set before anything is sent

	mu             sync.Mutex
	limit          int // allowed now
	inFlight       int
	good           int           // tasks that finished since the limit was lowered
	pause          time.Duration // the last wait after a refusal for too many tasks
	resumeAt       time.Time     // nothing is sent before
	saturatedSince time.Time     // since when others take all the room; zero: they do not
	gaveUp         bool          // nothing is sent any more in this run, for that reason
}

// acquire takes a slot for a new task if one is free.
func (c *concurrency) acquire(now time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.gaveUp || c.inFlight >= c.limit || now.Before(c.resumeAt) {
		return false
	}
	c.inFlight++
	return true
}

// hold counts a task that is in flight already, whatever the limit.
func (c *concurrency) hold() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight++
}

// release gives a slot back. A task that came through lets the limit recover:
// by one after recoverAfter rounds.
func (c *concurrency) release(finished bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight--
	if !finished {
		return
	}
	c.pause = 0
	if c.good++; c.limit < c.ceiling && c.good >= recoverAfter*c.limit {
		c.limit, c.good = c.limit+1, 0
	}
}

// tooMany lowers the limit after CONCURRENT_LIMIT_EXCEEDED to what is in flight
// without the refused task, whose slot it takes back: many may be refused at
// once, and each must see the others gone. With nothing else in flight
// somebody else uses the key, and only time helps.
func (c *concurrency) tooMany(now time.Time, retryAfter time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inFlight--
	if c.inFlight > 0 {
		c.saturatedSince = time.Time{}
	} else if c.saturatedSince.IsZero() {
		c.saturatedSince = now
	}
	c.gaveUp = !c.saturatedSince.IsZero() && now.Sub(c.saturatedSince) > saturationLimit
	c.limit = max(1, min(c.limit, c.inFlight))
	c.good = 0
	c.pause = min(maxConcPause, max(firstConcPause, 2*c.pause))
	if wait := max(c.pause, min(retryAfter, time.Minute)); c.resumeAt.Before(now.Add(wait)) {
		c.resumeAt = now.Add(wait)
	}
}

// accepted notes that a task was accepted: there was room.
func (c *concurrency) accepted() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.saturatedSince = time.Time{}
}

// saturated tells that nothing is sent any more in this run, since others have
// taken all the room for too long.
func (c *concurrency) saturated() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.gaveUp
}

// resume is when sending may go on.
func (c *concurrency) resume() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.resumeAt
}

// slot is what one asset has of the tasks in flight.
type slot struct {
	lane *lane
	held bool
}

// free gives the slot back, once.
func (s *slot) free(finished bool) {
	if s.held {
		s.held = false
		s.lane.slots.release(finished)
	}
}

// refused takes the slot back for a task that was refused because too many are
// in flight.
func (s *slot) refused(now time.Time, retryAfter time.Duration) {
	s.held = false
	s.lane.slots.tooMany(now, retryAfter)
}
