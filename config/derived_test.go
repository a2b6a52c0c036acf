package config

import (
	"crypto/sha256"
	"encoding/json"
	"image"
	"slices"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/apply/engine/enginetest/toy"
	"assetform/config/address"
	"assetform/config/engine"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/hashicorp/hcl/v2"
)

// deriving are all engines, but another one that derives.
func deriving(t testing.TB) engine.Registry {
	t.Helper()
	return generating(t, &toy.Press)
}

// generating are the engines that derive nothing, and these.
func generating(t testing.TB, more ...*engine.Engine) engine.Registry {
	t.Helper()
	list := slices.DeleteFunc(slices.Clone(all.Registry().Engines()), func(e *engine.Engine) bool { return e.Derives })
	r, err := engine.NewRegistry(append(list, more...)...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func withPress(t testing.TB) func(*Options) {
	return func(o *Options) { o.Engines = deriving(t) }
}

// generated are a block with a key for each, one with numbers, one alone and a
// video, which what is derived is made of.
const generated = `
image "icon" {
  for_each = toset(["bow", "sword"])
  prompt   = "An icon of a ${each.key}"
  output   = "art/${each.key}.png"
}
image "frame" {
  count  = 2
  prompt = "Frame ${count.index}"
  output = "art/frame${count.index}.png"
}
image "hero" {
  prompt = "A hero"
  output = "art/hero.png"
  alt    = " The hero\r\nat the gate "
}
video "intro" {
  prompt = "A flight"
  output = "intro.mp4"
}
`

// TestDerived evaluates one asset of each kind in each way.
func TestDerived(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, map[string]string{"main.asset.hcl": generated + `
provider "imaginator" {}
defaults "variant" { tone = "dark" }
variant "card" {
  for_each = image.icon
  plate    = each.value
  scale    = each.key == "bow" ? 2 : 1
  area     = [0, 0.5, 8, 9]
  inks     = ["black"]
  edge {
    depth = each.key == "bow" ? 0.5 : 0.25
    at    = each.key == "bow" ? null : [1, 2, 3, 4]
  }
  alt      = "A ${each.key}"
  output   = "cards/${each.key}.webp"
}
variant "still" {
  plate  = video.intro
  inks   = 3
  tone   = "plain"
  output = "still.ico"
}
atlas "units" {
  parts  = merge(image.icon, { hero = image.hero, "art/x" = "refs/a.png" })
  output = "units.png"
}
atlas "list" {
  parts  = [image.icon["sword"], image.frame[1], image.hero, "refs/a.png"]
  gap    = 4
  output = "list.png"
}
export "all" {
  members = [variant.card, image.hero, image.icon, image.icon["bow"], video.intro, atlas.units, image.frame]
  form    = "table"
  head    = "refs/head.txt"
  output  = "src/all.gen.ts"
}
image "scene" {
  prompt     = "A scene"
  references = [variant.card["bow"], atlas.list]
  model      = "nano_banana"
  output     = "scene.png"
}
output "seen" { value = [variant.card["bow"], variant.still.prompt, length(keys(variant.card))] }
`, "refs/a.png": "", "refs/head.txt": "Made"}, withPress(t))

	type want struct {
		Params []Param
		Inputs []Input
		Alt    string
	}
	dot := FileHead{Type: "image/png", Size: image.Pt(2, 2)}
	all := map[string]want{
		`variant.card["bow"]`: {[]Param{
			{Name: "area", Value: []float64{0, 0.5, 8, 9}}, {Name: "inks", Value: []string{"black"}, IsDefault: true},
			{Name: "edge", Value: true}, {Name: "edge_shape", Value: "round", IsDefault: true}, {Name: "edge_depth", Value: 0.5, IsDefault: true},
			{Name: "scale", Value: int64(2)}, {Name: "tone", Value: "dark"}, {Name: "flip", Value: false, IsDefault: true},
		}, []Input{{Name: "plate", Upstream: parse(t, `image.icon["bow"]`), Path: "art/bow.png"}}, "A bow"},
		`variant.card["sword"]`: {[]Param{
			{Name: "area", Value: []float64{0, 0.5, 8, 9}}, {Name: "inks", Value: []string{"black"}, IsDefault: true},
			{Name: "edge", Value: true}, {Name: "edge_shape", Value: "round", IsDefault: true}, {Name: "edge_depth", Value: 0.25},
			{Name: "edge_at", Value: []float64{1, 2, 3, 4}},
			{Name: "scale", Value: int64(1), IsDefault: true}, {Name: "tone", Value: "dark"}, {Name: "flip", Value: false, IsDefault: true},
		}, []Input{{Name: "plate", Upstream: parse(t, `image.icon["sword"]`), Path: "art/sword.png"}}, "A sword"},
		`variant.still`: {[]Param{
			{Name: "inks", Value: int64(3)}, {Name: "edge", Value: false, IsDefault: true}, {Name: "scale", Value: int64(1), IsDefault: true},
			{Name: "tone", Value: "plain", IsDefault: true}, {Name: "flip", Value: false, IsDefault: true},
		}, []Input{{Name: "plate", Upstream: parse(t, `video.intro`), Path: "intro.mp4"}}, ""},
		`atlas.units`: {[]Param{{Name: "gap", Value: int64(0), IsDefault: true}}, []Input{
			{Name: "parts", List: true, Member: "art/x", Path: "refs/a.png", File: dot},
			{Name: "parts", List: true, Member: "bow", Upstream: parse(t, `image.icon["bow"]`), Path: "art/bow.png"},
			{Name: "parts", List: true, Member: "hero", Upstream: parse(t, `image.hero`), Path: "art/hero.png"},
			{Name: "parts", List: true, Member: "sword", Upstream: parse(t, `image.icon["sword"]`), Path: "art/sword.png"},
		}, ""},
		`atlas.list`: {[]Param{{Name: "gap", Value: int64(4)}}, []Input{
			{Name: "parts", List: true, Member: "sword", Upstream: parse(t, `image.icon["sword"]`), Path: "art/sword.png"},
			{Name: "parts", List: true, Member: "1", Upstream: parse(t, `image.frame[1]`), Path: "art/frame1.png"},
			{Name: "parts", List: true, Member: "hero", Upstream: parse(t, `image.hero`), Path: "art/hero.png"},
			{Name: "parts", List: true, Member: "a", Path: "refs/a.png", File: dot},
		}, ""},
		`export.all`: {[]Param{{Name: "form", Value: "table"}}, []Input{
			{Name: "members", List: true, Upstream: parse(t, `atlas.units`), Path: "units.png"},
			{Name: "members", List: true, Upstream: parse(t, `image.frame[0]`), Path: "art/frame0.png"},
			{Name: "members", List: true, Upstream: parse(t, `image.frame[1]`), Path: "art/frame1.png"},
			{Name: "members", List: true, Upstream: parse(t, `image.hero`), Path: "art/hero.png"},
			{Name: "members", List: true, Upstream: parse(t, `image.icon["bow"]`), Path: "art/bow.png"},
			{Name: "members", List: true, Upstream: parse(t, `image.icon["sword"]`), Path: "art/sword.png"},
			{Name: "members", List: true, Upstream: parse(t, `variant.card["bow"]`), Path: "cards/bow.webp"},
			{Name: "members", List: true, Upstream: parse(t, `variant.card["sword"]`), Path: "cards/sword.webp"},
			{Name: "members", List: true, Upstream: parse(t, `video.intro`), Path: "intro.mp4"},
			{Name: "head", Text: sha256.Sum256([]byte("Made")), Path: "refs/head.txt"},
		}, ""},
	}
	for text, want := range all {
		s := mustSpec(t, p, text)
		got := want
		got.Params, got.Inputs, got.Alt = s.Params, s.Inputs, s.Alt
		if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(hcl.Range{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
		if s.Provider != (ProviderRef{Type: "press"}) || s.Own() != s.Provider || s.Method.Kind != s.Address.Kind || len(s.Cost()) > 0 {
			t.Errorf("%s is of %s by %s for %s", text, s.Provider, s.Method.Name, s.Cost())
		}
	}
	if got := mustSpec(t, p, "image.hero").Alt; got != "The hero\nat the gate" {
		t.Errorf("the words about image.hero are %q", got)
	}
	for up, n := range map[string]int{`image.hero`: 3, `variant.card["bow"]`: 2, `atlas.list`: 1, `export.all`: 0} {
		if got := p.Dependants(parse(t, up)); len(got) != n {
			t.Errorf("%s has %d dependants, want %d", up, len(got), n)
		}
	}
	bow := p.Outputs[0].Value.AsValueSlice()[0].AsValueMap()
	for _, name := range []string{"aspect_ratio", "model", "prompt", "seed"} {
		if !bow[name].IsNull() {
			t.Errorf("%s of a variant is %#v", name, bow[name])
		}
	}
	if bow["path"].AsString() != "cards/bow.webp" || !strings.HasSuffix(bow["address"].AsString(), `card["bow"]`) {
		t.Errorf("a variant is %#v", bow)
	}
	if got := p.Complete("variant."); !slices.Equal(got, []string{"variant.card", "variant.still"}) {
		t.Errorf("completed are %q", got)
	}
}

func parse(t testing.TB, text string) address.Address {
	t.Helper()
	a, err := address.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestDerivedPlaceholders: what is derived is no placeholder, whoever draws
// what it is made of.
func TestDerivedPlaceholders(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, map[string]string{"main.asset.hcl": generated + `
provider "imaginator" {}
variant "a" {
  plate  = image.hero
  output = "a.png"
}
`}, withPress(t), func(o *Options) { o.Provider = "local" })
	if s := mustSpec(t, p, "variant.a"); s.Provider.Type != "press" || s.StandsFor != (ProviderRef{}) {
		t.Errorf("variant.a is made by %s for %s", s.Provider, s.StandsFor)
	}
	if s := mustSpec(t, p, "image.hero"); s.Provider.Type != "local" {
		t.Errorf("image.hero is made by %s", s.Provider)
	}
}

// TestDerivedDynamic: dynamic blocks make nested blocks for each instance.
func TestDerivedDynamic(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, map[string]string{"main.asset.hcl": generated + `
variant "a" {
  for_each = { cut = 0.75, whole = null }
  plate    = image.hero
  dynamic "edge" {
    for_each = each.value == null ? [] : [each.value]
    content { depth = edge.value }
  }
  lifecycle { ignore_changes = [edge] }
  output = "${each.key}.png"
}
`}, withPress(t))
	cut, whole := mustSpec(t, p, `variant.a["cut"]`), mustSpec(t, p, `variant.a["whole"]`)
	if depth, _ := cut.Param("edge_depth"); depth.Value != 0.75 {
		t.Errorf("the depth is %v", depth.Value)
	}
	if _, there := whole.Param("edge_depth"); there {
		t.Error("what has no edge has a depth")
	}
	if got := cut.Lifecycle.IgnoreChanges; !slices.Equal(got, []string{"edge", "edge_shape", "edge_depth", "edge_at"}) {
		t.Errorf("ignored are %q", got)
	}
}

// TestDerivedInModule: kinds are read from modules, moved within them, and
// written in JSON.
func TestDerivedInModule(t *testing.T) {
	t.Parallel()
	p := mustLoad(t, map[string]string{
		"main.asset.json": `{
  "module": {"ui": {"source": "./ui"}},
  "export": {"all": {"members": "${[module.ui.variant, module.ui.image.logo]}", "form": "list", "output": "all.json"}},
  "variant": {"again": {"plate": "${module.ui.variant.card[\"s\"]}", "edge": {"depth": 0.1}, "output": "again.png"}},
  "moved": {"from": "variant.old", "to": "variant.again"}
}`,
		"ui/ui.asset.hcl": `
image "logo" {
  prompt = "A logo"
  output = "logo.png"
}
variant "card" {
  for_each = { s = 1, l = 2 }
  plate    = image.logo.path
  scale    = each.value
  output   = "${each.key}.png"
}
variant "one" {
  plate  = "logo.png"
  output = "one.png"
}
`}, withPress(t))
	var members []string
	for _, in := range mustSpec(t, p, "export.all").Inputs {
		members = append(members, in.Upstream.String())
	}
	want := []string{"module.ui.image.logo", `module.ui.variant.card["l"]`, `module.ui.variant.card["s"]`, "module.ui.variant.one"}
	if diff := cmp.Diff(want, members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	again := mustSpec(t, p, "variant.again")
	if depth, _ := again.Param("edge_depth"); depth.Value != 0.1 || again.Inputs[0].Upstream.String() != `module.ui.variant.card["s"]` {
		t.Errorf("%+v", again)
	}
	if len(p.Moved) != 1 || p.Moved[0].From.Text != "variant.old" {
		t.Errorf("moved are %+v", p.Moved)
	}
}

// TestWithoutDeriving: where no engine derives, there are no words for it.
func TestWithoutDeriving(t *testing.T) {
	t.Parallel()
	without := func(o *Options) { o.Engines = generating(t) }
	for name, test := range map[string]struct{ summary, files string }{
		"block":     {"Unsupported block type", `variant "a" {}`},
		"reference": {"Unknown name in expression", `output "a" { value = variant.a }`},
		"alt":       {"Unsupported argument", "image \"a\" {\n  prompt = \"x\"\n  alt = \"y\"\n  output = \"a.png\"\n}"},
		"defaults":  {"Unknown kind of asset", `defaults "atlas" {}`},
		"moved":     {"Invalid address of asset", "moved {\n  from = variant.a\n  to = variant.b\n}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := mustFail(t, test.summary, map[string]string{"main.asset.hcl": test.files + "\n"}, without)
			for _, kind := range []string{"export", `"atlas" or`} {
				if strings.Contains(d.Detail, kind) {
					t.Errorf("the detail speaks of what is not there: %s", d.Detail)
				}
			}
		})
	}
	p := mustLoad(t, map[string]string{
		"main.asset.hcl": "module \"m\" { source = \"./m\" }\noutput \"a\" { value = module.m.variant }\n",
		"m/m.asset.hcl":  "output \"variant\" { value = 1 }\n",
	}, without)
	if len(p.Outputs) != 1 {
		t.Error("an output of that name is not one")
	}
}

// TestDerivedReference: the reference page and the schema have the kinds.
func TestDerivedReference(t *testing.T) {
	t.Parallel()
	page := Reference(deriving(t))
	for _, line := range []string{
		"### `variant / edge`",
		"| `depth` | number | How far it is cut. |",
		"| `plate` | asset or path | What it is made of. |",
		"| `parts` | map or list | The pictures. |",
		"| `alt` | string | What it shows, in words for people. Nothing is made anew when it changes. |",
		"| `output` | string | Required. Path of the file, .png, .jpg, .jpeg, .webp, .gif or .ico, from the directory of the file that this block stands in, in a module too. |",
		"| `variant` | `edge / shape` | `round`, `square` | `round` |",
		"| `variant` | `inks` |  | `[\"black\"]` |",
		"Its label is the kind, image, video, variant, atlas or export.",
		"Its label is the type, imaginator or local.",
	} {
		if !strings.Contains(page, line+"\n") {
			t.Errorf("the page lacks the line %q", line)
		}
	}
	var schema struct {
		Properties map[string]any
		Defs       map[string]struct {
			Properties    map[string]any
			PropertyNames struct{ Enum []string }
		} `json:"$defs"`
	}
	if err := json.Unmarshal(JSONSchema(deriving(t)), &schema); err != nil {
		t.Fatal(err)
	}
	if schema.Properties["export"] == nil || schema.Defs["variant"].Properties["edge"] == nil || schema.Defs["variant/edge"].Properties["depth"] == nil ||
		schema.Defs["variant"].Properties["provider"] != nil || schema.Defs["export"].Properties["alt"] != nil || schema.Defs["image"].Properties["alt"] == nil {
		t.Error("the schema lacks what is derived")
	}
	if got := schema.Defs["defaults by label"].PropertyNames.Enum; !slices.Equal(got, []string{"image", "video", "variant", "atlas", "export"}) {
		t.Errorf("defaults are for %q", got)
	}
}
