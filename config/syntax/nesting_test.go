package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// nested are ways to nest an expression n levels deep.
var nested = map[string]func(n int) string{
	"brackets":    func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) },
	"parentheses": func(n int) string { return strings.Repeat("(", n) + "1" + strings.Repeat(")", n) },
	"braces":      func(n int) string { return strings.Repeat("{a=", n) + "1" + strings.Repeat("}", n) },
	"calls":       func(n int) string { return strings.Repeat("f(", n) + "1" + strings.Repeat(")", n) },
	"templates":   func(n int) string { return strings.Repeat(`"${`, n/2) + "1" + strings.Repeat(`}"`, n/2) },
	"directives": func(n int) string {
		return `"` + strings.Repeat("%{if true}", n-1) + strings.Repeat("%{endif}", n-1) + `"`
	},
	"not":          func(n int) string { return strings.Repeat("!", n) + "true" },
	"minus":        func(n int) string { return strings.Repeat("-", n) + "1" },
	"conditionals": func(n int) string { return strings.Repeat("true ? 1 : ", n) + "1" },
	"conditions":   func(n int) string { return strings.Repeat("(true ? ", n/2) + "1" + strings.Repeat(" : 1)", n/2) },
	"for":          func(n int) string { return strings.Repeat("[for x in ", n) + "[]" + strings.Repeat(": x]", n) },
	"index":        func(n int) string { return strings.Repeat("x[", n) + "0" + strings.Repeat("]", n) },
	"unary and parentheses": func(n int) string {
		return strings.Repeat("-(", n/2) + "1" + strings.Repeat(")", n/2)
	},
}

// long are ways to make an expression of n operators in a row.
var long = map[string]func(n int) string{
	"sum":                  func(n int) string { return "1" + strings.Repeat("+1", n) },
	"minus":                func(n int) string { return "1" + strings.Repeat(" - 1", n) },
	"product":              func(n int) string { return "1" + strings.Repeat("*1", n) },
	"and":                  func(n int) string { return "true" + strings.Repeat(" && true", n) },
	"indexes":              func(n int) string { return "x" + strings.Repeat("[y]", n) },
	"splats":               func(n int) string { return "x" + strings.Repeat("[*]", n) },
	"attribute splats":     func(n int) string { return "x" + strings.Repeat(".*", n) },
	"lines in parentheses": func(n int) string { return "(1" + strings.Repeat("\n+1", n) + ")" },
}

func TestNesting(t *testing.T) {
	t.Parallel()
	for name, expression := range nested {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			allowed := "a = " + expression(MaxNesting-10) + "\n"
			if diags := CheckNesting("f", []byte(allowed)); diags.HasErrors() {
				t.Errorf("%d levels are refused: %v", MaxNesting-10, diags)
			}
			survive(t, allowed)
			for _, n := range []int{MaxNesting + 20, 100_000} {
				diags := CheckNesting("f", []byte("a = "+expression(n)+"\n"))
				if len(diags) != 1 || diags[0].Summary != "Configuration nested too deeply" || diags[0].Subject.Start.Line != 1 {
					t.Errorf("%d levels: %v", n, diags)
				}
			}
		})
	}
}

func TestLongExpressions(t *testing.T) {
	t.Parallel()
	for name, expression := range long {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			allowed := "a = " + expression(maxChain-10) + "\n"
			if diags := CheckNesting("f", []byte(allowed)); diags.HasErrors() {
				t.Errorf("%d operators are refused: %v", maxChain-10, diags)
			}
			survive(t, allowed)
			diags := CheckNesting("f", []byte("a = "+expression(maxChain+10)+"\n"))
			if len(diags) != 1 || diags[0].Summary != "Expression too long" {
				t.Errorf("%d operators: %v", maxChain+10, diags)
			}
		})
	}
}

// survive parses and evaluates what the check lets pass.
func survive(t *testing.T, src string) {
	t.Helper()
	file, _ := hclsyntax.ParseConfig([]byte(src), "f", hcl.InitialPos)
	for _, attr := range file.Body.(*hclsyntax.Body).Attributes {
		attr.Expr.Variables()
		attr.Expr.Value(&hcl.EvalContext{Variables: map[string]cty.Value{"x": cty.EmptyTupleVal, "y": cty.Zero}})
	}
}

func TestNestedBlocks(t *testing.T) {
	t.Parallel()
	if diags := CheckNesting("f", []byte(strings.Repeat("a {\n", 100_000))); !diags.HasErrors() {
		t.Error("100,000 blocks in each other are not refused")
	}
	if diags := CheckNesting("f", []byte(strings.Repeat("a {\nb = [1, -2, !true]\n}\n", 10_000))); diags.HasErrors() {
		t.Errorf("10,000 blocks after each other are refused: %v", diags)
	}
}

