package config

import (
	"slices"

	"assetform/config/address"
	"assetform/config/engine"
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

func (a *assetEvaluator) newDefaults(m *moduleInstance, kind address.Kind, decl *defaultsDecl) map[string]*defaultValue {
	values := make(map[string]*defaultValue, len(decl.attrs))
	for name, attr := range decl.attrs {
		if name == "provider" {
			continue // a name, not a value
		}
		d := &defaultValue{bound: m.scope.Constant(attr.Expr)}
		d.cell = evaluation.Cell{Name: m.scope.Qualify("defaults." + string(kind) + "." + name), Range: attr.Range, Compute: func() cty.Value {
			d.bound = a.ev.Bind(m.scope, attr.Expr, evaluation.Names{Picture: a.lang.takesPicture(kind, name)})
			return a.settingValue(d.bound, nil, name)
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
func (d *draft) own(name string) (setting, bool) {
	return d.value(d.x.attr(name))
}

// value evaluates an attribute of the instance's block, or of one in that; nil
// is one that is not there.
func (d *draft) value(attr *attribute) (setting, bool) {
	if attr == nil {
		return setting{}, false
	}
	if attr.value == cty.NilVal || attr.inst != d.inst && !attr.bound.Constant {
		attr.value, attr.inst = d.assets.settingValue(attr.bound, d.inst, attr.name), d.inst
	}
	return setting{name: attr.name, value: attr.value, bound: attr.bound, inst: d.inst}, !evaluation.IsNull(attr.value)
}

// settingValue evaluates a setting. Whether it is set shows in the plan and in
// the lock, where it is sensitive as well as where it is not.
func (a *assetEvaluator) settingValue(b evaluation.Bound, inst *evaluation.Instance, name string) cty.Value {
	v := a.ev.Value(b, inst)
	if evaluation.IsNull(v) && v.IsMarked() {
		a.reports.ReportValue(b, inst, "Sensitive value of "+name, "Found a sensitive null. Whether %s is set is shown and stored, so nothing sensitive can decide about it.", name)
		return cty.DynamicVal
	}
	return v
}

// inherit returns an attribute that the module's defaults set.
func (d *draft) inherit(name string) (setting, bool) {
	from := d.x.block.defaults[name]
	if from == nil {
		return setting{}, false
	}
	v := d.assets.ev.Force(&from.cell, d.x.block.decl.rng)
	return setting{name: name, value: v, bound: from.bound, inherited: true}, !evaluation.IsNull(v)
}

// setting returns an attribute that the instance or the defaults set.
func (d *draft) setting(name string) (setting, bool) {
	if s, ok := d.own(name); ok {
		return s, true
	}
	return d.inherit(name)
}

// parameter returns what sets a parameter: the nested block that it stands in,
// or the instance and the defaults.
func (d *draft) parameter(p engine.Param) (setting, bool) {
	if p.Block == "" {
		return d.setting(p.Name)
	}
	return d.value(d.parts.block(p.Block).attr(p.Name))
}

// mistyped reports whether a name that was reported stands for an attribute.
func (d *draft) mistyped(name string) bool {
	defaults := d.x.block.module.mod.defaults[d.spec.Address.Kind]
	return slices.Contains(d.x.block.decl.meant, name) || defaults != nil && slices.Contains(defaults.meant, name)
}

// report reports a problem of a setting's value.
func (s setting) report(r *evaluation.Reports, summary, format string, args ...any) *hcl.Diagnostic {
	return r.ReportValue(s.bound, s.inst, summary, format, args...)
}
