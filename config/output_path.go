package config

import (
	"assetform/config/evaluation"
	"assetform/config/pathname"
	"assetform/config/sensitive"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// evaluateOutput evaluates the path of the file that an asset writes.
func (e *evaluator) evaluateOutput(x *prepared, inst *evaluation.Instance, spec *Spec) bool {
	s, set := e.own(x, "output", inst)
	if !set {
		if b, declared := x.attrs["output"]; declared {
			e.reports.ReportValue(b, inst, "Missing output of asset", "The output of %s is null. Give the path of the file to write.", spec.Address)
		}
		return false // otherwise reported with the block's other attributes
	}
	spec.OutputRange = s.at()
	switch {
	case !s.value.IsKnown():
		return false
	case sensitive.Is(s.value):
		return e.refuseSensitive(s, spec)
	}
	v, err := convert.Convert(s.value, cty.String)
	if err != nil {
		s.report(e.reports, "Invalid value of output", "Found %s, but the output of %s must be the path of a file.",
			s.value.Type().FriendlyName(), spec.Address)
		return false
	}
	full, err := pathname.Output(x.block.mod.mod.dir, v.AsString(), string(spec.Address.Kind))
	if err != nil {
		s.report(e.reports, "Invalid path of output", "The output %q of %s cannot be used: %s.", v.AsString(), spec.Address, err)
		return false
	}
	spec.Output = pathname.Relative(e.rootDir, full)
	return true
}
