package config

import (
	"strings"
	"testing"

	"assetform/config/sensitive"
	"assetform/config/syntax"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// TestMarksAreSoughtOnce would look through a large map for marks in each of
// the instances that read it.
func TestMarksAreSoughtOnce(t *testing.T) {
	t.Parallel()
	e := &evaluator{}
	plain := &scope{plain: &hcl.EvalContext{}, locals: map[string]*cell{
		"plain":  {state: unread, compute: func() cty.Value { return cty.StringVal("x") }},
		"secret": {state: unread, compute: func() cty.Value { return cty.TupleVal([]cty.Value{sensitive.Mark(cty.True)}) }},
	}}
	for src, want := range map[string]bool{"local.plain": true, "local.secret": false, "[local.secret, local.plain]": false} {
		expr, diags := syntax.ParseExpression("case", []byte(src))
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		b := e.bind(plain, expr, names{})
		if _, got := b.ctx.Variables[sensitive.NoSecrets]; got != want || e.readsSecret {
			t.Errorf("%s reads no secret: %t, want %t", src, got, want)
		}
	}
}

// TestDefaultsOfSensitiveNull have defaults of a module's variables take the
// place of a null that tells something.
func TestDefaultsOfSensitiveNull(t *testing.T) {
	t.Parallel()
	for _, letter := range []string{"k", "z"} {
		for _, variable := range []string{
			"variable \"text\" {\n  default  = \"x\"\n  nullable = false\n}\noutput \"text\" { value = issensitive(var.text) }",
			"variable \"text\" {\n  type = object({ a = optional(string, \"x\") })\n}\noutput \"text\" { value = issensitive(var.text.a) }",
		} {
			text := `startswith(var.key, "` + letter + `") ? null : "y"`
			if strings.Contains(variable, "object") {
				text = "{ a = " + text + " }"
			}
			p := mustLoad(t, map[string]string{
				"main.asset.hcl": "variable \"key\" {\n  default   = \"k\"\n  sensitive = true\n}\n" +
					"module \"m\" {\n  source = \"./m\"\n  text   = " + text + "\n}\noutput \"marked\" { value = module.m.text }\n",
				"m/m.asset.hcl": variable + "\n",
			})
			if len(p.Outputs) != 1 || p.Outputs[0].Value.False() {
				t.Errorf("%s with %q: the outputs are %#v; want true", text, letter, p.Outputs)
			}
		}
	}
}
