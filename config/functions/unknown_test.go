package functions

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/customdecode"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// TestFunctionsInConditionsOfFor calls every function in the condition of a
// for, which HCL evaluates first with an element that is not known, in place
// of each argument of each case, of each element of an argument and as a part
// of a text. What comes of it is what comes of the call outside.
func TestFunctionsInConditionsOfFor(t *testing.T) {
	t.Parallel()
	ctx := functionContext(t)
	for name, cases := range allFunctionCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tried := 0
			for _, c := range cases {
				call := callOf(parseExpression(t, c[0]), name)
				if call == nil {
					continue
				}
				for _, part := range variableParts(ctx, name, call) {
					tried++
					checkCondition(t, ctx, name, c[0], part)
				}
			}
			if tried == 0 && name != "can" && name != "try" {
				t.Error("no case was tried")
			}
		})
	}
}

// callOf returns the call of a function that a case is about.
func callOf(expr hclsyntax.Expression, name string) (call *hclsyntax.FunctionCallExpr) {
	_ = hclsyntax.VisitAll(expr, func(n hclsyntax.Node) hcl.Diagnostics {
		if c, ok := n.(*hclsyntax.FunctionCallExpr); ok && c.Name == name && call == nil {
			call = c
		}
		return nil
	})
	return call
}

// variableParts are the arguments of a call and their elements, but for
// arguments that are expressions.
func variableParts(ctx *hcl.EvalContext, name string, call *hclsyntax.FunctionCallExpr) []hcl.Range {
	var parts []hcl.Range
	fn := ctx.Functions[name]
	for i, arg := range call.Args {
		param := fn.VarParam()
		if i < len(fn.Params()) {
			param = &fn.Params()[i]
		}
		if param == nil || param.Type == customdecode.ExpressionClosureType && name != "templatestring" {
			continue
		}
		parts = append(parts, arg.Range())
		if param.Type == customdecode.ExpressionClosureType {
			continue
		}
		switch arg := arg.(type) {
		case *hclsyntax.TupleConsExpr:
			for _, element := range arg.Exprs {
				parts = append(parts, element.Range())
			}
		case *hclsyntax.ObjectConsExpr:
			for _, item := range arg.Items {
				parts = append(parts, item.ValueExpr.Range())
			}
		}
	}
	return parts
}

func checkCondition(t *testing.T, ctx *hcl.EvalContext, name, src string, part hcl.Range) {
	t.Helper()
	from, to := part.Start.Byte, part.End.Byte
	value := src[from:to]
	expected := src
	if _, diags := parseExpression(t, src).Value(ctx); diags.HasErrors() {
		expected = "0"
	}
	references := []string{"e"}
	if v, diags := parseExpression(t, value).Value(ctx); !diags.HasErrors() && v.Type() == cty.String && !v.IsNull() && !strings.HasPrefix(src, "templatestring(") {
		references = append(references, `"${e}"`) // a string of which nothing is known but its type
	}
	for _, reference := range references {
		call := src[:from] + reference + src[to:]
		outside := fmt.Sprintf(`[for e in [%s] : [%s]]`, value, call)
		inside := fmt.Sprintf(`[for e in [%s] : 1 if [%s] == [%s]]`, value, call, expected)
		_, want := parseExpression(t, outside).Value(ctx)
		got, diags := parseExpression(t, inside).Value(ctx)
		switch {
		case name == "distinct" && diags.HasErrors() && strings.Contains(diags[0].Detail, "must have the same type"):
			// Package cty converts no list of lists of which one is not known.
		case want.HasErrors() && (!diags.HasErrors() || want[0].Detail != diags[0].Detail):
			t.Errorf("%s: %v, but as a condition: %v", call, want, diags)
		case !want.HasErrors() && (diags.HasErrors() || !got.IsWhollyKnown()):
			t.Errorf("%s = %#v, %v; want what it is outside of the condition", inside, got, diags)
		case !want.HasErrors() && expected == src && !got.IsMarked() && got.LengthInt() != 1:
			t.Errorf("%s does not hold", inside)
		}
	}
}

