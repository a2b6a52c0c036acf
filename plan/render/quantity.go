package render

import (
	"fmt"
	"strings"
	"time"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"
)

// TimeText writes a duration for people, coarser the longer it is: "20 s",
// "3 min", "2 h 10 min".
func TimeText(d time.Duration) string {
	const coarse, coarser = 10 * time.Second, 10 * time.Minute
	switch {
	case d < 20*time.Second:
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	case d < 90*time.Second:
		return fmt.Sprintf("%d s", int(d.Round(coarse).Seconds()))
	case d < 100*time.Minute:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	}
	d = d.Round(coarser)
	if m := int(d.Minutes()) % 60; m > 0 {
		return fmt.Sprintf("%s h %d min", diag.Number(int(d.Hours())), m)
	}
	return diag.Number(int(d.Hours())) + " h"
}

// summaryText writes the counts of a plan for people: "3 to create, 1 to update
// (1 conditional)". Changes that do nothing are not counted.
func summaryText(doc *plan.Document) string {
	conditional := map[plan.Action]int{}
	for i := range doc.Changes {
		if c := &doc.Changes[i]; c.Conditional {
			conditional[c.Action]++
		}
	}
	var parts []string
	for _, a := range plan.Actions {
		n := doc.Summary.Count(a)
		if n == 0 || a == plan.NoOp {
			continue
		}
		part := diag.Number(n) + " to " + string(a)
		if conditional[a] > 0 {
			part += fmt.Sprintf(" (%s conditional)", diag.Number(conditional[a]))
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}

// bill is what a plan costs, by who charges for it.
type bill struct {
	certain, conditional engine.Cost
	charged, free        engine.Cost // certain and conditional ones together
	certainly            engine.Cost // what of charged is certain
	prices               engine.Prices
	generations          int
	placeholders         int // of these
	unknown              int // generations without a known price
	budgetIdle           bool
	waits, hangs         bool // what is conditional waits for picks, hangs on what comes of upstreams
	most                 bool // the remote was not asked
}

func billOf(doc *plan.Document) bill {
	b := bill{
		certain:     doc.Cost.Certain,
		conditional: doc.Cost.Conditional,
		budgetIdle:  doc.BudgetIdle,
		prices:      doc.Prices,
		most:        doc.Remote != nil && !doc.Remote.Asked,
	}
	for i := range doc.Changes {
		c := &doc.Changes[i]
		if !c.Action.Generates() {
			continue
		}
		if !c.Kind.Derived() {
			b.generations++
		}
		if c.Placeholder {
			b.placeholders++
		}
		b.waits = b.waits || c.Waits()
		b.hangs = b.hangs || c.Conditional && !c.Waits()
		switch {
		case unpriced(c):
			b.unknown++
		case doc.Engines.Charges(c.Provider):
			b.charged = b.charged.Add(c.Cost)
			if !c.Conditional {
				b.certainly = b.certainly.Add(c.Cost)
			}
		default:
			b.free = b.free.Add(c.Cost)
		}
	}
	return b
}

// unpriced tells that nobody knows what a generation costs: it is not paid
// for already, and yet has no price.
func unpriced(c *plan.ChangeDocument) bool {
	return c.Action.Generates() && !c.Kind.Derived() && c.Cost.IsZero() && !hasReason(c, plan.ReasonResume)
}

// text says what the plan costs: the certain part, then what may come on top.
func (b bill) text() string {
	idle := ""
	if b.budgetIdle {
		idle = ", so the budget holds nothing back"
	}
	if b.placeholders > 0 && b.placeholders == b.generations {
		later := b.certain.Add(b.conditional)
		return fmt.Sprintf("nothing%s; the results that the placeholders stand for would cost %s%s", idle, later, b.prices.Note(later))
	}
	certain := b.certain.String() + b.prices.Note(b.certainly)
	s := certain
	if b.most && !b.certainly.IsZero() {
		s = "at most " + certain
	}
	if b.unknown > 0 {
		s = fmt.Sprintf("unknown for %s", diag.Count(b.unknown, "asset"))
		if !b.certain.IsZero() {
			s = certain + ", and " + s // unknown is no bound
		}
	}
	if !b.conditional.IsZero() {
		when := map[bool]string{true: " after the picks"}[b.waits]
		if b.hangs {
			when += map[bool]string{true: ","}[b.waits] + " if the images that conditional changes use really change"
		}
		s += fmt.Sprintf(", up to %s%s%s", b.certain.Add(b.conditional).String(), b.prices.Note(b.charged), when)
	}
	switch {
	case !b.free.IsZero() && b.charged.IsZero() && b.unknown == 0:
		s += "; nothing is charged by the local engine" + idle
	case !b.free.IsZero():
		s += fmt.Sprintf("; of that, %s at the local engine, which charges nothing", b.free.String())
	}
	if b.most && !b.charged.IsZero() {
		s += "; what the remote has costs nothing (\"assetform plan --remote read\" asks it)"
	}
	return s
}

func changeCost(c *plan.ChangeDocument) string {
	switch {
	case c.Placeholder:
		return "" // the plan's last lines say what the result would cost
	case hasReason(c, plan.ReasonResume) && c.Cost.IsZero():
		return "already paid"
	case unpriced(c):
		return "cost unknown"
	case c.Action.Generates() && c.Kind.Derived():
		return "derived"
	case c.Action.Generates():
		if c.Amount != nil {
			return fmt.Sprintf("%s (%s)", c.Cost, c.Amount.Text())
		}
		return c.Cost.String()
	}
	return ""
}
