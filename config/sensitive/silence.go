package sensitive

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// Marks come with values, and an expression that fails has none. Wherever an
// error is passed over, that there was one may tell a secret letter by letter:
// can(regex("^a", var.key)). can and try pass over errors, a conditional over
// those of the branch that it does not take, && and || over those of the side
// that does not matter. What they return is therefore sensitive if anything
// sensitive has a say in whether what they pass over has a value, and it is
// so whether there was an error or not.

// Attempt evaluates an expression whose errors may be passed over. secret
// tells that something sensitive decides about its success. A value that
// may yet turn out to be an error is not known.
func Attempt(arg cty.Value) (v cty.Value, secret bool, diags hcl.Diagnostics) {
	closure := customdecode.ExpressionClosureFromVal(arg)
	v, diags = closure.Value()
	if isPath(closure.Expression) && !diags.HasErrors() && !passesOverSecret(closure.Expression, closure.EvalContext) {
		return v, false, diags // it bears the marks of all that leads to it
	}
	if HoldsUnknown(v) {
		v = cty.DynamicVal
	}
	return v, decidedBySecret(closure.Expression, closure.EvalContext), diags
}

// passesOverSecret reports whether errors that something sensitive decides
// about may be passed over in an expression, so that its value is sensitive
// whether there is a mark in it or not.
func passesOverSecret(expr hcl.Expression, ctx *hcl.EvalContext) (found bool) {
	if passesOverNothing(expr) {
		return false
	}
	if json.IsJSONExpression(expr) {
		return mayPassOver(expr) && usesSecret(expr, ctx)
	}
	node, native := hcl.UnwrapExpressionUntil(expr, func(expr hcl.Expression) bool {
		_, native := expr.(hclsyntax.Node)
		return native
	}).(hclsyntax.Node)
	if !native {
		return false
	}
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		var parts []hclsyntax.Expression
		switch n := n.(type) {
		case *hclsyntax.ConditionalExpr:
			parts = []hclsyntax.Expression{n.TrueResult, n.FalseResult}
		case *hclsyntax.BinaryOpExpr:
			if n.Op.ShortCircuit != nil {
				parts = []hclsyntax.Expression{n.LHS, n.RHS}
			}
		case *hclsyntax.IndexExpr:
			// HCL drops the marks of a key when it looks into an object.
			found = found || keyIsSecret(n.Key, node, ctx)
		}
		for _, part := range parts {
			if !found {
				found = decidedBySecret(part, ctx) || !resolves(part, ctx) && decidedBySecret(node.(hclsyntax.Expression), ctx)
			}
		}
		return nil
	})
	return found
}

// keyIsSecret reports whether a key within an expression holds something
// sensitive. What a for names may be anything that the fors go over, also where
// it hides a name of the context.
func keyIsSecret(key hclsyntax.Expression, in hclsyntax.Node, ctx *hcl.EvalContext) bool {
	named := map[string]bool{}
	var over []hclsyntax.Expression
	_ = hclsyntax.VisitAll(in, func(n hclsyntax.Node) hcl.Diagnostics {
		if loop, ok := n.(*hclsyntax.ForExpr); ok {
			named[loop.KeyVar], named[loop.ValVar] = true, true
			over = append(over, loop.CollExpr)
		}
		return nil
	})
	if !slices.ContainsFunc(key.Variables(), func(trav hcl.Traversal) bool { return named[trav.RootName()] }) {
		return usesSecret(key, ctx)
	}
	return slices.ContainsFunc(append(over, key), func(expr hclsyntax.Expression) bool {
		return slices.ContainsFunc(expr.Variables(), func(trav hcl.Traversal) bool {
			_, diags := trav[:1].TraverseAbs(ctx)
			return namesSecret(trav, ctx) && !(named[trav.RootName()] && diags.HasErrors())
		})
	})
}

// passesOverNothing reports, without a walk, that an expression consists of
// names, literals, templates and calls alone. Of others it says no.
func passesOverNothing(expr hcl.Expression) bool {
	var parts []hclsyntax.Expression
	switch expr := expr.(type) {
	case *hclsyntax.LiteralValueExpr, *hclsyntax.ScopeTraversalExpr:
	case *hclsyntax.TemplateExpr:
		parts = expr.Parts
	case *hclsyntax.FunctionCallExpr:
		parts = expr.Args
	default:
		return false
	}
	for _, part := range parts {
		if !passesOverNothing(part) {
			return false
		}
	}
	return true
}

// mayPassOver reports whether a conditional, &&, || or an index can be in the texts of a
// JSON expression, which are parsed anew each time that they are evaluated.
func mayPassOver(expr hcl.Expression) (found bool) {
	texts, _ := expr.Value(nil)
	// The walk cannot fail: the callback returns no error.
	_ = cty.Walk(texts, func(_ cty.Path, v cty.Value) (bool, error) {
		v, _ = v.Unmark()
		found = found || v.Type() == cty.String && v.IsKnown() && !v.IsNull() && strings.ContainsAny(v.AsString(), "?&|%[")
		return !found, nil
	})
	return found
}

// NoSecrets is a name that no expression can say. A context has it whose
// variables hold nothing sensitive: to find that out anew for each instance of
// a block would cost a walk through all that the block reads.
const NoSecrets = "\x00"

