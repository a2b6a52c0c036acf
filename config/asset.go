package config

import (
	"math"
	"path"
	"slices"

	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/evaluation"
	"assetform/config/pathname"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// draft is one asset while it is evaluated.
type draft struct {
	assets  *assetEvaluator
	reports *evaluation.Reports
	x       *prepared // its block
	inst    *evaluation.Instance
	spec    *Spec
	link    link
	parts   *blockParts  // its nested blocks
	fields  *assetFields // what expressions see of it
}

// evaluateAsset evaluates one instance of a block. Every problem of it is
// reported, and its fields get what could be evaluated in spite of them; a
// Spec comes of it only when there is none.
func (a *assetEvaluator) evaluateAsset(x *prepared, inst *evaluation.Instance, fields *assetFields) {
	b := x.block
	spec := &Spec{Address: b.seen.Address, Provider: x.provider, StandsFor: x.standsFor, Range: b.decl.rng}
	spec.Address.Key = inst.Key
	d := &draft{
		assets: a, reports: a.reports, x: x, inst: inst, spec: spec, parts: a.partsOf(x, inst),
		link: link{spec: spec, block: b, text: spec.Address.String()}, fields: fields,
	}
	switch {
	case d.evaluate():
		d.spec.takeUsual()
		a.links = append(a.links, d.link)
	case spec.Output != "":
		a.failed[pathname.Fold(path.Join(a.rootDir, spec.Output))] = true
	}
}

// evaluate completes the Spec, but for what is linked. ok is false when
// something was reported.
func (d *draft) evaluate() (ok bool) {
	d.fields.address = cty.StringVal(d.link.text)
	d.fields.path = cty.UnknownVal(cty.String)
	ok = d.x.hasRef && !d.parts.failed
	if d.output() {
		d.fields.path = cty.StringVal(d.spec.Output)
	} else {
		ok = false
	}
	d.spec.Method = d.selectMethod()
	if d.spec.Method != nil {
		ok = d.refuseForeign() && ok
		ok = d.params() && ok
		ok = d.inputs() && ok
	} else {
		ok = false
		for _, name := range []string{"aspect_ratio", "model", "prompt", "seed"} {
			*d.fields.field(name) = cty.UnknownVal(assetType.AttributeType(name))
		}
	}
	ok = d.revision() && ok
	ok = d.candidates() && ok
	ok = d.alt() && ok
	return d.lifecycle() && ok
}

// selectMethod finds the API method that an instance's attributes ask for.
// Its own inputs decide; only where it has none do those of the defaults.
func (d *draft) selectMethod() *engine.Method {
	found, ok := d.selectBy(d.own)
	if found == nil && ok {
		found, ok = d.selectBy(d.inherit)
	}
	if !ok {
		return nil
	}
	if found != nil {
		return found
	}
	for _, m := range d.methods() {
		if len(m.Inputs) == 0 || d.derived() {
			return m
		}
	}
	return nil
}

// derived tells that the asset is made of other files, and not generated: its
// kind has one method.
func (d *draft) derived() bool { return d.assets.lang.deriving[d.spec.Address.Kind] != nil }

// methods are those that there are to choose from.
func (d *draft) methods() []*engine.Method {
	return d.assets.lang.methods(d.x.provider, d.x.block.decl.local.Kind)
}

// selectBy finds the method whose selecting inputs are set; ok is false when
// those of two methods are.
func (d *draft) selectBy(get func(string) (setting, bool)) (found *engine.Method, ok bool) {
	var by setting
	for _, m := range d.methods() {
		for _, in := range m.Inputs {
			if !in.Selects {
				continue
			}
			s, set := get(in.Name)
			switch {
			case !set:
			case found == nil:
				found, by = m, s
			case found != m:
				d.reportConflict(by, found, s, m)
				return nil, false
			}
		}
	}
	return found, true
}

func (d *draft) reportConflict(by setting, found *engine.Method, s setting, m *engine.Method) {
	first, second := by, s
	if diag.CompareRanges(second.at(), first.at()) < 0 {
		first, second, found, m = second, first, m, found
	}
	problem := second.report(d.reports, "Inputs of two methods",
		"%s sets %s at %s, which is for %s, and %s here, which is for %s. Remove one of them.",
		d.spec.Address, first.name, diag.Place(first.at()), found.Name, second.name, m.Name)
	if first.at().Filename == second.at().Filename {
		problem.Context = hcl.RangeBetween(first.at(), second.at()).Ptr()
	}
}

// refuseForeign reports attributes that the asset sets itself but its method
// does not take.
func (d *draft) refuseForeign() bool {
	ok := true
	for i := range d.x.attrs {
		name := d.x.attrs[i].name
		if slices.Contains(common, name) {
			continue
		}
		if _, isParam := d.spec.Method.Param(name); isParam {
			continue
		}
		if _, isInput := d.spec.Method.Input(name); isInput {
			continue
		}
		if s, set := d.own(name); set {
			ok = false
			d.reports.Add(diag.Problem(s.at(), "Attribute not taken by method", "%s uses %s, which takes no %s; it takes %s.",
				d.spec.Address, d.spec.Method.Name, name, diag.Quoted(methodAttributes(d.spec.Method), "and")))
		}
	}
	for _, n := range d.parts.nested {
		if _, isParam := d.spec.Method.Param(n.name); !isParam {
			ok = false
			d.reports.Report(n.rng, "Block not taken by method", "%s uses %s, which takes no block %s; it takes %s.",
				d.spec.Address, d.spec.Method.Name, n.name, diag.Quoted(methodAttributes(d.spec.Method), "and"))
		}
	}
	return ok
}

// common are the attributes of assets that belong to no method.
var common = []string{"output", "revision", "candidates", "alt"}

// methodAttributes lists what a method takes, in the order of the table.
func methodAttributes(m *engine.Method) []string {
	var all []string
	for _, p := range m.Params {
		if p.Block == "" {
			all = append(all, p.Name)
		}
	}
	for _, in := range m.Inputs {
		all = append(all, in.Name)
	}
	return all
}

// alt evaluates what people are told that the asset shows. It is no input.
func (d *draft) alt() bool {
	s, set := d.setting("alt")
	switch {
	case !set:
		return true
	case !s.value.IsKnown():
		return false
	case sensitive.Is(s.value):
		s.report(d.reports, "Sensitive value of "+s.name, "The %s of %s is there to be read, so it cannot be sensitive.", s.name, d.spec.Address)
		return false
	}
	v, err := convert.Convert(s.value, cty.String)
	if err != nil {
		s.report(d.reports, "Invalid value of "+s.name, "Found %s, but the %s of %s must be a text.", evaluation.TypeName(s.value.Type()), s.name, d.spec.Address)
		return false
	}
	d.spec.Alt = engine.NormalText(v.AsString())
	return true
}

// revision evaluates the number that asks for another take.
func (d *draft) revision() bool {
	s, set := d.setting("revision")
	if !set {
		return true
	}
	n, ok := d.integer(s)
	if ok && (n < 0 || n > math.MaxInt32) {
		s.report(d.reports, "Invalid value of revision", "Found %d, but the revision of %s must be a whole number from 0 to %d.",
			n, d.spec.Address, math.MaxInt32)
		return false
	}
	d.spec.Revision = n
	return ok
}

// integer evaluates a setting that is neither sent as text nor secret.
func (d *draft) integer(s setting) (int64, bool) {
	if !s.value.IsKnown() {
		return 0, false
	}
	if sensitive.Is(s.value) {
		s.report(d.reports, "Sensitive value of "+s.name, "The %s of %s is shown and stored, so it cannot be sensitive.", s.name, d.spec.Address)
		return 0, false
	}
	n, found := evaluation.WholeNumber(s.value)
	if found != "" {
		s.report(d.reports, "Invalid value of "+s.name, "%s, but the %s of %s must be a whole number of 64 bits.", found, s.name, d.spec.Address)
		return 0, false
	}
	return n, true
}
