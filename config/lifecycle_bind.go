package config

import (
	"slices"

	"assetform/config/diag"
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
	block   *block
	in      evaluation.Names // what the block's expressions may use
}

// prepare binds the lifecycle block of an asset.
func (b *lifecycleBinder) prepare() *lifecycleSource {
	if b.block.decl.dynamic {
		return &lifecycleSource{perInstance: true}
	}
	return b.bind(b.block.decl.lifecycles)
}

// expand makes the lifecycle of one instance from a body with
// dynamic blocks.
func (b *lifecycleBinder) expand(inst *evaluation.Instance) *lifecycleSource {
	s := b.lang.assets[b.block.decl.local.Kind]
	ctx := b.ev.Context(b.block.mod.scope, dynamicTraversals(b.block.decl.body, s), b.in, inst)
	content, diags := s.content(dynblock.Expand(b.block.decl.body, ctx), false)
	b.reports.Add(diags...)
	return b.bind(content.Blocks)
}

func (b *lifecycleBinder) bind(blocks []*hcl.Block) *lifecycleSource {
	l := &lifecycleSource{}
	for i, block := range blocks {
		if i > 0 {
			b.reports.Report(block.DefRange, "Duplicate lifecycle block", "%s has a lifecycle block at %s already.", b.block.seen.Cell.Name, diag.Place(blocks[0].DefRange))
			return l
		}
		l.declared = true
		content, diags := lifecycleSchema.content(block.Body, false)
		b.reports.Add(diags...)
		l.failed = diags.HasErrors()
		attrs := content.Attributes
		if attr := attrs["prevent_destroy"]; attr != nil {
			l.destroy = new(b.ev.Bind(b.block.mod.scope, attr.Expr, b.in))
		}
		if attr := attrs["prevent_regenerate"]; attr != nil {
			l.regen = new(b.ev.Bind(b.block.mod.scope, attr.Expr, b.in))
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
	in := b.in
	content, diags := checkSchema.content(nested.Body, false)
	b.reports.Add(diags...)
	decl, ok := check(content, nested.DefRange)
	if !ok {
		l.failed = true
		return
	}
	if nested.Type == "postcondition" {
		in.Self = selfNames
	}
	c := bindCheck(b.ev, b.block.mod.scope, decl, in)
	if in.Self != nil {
		l.post = append(l.post, c)
	} else {
		l.pre = append(l.pre, c)
	}
}

// ignoreChanges reads names that are not evaluated: attributes, or all.
func (b *lifecycleBinder) ignoreChanges(l *lifecycleSource, attr *hcl.Attribute) {
	if hcl.ExprAsKeyword(attr.Expr) == "all" {
		l.ignoreAll = true
		return
	}
	list, diags := hcl.ExprList(attr.Expr)
	if diags.HasErrors() {
		b.reports.Report(attr.Expr.Range(), "Invalid value of ignore_changes", "ignore_changes of %s must be a list of attribute names, or the word all.", b.block.seen.Cell.Name)
		l.failed = true
		return
	}
	known := b.lang.ignorable(b.block.decl.local.Kind)
	for _, expr := range list {
		name := hcl.ExprAsKeyword(expr)
		switch {
		case name == "all":
			b.reports.Report(expr.Range(), "Invalid value of ignore_changes", "Write ignore_changes = all, without brackets, for all attributes of %s.", b.block.seen.Cell.Name)
		case name == "":
			b.reports.Report(expr.Range(), "Invalid value of ignore_changes", "ignore_changes of %s lists names of attributes without quotes: [prompt, seed].", b.block.seen.Cell.Name)
		case !slices.Contains(known, name):
			b.reports.Report(expr.Range(), "Unknown attribute in ignore_changes", "Nothing of a generated %s depends on an attribute named %q.%s",
				b.block.decl.local.Kind, name, diag.Suggest(name, known))
		case slices.Contains(l.ignore, name):
			b.reports.Report(expr.Range(), "Duplicate name in ignore_changes", "%q is in the list already.", name)
		default:
			l.ignore = append(l.ignore, name)
			continue
		}
		l.failed = true
	}
}

// triggers binds the elements of replace_triggered_by. In JSON syntax an
// element is an address in quotes, as in Terraform.
func (b *lifecycleBinder) triggers(l *lifecycleSource, attr *hcl.Attribute) {
	list, diags := hcl.ExprList(attr.Expr)
	if diags.HasErrors() {
		l.triggers = []evaluation.Bound{b.ev.Bind(b.block.mod.scope, attr.Expr, b.in)}
		return
	}
	for _, expr := range list {
		if _, native := hcl.UnwrapExpression(expr).(hclsyntax.Expression); !native {
			if trav, diags := hcl.AbsTraversalForExpr(expr); !diags.HasErrors() {
				expr = &hclsyntax.ScopeTraversalExpr{Traversal: trav, SrcRange: expr.Range()}
			}
		}
		l.triggers = append(l.triggers, b.ev.Bind(b.block.mod.scope, expr, b.in))
	}
}
