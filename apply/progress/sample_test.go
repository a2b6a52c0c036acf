package progress

import (
	"fmt"
	"time"

	"assetform/apply"
	"assetform/apply/engine/all"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

func image(name string) address.Address { return address.Address{Kind: address.Image, Name: name} }

func icon(i int) address.Address {
	return address.Address{Kind: address.Image, Name: "icon", Key: address.StringKey(fmt.Sprintf("sword-%d", i))}
}

// planOf makes a plan of n images that are created.
func planOf(n int, provider string) *plan.Plan {
	p := &plan.Plan{Summary: map[plan.Action]int{plan.Create: n, plan.NoOp: 1}, Engines: all.Registry(), Cost: plan.Cost{Certain: all.Registry().Whole(engine.Cost{"image_credits": n}), Conditional: all.Registry().Whole(nil)}}
	for i := range n {
		p.Changes = append(p.Changes, &plan.Change{Address: icon(i), Action: plan.Create, Method: "generate_image", Provider: provider})
	}
	p.Changes = append(p.Changes, &plan.Change{Address: image("still"), Action: plan.NoOp})
	return p
}

// script sends events at the times they happen at.
type script struct {
	sink Sink
	now  func() time.Time
}

func (s script) plan(p *plan.Plan) {
	s.sink.Event(apply.Event{Type: apply.EventPlan, Time: s.now(), Plan: p})
}

func (s script) start(a address.Address) {
	s.sink.Event(apply.Event{Type: apply.EventAssetStart, Time: s.now(), Address: a, Action: plan.Create})
}

func (s script) submit(a address.Address, task string) {
	s.sink.Event(apply.Event{Type: apply.EventSubmitted, Time: s.now(), Address: a, TaskID: task, Estimate: "10-30 seconds"})
}

func (s script) progress(a address.Address, phase apply.Phase) {
	s.sink.Event(apply.Event{Type: apply.EventProgress, Time: s.now(), Address: a, Phase: phase, Elapsed: 1500 * time.Millisecond})
}

func (s script) done(a address.Address, took time.Duration) {
	s.sink.Event(apply.Event{
		Type: apply.EventAssetDone, Time: s.now(), Address: a, Action: plan.Create, Output: "art/" + a.Name + ".png",
		ContentHash: lockfile.HashBytes([]byte(a.String())), Cost: engine.Cost{"image_credits": 1}, Elapsed: took,
	})
}

func (s script) fail(a address.Address, detail string) {
	s.sink.Event(apply.Event{
		Type: apply.EventAssetFailed, Time: s.now(), Address: a, Action: plan.Create, Elapsed: 2 * time.Second,
		Diagnostic: &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Task failed", Detail: detail},
		Reason:     "it says no", Credit: "nothing spent",
	})
}

func (s script) summary(done, failed, left int) {
	e := apply.Event{Type: apply.EventSummary, Time: s.now(), Summary: &apply.Summary{
		Done: map[plan.Action]int{plan.Create: done}, Failed: failed, Left: left, Cost: engine.Cost{"image_credits": done}, ExitCode: apply.ExitFailed,
	}}
	if failed > 0 {
		e.NotTried = []address.Address{image("film")}
	}
	for i := range left {
		e.LeftOver = append(e.LeftOver, icon(2+i))
	}
	s.sink.Event(e)
}

func hclsyntaxFile(src string) (*hcl.File, hcl.Diagnostics) {
	return hclsyntax.ParseConfig([]byte(src), "main.asset.hcl", hcl.InitialPos)
}
