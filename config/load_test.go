package config

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/worktree"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
)

// TestSubdirectoryOfRepository has the root module below the project root:
// paths may lead up to it, and are told relative to the module.
func TestSubdirectoryOfRepository(t *testing.T) {
	t.Parallel()
	dir := writeProject(t, map[string]string{
		".git/HEAD": "ref: x\n", "shared/ref.png": "", "style.txt": "ink",
		"game/main.asset.hcl": `
image "a" {
  prompt     = file("../style.txt")
  references = ["../shared/ref.png"]
  output     = "../art/a.png"
}
module "kit" { source = "../kit" }
`,
		"kit/kit.asset.hcl": `
image "k" {
  prompt = path.root
  output = "k.png"
}
`})
	p, diags := Load(Options{Engines: all.Registry(), Dir: filepath.Join(dir, "game")})
	if len(diags) > 0 {
		t.Fatal(describe(diags))
	}
	a := mustSpec(t, p, "image.a")
	if a.Output != "../art/a.png" || a.Inputs[0].Path != "../shared/ref.png" || paramText(t, a, "prompt") != "ink" {
		t.Errorf("image.a: %+v", a)
	}
	k := mustSpec(t, p, "module.kit.image.k")
	if k.Output != "../kit/k.png" || paramText(t, k, "prompt") != "../game" || k.Range.Filename != "../kit/kit.asset.hcl" {
		t.Errorf("module.kit.image.k: %+v", k)
	}
	if want := []string{"game/main.asset.hcl", "kit/kit.asset.hcl", "style.txt"}; !slices.Equal(sortedKeys(p.Reads), want) {
		t.Errorf("reads %q, want %q", sortedKeys(p.Reads), want)
	}
}

func TestHostileFiles(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, content, want string }{
		{"utf16.asset.hcl", "\xff\xfel\x00", "File in UTF-16"},
		{"latin.asset.hcl", "# caf\xe9\n", "Invalid UTF-8 in file"},
		{"large.asset.hcl", strings.Repeat("# padding\n", worktree.MaxFileBytes/10+1), "Configuration file too large"},
		{"deep.asset.hcl", "locals { a = " + strings.Repeat("[", 100_000), "Configuration nested too deeply"},
		{"deep.asset.json", strings.Repeat("[", 100_000), "Configuration nested too deeply"},
		{"blocks.asset.hcl", strings.Repeat("a {\n", 100_000), "Configuration nested too deeply"},
		{"unary.asset.hcl", "locals { a = " + strings.Repeat("!", 100_000) + "true }", "Configuration nested too deeply"},
		{"templates.asset.hcl", "locals { a = " + strings.Repeat(`"${`, 100_000), "Configuration nested too deeply"},
		{"type.asset.json", `{"variable": {"a": {"type": "` + strings.Repeat("list(", 10_000) + strings.Repeat(")", 10_000) + `"}}}`, "Configuration nested too deeply"},
		{"nul.asset.hcl", "locals { a = \"\x00\" }\x00", "File is no text"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := mustFail(t, test.want, map[string]string{test.name: test.content})
			if d.Subject == nil || d.Subject.Filename != test.name {
				t.Errorf("subject %v", d.Subject)
			}
		})
	}
}

func TestHostileDirectories(t *testing.T) {
	t.Parallel()
	if d := mustFail(t, "Configuration file not readable", map[string]string{"main.asset.hcl/x": ""}); d.Subject == nil {
		t.Error("a directory: no subject")
	}
	mustFail(t, "No configuration found", map[string]string{"readme.md": "", ".hidden.asset.hcl": "x", "#main.asset.hcl": "x"})
	if _, diags := Load(Options{Engines: all.Registry(), Dir: filepath.Join(t.TempDir(), "nothing")}); !diags.HasErrors() {
		t.Error("no directory: no error")
	}
	if runtime.GOOS == "windows" {
		t.Skip("symlinks need a privilege")
	}
	for target, want := range map[string]string{
		"main.asset.hcl": "Configuration file not readable", "../../x": "Configuration file not readable",
		"/etc/passwd": "Configuration file not readable",
	} {
		dir := t.TempDir()
		if err := os.Symlink(target, filepath.Join(dir, "main.asset.hcl")); err != nil {
			t.Fatal(err)
		}
		if _, diags := Load(Options{Engines: all.Registry(), Dir: dir}); len(diags) != 1 || diags[0].Summary != want {
			t.Errorf("link to %s: %s", target, describe(diags))
		}
	}
}

// TestInputSymlinks: the way to an image must not leave the project or pass
// through .git.
func TestInputSymlinks(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("symlinks need a privilege")
	}
	outside := filepath.Join(writeProject(t, map[string]string{"x.png": ""}), "x.png")
	for target, ok := range map[string]bool{"real.png": true, outside: false, ".git/x.png": false, "link.png": false} {
		dir := writeProject(t, map[string]string{"real.png": "", ".git/x.png": "", "main.asset.hcl": `
image "a" {
  subject = "link.png"
  output  = "a.png"
}
`})
		if err := os.Symlink(target, filepath.Join(dir, "link.png")); err != nil {
			t.Fatal(err)
		}
		if _, diags := Load(Options{Engines: all.Registry(), Dir: dir}); diags.HasErrors() == ok {
			t.Errorf("link to %s: %s", target, describe(diags))
		}
	}
}

