package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func openNew(t *testing.T, dir, name string) *os.File {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// No call returns before a round that began after it and had its files, however
// many come at once: what a power failure must not take was on disk then.
func TestSyncerWaitsForALaterRound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var rounds, shared atomic.Int64
	var flushed sync.Map // file -> the last round that had it
	s := &Syncer{testOnlyRound: func(files []*os.File) {
		n := rounds.Add(1)
		if len(files) > 2 {
			shared.Add(1)
		}
		for _, f := range files {
			flushed.Store(f, n)
		}
	}}
	var group sync.WaitGroup
	for i := range 16 {
		mine := []*os.File{openNew(t, dir, strconv.Itoa(i)), openNew(t, dir, strconv.Itoa(i)+"b")}
		group.Go(func() {
			for range 20 {
				before := rounds.Load()
				if err := s.Sync(mine...); err != nil {
					t.Error(err)
				}
				for _, f := range mine {
					if n, ok := flushed.Load(f); !ok || n.(int64) <= before {
						t.Errorf("%s: round %v, but %d had begun before the call", f.Name(), n, before)
					}
				}
			}
		})
	}
	group.Wait()
	if shared.Load() == 0 || rounds.Load() >= 16*20 {
		t.Errorf("%d rounds for %d calls: none was shared", rounds.Load(), 16*20)
	}
}

// What cannot be flushed is told to whoever asked for it, and to nobody else.
func TestSyncerTellsWhoseError(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var s Syncer
	good := []*os.File{openNew(t, dir, "a"), openNew(t, dir, "b"), openNew(t, dir, "c")}
	closed := openNew(t, dir, "closed")
	closed.Close()
	s.turn.Lock() // until all have come
	var group sync.WaitGroup
	for _, f := range good {
		group.Go(func() {
			if err := s.Sync(f); err != nil {
				t.Errorf("%s: %v", f.Name(), err)
			}
		})
	}
	group.Go(func() {
		if err := s.Sync(closed); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("a closed file: %v", err)
		}
	})
	for joined := 0; joined < len(good)+1; time.Sleep(time.Millisecond) {
		s.mu.Lock()
		if s.next != nil {
			joined = len(s.next.files)
		}
		s.mu.Unlock()
	}
	s.turn.Unlock()
	group.Wait()
}

func TestNoSyncer(t *testing.T) {
	t.Parallel()
	var s *Syncer
	if err := s.Sync(openNew(t, t.TempDir(), "a")); err != nil {
		t.Error(err)
	}
}
