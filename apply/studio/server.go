package studio

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"assetform/apply/engine/imaginator"

	"golang.org/x/sync/semaphore"
	"golang.org/x/sync/singleflight"
)

// The bounds of a server whose Options do not name others.
const (
	defaultBodyLimit  = 64 << 20 // bytes
	defaultMaxPixels  = 40_000_000
	defaultQueueLimit = 10_000
	DefaultResultTTL  = 24 * time.Hour
	defaultMemory     = 512 << 20 // bytes

	taskTTL       = 7 * 24 * time.Hour // how long a finished task is remembered
	registerLimit = 128 << 20          // bytes of records, about 100,000; the oldest finished go
	renderTimeout = 5 * time.Minute
)

// Options configure a Server. The zero value is a server in memory that
// refuses every key.
type Options struct {
	// Keys are the keys that are accepted.
	Keys Keys
	// DataDir keeps tasks and results across restarts; "" keeps them in
	// memory. The directory is created, and used by one server at a time.
	DataDir string
	// PublicURL is the origin that result URLs begin with, "https://host". ""
	// takes the host that the client asked for.
	PublicURL string
	// CORS are the origins whose pages may use the server, as ParseCORS returns
	// them; none: browsers keep all pages out.
	CORS []string
	// Renderer draws; nil is the sketch engine.
	Renderer  Renderer
	NoCaption bool // no strip with the prompt on results
	// Clock tells the time for accounting, expiry and latency; nil is
	// time.Now. Timers are those of package time.
	Clock func() time.Time
	// Latency is how long a task takes at least.
	Latency time.Duration
	// ResultTTL is how long a result can be fetched; 0 is DefaultResultTTL.
	ResultTTL time.Duration
	// FailRate is the part of tasks that fail, 0 to 1.
	FailRate float64
	Faults   []Fault
	// Logger gets one record a request and what goes wrong; nil discards.
	Logger     *slog.Logger
	BodyLimit  int64 // bytes of a request body; 0 is defaultBodyLimit
	MaxPixels  int   // of an input image, and twice that of all in a request; 0 is defaultMaxPixels
	Memory     int64 // bytes of results and inputs without DataDir; 0 is defaultMemory
	QueueLimit int   // unfinished tasks of all keys; 0 is defaultQueueLimit
	Workers    int   // tasks drawn at once; 0 is one for each processor
}

func (o Options) withDefaults() (Options, error) {
	if o.FailRate < 0 || o.FailRate > 1 {
		return o, fmt.Errorf("fail rate %v is not between 0 and 1", o.FailRate)
	}
	for _, d := range []time.Duration{o.Latency, o.ResultTTL} {
		if d < 0 {
			return o, fmt.Errorf("duration %v is negative", d)
		}
	}
	setDefault(&o.BodyLimit, defaultBodyLimit)
	setDefault(&o.MaxPixels, defaultMaxPixels)
	setDefault(&o.QueueLimit, defaultQueueLimit)
	setDefault(&o.Memory, defaultMemory)
	setDefault(&o.ResultTTL, DefaultResultTTL)
	setDefault(&o.Workers, runtime.GOMAXPROCS(0))
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Renderer == nil {
		o.Renderer = sketcher{o.MaxPixels}
	}
	return o, nil
}

func setDefault[T int | int64 | time.Duration](v *T, def T) {
	if *v == 0 {
		*v = def
	}
}

// A Server is the Imaginator API as an http.Handler. Make one with New.
type Server struct {
	opts     Options
	register *register
	archive  *archive // nil without a data directory
	blobs    blobs
	queue    *queue
	faults   *faults

	uploads  *semaphore.Weighted // bytes of large bodies being read
	decoding chan struct{}       // images being decoded to pixels
	webm     singleflight.Group  // videos being drawn a second time, by name
	drawing  chan struct{}       // of those, how many at once

	ctx      context.Context // ends with Close: drawing stops
	cancel   context.CancelFunc
	stopping chan struct{} // closed when no more work is begun
	stopOnce sync.Once
	working  sync.WaitGroup // workers, waiting tasks, the sweeper
}

// New starts a server: its workers run until Close or shutdown. With a data
// directory it takes up what an earlier run left unfinished.
func New(opts Options) (*Server, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	s := &Server{
		opts:     opts,
		queue:    newQueue(),
		faults:   newFaults(opts.Faults),
		uploads:  semaphore.NewWeighted(2 * opts.BodyLimit),
		decoding: make(chan struct{}, opts.Workers),
		drawing:  make(chan struct{}, opts.Workers),
		stopping: make(chan struct{}),
	}
	if err := s.open(); err != nil {
		return nil, err
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	for range opts.Workers {
		s.working.Go(s.work)
	}
	s.working.Go(s.sweepRegularly)
	return s, nil
}

// open readies the storage and puts unfinished tasks back into the queue.
func (s *Server) open() error {
	if s.opts.DataDir == "" {
		s.register = newRegister(0)
		s.blobs = newMemoryBlobs(s.opts.Memory)
		return nil
	}
	var recs []record
	archive, lastID, err := openArchive(s.opts.DataDir, func(rec record) { recs = append(recs, rec) })
	if err != nil {
		return err
	}
	s.archive = archive
	if s.blobs, err = openDirBlobs(s.opts.DataDir); err != nil {
		return errors.Join(err, archive.close())
	}
	s.register = newRegister(lastID)
	if err := s.removeLeftovers(recs); err != nil {
		return errors.Join(err, archive.close())
	}
	for _, rec := range recs {
		t := s.register.restore(rec, s.now())
		if !rec.Status.Finished() {
			s.queue.push(rec.Account, t)
		}
	}
	return nil
}

func (s *Server) now() time.Time { return s.opts.Clock().UTC() }

// stop begins no more work. What is being drawn goes on.
func (s *Server) stop() {
	s.stopOnce.Do(func() {
		close(s.stopping)
		s.queue.close()
	})
}

// shutdown lets the tasks that are being drawn finish, until ctx ends, and
// closes the server. Tasks that wait stay pending in the data directory. Call
// it when no more requests come, after http.Server.shutdown.
func (s *Server) shutdown(ctx context.Context) error {
	s.stop()
	idle := make(chan struct{})
	go func() { // ends with Close at the latest, which ends all work
		s.working.Wait()
		close(idle)
	}()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	return s.Close()
}

// Close stops drawing and closes the storage. Unfinished tasks stay pending
// in the data directory.
func (s *Server) Close() error {
	s.stop()
	s.cancel()
	s.working.Wait()
	if s.archive == nil {
		return nil
	}
	return s.archive.close()
}

var _ io.Closer = (*Server)(nil)

// serverError is the answer when this server is at fault. What went wrong is
// for its log: the client can do nothing about it.
func (s *Server) serverError(what string, err error) *refusal {
	s.opts.Logger.Error(what, "error", err)
	return refuse(imaginator.CodeServerError, "Internal server error: %s", what)
}
