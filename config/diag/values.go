package diag

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

// maxValueText is how many bytes of a string are shown as a value.
const maxValueText = 300

// FunctionCall tells which function was being called.
type FunctionCall struct {
	CalledAs  string             `json:"called_as"`
	Signature *FunctionSignature `json:"signature,omitempty"`
}

// FunctionSignature describes a function as Terraform's metadata functions
// command does.
type FunctionSignature struct {
	Name          string              `json:"name"`
	Params        []FunctionParameter `json:"params"`
	VariadicParam *FunctionParameter  `json:"variadic_param,omitempty"`
	ReturnType    string              `json:"return_type"`
}

// FunctionParameter is a parameter of a function.
type FunctionParameter struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// explain adds the values of the references in the expression, and the
// function that was called.
func (d *describer) explain(diag *hcl.Diagnostic, s *Snippet) {
	if diag.Expression == nil || diag.EvalContext == nil {
		return
	}
	seen := map[string]bool{}
	for _, traversal := range diag.Expression.Variables() {
		v, diags := traversal.TraverseAbs(diag.EvalContext)
		if diags.HasErrors() {
			continue // it is what another diagnostic is about
		}
		name := bounded(CleanLine(d.foreign(TraversalText(traversal))), maxName)
		if seen[name] || !v.IsKnown() {
			continue
		}
		if seen[name] = true; len(seen) > maxValues {
			break
		}
		s.Values = append(s.Values, Value{Traversal: name, Statement: "is " + d.foreign(valueText(v, d.printer.Redactor))})
	}
	slices.SortFunc(s.Values, func(a, b Value) int { return strings.Compare(a.Traversal, b.Traversal) })
	if call, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](diag); ok && call.CalledFunctionName() != "" {
		s.FunctionCall = describeCall(call.CalledFunctionName(), diag.EvalContext)
	}
}

func describeCall(name string, ctx *hcl.EvalContext) *FunctionCall {
	call := &FunctionCall{CalledAs: name}
	for ; ctx != nil; ctx = ctx.Parent() {
		if fn, ok := ctx.Functions[name]; ok {
			call.Signature = describeFunction(name, fn)
			break
		}
	}
	return call
}

func describeFunction(name string, fn function.Function) *FunctionSignature {
	sig := &FunctionSignature{Name: name, Params: []FunctionParameter{}, ReturnType: "dynamic"}
	var unknown []cty.Value
	for _, p := range fn.Params() {
		sig.Params = append(sig.Params, FunctionParameter{p.Name, typeText(p.Type)})
		unknown = append(unknown, cty.UnknownVal(p.Type))
	}
	if t, err := fn.ReturnTypeForValues(unknown); err == nil {
		sig.ReturnType = typeText(t)
	}
	if p := fn.VarParam(); p != nil {
		sig.VariadicParam = &FunctionParameter{p.Name, typeText(p.Type)}
	}
	return sig
}

func typeText(t cty.Type) string {
	raw, err := ctyjson.MarshalType(t)
	if err != nil {
		return "dynamic" // an expression: it has no type of its own
	}
	if text, err := strconv.Unquote(string(raw)); err == nil {
		return text
	}
	return string(raw)
}

// TraversalText writes a reference as it stands in the source.
func TraversalText(traversal hcl.Traversal) string {
	var b strings.Builder
	for _, step := range traversal {
		switch step := step.(type) {
		case hcl.TraverseRoot:
			b.WriteString(step.Name)
		case hcl.TraverseAttr:
			b.WriteString("." + step.Name)
		case hcl.TraverseIndex:
			if step.Key.Type().IsPrimitiveType() {
				b.WriteString("[" + valueText(step.Key, nil) + "]")
			} else {
				b.WriteString("[...]")
			}
		}
	}
	return b.String()
}

// valueText describes a value in a few words. It shows nothing of what is in
// a collection.
func valueText(v cty.Value, r *Redactor) string {
	if v.IsMarked() {
		return Sensitive
	}
	t := v.Type()
	switch {
	case v.IsNull():
		return "null"
	case t == cty.Bool:
		return strconv.FormatBool(v.True())
	case t == cty.Number:
		return v.AsBigFloat().Text('g', 10)
	case t == cty.String:
		s := r.Text(v.AsString()) // before a secret is cut in two
		if len(s) > maxValueText {
			s = s[:runeStart(s, maxValueText)] + "…"
		}
		return strconv.Quote(s)
	case t.IsObjectType():
		return objectText(t)
	case (t.IsCollectionType() || t.IsTupleType()) && v.LengthInt() == 0:
		return "empty " + t.FriendlyName()
	case t.IsCollectionType() || t.IsTupleType():
		return t.FriendlyName() + " with " + Count(v.LengthInt(), "element")
	}
	return t.FriendlyName()
}

func objectText(t cty.Type) string {
	attributes := t.AttributeTypes()
	switch len(attributes) {
	case 0:
		return "object with no attributes"
	case 1:
		for name := range attributes {
			return fmt.Sprintf("object with 1 attribute %q", name)
		}
	}
	return "object with " + Count(len(attributes), "attribute")
}
