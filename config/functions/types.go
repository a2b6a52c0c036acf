package functions

import (
	"errors"
	"fmt"
	"strings"

	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
)

func typeFunctions() []entry {
	return []entry{
		{name: "can", fn: canFunc, description: "Reports whether an expression has a value, that is, no error."},
		{name: "issensitive", fn: isSensitiveFunc, description: "Reports whether a value is marked as sensitive."},
		{name: "nonsensitive", fn: nonSensitiveFunc, result: "any", description: "Takes the mark from a value that is marked as sensitive though it reveals nothing."},
		{name: "sensitive", fn: sensitiveFunc, result: "any", description: "Marks a value as sensitive: it is shown and stored nowhere."},
		{name: "tobool", fn: stdlib.MakeToFunc(cty.Bool), result: "bool", description: "Converts a value to a bool."},
		{name: "tolist", fn: stdlib.MakeToFunc(cty.List(cty.DynamicPseudoType)), result: "list(any)", description: "Converts a value to a list."},
		{name: "tomap", fn: stdlib.MakeToFunc(cty.Map(cty.DynamicPseudoType)), result: "map(any)", description: "Converts a value to a map."},
		{name: "tonumber", fn: stdlib.MakeToFunc(cty.Number), bound: boundDigits, result: "number", description: "Converts a value to a number."},
		{name: "toset", fn: stdlib.MakeToFunc(cty.Set(cty.DynamicPseudoType)), result: "set(any)", description: "Converts a value to a set."},
		{name: "tostring", fn: stdlib.MakeToFunc(cty.String), result: "string", description: "Converts a value to a string."},
		{name: "try", fn: tryFunc, result: "any", description: "Returns the value of the first expression that has no error."},
	}
}

// canFunc is hcl's can with the marks of what decides.
var canFunc = function.New(&function.Spec{
	Params: []function.Parameter{{Name: "expression", Type: customdecode.ExpressionClosureType}},
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		v, secret, diags := sensitive.Attempt(args[0])
		can := cty.BoolVal(!diags.HasErrors())
		if !diags.HasErrors() && !v.IsKnown() {
			can = cty.UnknownVal(cty.Bool)
		}
		return sensitive.MarkIf(can, secret || v.IsMarked()), nil
	},
})

// tryFunc is hcl's try, which evaluates each expression twice, once for its
// type: calls within calls would take time exponential in their depth.
var tryFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "expressions", Type: customdecode.ExpressionClosureType},
	Type:     function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if len(args) == 0 {
			return cty.NilVal, errors.New("at least one argument is required")
		}
		problems := make([]hcl.Diagnostics, len(args))
		secret := false
		for i, arg := range args {
			v, decides, diags := sensitive.Attempt(arg)
			secret = secret || decides
			if !diags.HasErrors() {
				return sensitive.MarkIf(v, secret), nil
			}
			problems[i] = diags
		}
		var b strings.Builder
		b.WriteString("no expression succeeded:\n")
		var failed hcl.Diagnostics
		for i, diags := range problems { // only now: most of them are passed over
			failed = append(failed, sensitive.Explain(customdecode.ExpressionClosureFromVal(args[i]).Expression, diags)...)
		}
		for _, d := range sensitive.Withhold(failed) {
			if d.Subject != nil {
				fmt.Fprintf(&b, "- %s (at %s)\n  %s\n", d.Summary, d.Subject, d.Detail)
			} else {
				fmt.Fprintf(&b, "- %s\n  %s\n", d.Summary, d.Detail)
			}
		}
		b.WriteString("\nAt least one expression must produce a successful result")
		return cty.NilVal, errors.New(b.String())
	},
})

// anyParameter takes every value as it is.
func anyParameter(name string) []function.Parameter {
	return []function.Parameter{{
		Name: name, Type: cty.DynamicPseudoType,
		AllowNull: true, AllowUnknown: true, AllowDynamicType: true, AllowMarked: true,
	}}
}

var sensitiveFunc = function.New(&function.Spec{
	Params: anyParameter("value"),
	Type:   function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return sensitive.Mark(args[0]), nil
	},
})

// nonSensitiveFunc takes the mark from the value itself; marks of elements
// stay, as in Terraform.
var nonSensitiveFunc = function.New(&function.Spec{
	Params: anyParameter("value"),
	Type:   function.StaticReturnType(cty.DynamicPseudoType),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return sensitive.Unmark(args[0]), nil
	},
})

var isSensitiveFunc = function.New(&function.Spec{
	Params: anyParameter("value"),
	Type:   function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if !args[0].IsKnown() && !args[0].IsMarked() {
			return cty.UnknownVal(cty.Bool), nil
		}
		return cty.BoolVal(sensitive.Marked(args[0])), nil
	},
})
