package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config/sensitive"

	"github.com/zclconf/go-cty/cty"
)

// TestPrecedence gives one variable a value in every place, and takes them
// away from the strongest on.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	main := "variable \"v\" {\n  type    = string\n  default = \"default\"\n}\noutput \"v\" { value = var.v }\n"
	varFile := filepath.Join(t.TempDir(), "x.vars.hcl")
	if err := os.WriteFile(varFile, []byte("v = \"file\"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	file, flag := VarFlag{File: varFile}, VarFlag{Name: "v", Value: "flag"}
	for _, test := range []struct {
		want     string
		flags    []VarFlag
		auto     string
		autoJSON string
		env      []string
		recorded map[string]cty.Value
	}{
		{want: "default"},
		{want: "env", env: []string{"PATH=/bin", "ASSETFORM_VAR_v=env", "ASSETFORM_VAR_unknown=x"}},
		{want: "auto", env: []string{"ASSETFORM_VAR_v=env"}, auto: "v = \"auto\"\n"},
		{want: "json", auto: "v = \"auto\"\n", autoJSON: `{"v": "json"}`},
		{want: "flag", auto: "v = \"auto\"\n", flags: []VarFlag{flag}},
		{want: "flag", flags: []VarFlag{file, flag}},
		{want: "file", flags: []VarFlag{flag, file}},
		{want: "last", flags: []VarFlag{flag, {Name: "v", Value: "last"}}},
		{want: "plan", flags: []VarFlag{flag}, recorded: map[string]cty.Value{"v": cty.StringVal("plan"), "gone": cty.True}},
	} {
		files := map[string]string{"main.asset.hcl": main}
		if test.auto != "" {
			files["assetform.auto.vars.hcl"] = test.auto
		}
		if test.autoJSON != "" {
			files["assetform.auto.vars.json"] = test.autoJSON
		}
		p := mustLoad(t, files, func(o *Options) { o.Vars, o.Environ, o.Recorded = test.flags, test.env, test.recorded })
		if got := p.Outputs[0].Value.AsString(); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}

func TestTypedValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ typ, text, want, err string }{
		{typ: "string", text: "[1]", want: `"[1]"`},
		{typ: "number", text: "7", want: "7"},
		{typ: "number", text: "seven", err: "a number is required"},
		{typ: "bool", text: "true", want: "true"},
		{typ: "any", text: "[1, \"a\"]", want: `[1,"a"]`},
		{typ: "any", text: "plain", err: "texts need quotes"},
		{typ: "list(string)", text: "[1, 2]", want: `["1","2"]`},
		{typ: "set(number)", text: "[2, 2, 1]", want: "[1,2]"},
		{typ: "map(number)", text: `{a = "1"}`, want: `{"a":1}`},
		{typ: "tuple([string, number])", text: `["a", 1]`, want: `["a",1]`},
		{typ: "object({a = string, b = optional(number, 3)})", text: `{a = "x"}`, want: `{"a":"x","b":3}`},
		{typ: "object({a = string})", text: `{}`, err: `attribute "a" is required`},
		{typ: "list(object({a = number}))", text: `[{a = 1}, {a = "x"}]`, err: "[1].a: a number is required"},
		{typ: "list(number)", text: "[file(\"x\")]", err: "without variables and functions"},
		{typ: "list(number)", text: strings.Repeat("[", 10_000), err: "nested too deeply"},
	} {
		files := map[string]string{"main.asset.hcl": "variable \"v\" { type = " + test.typ + " }\noutput \"v\" { value = var.v }\n"}
		give := func(o *Options) { o.Vars = []VarFlag{{Name: "v", Value: test.text}} }
		if test.err != "" {
			if d := mustFail(t, "Invalid value for variable", files, give); !strings.Contains(d.Detail, test.err) {
				t.Errorf("%s %s: %s", test.typ, test.text, d.Detail)
			}
			continue
		}
		if got := jsonText(t, mustLoad(t, files, give).Outputs[0].Value); got != test.want {
			t.Errorf("%s %s: %s, want %s", test.typ, test.text, got, test.want)
		}
	}
}

func TestUndeclaredValues(t *testing.T) {
	t.Parallel()
	files := map[string]string{"main.asset.hcl": "variable \"style\" { default = \"x\" }\n", "assetform.auto.vars.hcl": "stlye = 1\n"}
	_, diags := loadFiles(t, files)
	if len(diags) != 1 || diags.HasErrors() || !strings.Contains(diags[0].Detail, `"style"`) {
		t.Errorf("a file: %s", describe(diags))
	}
	d := mustFail(t, "Value for undeclared variable", files, func(o *Options) { o.Vars = []VarFlag{{Name: "stile", Value: "hunter2"}} })
	if !strings.Contains(d.Detail, `"style"`) || strings.Contains(d.Detail, "hunter2") {
		t.Errorf("a flag: %s", d.Detail)
	}
	mustFail(t, "Variables file not readable", files, func(o *Options) { o.Vars = []VarFlag{{File: "nothing.hcl"}} })
}

