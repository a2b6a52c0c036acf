package render

import (
	"fmt"
	"strings"

	"assetform/plan"
)

// Bounds of one row of a table.
const (
	maxRow      = 6_000 // bytes, with all escapes
	maxValue    = 160   // bytes of a value before escaping
	maxFields   = 8     // of one change
	maxSegments = 32    // of one word diff
	rowAround   = 60    // bytes that stay beside a change of a prompt
)

// row writes a change as a row of a table: with its inputs where that is not
// too long. It tells whether there was room.
func (m *markdownPage) row(c *plan.ChangeDocument) bool {
	if s := m.rowText(c, true); len(s) <= maxRow && m.add(s) {
		return true
	}
	return m.add(m.rowText(c, false))
}

func (m *markdownPage) rowText(c *plan.ChangeDocument, whole bool) string {
	cell := []string{}
	if note := m.why.text(c); note != "" && c.Action != plan.NoOp {
		cell = append(cell, bounded(note, maxName))
	}
	if c.Drifted {
		cell = append(cell, "<b>the file was changed by hand</b>")
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
	if whole {
		cell = append(cell, fieldCells(fields(c, m.o.Verbose))...)
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

func fieldCells(list []field) []string {
	var out []string
	for i, f := range list {
		if i == maxFields {
			return append(out, fmt.Sprintf("and %s more", count(len(list)-i, "input")))
		}
		out = append(out, "<b>"+bounded(f.name, maxName)+":</b> "+fieldCell(f))
	}
	return out
}

func fieldCell(f field) string {
	switch {
	case f.diff != nil:
		if segs := shorten(f.diff, rowAround); len(segs) <= maxSegments {
			return diffCell(segs)
		}
		return "many words changed"
	case !f.changed || f.before == "" && strings.HasPrefix(f.after, sensitiveText):
		return bounded(f.after, maxValue)
	}
	return "<del>" + bounded(orNone(f.before), maxValue) + "</del> → <ins>" + bounded(orNone(f.after), maxValue) + "</ins>"
}

func diffCell(segs []segment) string {
	var b strings.Builder
	for _, s := range segs {
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
