package studio

import (
	"testing"
	"testing/synctest"
	"time"

	"assetform/apply/engine/imaginator"
)

// TestLatency: every task takes the given time, however many there are, and
// is shown as processing meanwhile.
func TestLatency(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{Keys: Keys{plenty()}, Latency: 30 * time.Second, Workers: 1})
		var ids []string
		for range 20 {
			ids = append(ids, r.image().TaskID)
		}
		want := func(status imaginator.Status) {
			t.Helper()
			synctest.Wait()
			for _, id := range ids {
				if got := r.task(id).Status; got != status {
					t.Errorf("task %s is %s, want %s", id, got, status)
				}
			}
		}
		want(imaginator.StatusProcessing)
		time.Sleep(30*time.Second - time.Nanosecond)
		want(imaginator.StatusProcessing)
		time.Sleep(time.Nanosecond)
		want(imaginator.StatusCompleted)
		if task := r.task(ids[0]); task.CompletedAt.Sub(task.CreatedAt) != 30*time.Second {
			t.Errorf("it took %v", task.CompletedAt.Sub(task.CreatedAt))
		}
	})
}

// TestLatencyAcrossRestart: the time that a server was down counts.
func TestLatencyAcrossRestart(t *testing.T) {
	t.Parallel()
	clock, dir := newFakeClock(), t.TempDir()
	o := Options{DataDir: dir, Clock: clock.now, Latency: time.Hour}
	r := newRig(t, o)
	id := r.image().TaskID
	clock.advance(2 * time.Hour)
	r = r.reopen(o)
	if task := r.wait(id); task.Status != imaginator.StatusCompleted {
		t.Errorf("task %+v", task)
	}
}

// TestSweepRuns by itself.
func TestSweepRuns(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, Options{Keys: Keys{plenty()}, ResultTTL: time.Hour})
		r.image()
		time.Sleep(time.Hour + 2*sweepEvery)
		if n, size := heldIn(r.server.blobs.(*memoryBlobs)); n != 0 || size != 0 {
			t.Errorf("%d blobs of %d bytes are still held", n, size)
		}
	})
}

// heldIn counts what is in memory.
func heldIn(b *memoryBlobs) (blobs int, bytes int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.held), b.size
}
