package progress

import (
	"assetform/apply"
	"assetform/config/address"
	"assetform/config/engine"
	"assetform/plan"
)

// outline is what is needed of a plan to show how far it is. It is taken when
// the plan is announced, so that nobody reads the plan while it is applied.
type outline struct {
	summary  plan.Summary
	cost     plan.Cost
	amounts  plan.Amounts
	prices   engine.Prices
	engines  engine.Registry
	origins  map[string]string
	tasks    map[address.Address]task // without those that do nothing
	sketches int                      // placeholders that stand afterwards
	paid     bool                     // something is generated at a provider that charges
}

// task is one change of the plan.
type task struct {
	provider  string // its type
	method    string
	generates bool
	paid      bool
	sketch    bool              // a placeholder is drawn
	after     []address.Address // that it is made from
}

func outlineOf(p *plan.Plan) *outline {
	o := &outline{
		cost: p.Cost, amounts: p.Amounts(), prices: p.Prices, engines: p.Engines, origins: p.Origins,
		tasks: make(map[address.Address]task, len(p.Changes)),
		summary: plan.Summary{
			Create: p.Summary[plan.Create], Update: p.Summary[plan.Update], Restore: p.Summary[plan.Restore],
			Move: p.Summary[plan.Move], Import: p.Summary[plan.Import], Delete: p.Summary[plan.Delete],
			Forget: p.Summary[plan.Forget], NoOp: p.Summary[plan.NoOp],
		},
	}
	for _, c := range p.Changes {
		if c.Placeholder {
			o.sketches++
		}
		if c.Action == plan.NoOp {
			continue
		}
		t := task{provider: c.Provider, method: c.Method, generates: c.Action.Generates(), paid: p.Engines.Charges(c.Provider), sketch: c.Placeholder && c.Action.Generates()}
		for _, im := range c.Fingerprint.Images {
			if !im.Upstream.IsZero() {
				t.after = append(t.after, im.Upstream)
			}
		}
		o.tasks[c.Address] = t
		o.paid = o.paid || t.generates && t.paid
	}
	return o
}

// money is the project's prices; o may be nil.
func (o *outline) money() (p engine.Prices) {
	if o != nil {
		p = o.prices
	}
	return p
}

// priced is the prices that count for an event's asset: none where nothing is
// charged.
func (o *outline) priced(e apply.Event) (p engine.Prices) {
	if o != nil && o.tasks[e.Address].paid {
		p = o.prices
	}
	return p
}
