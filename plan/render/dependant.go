package render

import (
	"cmp"
	"slices"
	"strings"

	"assetform/config/engine"
	"assetform/plan"
)

// dependants counts the assets that change only because of an upstream with
// whatever changes that upstream. An upstream that has no cause of its own to
// share is itself the cause.
func (f *finder) dependants() {
	byAddress := make(map[string]*plan.Change, len(f.plan.Changes))
	for _, c := range f.plan.Changes {
		byAddress[c.Address.String()] = c
	}
	d := dependants{finder: f, byAddress: byAddress, own: map[*plan.Change]*group{}, settled: map[*plan.Change]bool{}}
	for _, c := range f.plan.Changes {
		d.settle(c)
	}
}

type dependants struct {
	*finder
	byAddress map[string]*plan.Change
	own       map[*plan.Change]*group // of upstreams that are a cause
	settled   map[*plan.Change]bool
}

// settle gives a change the causes of its upstreams, once.
func (d *dependants) settle(c *plan.Change) {
	if d.settled[c] {
		return
	}
	d.settled[c] = true
	ups := onlyUpstreams(c)
	for _, address := range ups {
		up := d.byAddress[address]
		if up == nil || up.Action == plan.NoOp {
			continue
		}
		d.settle(up)
		if len(d.causes[up]) == 0 {
			d.assign(d.groupOf(up), c)
			continue
		}
		for _, g := range d.causes[up] {
			d.assign(g, c)
		}
	}
}

func (d *dependants) groupOf(up *plan.Change) *group {
	g := d.own[up]
	if g == nil {
		where := ""
		if up.Spec != nil {
			where = place(d.project, up.Spec.Range)
		}
		g = d.newGroup(up.Address.String(), where)
		d.own[up] = g
	}
	return g
}

// onlyUpstreams lists the upstreams of a change that has no other reason.
func onlyUpstreams(c *plan.Change) []string {
	var out []string
	for _, r := range c.Reasons {
		address, ok := strings.CutPrefix(string(r), "upstream:")
		if !ok {
			return nil
		}
		out = append(out, address)
	}
	return out
}

// result lists the causes of at least two changes, largest first.
func (f *finder) result() []Cause {
	var out []Cause
	for _, g := range f.groups {
		if len(g.changes) < 2 {
			continue
		}
		cause := Cause{Name: g.name, Place: g.place, Assets: len(g.changes), Guess: g.guess}
		var charged plan.Cost
		for c := range g.changes {
			if c.Action.Generates() && f.project.Engines.Charges(c.Provider) {
				charged.Add(c.Cost, c.Conditional)
			}
			switch {
			case !c.Action.Generates():
			case c.Conditional:
				cause.Conditional = cause.Conditional.Add(c.Cost)
			default:
				cause.Cost = cause.Cost.Add(c.Cost)
			}
		}
		cause.certain = f.project.Prices.Note(charged.Certain)
		cause.most = f.project.Prices.Note(charged.Certain.Add(charged.Conditional))
		out = append(out, cause)
	}
	slices.SortStableFunc(out, func(a, b Cause) int {
		return cmp.Or(
			cmp.Compare(weight(f.project.Engines, b.Cost.Add(b.Conditional)), weight(f.project.Engines, a.Cost.Add(a.Conditional))),
			cmp.Compare(b.Assets, a.Assets),
			cmp.Compare(a.Name, b.Name),
			cmp.Compare(a.Place, b.Place))
	})
	return out
}

// weight orders prices: what there is less of in an hour weighs more.
func weight(engines engine.Registry, c engine.Cost) float64 {
	sum := 0.0
	for unit, n := range c {
		share := 1.0
		for _, e := range engines.Engines() {
			if limit := e.Limits.Hourly[unit]; limit > 0 {
				share = 1 / float64(limit)
			}
		}
		sum += float64(n) * share
	}
	return sum
}
