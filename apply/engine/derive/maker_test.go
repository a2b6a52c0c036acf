package derive

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"testing"

	"assetform/apply/engine/derive/raster"
)

// disk is full after so many bytes.
type disk struct{ left int }

var errFull = errors.New("no space left on device")

func (d *disk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return len(p) + d.left, errFull
	}
	return len(p), nil
}

// jobs are one of each method and format.
func jobs(t testing.TB) []Job {
	s := file("a.png", encoded(t, scene(90, 60, 1), raster.PNG), nil)
	s.Made = Service
	var list []Job
	for _, ext := range []string{".png", ".jpg", ".webp", ".gif", ".ico"} {
		list = append(list, variantJob("a"+ext, s, map[string]any{"width": int64(45)}))
	}
	record := record("image.a", "image", "a", "a.png", "image/png")
	listed := s
	listed.Input, listed.Record = inputAssets, record
	return append(list, variantJob("copy.png", s, nil),
		Job{Method: Atlas, Address: "atlas.a", Output: "atlas.png", Sources: []Source{named("a", s)}},
		Job{Method: Export, Address: "export.a", Output: "a.json", Sources: []Source{listed}, Params: map[string]any{"format": "json", "placeholder": "thumbhash"}})
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	m := New(Options{})
	for _, j := range jobs(t) {
		whole, _ := made(t, m, j)
		for _, left := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
			r, err := m.Make(t.Context(), j, &disk{left})
			if !errors.Is(err, errFull) || r.Bytes != 0 || r.Frames != nil {
				t.Errorf("%s with %d bytes left: %+v %v", j.Output, left, r, err)
			}
		}
	}
	if m.memory.held != m.memory.resting {
		t.Errorf("%d bytes are held, %d rest", m.memory.held, m.memory.resting)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	stop := errors.New("enough")
	for _, j := range jobs(t) {
		m := New(Options{})
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(stop)
		if _, err := m.Make(ctx, j, io.Discard); !errors.Is(err, stop) {
			t.Errorf("%s: %v", j.Output, err)
		}
		// While it reads, and while it writes.
		for i := range j.Sources {
			ctx, cancel := context.WithCancelCause(t.Context())
			open := j.Sources[i].Open
			j.Sources[i].Open = func() (Content, error) { cancel(stop); return open() }
			if _, err := m.Make(ctx, j, io.Discard); !errors.Is(err, stop) {
				t.Errorf("%s, reading: %v", j.Output, err)
			}
			j.Sources[i].Open = open
		}
		made(t, m, j)
	}
}

// TestLoaderCancelled goes on where the one that decodes for others ends.
func TestLoaderCancelled(t *testing.T) {
	t.Parallel()
	s := file("a.png", encoded(t, scene(90, 60, 1), raster.PNG), nil)
	m := New(Options{})
	m.slots = make(chan struct{}, 8)
	made(t, m, variantJob("a.gif", s, nil)) // it was looked at
	m = &Maker{options: m.options, memory: newMemory(1 << 30), slots: m.slots, looks: m.looks, hashes: m.hashes}
	ctx, cancel := context.WithCancel(t.Context())
	reading, goOn := make(chan struct{}), make(chan struct{})
	slow := s
	slow.Open = func() (Content, error) { close(reading); <-goOn; return s.Open() }
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := m.Make(ctx, variantJob("a.webp", slow, nil), io.Discard); !errors.Is(err, context.Canceled) {
			t.Errorf("the one that was cancelled: %v", err)
		}
	})
	<-reading
	for range 4 {
		wg.Go(func() {
			if _, err := m.Make(t.Context(), variantJob("a.webp", s, nil), io.Discard); err != nil {
				t.Errorf("one that waited: %v", err)
			}
		})
	}
	for users := 0; users < 5; {
		m.memory.mu.Lock()
		users = m.memory.pictures[s.Hash].users
		m.memory.mu.Unlock()
	}
	cancel()
	close(goOn)
	wg.Wait()
}

// TestSame makes the same whatever else is made.
func TestSame(t *testing.T) {
	t.Parallel()
	m := New(Options{Memory: 1 << 20}) // each is alone
	for _, j := range jobs(t) {
		want, _ := made(t, New(Options{}), j)
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				var b bytes.Buffer
				if _, err := m.Make(t.Context(), j, &b); err != nil || !bytes.Equal(b.Bytes(), want) {
					t.Errorf("%s: other bytes, or %v", j.Output, err)
				}
			})
		}
		wg.Wait()
	}
}

// BenchmarkVariants makes three widths of a picture as generators deliver it.
func BenchmarkVariants(b *testing.B) {
	source := encoded(b, scene(1344, 768, 1), raster.PNG)
	b.ReportAllocs()
	for b.Loop() {
		m := New(Options{})
		for _, width := range []int64{320, 640, 1024} {
			out, r := made(b, m, variantJob("a.webp", file("a.png", source, nil), map[string]any{"width": width}))
			if r.Width != int(width) || len(out) < 1000 {
				b.Fatal(r)
			}
		}
	}
}
