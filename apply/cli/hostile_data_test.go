//go:build unix

package cli

import (
	"assetform/apply/engine/all"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// hostileCommands is everything that opens the data directory, or writes
// beside it, as a person runs it in a repository that somebody else filled.
var hostileCommands = []struct {
	name string
	bind func(*pflag.FlagSet) Run
	args []string
}{
	{"validate", Validate, nil},
	{"plan", Plan, nil},
	{"verify", Verify, nil},
	{"show", Show, nil},
	{"explain", Explain, []string{"image.a"}},
	{"report", Report, []string{"--out", "pages"}},
	{"store list", StoreList, nil},
	{"tasks list", TasksList, []string{"--journal"}},
	{"store prune", StorePrune, nil},
	{"lock rm", LockRm, []string{"image.b"}},
	{"lock merge", LockMerge, nil},
	{"adopt", Adopt, []string{"image.a"}},
	{"restore", Restore, nil},
	{"tasks forget", TasksForget, []string{"image.a"}},
	{"tasks settle", TasksSettle, []string{"--forget-all", "--auto-approve"}},
	{"apply", Apply, []string{"--auto-approve"}},
	{"destroy", Destroy, []string{"--auto-approve"}},
	{"init", Init, nil},
}

// hostileConfig makes a name of a directory that a shell's start-up file would
// run, were it written there.
const hostileConfig = `image "a" {
  prompt       = "A cat"
  aspect_ratio = "square"
  output       = "art/$(touch pwned)/x.png"
}
`

// hostileRepo is a directory with a project and, beside it, files that are
// none of the project's business.
type hostileRepo struct {
	t    *testing.T
	dir  string // the project
	home string
}

func newHostileRepo(t *testing.T) *hostileRepo {
	t.Helper()
	top := t.TempDir()
	r := &hostileRepo{t: t, dir: filepath.Join(top, "project"), home: filepath.Join(top, "home")}
	old := time.Now().Add(-90 * 24 * time.Hour)
	for name, text := range map[string]string{
		"project/main.asset.hcl": hostileConfig,
		"home/victim":            "precious\n", "home/dir/old": "old\n", "home/dir/ab/" + strings.Repeat("ab", 32): "blob\n",
	} {
		full := filepath.Join(top, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755), os.WriteFile(full, []byte(text), 0o644), os.Chtimes(full, old, old)); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// at puts something in the place of a path of the project.
func (r *hostileRepo) at(name string, plant func(at string) error) {
	r.t.Helper()
	full := filepath.Join(r.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o755), plant(full)); err != nil {
		r.t.Fatal(err)
	}
}

func (r *hostileRepo) git(args ...string) {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
	cmd.Dir = r.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

// run runs a command in this process and returns its exit code and all it
// said. One that hangs fails the test.
func (r *hostileRepo) run(bind func(*pflag.FlagSet) Run, args []string, environ ...string) (int, string) {
	r.t.Helper()
	said, err := os.CreateTemp(r.t.TempDir(), "said")
	if err != nil {
		r.t.Fatal(err)
	}
	defer said.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		r.t.Fatal(err)
	}
	defer null.Close()
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	run := bind(set)
	if err := set.Parse(args); err != nil {
		r.t.Fatal(err)
	}
	s, err := NewSession(Process{
		Engines: all.Engines,
		Name:    "command", Version: "0.1.0", Chdir: r.dir, In: null, Out: said, Err: said,
		Environ: append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + r.home, "CI=1"}, environ...),
		Notify:  func() <-chan os.Signal { return nil },
	})
	if err != nil {
		r.t.Fatal(err)
	}
	ended := make(chan int, 1)
	go func() { ended <- run(context.Background(), s, set.Args()) }()
	select {
	case code := <-ended:
		b, err := os.ReadFile(said.Name())
		if err != nil {
			r.t.Fatal(err)
		}
		return code, strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(string(b))), " ")
	case <-time.After(2 * time.Minute):
		r.t.Fatalf("%v hangs", args)
		return 0, ""
	}
}

