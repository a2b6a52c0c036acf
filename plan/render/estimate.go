package render

import (
	"time"

	"assetform/config/engine"
	"assetform/plan"
)

// usualParallelism is how many tasks run at once where nothing else is known.
const usualParallelism = 5

// Typical is how long a method takes according to its engine. Unknown methods
// take as long as the slowest kind there is.
func Typical(m *engine.Method) (shortest, longest time.Duration) {
	if m == nil || m.Typical[1] == 0 {
		return 30 * time.Second, 60 * time.Second
	}
	return time.Duration(m.Typical[0]) * time.Second, time.Duration(m.Typical[1]) * time.Second
}

// estimate is a span of time that an apply may take.
type estimate struct{ shortest, longest time.Duration }

// estimateOf says how long the paid generations take under the usual limits:
// so many at a time, each chain one after another, and no more credits and
// videos within an hour than the quota has.
func estimateOf(doc *plan.Document) estimate {
	var total estimate
	costs := map[string]engine.Cost{} // by type of provider
	certain := map[string]engine.Cost{}
	byAddress := make(map[string]*plan.ChangeDocument, len(doc.Changes))
	for i := range doc.Changes {
		c := &doc.Changes[i]
		if !doc.Engines.Charges(c.Provider) || !c.Action.Generates() {
			continue
		}
		byAddress[c.Address] = c
		lo, hi := Typical(doc.Engines.Method(c.Provider, c.Method))
		total.longest += hi
		if !c.Conditional {
			total.shortest += lo
			certain[c.Provider] = certain[c.Provider].Add(c.Cost)
		}
		costs[c.Provider] = costs[c.Provider].Add(c.Cost)
	}
	chains := chains{engines: doc.Engines, changes: byAddress, known: map[string]estimate{}}
	e := estimate{total.shortest / usualParallelism, total.longest / usualParallelism}
	for address := range byAddress {
		chain := chains.ending(address)
		e.shortest, e.longest = max(e.shortest, chain.shortest), max(e.longest, chain.longest)
	}
	for typ, cost := range costs {
		e.shortest = max(e.shortest, hoursWaited(doc.Engines.Engine(typ), certain[typ]))
		e.longest = max(e.longest, hoursWaited(doc.Engines.Engine(typ), cost))
	}
	return e
}

// hoursWaited is how long the hourly limits keep the last request back.
func hoursWaited(e *engine.Engine, c engine.Cost) time.Duration {
	const most = 1_000_000 // about what a Duration holds, and more than anybody waits
	if e == nil {
		return 0
	}
	hours := 0
	for unit, limit := range e.Limits.Hourly {
		hours = max(hours, (c[unit]-1)/limit)
	}
	return time.Duration(min(hours, most)) * time.Hour
}

// chains adds up what has to be generated one after another.
type chains struct {
	engines engine.Registry
	changes map[string]*plan.ChangeDocument
	known   map[string]estimate
}

// ending is the longest chain that ends with this asset, itself included.
func (ch *chains) ending(address string) estimate {
	if e, ok := ch.known[address]; ok {
		return e
	}
	c := ch.changes[address]
	if c == nil {
		return estimate{}
	}
	ch.known[address] = estimate{} // a saved plan may be anything, even a circle
	var e estimate
	for _, up := range upstreams(c.After) {
		chain := ch.ending(up)
		e.shortest, e.longest = max(e.shortest, chain.shortest), max(e.longest, chain.longest)
	}
	lo, hi := Typical(ch.engines.Method(c.Provider, c.Method))
	if !c.Conditional {
		e.shortest += lo
	}
	e.longest += hi
	ch.known[address] = e
	return e
}

// upstreams are the assets whose images are not known yet.
func upstreams(inputs map[string]any) []string {
	var out []string
	for _, v := range inputs {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, item := range list {
			if a := upstreamOf(item); a != "" {
				out = append(out, a)
			}
		}
	}
	return out
}

// text writes the estimate; empty if nothing is generated at a paid provider.
func (e estimate) text() string {
	if e.longest == 0 {
		return ""
	}
	lo, hi := TimeText(e.shortest), TimeText(e.longest)
	switch {
	case e.shortest == 0:
		return "up to about " + hi
	case lo == hi:
		return "about " + hi
	}
	return "about " + lo + " to " + hi
}
