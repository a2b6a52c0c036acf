package config

import (
	"assetform/config/address"
	"assetform/config/evaluation"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// defaultValue is one attribute of a defaults block. Each is computed by
// itself: defaults may refer to an asset that sets those attributes itself.
type defaultValue struct {
	cell  evaluation.Cell
	bound evaluation.Bound
}

func (e *evaluator) newDefaults(m *moduleInstance, kind address.Kind, decl *defaultsDecl) map[string]*defaultValue {
	values := make(map[string]*defaultValue, len(decl.attrs))
	for name, attr := range decl.attrs {
		if name == "provider" {
			continue // a name, not a value
		}
		d := &defaultValue{bound: m.scope.Constant(attr.Expr)}
		d.cell = evaluation.Cell{Name: m.scope.Qualify("defaults." + string(kind) + "." + name), Range: attr.Range, Compute: func() cty.Value {
			d.bound = e.ev.Bind(m.scope, attr.Expr, evaluation.Names{})
			return e.settingValue(d.bound, nil, name)
		}}
		values[name] = d
	}
	return values
}

// setting is an attribute of an instance that has a value: its own or that of
// the module's defaults.
type setting struct {
	name      string
	value     cty.Value // not null; unknown when it could not be evaluated
	bound     evaluation.Bound
	inst      *evaluation.Instance
	inherited bool // from defaults
}

func (s setting) at() hcl.Range { return s.bound.Range() }

// own returns an attribute that the instance's own block sets. An attribute
// that is null counts as not set.
func (e *evaluator) own(x *prepared, name string, inst *evaluation.Instance) (setting, bool) {
	b, ok := x.attrs[name]
	if !ok {
		return setting{}, false
	}
	known, ok := x.memo[name]
	if !ok || known.inst != inst && !b.Constant {
		known = memo{value: e.settingValue(b, inst, name), inst: inst}
		x.memo[name] = known
	}
	return setting{name: name, value: known.value, bound: b, inst: inst}, !evaluation.IsNull(known.value)
}

// settingValue evaluates a setting. Whether it is set shows in the plan and in
// the lock, where it is sensitive as well as where it is not.
func (e *evaluator) settingValue(b evaluation.Bound, inst *evaluation.Instance, name string) cty.Value {
	v := e.ev.Value(b, inst)
	if evaluation.IsNull(v) && v.IsMarked() {
		e.reports.ReportValue(b, inst, "Sensitive value of "+name, "Found a sensitive null. Whether %s is set is shown and stored, so nothing sensitive can decide about it.", name)
		return cty.DynamicVal
	}
	return v
}

// inherit returns an attribute that the module's defaults set.
func (e *evaluator) inherit(x *prepared, name string) (setting, bool) {
	d := x.block.defaults[name]
	if d == nil {
		return setting{}, false
	}
	v := e.ev.Force(&d.cell, x.block.decl.rng)
	return setting{name: name, value: v, bound: d.bound, inherited: true}, !evaluation.IsNull(v)
}

// setting returns an attribute that the instance or the defaults set.
func (e *evaluator) setting(x *prepared, name string, inst *evaluation.Instance) (setting, bool) {
	if s, ok := e.own(x, name, inst); ok {
		return s, true
	}
	return e.inherit(x, name)
}

// report reports a problem of a setting's value.
func (s setting) report(r *evaluation.Reports, summary, format string, args ...any) *hcl.Diagnostic {
	return r.ReportValue(s.bound, s.inst, summary, format, args...)
}
