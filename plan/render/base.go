package render

import (
	"fmt"
	"html"
	"net/url"
	"path"
	"strings"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/plan"
	"assetform/plan/render/cells"
)

// shownDone is how many of a branch's changes are listed at once.
const shownDone = 12

// doneText counts what a branch did: "2 generated, 1 moved".
func doneText(b *plan.Base) string {
	counts := map[plan.Did]int{}
	for i := range b.Changes {
		counts[b.Changes[i].Did]++
	}
	var parts []string
	for _, did := range plan.Dids {
		if n := counts[did]; n > 0 {
			parts = append(parts, diag.Number(n)+" "+string(did))
		}
	}
	if len(parts) == 0 {
		return "nothing was done"
	}
	return strings.Join(parts, ", ")
}

// paid is what results cost; "" if nobody charged for them.
func paid(doc *plan.Document, c engine.Cost) string {
	if c.IsZero() {
		return ""
	}
	return doc.Prices.Text(c)
}

// picks counts what a branch picked of several candidates, and lists the assets
// of which it left that to be done.
func picks(b *plan.Base) (made int, left []string) {
	for i := range b.Changes {
		switch c := &b.Changes[i]; {
		case c.Waits():
			left = append(left, c.Address)
		case c.Candidates > 1:
			made++
		}
	}
	return made, left
}

// picksText says the same in words: "2 picks are made, 1 is left".
func picksText(made, left int) string {
	is := "are"
	if left == 1 {
		is = "is"
	}
	switch made {
	case 0:
		return fmt.Sprintf("%s %s left", diag.Count(left, "pick"), is)
	case 1:
		return fmt.Sprintf("1 pick is made, %s %s left", diag.Number(left), is)
	}
	return fmt.Sprintf("%s picks are made, %s %s left", diag.Number(made), diag.Number(left), is)
}

// pickCommand picks one of an asset's candidates, once somebody has put in a
// number.
func pickCommand(address string) string {
	return "assetform pick " + diag.ShellWord(cells.Clean(address)) + " N"
}

func placeholdersLeft(n int) string {
	if n == 1 {
		return "1 placeholder is left"
	}
	return diag.Number(n) + " placeholders are left"
}

// since names a base: its ref, and the commit where that is another name.
func since(b *plan.Base) string {
	if strings.HasPrefix(b.Commit, b.Ref) {
		return fmt.Sprintf("commit %.10s", b.Commit)
	}
	return fmt.Sprintf("%s (%.10s)", b.Ref, b.Commit)
}

// doneNote is why something was done, and what there is to pick from.
func doneNote(c *plan.BaseChange) string {
	var parts []string
	if c.Did == plan.Generated || c.Did == plan.Derived || c.Did == plan.Sketched {
		parts = doneReasons(c.Reasons)
	}
	switch {
	case c.Candidates > 1 && c.Picked > 0:
		parts = append(parts, fmt.Sprintf("candidate %d of %d", c.Picked, c.Candidates))
	case c.Candidates > 1:
		parts = append(parts, diag.Count(c.Candidates, "candidate")+", none picked")
	}
	return strings.Join(parts, ", ")
}

// doneReasons are the reasons of a plan, about what is past.
func doneReasons(list []plan.Reason) []string {
	var parts []string
	other := plan.ChangeDocument{Action: plan.Update}
	for _, r := range list {
		switch r {
		case plan.ReasonMoved: // the paths say it
		case plan.ReasonPlaceholder:
			parts = append(parts, "in a placeholder's place")
		case plan.ReasonProvider:
			parts = append(parts, "another provider")
		case plan.ReasonCandidates:
			parts = append(parts, "more candidates")
		default:
			other.Reasons = append(other.Reasons, r)
		}
	}
	if text := (reasons{}).text(&other); text != "" {
		parts = append([]string{text}, parts...)
	}
	return parts
}

// base shows what the branch did, before what is due.
func (t *textPage) base() {
	b := t.doc.Base
	if b == nil {
		return
	}
	head := cells.Text{{Style: cells.Bold, Text: "Since " + cells.Clean(since(b)) + ":"}, {Text: " " + doneText(b)}}
	if cost := paid(t.doc, b.Cost); cost != "" {
		head = head.Add(cells.Plain, "; "+cost)
	}
	t.line(0, 2, head.Add(cells.Plain, "."))
	for _, note := range b.Notes {
		t.line(changeIndent, 0, cells.Of(cells.Clean(note)))
	}
	for i := range b.Changes {
		if i == shownDone && !t.o.Verbose && len(b.Changes) > shownDone+1 {
			t.line(changeIndent, 2, cells.Of(fmt.Sprintf("and %s more", diag.Number(len(b.Changes)-i))))
			break
		}
		t.done(&b.Changes[i])
	}
	if made, left := picks(b); len(left) > 0 {
		how := `; "assetform pick --unpicked" lists what there is to pick from.`
		if len(left) == 1 {
			how = ": " + pickCommand(left[0])
		}
		t.line(changeIndent, 2, cells.Text{{Style: cells.Yellow, Text: picksText(made, len(left))}, {Text: how}})
	}
	if b.Placeholders > 0 {
		t.line(changeIndent, 2, cells.Text{{Style: cells.Yellow, Text: placeholdersLeft(b.Placeholders) + "."}})
	}
}

