package config

import (
	"fmt"

	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// validate checks the validation blocks of a variable.
func (x *moduleEvaluator) validate(m *moduleInstance, v *variableDecl) {
	value := m.scope.Variables[v.name].Value()
	if !value.IsKnown() || m.scope.Path == "" && x.given.missing[v.name] {
		return
	}
	blocks := v.checks
	if v.dynamic {
		blocks = expandBlocks(x.ev, x.reports, m.scope, v.body, variableSchema)
	}
	for _, block := range blocks {
		content, diags := checkSchema.content(block.Body, false)
		x.reports.Add(diags...)
		decl, ok := check(content, block.DefRange)
		if !ok {
			continue
		}
		c := x.ev.BindCheck(m.scope, decl.condition, decl.message, evaluation.Names{})
		diags = c.Evaluate(nil, cty.NilVal, "Invalid value for variable", m.scope.Qualify("var."+v.name))
		pointAtArgument(m, v, decl, diags)
		x.reports.Add(diags...)
	}
}

// pointAtArgument lets the report of a validation that does not hold show the
// line that gave a module's variable its value, rather than the rule.
func pointAtArgument(m *moduleInstance, v *variableDecl, decl *checkDecl, diags hcl.Diagnostics) {
	at := m.scope.Variables[v.name].Range
	for _, d := range diags {
		if d.Summary == "Invalid value for variable" && at != v.rng {
			d.Detail += fmt.Sprintf(" The rule stands at %s.", diag.Place(decl.rng))
			d.Subject, d.Expression, d.EvalContext = at.Ptr(), nil, nil
		}
	}
}

// output evaluates an output block.
func (x *moduleEvaluator) output(m *moduleInstance, decl *outputDecl) cty.Value {
	if decl.value == nil {
		return cty.DynamicVal
	}
	v := x.ev.Evaluate(m.scope, decl.value.Expr)
	if decl.sensitive && v.IsKnown() {
		v = sensitive.Mark(v)
		x.watched.noteSecret(v)
	}
	return v
}

// outputs are those of the root module with their values.
func (m *moduleInstance) outputs(reports *evaluation.Reports) []OutputValue {
	var list []OutputValue
	for _, name := range sortedKeys(m.scope.Outputs) {
		decl, v := m.mod.outputs[name], m.scope.Outputs[name].Value()
		if !v.IsWhollyKnown() {
			continue
		}
		if sensitive.Is(v) && !decl.sensitive {
			reports.Report(decl.value.Expr.Range(), "Output holds sensitive value",
				"The value of output %q is sensitive. Set sensitive = true, so that it is shown only on demand, or leave the sensitive part out.", name)
			continue
		}
		list = append(list, OutputValue{
			Name: name, Description: decl.description, Sensitive: decl.sensitive, Value: sensitive.Unmarked(v), Range: decl.rng,
		})
	}
	return list
}
