package render

import (
	"cmp"
	"fmt"

	"assetform/config/diag"
	"assetform/plan"
	"assetform/plan/render/cells"
)

// hasChanges tells whether an apply would do anything.
func hasChanges(doc *plan.Document) bool {
	for _, a := range plan.Actions {
		if a != plan.NoOp && doc.Summary.Count(a) > 0 {
			return true
		}
	}
	return false
}

// drifted counts the outputs that are not what the lock says.
func drifted(doc *plan.Document) int {
	n := 0
	for i := range doc.Changes {
		if doc.Changes[i].Drifted {
			n++
		}
	}
	return n
}

// byHand counts those of them that a person changed.
func byHand(doc *plan.Document) int {
	n := 0
	for i := range doc.Changes {
		if doc.Changes[i].Drifted && doc.Changes[i].Stands == "" {
			n++
		}
	}
	return n
}

// driftText says how an output differs from the lock.
func driftText(c *plan.ChangeDocument) string {
	return cmp.Or(c.Stands, "the file was changed by hand")
}

func outputsAre(n int) string {
	if n == 1 {
		return "1 output is"
	}
	return diag.Number(n) + " outputs are"
}

// unchanged counts the assets that are listed only on request.
func unchanged(doc *plan.Document) int {
	n := 0
	for i := range doc.Changes {
		if c := &doc.Changes[i]; c.Action == plan.NoOp && !c.Drifted {
			n++
		}
	}
	return n
}

// conclusion is what people read first: the end of the text.
func (t *textPage) conclusion() {
	t.blank()
	t.origins()
	if !hasChanges(t.doc) {
		t.noChanges()
		t.problems()
		return
	}
	if n := unchanged(t.doc); n > 0 && !t.o.Verbose {
		t.line(0, 2, cells.Of(unchangedText(n)))
		t.blank()
	}
	t.line(0, 6, cells.Text{{Style: cells.Bold, Text: "Plan:"}, {Text: " " + summaryText(t.doc) + "."}})
	bill := billOf(t.doc)
	t.line(0, 6, cells.Text{{Style: cells.Bold, Text: "Cost:"}, {Text: " " + bill.text() + "."}})
	if n := waiting(t.doc); n > 0 {
		t.line(0, 6, cells.Text{{Style: cells.Bold, Text: "Picks:"}, {Text: fmt.Sprintf(" %s. \"assetform pick --unpicked\" lists what there is to pick from; --unpicked generates all the same.", waitForPick(n))}})
	}
	if time := estimateOf(t.doc).text(); time != "" {
		text := fmt.Sprintf(" %s, if %d tasks may run at a time", time, usualParallelism)
		if limited(t.doc) {
			text += " and the hourly limits are the usual ones"
		}
		text += "."
		t.line(0, 6, cells.Text{{Style: cells.Bold, Text: "Time:"}, {Text: text}})
	}
	t.problems()
	if !t.o.NoHint {
		t.hint()
	}
}

// waiting counts the changes that wait for a pick.
func waiting(doc *plan.Document) int {
	n := 0
	for i := range doc.Changes {
		if doc.Changes[i].Waits() {
			n++
		}
	}
	return n
}

func waitForPick(n int) string {
	if n == 1 {
		return "1 asset waits for a pick"
	}
	return diag.Number(n) + " assets wait for a pick"
}

func unchangedText(n int) string {
	if n == 1 {
		return "1 asset stays as it is."
	}
	return diag.Number(n) + " assets stay as they are."
}

func (t *textPage) noChanges() {
	head := noChangesHead()
	n := drifted(t.doc)
	switch {
	case len(t.doc.Changes) == 0:
		t.line(0, 0, head.Add(cells.Plain, " There are no assets."))
	case n == 0 && t.doc.Placeholders:
		t.line(0, 0, head.Add(cells.Plain, fmt.Sprintf(" Nothing lacks a placeholder: %s.", diag.Count(len(t.doc.Changes), "asset"))))
	case n == 0:
		t.agreed(len(t.doc.Changes))
	case byHand(t.doc) < n:
		t.line(0, 0, head.Add(cells.Plain, fmt.Sprintf(" But %s not what the lock says.", outputsAre(n))))
		if !t.o.NoHint {
			t.line(0, 0, cells.Of(`"assetform restore" brings the recorded files back; what assetform did not write is to be moved away first.`))
		}
	default:
		t.line(0, 0, head.Add(cells.Plain, fmt.Sprintf(" But %s changed by hand.", filesWere(n))))
		if !t.o.NoHint {
			t.line(0, 0, cells.Of(`"assetform adopt ADDR" accepts such a file as it is; to undo the change, bring the file back from git.`))
		}
	}
}

func noChangesHead() cells.Text { return cells.Text{{Style: cells.Bold, Text: "No changes."}} }

func (t *textPage) agreed(assets int) {
	t.line(0, 0, noChangesHead().Add(cells.Plain, fmt.Sprintf(" Configuration, lock and files agree: %s.", diag.Count(assets, "asset"))))
}

func filesWere(n int) string {
	if n == 1 {
		return "1 file was"
	}
	return diag.Number(n) + " files were"
}

// problems counts the document's errors and warnings.
func (t *textPage) problems() {
	errors, warnings := problems(t.doc)
	if errors > 0 {
		t.line(0, 0, cells.Text{{Style: cells.Alarm, Text: diag.Count(errors, "error") + "."}, {Text: " This plan cannot be applied as it is."}})
	}
	if warnings > 0 {
		t.line(0, 0, cells.Text{{Style: cells.Yellow, Text: diag.Count(warnings, "warning") + "."}})
	}
}

func problems(doc *plan.Document) (errors, warnings int) {
	for _, d := range doc.Diagnostics {
		if d.Severity == "error" {
			errors++
		} else {
			warnings++
		}
	}
	return errors, warnings
}

// hint says what to do next.
func (t *textPage) hint() {
	errors, _ := problems(t.doc)
	t.blank()
	switch {
	case errors > 0 && byHand(t.doc) > 0:
		t.line(0, 0, cells.Of(`Files that were changed by hand are safe: "assetform adopt ADDR" accepts such a file as it is, --overwrite-drifted gives it up.`))
	case errors > 0:
		t.line(0, 0, cells.Of("Nothing was generated or charged."))
	default:
		t.line(0, 0, cells.Of("Nothing was generated or charged. To carry this out, run "+cmp.Or(t.o.Apply, `"assetform apply"`)+"."))
	}
}
