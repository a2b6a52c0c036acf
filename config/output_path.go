package config

import (
	"strings"

	"assetform/config/evaluation"
	"assetform/config/pathname"
	"assetform/config/sensitive"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// output evaluates the path of the file that an asset writes.
func (d *draft) output() bool {
	s, set := d.own("output")
	if !set {
		if attr := d.x.attr("output"); attr != nil {
			d.reports.ReportValue(attr.bound, d.inst, "Missing output of asset", "The output of %s is null. Give the path of the file to write.", d.spec.Address)
		}
		return false // otherwise reported with the block's other attributes
	}
	d.spec.OutputRange = s.at()
	switch {
	case !s.value.IsKnown():
		return false
	case sensitive.Is(s.value):
		return d.refuseSensitive(s)
	}
	v, err := convert.Convert(s.value, cty.String)
	if err != nil {
		s.report(d.reports, "Invalid value of output", "Found %s, but the output of %s must be the path of a file.",
			evaluation.TypeName(s.value.Type()), d.spec.Address)
		return false
	}
	if strings.HasPrefix(v.AsString(), "~/") {
		s.report(d.reports, "Invalid path of output", "The output %q of %s cannot be used: nothing stands for a home directory here, and a directory named ~ is not meant. "+
			"Write the path relative to the file it stands in.", v.AsString(), d.spec.Address)
		return false
	}
	full, err := pathname.Output(d.x.block.module.mod.dir, v.AsString(), string(d.spec.Address.Kind))
	if err != nil {
		s.report(d.reports, "Invalid path of output", "The output %q of %s cannot be used: %s.%s", v.AsString(), d.spec.Address, err, d.row())
		return false
	}
	if problem := d.keyProblem(s, v.AsString()); problem != "" {
		s.report(d.reports, "Invalid path of output", "The output %q of %s cannot be used: %s.%s", v.AsString(), d.spec.Address, problem, d.row())
		return false
	}
	d.spec.Dir, d.spec.Output = d.assets.rootDir, pathname.Relative(d.assets.rootDir, full)
	return true
}
