package render

import (
	"fmt"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"
	"assetform/plan/render/cells"
)

// Changes of one block's instances that repeat each other are shown so often
// in full; of the others, if there are enough of them to be worth it, only
// their keys, and for deletes their files, with what they cost together.
const (
	shownRepeats  = 3
	fewestRepeats = 10
)

// repeated are changes that say the same of instances of one block.
type repeated struct {
	block   string
	first   *plan.ChangeDocument
	shown   int
	others  []*plan.ChangeDocument // those behind the shown ones
	written int
}

// folded tells that the others are only named.
func (g *repeated) folded() bool { return g != nil && len(g.others) >= fewestRepeats }

// groupRepeats finds the changes that repeat others. One that stands alone, or
// that a person has to look at, is in no group.
func (t *textPage) groupRepeats() map[*plan.ChangeDocument]*repeated {
	groups := map[string]*repeated{}
	of := map[*plan.ChangeDocument]*repeated{}
	for i := range t.doc.Changes {
		c := &t.doc.Changes[i]
		block, key := t.repeatKey(c)
		if key == "" {
			continue
		}
		g := groups[key]
		if g == nil {
			g = &repeated{block: block, first: c}
			groups[key] = g
		}
		of[c] = g
		if g.shown < shownRepeats {
			g.shown++
		} else {
			g.others = append(g.others, c)
		}
	}
	return of
}

// repeatKey is equal for changes that repeat each other; "" for one that is
// always shown.
func (t *textPage) repeatKey(c *plan.ChangeDocument) (block, key string) {
	if t.o.Verbose || c.Drifted || c.Adopted || c.Action == plan.NoOp || c.Action == plan.Move || c.PreviousAddress != "" || c.PreviousOutput != "" {
		return "", ""
	}
	a, err := address.Parse(c.Address)
	if err != nil || a.Key == "" && !strings.Contains(a.Module, "[") {
		return "", ""
	}
	block = a.Plain().String()
	parts := []string{block, string(c.Action), fmt.Sprint(c.Conditional, c.Placeholder), changeCost(c), c.Method, c.Provider}
	for _, r := range c.Reasons {
		name, operand, _ := strings.Cut(string(r), ":")
		if up, err := address.Parse(operand); err == nil {
			operand = up.Plain().String()
		}
		parts = append(parts, name, operand)
	}
	if c.Before == nil {
		return block, strings.Join(parts, "\x00")
	}
	for _, f := range fields(t.doc.Engines, c, false) {
		parts = append(parts, f.name)
		for _, s := range f.diff {
			if s.op == removed || s.op == added {
				parts = append(parts, fmt.Sprint(s.op), s.text)
			}
		}
		if f.diff == nil && !strings.Contains(f.before+f.after, "sha256:") && !unknownYet(f.after) {
			parts = append(parts, f.before, f.after)
		}
	}
	return block, strings.Join(parts, "\x00")
}

// repeats writes what is left of a group.
func (t *textPage) repeats(g *repeated) {
	c := g.first
	style := actionStyle(c.Action)
	if c.Conditional {
		style = cells.Yellow
	}
	line := cells.Text{{Style: style, Text: c.Action.Sign()}, {Text: " "}, {Style: cells.Bold, Text: cells.Clean(g.block)}}
	line = line.Add(cells.Plain, fmt.Sprintf(": %s more like these", diag.Number(len(g.others))))
	var cost engine.Cost
	var names []string
	for _, other := range g.others {
		cost = cost.Add(other.Cost)
		a, _ := address.Parse(other.Address)
		name := a.Key
		if strings.Contains(a.Module, "[") {
			name = other.Address
		}
		if c.Action == plan.Delete || c.Action == plan.Forget {
			name += " " + other.Output
		}
		names = append(names, cells.Clean(name))
	}
	switch {
	case changeCost(c) == "":
	case cost.IsZero():
		line = line.Add(cells.Plain, ", "+changeCost(c))
	default:
		line = line.Add(cells.Plain, ", "+cost.String())
		if c.Amount != nil {
			line = line.Add(cells.Plain, t.doc.Prices.Note(cost))
		}
	}
	t.line(changeIndent, 4, line.Add(cells.Grey, " (--verbose shows them)"))
	t.line(fieldIndent, 0, cells.Of(strings.Join(names, ", ")))
}
