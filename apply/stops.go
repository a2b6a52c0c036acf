package apply

import (
	"context"
	"os"
	"sync"
	"time"
)

// stops are the ways in which a run comes to its end before its context does.
// Methods may be called concurrently; waiting is ended by the coordinator
// alone.
type stops struct {
	sending    context.Context // done when nothing new is sent: --timeout or the first signal
	waiting    context.Context // done when waiting ends: --timeout
	endSending func()          // ends the submissions, and with a grace the requests that hang
	endWaiting func()          // ends the waiting for tasks
}

func newStops() *stops {
	s := &stops{}
	s.sending, s.endSending = context.WithCancel(context.Background())
	s.waiting, s.endWaiting = context.WithCancel(context.Background())
	return s
}

// onInterrupt ends the submissions at the first signal, also while the
// coordinator does not listen yet, and hands the signal on to it. The caller
// calls the function that it returns.
func (s *stops) onInterrupt(signals <-chan os.Signal) (<-chan os.Signal, func()) {
	heard, done := make(chan os.Signal, 1), make(chan struct{})
	var listening sync.WaitGroup
	listening.Go(func() {
		select {
		case sig := <-signals:
			s.endSending()
			heard <- sig
		case <-done:
		}
	})
	return heard, func() { close(done); listening.Wait() }
}

// sendingEnded tells that the run sends nothing any more.
func (s *stops) sendingEnded(ctx context.Context) bool {
	select {
	case <-s.sending.Done():
		return true
	default:
		return s.waitingEnded(ctx)
	}
}

// waitingEnded tells that the run waits for nothing any more.
func (s *stops) waitingEnded(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	case <-s.waiting.Done():
		return true
	default:
		return false
	}
}

// whileWaiting is a context for reads. It ends with --timeout too: a server
// that takes a connection and never answers would hold the run for as long as
// all attempts take. The caller calls the function that it returns.
func (s *stops) whileWaiting(ctx context.Context) (context.Context, context.CancelFunc) {
	return until(ctx, s.waiting)
}

// whileSending is a context that ends when the run sends nothing any more. The
// caller calls the function that it returns.
func (s *stops) whileSending(ctx context.Context) (context.Context, context.CancelFunc) {
	return until(ctx, s.sending)
}

// partingTime is for what is written so that others need not wait for this run.
const partingTime = 3 * time.Second

// whileParting is a context for that: it ends so long after the run sends nothing
// any more. The caller calls the function that it returns.
func (s *stops) whileParting(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	keep := context.AfterFunc(s.sending, func() {
		t := time.NewTimer(partingTime)
		defer t.Stop()
		select {
		case <-t.C:
			cancel()
		case <-ctx.Done():
		}
	})
	return ctx, func() { keep(); cancel() }
}

// pause waits with nothing to collect: it ends when the run sends no more, and
// reports whether it waited.
func (s *stops) pause(ctx context.Context, d time.Duration) bool {
	ctx, done := s.whileSending(ctx)
	defer done()
	return s.sleep(ctx, d)
}

// sleep waits, unless the run ends; it reports whether it waited.
func (s *stops) sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	case <-s.waiting.Done():
		return false
	}
}

// until is a context that ends with another too. The caller calls the function
// that it returns.
func until(ctx, end context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(ctx)
	keep := context.AfterFunc(end, cancel)
	return ctx, func() { keep(); cancel() }
}
