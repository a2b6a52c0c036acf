package config

import (
	"slices"

	"assetform/config/diag"
	"assetform/config/evaluation"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
	"github.com/zclconf/go-cty/cty"
)

// lifecycleSource is the lifecycle block of an asset with its expressions
// bound. It is made once for all instances, or for each when dynamic blocks
// stand in it.
type lifecycleSource struct {
	declared       bool
	destroy, regen *evaluation.Bound
	ignore         []string
	ignoreAll      bool
	triggers       []evaluation.Bound
	pre, post      []evaluation.Check
	perInstance    bool // made for each instance
	failed         bool
}

// prepareLifecycle binds the lifecycle block of an asset.
func (e *evaluator) prepareLifecycle(b *block, in evaluation.Names) *lifecycleSource {
	if b.decl.dynamic {
		return &lifecycleSource{perInstance: true}
	}
	return e.bindLifecycle(b, b.decl.lifecycles, in, nil)
}

// expandLifecycle makes the lifecycle of one instance from a body with
// dynamic blocks.
func (e *evaluator) expandLifecycle(b *block, in evaluation.Names, inst *evaluation.Instance) *lifecycleSource {
	s := e.lang.assets[b.decl.local.Kind]
	ctx := e.ev.Context(b.mod.scope, dynamicTraversals(b.decl.body, s), in, inst)
	content, diags := s.content(dynblock.Expand(b.decl.body, ctx), false)
	e.reports.Add(diags...)
	return e.bindLifecycle(b, content.Blocks, in, inst)
}

func (e *evaluator) bindLifecycle(b *block, blocks []*hcl.Block, in evaluation.Names, inst *evaluation.Instance) *lifecycleSource {
	l := &lifecycleSource{}
	for i, block := range blocks {
		if i > 0 {
			e.reports.Report(block.DefRange, "Duplicate lifecycle block", "%s has a lifecycle block at %s already.", b.seen.Cell.Name, diag.Place(blocks[0].DefRange))
			return l
		}
		l.declared = true
		content, diags := lifecycleSchema.content(block.Body, false)
		e.reports.Add(diags...)
		l.failed = diags.HasErrors()
		attrs := content.Attributes
		if attr := attrs["prevent_destroy"]; attr != nil {
			l.destroy = new(e.ev.Bind(b.mod.scope, attr.Expr, in))
		}
		if attr := attrs["prevent_regenerate"]; attr != nil {
			l.regen = new(e.ev.Bind(b.mod.scope, attr.Expr, in))
		}
		if attr := attrs["ignore_changes"]; attr != nil {
			e.ignoreChanges(b, l, attr)
		}
		if attr := attrs["replace_triggered_by"]; attr != nil {
			e.bindTriggers(b, l, attr, in)
		}
		for _, nested := range content.Blocks {
			e.bindCheckBlock(b, l, nested, in)
		}
	}
	return l
}

func (e *evaluator) bindCheckBlock(b *block, l *lifecycleSource, nested *hcl.Block, in evaluation.Names) {
	content, diags := checkSchema.content(nested.Body, false)
	e.reports.Add(diags...)
	decl, ok := check(content, nested.DefRange)
	if !ok {
		l.failed = true
		return
	}
	if nested.Type == "postcondition" {
		in.Self = selfNames
	}
	c := bindCheck(e.ev, b.mod.scope, decl, in)
	if in.Self != nil {
		l.post = append(l.post, c)
	} else {
		l.pre = append(l.pre, c)
	}
}

func bindCheck(ev *evaluation.Evaluator, s *evaluation.Scope, decl *checkDecl, in evaluation.Names) evaluation.Check {
	return evaluation.Check{Condition: ev.Bind(s, decl.condition, in), Message: ev.Bind(s, decl.message, in)}
}

// ignoreChanges reads names that are not evaluated: attributes, or all.
func (e *evaluator) ignoreChanges(b *block, l *lifecycleSource, attr *hcl.Attribute) {
	if hcl.ExprAsKeyword(attr.Expr) == "all" {
		l.ignoreAll = true
		return
	}
	list, diags := hcl.ExprList(attr.Expr)
	if diags.HasErrors() {
		e.reports.Report(attr.Expr.Range(), "Invalid value of ignore_changes", "ignore_changes of %s must be a list of attribute names, or the word all.", b.seen.Cell.Name)
		l.failed = true
		return
	}
	known := e.lang.ignorable(b.decl.local.Kind)
	for _, expr := range list {
		name := hcl.ExprAsKeyword(expr)
		switch {
		case name == "all":
			e.reports.Report(expr.Range(), "Invalid value of ignore_changes", "Write ignore_changes = all, without brackets, for all attributes of %s.", b.seen.Cell.Name)
		case name == "":
			e.reports.Report(expr.Range(), "Invalid value of ignore_changes", "ignore_changes of %s lists names of attributes without quotes: [prompt, seed].", b.seen.Cell.Name)
		case !slices.Contains(known, name):
			e.reports.Report(expr.Range(), "Unknown attribute in ignore_changes", "Nothing of a generated %s depends on an attribute named %q.%s",
				b.decl.local.Kind, name, diag.Suggest(name, known))
		case slices.Contains(l.ignore, name):
			e.reports.Report(expr.Range(), "Duplicate name in ignore_changes", "%q is in the list already.", name)
		default:
			l.ignore = append(l.ignore, name)
			continue
		}
		l.failed = true
	}
}

// evaluateLifecycle evaluates what an instance's lifecycle says, checks its
// preconditions and keeps its postconditions for the result.
func (e *evaluator) evaluateLifecycle(x *prepared, inst *evaluation.Instance, spec *Spec, link *link) bool {
	l := x.lifecycle
	if l.perInstance {
		l = e.expandLifecycle(x.block, x.in, inst)
	}
	spec.Lifecycle = Lifecycle{Declared: l.declared, IgnoreChanges: l.ignore, IgnoreAll: l.ignoreAll}
	ok := !l.failed
	ok = e.lifecycleFlag(l.destroy, inst, "prevent_destroy", spec, &spec.Lifecycle.PreventDestroy) && ok
	ok = e.lifecycleFlag(l.regen, inst, "prevent_regenerate", spec, &spec.Lifecycle.PreventRegenerate) && ok
	for _, t := range l.triggers {
		ok = e.trigger(t, inst, spec, link) && ok
	}
	for _, c := range l.pre {
		diags := c.Evaluate(inst, cty.NilVal, "Precondition failed", spec.Address.String())
		e.reports.Add(diags...)
		ok = ok && !diags.HasErrors()
	}
	if len(l.post) > 0 {
		ok = e.preparePostconditions(l.post, inst, spec) && ok
	}
	return ok
}

// lifecycleFlag evaluates prevent_destroy or prevent_regenerate.
func (e *evaluator) lifecycleFlag(b *evaluation.Bound, inst *evaluation.Instance, name string, spec *Spec, flag *bool) bool {
	if b == nil {
		return true
	}
	v := e.ev.Value(*b, inst)
	switch {
	case !v.IsKnown():
		return false
	case evaluation.IsNull(v):
		return true // not set
	}
	value, found := evaluation.Bool(v)
	if found != "" {
		e.reports.ReportValue(*b, inst, "Invalid value of "+name, "%s, but %s of %s must be true or false.", found, name, spec.Address)
		return false
	}
	*flag = value
	return true
}
