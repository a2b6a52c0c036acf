package main

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// TestRun measures everything there is, as a user types it, or without
// ASSETFORM_LONG some of each kind. The older build is this one.
func TestRun(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("examples/bench/run is for a POSIX shell")
	}
	old := program(t)
	script, err := filepath.Abs("run")
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	rows := regexp.MustCompile("^(plan-1000|version|generate.*|system-calls)$")
	if os.Getenv("ASSETFORM_LONG") != "" {
		rows = regexp.MustCompile("")
	}
	cmd := exec.Command(script, "--quick", "--anyway", "--markdown", "--runs", "1", "--rows", rows.String(), "--old", filepath.Base(old))
	cmd.Dir, cmd.Stderr = filepath.Dir(old), &stderr // --old counts from where it is typed
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	lines := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		if cells := strings.Split(strings.Trim(line, "| \n"), " | "); len(cells) > 1 {
			lines[cells[0]] = cells[1:]
		}
	}
	b := bench{quick: true, old: old}
	for _, r := range reach {
		if !rows.MatchString(r.name) {
			continue
		}
		work := r.work
		if r.assets > 0 {
			work = fmt.Sprintf(work, thousands(b.scaled(r.assets)))
		}
		cells := lines[work]
		if len(cells) != 4 {
			t.Errorf("%s is %q in:\n%s", r.name, cells, out)
			continue
		}
		measured := regexp.MustCompile(`^[0-9]+(\.[0-9]+)? (x|MB|fsyncs)$`).MatchString(cells[1])
		if missing := b.missing(r); measured != (len(missing) == 0) || measured == strings.HasPrefix(cells[3], "not measured: ") {
			t.Errorf("%s is %q, and misses %q", r.name, cells, missing)
		}
	}
	for name, more := range map[string]string{growth: "200 rows of a table", systemCalls: "fsync"} {
		if rows.MatchString(name) && lines[more] == nil && (more != "fsync" || has("strace")) {
			t.Errorf("there is no line %q in:\n%s", more, out)
		}
	}
}

// programs is where assetform was built for these tests, or has what was said
// instead of building it.
var programs, notBuilt string

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(programs)
	os.Exit(code)
}

var buildOnce = sync.OnceFunc(func() {
	var err error
	if programs, err = os.MkdirTemp("", "assetform-bench-test-"); err == nil {
		err = build(context.Background(), filepath.Join("..", ".."), filepath.Join(programs, "assetform"), ".")
	}
	if err != nil {
		notBuilt = err.Error()
	}
})

// program builds assetform, once.
func program(t *testing.T) string {
	t.Helper()
	if buildOnce(); notBuilt != "" {
		t.Fatal(notBuilt)
	}
	return filepath.Join(programs, "assetform")
}