func TestHugeNumbers(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]bool{
		"a = 1e600000000": true, "a = " + strings.Repeat("9", 5001): true, "a = 0." + strings.Repeat("9", 5000): true, "a = \"${1E+99999}\"": true, "a = -2.5e-10000": true,
		"a = 1e9999": false, "a = " + strings.Repeat("9", 5000): false, "a = \"" + strings.Repeat("9", 5001) + "\"": false, "a = \"1e600000000\"": false, "# 1e600000000": false, "a1e60000 = 1": false,
	} {
		if got := len(CheckNesting("f", []byte(src+"\n"))) > 0; got != want {
			t.Errorf("%s: refused %v, want %v", src, got, want)
		}
	}
	for src, want := range map[string]bool{
		`{"a": 1e600000000}`: true, `[` + strings.Repeat("9", 5001) + `]`: true, `[true, 1E-99999]`: true, `{"a": "${1e600000000}"}`: true,
		`[1e9999, false]`: false, `["` + strings.Repeat("9", 5001) + `"]`: false, `{"a": "1e600000000"}`: false,
	} {
		if got := len(checkJSONNesting("f", []byte(src))) > 0; got != want {
			t.Errorf("%s: refused %v, want %v", src, got, want)
		}
	}
}

func TestFlatSourcesPass(t *testing.T) {
	t.Parallel()
	for name, src := range map[string]string{
		"list":         "a = [" + strings.Repeat("-1, ", 10_000) + "]",
		"sums":         "a = [" + strings.Repeat("1 + 2,\n", 10_000) + "]",
		"conditionals": strings.Repeat("a = x ? 1 : 2\n", 10_000),
		"objects":      "a = {\n" + strings.Repeat("k = x ? !y : -z\n", 10_000) + "}",
		"directives":   "a = \"" + strings.Repeat("%{if x}y%{endif}", 10_000) + "\"",
		"heredoc":      "a = <<EOT\n" + strings.Repeat("((( [[[ {{{ ??? !!!\n", 10_000) + "EOT\n",
		"comments":     strings.Repeat("# [[[ ((( {{{\n", 10_000),
		"closed only":  strings.Repeat("]", 10_000),
	} {
		if diags := CheckNesting("f", []byte(src)); diags.HasErrors() {
			t.Errorf("%s: %v", name, diags)
		}
	}
}

func TestJSONNesting(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", MaxNesting+1)
	quoted := strings.ReplaceAll(deep, "[", `\u005b`)
	tests := map[string]struct {
		src  string
		want int // line of the diagnostic, 0: none
	}{
		"brackets":          {"{\n\"a\": " + strings.Repeat("[", 100_000), 2},
		"objects":           {strings.Repeat(`{"a":`, 100_000), 1},
		"allowed":           {strings.Repeat("[", MaxNesting) + strings.Repeat("]", MaxNesting), 0},
		"template":          {"{\n\n\"a\": \"${" + deep + "}\"}", 3},
		"escaped template":  {"{\n\"a\": \"\\u0024\\u007b" + quoted + "}\"}", 2},
		"brackets in text":  {`{"a": "` + deep + `"}`, 0},
		"key":               {`{"${` + deep + `}": 1}`, 1},
		"unclosed string":   {"{\"a\": \"\n" + deep, 2},
		"escape at the end": {`{"a": "` + strings.Repeat("x{", MaxNesting) + `\`, 0},
		"flat":              {"[" + strings.Repeat(`{"a": [1, "${x}"]},`, 10_000) + "1]", 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diags := checkJSONNesting("f", []byte(test.src))
			line := 0
			if len(diags) > 0 {
				line = diags[0].Subject.Start.Line
			}
			if line != test.want {
				t.Errorf("diagnostic on line %d, want %d: %v", line, test.want, diags)
			}
		})
	}
}

// FuzzNesting parses and evaluates whatever passes the checks: neither may
// exhaust the stack.
func FuzzNesting(f *testing.F) {
	for name := range nested {
		f.Add([]byte("a = "+nested[name](40)+"\n"), false)
	}
	f.Add([]byte(fmt.Sprintf(`{"a": "${%s}"}`, strings.Repeat("[", 40))), true)
	f.Fuzz(func(t *testing.T, src []byte, isJSON bool) {
		ctx := &hcl.EvalContext{Variables: map[string]cty.Value{"x": cty.EmptyTupleVal}}
		if isJSON {
			if checkJSONNesting("f", src).HasErrors() {
				return
			}
			if file, diags := json.Parse(src, "f"); !diags.HasErrors() {
				attrs, _ := file.Body.JustAttributes()
				for _, attr := range attrs {
					attr.Expr.Value(ctx)
				}
			}
			return
		}
		if !CheckNesting("f", src).HasErrors() {
			survive(t, string(src))
		}
	})
}
