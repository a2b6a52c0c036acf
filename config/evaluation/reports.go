package evaluation

import (
	"cmp"
	"fmt"
	"slices"

	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
)

// maxCompared bounds the names that are compared in searches for similar ones
// among the things that a project declares: with thousands of wrong references
// to thousands of assets, comparing each with each would take minutes.
const maxCompared = 2_000_000

// Reports are the problems that were found so far. The zero value has none.
type Reports struct {
	list     hcl.Diagnostics
	compared int // names in searches for similar ones so far
}

// Add takes diagnostics as they are.
func (r *Reports) Add(diags ...*hcl.Diagnostic) { r.list = append(r.list, diags...) }

// Report reports an error about a range of a file.
func (r *Reports) Report(at hcl.Range, summary, format string, args ...any) {
	r.Add(diag.Problem(at, summary, format, args...))
}

// Suggest is [diag.Suggest] for names of which there may be thousands.
func (r *Reports) Suggest(given string, candidates func() []string) string {
	if r.compared > maxCompared {
		return ""
	}
	known := candidates()
	r.compared += len(known)
	return diag.Suggest(given, known)
}

// Len is how many diagnostics there are.
func (r *Reports) Len() int { return len(r.list) }

// HasErrors tells whether any of them is an error.
func (r *Reports) HasErrors() bool { return r.list.HasErrors() }

// Take hands out what was reported behind the first n, and forgets it.
func (r *Reports) Take(n int) hcl.Diagnostics {
	taken := slices.Clone(r.list[n:])
	r.list = r.list[:n]
	return taken
}

// Sort returns the diagnostics by file and position, those
// without a position first. What is wrong with an expression is often wrong
// with it in each of ten thousand instances; the first one stands for all.
func Sort(diags hcl.Diagnostics) hcl.Diagnostics {
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
