package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assetform/config/diag"
	"assetform/plan"
	"assetform/plan/render/cells"
)

// marker is the first line of the Markdown form. It does not show; a bot finds
// the comment by it that it has to update.
const marker = "<!-- assetform:plan -->"

// GitHub takes 65,536 characters. It does not say of which kind; a text has
// never more UTF-16 units or code points than bytes, so bytes are counted.
const (
	maxMarkdown = 65_535
	// reserve is kept for what ends the tables and counts what is left out.
	reserve = 4_000
)

// Bounds of single parts, so that one of them cannot push out all others.
const (
	topChanges     = 10
	maxCauses      = 10
	maxDiagnostics = 10
	maxName        = 200 // bytes of an address, path or summary before escaping
	maxDetail      = 600 // of a diagnostic's detail
)

// Markdown shows a plan in the comment on a pull request: the counts and the
// cost first, then what is wrong, the causes, the most expensive changes, and
// all others folded. Whatever does not fit is counted. The result is never
// longer than 65,535 bytes.
func Markdown(doc plan.Document, o Options) string {
	m := &markdownPage{doc: &doc, o: o, why: newReasons(&doc)}
	m.head()
	m.diagnostics()
	m.causes()
	shown := m.top()
	for _, a := range []plan.Action{plan.Update, plan.Create, plan.Restore, plan.Move, plan.Import, plan.Delete, plan.Forget, plan.NoOp} {
		m.folded(a, shown)
	}
	m.b.WriteString("\n<sub>Nothing was generated or charged for this plan.</sub>\n")
	return m.b.String()
}

type markdownPage struct {
	b   strings.Builder
	doc *plan.Document
	o   Options
	why reasons
}

// add writes a part if there is room for it. What is written without asking
// is short, and room is kept for it.
func (m *markdownPage) add(s string) bool {
	if m.b.Len()+len(s) > maxMarkdown-reserve {
		return false
	}
	m.b.WriteString(s)
	return true
}

// markdown writes any text such that it shows as it is, on one line.
func markdown(s string) string { return diag.EscapeMarkdown(cells.Clean(s)) }

// bounded is markdown for a text of which the middle may be left out.
func bounded(s string, n int) string {
	return diffCell(middleOut(segment{kept, s}, n*3/4, n/4))
}

// code shows a name as code. GitHub looks for no people and issues in it.
func code(s string) string { return "<code>" + bounded(s, maxName) + "</code>" }

func (m *markdownPage) head() {
	title := "no changes"
	errors, _ := problems(m.doc)
	switch {
	case hasChanges(m.doc):
		title = summaryText(m.doc)
	case errors > 0:
		title = diag.Count(errors, "error")
	}
	if m.doc.Base != nil {
		title = doneText(m.doc.Base) + "; due: " + title
	}
	fmt.Fprintf(&m.b, "%s\n### assetform plan: %s\n\n", marker, title)
	m.base()
	if errors > 0 {
		m.b.WriteString("**This cannot be applied as it is.**\n")
	}
	switch {
	case !hasChanges(m.doc) && errors > 0:
	case !hasChanges(m.doc) && m.doc.Placeholders:
		fmt.Fprintf(&m.b, "Nothing lacks a placeholder: %s.\n", diag.Count(len(m.doc.Changes), "asset"))
	case !hasChanges(m.doc):
		fmt.Fprintf(&m.b, "Configuration and lock agree: %s.\n", diag.Count(len(m.doc.Changes), "asset"))
	default:
		fmt.Fprintf(&m.b, "**Cost:** %s.\n", billOf(m.doc).text())
		if n := waiting(m.doc); n > 0 {
			fmt.Fprintf(&m.b, "**Picks:** %s.\n", waitForPick(n))
		}
		if t := estimateOf(m.doc).text(); t != "" {
			fmt.Fprintf(&m.b, "**Time:** %s, if %d tasks may run at a time.\n", t, usualParallelism)
		}
	}
	m.origins()
	if n := drifted(m.doc) - byHand(m.doc); n > 0 {
		fmt.Fprintf(&m.b, "\n:warning: %s not what the lock says.\n", outputsAre(n))
	}
	if n := byHand(m.doc); n > 0 {
		fmt.Fprintf(&m.b, "\n:warning: %s changed by hand since the last apply.\n", filesWere(n))
	}
}

