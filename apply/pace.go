package apply

import (
	"context"
	"sync"
	"time"
)

// Figures of polling. Until a task of a method has finished, the intervals
// grow by half from firstPoll, spread a little so that tasks that started
// together do not all ask at the same moments: 13 polls in 30 s. Once the
// duration is known, the first poll comes just before it and the next ones
// follow closely.
const (
	firstPoll   = 100 * time.Millisecond
	closestPoll = 2 * time.Millisecond
	seenWithin  = 150 * time.Millisecond // how late a finished task may be seen,
	seenShare   = 20                     // or a 20th of its duration
	meanPolls   = 8                      // polls a task on average; beyond it precision gives way
)

// spread are first intervals whose schedules interleave: 1.5 to the power of
// fifths, since the intervals grow by 1.5.
var spread = [...]time.Duration{
	firstPoll, firstPoll * 1383 / 1000, firstPoll * 1176 / 1000, firstPoll * 1275 / 1000, firstPoll * 1084 / 1000,
}

// pace decides when tasks of one method are asked about. What one task
// teaches counts at once for those that run beside it: when one is seen
// finished, all that have run as long are asked. Methods may be called
// concurrently.
type pace struct {
	eager bool // ask at once: the server may have no latency at all

	mu       sync.Mutex
	shortest time.Duration // of the finished tasks of this run, as they were seen; 0: none yet
	early    bool          // the last first poll found its task finished: the duration may be far shorter
	started  int
	tasks    int // that finished
	polls    int // of those
	seen     chan struct{}
}

func newPace(eager bool) *pace { return &pace{eager: eager, seen: make(chan struct{})} }

// watched is one task being polled. It belongs to one goroutine.
type watched struct {
	pace   *pace
	number int // how many tasks of the method started before
	polls  int
	first  bool // the schedule was made without knowing any duration
	step   time.Duration
	begun  time.Time
}

// watch begins the polling of a task that was submitted at begun.
func (p *pace) watch(begun time.Time) *watched {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.started++
	return &watched{pace: p, number: p.started - 1, begun: begun}
}

// next returns how long to wait before the next poll, and a channel that is
// closed when another task of the method finishes meanwhile: then next is to
// be asked again. The channel is nil where that would change nothing.
func (w *watched) next(now time.Time) (time.Duration, <-chan struct{}) {
	p := w.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	elapsed := max(0, now.Sub(w.begun))
	if p.shortest == 0 {
		return w.backOff(elapsed), p.seen
	}
	if w.polls == 0 || w.first {
		w.first = false
		w.step = 0
		at := p.shortest - p.shortest/seenShare
		if p.early {
			at = p.shortest / 2
		}
		return max(0, at-elapsed), p.seen
	}
	return w.closer(elapsed), nil
}

// backOff is the wait while no duration is known.
func (w *watched) backOff(elapsed time.Duration) time.Duration {
	w.first = true
	if w.polls == 0 && w.pace.eager {
		return 0
	}
	interval := spread[w.number%len(spread)]
	at := interval
	for range w.polls {
		interval += interval / 2
		at += interval
	}
	return max(0, at-elapsed)
}

// closer is the wait after a poll that came about when the task was expected:
// short at first, then as long as precision allows.
func (w *watched) closer(elapsed time.Duration) time.Duration {
	limit := max(seenWithin, elapsed/seenShare)
	if w.pace.early {
		// Somewhere between half of the shortest and the shortest.
		w.step = max(w.step, min(limit, w.pace.shortest/8))
	}
	w.step = min(limit, max(closestPoll, elapsed/50, w.step+w.step/2))
	if w.polls >= meanPolls && w.pace.polls+w.polls > meanPolls*(w.pace.tasks+1) {
		w.step = max(limit, elapsed/4)
	}
	return w.step
}

// polled counts a poll and tells what it found.
func (w *watched) polled(now time.Time, finished bool) {
	w.polls++
	if !finished {
		return
	}
	p := w.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	elapsed := max(1, now.Sub(w.begun))
	p.early = w.polls == 1 && elapsed > closestPoll
	if p.shortest == 0 || elapsed < p.shortest {
		p.shortest = elapsed
	}
	p.tasks++
	p.polls += w.polls
	close(p.seen)
	p.seen = make(chan struct{})
}

// wait waits until the next poll is due; false: the run waits no more.
func (w *watched) wait(ctx context.Context, s *stops) bool {
	for {
		d, seen := w.next(time.Now())
		if d <= 0 {
			return !s.waitingEnded(ctx)
		}
		t := time.NewTimer(d)
		select {
		case <-t.C:
			return !s.waitingEnded(ctx)
		case <-seen:
			t.Stop()
		case <-ctx.Done():
			t.Stop()
			return false
		case <-s.waiting.Done():
			t.Stop()
			return false
		}
	}
}