func TestInputContents(t *testing.T) {
	t.Parallel()
	const lfs = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
	for content, want := range map[string]string{
		"":                                    "", // a PNG
		lfs:                                   "",
		strings.ReplaceAll(lfs, "\n", "\r\n"): "",
		"<svg/>":                              "Input is no image",
		"\x89PNG\r\n\x1a\n":                   "Input image not usable",
		"GIF89a\x01\x00\x01\x00\x00\x00":      "Input is no image",
		"RIFF\x12\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00": "Input image not usable", // an animation
		"\x00\x00\x00\x10ftypheic\x00\x00\x00\x00":             "Input is no image",
		" ": "Input is no image",
	} {
		_, diags := loadFiles(t, map[string]string{"ref.png": content, "main.asset.hcl": `
image "a" {
  subject = "ref.png"
  output  = "a.png"
}
`})
		got := ""
		if len(diags) > 0 {
			got = diags[0].Summary
		}
		if got != want {
			t.Errorf("input %q: %q, want %q", content, got, want)
		}
	}
}

// TestErrorsTogether reports all errors of a run at once, by file and line.
func TestErrorsTogether(t *testing.T) {
	t.Parallel()
	_, diags := loadFiles(t, map[string]string{
		"b.asset.hcl": "image \"x\" {\n  prompt = local.a\n  model = \"y\"\n  output = \"x.gif\"\n}\n",
		"a.asset.hcl": "variable \"v\" {}\n\noutput \"o\" { value = nothing() }\n",
	})
	var got []string
	for _, d := range diags {
		got = append(got, diag.Place(*d.Subject)+" "+d.Summary)
	}
	want := []string{
		"a.asset.hcl:1 Missing value for variable",
		"a.asset.hcl:3 Call to unknown function",
		"b.asset.hcl:2 Reference to undeclared local value",
		"b.asset.hcl:3 Unsupported value of model",
		"b.asset.hcl:4 Invalid path of output",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

// TestOneErrorForAllInstances: what is wrong in each of many instances is
// told once.
func TestOneErrorForAllInstances(t *testing.T) {
	t.Parallel()
	d := mustFail(t, "Unsupported value of model", map[string]string{"main.asset.hcl": `
image "a" {
  count  = 1000
  prompt = "x"
  model  = "m${count.index}"
  output = "${count.index}.png"
}
`})
	if !strings.Contains(d.Detail, "image.a[0]") || !strings.Contains(d.Detail, "999 more") {
		t.Error(d.Detail)
	}
	if d.EvalContext == nil || d.Expression == nil {
		t.Error("the snippet cannot show values")
	}
}

func TestLongChain(t *testing.T) {
	const maxDepth = 20_000 // of package evaluation
	withoutRace(t)
	t.Parallel()
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString("locals {\n")
		for i := range n {
			b.WriteString("  a" + address.IntKey(i)[1:len(address.IntKey(i))-1] + " = local.a" + address.IntKey(i + 1)[1:len(address.IntKey(i+1))-1] + "\n")
		}
		b.WriteString("  a" + address.IntKey(n)[1:len(address.IntKey(n))-1] + " = 1\n}\n")
		return b.String()
	}
	mustLoad(t, map[string]string{"main.asset.hcl": chain(maxDepth - 10)})
	mustFail(t, "References lead too deep", map[string]string{"main.asset.hcl": chain(maxDepth + 10)})
}

func TestProviderOverride(t *testing.T) {
	t.Parallel()
	files := map[string]string{"main.asset.hcl": `
provider "imaginator" { api_key = var.key }
provider "imaginator" { alias = "fast" }
variable "key" { sensitive = true }
image "a" {
  provider = imaginator.fast
  prompt   = "x"
  output   = "a.png"
}
`}
	p := mustLoad(t, files, func(o *Options) { o.Provider = "local" })
	if got := mustSpec(t, p, "image.a").Provider; got != (ProviderRef{Type: "local"}) || p.Providers[got] == nil {
		t.Errorf("provider %s", got)
	}
	p = mustLoad(t, files)
	if got := mustSpec(t, p, "image.a").Provider.String(); got != "imaginator.fast" {
		t.Errorf("provider %s", got)
	}
	mustFail(t, "Unknown provider override", files, func(o *Options) { o.Provider = "imaginator" })
}

func TestAsk(t *testing.T) {
	t.Parallel()
	files := map[string]string{"main.asset.hcl": `
provider "imaginator" { api_key = var.key }
variable "key" { sensitive = true }
variable "sizes" {
  type        = list(number)
  description = "Sizes of icons"
}
output "sizes" { value = var.sizes }
`}
	var asked []string
	ask := func(o *Options) {
		o.Ask = func(name, description string, sensitive bool) (string, error) {
			asked = append(asked, name+" "+description)
			return map[string]string{"key": "k-123", "sizes": "[1, 2]"}[name], nil
		}
	}
	p := mustLoad(t, files, ask)
	if want := []string{"sizes Sizes of icons"}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, want %q", asked, want)
	}
	if got := p.Outputs[0].Value.LengthInt(); got != 2 {
		t.Errorf("%d sizes", got)
	}
	asked = nil
	p = mustLoad(t, files, ask, func(o *Options) { o.NeedKeys = true })
	if len(asked) != 2 || p.Providers[ProviderRef{Type: "imaginator"}].APIKey != "k-123" {
		t.Errorf("asked %q", asked)
	}
	mustFail(t, "Missing value for variable", files, func(o *Options) {
		o.Ask = func(string, string, bool) (string, error) { return "", errors.New("no terminal") }
	})
	d := mustFail(t, "Missing value for variable", files, ask, func(o *Options) {
		o.NeedKeys, o.Ask = true, nil
	})
	if d.Severity != hcl.DiagError {
		t.Error("not an error")
	}
}
