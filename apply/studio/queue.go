package studio

import "sync"

// A queue hands out tasks to workers, in turn over the accounts that have
// some: a key with a thousand tasks waiting delays the single task of another
// by one task, not by a thousand.
type queue struct {
	mu     sync.Mutex
	ready  sync.Cond // something was pushed, or the queue was closed
	lanes  map[string][]*task
	turns  []string // accounts with tasks, the next one first
	closed bool
}

func newQueue() *queue {
	q := &queue{lanes: map[string][]*task{}}
	q.ready.L = &q.mu
	return q
}

func (q *queue) push(account string, t *task) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.lanes[account]) == 0 {
		q.turns = append(q.turns, account)
	}
	q.lanes[account] = append(q.lanes[account], t)
	q.ready.Signal()
}

// next waits for a task. It returns nil once the queue is closed, even if
// tasks are left: they stay pending.
func (q *queue) next() *task {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.turns) == 0 && !q.closed {
		q.ready.Wait()
	}
	if q.closed {
		return nil
	}
	account := q.turns[0]
	q.turns = q.turns[1:]
	t := q.lanes[account][0]
	if rest := q.lanes[account][1:]; len(rest) > 0 {
		q.lanes[account] = rest
		q.turns = append(q.turns, account)
	} else {
		delete(q.lanes, account)
	}
	return t
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.ready.Broadcast()
}
