package report

import (
	"maps"
	"slices"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/plan"
)

// state is what people have to know of an asset before they judge its picture.
type state struct{ Value, Name string }

// The states, in the order of the filter.
var (
	unpicked    = state{"unpicked", "waits for a pick"}
	placeholder = state{"placeholder", "placeholder"}
	handmade    = state{"handmade", "made by hand"}
	drifted     = state{"drifted", "changed by hand"}

	states = []state{drifted, unpicked, placeholder, handmade}
)

func statesOf(v *Version) []state {
	e := &v.Entry
	var list []state
	if v.Drifted {
		list = append(list, drifted)
	}
	if plan.WaitsForPick(e) {
		list = append(list, unpicked)
	}
	if e.Placeholder {
		list = append(list, placeholder)
	}
	if e.Adopted {
		list = append(list, handmade)
	}
	return list
}

// origin says where a content comes from that was not generated as it should be.
func origin(v *Version) string {
	switch {
	case v.Drifted:
		return drifted.Name
	case v.Entry.Placeholder:
		return placeholder.Name
	case v.Entry.Adopted:
		return handmade.Name
	}
	return ""
}

// waitingView is an asset that waits for a pick.
type waitingView struct{ Address, Cost string }

func (p *pages) waiting(c *Change) []waitingView {
	var list []waitingView
	for _, w := range c.Waiting {
		list = append(list, waitingView{w.Address, p.costText(w.Cost)})
	}
	return list
}

// index is the first page.
func (p *pages) index() indexView {
	title := " – asset changes"
	switch {
	case p.report.Unpicked:
		title = " – to pick"
	case p.report.Gallery:
		title = " – assets"
	}
	notes := p.report.Notes
	if n := p.drifted(); n > 0 {
		were := " was changed by hand: it is"
		if n > 1 {
			were = " were changed by hand: they are"
		}
		notes = append(slices.Clip(notes), diag.Count(n, "file")+were+" not what the lock says, and \"assetform verify\" fails.")
	}
	return indexView{
		view:  p.view("", p.report.Project+title),
		Notes: notes, Total: len(p.assets), Assets: p.assets, Cost: p.cost(), Filters: p.filters(),
	}
}

// drifted counts the files that are not what the lock says.
func (p *pages) drifted() (n int) {
	for i := range p.assets {
		if slices.Contains(p.assets[i].States, drifted) {
			n++
		}
	}
	return n
}

// filters are what the list can be narrowed by. A filter that has nothing to
// choose from is left out.
func (p *pages) filters() []filterView {
	counts, providers := map[string]int{}, map[string]int{}
	for i := range p.assets {
		a := &p.assets[i]
		counts["did "+string(a.Did)]++
		counts["kind "+a.Kind]++
		if !address.Kind(a.Kind).Derived() {
			providers[a.Provider]++
		}
		for _, s := range a.States {
			counts["state "+s.Value]++
		}
	}
	var list []filterView
	if !p.report.Gallery {
		f := filterView{Name: "did", Label: "Show only what was done so"}
		for _, did := range plan.Dids {
			if n := counts["did "+string(did)]; n > 0 {
				f.Values = append(f.Values, countView{string(did), string(did), n})
			}
		}
		if len(f.Values) > 1 {
			list = append(list, f)
		}
	}
	f := filterView{Name: "kind", Label: "Show only this kind"}
	for _, kind := range []address.Kind{address.Image, address.Video, address.Variant, address.Atlas, address.Export} {
		if n := counts["kind "+string(kind)]; n > 0 || !kind.Derived() && !p.report.Unpicked {
			f.Values = append(f.Values, countView{string(kind), plural(string(kind)), n})
		}
	}
	list = append(list, f)
	if p.report.Gallery && len(providers) > 1 {
		f := filterView{Name: "provider", Label: "Show only this provider"}
		for _, name := range slices.Sorted(maps.Keys(providers)) {
			f.Values = append(f.Values, countView{name, name, providers[name]})
		}
		list = append(list, f)
	}
	f = filterView{Name: "state", Label: "Show only what is in this state"}
	for _, s := range states {
		if n := counts["state "+s.Value]; n > 0 && !p.report.Unpicked {
			f.Values = append(f.Values, countView{s.Value, s.Name, n})
		}
	}
	if len(f.Values) > 0 {
		list = append(list, f)
	}
	return list
}

// Headline counts what waits.
func (v indexView) Headline() string {
	if v.Total == 0 {
		return "Nothing waits for a pick"
	}
	verb := " wait for a pick"
	if v.Total == 1 {
		verb = " waits for a pick"
	}
	return diag.Count(v.Total, "asset") + verb
}
