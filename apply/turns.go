package apply

import (
	"context"
	"sync"
)

const maxUnknowns = 3 // unknown outcomes in a row before nothing more is sent

// turns bound how many requests of a paid provider may come to have an unknown
// outcome: so many without an answer, and so many whose outcome was unknown,
// are together never more than maxUnknowns. An outage must not become as many
// open questions as there are assets. Methods may be called concurrently.
type turns struct {
	bounded bool // the provider charges

	mu         sync.Mutex
	unanswered int           // requests that wait for their answer
	unknowns   int           // requests in a row whose outcome was not known
	unmatched  int           // those of them that were answered
	contacted  bool          // a request has reached the server
	accepted   bool          // one was accepted
	changed    chan struct{} // closed and made anew when one of the first two changes
}

// wait waits until one more request may be on its way. It reports false when
// nothing may be sent any more, or ctx has ended. The mutex is held when halted
// is called, so that nobody has a turn after that.
func (t *turns) wait(ctx context.Context, halted func() bool) bool {
	for {
		t.mu.Lock()
		if halted() {
			t.mu.Unlock()
			return false
		}
		if !t.bounded || t.unanswered+t.unknowns < maxUnknowns {
			t.unanswered++
			t.mu.Unlock()
			return true
		}
		changed := t.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// end notes what became of a request that had its turn: whether it reached
// the server, was accepted, or has an unknown outcome.
func (t *turns) end(accepted, reached, unknown bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unanswered--
	t.contacted, t.accepted = t.contacted || reached, t.accepted || accepted
	if unknown {
		t.unknowns++
	} else if accepted && t.unmatched == 0 {
		t.unknowns = 0
	}
	t.signal()
}

// giveBack notes that a request that had its turn was not sent.
func (t *turns) giveBack() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unanswered--
	t.signal()
}

// unmatchedAnswer notes an answer that tells nothing of its request.
func (t *turns) unmatchedAnswer() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unmatched++
	t.unknowns++
	t.signal()
}

// outcomeKnown takes an unknown outcome back.
func (t *turns) outcomeKnown() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unknowns--
	t.signal()
}

// tooMany tells whether too many outcomes are unknown for sending more.
func (t *turns) tooMany() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.unknowns >= maxUnknowns
}

// wake lets those that wait look again.
func (t *turns) wake() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.signal()
}

// reached tells whether a request of this run has reached the server.
func (t *turns) reached() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.contacted
}

// tookOne tells whether a request of this run was accepted.
func (t *turns) tookOne() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.accepted
}

// signal lets those that wait for a turn look again. The mutex is held.
func (t *turns) signal() {
	close(t.changed)
	t.changed = make(chan struct{})
}
