package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"assetform/apply/engine/all"
	"assetform/apply/engine/enginetest"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
)

// TestTraceTellsTheTruth edits a project at random, thousands of times if
// ASSETFORM_TRACE_ROUNDS says so, and holds that a plan and a verify that may
// answer from the trace say what those say that look at everything.
func TestTraceTellsTheTruth(t *testing.T) {
	t.Parallel()
	rounds, seed := 60, uint64(1)
	if text := os.Getenv("ASSETFORM_TRACE_ROUNDS"); text != "" {
		var err error
		if rounds, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	if text := os.Getenv("ASSETFORM_TRACE_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	p := newTraced(t, seed)
	names := slices.Sorted(maps.Keys(tracedEdits))
	for round := range rounds {
		var done []string
		for range 1 + p.rand.IntN(3) {
			name := names[p.rand.IntN(len(names))]
			err := tracedEdits[name](p)
			if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) && !errors.Is(err, syscall.EISDIR) && !errors.Is(err, syscall.ENOTDIR) {
				t.Fatalf("round %d, %s: %v", round, name, err)
			}
			done = append(done, name)
			p.pause()
			p.compare(fmt.Sprintf("seed %d, round %d: %s", seed, round, strings.Join(done, ", ")))
		}
		p.restore()
		p.compare(fmt.Sprintf("seed %d, round %d: %s, taken back", seed, round, strings.Join(done, ", ")))
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d of %d answers came from the trace", p.hits, p.asked)
	if p.hits < p.asked/8 {
		t.Errorf("only %d of %d answers came from the trace: this proves little", p.hits, p.asked)
	}
}

// traced is a project that is edited while plans of it are compared.
type traced struct {
	t           *testing.T
	rand        *rand.Rand
	top, dir    string // the project is a directory of another one, whose .git comes and goes
	pristine    map[string]tracedFile
	environ     []string
	args        []string
	said        *os.File
	hits, asked int
}

// tracedFile is what stands at a path before anything is edited.
type tracedFile struct {
	mode    fs.FileMode
	content string // of a file; of a link where it leads
}

var tracedProject = map[string]string{
	"main.asset.hcl": `
variable "style" { default = "flat" }
variable "tone" { default = "warm" }
provider "local" {}
module "more" {
  source = "./mod"
  tone   = var.tone
}
image "a" {
  prompt = "${file("p.txt")}, ${var.style}, ${try(file("opt.txt"), "none")}, ${fileexists("maybe.txt")}"
  output = "out/a.png"
}
image "b" {
  prompt     = "${file("style")} ${join(" ", fileset("icons", "**/*.txt"))}"
  references = [image.a, "ref.png", "in/link.png"]
  output     = "out/deep/b.png"
}
output "all" { value = csvdecode(file("table.csv")) }
`,
	"mod/mod.asset.hcl": `
variable "tone" {}
image "c" {
  prompt = "A boat, ${var.tone}, ${filesha256("data.bin")}"
  output = "c.png"
}
`,
	"assetform.auto.vars.hcl": `tone = "cold"` + "\n",
	"given.vars.hcl":          `style = "flat"` + "\n",
	"p.txt":                   "A castle",
	"style.txt":               "inked",
	"style2.txt":              "inked",
	"table.csv":               "id,name\n1,x\n",
	"mod/data.bin":            "\x01\x02",
	"icons/one.txt":           "1",
	"icons/more/two.txt":      "2",
}

func newTraced(t *testing.T, seed uint64) *traced {
	t.Helper()
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := &traced{t: t, rand: rand.New(rand.NewPCG(seed, 0)), top: top, dir: filepath.Join(top, "game")}
	git := exec.Command("git", "init", "-q", top)
	git.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull)
	if out, err := git.CombinedOutput(); err != nil {
		t.Fatalf("git init: %v\n%s", err, out)
	}
	for name, text := range tracedProject {
		p.must(p.write(name, text))
	}
	for name, seed := range map[string]string{"ref.png": "ref", "ref2.png": "ref2"} {
		p.must(p.write(name, string(enginetest.Picture(seed))))
	}
	p.must(os.Mkdir(p.at("in"), 0o777))
	p.must(os.Symlink("../ref2.png", p.at("in/link.png")))
	p.must(os.Symlink("style.txt", p.at("style")))
	p.must(os.Rename(filepath.Join(top, ".git"), filepath.Join(top, "dotgit")))
	if p.said, err = os.CreateTemp(t.TempDir(), "said"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.said.Close() })
	if text, code := p.run(Apply, "--auto-approve"); code != ExitDone {
		t.Fatalf("apply: exit code %d\n%s", code, text)
	}
	p.pristine = p.files()
	time.Sleep(50 * time.Millisecond) // longer than the grain of the file system
	p.compare("at first")
	return p
}

func (p *traced) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *traced) at(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *traced) write(name, text string) error {
	return errors.Join(os.MkdirAll(filepath.Dir(p.at(name)), 0o777), os.WriteFile(p.at(name), []byte(text), 0o666))
}

