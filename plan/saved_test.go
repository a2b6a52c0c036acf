package plan

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/engine/all"
	"assetform/config"
	"assetform/lockfile"
)

const withVariables = `
variable "style" {
  type    = object({ name = string, weight = optional(number, 3) })
  default = { name = "ink" }
}

variable "secret" {
  type      = string
  sensitive = true
}

variable "key" {
  type      = string
  sensitive = true
}

provider "imaginator" {
  api_key = var.key
}

image "a" {
  prompt = "${var.style.name} ${var.secret}"
  output = "a.png"
}
`

func savedWorld(t *testing.T, vars map[string]string) (*world, func() (*Plan, *config.Project)) {
	t.Helper()
	w := newWorld(t, withVariables)
	return w, func() (*Plan, *config.Project) {
		t.Helper()
		o := config.Options{Engines: all.Registry(), Dir: w.dir, ToolVersion: "0.1.0"}
		for name, value := range vars {
			o.Vars = append(o.Vars, config.VarFlag{Name: name, Value: value})
		}
		p, diags := config.Load(o)
		if diags.HasErrors() {
			t.Fatalf("load: %s", diags.Error())
		}
		none := func(lockfile.InputsHash) (lockfile.Entry, bool) { return lockfile.Entry{}, false }
		return Build(p, w.lock, Snapshot{Stored: none, Paid: w.paid, HasBlob: func(lockfile.ContentHash) bool { return false }}, Options{}), p
	}
}

func TestSavedPlanRoundTrip(t *testing.T) {
	t.Parallel()
	vars := map[string]string{"secret": "hush-hush"}
	_, build := savedWorld(t, vars)
	p, project := build()
	s, err := NewSaved(p.Document(project), project, nil, SavedOptions{Targets: []string{"image.a"}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "plan.json")
	if err := WriteSaved(path, s); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "hush-hush") {
		t.Errorf("the plan file holds a secret:\n%s", text)
	}
	if strings.Contains(string(text), `"key"`) {
		t.Error("a variable that only api_key uses is recorded")
	}
	again, err := ReadSaved(path, all.Registry())
	if err != nil {
		t.Fatal(err)
	}
	values, err := again.Recorded()
	if err != nil {
		t.Fatal(err)
	}
	if got := values["style"].GetAttr("name").AsString(); got != "ink" || len(values) != 1 {
		t.Errorf("recorded values: %#v", values)
	}
	if why := again.Stale(p.Document(project), project, nil); why != "" {
		t.Errorf("unchanged project: %s", why)
	}
	vars["key"] = "now-there-is-one"
	p, project = build()
	if why := again.Stale(p.Document(project), project, nil); why != "" {
		t.Errorf("the key is given only for apply: %s", why)
	}
}

func TestSavedPlanStale(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(w *world, vars map[string]string) (lock []byte)
		want   string
	}{
		"config":   {func(w *world, _ map[string]string) []byte { w.config(withVariables + "# changed\n"); return nil }, "configuration file"},
		"lock":     {func(*world, map[string]string) []byte { return lockfile.New().Encode() }, "there was no lock"},
		"secret":   {func(_ *world, vars map[string]string) []byte { vars["secret"] = "other"; return nil }, `"secret"`},
		"variable": {func(_ *world, vars map[string]string) []byte { vars["style"] = `{ name = "oil" }`; return nil }, `"style"`},
		"disk": {func(w *world, _ map[string]string) []byte {
			w.lock.Assets["image.z"] = lockfile.Entry{Output: "z.png"}
			return nil
		}, "files on disk"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vars := map[string]string{"secret": "hush-hush"}
			w, build := savedWorld(t, vars)
			p, project := build()
			s, err := NewSaved(p.Document(project), project, nil, SavedOptions{})
			if err != nil {
				t.Fatal(err)
			}
			lock := c.change(w, vars)
			p, project = build()
			if why := s.Stale(p.Document(project), project, lock); !strings.Contains(why, c.want) {
				t.Errorf("stale because %q, want something with %q", why, c.want)
			}
		})
	}
}

// After a run of the same plan was killed it is the journal that has changed.
func TestSavedPlanStaleByARequest(t *testing.T) {
	t.Parallel()
	w, build := savedWorld(t, map[string]string{"secret": "hush-hush"})
	p, project := build()
	s, err := NewSaved(p.Document(project), project, nil, SavedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range p.Changes {
		w.paid[c.InputsHash] = true
	}
	p, project = build()
	if why := s.Stale(p.Document(project), project, nil); !strings.Contains(why, "the journal has changed since it was made: a request for "+p.Changes[0].Address.String()) {
		t.Errorf("stale because %q", why)
	}
}

func TestReadSavedRefuses(t *testing.T) {
	t.Parallel()
	_, build := savedWorld(t, map[string]string{"secret": "x"})
	p, project := build()
	s, err := NewSaved(p.Document(project), project, nil, SavedOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Encode(s)
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	for name, c := range map[string]struct{ text, want string }{
		"cut":             {good[:len(good)/2], "cut or damaged"},
		"empty":           {"", "cut or damaged"},
		"other document":  {"{}", "no saved plan"},
		"other version":   {strings.Replace(good, `"saved_version": 1`, `"saved_version": 2`, 1), "version"},
		"other format":    {strings.Replace(good, `"format_version": "1.1"`, `"format_version": "9.0"`, 1), "version"},
		"unknown field":   {strings.Replace(good, `"salt"`, `"pepper": 1, "salt"`, 1), "pepper"},
		"something after": {good + "{}", "cut or damaged"},
	} {
		path := filepath.Join(t.TempDir(), "plan.json")
		if err := os.WriteFile(path, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadSaved(path, all.Registry()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
}