// TestVarFileReads: a saved plan must notice that a variables file changed.
func TestVarFileReads(t *testing.T) {
	t.Parallel()
	files := map[string]string{"main.asset.hcl": "variable \"v\" {}\n", "env/prod.json": `{"v": [1]}`}
	dir := writeProject(t, files)
	outside := filepath.Join(writeProject(t, map[string]string{"o.hcl": "v = 2\n"}), "o.hcl")
	p, diags := Load(Options{Engines: all.Registry(), Dir: dir, Vars: []VarFlag{{File: filepath.Join(dir, "env/prod.json")}, {File: outside}}})
	if len(diags) > 0 {
		t.Fatal(describe(diags))
	}
	keys := strings.Join(sortedKeys(p.Reads), " ")
	if !strings.HasPrefix(keys, "abs:/") && !strings.HasPrefix(keys, "abs:C:") || !strings.HasSuffix(keys, "/o.hcl env/prod.json main.asset.hcl") {
		t.Errorf("reads %s", keys)
	}
}

const secret = "hunter2-secret"

// TestSensitive sends a secret through every way an expression has and looks
// for it in everything a Project shows.
func TestSensitive(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, map[string]string{"main.asset.hcl": `
variable "key" {
  type      = object({ token = string, extra = optional(list(string), ["also-` + secret + `"]) })
  sensitive = true
}
locals { wrapped = { deep = [upper(var.key.token)] } }
defaults "video" { prompt = local.wrapped.deep[0] }
image "a" {
  for_each = { x = var.key.token }
  prompt   = "Say ${each.value} ${base64encode(var.key.token)}"
  seed     = length(var.key.token)
  output   = "${each.key}.png"
}
video "v" { output = "v.mp4" }
module "m" {
  source = "./m"
  in     = image.a["x"].prompt
}
output "ok" {
  value     = module.m.out
  sensitive = true
}
`, "m/m.asset.hcl": `
variable "in" {}
image "b" {
  prompt = join("-", [var.in, "x"])
  output = "b.png"
}
output "out" { value = image.b.prompt }
`}, func(o *Options) {
		o.Vars = []VarFlag{{Name: "key", Value: `{ token = "` + secret + `" }`}}
	})
	for address, params := range map[string][]string{
		`image.a["x"]`: {"prompt", "seed"}, "video.v": {"prompt"}, "module.m.image.b": {"prompt"},
	} {
		for _, name := range params {
			if param, ok := mustSpec(t, p, address).Param(name); !ok || !param.Sensitive {
				t.Errorf("%s of %s is not sensitive", name, address)
			}
		}
	}
	for _, want := range []string{secret, "also-" + secret} {
		if !contains(p.Secrets, want) {
			t.Errorf("%q is not among the secrets", want)
		}
	}
	if v, diags := p.Eval("image.a"); diags.HasErrors() || !sensitive.Is(v) {
		t.Errorf("console shows %#v %s", v, describe(diags))
	}
}

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// TestSensitiveDetails: no message quotes a secret, wherever it is wrong.
func TestSensitiveDetails(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"image \"a\" {\n  prompt = \"x\"\n  model = var.key\n  output = \"a.png\"\n}",
		"image \"a\" {\n  prompt = \"x\"\n  seed = var.key\n  output = \"a.png\"\n}",
		"image \"a\" {\n  prompt = \"x\"\n  revision = var.key\n  output = \"a.png\"\n}",
		"image \"a\" {\n  prompt = \"x\"\n  output = var.key\n}",
		"image \"a\" {\n  subject = var.key\n  output = \"a.png\"\n}",
		"image \"a\" {\n  prompt = \"x\"\n  references = [var.key]\n  output = \"a.png\"\n}",
		"image \"a\" {\n  for_each = toset([var.key])\n  prompt = \"x\"\n  output = \"a.png\"\n}",
		"image \"a\" {\n  count = var.key\n  prompt = \"x\"\n  output = \"a.png\"\n}",
		"image \"a\" {\n  prompt = \"x\"\n  output = \"a.png\"\n  lifecycle {\n    prevent_destroy = var.key\n  }\n}",
		"image \"a\" {\n  prompt = \"x\"\n  output = \"a.png\"\n  lifecycle {\n    precondition {\n      condition = var.key == \"\"\n      error_message = var.key\n    }\n  }\n}",
		"output \"o\" { value = var.key }",
		"output \"o\" { value = jsondecode(var.key) }",
		"output \"o\" { value = file(var.key) }",
		"output \"o\" { value = { a = 1 }[var.key] }",
		"provider \"imaginator\" { base_url = var.key }",
		"provider \"imaginator\" { max_concurrent = var.key }",
		"provider \"imaginator\" { api_key = \" ${var.key}\" }",
		"assetform {\n  budget { videos = var.key }\n}",
		"module \"m\" {\n  source = \"./m\"\n  n = var.key\n}",
	} {
		_, diags := loadFiles(t, map[string]string{
			"main.asset.hcl": "variable \"key\" { sensitive = true }\n" + body + "\n",
			"m/m.asset.hcl":  "variable \"n\" { type = number }\n",
		}, func(o *Options) { o.Environ = []string{"ASSETFORM_VAR_key=" + secret} })
		if !diags.HasErrors() {
			t.Errorf("no error:\n%s", body)
		}
		if text := describe(diags); strings.Contains(text, secret) {
			t.Errorf("the secret shows:\n%s\n%s", body, text)
		}
	}
}

