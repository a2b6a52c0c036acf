package render

import (
	"strings"
	"testing"
)

const valued = `variable "mood" {
  description = "The mood"
  default     = "calm"
}
locals {
  base = "painterly"
  a    = "sharp"
  b    = "soft"
}
image "a" {
  for_each = toset(["x", "y"])
  prompt   = "${local.base} ${each.key} ${local.a} ${var.mood}"
  output   = "a/${each.key}.png"
}
module "b" {
  for_each = toset(["x", "y"])
  source   = "./b"
  name     = each.key
  look     = "${local.base} ${each.key} ${local.b} ${var.mood}"
}
`

const valuedModule = `variable "name" {}
variable "look" {
  description = "The look"
}
locals {
  all = "${var.look}, in oil"
}
image "b" {
  prompt = local.all
  output = "b/${var.name}.png"
}
`

// TestCausesHaveOtherValues: what was written in other words and has the value
// that it had is no cause, however many assets use it.
func TestCausesHaveOtherValues(t *testing.T) {
	t.Parallel()
	const file, module = "main.asset.hcl", "b/b.asset.hcl"
	two := " changes 2 assets, 2 image credits"
	for _, tc := range []struct {
		name string
		edit func(p *project)
		want []string
	}{
		{"a local in other words", func(p *project) {
			p.edit(file, `"painterly"`, `join("", ["painter", "ly"])`).edit(file, "sharp", "crisp").edit(file, "soft", "blurred")
		}, []string{"local.a at main.asset.hcl:7" + two, "local.b at main.asset.hcl:8" + two}},
		{"a variable's description", func(p *project) {
			p.edit(file, "The mood", "What it feels like").edit(file, "sharp", "crisp").edit(file, "soft", "blurred")
		}, []string{"local.a at main.asset.hcl:7" + two, "local.b at main.asset.hcl:8" + two}},
		{"a variable's default in other words", func(p *project) {
			p.edit(file, `"calm"`, `"c${"al"}m"`).edit(file, "sharp", "crisp").edit(file, "soft", "blurred")
		}, []string{"local.a at main.asset.hcl:7" + two, "local.b at main.asset.hcl:8" + two}},
		{"a module's local in other words", func(p *project) {
			p.edit(module, `"${var.look}, in oil"`, `join(", ", [var.look, "in oil"])`).edit(file, "soft", "blurred")
		}, []string{"local.b at main.asset.hcl:8" + two}},
		{"a module's local", func(p *project) { p.edit(module, "in oil", "in ink") },
			[]string{"local.all at b/b.asset.hcl:6" + two}},
		{"a module's input", func(p *project) { p.edit(file, `${local.b} ${var.mood}"`, `${local.b}, very ${var.mood}"`) },
			[]string{"var.look at main.asset.hcl:19" + two}},
		{"another value in the same words", func(p *project) { p.edit(file, `"painterly"`, `"flat"`) },
			[]string{"local.base at main.asset.hcl:6 changes 4 assets, 4 image credits"}},
		{"a past that has errors", func(p *project) {
			p.past[file] = strings.Replace(valued, `"painterly"`, `nope()`, 1)
			p.edit(file, `"painterly"`, `"flat"`)
		}, []string{"local.base at main.asset.hcl:6 changes 4 assets, 4 image credits"}},
		{"a past that is no configuration", func(p *project) {
			p.past[file] = "}"
			p.edit(file, `"painterly"`, `"flat"`)
		}, []string{"local.base at main.asset.hcl:6 changes 4 assets, 4 image credits"}},
		{"a secret", func(p *project) {
			p.past[file] = strings.Replace(valued, `"calm"`, "\"calm\"\n  sensitive = true", 1)
			p.edit(file, `"calm"`, `"${"calm"}"`).edit(file, "sharp", "crisp")
		}, []string{"local.a at main.asset.hcl:7" + two}},
		{"a local that nothing uses", func(p *project) { p.edit(file, "locals {", "locals {\n  unused = 1").edit(file, "sharp", "crisp") },
			[]string{"local.a at main.asset.hcl:8" + two}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t, map[string]string{file: valued, module: valuedModule})
			tc.edit(p)
			p.want(tc.want...)
		})
	}
}
