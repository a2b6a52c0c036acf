package picture

import (
	"context"
	"runtime"

	"golang.org/x/sync/semaphore"
)

// budget is how many bytes of pixels are held at a time: 64 pictures of a
// million pixels. A small file can hold a large picture, and results, previews,
// thumbnails and inputs are looked at in parallel.
const budget = 256 << 20

// held is the part of the budget that is taken. It stands for the whole
// process, because memory does.
var held = semaphore.NewWeighted(budget)

// within runs f, which holds that many bytes of pixels, as soon as they fit. A
// picture larger than all of the budget runs when nothing else does, and its
// memory is free again before the next one begins: the collector would let as
// much again pile up.
func within(bytes int64, f func() error) error {
	weight := min(max(bytes, 1), budget)
	if err := held.Acquire(context.Background(), weight); err != nil {
		return err
	}
	defer held.Release(weight)
	if weight >= budget/8 {
		defer runtime.GC()
	}
	return f()
}
