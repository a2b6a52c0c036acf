package sensitive

import (
	"assetform/config/explain"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Evaluate is the one way to an expression's value. What HCL reports comes
// back explained; a panic below, in a function or in package cty, becomes a
// diagnostic at the expression.
func Evaluate(expr hcl.Expression, ctx *hcl.EvalContext) (v cty.Value, diags hcl.Diagnostics) {
	if v := constant(expr); v != cty.NilVal {
		return v, nil
	}
	defer func() {
		if r := recover(); r != nil {
			v = cty.DynamicVal
			diags = hcl.Diagnostics{{
				Severity: hcl.DiagError,
				Summary:  "Expression cannot be evaluated",
				Detail:   "Evaluating this expression failed inside assetform. Please report it, with the expression.",
				Subject:  expr.Range().Ptr(), Expression: expr, EvalContext: ctx,
			}}
		}
	}()
	v, diags = expr.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, Withhold(Explain(expr, diags))
	}
	return MarkIf(v, passesOverSecret(expr, ctx)), Withhold(diags)
}

// constant is the value of a text without templates or another literal, of
// which a project has ten thousands; [cty.NilVal] of everything else.
func constant(expr hcl.Expression) cty.Value {
	if text, ok := expr.(*hclsyntax.TemplateExpr); ok && text.IsStringLiteral() {
		expr = text.Parts[0]
	}
	if literal, ok := expr.(*hclsyntax.LiteralValueExpr); ok {
		return literal.Val
	}
	return cty.NilVal
}

// Explain is [explain.Evaluation] that lists no names of what is sensitive.
func Explain(expr hcl.Expression, diags hcl.Diagnostics) hcl.Diagnostics {
	return explain.Evaluation(expr, diags, quotesSecret)
}