// outside is all that stands outside of the project.
func (r *hostileRepo) outside() map[string]string { return r.below(r.home) }

func (r *hostileRepo) below(dir string) map[string]string {
	r.t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			found[name] = "no file"
			return err
		}
		b, err := os.ReadFile(name)
		found[name] = string(b)
		return err
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return found
}

// plants are what a repository, or whoever can write here, may have put in the
// place of something. Git carries the links.
func (r *hostileRepo) plants(name string) map[string]func(at string) error {
	victim, dir := filepath.Join(r.home, "victim"), filepath.Join(r.home, "dir")
	link := func(target string) func(string) error {
		return func(at string) error {
			rel, err := filepath.Rel(filepath.Dir(at), target)
			return errors.Join(err, os.Symlink(rel, at))
		}
	}
	plants := map[string]func(at string) error{
		"pipe": func(at string) error { return syscall.Mkfifo(at, 0o600) },
	}
	if strings.HasPrefix(name, "store") || name == "." {
		plants["link"], plants["link within"] = link(dir), link(r.dir)
		return plants
	}
	plants["link"], plants["dangling link"], plants["link to a directory"] = link(victim), link(victim+".new"), link(dir)
	plants["hard link"] = func(at string) error { return os.Link(victim, at) }
	return plants
}

// dataEntries are the names in the data directory that something is done to.
var dataEntries = []string{
	".", "dirs", "lock", "journal", "journal.new", "index", ".gitignore",
	"store", "store/tmp", "store/damaged", "store/results", "store/blobs", "store/blobs/sha256", "store/blobs/sha256/ab",
}

// Whatever stands in the data directory, no command writes through it, removes
// where it leads, or waits for it; those that need it say what it is.
func TestHostileDataDirectory(t *testing.T) {
	t.Parallel()
	for _, name := range dataEntries {
		for _, kind := range slices.Sorted(maps.Keys((&hostileRepo{}).plants(name))) {
			t.Run(name+" is a "+kind, func(t *testing.T) {
				t.Parallel()
				r := newHostileRepo(t)
				r.at(filepath.Join(".assetform", name), r.plants(name)[kind])
				before := r.outside()
				for _, c := range hostileCommands {
					code, said := r.run(c.bind, c.args)
					refused := strings.Contains(said, filepath.ToSlash(filepath.Join(".assetform", name))) && strings.Contains(said, "ASSETFORM_DATA_DIR")
					needs := slices.Contains([]string{"apply", "destroy", "adopt", "restore", "store prune", "tasks forget"}, c.name)
					if needs && (code != ExitError || !refused) {
						t.Errorf("%s: exit code %d, said: %s", c.name, code, said)
					}
					if d := cmp.Diff(before, r.outside()); d != "" {
						t.Fatalf("%s changed what is outside (-before +after):\n%s", c.name, d)
					}
				}
			})
		}
	}
}

// What git tracks of the data directory is never used, nor anything beside it.
func TestTrackedDataDirectory(t *testing.T) {
	t.Parallel()
	for name, plant := range map[string]func(r *hostileRepo){
		"file":       func(r *hostileRepo) { r.at(".assetform/results", empty) },
		"deep":       func(r *hostileRepo) { r.at(".assetform/store/results/x.json", empty) },
		"other case": func(r *hostileRepo) { r.at(".ASSETFORM/journal", empty); r.at(".assetform/index", empty) },
		"link": func(r *hostileRepo) {
			r.at(".assetform", func(at string) error { return os.Symlink("../home/dir", at) })
		},
		"link within": func(r *hostileRepo) {
			r.at(".assetform/dirs", func(at string) error { return os.Symlink("../../home/victim", at) })
		},
		"submodule": func(r *hostileRepo) {
			r.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("ab", 20)+",.assetform")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newHostileRepo(t)
			r.git("init", "-q")
			plant(r)
			if name != "submodule" {
				r.git("add", "-A", "-f")
			}
			r.strangers(t, "what a repository brings", nil)
			// A directory elsewhere is the way out.
			other := "ASSETFORM_DATA_DIR=" + filepath.Join(t.TempDir(), "data")
			if code, said := r.run(Apply, []string{"--auto-approve"}, other); code != ExitDone {
				t.Errorf("apply with %s: exit code %d, said: %s", other, code, said)
			}
		})
	}
}

