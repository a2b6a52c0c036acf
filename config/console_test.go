package config

import (
	"strings"
	"testing"
)

func TestEval(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, map[string]string{"main.asset.hcl": `
variable "v" { default = [1, 2] }
image "a" {
  prompt = "x"
  output = "a.png"
}
`})
	v, diags := p.Eval("[for n in var.v : n * 2][1] + length(image.a.path)")
	if diags.HasErrors() || jsonText(t, v) != "9" {
		t.Errorf("%#v %s", v, describe(diags))
	}
	for _, src := range []string{"", "1 +", "image.b", "each.key", "self", "nothing()", strings.Repeat("(", 10_000), "\xff"} {
		if _, diags := p.Eval(src); !diags.HasErrors() {
			t.Errorf("%.20q: no error", src)
		}
	}
	if got := strings.Join(p.Complete("im"), " "); got != "image.a" {
		t.Error(got)
	}
	broken, _ := loadFiles(t, map[string]string{"main.asset.hcl": "image {"})
	if _, diags := broken.Eval("1"); !diags.HasErrors() {
		t.Error("evaluated in a broken project")
	}
}

// A set may hold null, which is then a key of its own iteration.
func TestSetWithNull(t *testing.T) {
	t.Parallel()
	p, diags := loadFiles(t, map[string]string{"main.asset.hcl": "locals {\n  a = toset([null, \"a\"])\n  b = jsonencode(local.a)\n}\n"})
	if diags.HasErrors() {
		t.Fatal(describe(diags))
	}
	if v, diags := p.Eval("local.b"); diags.HasErrors() || v.AsString() != `["a",null]` {
		t.Errorf("the set is %#v, %s", v, describe(diags))
	}
}

func TestTypeInConsole(t *testing.T) {
	t.Parallel()
	p, _ := loadFiles(t, map[string]string{"main.asset.hcl": "variable \"s\" {\n  sensitive = true\n  default = { hunter2 = 1 }\n}\nlocals {\n  rows = csvdecode(\"id\\na\")\n}\n"})
	for src, want := range map[string]string{
		`type("a")`: "string", `type([1, "a"])`: "tuple([number,string])", `type(local.rows)`: "list(object({id=string}))",
		`type(toset(["a"]))`: "set(string)", `type({ a = true })`: "object({a=bool})", `type(null)`: "any",
	} {
		v, diags := p.Eval(src)
		if text, ok := TypeText(v); diags.HasErrors() || !ok || text != want {
			t.Errorf("%s is %q, want %q; %s", src, text, want, describe(diags))
		}
	}
	for _, src := range []string{`[type(1)]`, `type()`, `type(1, 2)`, `type(nothing.there)`} {
		if _, diags := p.Eval(src); !diags.HasErrors() {
			t.Errorf("%s is no error", src)
		}
	}
	if v, _ := p.Eval("type(var.s)"); !v.ContainsMarked() {
		t.Error("the type of something sensitive is shown")
	}
}
