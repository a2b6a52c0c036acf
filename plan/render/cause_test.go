package render

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/google/go-cmp/cmp"
)

// project is a configuration in a directory of its own, together with what an
// apply of its first form left.
type project struct {
	t     testing.TB
	dir   string
	lock  *lockfile.Lock
	files map[string]worktree.State
	past  map[string]string // files as they were when the lock was written; nil: nobody knows
}

// newProject writes the files and pretends that they were applied.
func newProject(t testing.TB, files map[string]string) *project {
	t.Helper()
	p := &project{t: t, dir: t.TempDir(), lock: lockfile.New(), files: map[string]worktree.State{}}
	for name, text := range files {
		p.write(name, text)
	}
	// An upstream's content makes its dependants' inputs known in the next
	// round.
	for range 4 {
		_, pl := p.plan()
		for _, c := range pl.Changes {
			if !c.Action.Generates() || c.InputsHash.IsZero() {
				continue
			}
			content := lockfile.HashBytes([]byte(c.Address.String()))
			p.lock.Assets[c.Address.String()] = lockfile.Entry{
				Output: c.Output, Provider: c.Provider, Method: c.Method, Inputs: c.Fingerprint.Inputs(), InputsHash: c.InputsHash,
				ContentHash: content, MediaType: "image/png",
			}
			p.files[c.Output] = worktree.State{Kind: worktree.Regular, Hash: content}
		}
	}
	if _, pl := p.plan(); pl.HasChanges() {
		t.Fatalf("the project does not come to rest: %+v", pl.Summary)
	}
	p.past = maps.Clone(files)
	return p
}

func (p *project) write(name, text string) {
	p.t.Helper()
	path := filepath.Join(p.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		p.t.Fatal(err)
	}
}

// edit replaces text in a file.
func (p *project) edit(name, old, replacement string) *project {
	p.t.Helper()
	b, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		p.t.Fatal(err)
	}
	if !strings.Contains(string(b), old) {
		p.t.Fatalf("%s does not hold %q", name, old)
	}
	p.write(name, strings.ReplaceAll(string(b), old, replacement))
	return p
}

func (p *project) plan() (*config.Project, *plan.Plan) {
	p.t.Helper()
	cfg, diags := config.Load(config.Options{Engines: all.Registry(), Dir: p.dir, ToolVersion: "0.1.0"})
	if diags.HasErrors() {
		p.t.Fatalf("load: %s", diags.Error())
	}
	return cfg, plan.Build(cfg, p.lock, plan.Snapshot{
		Files:   p.files,
		Stored:  func(lockfile.InputsHash) (lockfile.Entry, bool) { return lockfile.Entry{}, false },
		HasBlob: func(lockfile.ContentHash) bool { return false },
	}, plan.Options{})
}

// texts reads files as they are and, if the project has a past, as they were.
func (p *project) texts(name string) (now, before []byte, dated bool) {
	now, _ = os.ReadFile(filepath.Join(p.dir, name))
	if p.past != nil {
		before, dated = []byte(p.past[name]), true
	}
	return now, before, dated
}

// then is the configuration as it was, if the project has a past.
func (p *project) then() *config.Project {
	p.t.Helper()
	if p.past == nil {
		return nil
	}
	was := &project{t: p.t, dir: p.t.TempDir()}
	for name, text := range p.past {
		was.write(name, text)
	}
	cfg, _ := config.Load(config.Options{Engines: all.Registry(), Dir: was.dir, ToolVersion: "0.1.0", NamesOnly: true})
	return cfg
}

// want compares the causes, a line each.
func (p *project) want(want ...string) {
	p.t.Helper()
	var got []string
	cfg, pl := p.plan()
	for _, c := range Causes(cfg, pl, p.texts, p.then) {
		line := c.Name
		if c.Place != "" {
			line += " at " + c.Place
		}
		got = append(got, line+" "+c.effect())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		p.t.Errorf("causes (-want +got):\n%s", diff)
	}
}

const shared = `variable "mood" {
  default = "calm"
}
locals {
  style = "painterly, ${var.mood}"
  size  = "square"
}
defaults "image" {
  aspect_ratio = local.size
}
image "knight" {
  prompt = "A knight, ${local.style}"
  output = "knight.png"
}
image "dragon" {
  prompt = "A dragon, ${local.style}"
  output = "dragon.png"
}
image "logo" {
  prompt = "A logo, ${var.mood}"
  output = "logo.png"
}
image "icon" {
  for_each = { for i in csvdecode(file("items.csv")) : i.id => i }
  prompt   = "Icon of ${each.value.text}"
  output   = "icons/${each.key}.png"
}
video "idle" {
  prompt = "The knight breathes"
  image  = image.knight
  output = "idle.mp4"
}
video "walk" {
  prompt = "The logo moves"
  image  = image.logo
  output = "walk.mp4"
}
`

