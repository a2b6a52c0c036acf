package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan/render/cells"
	"assetform/plan/spent"
)

// costDocument is the cost as other programs read it.
type costDocument struct {
	FormatVersion string            `json:"format_version"`
	Commit        string            `json:"commit"`
	Since         string            `json:"since,omitempty"` // a commit
	Versions      int               `json:"versions"`        // of the lock that were read
	Results       int               `json:"results"`
	WithoutCost   int               `json:"results_without_cost,omitempty"`
	Cost          engine.Cost       `json:"cost"`
	Amount        *engine.Amount    `json:"amount,omitempty"`
	Uncommitted   engine.Cost       `json:"uncommitted,omitempty"`
	By            []costPart        `json:"by,omitzero"`
	Diagnostics   []diag.Diagnostic `json:"diagnostics"`
}

// costPart is one part; of its names it has the one that --by asks for.
type costPart struct {
	Asset   string         `json:"asset,omitempty"`
	Model   string         `json:"model,omitempty"`
	Month   string         `json:"month,omitempty"`
	Results int            `json:"results"`
	Cost    engine.Cost    `json:"cost"`
	Amount  *engine.Amount `json:"amount,omitempty"`
}

func (c *costs) document(engines engine.Registry) costDocument {
	all, without := c.history.Total()
	d := costDocument{
		FormatVersion: "1.0", Commit: c.head, Since: c.base, Versions: c.versions,
		Results: all.Results, WithoutCost: without, Cost: engines.Whole(all.Cost), Amount: c.prices.Amount(all.Cost),
		Diagnostics: diag.JSON(c.diags, nil),
	}
	if !c.beyond.IsZero() {
		d.Uncommitted = engines.Whole(c.beyond)
	}
	if d.Diagnostics == nil {
		d.Diagnostics = []diag.Diagnostic{}
	}
	if c.by == "" {
		return d
	}
	d.By = []costPart{}
	for _, g := range c.groups() {
		part := costPart{Results: g.Results, Cost: engines.Whole(g.Cost), Amount: c.prices.Amount(g.Cost)}
		*map[string]*string{byAsset: &part.Asset, byModel: &part.Model, byMonth: &part.Month}[c.by] = g.Name
		d.By = append(d.By, part)
	}
	return d
}

// text is the cost for people: columns that end with the total.
func (c *costs) text(engines engine.Registry) string {
	all, without := c.history.Total()
	var b strings.Builder
	fmt.Fprintf(&b, "%s of the lock, up to commit %.10s", diag.Count(c.versions, "version"), c.head)
	if c.since != "" {
		fmt.Fprintf(&b, ", without what %s (%.10s) has", inline(c.since), c.base)
	}
	b.WriteString(".\nWhat was generated and overwritten between two commits is not seen.\n")
	if without > 0 {
		fmt.Fprintf(&b, "The lock does not say what %s of these cost.\n", diag.Count(without, "result"))
	}
	units := unitsOf(engines, all.Cost)
	head := []string{"", "Results"}
	for _, unit := range units {
		words := engine.Words(unit, 2)
		head = append(head, strings.ToUpper(words[:1])+words[1:])
	}
	if !c.prices.IsZero() {
		head = append(head, "Amount")
	}
	rows := [][]string{head}
	if c.by != "" {
		head[0] = strings.ToUpper(c.by[:1]) + c.by[1:]
		for _, g := range c.groups() {
			rows = append(rows, c.row(g, units))
		}
	}
	all.Name = "Total"
	b.WriteString("\n" + columns(append(rows, c.row(all, units))))
	return b.String()
}

// unitsOf are the units of which there is something, in the registry's order,
// and then those that no engine has any more.
func unitsOf(engines engine.Registry, all engine.Cost) []string {
	var units []string
	some := all.Present()
	for _, u := range engines.Units() {
		if some[u.Name] != 0 {
			units = append(units, u.Name)
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(some)) {
		if !slices.Contains(units, unit) {
			units = append(units, unit)
		}
	}
	return units
}

func (c *costs) row(g spent.Group, units []string) []string {
	row := []string{inline(g.Name), diag.Number(g.Results)}
	for _, unit := range units {
		row = append(row, diag.Number(g.Cost[unit]))
	}
	if c.prices.IsZero() {
		return row
	}
	if a := c.prices.Amount(g.Cost); a != nil {
		return append(row, a.Text())
	}
	return append(row, "unknown")
}

// columns aligns cells, the first of each row to the left and the others, which
// are numbers, to the right.
func columns(rows [][]string) string {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row {
			widths[i] = max(widths[i], cells.Of(cell).Width())
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			blanks := strings.Repeat(" ", widths[i]-cells.Of(cell).Width())
			if i == 0 {
				b.WriteString(cell + blanks)
			} else {
				b.WriteString("  " + blanks + cell)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
