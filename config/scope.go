package config

import (
	"slices"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// scope is one instance of a module: what names mean in its expressions.
type scope struct {
	mod  *module
	path string // as in addresses: `module.ui["en"]`, empty for the root module

	variables map[string]*cell
	locals    map[string]*cell
	outputs   map[string]*cell
	assets    map[assetName]*block
	calls     map[string]*call
	defaults  map[address.Kind]map[string]*defaultValue
	functions map[string]function.Function
	plain     *hcl.EvalContext // for expressions that read nothing

	whole cell                   // module.NAME as one value
	kinds map[address.Kind]*cell // module.NAME.image and module.NAME.video
}

// qualify names something of this scope in full.
func (s *scope) qualify(name string) string {
	if s.path == "" {
		return name
	}
	return s.path + "." + name
}

// newScope makes the scope of a module instance. Variables are filled in by
// its caller.
func (e *evaluator) newScope(mod *module, path string) *scope {
	s := &scope{
		mod: mod, path: path,
		variables: make(map[string]*cell, len(mod.variables)),
		locals:    make(map[string]*cell, len(mod.locals)),
		outputs:   make(map[string]*cell, len(mod.outputs)),
		assets:    make(map[assetName]*block, len(mod.assets)),
		calls:     make(map[string]*call, len(mod.calls)),
		defaults:  make(map[address.Kind]map[string]*defaultValue, len(mod.defaults)),
		functions: e.functions.In(mod.dir),
	}
	s.plain = &hcl.EvalContext{Functions: s.functions, Variables: map[string]cty.Value{}}
	s.whole = cell{name: path, compute: func() cty.Value { return e.wholeModule(s) }}
	s.kinds = map[address.Kind]*cell{}
	for _, kind := range []address.Kind{address.Image, address.Video} {
		s.kinds[kind] = &cell{name: s.qualify(string(kind)), compute: func() cty.Value { return e.wholeKind(s, kind) }}
	}
	for name, attr := range mod.locals {
		s.locals[name] = &cell{name: s.qualify("local." + name), rng: attr.Range, compute: func() cty.Value {
			return e.value(e.bind(s, attr.Expr, names{}), nil)
		}}
	}
	for name, decl := range mod.outputs {
		s.outputs[name] = &cell{name: s.qualify("output." + name), rng: decl.rng, compute: func() cty.Value {
			return e.outputValue(s, decl)
		}}
	}
	for name, decl := range mod.assets {
		s.assets[name] = e.newBlock(s, decl)
	}
	for name, decl := range mod.calls {
		s.calls[name] = e.newCall(s, decl)
	}
	for kind, decl := range mod.defaults {
		s.defaults[kind] = e.newDefaults(s, kind, decl)
	}
	return s
}

// names says which names besides those of the module an expression may use.
type names struct{ each, count, self bool }

// bound is an expression with the context that everything it reads has been
// put into, except for what differs between instances.
type bound struct {
	expr hcl.Expression
	ctx  *hcl.EvalContext
	// constant: it reads nothing that differs between instances, so it is
	// evaluated once for all of them.
	constant bool
	failed   bool // it names something wrongly, which was reported
}

// bind resolves what an expression reads. What it names wrongly is reported
// here, once for all instances.
func (e *evaluator) bind(s *scope, expr hcl.Expression, in names) bound {
	return e.bindTraversals(s, expr, variables(expr), in)
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

func (e *evaluator) bindTraversals(s *scope, expr hcl.Expression, traversals []hcl.Traversal, in names) bound {
	b := bound{expr: expr, ctx: s.plain, constant: true}
	if len(traversals) == 0 {
		return b
	}
	var tree partial
	around := e.readsSecret
	e.readsSecret = false
	for _, trav := range traversals {
		switch perInstance, ok := e.resolve(s, trav, in, &tree); {
		case !ok:
			b.failed = true
		case perInstance:
			b.constant = false
		}
	}
	b.ctx = &hcl.EvalContext{Functions: s.functions, Variables: tree.buildMembers()}
	if !e.readsSecret {
		b.ctx.Variables[sensitive.NoSecrets] = cty.True
	}
	e.readsSecret = around
	return b
}

// value evaluates an expression for an instance and reports what is wrong
// with it. inst is nil outside blocks with instances.
func (e *evaluator) value(b bound, inst *instance) cty.Value {
	if b.failed || e.overflowed {
		return cty.DynamicVal
	}
	rng := b.expr.Range()
	e.at(rng)
	v, diags := sensitive.Evaluate(b.expr, b.context(inst))
	e.diags = append(e.diags, diags...)
	return e.boundResult(v, rng)
}

// context returns the context of an instance.
func (b bound) context(inst *instance) *hcl.EvalContext {
	if inst == nil || b.constant {
		return b.ctx
	}
	child := b.ctx.NewChild()
	child.Variables = inst.values
	return child
}

// reportAt reports a problem of an expression's value, so that the snippet
// can show the values of what it reads.
func (e *evaluator) reportAt(b bound, inst *instance, summary, format string, args ...any) {
	d := diag.Problem(b.expr.Range(), summary, format, args...)
	d.Expression, d.EvalContext = b.expr, b.context(inst)
	e.diags = append(e.diags, d)
}

// evaluateAll computes everything of a scope, needed by anything or not, and
// everything below.
func (e *evaluator) evaluateAll(s *scope) {
	for _, name := range sortedKeys(s.variables) {
		c := s.variables[name]
		e.force(c, c.rng)
	}
	for _, v := range s.mod.sortedVariables() {
		e.validateVariable(s, v)
	}
	for _, name := range sortedKeys(s.locals) {
		c := s.locals[name]
		e.force(c, c.rng)
	}
	for _, kind := range sortedKeys(s.defaults) {
		for _, name := range sortedKeys(s.defaults[kind]) {
			c := &s.defaults[kind][name].cell
			e.force(c, c.rng)
		}
	}
	blocks := make([]*block, 0, len(s.assets))
	for _, b := range s.assets {
		blocks = append(blocks, b)
	}
	slices.SortFunc(blocks, func(a, b *block) int { return compareRanges(a.decl.rng, b.decl.rng) })
	for _, b := range blocks {
		e.force(&b.cell, b.decl.rng)
	}
	for _, name := range sortedKeys(s.outputs) {
		c := s.outputs[name]
		e.force(c, c.rng)
	}
	for _, name := range sortedKeys(s.calls) {
		c := s.calls[name]
		e.force(&c.expansion, c.decl.rng)
		for _, child := range c.instances {
			e.evaluateAll(child.scope)
		}
	}
}
