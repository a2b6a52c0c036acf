package config

import (
	"slices"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/evaluation"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// lifecycleBinder binds the expressions of a block's lifecycle.
type lifecycleBinder struct {
	lang    *language
	ev      *evaluation.Evaluator
	reports *evaluation.Reports
	scope   *evaluation.Scope
	decl    *assetDecl
	name    string           // of the block, in messages
	in      evaluation.Names // what its expressions may use
}

// expand makes the blocks of one instance from a body with dynamic blocks.
func (b *lifecycleBinder) expand(inst *evaluation.Instance) []*hcl.Block {
	s := b.lang.assets[b.decl.local.Kind]
	ctx := b.ev.Context(b.scope, dynamicTraversals(b.decl.body, s), b.in, inst)
	content, diags := s.content(dynblock.Expand(b.decl.body, ctx), false)
	b.reports.Add(diags...)
	return content.Blocks
}

func (b *lifecycleBinder) bound(expr hcl.Expression) evaluation.Bound {
	return b.ev.Bind(b.scope, expr, b.in)
}

// noLifecycle is the lifecycle of a block that has none, and is never changed.
var noLifecycle = &lifecycleSource{}

func (b *lifecycleBinder) bind(blocks []*hcl.Block) *lifecycleSource {
	if len(blocks) == 0 {
		return noLifecycle
	}
	l := &lifecycleSource{}
	for i, block := range blocks {
		if i > 0 {
			b.reports.Report(block.DefRange, "Duplicate lifecycle block", "%s has a lifecycle block at %s already.", b.name, diag.Place(blocks[0].DefRange))
			return l
		}
		l.declared = true
		content, diags := lifecycleSchema.content(block.Body, false)
		b.reports.Add(diags...)
		l.failed = diags.HasErrors()
		attrs := content.Attributes
		if attr := attrs["prevent_destroy"]; attr != nil {
			l.destroy = new(b.bound(attr.Expr))
		}
		if attr := attrs["prevent_regenerate"]; attr != nil {
			l.regen = new(b.bound(attr.Expr))
		}
		if attr := attrs["ignore_changes"]; attr != nil {
			b.ignoreChanges(l, attr)
		}
		if attr := attrs["replace_triggered_by"]; attr != nil {
			b.triggers(l, attr)
		}
		for _, nested := range content.Blocks {
			b.check(l, nested)
		}
	}
	return l
}

func (b *lifecycleBinder) check(l *lifecycleSource, nested *hcl.Block) {
	content, diags := checkSchema.content(nested.Body, false)
	b.reports.Add(diags...)
	decl, ok := check(content, nested.DefRange)
	if !ok {
		l.failed = true
		return
	}
	in, checks := b.in, &l.pre
	if nested.Type == "postcondition" {
		in.Self, checks = selfNames, &l.post
	}
	*checks = append(*checks, b.ev.BindCheck(b.scope, decl.condition, decl.message, in))
}

// ignoreChanges reads names that are not evaluated: attributes, or all.
func (b *lifecycleBinder) ignoreChanges(l *lifecycleSource, attr *hcl.Attribute) {
	if hcl.ExprAsKeyword(attr.Expr) == "all" {
		l.ignoreAll = true
		return
	}
	list, diags := hcl.ExprList(attr.Expr)
	if diags.HasErrors() {
		b.reports.Report(attr.Expr.Range(), "Invalid value of ignore_changes", "ignore_changes of %s must be a list of attribute names, or the word all.", b.name)
		l.failed = true
		return
	}
	known := b.lang.ignorable(b.decl.local.Kind)
	for _, expr := range list {
		name := hcl.ExprAsKeyword(expr)
		switch {
		case name == "all":
			b.reports.Report(expr.Range(), "Invalid value of ignore_changes", "Write ignore_changes = all, without brackets, for all attributes of %s.", b.name)
		case name == "":
			b.reports.Report(expr.Range(), "Invalid value of ignore_changes", "ignore_changes of %s lists names of attributes without quotes: [prompt, seed].", b.name)
		case !slices.Contains(known, name):
			b.reports.Report(expr.Range(), "Unknown attribute in ignore_changes", "Nothing of %s depends on an attribute named %q.%s",
				b.kind(), name, diag.Suggest(name, known))
		case slices.Contains(l.ignore, name):
			b.reports.Report(expr.Range(), "Duplicate name in ignore_changes", "%q is in the list already.", name)
		default:
			l.ignore = append(l.ignore, b.inputsOf(name)...)
			continue
		}
		l.failed = true
	}
}

// inputsOf lists the inputs that a name in ignore_changes stands for: itself,
// what is set in the nested block of that name, and what is told of a list.
func (b *lifecycleBinder) inputsOf(name string) []string {
	inputs := []string{name}
	for _, m := range b.lang.engines.Methods(b.decl.local.Kind) {
		for _, p := range m.Params {
			if p.Block == name && !slices.Contains(inputs, p.Key()) {
				inputs = append(inputs, p.Key())
			}
		}
		in, _ := m.Input(name)
		if in.Named {
			inputs = append(inputs, engine.NamesInput)
		}
		if in.Whole {
			inputs = append(inputs, engine.RecordsInput)
		}
	}
	return inputs
}

// kind names the kind of the asset with its article.
func (b *lifecycleBinder) kind() string {
	if b.lang.deriving[b.decl.local.Kind] == nil {
		return "a generated " + string(b.decl.local.Kind)
	}
	return b.name
}

// triggers binds the elements of replace_triggered_by. In JSON syntax an
// element is an address in quotes, as in Terraform.
func (b *lifecycleBinder) triggers(l *lifecycleSource, attr *hcl.Attribute) {
	list, diags := hcl.ExprList(attr.Expr)
	if diags.HasErrors() {
		l.triggers = []evaluation.Bound{b.bound(attr.Expr)}
		return
	}
	for _, expr := range list {
		if _, native := hcl.UnwrapExpression(expr).(hclsyntax.Expression); !native {
			if trav, diags := hcl.AbsTraversalForExpr(expr); !diags.HasErrors() {
				expr = &hclsyntax.ScopeTraversalExpr{Traversal: trav, SrcRange: expr.Range()}
			}
		}
		l.triggers = append(l.triggers, b.bound(expr))
	}
}
