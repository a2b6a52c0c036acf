package atomicfile

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// A Syncer makes files durable for many goroutines: all that wait while the
// disk is busy share the next round, as records share a journal's fsync. With
// one alone it is an fsync. The zero value works, and a nil Syncer shares
// nothing.
type Syncer struct {
	turn  sync.Mutex // held by the round that runs
	ended time.Time  // when the one before it ended; the turn guards it
	took  time.Duration

	mu   sync.Mutex
	next *round // that gathers; nil: nobody waits

	shares map[uint64]bool // by device, whether its files are flushed together; the turn guards it

	testOnlyRound func([]*os.File) // before the files of a round are flushed
}

// round is what is flushed together.
type round struct {
	files []*os.File
	errs  []error // by file, once done is closed
	done  chan struct{}
}

// Sync returns once all that was written to files before the call is on disk.
func (s *Syncer) Sync(files ...*os.File) error { return errors.Join(s.wait(files)...) }

// SyncDirs is Sync for the names in directories. Some file systems cannot sync
// a directory and say so; nothing more can be done there.
func (s *Syncer) SyncDirs(dirs ...*os.File) error {
	errs := s.wait(dirs)
	for i, err := range errs {
		if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
			errs[i] = nil
		}
	}
	return errors.Join(errs...)
}

// wait joins the next round, and returns what it came to for each of the files.
// A round that runs already may have passed them by.
func (s *Syncer) wait(files []*os.File) []error {
	if s == nil {
		return flushEach(files)
	}
	s.mu.Lock()
	r, leads := s.next, s.next == nil
	if leads {
		r = &round{done: make(chan struct{})}
		s.next = r
	}
	at := len(r.files)
	r.files = append(r.files, files...)
	s.mu.Unlock()
	if leads {
		s.lead(r)
	} else {
		<-r.done
	}
	return r.errs[at : at+len(files)]
}

// lead runs a round when the one before it has ended. Until then others join.
func (s *Syncer) lead(r *round) {
	s.turn.Lock()
	defer s.turn.Unlock()
	// Where many come, half of the time is left for joining, and a little on a
	// fast disk: it has less to do, and nobody waits for long.
	if s.took > 0 { // none by a clock that stands still, as in tests
		time.Sleep(min(max(s.took, shortestPause), longestPause) - time.Since(s.ended))
	}
	s.mu.Lock()
	s.next = nil
	s.mu.Unlock()
	if s.testOnlyRound != nil {
		s.testOnlyRound(r.files)
	}
	began := time.Now()
	r.errs = s.flush(r.files)
	s.ended = time.Now()
	s.took = s.ended.Sub(began)
	close(r.done)
}

// The pauses bound the wait for others, on a fast disk and on a slow one.
const (
	shortestPause = 2 * time.Millisecond
	longestPause  = 20 * time.Millisecond
)

// flushEach flushes files one by one.
func flushEach(files []*os.File) []error {
	errs := make([]error, len(files))
	for i, f := range files {
		errs[i] = f.Sync()
	}
	return errs
}