func sharedProject(t testing.TB) *project {
	return newProject(t, map[string]string{
		"main.asset.hcl": shared,
		"items.csv":      "id,text\na,a sword\nb,a shield\nc,a bow\n",
	})
}

func TestCauses(t *testing.T) {
	t.Parallel()
	const file = "main.asset.hcl"
	for _, tc := range []struct {
		name string
		edit func(p *project)
		want []string
	}{
		{"nothing", func(*project) {}, nil},
		{"one asset and what depends on it", func(p *project) { p.edit(file, "A logo", "A mark") }, nil},
		{"a local", func(p *project) { p.edit(file, "painterly", "flat") },
			[]string{"local.style at main.asset.hcl:5 changes 3 assets, 2 image credits, up to 2 image credits and 1 video"}},
		{"a variable below a local", func(p *project) { p.edit(file, `"calm"`, `"tense"`) },
			[]string{"var.mood at main.asset.hcl:2 changes 5 assets, 3 image credits, up to 3 image credits and 2 videos"}},
		{"a default through a local", func(p *project) { p.edit(file, `"square"`, `"portrait"`) },
			[]string{"local.size at main.asset.hcl:6 changes 8 assets, 6 image credits, up to 6 image credits and 2 videos"}},
		{"a default", func(p *project) { p.edit(file, `aspect_ratio = local.size`, `aspect_ratio = "portrait"`) },
			[]string{`aspect_ratio in defaults "image" at main.asset.hcl:9 changes 8 assets, 6 image credits, up to 6 image credits and 2 videos`}},
		{"the expression of a block", func(p *project) { p.edit(file, "Icon of", "Picture of") },
			[]string{"prompt of image.icon at main.asset.hcl:25 changes 3 assets, 3 image credits"}},
		{"rows of a table", func(p *project) { p.edit("items.csv", "a sword", "an axe").edit("items.csv", "a bow", "a spear") },
			[]string{"items.csv changes 2 assets, 2 image credits"}},
		{"two edits", func(p *project) { p.edit(file, "painterly", "flat").edit(file, "Icon of", "Picture of") },
			[]string{
				"local.style at main.asset.hcl:5 changes 3 assets, 2 image credits, up to 2 image credits and 1 video",
				"prompt of image.icon at main.asset.hcl:25 changes 3 assets, 3 image credits",
			}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := sharedProject(t)
			tc.edit(p)
			p.want(tc.want...)
		})
	}
}

func TestCausesOfUpstreamsAndModules(t *testing.T) {
	t.Parallel()
	p := newProject(t, map[string]string{
		"main.asset.hcl": `locals { style = "flat" }
module "ui" {
  source = "./ui"
  look   = local.style
}
image "knight" {
  prompt = "A knight"
  output = "knight.png"
}
image "portrait" {
  prompt     = "Portrait"
  references = [image.knight]
  output     = "portrait.png"
}
video "idle" {
  prompt = "Breathes"
  image  = image.portrait
  output = "idle.mp4"
}
`,
		"ui/main.asset.hcl": `variable "look" {}
image "ok" {
  prompt = "OK, ${var.look}"
  output = "ok.png"
}
image "no" {
  prompt = "No, ${var.look}"
  output = "no.png"
}
`,
	})
	p.edit("main.asset.hcl", "A knight", "A queen")
	p.want("image.knight at main.asset.hcl:6 changes 2 assets, up to 2 image credits and 1 video")
	p.edit("main.asset.hcl", `"flat"`, `"round"`)
	p.want(
		"image.knight at main.asset.hcl:6 changes 2 assets, up to 2 image credits and 1 video",
		"local.style at main.asset.hcl:1 changes 2 assets, 2 image credits",
	)
}

func TestCausesOfJSON(t *testing.T) {
	t.Parallel()
	p := newProject(t, map[string]string{"main.asset.json": `{
  "locals": {"style": "flat"},
  "image": {
    "a": {"prompt": "A, ${local.style}", "output": "a.png"},
    "b": {"prompt": "B, ${local.style}", "output": "b.png"}
  }
}
`})
	p.edit("main.asset.json", `"flat"`, `"round"`)
	p.want("local.style at main.asset.json:2 changes 2 assets, 2 image credits")
}

