package config

import (
	"assetform/apply/engine/imaginator"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

const keyed = `
variable "key" {
  sensitive = true
}
provider "imaginator" { api_key = var.key }
`

// TestKeyFromOutside takes keys that no file of the repository holds.
func TestKeyFromOutside(t *testing.T) {
	t.Parallel()
	const key = "sk-live-0123456789"
	for name, c := range map[string]struct {
		source string
		give   func(*Options)
		want   string
	}{
		"environment": {keyed, func(o *Options) { o.Environ = []string{"ASSETFORM_VAR_key=" + key} }, key},
		"flag":        {keyed, func(o *Options) { o.Vars = []VarFlag{{Name: "key", Value: key}} }, key},
		"not given":   {keyed, nil, ""},
		"cut": {strings.Replace(keyed, "= var.key }", "= trimspace(var.key) }", 1),
			func(o *Options) { o.Environ = []string{"ASSETFORM_VAR_key= " + key + " "} }, key},
		"one of several": {`
variable "keys" {
  type      = map(string)
  sensitive = true
}
variable "stage" { default = "production" }
locals { key = lookup(var.keys, var.stage) }
provider "imaginator" { api_key = local.key }
`, func(o *Options) {
			o.Vars = []VarFlag{{Name: "keys", Value: `{ production = "` + key + `", test = "x" }`}}
		}, key},
		"empty default": {strings.Replace(keyed, "sensitive = true", "sensitive = true\n  default = \"\"", 1), nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.give == nil {
				c.give = func(*Options) {}
			}
			p := mustLoad(t, map[string]string{"main.asset.hcl": c.source}, c.give)
			if got := p.Providers[ProviderRef{Type: "imaginator"}].APIKey; got != c.want {
				t.Errorf("key %q", got)
			}
		})
	}
}

// TestKeyInRepository: whatever the way, a key that the repository holds is
// an error that points at it, does not show it, and says what to do. For a
// local server it is a warning.
func TestKeyInRepository(t *testing.T) {
	t.Parallel()
	const key = "sk-live-0123456789"
	for name, source := range map[string]string{
		"added to":       "variable \"key\" { sensitive = true }\nprovider \"KIND\" { api_key = \"${var.key}6789\" }",
		"overridden":     "variable \"key\" {\n  sensitive = true\n  default = \"" + key + "\"\n}\nprovider \"KIND\" { api_key = var.key }",
		"shown":          "variable \"key\" {}\nprovider \"KIND\" { api_key = var.key }",
		"shown and used": "variable \"key\" {}\nlocals { k = var.key }\nprovider \"KIND\" { api_key = local.k }",
	} {
		for kind, severity := range map[string]hcl.DiagnosticSeverity{"imaginator": hcl.DiagError, "local": hcl.DiagWarning} {
			_, diags := loadFiles(t, map[string]string{"main.asset.hcl": strings.ReplaceAll(source, "KIND", kind) + "\n"},
				func(o *Options) { o.Environ = []string{"ASSETFORM_VAR_key=sk-live-012345"} })
			if len(diags) != 1 || diags[0].Summary != "API key is no secret" || diags[0].Severity != severity || diags[0].Subject == nil {
				t.Errorf("%s, %s: %s", name, kind, describe(diags))
				continue
			}
			if text := describe(diags); strings.Contains(text, key) || kind != "local" && !strings.Contains(text, "IMAGINATOR_API_KEY") {
				t.Errorf("%s, %s: %s", name, kind, text)
			}
		}
	}
}

