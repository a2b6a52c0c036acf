package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assetform/apply/engine"
	"assetform/apply/engine/all"
	"assetform/apply/engine/enginetest"
	"assetform/apply/engine/enginetest/toy"
	"assetform/config"
	"assetform/lockfile"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// An engine is a folder and a line: with nothing but the toy engine in the list
// a project is checked, planned, priced, applied and locked with it.
func TestToyEngine(t *testing.T) {
	t.Parallel()
	toyEngine, bare := toy.Engine()
	p := &toyProject{t: t, dir: t.TempDir(), engines: append(slices.Clone(all.Engines), toyEngine)}
	if err := os.WriteFile(filepath.Join(p.dir, "base.png"), enginetest.Picture("base"), 0o666); err != nil {
		t.Fatal(err)
	}
	const project = `
assetform {
  budget { sprites = 9 }
}
provider "toy" {}
provider "local" {}
defaults "image" { provider = toy }
image "plain" {
  prompt = "A key"
  output = "plain.png"
}
image "all" {
  prompt   = "A chest"
  colours  = "many"
  steps    = 12
  strength = 0.25
  tiled    = true
  output   = "all.png"
}
image "pile" {
  prompt = "A heap"
  layers = [image.all, "base.png"]
  output = "pile.png"
}
`
	p.write(project)
	p.run(ExitDone, Validate)
	var plan struct {
		Cost    map[string]int
		Changes []struct {
			Address string
			Cost    map[string]int
			After   map[string]any
		}
	}
	if err := json.Unmarshal(p.run(ExitDone, Plan, "--json"), &plan); err != nil {
		t.Fatal(err)
	}
	want := map[string]int{"image_credits": 0, "videos": 0, "sprites": 6, "conditional_image_credits": 0, "conditional_videos": 0, "conditional_sprites": 0}
	if diff := cmp.Diff(want, plan.Cost); diff != "" {
		t.Errorf("cost (-want +got):\n%s", diff)
	}
	if c := plan.Changes[0]; c.Cost["sprites"] != 3 || c.After["strength"] != 0.25 || c.After["steps"] != 12.0 || c.After["tiled"] != true {
		t.Errorf("%+v", c)
	}
	if text := string(p.run(ExitDone, Plan)); !strings.Contains(text, "Cost: 6 sprites") {
		t.Errorf("the plan does not say its cost:\n%s", text)
	}
	for _, over := range [][]string{{"--max", "sprites=5"}, {"--max", "sprites=0", "--max", "videos=1"}} {
		if text := string(p.run(ExitRefused, Apply, append(over, "--auto-approve")...)); !strings.Contains(text, "up to 6 sprites") {
			t.Errorf("%v:\n%s", over, text)
		}
	}
	// A saved plan has its own bounds: none of another run is passed over.
	p.run(ExitDone, Plan, "--out", filepath.Join(p.dir, "plan.json"))
	for _, bound := range [][]string{{"--max", "sprites=5"}, {"--max-image-credits", "1"}, {"--max-videos", "1"}} {
		set := pflag.NewFlagSet("", pflag.ContinueOnError)
		var f applyFlags
		f.bind(set)
		if err := set.Parse(bound); err != nil {
			t.Fatal(err)
		}
		if err := f.check(engine.Registry(p.engines), set, []string{"plan.json"}); err == nil || !strings.Contains(err.Error(), "saved plan") {
			t.Errorf("%v beside a saved plan: %v", bound, err)
		}
	}
	p.write(strings.Replace(project, "sprites = 9", "sprites = 5", 1))
	p.run(ExitRefused, Apply, "--auto-approve")
	if bare.Asked() != 0 {
		t.Fatalf("%d requests were sent over budget", bare.Asked())
	}

	p.write(project)
	if text := string(p.run(ExitDone, Apply, "--auto-approve")); !strings.Contains(text, "6 sprites spent") {
		t.Errorf("the apply does not say what it cost:\n%s", text)
	}
	taken := map[string]engine.Request{}
	for _, r := range bare.Taken() {
		taken[fmt.Sprint(r.Params["prompt"])] = r
	}
	params := map[string]any{"prompt": "A chest", "colours": "many", "steps": int64(12), "strength": 0.25, "tiled": true}
	if diff := cmp.Diff(params, taken["A chest"].Params); diff != "" {
		t.Errorf("rows that arrived (-want +got):\n%s", diff)
	}
	params = map[string]any{"prompt": "A key", "colours": "few", "steps": int64(8), "strength": 0.5, "tiled": false}
	if diff := cmp.Diff(params, taken["A key"].Params); diff != "" {
		t.Errorf("defaults that arrived (-want +got):\n%s", diff)
	}
	if pile := taken["A heap"]; pile.Method != "layers" || len(pile.Images["layers"]) != 2 || !bytes.Equal(pile.Images["layers"][1], enginetest.Picture("base")) {
		t.Errorf("images that arrived: %s, %d", pile.Method, len(pile.Images["layers"]))
	}

	lock := p.lock()
	e := lock.Assets["image.all"]
	inputs := lockfile.Inputs{
		"prompt": lockfile.Text("A chest"), "colours": lockfile.Text("many"), "steps": lockfile.Int(12),
		"strength": lockfile.Number(0.25), "tiled": lockfile.Bool(true),
	}
	if e.Provider != "toy" || e.Method != "pixels" || e.Cost["sprites"] != 3 || e.TaskID == "" || !e.Inputs.Equal(inputs) {
		t.Errorf("%+v", e)
	}
	if in := lock.Assets["image.plain"].Inputs; len(in) != 1 {
		t.Errorf("defaults are in the lock: %v", in)
	}
	p.run(ExitDone, Verify)
	if text := string(p.run(ExitDone, Plan, "--detailed-exitcode")); !strings.Contains(text, "No changes") {
		t.Error(text)
	}
	if text := string(p.run(ExitDone, Explain, "image.all")); !strings.Contains(text, "3 sprites") || !strings.Contains(text, "pixels (toy)") {
		t.Error(text)
	}

	// What the engine does not say is an error at its place.
	for text, want := range map[string]string{
		`steps = 1.5`:        "whole number",
		`strength = "much"`:  "must be a number",
		`colours = "lots"`:   `"few" or "many"`,
		`model = "big"`:      "takes no model",
		`layers = ["a.png"]`: "takes 2 to 3",
	} {
		p.write(strings.Replace(project, `prompt = "A key"`, "prompt = \"A key\"\n  "+text, 1))
		if got := string(p.run(ExitError, Validate)); !strings.Contains(got, want) {
			t.Errorf("%s: no %q in\n%s", text, want, got)
		}
	}
	// Another engine's asset does not take what this one has.
	p.write(strings.Replace(project, `prompt = "A key"`, "prompt = \"A key\"\n  provider = local\n  steps = 3", 1))
	if got := string(p.run(ExitError, Validate)); !strings.Contains(got, "takes no steps") {
		t.Error(got)
	}
	for _, page := range []string{config.Reference(engine.Registry(p.engines)), string(config.JSONSchema(engine.Registry(p.engines)))} {
		if !strings.Contains(page, "strength") || !strings.Contains(page, "sprites") {
			t.Error("the reference or the schema does not know the engine")
		}
	}
}

