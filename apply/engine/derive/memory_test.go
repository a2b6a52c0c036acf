package derive

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestMemory has many claim at random, with pictures of their own and shared
// ones, failing, ending and waiting.
func TestMemory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) { claimAtRandom(t, seed) })
	}
}

func claimAtRandom(t *testing.T, seed uint64) {
	const limit = 1000
	m := &Maker{memory: newMemory(limit)}
	m.memory.collect = func() {}
	var mu sync.Mutex
	inUse, alone, loads := int64(0), 0, map[string]int{}
	change := func(n int64, large bool) {
		mu.Lock()
		defer mu.Unlock()
		inUse += n
		if large {
			alone += int(n / max(n, -n))
		}
		if inUse > limit && alone == 0 || alone > 1 {
			t.Errorf("seed %d: %d in use", seed, inUse)
		}
	}
	var wg sync.WaitGroup
	for i := range 300 {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(i)))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			source := r.IntN(30)
			weight, beside := int64(1+source*10), int64(r.IntN(400))
			if r.IntN(50) == 0 {
				beside = 5000
			}
			moment := time.Duration(r.IntN(5)) * time.Millisecond
			pause := func() { time.Sleep(moment) }
			if r.IntN(10) == 0 {
				go func() { pause(); cancel() }()
			}
			decoding, releases := int64(r.IntN(600)), r.IntN(3) == 0
			err := m.with(ctx, &Source{}, fmt.Sprint(source), weight, decoding, beside,
				func() (*picture, error) {
					pause()
					if ctx.Err() != nil {
						return nil, ctx.Err()
					}
					if source == 7 {
						return nil, errors.New("damaged")
					}
					mu.Lock()
					loads[fmt.Sprint(source)]++
					mu.Unlock()
					return &picture{pixels: image.NewNRGBA(image.Rect(0, 0, source+1, 1))}, nil
				},
				func(p *picture, done func()) error {
					if p.pixels.Rect.Dx() != source+1 {
						t.Errorf("seed %d: another picture", seed)
					}
					large := beside+weight > limit
					change(beside, large)
					pause()
					if releases {
						done()
						pause()
					}
					change(-beside, large)
					return nil
				})
			if failed := err != nil; failed != (source == 7) && ctx.Err() == nil {
				t.Errorf("seed %d, source %d: %v", seed, source, err)
			}
		})
	}
	wg.Wait()
	if m.memory.held != m.memory.resting || m.memory.resting > m.memory.idle || len(m.memory.waiting) > 0 {
		t.Errorf("seed %d: at the end %d are held, %d rest, %d wait", seed, m.memory.held, m.memory.resting, len(m.memory.waiting))
	}
}

// TestMemoryOrder meets claims in their order, a large one when it is alone, and
// lets pictures go that nobody works on.
func TestMemoryOrder(t *testing.T) {
	t.Parallel()
	m := newMemory(100)
	ctx := t.Context()
	a := &claim{key: "a", weight: 20, beside: 40}
	b := &claim{key: "b", weight: 20, beside: 10}
	for _, c := range []*claim{a, b} {
		if err := m.take(ctx, c); err != nil {
			t.Fatal(err)
		}
		m.loaded(c.of, &picture{}, nil, 20)
	}
	large, small := &claim{beside: 500}, &claim{beside: 1}
	met := make(chan *claim)
	go func() { m.take(ctx, large); met <- large }()
	for m.waits() < 1 {
	}
	go func() { m.take(ctx, small); met <- small }()
	for m.waits() < 2 {
	}
	m.give(a)
	m.give(b)
	if c := <-met; c != large {
		t.Error("the small claim passed the large one")
	}
	if m.held != 500 || len(m.rest) > 0 {
		t.Errorf("%d bytes are held, %d pictures rest", m.held, len(m.rest))
	}
	m.give(large)
	<-met
	if !small.collect {
		t.Error("nothing was collected")
	}
}

func (m *memory) waits() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.waiting)
}
