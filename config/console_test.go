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
