package config

import (
	"assetform/config/evaluation"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// triggerRef is an asset of replace_triggered_by.
type triggerRef struct{ asset string }

// bindTriggers binds the elements of replace_triggered_by. In JSON syntax an
// element is an address in quotes, as in Terraform.
func (e *evaluator) bindTriggers(b *block, l *lifecycleSource, attr *hcl.Attribute, in evaluation.Names) {
	list, diags := hcl.ExprList(attr.Expr)
	if diags.HasErrors() {
		l.triggers = []evaluation.Bound{e.ev.Bind(b.mod.scope, attr.Expr, in)}
		return
	}
	for _, expr := range list {
		if _, native := hcl.UnwrapExpression(expr).(hclsyntax.Expression); !native {
			if trav, diags := hcl.AbsTraversalForExpr(expr); !diags.HasErrors() {
				expr = &hclsyntax.ScopeTraversalExpr{Traversal: trav, SrcRange: expr.Range()}
			}
		}
		l.triggers = append(l.triggers, e.ev.Bind(b.mod.scope, expr, in))
	}
}

// trigger adds the assets that an element of replace_triggered_by names: one,
// or all in a list or map.
func (e *evaluator) trigger(b evaluation.Bound, inst *evaluation.Instance, spec *Spec, link *link) bool {
	v := e.ev.Value(b, inst)
	if evaluation.IsNull(v) {
		return true // not set, or an element that a conditional leaves out
	}
	return e.addTriggers(b, inst, v, spec, link)
}

func (e *evaluator) addTriggers(b evaluation.Bound, inst *evaluation.Instance, v cty.Value, spec *Spec, link *link) bool {
	t := v.Type()
	switch {
	case !v.IsKnown():
		return false
	case v.IsMarked():
		e.reports.ReportValue(b, inst, "Sensitive value of replace_triggered_by", "Addresses are shown and stored, so replace_triggered_by of %s cannot be sensitive.", spec.Address)
		return false
	case v.IsNull():
	case isAssetType(t):
		address, ok := assetAddress(v)
		if ok {
			link.triggers = append(link.triggers, triggerRef{address})
		}
		return ok
	case t.IsCollectionType() || t.IsTupleType():
		all := true
		for it := v.ElementIterator(); it.Next(); {
			_, element := it.Element()
			all = e.addTriggers(b, inst, element, spec, link) && all
		}
		return all
	}
	e.reports.ReportValue(b, inst, "Invalid value of replace_triggered_by", "Found %s, but replace_triggered_by of %s must be a list of assets: [image.NAME].",
		t.FriendlyName(), spec.Address)
	return false
}