// TestCausesAreKnown: nobody is blamed for an edit that another file has.
func TestCausesAreKnown(t *testing.T) {
	t.Parallel()
	site := map[string]string{
		"main.asset.hcl": `variable "language" {
  default = "en"
}
locals {
  site = yamldecode(file("${path.module}/site.yaml"))
}
image "hero" {
  for_each = toset(["a", "b", "c"])
  prompt   = "${local.site[var.language].hero}, ${each.key}"
  output   = "${each.key}.png"
}
`,
		"site.yaml": "en:\n  hero: A castle\nde:\n  hero: Eine Burg\n",
		"x.txt":     "",
	}
	for _, c := range []struct {
		name  string
		dated bool // git has the files that the lock was made from
		edit  func(p *project)
		want  []string
	}{
		{"a file, by git", true, func(p *project) { p.edit("site.yaml", "A castle", "A ruin") }, []string{"site.yaml changes 3 assets, 3 image credits"}},
		{"a file, and nobody knows", false, func(p *project) { p.edit("site.yaml", "A castle", "A ruin") }, nil},
		{"an expression, by its words", false, func(p *project) { p.edit("main.asset.hcl", "}, ${each.key}", "} at dawn, ${each.key}") },
			[]string{"prompt of image.hero at main.asset.hcl:9 probably changes 3 assets, 3 image credits"}},
		{"words that went, by git", true, func(p *project) { p.edit("site.yaml", "A castle", "castle") }, []string{"site.yaml changes 3 assets, 3 image credits"}},
		{"words that went, and nobody knows", false, func(p *project) { p.edit("site.yaml", "A castle", "castle") }, nil},
		{"the variable, by git", true, func(p *project) { p.edit("main.asset.hcl", `"en"`, `"de"`) }, []string{"var.language at main.asset.hcl:2 changes 3 assets, 3 image credits"}},
		{"the variable's file, by git", true, func(p *project) { p.write("live.auto.vars.hcl", "language = \"de\"\n") }, []string{"var.language at live.auto.vars.hcl:1 changes 3 assets, 3 image credits"}},
		{"another variable's file", true, func(p *project) {
			p.write("live.auto.vars.hcl", "language = \"de\"\n")
			p.past["live.auto.vars.hcl"] = "language = \"de\"\n"
		}, nil},
		{"other line ends and places", true, func(p *project) {
			p.past["main.asset.hcl"] = "# A comment.\r\n" + strings.ReplaceAll(p.past["main.asset.hcl"], "\n", "\r\n")
			p.edit("site.yaml", "A castle", "A ruin")
		}, []string{"site.yaml changes 3 assets, 3 image credits"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newProject(t, site)
			if !c.dated {
				p.past = nil
			}
			c.edit(p)
			p.want(c.want...)
		})
	}
}

// TestCausesKeepTheirValue: what has the value that it had is no cause, whatever
// words it brings and however it is written now.
func TestCausesKeepTheirValue(t *testing.T) {
	t.Parallel()
	site := map[string]string{"main.asset.hcl": `variable "style" {
  default = "thick oil paint"
}
locals {
  look  = "flat"
  place = "by the sea"
}
image "hero" {
  for_each = toset(["a", "b", "c"])
  prompt   = "${local.look}, ${local.place}, ${each.key}"
  output   = "${each.key}.png"
}
`}
	p := newProject(t, site)
	p.edit("main.asset.hcl", `look  = "flat"`, `look  = var.style`)
	p.want("local.look at main.asset.hcl:5 changes 3 assets, 3 image credits")

	p = newProject(t, site)
	p.edit("main.asset.hcl", `place = "by the sea"`, `place    =    "by the sea" # as ever`)
	p.edit("main.asset.hcl", `"${local.look}, `, `"${local.look}. `)
	p.want("prompt of image.hero at main.asset.hcl:10 changes 3 assets, 3 image credits")
}

func BenchmarkCauses(b *testing.B) {
	const n = 2000
	var src strings.Builder
	src.WriteString("locals { style = \"painterly\" }\n")
	for i := range n {
		fmt.Fprintf(&src, "image \"a%d\" {\n  prompt = \"Asset %d, ${local.style}\"\n  output = \"a%d.png\"\n}\n", i, i, i)
	}
	p := newProject(b, map[string]string{"main.asset.hcl": src.String()})
	p.edit("main.asset.hcl", "painterly", "flat")
	cfg, pl := p.plan()
	b.ReportAllocs()
	for b.Loop() {
		if got := Causes(cfg, pl, p.texts, p.then); len(got) != 1 || got[0].Assets != n {
			b.Fatalf("causes: %+v", got)
		}
	}
}
