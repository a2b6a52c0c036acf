package evaluation

import (
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Names says which names besides those of the scope an expression may use.
type Names struct {
	Each, Count bool
	Self        []string // what self has; nil: there is none
	// Own is the block that the expression stands in, if it is an asset's;
	// Picture: what it names is to be an image.
	Own     address.Address
	Picture bool
}

// Bound is an expression with the context that everything it reads has been
// put into, except for what differs between instances.
type Bound struct {
	// Constant: it reads nothing that differs between instances, so it is
	// evaluated once for all of them.
	Constant bool

	expr   hcl.Expression
	scope  *Scope
	ctx    *hcl.EvalContext
	failed bool // it names something wrongly, which was reported
}

// Bind resolves what an expression reads. What it names wrongly is reported
// here, once for all instances.
func (e *Evaluator) Bind(s *Scope, expr hcl.Expression, in Names) Bound {
	return e.bindTraversals(s, expr, variables(expr), in)
}

// Context is the context of an instance for something that reads what these
// traversals name and is no expression.
func (e *Evaluator) Context(s *Scope, traversals []hcl.Traversal, in Names, inst *Instance) *hcl.EvalContext {
	return e.bindTraversals(s, nil, traversals, in).Context(inst)
}

// variables is expr.Variables(), which walks the tree of an expression and is
// called for every attribute, without the walk for the commonest kinds.
func variables(expr hcl.Expression) []hcl.Traversal {
	switch x := expr.(type) {
	case *hclsyntax.LiteralValueExpr:
		return nil
	case *hclsyntax.TemplateExpr:
		if x.IsStringLiteral() {
			return nil
		}
	case *hclsyntax.ScopeTraversalExpr:
		return []hcl.Traversal{x.Traversal}
	}
	return expr.Variables()
}

func (e *Evaluator) bindTraversals(s *Scope, expr hcl.Expression, traversals []hcl.Traversal, in Names) Bound {
	b := s.Constant(expr)
	if len(traversals) == 0 {
		return b
	}
	var tree partial
	around := e.readsSecret
	e.readsSecret = false
	r := resolver{e, s, &tree, in, false}
	switch expr.(type) {
	case *hclsyntax.TemplateExpr, *hclsyntax.TemplateWrapExpr:
		r.inText = true
	}
	for _, trav := range traversals {
		switch perInstance, ok := r.resolve(trav); {
		case !ok:
			b.failed = true
		case perInstance:
			b.Constant = false
		}
	}
	b.ctx = &hcl.EvalContext{Functions: s.Functions, Variables: tree.buildMembers()}
	if !e.readsSecret {
		b.ctx.Variables[sensitive.NoSecrets] = cty.True
	}
	e.readsSecret = around
	return b
}

// Value evaluates an expression for an instance and reports what is wrong
// with it. inst is nil outside blocks with instances.
func (e *Evaluator) Value(b Bound, inst *Instance) cty.Value {
	if b.failed || e.overflowed {
		return cty.DynamicVal
	}
	rng := b.Range()
	e.position.Set(rng)
	v, diags := sensitive.Evaluate(b.expr, b.Context(inst))
	e.explainKeys(b, diags)
	e.reports.Add(diags...)
	return e.boundResult(v, rng)
}

// Evaluate is Bind and Value for an expression that knows no instances.
func (e *Evaluator) Evaluate(s *Scope, expr hcl.Expression) cty.Value {
	return e.Value(e.Bind(s, expr, Names{}), nil)
}

// Expression is what was bound.
func (b Bound) Expression() hcl.Expression { return b.expr }

// Range is where the expression stands.
func (b Bound) Range() hcl.Range { return b.expr.Range() }

// Context returns the context of an instance.
func (b Bound) Context(inst *Instance) *hcl.EvalContext {
	if inst == nil || b.Constant {
		return b.ctx
	}
	child := b.ctx.NewChild()
	child.Variables = inst.names()
	return child
}

// ReportValue reports a problem of an expression's value, so that the snippet
// can show the values of what it reads. The diagnostic may be added to.
func (r *Reports) ReportValue(b Bound, inst *Instance, summary, format string, args ...any) *hcl.Diagnostic {
	d := diag.Problem(b.Range(), summary, format, args...)
	d.Expression, d.EvalContext = b.expr, b.Context(inst)
	r.Add(d)
	return d
}
