package spent

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"assetform/config/engine"
	"assetform/lockfile"
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

// Entry is what an entry of a lock has of charged results.
type Entry struct {
	address, model string
	results        []charged
	byHand         lockfile.ContentHash // what a person made
}

type charged struct {
	key
	cost engine.Cost
}

// History collects results from versions of a lock.
type History struct {
	engines engine.Registry
	known   map[key]bool // those that add nothing
	byHand  map[lockfile.ContentHash]bool
	results map[key]*Result
	version int
}

// NewHistory returns an empty one.
func NewHistory(engines engine.Registry) *History {
	return &History{engines: engines, known: map[key]bool{}, byHand: map[lockfile.ContentHash]bool{}, results: map[key]*Result{}}
}

// Entry finds the charged results of an entry, and changes nothing.
func (h *History) Entry(address string, e *lockfile.Entry) Entry {
	if e.ByHand() {
		return Entry{byHand: e.ContentHash}
	}
	if e.Placeholder || !h.engines.Charges(e.Provider) {
		return Entry{}
	}
	of := Entry{address: address, model: cmp.Or(disclosure.ModelOf(*e, h.engines), e.Method)}
	shares := e.CandidateShares()
	for i, c := range e.CandidateList() {
		if !c.ContentHash.IsZero() {
			of.results = append(of.results, charged{key{e.Provider, c.TaskID, c.ContentHash}, engine.Cost(shares[i])})
		}
	}
	return of
}

// Know takes the results of a version as already counted.
func (h *History) Know(version []Entry) {
	for i := range version {
		h.made(&version[i])
		for _, c := range version[i].results {
			h.known[c.key] = true
		}
	}
}

// Add counts the results of a version, which was committed at that time.
func (h *History) Add(version []Entry, at time.Time) {
	h.version++
	month := at.UTC().Format("2006-01")
	for i := range version {
		e := &version[i]
		h.made(e)
		for _, c := range e.results {
			if h.known[c.key] || c.task == "" && h.byHand[c.content] { // a person's that was let go
				continue
			}
			r := h.results[c.key]
			if r == nil {
				r = &Result{Model: e.model, Month: month, Cost: engine.Cost{}}
				h.results[c.key] = r
			}
			for unit, n := range c.cost { // one that shares it may have been charged nothing
				if have, some := r.Cost[unit]; !some || have < n {
					r.Cost[unit] = n
				}
			}
			r.stands(e.address, h.version)
		}
	}
}

// made notes what a person made.
func (h *History) made(e *Entry) {
	if !e.byHand.IsZero() {
		h.byHand[e.byHand] = true
	}
}

// stands notes at which address a version has a result: of several the one
// where it stood before, else the first.
func (r *Result) stands(address string, version int) {
	if r.version != version {
		r.version, r.before = version, r.Address
	} else if r.Address == r.before || address != r.before && address > r.Address {
		return
	}
	r.Address = address
}

// Beyond is the cost of those results of a lock that are not counted.
func (h *History) Beyond(l *lockfile.Lock) engine.Cost {
	more := NewHistory(h.engines)
	for address, e := range l.Assets {
		more.Add([]Entry{h.Entry(address, &e)}, time.Time{})
	}
	sum := engine.Cost{}
	for k, r := range more.results {
		if !h.known[k] && h.results[k] == nil {
			sum = sum.Add(r.Cost)
		}
	}
	return sum
}

// Group is results that belong together.
type Group struct {
	Name    string
	Results int
	Cost    engine.Cost
}

// Total is all results, and of how many of them the lock does not say the cost.
func (h *History) Total() (all Group, without int) {
	all.Cost = engine.Cost{}
	for _, r := range h.results {
		all.add(r)
		if len(r.Cost) == 0 {
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