// TestSensitiveKeys: the way to a wrong element is not told when it may lead
// through a secret key.
func TestSensitiveKeys(t *testing.T) {
	t.Parallel()
	for _, files := range []map[string]string{
		{"main.asset.hcl": "variable \"key\" {\n  type = map(map(number))\n  sensitive = true\n}\n"},
		{
			"main.asset.hcl": "variable \"key\" {\n  type = any\n  sensitive = true\n}\nmodule \"m\" {\n  source = \"./m\"\n  n = var.key\n}\n",
			"m/m.asset.hcl":  "variable \"n\" { type = map(map(number)) }\n",
		},
	} {
		d := mustFail(t, "Invalid value for variable", files, func(o *Options) {
			o.Vars = []VarFlag{{Name: "key", Value: "{ \"" + secret + "\" = { a = \"x\" } }"}}
		})
		if strings.Contains(d.Detail, secret) {
			t.Error(d.Detail)
		}
	}
}

// TestOnlyKey tells the variables that only an API key needs.
func TestOnlyKey(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]bool{
		`provider "imaginator" { api_key = var.key }`:                                                      true,
		`provider "imaginator" { api_key = trimspace(var.key) }`:                                           true,
		"provider \"imaginator\" {\n  api_key = var.key\n  base_url = \"https://${var.key}.com\"\n}":       false,
		"provider \"imaginator\" { api_key = var.key }\nlocals { k = var.key }":                            false,
		"provider \"imaginator\" { api_key = var.key }\noutput \"k\" { value = [for k in [1] : var.key] }": false,
		"provider \"imaginator\" { api_key = local.key }\nlocals { key = var.key }":                        false,
		"image \"a\" {\n  prompt = \"x ${var.key}\"\n  output = \"a.png\"\n}":                              false,
	} {
		p, _ := loadFiles(t, map[string]string{"main.asset.hcl": "variable \"key\" {\n  default = \"kkk\"\n}\n" + source + "\n"})
		if got := p.Variables[0].OnlyKey; got != want {
			t.Errorf("%s: %t", source, got)
		}
	}
	json := `{"provider": {"imaginator": {"api_key": "${var.key}"}}, "variable": {"key": {"sensitive": true}}, "locals": {"a": "${var.key}"}}`
	p := mustLoad(t, map[string]string{"main.asset.json": json}, func(o *Options) { o.Environ = []string{"ASSETFORM_VAR_key=kkk"} })
	if p.Variables[0].OnlyKey {
		t.Error("used in JSON too")
	}
}

// TestVariablesFileInJSON: JSON is told by the name of the file alone, and what
// looks like it is told so.
func TestVariablesFileInJSON(t *testing.T) {
	t.Parallel()
	files := map[string]string{"m.asset.hcl": "variable \"v\" {}\n"}
	for _, src := range []string{`{"v": "x"}`, "\ufeff\n {\n}"} {
		name := filepath.Join(t.TempDir(), "prod")
		if err := os.WriteFile(name, []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
		d := mustFail(t, "Variables file in JSON", files, func(o *Options) { o.Vars = []VarFlag{{File: name}} })
		if !strings.Contains(d.Detail, `ends in ".json"`) {
			t.Error(d.Detail)
		}
	}
}
