package config

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
)

// maxCompared bounds the names that are compared in searches for similar ones
// among the things that a project declares: with thousands of wrong references
// to thousands of assets, comparing each with each would take minutes.
const maxCompared = 2_000_000

// suggest is [diag.Suggest] for names of which there may be thousands.
func (e *evaluator) suggest(given string, candidates func() []string) string {
	if e.compared > maxCompared {
		return ""
	}
	known := candidates()
	e.compared += len(known)
	return diag.Suggest(given, known)
}

// place is a range as messages name it: "main.asset.hcl:3".
func place(r hcl.Range) string { return r.Filename + ":" + strconv.Itoa(r.Start.Line) }

// sortDiagnostics returns the diagnostics by file and position, those
// without a position first. What is wrong with an expression is often wrong
// with it in each of ten thousand instances; the first one stands for all.
func sortDiagnostics(diags hcl.Diagnostics) hcl.Diagnostics {
	type key struct {
		severity hcl.DiagnosticSeverity
		summary  string
		subject  hcl.Range
	}
	first := map[key]*hcl.Diagnostic{}
	details := map[key]map[string]bool{}
	var kept hcl.Diagnostics
	for _, d := range diags {
		if d.Subject == nil {
			kept = append(kept, d)
			continue
		}
		k := key{d.Severity, d.Summary, *d.Subject}
		if first[k] == nil {
			copied := *d
			first[k] = &copied
			details[k] = map[string]bool{}
			kept = append(kept, &copied)
		}
		details[k][d.Detail] = true
	}
	for k, d := range first {
		if n := len(details[k]) - 1; n > 0 {
			d.Detail += fmt.Sprintf(" (%d more like this one here.)", n)
		}
	}
	slices.SortStableFunc(kept, compareDiagnostics)
	return kept
}

func compareDiagnostics(a, b *hcl.Diagnostic) int {
	switch {
	case a.Subject == nil && b.Subject == nil:
		return cmp.Or(cmp.Compare(a.Summary, b.Summary), cmp.Compare(a.Detail, b.Detail))
	case a.Subject == nil:
		return -1
	case b.Subject == nil:
		return 1
	}
	return cmp.Or(
		cmp.Compare(a.Subject.Filename, b.Subject.Filename),
		cmp.Compare(a.Subject.Start.Line, b.Subject.Start.Line),
		cmp.Compare(a.Subject.Start.Byte, b.Subject.Start.Byte),
		cmp.Compare(a.Severity, b.Severity),
		cmp.Compare(a.Summary, b.Summary),
		cmp.Compare(a.Detail, b.Detail),
	)
}
