package render

import (
	"time"

	"assetform/config/address"
	"assetform/config/method"
	"assetform/plan"
)

// What the API document's example of a quota says; a key's own limits are
// known only when something asks the API, which a plan never does.
const (
	usualParallelism   = 5
	usualHourlyCredits = 4000
	usualHourlyVideos  = 150
)

// Typical is how long a method takes according to the API document: images 10
// to 30 s, with input images 15 to 45 s, videos 30 to 60 s. Unknown methods
// take as long as videos.
func Typical(name string) (shortest, longest time.Duration) {
	m := method.ByName(name)
	switch {
	case m == nil || m.Kind == address.Video:
		return 30 * time.Second, 60 * time.Second
	case len(m.Inputs) > 0:
		return 15 * time.Second, 45 * time.Second
	}
	return 10 * time.Second, 30 * time.Second
}

// estimate is a span of time that an apply may take.
type estimate struct{ shortest, longest time.Duration }

// estimateOf says how long the paid generations take under the usual limits:
// so many at a time, each chain one after another, and no more credits and
// videos within an hour than the quota has.
func estimateOf(doc *plan.Document) estimate {
	var total estimate
	var cost method.Cost
	byAddress := make(map[string]*plan.ChangeDocument, len(doc.Changes))
	for i := range doc.Changes {
		c := &doc.Changes[i]
		if !plan.Charges(c.Provider) || !c.Action.Generates() {
			continue
		}
		byAddress[c.Address] = c
		lo, hi := Typical(c.Method)
		total.longest += hi
		if !c.Conditional {
			total.shortest += lo
		}
		cost = cost.Add(c.Cost)
	}
	chains := chains{changes: byAddress, known: map[string]estimate{}}
	e := estimate{total.shortest / usualParallelism, total.longest / usualParallelism}
	for address := range byAddress {
		chain := chains.ending(address)
		e.shortest, e.longest = max(e.shortest, chain.shortest), max(e.longest, chain.longest)
	}
	certain := doc.Cost.Cost
	e.shortest = max(e.shortest, hoursWaited(certain))
	e.longest = max(e.longest, hoursWaited(cost))
	return e
}

// hoursWaited is how long the hourly limits keep the last request back.
func hoursWaited(c method.Cost) time.Duration {
	const most = 1_000_000 // about what a Duration holds, and more than anybody waits
	hours := max((c.ImageCredits-1)/usualHourlyCredits, (c.Videos-1)/usualHourlyVideos, 0)
	return time.Duration(min(hours, most)) * time.Hour
}

// chains adds up what has to be generated one after another.
type chains struct {
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
	lo, hi := Typical(c.Method)
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
