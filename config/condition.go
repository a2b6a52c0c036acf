package config

import (
	"assetform/config/evaluation"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// selfNames are what a postcondition can read of a result.
var selfNames = []string{"bytes", "duration", "height", "media_type", "width"}

// selfValue is the object that postconditions call self.
func selfValue(s Self) cty.Value {
	return cty.ObjectVal(map[string]cty.Value{
		"width":      cty.NumberIntVal(int64(s.Width)),
		"height":     cty.NumberIntVal(int64(s.Height)),
		"bytes":      cty.NumberIntVal(s.Bytes),
		"duration":   cty.NumberFloatVal(s.Duration),
		"media_type": cty.StringVal(s.MediaType),
	})
}

// unknownSelf stands for the result before there is one: type errors in a
// postcondition are reported before anything is paid for.
var unknownSelf = cty.UnknownVal(selfValue(Self{}).Type())

// preparePostconditions tries the postconditions with a result of which only
// the types are known, and keeps them for the real one.
func (e *evaluator) preparePostconditions(checks []evaluation.Check, inst *evaluation.Instance, spec *Spec) bool {
	all := true
	for _, c := range checks {
		diags, ok := c.Try(inst, unknownSelf)
		e.reports.Add(diags...)
		all = all && ok
	}
	subject := spec.Address.String()
	spec.checks = func(self Self) hcl.Diagnostics {
		defer e.opts.Watch.Begin(e.watched.place)()
		var diags hcl.Diagnostics
		for _, c := range checks {
			e.watched.position.Set(c.Condition.Range())
			diags = append(diags, c.Evaluate(inst, selfValue(self), "Postcondition failed", subject)...)
		}
		return diags
	}
	return all
}
