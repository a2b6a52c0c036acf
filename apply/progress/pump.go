package progress

import (
	"errors"
	"io"
	"sync"
	"time"

	"assetform/apply"
)

// item is an event or a note on its way to the stream.
type item struct {
	event apply.Event
	plan  *outline // of a plan event, taken while the apply waits
	note  string   // set: there is no event
}

// drawer owns a stream. Its methods are called by one goroutine.
type drawer interface {
	// items writes what happened, in order. It keeps nothing of the slice.
	items([]item) error
	// tick is called at intervals.
	tick() error
	// end writes what is left.
	end() error
}

// maxWaiting is the number of waiting items from which news of progress is
// dropped. The others are as many as the plan has changes, so that the queue
// is bounded by the plan.
const maxWaiting = 1024

// pump carries items from the apply, which must not wait, to a drawer, which
// may block for as long as somebody holds the terminal.
type pump struct {
	mu      sync.Mutex
	waiting []item
	closed  bool

	wake chan struct{} // holds a token when something waits or it was closed
	done chan struct{} // closed when the drawer's goroutine has ended
	err  error         // of the drawer; read after done
}

// start runs a drawer until Close, with a tick at each interval, 0: none.
func start(d drawer, interval time.Duration) *pump {
	p := &pump{wake: make(chan struct{}, 1), done: make(chan struct{})}
	go p.run(d, interval)
	return p
}

// Event implements apply.Sink.
func (p *pump) Event(e apply.Event) {
	it := item{event: e}
	if e.Plan != nil {
		it.plan = outlineOf(e.Plan)
		it.event.Plan = nil
	}
	p.put(it)
}

// Note implements Sink.
func (p *pump) Note(text string) { p.put(item{note: text}) }

func (p *pump) put(it item) {
	p.mu.Lock()
	drop := p.closed || it.event.Type == apply.EventProgress && len(p.waiting) >= maxWaiting
	if !drop {
		p.waiting = append(p.waiting, it)
	}
	p.mu.Unlock()
	if !drop {
		p.signal()
	}
}

func (p *pump) signal() {
	select {
	case p.wake <- struct{}{}:
	default: // it is awake already
	}
}

// Close implements Sink.
func (p *pump) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.signal()
	<-p.done
	return p.err
}

// take empties the queue, which goes on in the memory of the batch that was
// drawn last: an item is large.
func (p *pump) take(drawn []item) (batch []item, closed bool) {
	clear(drawn)
	p.mu.Lock()
	defer p.mu.Unlock()
	batch, p.waiting = p.waiting, drawn[:0]
	return batch, p.closed
}

func (p *pump) run(d drawer, interval time.Duration) {
	defer close(p.done)
	var ticks <-chan time.Time
	if interval > 0 {
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		ticks = ticker.C
	}
	var batch []item
	var closed bool
	for {
		select {
		case <-ticks:
			p.note(d.tick())
		case <-p.wake:
			batch, closed = p.take(batch)
			if len(batch) > 0 {
				p.note(d.items(batch))
			}
			if closed {
				p.note(d.end())
				return
			}
		}
	}
}

// note keeps the first error. Events are taken and drawn all the same: the
// apply goes on without its audience.
func (p *pump) note(err error) {
	if p.err == nil {
		p.err = err
	}
}

// stream is a writer that stays silent after its first error.
type stream struct {
	out io.Writer
	err error
}

func (s *stream) write(text string) error {
	if s.err != nil || text == "" {
		return nil
	}
	n, err := io.WriteString(s.out, text)
	if err == nil && n < len(text) {
		err = errors.New("short write")
	}
	s.err = err
	return err
}