func (t *textPage) done(c *plan.BaseChange) {
	line := cells.Text{{Text: string(c.Did) + " "}, {Style: cells.Bold, Text: cells.Clean(c.Address)}}
	sep := ": "
	add := func(text string) {
		if text != "" {
			line = line.Add(cells.Plain, sep+cells.Clean(text))
			sep = ", "
		}
	}
	add(doneNote(c))
	add(paid(t.doc, c.Cost))
	if c.PreviousAddress != "" {
		add("was " + c.PreviousAddress)
	}
	if c.PreviousOutput != "" {
		add(c.PreviousOutput + " -> " + c.Output)
	}
	t.line(changeIndent, 4, line)
}

// base is the same for the comment on a pull request, with the pictures that
// stand in the repository.
func (m *markdownPage) base() {
	b := m.doc.Base
	if b == nil {
		return
	}
	fmt.Fprintf(&m.b, "**Since %s:** %s", code(since(b)), doneText(b))
	if cost := paid(m.doc, b.Cost); cost != "" {
		m.b.WriteString("; **" + cost + "**")
	}
	m.b.WriteString(".\n")
	for i, note := range b.Notes {
		if i == maxDiagnostics {
			break
		}
		m.b.WriteString(bounded(note, maxDetail) + "\n")
	}
	if b.Placeholders > 0 {
		fmt.Fprintf(&m.b, "\n:warning: %s.\n", placeholdersLeft(b.Placeholders))
	}
	m.picks(b)
	m.doneRows(b.Changes)
	m.pictures(b.Changes)
	if m.o.Pages != "" {
		fmt.Fprintf(&m.b, "\n[Pictures before and after](<%s>) are an artifact.\n", m.o.Pages)
	}
	m.b.WriteString("\n#### Still due\n\n")
}

// picks says what waits for a pick, with the commands to copy. Candidates stand
// in no repository, so nothing can be shown of them here.
func (m *markdownPage) picks(b *plan.Base) {
	made, left := picks(b)
	if len(left) == 0 {
		return
	}
	fmt.Fprintf(&m.b, "\n:warning: %s. In a clone that has the candidates, this picks number N:\n\n", picksText(made, len(left)))
	for i, address := range left {
		if i == shownDone && len(left) > shownDone+1 || !m.add("- "+code(pickCommand(address))+"\n") {
			fmt.Fprintf(&m.b, "- and %s more, which <code>assetform pick --unpicked</code> lists\n", diag.Number(len(left)-i))
			return
		}
	}
}

// doneRows lists the first changes, and folds the others. Half of the room is
// left for what is due.
func (m *markdownPage) doneRows(list []plan.BaseChange) {
	for i := range list {
		if i == 0 {
			m.b.WriteString("\n| | Asset | Why | Cost |\n|---|---|---|---|\n")
		}
		if i == shownDone && len(list) > shownDone+1 {
			fmt.Fprintf(&m.b, "\n<details><summary>%s more</summary>\n\n| | Asset | Why | Cost |\n|---|---|---|---|\n", diag.Number(len(list)-i))
		}
		if row := doneRow(&list[i], paid(m.doc, list[i].Cost)); m.b.Len() > maxMarkdown/2 || !m.add(row) {
			fmt.Fprintf(&m.b, "\nand %s more, for which there is no room here.\n", diag.Number(len(list)-i))
			break
		}
	}
	if len(list) > shownDone+1 {
		m.b.WriteString("\n</details>\n")
	}
}

func doneRow(c *plan.BaseChange, cost string) string {
	var cell []string
	if note := doneNote(c); note != "" {
		cell = append(cell, bounded(note, maxName))
	}
	if c.PreviousAddress != "" {
		cell = append(cell, "was "+code(c.PreviousAddress))
	}
	if c.PreviousOutput != "" {
		cell = append(cell, code(c.PreviousOutput)+" → "+code(c.Output))
	} else {
		cell = append(cell, code(c.Output))
	}
	return fmt.Sprintf("| %s | %s | %s | %s |\n", c.Did, code(c.Address), strings.Join(cell, "<br>"), cost)
}

// pictures shows the files that the branch brought, from the repository alone.
func (m *markdownPage) pictures(list []plan.BaseChange) {
	if m.o.Pictures == nil {
		return
	}
	n := 0
	for i := range list {
		c := &list[i]
		at := pictureURL(m.o.Pictures, c)
		if at == "" {
			continue
		}
		if n++; n > shownDone {
			break
		}
		if n == 1 {
			m.b.WriteString("\n")
		}
		if !m.add(fmt.Sprintf("<a href=\"%s\"><img src=\"%s\" height=\"120\" alt=\"%s\"></a>\n", at, at, html.EscapeString(cells.Clean(c.Address)))) {
			return
		}
	}
}

// pictureURL is where a picture that the branch brought stands below a
// repository's URL; "" if it brought none, or one that is not below it.
func pictureURL(repository *url.URL, c *plan.BaseChange) string {
	switch c.Did {
	case plan.Moved, plan.Recorded, plan.Released, plan.Deleted:
		return ""
	}
	switch strings.ToLower(path.Ext(c.Output)) {
	case ".png", ".jpg", ".jpeg", ".webp", ".gif":
	default:
		return ""
	}
	name := path.Clean(strings.ReplaceAll(c.Output, `\`, "/"))
	if path.IsAbs(name) || name == ".." || strings.HasPrefix(name, "../") || len(name) > maxName {
		return ""
	}
	parts := strings.Split(name, "/")
	for i := range parts {
		parts[i] = url.PathEscape(parts[i])
	}
	return html.EscapeString(repository.JoinPath(parts...).String())
}