func empty(at string) error { return os.WriteFile(at, nil, 0o644) }

// strangers expects that commands which only show go without the data
// directory and say so, and that all others refuse.
func (r *hostileRepo) strangers(t *testing.T, why string, environ []string) {
	t.Helper()
	before, data := r.outside(), r.below(filepath.Join(r.dir, ".assetform"))
	for _, c := range hostileCommands {
		code, said := r.run(c.bind, c.args, environ...)
		want := ExitRefused
		switch c.name {
		case "validate", "plan", "show", "explain", "init":
			want = ExitDone
		case "verify":
			want = ExitDifference
		case "report":
			want = ExitDone // a gallery: nothing is committed
			if why != "what a repository brings" {
				want = ExitError // git cannot tell whether the pages may stand there
			}
		}
		if code != want {
			t.Errorf("%s: exit code %d, want %d; said: %s", c.name, code, want, said)
		}
		if c.name != "init" && c.name != "report" && (!strings.Contains(said, why) || !strings.Contains(said, "ASSETFORM_DATA_DIR")) {
			t.Errorf("%s does not say why: %s", c.name, said)
		}
		if d := cmp.Diff(before, r.outside()); d != "" {
			t.Fatalf("%s changed what is outside (-before +after):\n%s", c.name, d)
		}
	}
	if d := cmp.Diff(data, r.below(filepath.Join(r.dir, ".assetform"))); d != "" {
		t.Errorf("the data directory (-before +after):\n%s", d)
	}
}

// Where git cannot be asked the directory may be a stranger's.
func TestGitCannotTell(t *testing.T) {
	t.Parallel()
	t.Run("git fails", func(t *testing.T) {
		t.Parallel()
		r := newHostileRepo(t)
		r.git("init", "-q")
		r.at(".git/index", empty)
		r.at(".git/index", func(at string) error { return os.WriteFile(at, []byte("no index"), 0o644) })
		r.strangers(t, "cannot be told", nil)
	})
	t.Run("outside a repository nobody is asked", func(t *testing.T) {
		t.Parallel()
		r := newHostileRepo(t)
		if code, said := r.run(Apply, []string{"--auto-approve"}); code != ExitDone || strings.Contains(said, "Data directory") {
			t.Errorf("exit code %d, said: %s", code, said)
		}
	})
}

// A name in the environment leads where it leads, but not through what a
// repository brings.
func TestNamedDataDirectory(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"cache/data": ExitRefused, "inside": ExitRefused, "deep/er/data": ExitRefused, ".": ExitRefused, "new": ExitDone, "mine/data": ExitDone} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newHostileRepo(t)
			r.git("init", "-q")
			r.at("cache", func(at string) error { return os.Symlink("../home", at) })
			r.at("inside/journal", empty)
			r.at("deep", func(at string) error { return os.Symlink("here", at) })
			r.at("here/er/data/store/x", empty)
			r.git("add", "-A", "-f")
			r.at("mine", func(at string) error { return os.Symlink(t.TempDir(), at) })
			before := r.outside()
			code, said := r.run(Apply, []string{"--auto-approve"}, "ASSETFORM_DATA_DIR="+name)
			if code != want {
				t.Errorf("exit code %d, want %d; said: %s", code, want, said)
			}
			if d := cmp.Diff(before, r.outside()); d != "" {
				t.Errorf("outside (-before +after):\n%s", d)
			}
		})
	}
}

