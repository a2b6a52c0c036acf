package derive

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
)

// memory is one amount of bytes in which all pictures are held that are decoded
// and worked on at a time.
//
// Who needs memory makes a claim of all that it will need, the picture that it
// works on and what it makes of it, and waits; what it has it never adds to. So
// nobody holds a part and waits for the rest, and all come to an end. Claims are
// met in the order in which they were made, so that a large one is not passed
// over for ever; one larger than all of the memory is met when nothing else is
// held.
//
// What decoding takes is gone before the work begins, so a claim is of the larger
// of the two; who needs the picture no longer gives that back while it goes on.
//
// A decoded picture is held for all that want it at the time, and a little
// longer, as far as a share of the memory goes that nobody else wants.
//
// What is given back is garbage yet. It counts until the collector ran, which is
// asked to where a claim would not fit otherwise.
type memory struct {
	limit, idle int64  // bytes; of pictures that nobody works on
	process     int64  // of all that the process has, 0 for no bound
	collect     func() // the collector

	mu       sync.Mutex
	held     int64
	resting  int64 // the part of held that is pictures nobody works on
	garbage  int64
	waiting  []*claim
	pictures map[string]*shared
	rest     []*shared // the one that was used last stands last
}

// shared is a picture that may be in use by many.
type shared struct {
	key    string
	weight int64
	users  int
	done   chan struct{} // closed when picture and err are set
	*picture
	err error
}

// claim is what one job needs.
type claim struct {
	key            string // of the picture, "" for none
	weight, beside int64
	met            chan struct{} // closed when it is
	of             *shared
	loads          bool // it is the one that decodes the picture
	collect        bool
}

func newMemory(limit int64) *memory {
	return &memory{limit: limit, idle: limit / 2, collect: runtime.GC, pictures: map[string]*shared{}}
}

// take waits until a claim is met.
func (m *memory) take(ctx context.Context, c *claim) error {
	c.met = make(chan struct{})
	m.mu.Lock()
	m.waiting = append(m.waiting, c)
	m.serve()
	m.mu.Unlock()
	select {
	case <-c.met:
	case <-ctx.Done():
		m.mu.Lock()
		defer m.mu.Unlock()
		if at := slices.Index(m.waiting, c); at >= 0 {
			m.waiting = slices.Delete(m.waiting, at, at+1)
		} else {
			m.drop(c)
		}
		m.serve()
		return context.Cause(ctx)
	}
	if c.collect {
		m.collect()
	}
	if m.process > 0 && c.weight+c.beside > m.limit/8 {
		debug.SetMemoryLimit(min(debug.SetMemoryLimit(-1), m.process)) // without it as much garbage as is held piles up
	}
	return nil
}

// release gives the picture of a claim back, which goes on with what it has
// beside.
func (m *memory) release(c *claim) {
	defer m.tidy(c.weight)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.leave(c)
	for m.held > m.limit && len(m.rest) > 0 {
		m.forget(m.rest[0])
	}
	m.serve()
}

// tidy is for who let go of so many bytes and is about to take as many: the
// collector would let those be taken first.
func (m *memory) tidy(bytes int64) {
	if bytes > m.limit/8 {
		m.collect()
	}
}

// give ends a claim.
func (m *memory) give(c *claim) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.drop(c)
	m.serve()
}

// serve meets as many claims as it can, in their order.
func (m *memory) serve() {
	for len(m.waiting) > 0 && m.fits(m.waiting[0]) {
		c := m.waiting[0]
		m.waiting = m.waiting[1:]
		m.held += c.beside
		if c.key != "" {
			m.use(c)
		}
		if m.held+m.garbage > m.limit && m.garbage > 0 {
			m.garbage, c.collect = 0, true
		}
		close(c.met)
	}
}

// fits makes room for a claim, as far as there is any.
func (m *memory) fits(c *claim) bool {
	need, own := c.beside+c.weight, int64(0)
	if s := m.pictures[c.key]; s != nil {
		need = c.beside
		if s.users == 0 {
			own = s.weight
		}
	}
	for m.held+need > m.limit {
		at := slices.IndexFunc(m.rest, func(s *shared) bool { return s.key != c.key })
		if at < 0 {
			return m.held == own
		}
		m.forget(m.rest[at])
	}
	return true
}

// use joins a claim to its picture.
func (m *memory) use(c *claim) {
	s := m.pictures[c.key]
	if s == nil {
		s = &shared{key: c.key, weight: c.weight, done: make(chan struct{})}
		m.pictures[c.key] = s
		m.held += s.weight
		c.loads = true
	} else if at := slices.Index(m.rest, s); at >= 0 {
		m.rest = slices.Delete(m.rest, at, at+1)
		m.resting -= s.weight
	}
	s.users++
	c.of = s
}

// loaded hands a picture to those that wait for it. weight is what is held of
// it from now on.
func (m *memory) loaded(s *shared, p *picture, err error, weight int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.picture, s.err = p, err
	if less := s.weight - weight; less > 0 {
		s.weight = weight
		m.held -= less
		m.garbage += less
	}
	if err != nil {
		delete(m.pictures, s.key)
	}
	close(s.done)
	m.serve()
}

func (m *memory) drop(c *claim) {
	m.held -= c.beside
	m.garbage += c.beside
	m.leave(c)
}

// leave parts a claim from its picture.
func (m *memory) leave(c *claim) {
	s := c.of
	if s == nil {
		return
	}
	c.of = nil
	if c.loads {
		m.abandon(s)
	}
	if s.users--; s.users > 0 {
		return
	}
	m.rest = append(m.rest, s)
	m.resting += s.weight
	if s.err != nil {
		m.forget(s)
	}
	for m.resting > m.idle {
		m.forget(m.rest[0])
	}
}

// errAbandoned says that who was to decode a picture did not.
var errAbandoned = errors.New("the picture was not decoded")

// abandon tells those that wait for a picture that it does not come.
func (m *memory) abandon(s *shared) {
	select {
	case <-s.done:
	default:
		s.err = errAbandoned
		delete(m.pictures, s.key)
		close(s.done)
	}
}

// forget lets a picture go that nobody works on.
func (m *memory) forget(s *shared) {
	at := slices.Index(m.rest, s)
	m.rest = slices.Delete(m.rest, at, at+1)
	m.resting -= s.weight
	m.held -= s.weight
	m.garbage += s.weight
	if m.pictures[s.key] == s {
		delete(m.pictures, s.key)
	}
}
