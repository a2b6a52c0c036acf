package config

import (
	"regexp"

	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// quotedText is an operand in a message of HCL.
var quotedText = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// withhold takes what HCL quotes out of its messages about expressions with
// something sensitive in them. HCL unmarks a key before it says that it is
// there twice, and the names of an object's attributes bear no marks at all.
// Messages of functions are left: they were guarded where they were made.
func withhold(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		if d.Expression == nil || d.EvalContext == nil || !quotedText.MatchString(d.Detail) {
			continue
		}
		if _, ofFunction := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d); !ofFunction && usesSensitive(d.Expression, d.EvalContext) {
			d.Detail = quotedText.ReplaceAllString(d.Detail, diag.Sensitive)
		}
	}
	return diags
}

// usesSensitive reports whether a value that the expression refers to holds
// something sensitive. Where there is no such value, what led there counts, and
// a name that is of a for around the expression may be anything.
func usesSensitive(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	for _, trav := range expr.Variables() {
		if readsNoSecret(trav, ctx) {
			continue
		}
		v, diags := trav.TraverseAbs(ctx)
		if !diags.HasErrors() {
			if mayHoldMark(v) {
				return true
			}
		} else if _, diags := trav[:1].TraverseAbs(ctx); diags.HasErrors() || passesMark(trav, ctx) {
			return true
		}
	}
	return false
}
