package progress

import (
	"fmt"
	"strings"
	"time"

	"assetform/apply"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/plan/render"
)

// tally is how far an apply is.
type tally struct {
	plan    *outline // nil until a plan was announced
	ended   map[address.Address]bool
	failed  int
	spent   engine.Cost
	free    engine.Cost // of spent: what engines that charge nothing counted
	running []*running  // in the order of their starts
	most    int         // that ran at the same time
	pace    map[string]*pace
	began   time.Time // of the first event
	undone  undone
}

// running is an asset that was started and has not ended.
type running struct {
	address   address.Address
	sign      string
	phase     apply.Phase
	began     time.Time
	submitted time.Time // zero: not yet, or by an earlier run
	estimate  string
}

// pace is how long the generations of a method took in this run.
type pace struct {
	method *engine.Method // nil: not known
	left   int            // generations of the plan that have not ended
	paid   bool
	total  time.Duration
	n      int
}

func newTally() *tally {
	return &tally{ended: map[address.Address]bool{}, pace: map[string]*pace{}}
}

// add counts an event.
func (t *tally) add(it item) {
	e := it.event
	if t.began.IsZero() {
		t.began = e.Time
	}
	switch e.Type {
	case apply.EventPlan:
		t.setPlan(it.plan)
	case apply.EventAssetStart:
		t.end(e.Address) // an asset that goes back into the queue starts again
		t.running = append(t.running, &running{address: e.Address, sign: e.Action.Sign(), phase: apply.PhaseWaiting, began: e.Time})
		t.most = max(t.most, len(t.running))
	case apply.EventSubmitted:
		if r := t.find(e.Address); r != nil {
			r.phase = apply.PhasePending
			if t.plan == nil || t.plan.tasks[e.Address].paid {
				r.estimate = e.Estimate // the local engine says the one of the service that it stands in for
			}
			if !e.Resumed {
				r.submitted = e.Time
			}
		}
	case apply.EventProgress:
		if r := t.find(e.Address); r != nil {
			r.phase = e.Phase
		}
	case apply.EventAssetDone, apply.EventAssetFailed:
		if e.Candidate > 0 { // the asset goes on with the others
			t.failed++
			t.undone.failed = append(t.undone.failed, troubleOf(e))
			return
		}
		t.conclude(e)
	case apply.EventDiagnostic:
		if !e.Address.IsZero() {
			t.undone.left = append(t.undone.left, troubleOf(e))
			t.end(e.Address)
		}
	}
}

func (t *tally) setPlan(o *outline) {
	if o == nil {
		return
	}
	t.plan = o
	for _, task := range o.tasks {
		if task.generates {
			p := t.paceOf(task.method)
			p.left++
			p.paid, p.method = task.paid, t.plan.engines.Method(task.provider, task.method)
		}
	}
}

func (t *tally) paceOf(name string) *pace {
	p := t.pace[name]
	if p == nil {
		p = &pace{}
		t.pace[name] = p
	}
	return p
}

func (t *tally) conclude(e apply.Event) {
	r := t.end(e.Address)
	if t.ended[e.Address] {
		return
	}
	t.ended[e.Address] = true
	t.spent = t.spent.Add(e.Cost)
	if e.Type == apply.EventAssetFailed {
		t.failed++
		t.undone.failed = append(t.undone.failed, troubleOf(e))
	}
	if t.plan == nil {
		return
	}
	task := t.plan.tasks[e.Address]
	if !task.paid {
		t.free = t.free.Add(e.Cost)
	}
	if !task.generates {
		return
	}
	p := t.paceOf(task.method)
	p.left--
	if r != nil && !r.submitted.IsZero() && e.Type == apply.EventAssetDone {
		p.total += e.Time.Sub(r.submitted)
		p.n++
	}
}

func (t *tally) find(a address.Address) *running {
	for _, r := range t.running {
		if r.address == a {
			return r
		}
	}
	return nil
}

// end takes an asset off the running ones.
func (t *tally) end(a address.Address) *running {
	for i, r := range t.running {
		if r.address == a {
			t.running = append(t.running[:i], t.running[i+1:]...)
			return r
		}
	}
	return nil
}

// each is how long a generation takes: what those of the method took in this
// run, or what the API document says. Of the local engine nothing is known
// before it has finished one.
func (p *pace) each() (time.Duration, bool) {
	switch {
	case p.n > 0:
		return p.total / time.Duration(p.n), true
	case p.paid:
		shortest, longest := render.Typical(p.method)
		return (shortest + longest) / 2, true
	}
	return 0, false
}

// left guesses how long the rest takes: all of it spread over as many tasks as
// ran at once, and no less than the longest chain of what is made one from
// another.
func (t *tally) left(now time.Time) (time.Duration, bool) {
	if t.plan == nil || t.most == 0 {
		return 0, false
	}
	var work, longest time.Duration
	count, hangs := 0, false
	known := map[address.Address]time.Duration{} // until it is done, with what comes before
	var until func(a address.Address) time.Duration
	until = func(a address.Address) time.Duration {
		task := t.plan.tasks[a]
		if d, ok := known[a]; ok || !task.generates || t.ended[a] {
			return d
		}
		var d time.Duration
		for _, up := range task.after { // never a circle: the plan has an order
			d = max(d, until(up))
		}
		own, _ := t.paceOf(task.method).each()
		if r := t.find(a); r != nil {
			if r.submitted.IsZero() { // its request is not answered: only a while is that no news
				hangs = hangs || own > 0 && now.Sub(r.began) > 2*own
			} else {
				own -= min(own, now.Sub(r.submitted))
			}
		}
		work, count = work+own, count+1
		known[a] = d + own
		return d + own
	}
	for _, p := range t.pace {
		if _, ok := p.each(); p.left > 0 && !ok {
			return 0, false
		}
	}
	for a := range t.plan.tasks {
		longest = max(longest, until(a))
	}
	if work <= 0 || hangs {
		return 0, false
	}
	return max(longest, work/time.Duration(min(t.most, count))), true
}

// text is how far the apply is, in a sentence without a final stop.
func (t *tally) text(now time.Time) string {
	done := len(t.ended) - t.failed
	var parts []string
	if t.plan != nil {
		parts = append(parts, fmt.Sprintf("%d of %d done", done, max(len(t.plan.tasks), len(t.ended))))
	} else {
		parts = append(parts, fmt.Sprintf("%d done", done))
	}
	if t.failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", t.failed))
	}
	if n := len(t.running); n > 0 {
		parts = append(parts, fmt.Sprintf("%d running", n))
	}
	if !t.spent.IsZero() {
		parts = append(parts, t.costText(t.spent))
	}
	if left, ok := t.left(now); ok {
		parts = append(parts, "about "+render.TimeText(left)+" left")
	}
	return strings.Join(parts, ", ")
}

// costText says what was charged of a cost, and what was only counted.
func (t *tally) costText(all engine.Cost) string {
	charged := all.Sub(t.free)
	switch {
	case t.free.IsZero() && (t.plan == nil || t.plan.paid):
		return t.plan.money().Text(charged) + " spent"
	case t.free.IsZero():
		return "nothing charged"
	case charged.IsZero():
		return "nothing charged, " + t.free.String() + " counted"
	}
	return fmt.Sprintf("%s spent, %s counted where nothing is charged", t.plan.money().Text(charged), t.free)
}
