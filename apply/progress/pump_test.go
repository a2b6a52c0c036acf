package progress

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply"
)

// stuck is a stream that takes nothing before it is released.
type stuck struct {
	text    bytes.Buffer
	release chan struct{}
}

func (s *stuck) Write(p []byte) (int, error) {
	<-s.release
	return s.text.Write(p)
}

func TestASinkDoesNotBlockAndLosesOnlyProgress(t *testing.T) {
	t.Parallel()
	const assets, steps = 3000, 5
	for name, open := range map[string]func(Options) Sink{"terminal": Terminal, "plain": Plain, "json": JSON} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				out := &stuck{release: make(chan struct{})}
				s := script{open(Options{Out: out}), time.Now}
				s.plan(planOf(assets, "local"))
				for i := range assets {
					s.start(icon(i))
					for range steps {
						s.progress(icon(i), apply.PhaseProcessing)
					}
					s.done(icon(i), time.Second)
				}
				s.summary(assets, 0, 0)
				// All of it was taken though nothing has been written.
				if out.text.Len() != 0 {
					t.Fatal("the stream was not stuck")
				}
				close(out.release)
				if err := s.sink.Close(); err != nil {
					t.Fatal(err)
				}
				got := out.text.String()
				if n := strings.Count(got, "art/icon.png"); n != assets {
					t.Errorf("%d results were written, want %d", n, assets)
				}
				// As many may be in the queue, and as many in the goroutine's hands.
				if n := strings.Count(got, `"type":"progress"`); name == "json" && (n == 0 || n > 2*maxWaiting) {
					t.Errorf("%d of %d news of progress were kept, want some and at most %d", n, assets*steps, 2*maxWaiting)
				}
			})
		})
	}
}

// broken fails at the second write.
type broken struct{ writes int }

func (b *broken) Write(p []byte) (int, error) {
	if b.writes++; b.writes > 1 {
		return 0, errors.New("stream is gone")
	}
	return len(p), nil
}

func TestCloseReturnsTheFirstErrorAndWritesNoMore(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(Options) Sink{"terminal": Terminal, "plain": Plain, "json": JSON} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				out := &broken{}
				s := script{open(Options{Out: out}), time.Now}
				s.plan(planOf(9, "imaginator"))
				for i := range 9 {
					s.start(icon(i))
					s.done(icon(i), time.Second)
					time.Sleep(time.Second)
				}
				if err := s.sink.Close(); err == nil || err.Error() != "stream is gone" {
					t.Errorf("Close returned %v", err)
				}
				if out.writes != 2 {
					t.Errorf("%d writes, want 2", out.writes)
				}
				s.sink.Note("after the end") // is passed over
			})
		})
	}
}
