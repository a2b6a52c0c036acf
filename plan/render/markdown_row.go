package render

import (
	"fmt"
	"strings"

	"assetform/config/diag"
	"assetform/plan"
)

// Bounds of one row of a table.
const (
	maxRow      = 6_000 // bytes, with all escapes
	maxFields   = 8     // of one change
	maxSegments = 32    // of one word diff
	rowAround   = 60    // bytes that stay beside a change of a prompt
)

// detail is how much of its inputs a row shows.
type detail int

const (
	nearlyAll detail = iota
	little
	none // but their number
)

// row writes a change as a row of a table: with as much of its inputs as there
// is room for. It tells whether there was room at all.
func (m *markdownPage) row(c *plan.ChangeDocument) bool {
	list := fields(m.doc.Engines, c, m.o.Verbose)
	for d := nearlyAll; d < none; d++ {
		if s := m.rowText(c, list, d); len(s) <= maxRow && m.add(s) {
			return true
		}
	}
	return m.add(m.rowText(c, list, none))
}

func (m *markdownPage) rowText(c *plan.ChangeDocument, list []field, d detail) string {
	cell := []string{}
	if note := m.why.text(c); note != "" && c.Action != plan.NoOp {
		cell = append(cell, bounded(note, maxName))
	}
	if c.Drifted {
		cell = append(cell, "<b>"+driftText(c)+"</b>")
	}
	if c.Adopted {
		cell = append(cell, "<b>made by hand</b>")
	}
	if c.PreviousAddress != "" {
		cell = append(cell, "was "+code(c.PreviousAddress))
	}
	switch {
	case c.PreviousOutput != "":
		cell = append(cell, code(c.PreviousOutput)+" → "+code(c.Output))
	case c.Action != plan.Update || c.Drifted:
		cell = append(cell, code(c.Output))
	}
	if d < none {
		cell = append(cell, fieldCells(list, d)...)
	} else if len(list) > 0 {
		cell = append(cell, fmt.Sprintf("<b>%s left out, for which there is no room here</b>", diag.Count(len(list), "input")))
	}
	cost := changeCost(c)
	if c.Conditional {
		cost += ", if it runs"
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", signCell(c), code(c.Address), strings.Join(cell, "<br>"), cost)
}

func signCell(c *plan.ChangeDocument) string {
	if c.Action == plan.NoOp {
		if c.Drifted {
			return "`!`"
		}
		return ""
	}
	return "`" + c.Action.Sign() + "`"
}

func fieldCells(list []field, d detail) []string {
	var out []string
	for i, f := range list {
		if i == maxFields {
			return append(out, fmt.Sprintf("and %s more", diag.Count(len(list)-i, "input")))
		}
		out = append(out, "<b>"+bounded(f.name, maxName)+":</b> "+fieldCell(f, d))
	}
	return out
}

func fieldCell(f field, d detail) string {
	switch {
	case f.diff != nil:
		segs := f.diff
		if len(shorten(segs, rowAround)) > maxSegments || d == little {
			segs = coarse(segs)
		}
		if d == little {
			return diffCell(shortenTo(segs, rowAround/3, 150, 50))
		}
		return diffCell(shorten(segs, rowAround))
	case !f.changed || f.before == "" && strings.HasPrefix(f.after, diag.Sensitive):
		return bounded(f.after, maxValue)
	}
	return "<del>" + bounded(orNone(f.before), maxValue) + "</del> → <ins>" + bounded(orNone(f.after), maxValue) + "</ins>"
}

func diffCell(segs []segment) string {
	var b strings.Builder
	for _, s := range segs {
		if s.op == left {
			b.WriteString("<b>" + s.text + "</b>")
			continue
		}
		// Escaping drops blanks at the beginning, which part words here.
		body := strings.TrimLeft(s.text, " ")
		text := s.text[:len(s.text)-len(body)] + markdown(body)
		switch s.op {
		case removed:
			text = "<del>" + text + "</del>"
		case added:
			text = "<ins>" + text + "</ins>"
		}
		b.WriteString(text)
	}
	return b.String()
}
