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
func (d *draft) preparePostconditions(checks []evaluation.Check) bool {
	all := true
	for _, c := range checks {
		diags, ok := c.Try(d.inst, unknownSelf)
		d.reports.Add(diags...)
		all = all && ok
	}
	subject, inst := d.spec.Address.String(), d.inst
	watched, watch := d.assets.watched, d.assets.watch
	d.spec.checks = func(self Self) hcl.Diagnostics {
		defer watch.Begin(watched.place)()
		var diags hcl.Diagnostics
		for _, c := range checks {
			watched.position.Set(c.Condition.Range())
			diags = append(diags, c.Evaluate(inst, selfValue(self), "Postcondition failed", subject)...)
		}
		return diags
	}
	return all
}
