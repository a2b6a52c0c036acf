package config

import (
	"assetform/config/evaluation"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// literal evaluates an attribute that is part of a declaration: a constant,
// because nothing has a value yet. It returns otherwise when it is not one.
func literal[T bool | string](d *decoder, attr *hcl.Attribute, otherwise T) T {
	v, diags := sensitive.Evaluate(attr.Expr, nil)
	if diags.HasErrors() {
		for _, diag := range diags {
			if len(attr.Expr.Variables()) > 0 {
				diag.Summary = "Constant value required"
				diag.Detail = "The attribute " + attr.Name + " is part of the declaration, so it can use no variables."
			}
		}
		d.diags = append(d.diags, diags...)
		return otherwise
	}
	if v.IsNull() {
		return otherwise
	}
	switch any(otherwise).(type) {
	case bool:
		if b, err := convert.Convert(v, cty.Bool); err == nil {
			return any(b.True()).(T)
		}
		d.report(attr.Expr.Range(), "Invalid value of "+attr.Name, "Found %s, but %s must be true or false.",
			evaluation.TypeName(v.Type()), attr.Name)
	case string:
		if s, err := convert.Convert(v, cty.String); err == nil {
			return any(s.AsString()).(T)
		}
		d.report(attr.Expr.Range(), "Invalid value of "+attr.Name, "Found %s, but %s must be a string.",
			evaluation.TypeName(v.Type()), attr.Name)
	}
	return otherwise
}