// newBench is one that has the program, with a load.
func newBench(t *testing.T, old string) *bench {
	b := &bench{root: filepath.Join("..", ".."), tool: program(t), log: io.Discard, quick: true, pattern: regexp.MustCompile(""), load: func() (float64, error) { return 0, nil }}
	end, err := b.open(t.Context(), old)
	t.Cleanup(end)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestWork: a project is really generated, one request an asset, and what is
// measured in it finds what it should.
func TestWork(t *testing.T) {
	t.Parallel()
	b := newBench(t, "")
	const n = 7
	p, err := b.applied(t.Context(), b.tool, n)
	if err != nil {
		t.Fatal(err)
	}
	if b.server.posted != n {
		t.Errorf("%d requests", b.server.posted)
	}
	pictures := map[string]bool{}
	err = filepath.WalkDir(filepath.Join(p.dir, "art"), func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		if _, kind, bad := image.Decode(bytes.NewReader(text)); bad != nil || kind != "png" {
			t.Errorf("%s: %s %v", name, kind, bad)
		}
		pictures[string(text)] = true
		return err
	})
	if err != nil || len(pictures) != n {
		t.Errorf("%d different pictures: %v", len(pictures), err)
	}
	edited, err := b.edited(p, "main.asset.hcl", 1)
	if err != nil {
		t.Fatal(err)
	}
	samples, err := b.warm(t.Context(), 1, b.unchanged(p, "plan"), b.unchanged(p, "verify"), edited)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range samples {
		if s.cpu <= 0 || s.wall <= 0 || runtime.GOOS != "windows" && s.memory < 1e6 {
			t.Errorf("sample %d: %+v", i, s)
		}
	}
	if out, err := exec.Command("git", "-C", p.dir, "status", "--porcelain").Output(); err != nil || len(out) > 0 {
		t.Errorf("the edit was not taken back: %v\n%s", err, out)
	}

	// What assetform remembers goes, what it needs stays.
	if err := p.forget(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(p.dir, ".assetform", "index")); err == nil {
		t.Error("the index is still there")
	}
	if _, err := os.Stat(filepath.Join(p.dir, ".assetform", "store")); err != nil {
		t.Error(err)
	}

	// A file that went is no project in which nothing changed.
	if err := os.RemoveAll(filepath.Join(p.dir, "art")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.once(t.Context(), b.unchanged(p, "plan")); err == nil || !strings.Contains(err.Error(), "did not say") {
		t.Errorf("a plan with changes counts as one without: %v", err)
	}
	// And what comes out of the store was not generated.
	if _, err := b.once(t.Context(), b.generating(p, 0, image.Point{})); err == nil || !strings.Contains(err.Error(), "got 0 requests for 7 assets") {
		t.Errorf("an apply that sends nothing counts as one that does: %v", err)
	}
}

// TestIdle: an older build that does nothing is not a fast one.
func TestIdle(t *testing.T) {
	t.Parallel()
	idle := filepath.Join(t.TempDir(), "idle.go")
	if err := os.WriteFile(idle, []byte("package main\n\nfunc main() {}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(t.TempDir(), "idle")
	if err := build(t.Context(), t.TempDir(), old, idle); err != nil {
		t.Fatal(err)
	}
	var out, log bytes.Buffer
	b := &bench{root: filepath.Join("..", ".."), tool: program(t), log: &log, load: func() (float64, error) { return 0, nil }}
	if code := b.run(t.Context(), []string{"--quick", "--rows", "^generate$", "--old", old}, &out); code != 1 || out.Len() > 0 || !strings.Contains(log.String(), "did not say") {
		t.Errorf("exit code %d\n%s\n%s", code, out.Bytes(), log.Bytes())
	}
}

// TestBusy: on a busy machine nothing is judged, and what is printed anyway
// says so.
func TestBusy(t *testing.T) {
	t.Parallel()
	var out, log bytes.Buffer
	load := func() (float64, error) { return float64(runtime.NumCPU()) + 0.5, nil }
	b := &bench{root: filepath.Join("..", ".."), log: &log, load: load}
	if code := b.run(t.Context(), nil, &out); code != 1 || out.Len() > 0 || !strings.Contains(log.String(), "nothing is judged: the load is ") || b.tmp != "" {
		t.Errorf("exit code %d\n%s\n%s", code, out.Bytes(), log.Bytes())
	}
	b = &bench{root: filepath.Join("..", ".."), tool: program(t), log: &log, load: load}
	if code := b.run(t.Context(), []string{"--anyway", "--runs", "1", "--rows", "^version$"}, &out); code != 0 || !strings.HasPrefix(out.String(), "NOISY: ") || !strings.Contains(out.String(), "\nversion ") {
		t.Errorf("exit code %d\n%s\n%s", code, out.Bytes(), log.Bytes())
	}
	if _, err := os.Stat(b.tmp); err == nil {
		t.Errorf("%s is left behind", b.tmp)
	}
	// Between two sections it waits, but not against a signal.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := (&bench{load: load}).quiet(ctx, 1<<40); err != context.Canceled {
		t.Error(err)
	}
}

// TestVerdict: a limit is the most, or the least, and reaching it is enough.
func TestVerdict(t *testing.T) {
	t.Parallel()
	most, least := row{limit: 1.5}, row{limit: 100, atLeast: true}
	for _, c := range []struct {
		row     row
		reached float64
		want    string
	}{
		{most, 1.4, "yes"}, {most, 1.5, "yes"}, {most, 1.6, "no"},
		{least, 99, "no"}, {least, 100, "yes"}, {least, 101, "yes"},
	} {
		if got := (&bench{}).verdict(c.row, c.reached); got != c.want {
			t.Errorf("%v of %+v: %s", c.reached, c.row, got)
		}
	}
}

// TestSays: what must be printed is found however thousands are written, and
// nothing else is.
func TestSays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"No changes. Configuration, lock and files agree: 1,000 assets.\n": true,
		"Configuration, lock and files agree: 1000 assets.\n":              true,
		"Configuration, lock and files agree: 100 assets.\n":               false,
		"": false,
	} {
		if says(text, "onfiguration, lock and files agree: 1000 asset") != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}

// TestReadCalls reads what strace prints.
func TestReadCalls(t *testing.T) {
	t.Parallel()
	c, err := readCalls(`% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 61.29    0.131187          46      2850       321 futex
  2.11    0.004512          15       300           fsync
  1.05    0.002257          11       100           fdatasync
  1.00    0.002257          11       190        12 openat
------ ----------- ----------- --------- --------- ----------------
100.00    0.214036          44      3440       333 total
`)
	if err != nil || c["futex"] != 2850 || c["total"] != 3440 || c.each(100, syncs...) != 4 {
		t.Errorf("%v %v", c, err)
	}
	if _, err := readCalls("strace: Process 7 attached\n"); err == nil {
		t.Error("nothing counts as a summary")
	}
}