// TestConditionsOfFor has in its conditions what is not a call with a value
// alone.
func TestConditionsOfFor(t *testing.T) {
	t.Parallel()
	ctx := functionContext(t)
	for src, want := range map[string]string{
		`[for f in fileset(".", "*.txt") : f if length(regexall("hello", f)) > 0]`:                                `["hello.txt"]`,
		`[for i in csvdecode("id,tags\na,x\nb,\"x,y\"") : i.id if length(split(",", i.tags)) > 1]`:                `["b"]`,
		`[for r in ["a", "b"] : r if jsondecode("[\"${r}\"]")[0] == "a"]`:                                         `["a"]`,
		`[for r in ["a", "b"] : r if alltrue([r == "a"])]`:                                                        `["a"]`,
		`[for r in ["a", "b"] : r if anytrue([r == "a", false])]`:                                                 `["a"]`,
		`[for c in ["a", "b"] : c if join(",", [for x in ["a"] : x if x == c]) == "a"]`:                           `["a"]`,
		`[for c in ["a", "b"] : c if can(regex("^a", c))]`:                                                        `["a"]`,
		`[for c in ["a", "b"] : c if try(tobool(regex("^a", c) == "a"), false)]`:                                  `["a"]`,
		`[for c in ["a", "1"] : c if upper(try(tolist(c), "x")) == "X"]`:                                          `["a", "1"]`,
		`[for c in ["a", "1"] : c if upper(try({ n = tonumber("${c}") }, "x")) == "X" || true]`:                   `["a", "1"]`,
		`[for c in ["1", "x"] : c if try(tonumber(c), 0) > 0]`:                                                    `["1"]`,
		`[for c in ["a", "b"] : c if distinct(["${c}", "${c}!"])[1] == "a!"]`:                                     `["a"]`,
		`[for c in ["a", "b"] : c if matchkeys(["x"], ["${c}"], ["${c}"])[0] == "x"]`:                             `["a", "b"]`,
		`[for c in ["a", "b"] : c if index(["${c}"], "a") == 0 || true]`:                                          `["a", "b"]`,
		`[for c in ["hello.txt", "b"] : c if fileexists(c) && file(c) != ""]`:                                     `["hello.txt"]`,
		`[for c in ["a", "b"] : c if templatefile("hello.tmpl", { name = c }) == "Hello, a!\n"]`:                  `["a"]`,
		`[for c in ["a", "b"] : c if templatefile("list.tmpl", { ports = [c] }) == "port a\n"]`:                   `["a"]`,
		`[for c in ["a", "b"] : c if templatestring(t.loop, { names = [for n in [c] : n if n != "b"] }) == "a;"]`: `["a"]`,
		`[for c in ["a", "b"] : c if "%{ if c == "a" }x%{ endif }" == "x"]`:                                       `["a"]`,
		`[for c in ["a", "b"] : c if (c == "a" ? max(1, 2) : length(c)) == 2]`:                                    `["a"]`,
		`[for c in [["a"], ["b", "c"]] : c[0] if max([for x in c : length(x)]...) == length(c)]`:                  `["a"]`,
		`[for c in [{ t = ["a"] }, { t = [] }] : c.t[0] if length(c.t[*]) > 0]`:                                   `["a"]`,
		`[for c in ["a", "b"] : [for d in ["a", "b"] : d if contains([c], d) && startswith(c, d)]]`:               `[["a"], ["b"]]`,
		`{ for k, v in { a = [1], b = [] } : k => v if length(flatten([v, [v]])) > 0 }`:                           `{ a = [1] }`,
		`[for c in ["a", "b"] : c if issensitive(c)]`:                                                             `[]`,
		`[for c in ["a"] : c if lookup({ a = true }, c)]`:                                                         `["a"]`,
		`[for c in ["a"] : c if sum([for n in [c] : n == "a" ? 1 : 0]) == 1]`:                                     `["a"]`,
		`[for c in ["a"] : c if formatlist("%s%s", [c], ["x"])[0] == "ax"]`:                                       `["a"]`,
		`[for c in ["a"] : c if length(setproduct([c, "b"], ["x"])) == 2]`:                                        `["a"]`,
		`[for c in ["a"] : c if replace(format("%100000s", ""), c, format("%1000s", "")) != ""]`:                  `["a"]`,
		`[for c in ["a"] : c if upper([c]) == "A"]`:                                                               `error: string required`,
	} {
		checkCase(t, ctx, src, want)
	}
}

