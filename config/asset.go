package config

import (
	"math"
	"path"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/evaluation"
	"assetform/config/pathname"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// evaluateAsset evaluates one instance of a block. Every problem of it is
// reported, and its fields get what could be evaluated in spite of them; a
// Spec comes of it only when there is none.
func (e *evaluator) evaluateAsset(x *prepared, inst *evaluation.Instance, fields *assetFields) {
	b := x.block
	spec := &Spec{Address: b.seen.Address, Provider: x.provider, Range: b.decl.rng}
	spec.Address.Key = inst.Key
	link := link{spec: spec, block: b, text: spec.Address.String()}
	fields.address = cty.StringVal(link.text)
	fields.path = cty.UnknownVal(cty.String)
	ok := x.hasRef
	if e.evaluateOutput(x, inst, spec) {
		fields.path = cty.StringVal(spec.Output)
	} else {
		ok = false
	}
	spec.Method = e.selectMethod(x, inst, spec.Address)
	if spec.Method != nil {
		ok = e.refuseForeign(x, inst, spec) && ok
		ok = e.evaluateParams(x, inst, spec, fields) && ok
		ok = e.evaluateInputs(x, inst, spec, &link) && ok
	} else {
		ok = false
		for _, name := range []string{"aspect_ratio", "model", "prompt", "seed"} {
			*fields.field(name) = cty.UnknownVal(assetType.AttributeType(name))
		}
	}
	ok = e.evaluateRevision(x, inst, spec) && ok
	ok = e.evaluateLifecycle(x, inst, spec, &link) && ok
	switch {
	case ok:
		e.links = append(e.links, link)
	case spec.Output != "":
		e.failedOutputs[pathname.Fold(path.Join(e.rootDir, spec.Output))] = true
	}
}

// selectMethod finds the API method that an instance's attributes ask for.
// Its own inputs decide; only where it has none do those of the defaults.
func (e *evaluator) selectMethod(x *prepared, inst *evaluation.Instance, a address.Address) *engine.Method {
	kind := x.block.decl.local.Kind
	found, ok := e.selectBy(x.provider, kind, a, func(name string) (setting, bool) { return e.own(x, name, inst) })
	if found == nil && ok {
		found, ok = e.selectBy(x.provider, kind, a, func(name string) (setting, bool) { return e.inherit(x, name) })
	}
	if !ok {
		return nil
	}
	if found != nil {
		return found
	}
	for _, m := range e.methods(x.provider, kind) {
		if len(m.Inputs) == 0 {
			return m
		}
	}
	return nil
}

// methods lists the methods of a provider's engine for a kind of asset; of a
// provider that is not known those of all engines.
func (e *evaluator) methods(ref ProviderRef, kind address.Kind) []*engine.Method {
	known := e.lang.engines.Engine(ref.Type)
	if known == nil {
		return e.lang.engines.Methods(kind)
	}
	var list []*engine.Method
	for _, m := range known.Methods {
		if m.Kind == kind {
			list = append(list, m)
		}
	}
	return list
}

// selectBy finds the method whose selecting inputs are set; ok is false when
// those of two methods are.
func (e *evaluator) selectBy(provider ProviderRef, kind address.Kind, a address.Address, get func(string) (setting, bool)) (found *engine.Method, ok bool) {
	var by setting
	for _, m := range e.methods(provider, kind) {
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
				e.reportConflict(a, by, found, s, m)
				return nil, false
			}
		}
	}
	return found, true
}

func (e *evaluator) reportConflict(a address.Address, by setting, found *engine.Method, s setting, m *engine.Method) {
	first, second := by, s
	if diag.CompareRanges(second.at(), first.at()) < 0 {
		first, second, found, m = second, first, m, found
	}
	d := second.report(e.reports, "Inputs of two methods",
		"%s sets %s at %s, which is for %s, and %s here, which is for %s. Remove one of them.",
		a, first.name, diag.Place(first.at()), found.Name, second.name, m.Name)
	if first.at().Filename == second.at().Filename {
		d.Context = hcl.RangeBetween(first.at(), second.at()).Ptr()
	}
}

// refuseForeign reports attributes that the asset sets itself but its method
// does not take.
func (e *evaluator) refuseForeign(x *prepared, inst *evaluation.Instance, spec *Spec) bool {
	ok := true
	for _, name := range sortedKeys(x.attrs) {
		if name == "output" || name == "revision" {
			continue
		}
		if _, isParam := spec.Method.Param(name); isParam {
			continue
		}
		if _, isInput := spec.Method.Input(name); isInput {
			continue
		}
		if s, set := e.own(x, name, inst); set {
			ok = false
			e.reports.Add(diag.Problem(s.at(), "Attribute not taken by method", "%s uses %s, which takes no %s; it takes %s.",
				spec.Address, spec.Method.Name, name, diag.Quoted(methodAttributes(spec.Method), "and")))
		}
	}
	return ok
}

// methodAttributes lists what a method takes, in the order of the table.
func methodAttributes(m *engine.Method) []string {
	var all []string
	for _, p := range m.Params {
		all = append(all, p.Name)
	}
	for _, in := range m.Inputs {
		all = append(all, in.Name)
	}
	return all
}

// evaluateRevision evaluates the number that asks for another take.
func (e *evaluator) evaluateRevision(x *prepared, inst *evaluation.Instance, spec *Spec) bool {
	s, set := e.setting(x, "revision", inst)
	if !set {
		return true
	}
	n, ok := e.integer(s, spec.Address)
	if ok && (n < 0 || n > math.MaxInt32) {
		s.report(e.reports, "Invalid value of revision", "Found %d, but the revision of %s must be a whole number from 0 to %d.",
			n, spec.Address, math.MaxInt32)
		return false
	}
	spec.Revision = n
	return ok
}

// integer evaluates a setting that is neither sent as text nor secret.
func (e *evaluator) integer(s setting, a address.Address) (int64, bool) {
	if !s.value.IsKnown() {
		return 0, false
	}
	if sensitive.Is(s.value) {
		s.report(e.reports, "Sensitive value of "+s.name, "The %s of %s is shown and stored, so it cannot be sensitive.", s.name, a)
		return 0, false
	}
	n, found := evaluation.WholeNumber(s.value)
	if found != "" {
		s.report(e.reports, "Invalid value of "+s.name, "%s, but the %s of %s must be a whole number of 64 bits.", found, s.name, a)
		return 0, false
	}
	return n, true
}