// files is all that stands, but for the data directory and git's own.
func (p *traced) files() map[string]tracedFile {
	found := map[string]tracedFile{}
	p.must(filepath.WalkDir(p.top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if base := d.Name(); base == ".assetform" || base == ".git" || base == "dotgit" {
			return fs.SkipDir
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		f := tracedFile{mode: info.Mode()}
		switch {
		case f.mode.IsRegular():
			var b []byte
			b, err = os.ReadFile(name)
			f.content = string(b)
		case f.mode&fs.ModeSymlink != 0:
			f.content, err = os.Readlink(name)
		}
		found[name] = f
		return err
	}))
	return found
}

// restore takes back what was edited: sometimes into the file that stands, and
// sometimes with another one in its place.
func (p *traced) restore() {
	p.environ, p.args = nil, nil
	if _, err := os.Lstat(filepath.Join(p.top, "dotgit")); err != nil {
		p.must(os.Rename(filepath.Join(p.top, ".git"), filepath.Join(p.top, "dotgit")))
	}
	for _, name := range []string{"trace", "index", "journal"} {
		if info, err := os.Lstat(p.at(".assetform/" + name)); err == nil && !info.Mode().IsRegular() {
			p.must(os.RemoveAll(p.at(".assetform/" + name)))
		}
	}
	now := p.files()
	for name, f := range now {
		if was, stood := p.pristine[name]; !stood || was.mode.Type() != f.mode.Type() {
			p.must(os.RemoveAll(name))
		}
	}
	now = p.files()
	for _, name := range slices.Sorted(maps.Keys(p.pristine)) {
		was := p.pristine[name]
		is, stands := now[name]
		switch {
		case stands && is == was:
		case was.mode.IsDir():
			p.must(os.MkdirAll(name, 0o777))
		case was.mode&fs.ModeSymlink != 0:
			os.Remove(name) // it may not stand
			p.must(os.Symlink(was.content, name))
		case stands && p.rand.IntN(2) == 0:
			p.must(os.WriteFile(name, []byte(was.content), 0o666))
			p.must(os.Chmod(name, was.mode.Perm()))
		default:
			p.must(os.WriteFile(name+"~", []byte(was.content), was.mode.Perm()))
			p.must(os.Rename(name+"~", name))
		}
	}
}

// pause lets the clock of the file system go on, or not.
func (p *traced) pause() {
	if p.rand.IntN(4) == 0 {
		time.Sleep(30 * time.Millisecond)
	}
}

// compare holds that a plan and a verify say what they say without index and
// trace. They are asked twice: the first one may leave a trace.
func (p *traced) compare(after string) {
	p.t.Helper()
	type answer struct {
		Text string
		Code int
	}
	for command, bind := range map[string]func(*pflag.FlagSet) Run{"plan": Plan, "verify": Verify} {
		var flags []string
		if command == "plan" {
			flags = []string{"--detailed-exitcode"}
		}
		if p.rand.IntN(3) == 0 {
			continue
		}
		for range 1 + p.rand.IntN(2) {
			before, err := os.Lstat(p.at(".assetform/trace"))
			var got, want answer
			got.Text, got.Code = p.run(bind, flags...)
			want.Text, want.Code = p.run(bind, append(flags, "--no-index")...)
			if d := cmp.Diff(want, got); d != "" {
				p.t.Errorf("%s: %s (-without trace +with it):\n%s", after, command, d)
			}
			p.asked++
			if now, lookErr := os.Lstat(p.at(".assetform/trace")); err == nil && lookErr == nil && os.SameFile(before, now) && got.Code == ExitDone && got.Text != "" {
				p.hits++
			}
		}
	}
	if info, err := os.Lstat(p.at(".assetform/trace")); err == nil && !info.Mode().IsRegular() {
		return // apply refuses such a data directory
	}
	if p.rand.IntN(20) == 0 {
		if text, _ := p.run(Plan, "--no-index"); strings.HasPrefix(text, "No changes. Configuration") {
			want := text + "\nApplied: 3 unchanged.\nCost: nothing charged.\n"
			if got, code := p.run(Apply); got != want || code != ExitDone {
				p.t.Errorf("%s: apply: exit code %d\n%s", after, code, got)
			}
		}
	}
}

// run runs a command in this process and returns all that it said.
func (p *traced) run(bind func(*pflag.FlagSet) Run, args ...string) (string, int) {
	p.t.Helper()
	p.must(errors.Join(p.said.Truncate(0), ignored(p.said.Seek(0, 0))))
	null, err := os.Open(os.DevNull)
	p.must(err)
	defer null.Close()
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	run := bind(set)
	p.must(set.Parse(append(slices.Clone(p.args), args...)))
	s, err := NewSession(Process{
		Engines: all.Engines,
		Name:    "command", Version: "0.1.0", Chdir: p.dir, In: null, Out: p.said, Err: p.said,
		Environ: append([]string{"PATH=" + os.Getenv("PATH"), "CI=1"}, p.environ...),
		Notify:  func() <-chan os.Signal { return nil },
	})
	p.must(err)
	code := run(context.Background(), s, set.Args())
	b, err := os.ReadFile(p.said.Name())
	p.must(err)
	return string(b), code
}

func ignored[T any](_ T, err error) error { return err }