type toyProject struct {
	t       *testing.T
	dir     string
	engines []engine.Engine
}

func (p *toyProject) write(text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "main.asset.hcl"), []byte(text), 0o666); err != nil {
		p.t.Fatal(err)
	}
}

func (p *toyProject) lock() *lockfile.Lock {
	p.t.Helper()
	l, _, err := lockfile.Load(filepath.Join(p.dir, "assetform.lock.json"), p.dir)
	if err != nil {
		p.t.Fatal(err)
	}
	return l
}

// run runs a command in this process and returns all that it said, words parted
// by one blank.
func (p *toyProject) run(code int, bind func(*pflag.FlagSet) Run, args ...string) []byte {
	p.t.Helper()
	said, err := os.CreateTemp(p.t.TempDir(), "said")
	if err != nil {
		p.t.Fatal(err)
	}
	defer said.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		p.t.Fatal(err)
	}
	defer null.Close()
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	run := bind(set)
	if err := set.Parse(args); err != nil {
		p.t.Fatal(err)
	}
	s, err := NewSession(Process{
		Engines: p.engines,
		Name:    "command", Version: "0.1.0", Chdir: p.dir, In: null, Out: said, Err: said,
		Environ: []string{"PATH=" + os.Getenv("PATH"), "CI=1"},
		Notify:  func() <-chan os.Signal { return nil },
	})
	if err != nil {
		p.t.Fatal(err)
	}
	got := run(context.Background(), s, set.Args())
	b, err := os.ReadFile(said.Name())
	if err != nil {
		p.t.Fatal(err)
	}
	if got != code {
		p.t.Errorf("%v: exit code %d, want %d\n%s", args, got, code, b)
	}
	return []byte(strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(string(b))), " "))
}
