package config

import (
	"strings"
	"testing"
)

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