// diagnostics lists errors first.
func (m *markdownPage) diagnostics() {
	list := slices.Clone(m.doc.Diagnostics)
	slices.SortStableFunc(list, func(a, b diag.Diagnostic) int {
		return cmp.Compare(severityRank(a.Severity), severityRank(b.Severity))
	})
	for i, d := range list {
		if i == maxDiagnostics || !m.add(diagnosticText(d)) {
			fmt.Fprintf(&m.b, "\nand %s more.\n", diag.Count(len(list)-i, "message"))
			return
		}
	}
}

func diagnosticText(d diag.Diagnostic) string {
	title := "Warning"
	if d.Severity == "error" {
		title = "Error"
	}
	s := fmt.Sprintf("\n**%s: %s**", title, bounded(d.Summary, maxName))
	if d.Range != nil {
		s += fmt.Sprintf(" at %s", code(fmt.Sprintf("%s:%d", d.Range.Filename, d.Range.Start.Line)))
	}
	if d.Detail != "" {
		s += "<br>\n" + bounded(strings.ReplaceAll(d.Detail, "\n", " "), maxDetail)
	}
	return s + "\n"
}

func severityRank(severity string) int {
	if severity == "error" {
		return 0
	}
	return 1
}

func (m *markdownPage) causes() {
	for i, c := range m.o.Causes {
		if i == 0 {
			m.b.WriteString("\n**Edits that change several assets**\n\n")
		}
		where := ""
		if c.Place != "" {
			where = " at " + code(c.Place)
		}
		if i == maxCauses || !m.add(fmt.Sprintf("- %s%s %s\n", code(c.Name), where, c.effect())) {
			fmt.Fprintf(&m.b, "- and %s more\n", diag.Number(len(m.o.Causes)-i))
			return
		}
	}
}

// top shows the most expensive changes and returns them. With few changes
// those that cost nothing are shown as well: there is nothing to fold.
func (m *markdownPage) top() map[int]bool {
	var order []int
	for i := range m.doc.Changes {
		if c := &m.doc.Changes[i]; c.Action != plan.NoOp || c.Drifted {
			order = append(order, i)
		}
	}
	few := len(order) <= topChanges
	if !few {
		order = slices.DeleteFunc(order, func(i int) bool { return !m.doc.Changes[i].Action.Generates() })
		slices.SortStableFunc(order, func(a, b int) int {
			return cmp.Compare(weight(m.doc.Engines, m.doc.Changes[b].Cost), weight(m.doc.Engines, m.doc.Changes[a].Cost))
		})
	}
	shown := map[int]bool{}
	if len(order) == 0 {
		return shown
	}
	if few {
		m.b.WriteString("\n**Changes**\n" + tableHead)
	} else {
		m.b.WriteString("\n**Top changes by cost**\n" + tableHead)
	}
	for _, i := range order[:min(len(order), topChanges)] {
		if !m.row(&m.doc.Changes[i]) {
			break
		}
		shown[i] = true
	}
	return shown
}

const tableHead = "\n| | Asset | What changes | Cost |\n|---|---|---|---|\n"

// folded shows the remaining changes of an action, as many as there is room
// for.
func (m *markdownPage) folded(a plan.Action, shown map[int]bool) {
	var rest []int
	for i := range m.doc.Changes {
		c := &m.doc.Changes[i]
		if c.Action == a && !shown[i] && (a != plan.NoOp || c.Drifted || m.o.Verbose) {
			rest = append(rest, i)
		}
	}
	if len(rest) == 0 {
		return
	}
	title := diag.Number(len(rest)) + " to " + string(a)
	if a == plan.NoOp {
		title = diag.Count(len(rest), "asset") + " without changes"
	}
	for i := range shown {
		if m.doc.Changes[i].Action == a && a != plan.NoOp {
			title = diag.Number(len(rest)) + " more to " + string(a)
		}
	}
	fmt.Fprintf(&m.b, "\n<details><summary>%s</summary>\n", title)
	for n, i := range rest {
		if n == 0 {
			m.b.WriteString(tableHead)
		}
		if !m.row(&m.doc.Changes[i]) {
			fmt.Fprintf(&m.b, "\nand %s more, for which there is no room here.\n", diag.Number(len(rest)-n))
			break
		}
	}
	m.b.WriteString("\n</details>\n")
}