func readsNoSecret(trav hcl.Traversal, ctx *hcl.EvalContext) bool {
	for ; ctx != nil; ctx = ctx.Parent() {
		if _, here := ctx.Variables[trav.RootName()]; here {
			_, plain := ctx.Variables[NoSecrets]
			return plain
		}
	}
	return false
}

// resolves reports whether all names in an expression are those of the
// context: the others are of a for around it.
func resolves(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	return !slices.ContainsFunc(expr.Variables(), func(trav hcl.Traversal) bool {
		_, diags := trav[:1].TraverseAbs(ctx)
		return diags.HasErrors()
	})
}

// isPath reports whether an expression does nothing but name a value or a part
// of one.
func isPath(expr hcl.Expression) bool {
	switch expr := expr.(type) {
	case *hclsyntax.ScopeTraversalExpr, *hclsyntax.LiteralValueExpr:
		return true
	case *hclsyntax.RelativeTraversalExpr:
		return isPath(expr.Source)
	case *hclsyntax.IndexExpr:
		return isPath(expr.Collection) && isPath(expr.Key)
	case *hclsyntax.ParenthesesExpr:
		return isPath(expr.Expression)
	}
	return false
}

// decidedBySecret reports whether an expression names anything sensitive that
// can make it fail.
func decidedBySecret(expr hcl.Expression, ctx *hcl.EvalContext) bool {
	node, native := expr.(hclsyntax.Node)
	if !native {
		return usesSecret(expr, ctx)
	}
	d := &deciders{ctx: ctx, parts: map[hclsyntax.Node]bool{}, forms: map[hclsyntax.Node]bool{}}
	d.allowForms(expr)
	if isPath(expr) {
		d.parts[node] = true
	}
	_ = hclsyntax.Walk(node, d)
	return d.found
}

// ofForm are the functions that fail, or not, by the form of their arguments
// alone, whatever stands in them.
var ofForm = []string{"length", "keys", "values", "merge", "lookup", "concat"}

// deciders looks for paths in an expression. Of one that has a value, that
// value counts with all that is in it; of one that is the beginning of
// another, only the marks on it do, since a value around a secret tells
// nothing of it.
type deciders struct {
	ctx   *hcl.EvalContext
	parts map[hclsyntax.Node]bool // beginnings of paths
	forms map[hclsyntax.Node]bool // calls of ofForm whose result goes into nothing that could fail by it
	found bool
}

// allowForms notes the calls that look at the form of their arguments alone
// and whose result is looked at no further.
func (d *deciders) allowForms(expr hcl.Expression) {
	switch expr := expr.(type) {
	case *hclsyntax.ParenthesesExpr:
		d.allowForms(expr.Expression)
	case *hclsyntax.RelativeTraversalExpr:
		d.allowForms(expr.Source)
	case *hclsyntax.IndexExpr:
		d.allowForms(expr.Collection)
	case *hclsyntax.BinaryOpExpr:
		for _, side := range []hclsyntax.Expression{expr.LHS, expr.RHS} {
			// A length is a number, whatever it is of.
			if call, isCall := side.(*hclsyntax.FunctionCallExpr); isCall && call.Name == "length" || expr.Op == hclsyntax.OpEqual || expr.Op == hclsyntax.OpNotEqual {
				d.allowForms(side)
			}
		}
	case *hclsyntax.FunctionCallExpr:
		if slices.Contains(ofForm, expr.Name) {
			d.forms[expr] = true
			for _, arg := range expr.Args {
				d.allowForms(arg)
			}
		}
	}
}

func (d *deciders) Enter(node hclsyntax.Node) hcl.Diagnostics {
	if call, isCall := node.(*hclsyntax.FunctionCallExpr); isCall && d.forms[call] {
		for _, arg := range call.Args {
			if isPath(arg) {
				d.parts[arg] = true
			}
		}
	}
	expr, isExpr := node.(hclsyntax.Expression)
	if d.found || !isExpr || !isPath(expr) {
		return nil
	}
	switch expr := expr.(type) {
	case *hclsyntax.RelativeTraversalExpr:
		d.parts[expr.Source] = resolves(expr, d.ctx)
	case *hclsyntax.IndexExpr:
		d.parts[expr.Collection] = resolves(expr, d.ctx)
	case *hclsyntax.ParenthesesExpr:
		d.parts[expr.Expression] = d.parts[expr]
	case *hclsyntax.ScopeTraversalExpr:
		if readsNoSecret(expr.Traversal, d.ctx) {
			return nil
		}
		d.found = passesMark(expr.Traversal, d.ctx)
	}
	if v, diags := expr.Value(d.ctx); !d.found && !diags.HasErrors() {
		d.found = v.IsMarked() || !d.parts[expr] && MayBe(v)
	}
	return nil
}

func (d *deciders) Exit(hclsyntax.Node) hcl.Diagnostics { return nil }

// passesMark reports whether a mark is on anything that a traversal comes by,
// as far as it gets.
func passesMark(trav hcl.Traversal, ctx *hcl.EvalContext) bool {
	v, diags := trav[:1].TraverseAbs(ctx)
	for _, step := range trav[1:] {
		if diags.HasErrors() || v.IsMarked() {
			break
		}
		v, diags = step.TraversalStep(v)
	}
	return v.IsMarked()
}