// TestUnknownArguments keeps what a function can say of the type of an
// argument that is not known.
func TestUnknownArguments(t *testing.T) {
	t.Parallel()
	self := cty.UnknownVal(cty.Object(map[string]cty.Type{"width": cty.Number, "height": cty.Number, "media_type": cty.String}))
	ctx := functionContext(t).NewChild()
	ctx.Variables = map[string]cty.Value{"self": self}
	for src, message := range map[string]string{
		`alltrue([self.width > 10, self.height > 10])`:      "",
		`replace(self.media_type, "/image./", "") == "png"`: "",
		`split("/", self.media_type)[1] == "png"`:           "",
		`indent(self.width, "a") == "a"`:                    "",
		`element(self.width, 0) == 1`:                       "cannot read elements",
		`regex("(", self.media_type) == ""`:                 "invalid regexp pattern",
	} {
		v, diags := parseExpression(t, src).Value(ctx)
		switch {
		case message == "" && (diags.HasErrors() || v.IsKnown()):
			t.Errorf("%s = %#v, %v; want an unknown value", src, v, diags)
		case message != "" && (!diags.HasErrors() || !strings.Contains(diags[0].Detail, message)):
			t.Errorf("%s = %#v, %v; want an error with %q", src, v, diags, message)
		}
	}
}

// TestUnknownResultsKeepMarks gives every function an argument that is not
// known beside one that is sensitive.
func TestUnknownResultsKeepMarks(t *testing.T) {
	t.Parallel()
	failing := guard(function.New(&function.Spec{
		VarParam: &function.Parameter{Name: "args", Type: cty.DynamicPseudoType},
		Type:     function.StaticReturnType(cty.String),
		Impl:     func([]cty.Value, cty.Type) (cty.Value, error) { panic("not expected") },
	}), nil)
	unknown := cty.TupleVal([]cty.Value{cty.UnknownVal(cty.String)})
	for _, secret := range []cty.Value{sensitive.Mark(cty.StringVal("s")), cty.TupleVal([]cty.Value{sensitive.Mark(cty.StringVal("s"))})} {
		if v, err := failing.Call([]cty.Value{unknown, secret}); err != nil || v.IsKnown() || !v.IsMarked() {
			t.Errorf("the result is %#v, %v; want an unknown one with a mark", v, err)
		}
	}
}

// TestNoStackInErrors lets a panic come from where none is expected.
func TestNoStackInErrors(t *testing.T) {
	t.Parallel()
	panics := func(v any) function.Function {
		return guard(function.New(&function.Spec{
			Params: []function.Parameter{{Name: "list", Type: cty.DynamicPseudoType, AllowUnknown: true}},
			Type:   func([]cty.Value) (cty.Type, error) { panic(v) },
			Impl:   func([]cty.Value, cty.Type) (cty.Value, error) { panic(v) },
		}), nil)
	}
	ctx := &hcl.EvalContext{
		Functions: map[string]function.Function{"broken": panics("no way out")},
		Variables: map[string]cty.Value{"lists": cty.ListVal([]cty.Value{cty.UnknownVal(cty.List(cty.String))})},
	}
	for _, name := range []string{"can", "try"} {
		ctx.Functions[name] = pure()[name]
	}
	for _, src := range []string{`broken(1)`, `broken([1])`, `try(broken(1))`} {
		_, diags := sensitive.Evaluate(parseExpression(t, src), ctx)
		if !diags.HasErrors() || strings.Contains(diags.Error(), "goroutine") || strings.Contains(diags.Error(), ".go:") {
			t.Errorf("%s: %v; want an error without a stack", src, diags)
		}
	}
	if v, diags := sensitive.Evaluate(parseExpression(t, `broken(lists)`), ctx); diags.HasErrors() || v.IsKnown() {
		t.Errorf("broken(lists) = %#v, %v; want an unknown value", v, diags)
	}
	if !slices.ContainsFunc([]cty.Value{ctx.Variables["lists"]}, sensitive.HoldsUnknown) {
		t.Error("the list is said to be known")
	}
}
