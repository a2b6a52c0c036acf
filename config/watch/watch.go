package watch

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/hashicorp/hcl/v2"
)

// interval is how often a watch looks: the heap grows by some 100 MB
// meanwhile.
const interval = 50 * time.Millisecond

// Place is what was being evaluated when a limit was passed.
type Place struct {
	Range   *hcl.Range           // nil: not known
	Files   map[string]*hcl.File // by the names that ranges carry
	Secrets []string             // what must not be shown of them
}

// Watch bounds what the sections between Begin and end take together. A nil
// Watch bounds nothing. Its methods may be called concurrently, and sections
// may overlap.
type Watch struct {
	limit    Limit
	exceeded func(*hcl.Diagnostic, Place)

	mu      sync.Mutex
	open    int           // sections
	spent   time.Duration // processor time of sections that are over
	since   time.Duration // the process's time when the first open one began
	looking bool          // a goroutine looks
	passed  bool
	place   func() Place // of the section that began last
}

// New makes a watch. When a limit is passed, exceeded is called once, in a
// goroutine of its own; it ends the process.
func New(limit Limit, exceeded func(*hcl.Diagnostic, Place)) *Watch {
	return &Watch{
		limit:    Limit{CPU: limit.CPU * slowdown, Heap: limit.Heap * slowdown},
		exceeded: exceeded,
	}
}

// Begin opens a section of evaluation, which the function that it returns
// closes. While a limit stands passed that function does not return. place is
// called by another goroutine; nil: nothing is known about the section.
func (w *Watch) Begin(place func() Place) (end func()) {
	if w == nil {
		return func() {}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.passed {
		return func() {} // what reports it may begin a section of its own
	}
	if w.open == 0 {
		w.since = cpuTime()
	}
	w.open++
	w.place = place
	if !w.looking {
		w.looking = true
		go w.look()
	}
	return w.end
}

func (w *Watch) end() {
	w.mu.Lock()
	if w.passed {
		w.mu.Unlock()
		select {} // the process ends
	}
	defer w.mu.Unlock()
	if w.open--; w.open == 0 {
		w.spent += cpuTime() - w.since
	}
}

// look runs until it finds no section open, so that the sections of ten
// thousand results, each shorter than a look, start few goroutines.
//
// The limit is the runtime's memory limit meanwhile: the collector then works
// as much as it takes to keep garbage below it, and what is above is alive. It
// is set at the first look, because that stops the process, and most
// evaluations are over by then.
func (w *Watch) look() {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	before := int64(-1) // the memory limit, once there is another
	for range tick.C {
		if before < 0 {
			before = debug.SetMemoryLimit(-1)
			debug.SetMemoryLimit(min(before, int64(w.limit.Heap)))
		}
		excess := w.excess()
		w.mu.Lock()
		if w.open == 0 {
			debug.SetMemoryLimit(before)
			w.looking = false
			w.mu.Unlock()
			return
		}
		w.passed = excess != nil
		place := w.place
		w.mu.Unlock()
		if excess != nil {
			w.report(excess, place)
			return
		}
	}
}

func (w *Watch) report(d *hcl.Diagnostic, at func() Place) {
	var place Place
	if at != nil {
		place = at()
	}
	d.Subject = place.Range
	w.exceeded(d, place)
}

// excess describes the limit that is passed, if any is.
func (w *Watch) excess() *hcl.Diagnostic {
	if taken := w.cpu(); taken > w.limit.CPU {
		return problem("Evaluation takes too long",
			"Reading and evaluating the project took %s of processor time, which is above the limit of %s, so it was ended. Look at \"for\" "+
				"expressions that stand in each other and at functions of long values, or set %s=%s in the environment.",
			taken.Round(10*time.Millisecond), w.limit.CPU, Variable, Limit{CPU: 3 * w.limit.CPU, Heap: w.limit.Heap})
	}
	if taken := w.heap(); taken > w.limit.Heap {
		return problem("Evaluation needs too much memory",
			"Reading and evaluating the project needed %d MiB of memory, which is above the limit of %d MiB, so it was ended. Look at "+
				"values that grow with each use and at long lists, or set %s=%s in the environment.",
			taken>>20, w.limit.Heap>>20, Variable, Limit{CPU: w.limit.CPU, Heap: 4 * w.limit.Heap})
	}
	return nil
}

func problem(summary, format string, args ...any) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Detail: fmt.Sprintf(format, args...)}
}

// cpu is the processor time that the sections have taken so far.
func (w *Watch) cpu() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open == 0 {
		return w.spent
	}
	return w.spent + cpuTime() - w.since
}

// heap is the memory in use, without garbage as far as the limit is near.
func (w *Watch) heap() uint64 {
	used := memory()
	// The collector keeps garbage below the limit but for a little, so that
	// twice that little need not be collected to be known as alive.
	if used <= w.limit.Heap || used > w.limit.Heap+w.limit.Heap/4 {
		return used
	}
	runtime.GC()
	return memory()
}

// memory is what objects, collected or not yet, and stacks take.
func memory() uint64 {
	// Package metrics would tell the same without stopping anything, but costs
	// each command the list of all metrics when it starts.
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc + stats.StackInuse
}