// TestCheckOrigin holds where requests may go, and why not.
func TestCheckOrigin(t *testing.T) {
	t.Parallel()
	paid, local := ProviderRef{Type: "imaginator"}, ProviderRef{Type: "local"}
	for _, c := range []struct {
		ref             ProviderRef
		block           string
		environment     []string
		origin, refusal string
	}{
		{paid, "", nil, "https://imaginator.mat3u.com", ""},
		{paid, "https://imaginator.mat3u.com:443/other/", nil, "https://imaginator.mat3u.com", ""},
		{paid, "", []string{"IMAGINATOR_BASE_URL=http://127.0.0.1:1/api https://gate.example"}, "http://127.0.0.1:1", ""},
		{paid, "https://gate.example/x", []string{"IMAGINATOR_BASE_URL=http://127.0.0.1:1/api https://gate.example"}, "https://gate.example", ""},
		{paid, "https://imaginator.mat3u.com", []string{"IMAGINATOR_BASE_URL=https://gate.example"}, "https://imaginator.mat3u.com", ""},
		{paid, "https://gate.example", nil, "https://gate.example", "IMAGINATOR_BASE_URL"},
		{paid, "https://gate.example", []string{"IMAGINATOR_BASE_URL=http://gate.example"}, "https://gate.example", "IMAGINATOR_BASE_URL"},
		{paid, "http://127.0.0.1:1", nil, "http://127.0.0.1:1", "IMAGINATOR_BASE_URL"},
		{paid, "http://127.0.0.1:1", []string{"IMAGINATOR_BASE_URL=http://127.0.0.1:2", "ASSETFORM_LOCAL_BASE_URL=http://127.0.0.1:1"}, "http://127.0.0.1:1", "IMAGINATOR_BASE_URL"},
		{paid, "http://gate.example", []string{"IMAGINATOR_BASE_URL=http://gate.example"}, "http://gate.example", "this machine alone"},
		{paid, "", []string{"IMAGINATOR_BASE_URL=http://gate.example"}, "http://gate.example", "this machine alone"},
		{local, "", nil, "", ""},
		{local, "http://127.0.0.1:8787/api/v1", nil, "http://127.0.0.1:8787", ""},
		{local, "https://localhost", nil, "https://localhost", ""},
		{local, "https://studio.example", nil, "https://studio.example", "ASSETFORM_LOCAL_BASE_URL"},
		{local, "https://studio.example", []string{"IMAGINATOR_BASE_URL=https://studio.example"}, "https://studio.example", "ASSETFORM_LOCAL_BASE_URL"},
		{local, "https://studio.example/a", []string{"ASSETFORM_LOCAL_BASE_URL=https://studio.example"}, "https://studio.example", ""},
		{local, "http://10.0.0.1", []string{"ASSETFORM_LOCAL_BASE_URL=http://10.0.0.1"}, "http://10.0.0.1", "this machine alone"},
	} {
		block := "provider \"" + c.ref.Type + "\" {\n"
		if c.block != "" {
			block += "  base_url = \"" + c.block + "\"\n"
		}
		p := mustLoad(t, map[string]string{"main.asset.hcl": block + "}\n"}, func(o *Options) { o.Environ = c.environment })
		if got := p.Origins()[c.ref.String()]; got != c.origin {
			t.Errorf("%q %q: origin %q, want %q", c.block, c.environment, got, c.origin)
		}
		refusal := ""
		if d := p.CheckOrigin(c.ref); d != nil {
			refusal = d.Detail
			if (d.Subject == nil) != (c.block == "") {
				t.Errorf("%q: subject %v", c.block, d.Subject)
			}
		}
		if c.refusal == "" && refusal != "" || !strings.Contains(refusal, c.refusal) {
			t.Errorf("%q %q: refused because %q, want %q", c.block, c.environment, refusal, c.refusal)
		}
	}
	mustFail(t, "Environment variable not usable", map[string]string{"main.asset.hcl": "\n"},
		func(o *Options) { o.Environ = []string{"IMAGINATOR_BASE_URL=gate.example"} })
}

// TestEndpointAt: a journal's origin is asked only if it is allowed.
func TestEndpointAt(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, map[string]string{"main.asset.hcl": "provider \"imaginator\" { base_url = \"https://evil.example\" }\n"},
		func(o *Options) {
			o.Environ = []string{"IMAGINATOR_BASE_URL=https://gate.example/v1 http://gate.example"}
		})
	for at, want := range map[string]string{
		"https://imaginator.mat3u.com:443": imaginator.Engine.Server.BaseURL, "https://gate.example:443": "https://gate.example/v1",
		"http://gate.example:80": "", "https://evil.example:443": "", "http://imaginator.mat3u.com:80": "", "": "", "https://u@gate.example": "",
	} {
		if got, ok := p.EndpointAt("imaginator", at); ok != (want != "") || ok && got.BaseURL != want {
			t.Errorf("%q: %q, %t", at, got.BaseURL, ok)
		}
	}
}