// What a command writes beside the data directory leads through no link that a
// repository may have brought.
func TestHostileFilesBeside(t *testing.T) {
	t.Parallel()
	for _, name := range []string{".gitignore", ".gitattributes"} {
		for _, kind := range []string{"link", "dangling link", "pipe", "link to a directory"} {
			r := newHostileRepo(t)
			r.at(name, r.plants(name)[kind])
			before := r.outside()
			if code, said := r.run(Init, nil); code != ExitError || !strings.Contains(said, name) {
				t.Errorf("%s is a %s: exit code %d, said: %s", name, kind, code, said)
			}
			if d := cmp.Diff(before, r.outside()); d != "" {
				t.Errorf("%s is a %s: outside (-before +after):\n%s", name, kind, d)
			}
		}
	}
	for _, c := range []struct {
		name string
		bind func(*pflag.FlagSet) Run
		args []string
		at   string
		fine bool // goes another way, which harms nobody
	}{
		{"plan --out", Plan, []string{"--out", "x"}, "x", false},
		{"plan --out", Plan, []string{"--out", "x/plan.json"}, "x", false},
		{"plan --json-into", Plan, []string{"--json-into", "x"}, "x", false},
		{"apply --json-into", Apply, []string{"--auto-approve", "--json-into", "x"}, "x", false},
		{"apply --json-into", Apply, []string{"--auto-approve", "--json-into", "x/events"}, "x", false},
		{"fmt", Fmt, []string{"x.asset.hcl"}, "x.asset.hcl", false},
		{"fmt", Fmt, nil, "x.asset.hcl", true},
		{"init --example", Init, []string{"--example", "game"}, "data", false},
		{"the lock", Apply, []string{"--auto-approve"}, "assetform.lock.json", false},
		{"the lock", LockMerge, nil, "assetform.lock.json", false},
	} {
		for _, kind := range []string{"link", "dangling link", "pipe", "link to a directory"} {
			r := newHostileRepo(t)
			if c.name == "init --example" {
				os.Remove(filepath.Join(r.dir, "main.asset.hcl"))
			}
			r.at(c.at, r.plants(c.at)[kind])
			before := r.outside()
			code, said := r.run(c.bind, c.args)
			// A plan takes a pipe's place: it is renamed over.
			if code == ExitDone && !c.fine && !(kind == "pipe" && c.name[:4] == "plan") {
				t.Errorf("%s: %s is a %s: it succeeded and said: %s", c.name, c.at, kind, said)
			}
			if d := cmp.Diff(before, r.outside()); d != "" {
				t.Errorf("%s: %s is a %s: outside (-before +after):\n%s", c.name, c.at, kind, d)
			}
		}
	}
}

// A directory of the work tree that looks like a bare repository names
// programs in its configuration. None of them runs.
func TestEmbeddedRepository(t *testing.T) {
	t.Parallel()
	r := newHostileRepo(t)
	r.git("init", "-q")
	sub := filepath.Join(r.dir, "game")
	if err := errors.Join(os.Mkdir(sub, 0o755), os.Rename(filepath.Join(r.dir, "main.asset.hcl"), filepath.Join(sub, "main.asset.hcl"))); err != nil {
		t.Fatal(err)
	}
	outer := *r
	r.dir = sub
	r.git("init", "-q", "--bare", ".")
	mark := filepath.Join(r.home, "ran")
	config := fmt.Sprintf("[core]\n\tbare = false\n\tworktree = .\n\tfsmonitor = \"touch %s;false\"\n\tpager = touch %[1]s\n[log]\n\tshowSignature = true\n[gpg]\n\tprogram = \"touch %[1]s\"\n", mark)
	if err := os.WriteFile(filepath.Join(sub, "config"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	outer.git("add", "-f", "game")
	outer.git("commit", "-q", "-m", "x")
	before := r.outside()
	for _, c := range hostileCommands {
		r.run(c.bind, c.args)
		if d := cmp.Diff(before, r.outside()); d != "" {
			t.Fatalf("%s: outside (-before +after):\n%s", c.name, d)
		}
	}
}
