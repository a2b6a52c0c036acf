package derive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"time"
)

// DefaultMemory is how many bytes of pictures are held at a time.
const DefaultMemory = 1 << 30

// Options are what a Maker needs of its surroundings. The zero value works.
type Options struct {
	Memory int64        // bytes of pictures that are held at a time; 0: DefaultMemory
	Log    *slog.Logger // nil: nothing is logged
	FFmpeg string       // the program; "": ffmpeg, looked up in PATH when one is needed
	Temp   string       // the directory for copies of films; "": the system's
}

// A Maker makes results, as many at a time as there are processors. Its methods
// may be called concurrently; calls above that number wait, in their order as
// far as memory goes. Of jobs with the same source those that follow each other
// closely share its pixels, so it pays to start them together.
type Maker struct {
	options Options
	memory  *memory
	slots   chan struct{}
	films   chan struct{} // programs that run at a time

	sweepFilms sync.Once // of what killed processes left

	mu     sync.Mutex
	looks  map[string]look   // by hash
	hashes map[string]string // thumbhashes, by hash
}

// New returns a Maker.
func New(o Options) *Maker {
	if o.Memory <= 0 {
		o.Memory = DefaultMemory
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Maker{
		options: o,
		memory:  newMemory(o.Memory - o.Memory/4), // a quarter is the decoders'
		slots:   make(chan struct{}, runtime.GOMAXPROCS(0)),
		films:   make(chan struct{}, 1),
		looks:   map[string]look{},
		hashes:  map[string]string{},
	}
}

// Make makes a result and writes it to dst. What dst got counts for nothing
// after an error, which is of the asset and names no address: its settings, a
// source (by its path), dst, or the context.
func (m *Maker) Make(ctx context.Context, j Job, dst io.Writer) (r Result, err error) {
	began := time.Now()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("making it failed, which is a fault of assetform: %v", p)
		}
		if err != nil {
			r = Result{}
		}
		m.options.Log.Debug("derived", "address", j.Address, "bytes", r.Bytes, "took", time.Since(began), "error", err)
	}()
	if err := j.check(); err != nil {
		return r, err
	}
	out := &output{ctx: ctx, w: dst}
	switch j.Method {
	case Variant:
		err = m.slotted(ctx, func() error { return m.variant(ctx, &j, out, &r) })
	case Atlas:
		err = m.slotted(ctx, func() error { return m.atlas(ctx, &j, out, &r) })
	default:
		err = m.export(ctx, &j, out, &r) // its pictures take slots
	}
	r.Bytes = out.n
	if out.err != nil {
		err = out.err // whatever the encoder made of it
	}
	return r, err
}

// slotted runs f when there is a processor for it.
func (m *Maker) slotted(ctx context.Context, f func() error) error {
	select {
	case m.slots <- struct{}{}:
		defer func() { <-m.slots }()
	case <-ctx.Done():
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return f()
}

// output counts what is written, ends with its context and knows its own errors
// from those of the result.
type output struct {
	ctx context.Context
	w   io.Writer
	n   int64
	err error
}

func (o *output) Write(p []byte) (int, error) {
	if o.err == nil && o.ctx.Err() != nil {
		o.err = context.Cause(o.ctx)
	}
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(p)
	if o.n += int64(n); err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		o.err = fmt.Errorf("write the result: %w", err)
	}
	return n, o.err
}

// with decodes a source, or takes it as it is decoded for others, and calls use
// while it is held, with so many bytes beside it. Key tells what is decoded,
// weight how many bytes its pixels take, and decoding how many are taken until it
// is decoded. Use may say that it needs the picture no longer.
func (m *Maker) with(ctx context.Context, s *Source, key string, weight, decoding, beside int64, load func() (*picture, error), use func(p *picture, done func()) error) error {
	for {
		c := &claim{key: key, weight: max(weight, decoding-beside), beside: beside}
		if err := m.memory.take(ctx, c); err != nil {
			return err
		}
		again, err := m.during(ctx, s, c, weight, load, use)
		if !again {
			return err
		}
	}
}

// during is with under a claim. again is that another one was to decode the
// picture and gave up.
func (m *Maker) during(ctx context.Context, s *Source, c *claim, weight int64, load func() (*picture, error), use func(p *picture, done func()) error) (again bool, err error) {
	defer m.memory.give(c)
	of := c.of
	if c.loads {
		p, err := load()
		if err == nil {
			weight += int64(len(p.marks.XMP))
		}
		m.memory.loaded(of, p, err, weight)
	}
	select {
	case <-of.done:
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
	switch {
	case of.err == nil:
		return false, use(of.picture, func() { m.memory.release(c) })
	case ctx.Err() != nil:
		return false, context.Cause(ctx)
	case !c.loads && (of.err == errAbandoned || ended(of.err)):
		return true, nil
	}
	return false, inFile(s, of.err)
}

// ended reports whether an error is that of a context.
func ended(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// inFile says which source an error is of.
func inFile(s *Source, err error) error {
	if ended(err) {
		return err
	}
	return fmt.Errorf("%s: %w", s.Path, err)
}
