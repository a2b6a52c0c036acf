package spent

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render/disclosure"
)

// Result is one that was charged.
type Result struct {
	Address string // the last it had
	Model   string // what was asked for; the method where that has none
	Month   string // of the commit that first has it: "2026-11"
	Cost    engine.Cost
	version int    // the last that has it
	before  string // the address it had until that
}

type key struct {
	provider, task string
	content        lockfile.ContentHash
}

// History collects results from versions of a lock.
type History struct {
	engines engine.Registry
	known   map[key]bool // those that add nothing
	results map[key]*Result
	version int
}

// NewHistory returns an empty one.
func NewHistory(engines engine.Registry) *History {
	return &History{engines: engines, known: map[key]bool{}, results: map[key]*Result{}}
}

// Know takes the results of a version as already counted.
func (h *History) Know(l *lockfile.Lock) {
	h.each(l, func(k key, _ string, _ *lockfile.Entry, _ engine.Cost) { h.known[k.kept()] = true })
}

// Add counts the results of a version, which was committed at that time.
func (h *History) Add(l *lockfile.Lock, at time.Time) {
	h.version++
	h.each(l, func(k key, address string, e *lockfile.Entry, cost engine.Cost) {
		if h.known[k] {
			return
		}
		r := h.results[k]
		if r == nil {
			model := cmp.Or(disclosure.ModelOf(*e, h.engines), e.Method)
			r = &Result{Model: strings.Clone(model), Month: at.UTC().Format("2006-01"), Cost: engine.Cost{}}
			h.results[k.kept()] = r
		}
		for unit, n := range cost { // one that shares it may have been charged nothing
			r.Cost[strings.Clone(unit)] = max(r.Cost[unit], n)
		}
		r.stands(address, h.version)
	})
}

// stands notes at which address a version has a result: of several the one
// where it stood before, else the first.
func (r *Result) stands(address string, version int) {
	if r.version != version {
		r.version, r.before = version, r.Address
	} else if r.Address == r.before || address != r.before && address > r.Address {
		return
	}
	if r.Address != address {
		r.Address = strings.Clone(address)
	}
}

// Beyond is the cost of those results of a lock that are not counted.
func (h *History) Beyond(l *lockfile.Lock) engine.Cost {
	more := NewHistory(h.engines)
	more.Add(l, time.Time{})
	sum := engine.Cost{}
	for k, r := range more.results {
		if !h.known[k] && h.results[k] == nil {
			sum = sum.Add(r.Cost)
		}
	}
	return sum
}

// each visits what a version has of charged results.
func (h *History) each(l *lockfile.Lock, visit func(k key, address string, e *lockfile.Entry, cost engine.Cost)) {
	for address, e := range l.Assets {
		if e.Adopted || e.Placeholder || !h.engines.Charges(e.Provider) {
			continue
		}
		var shares []engine.Cost
		for i, c := range plan.CandidatesOf(&e) {
			if c.ContentHash.IsZero() {
				continue
			}
			if shares == nil {
				shares = plan.CandidateShares(&e)
			}
			visit(key{e.Provider, c.TaskID, c.ContentHash}, address, &e, shares[i])
		}
	}
}

// kept is the key without the lock's text, which its parts are pieces of.
func (k key) kept() key {
	return key{strings.Clone(k.provider), strings.Clone(k.task), k.content}
}

// Group is results that belong together.
type Group struct {
	Name    string
	Results int
	Cost    engine.Cost
}

// Total is all results, and how many of them have no cost in the lock.
func (h *History) Total() (all Group, without int) {
	all.Cost = engine.Cost{}
	for _, r := range h.results {
		all.add(r)
		if r.Cost.IsZero() {
			without++
		}
	}
	return all, without
}

// By groups the results, sorted by name.
func (h *History) By(name func(*Result) string) []Group {
	groups := map[string]*Group{}
	for _, r := range h.results {
		g := groups[name(r)]
		if g == nil {
			g = &Group{Name: name(r), Cost: engine.Cost{}}
			groups[g.Name] = g
		}
		g.add(r)
	}
	list := make([]Group, 0, len(groups))
	for _, g := range groups {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b Group) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func (g *Group) add(r *Result) {
	g.Results++
	for unit, n := range r.Cost {
		g.Cost[unit] += n
	}
}
