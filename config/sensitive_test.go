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

// TestIndexInFor has what a for looks up be as sensitive as what it goes over.
func TestIndexInFor(t *testing.T) {
	t.Parallel()
	for expr, secret := range map[string]bool{
		"[for i in range(2) : local.list[i]]":                                        false,
		"{ for k, i in { a = 0 } : k => local.list[i] }":                             false,
		"[for k in keys(local.map) : local.map[k]]":                                  false,
		"[for l in [local.list] : [for i in [0, 1] : l[i]]]":                         false,
		"[for local in [0, 1] : [\"x\", \"y\"][local]]":                              false,
		"{ for l in [{ k = \"a\" }] : l.k => local.map[l.k] }":                       false,
		"[for i in local.secret : local.list[i]]":                                    true,
		"[for i, s in local.secret : local.list[s]]":                                 true,
		"[for i in [0, 1] : local.list[var.n]]":                                      true,
		"[for i in [0, 1] : local.list[i + var.n - 1]]":                              true,
		"[for l in [local.secret] : [for i in l : local.list[i]]]":                   true,
		"[for local in [local.secret] : [for i in local : [\"x\", \"y\"][i]]]":       true,
		"[for local in local.secret : [\"x\", \"y\"][local]]":                        true,
		"[for i in [for n in local.secret : n] : local.list[i]]":                     true,
		"[for local in [0] : [for i in [for n in [var.n] : n] : [\"x\", \"y\"][i]]]": true,
		"{ for k, i in { a = var.n } : k => local.list[i] }":                         true,
	} {
		p := mustLoad(t, map[string]string{"main.asset.hcl": `
variable "n" {
  default   = 1
  sensitive = true
}
locals {
  list   = ["x", "y"]
  map    = { a = "x" }
  secret = [0, var.n]
  looked = ` + expr + `
}
output "marked" {
  sensitive = true
  value     = issensitive(jsonencode(local.looked))
}
`})
		if len(p.Outputs) != 1 || p.Outputs[0].Value.True() != secret {
			t.Errorf("%s: the outputs are %#v; want sensitive: %v", expr, p.Outputs, secret)
		}
	}
}
