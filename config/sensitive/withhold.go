package sensitive

import (
	"regexp"
	"slices"
	"sync"

	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// quotedText is an operand in a message of HCL.
var quotedText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`"(?:[^"\\]|\\.)*"`) })

// HideQuoted takes those operands out of a message of HCL, with their quotes,
// that are to be hidden.
func HideQuoted(message string, hide func(quoted string) bool) string {
	return quotedText().ReplaceAllStringFunc(message, func(quoted string) string {
		if hide(quoted) {
			return diag.Sensitive
		}
		return quoted
	})
}

// Withhold takes what HCL quotes out of its messages about expressions with
// something sensitive in them. HCL unmarks a key before it says that it is
// there twice, and the names of an object's attributes bear no marks at all.
// Messages of functions are left: they were guarded where they were made.
func Withhold(diags hcl.Diagnostics) hcl.Diagnostics {
	for _, d := range diags {
		if d.Expression == nil || d.EvalContext == nil || !quotedText().MatchString(d.Detail) {
			continue
		}
		_, ofFunction := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d)
		_, unknown := hcl.DiagnosticExtra[hclsyntax.FunctionCallUnknownDiagExtra](d) // it quotes names of functions alone
		if !ofFunction && !unknown && quotesSecret(d.Expression, d.EvalContext) {
			d.Detail = quotedText().ReplaceAllString(d.Detail, diag.Sensitive)
		}
	}
	return diags
}

// quotesSecret reports whether a message about an expression could quote
// something sensitive.
func quotesSecret(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	return usesSecret(expr, ctx) || slices.ContainsFunc(expr.Variables(), func(trav hcl.Traversal) bool { return ofSecretFor(trav, ctx) })
}

// usesSecret reports whether a value that the expression refers to holds
// something sensitive. Where there is no such value, what led there counts, and
// a name that is of a for around the expression may be anything.
func usesSecret(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	return slices.ContainsFunc(expr.Variables(), func(trav hcl.Traversal) bool { return namesSecret(trav, ctx) })
}

// namesSecret is usesSecret of one name.
func namesSecret(trav hcl.Traversal, ctx *hcl.EvalContext) bool {
	if readsNoSecret(trav, ctx) {
		return false
	}
	v, diags := trav.TraverseAbs(ctx)
	if !diags.HasErrors() {
		return MayBe(v)
	}
	_, diags = trav[:1].TraverseAbs(ctx)
	return diags.HasErrors() || passesMark(trav, ctx)
}

// ofSecretFor reports whether a name is that of a for within something that
// reads something sensitive. HCL takes the marks off a list before a for goes
// over it, so that its elements bear none.
func ofSecretFor(trav hcl.Traversal, ctx *hcl.EvalContext) bool {
	if slices.Contains([]string{"each", "count", "self"}, trav.RootName()) {
		return false // of an instance: these keep their marks
	}
	for ; ctx != nil; ctx = ctx.Parent() {
		if _, here := ctx.Variables[trav.RootName()]; here {
			break
		}
	}
	if ctx == nil {
		return false
	}
	for ctx = ctx.Parent(); ctx != nil; ctx = ctx.Parent() {
		if _, plain := ctx.Variables[NoSecrets]; plain {
			continue
		}
		for _, v := range ctx.Variables {
			if MayBe(v) {
				return true
			}
		}
	}
	return false
}
