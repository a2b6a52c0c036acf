package config

import (
	"fmt"
	"maps"
	"runtime/metrics"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxValue is how long, in bytes, the value of one expression may be when it
// is written out. A chain of locals that each name the last one twice doubles
// with every link.
const maxValue = 64 << 20

// watchBounds are what the evaluation of a whole project may take. HCL cannot
// be interrupted: three nested for expressions over a thousand elements each
// run for half an hour or until the memory is full, and a pull request from a
// fork must not be able to do that to the machine that plans it. The bounds
// are far above what maxTotal instances need.
type watchBounds struct {
	heap  uint64        // bytes of the heap's objects, garbage included
	still time.Duration // on one expression
	total time.Duration
}

var evaluationBounds = watchBounds{heap: 4 << 30, still: time.Minute, total: 10 * time.Minute}

// watchInterval is how often the bounds are looked at: the heap grows by at
// most some 200 MB meanwhile.
const watchInterval = 100 * time.Millisecond

// at notes which expression or block is evaluated next.
func (e *evaluator) at(rng hcl.Range) { e.position.Store(&rng) }

// watched runs evaluate in a goroutine of its own and waits for it as long as
// the bounds allow. Behind a bound it returns a diagnostic and leaves the
// goroutine running: then the evaluator and its project belong to that
// goroutine for ever, and the process is expected to end.
func (e *evaluator) watched(bounds watchBounds, evaluate func()) *hcl.Diagnostic {
	done := make(chan struct{})
	go func() {
		defer close(done)
		evaluate()
	}()
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	start := time.Now()
	last, since := e.position.Load(), start
	for {
		select {
		case <-done:
			return nil
		case now := <-tick.C:
			at := e.position.Load()
			if at != last {
				last, since = at, now
			}
			if taken := bounds.exceeded(now.Sub(since), now.Sub(start)); taken != "" {
				return &hcl.Diagnostic{
					Severity: hcl.DiagError,
					Summary:  "Evaluation takes too much",
					Detail: fmt.Sprintf("Evaluating the configuration was given up here: it %s. Look for for expressions "+
						"within each other, and for values that grow with each use.", taken),
					Subject: at,
				}
			}
		}
	}
}

// exceeded says which bound is passed, "" for none.
func (b watchBounds) exceeded(still, total time.Duration) string {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	switch {
	case sample[0].Value.Uint64() > b.heap:
		return fmt.Sprintf("takes more than %d MiB of memory", b.heap>>20)
	case still > b.still:
		return fmt.Sprintf("takes more than %s for this alone", b.still)
	case total > b.total:
		return fmt.Sprintf("takes more than %s in all", b.total)
	}
	return ""
}

// abandoned is the project of an evaluation that was given up, for its
// diagnostic to be shown with: nothing in it is shared with the goroutine
// that may still run.
func (e *evaluator) abandoned() *Project {
	e.filesLock.Lock()
	defer e.filesLock.Unlock()
	project := emptyProject()
	project.Dir, project.Root, project.Files = e.project.Dir, e.project.Root, maps.Clone(e.project.Files)
	return project
}

// boundResult reports a value that is too long to be worked with. Nothing is
// evaluated behind it: finding out takes seconds each time.
func (e *evaluator) boundResult(v cty.Value, at hcl.Range) cty.Value {
	if v.Type() == cty.Number || sizeUpTo(v, e.maxValue) <= e.maxValue {
		return v // who takes a number says what is wrong with it
	}
	e.report(at, "Value too large", "Written out, this value is longer than %d MiB.", maxValue>>20)
	e.overflowed = true
	return cty.DynamicVal
}
