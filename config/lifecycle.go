package config

import (
	"assetform/config/evaluation"

	"github.com/zclconf/go-cty/cty"
)

// lifecycleSource is the lifecycle block of an asset with its expressions
// bound.
type lifecycleSource struct {
	declared       bool
	destroy, regen *evaluation.Bound
	ignore         []string
	ignoreAll      bool
	triggers       []evaluation.Bound
	pre, post      []evaluation.Check
	failed         bool
}

// lifecycle evaluates what an instance's lifecycle says, checks its
// preconditions and keeps its postconditions for the result.
func (d *draft) lifecycle() bool {
	l := d.parts.lifecycle
	d.spec.Lifecycle = Lifecycle{Declared: l.declared, IgnoreChanges: l.ignore, IgnoreAll: l.ignoreAll}
	ok := !l.failed
	ok = d.lifecycleFlag(l.destroy, "prevent_destroy", &d.spec.Lifecycle.PreventDestroy) && ok
	ok = d.lifecycleFlag(l.regen, "prevent_regenerate", &d.spec.Lifecycle.PreventRegenerate) && ok
	for _, t := range l.triggers {
		ok = d.trigger(t) && ok
	}
	for _, c := range l.pre {
		diags := c.Evaluate(d.inst, cty.NilVal, "Precondition failed", d.spec.Address.String())
		d.reports.Add(diags...)
		ok = ok && !diags.HasErrors()
	}
	if len(l.post) > 0 {
		ok = d.preparePostconditions(l.post) && ok
	}
	return ok
}

// lifecycleFlag evaluates prevent_destroy or prevent_regenerate.
func (d *draft) lifecycleFlag(b *evaluation.Bound, name string, flag *bool) bool {
	if b == nil {
		return true
	}
	v := d.assets.ev.Value(*b, d.inst)
	switch {
	case !v.IsKnown():
		return false
	case evaluation.IsNull(v):
		return true // not set
	}
	value, found := evaluation.Bool(v)
	if found != "" {
		d.reports.ReportValue(*b, d.inst, "Invalid value of "+name, "%s, but %s of %s must be true or false.", found, name, d.spec.Address)
		return false
	}
	*flag = value
	return true
}
