package earlier_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assetform/apply/earlier"
	"assetform/apply/engine/all"
	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// project is a work tree with a lock.
type project struct {
	t   testing.TB
	dir string
	l   *lockfile.Lock
}

func newProject(t testing.TB) *project {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	p := &project{t, t.TempDir(), lockfile.New()}
	p.git("init", "-q", "-b", "main")
	return p
}

func environ() []string {
	return append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
}

func (p *project) git(args ...string) {
	p.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = p.dir, environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
}

// put gives an asset a result of these inputs, with its file.
func (p *project) put(address, inputs, content string, change func(*lockfile.Entry)) lockfile.InputsHash {
	p.t.Helper()
	e := lockfile.Entry{
		Provider: "imaginator", Method: "generate_image", Inputs: lockfile.Inputs{"prompt": lockfile.Text(inputs)},
		InputsHash: lockfile.InputsHash(lockfile.HashBytes([]byte(inputs))), Output: strings.ReplaceAll(address, ".", "/") + ".png",
		ContentHash: lockfile.HashBytes([]byte(content)), MediaType: "image/png", Bytes: int64(len(content)), TaskID: "1",
	}
	if change != nil {
		change(&e)
	}
	p.l.Assets[address] = e
	p.write(e.Output, content)
	return e.InputsHash
}

func (p *project) write(name, content string) {
	p.t.Helper()
	full := filepath.Join(p.dir, filepath.FromSlash(name))
	if err := errors.Join(os.MkdirAll(filepath.Dir(full), 0o777), os.WriteFile(full, []byte(content), 0o666)); err != nil {
		p.t.Fatal(err)
	}
}

func (p *project) commit() {
	p.t.Helper()
	p.write(lockfile.Filename, string(p.l.Encode()))
	p.git("add", "-A")
	p.git("commit", "-q", "--allow-empty", "-m", "x")
}

// results searches; the engines are none, so that any hash fits any inputs.
func (p *project) results(commits int) *earlier.Results {
	r := &earlier.Results{Dir: p.dir, Below: ".", Environ: environ(), Commits: commits}
	p.t.Cleanup(r.Close)
	return r
}

func TestFind(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	first := p.put("image.a", "one", "first", nil)
	drawn := p.put("image.s", "sketched", "sketch", func(e *lockfile.Entry) { e.Placeholder, e.Provider = true, "local" })
	made := p.put("image.h", "by hand", "hand", func(e *lockfile.Entry) { e.Adopted = true })
	gone := p.put("image.g", "never committed", "gone", nil)
	if err := os.Remove(filepath.Join(p.dir, "image/g.png")); err != nil {
		t.Fatal(err)
	}
	p.commit()
	p.put("image.a", "one", "another take", nil)
	p.commit()
	p.put("image.a", "two", "second", nil)
	p.commit()
	p.git("checkout", "-q", "-b", "side")
	aside := p.put("image.b", "aside", "aside", nil)
	p.commit()
	p.git("checkout", "-q", "main")
	p.git("merge", "-q", "--no-ff", "-s", "ours", "-m", "ours", "side")
	r := p.results(10)
	e, commit, ok := r.Find(first)
	if !ok || e.ContentHash != lockfile.HashBytes([]byte("another take")) || e.Output != "" || len(commit) != 40 {
		t.Errorf("found %+v at %q, %v; want the newest take", e, commit, ok)
	}
	for name, h := range map[string]lockfile.InputsHash{"a sketch": drawn, "a person's": made, "no file": gone, "another branch": aside, "nothing": {1}} {
		if e, commit, ok := r.Find(h); ok {
			t.Errorf("%s: found %s at %s", name, e.ContentHash, commit)
		}
	}
	if note := r.Note(); note != "" { // outputs need not be in git, as that of image.g is not
		t.Errorf("note: %s", note)
	}
	for commits, want := range map[int]bool{0: false, 1: false, 2: true} {
		if _, _, ok := p.results(commits).Find(first); ok != want {
			t.Errorf("in %d commits: %v, want %v", commits, ok, want)
		}
	}
}

func TestTakeIn(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	h := p.put("image.a", "one", "first", nil)
	e := p.l.Assets["image.a"]
	p.commit()
	delete(p.l.Assets, "image.a")
	p.commit()
	s, err := store.Open(datadir.Open(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	r := p.results(10)
	var missing *repo.NotFoundError
	if err := r.TakeIn(s, e.ContentHash); !errors.As(err, &missing) {
		t.Errorf("taken before it was found: %v", err)
	}
	if r.Holds(&e) == "" {
		t.Error("the entry's file is in a commit")
	}
	other := e
	other.ContentHash = lockfile.HashBytes([]byte("other"))
	if at := r.Holds(&other); at != "" {
		t.Errorf("content that was never there is in %s", at)
	}
	if _, _, ok := r.Find(h); !ok {
		t.Fatal("not found")
	}
	r.Close()
	if err := r.TakeIn(s, e.ContentHash); err != nil {
		t.Fatal(err)
	}
	got, ok, err := s.Result(h)
	if err != nil || !ok || got.ContentHash != e.ContentHash || got.TaskID != "1" {
		t.Errorf("stored %+v, %v, %v", got, ok, err)
	}
	if !s.HandMade(e.ContentHash) {
		t.Error("content that git alone names is taken for assetform's")
	}
}

// TestMoved: a project's directory that got another name has its history.
func TestMoved(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	top := p.dir
	p.dir = filepath.Join(top, "old", "name")
	p.write("other.txt", "x")
	h := p.put("image.a", "one", "first", nil)
	p.commit()
	p.put("image.a", "two", "second", nil)
	p.commit()
	p.dir = top
	p.git("mv", "old/name", "new")
	p.git("commit", "-q", "-m", "moved")
	p.dir = filepath.Join(top, "new")
	r := p.results(10)
	e, _, ok := r.Find(h)
	if !ok || e.ContentHash != lockfile.HashBytes([]byte("first")) {
		t.Fatalf("found %+v, %v; %s", e, ok, r.Note())
	}
	s, err := store.Open(datadir.Open(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.TakeIn(s, e.ContentHash); err != nil {
		t.Error(err)
	}
}

// TestCut says that more was not searched.
func TestCut(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	for i := range 3 {
		p.put("image.a", fmt.Sprint(i), fmt.Sprint("content ", i), nil)
		p.commit()
	}
	r := p.results(2)
	if _, _, ok := r.Find(lockfile.InputsHash{1}); ok || r.Note() != "history is cut at 2 versions of the lock: --history N searches more" {
		t.Errorf("found %v; %q", ok, r.Note())
	}
}

// TestNoHistory: what is no work tree, or has no commit, holds nothing and is no
// fault; what cannot be read is said.
func TestNoHistory(t *testing.T) {
	t.Parallel()
	none := &earlier.Results{Dir: t.TempDir(), Below: ".", Environ: append(environ(), "GIT_CEILING_DIRECTORIES=/"), Commits: 5}
	empty := newProject(t)
	damaged := newProject(t)
	h := damaged.put("image.a", "one", "first", nil)
	damaged.write(lockfile.Filename, "<<<<<<< no lock\n"+string(damaged.l.Encode()))
	damaged.git("add", "-A")
	damaged.git("commit", "-q", "-m", "x")
	for name, r := range map[string]*earlier.Results{"no repository": none, "no commit": empty.results(5), "no lock": damaged.results(5)} {
		if _, _, ok := r.Find(h); ok || r.Note() != "" {
			t.Errorf("%s: found %v, %q", name, ok, r.Note())
		}
		r.Close()
	}
}

// TestShallow says where history ends, so that who pays knows.
func TestShallow(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	h := p.put("image.a", "one", "first", nil)
	p.commit()
	p.put("image.a", "two", "second", nil)
	p.commit()
	clone := &project{t: t, dir: t.TempDir()}
	clone.git("clone", "-q", "--depth", "1", "file://"+filepath.ToSlash(p.dir), ".")
	r := clone.results(10)
	if _, _, ok := r.Find(h); ok || r.Note() != "history is cut at 1 version of the lock: this clone is shallow" {
		t.Errorf("found %v; %q", ok, r.Note())
	}
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	p := newProject(t)
	p.put("image.a", "one", "first", nil)
	p.commit()
	p.git("checkout", "-q", "-b", "side")
	p.put("image.a", "one", "side", nil)
	p.commit()
	p.git("checkout", "-q", "main")
	p.git("merge", "-q", "--no-ff", "-s", "ours", "-m", "ours", "side")
	s, err := store.Open(datadir.Open(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	r, err := repo.Open(t.Context(), p.dir, environ())
	if err != nil {
		t.Fatal(err)
	}
	for content, want := range map[string]bool{"first": true, "side": true, "never": false} {
		h := lockfile.HashBytes([]byte(content))
		if ok, err := earlier.TakeOutput(t.Context(), r, s, ".", h); ok != want || err != nil || s.Has(h) != want {
			t.Errorf("%s: %v, %v; stored: %v", content, ok, err, s.Has(h))
		}
	}
}

// BenchmarkFind is the first look-up in a history of 200 versions of a lock of
// 1,000 entries, of which each changed ten.
// TestFindInLarge: a plan of a fresh clone asks for each asset, so that one
// look-up may not take longer where the lock has many.
func TestFindInLarge(t *testing.T) {
	t.Parallel()
	fastest := func(n int) time.Duration {
		p := newProject(t)
		var h lockfile.InputsHash
		for i := range n {
			h = p.put(fmt.Sprintf("image.a%d", i), fmt.Sprint("inputs ", i), "content", nil)
		}
		p.commit()
		r := p.results(10)
		r.Engines = all.Registry() // by which the inputs of an entry are hashed
		best := time.Hour
		for range 20 {
			began := time.Now()
			r.Find(h)
			best = min(best, time.Since(began))
		}
		return best
	}
	if few, many := fastest(10), fastest(2000); many > 10*few+100*time.Microsecond {
		t.Errorf("a look-up among 10 entries takes %v, among 2,000 %v", few, many)
	}
}

func BenchmarkFind(b *testing.B) {
	p := newProject(b)
	for i := range 1000 {
		p.put(fmt.Sprintf("image.a%d", i), fmt.Sprint("one ", i), "x", nil)
	}
	h := lockfile.InputsHash(lockfile.HashBytes([]byte("one 3")))
	p.commit()
	for v := range 199 {
		for i := range 10 {
			p.put(fmt.Sprintf("image.a%d", (v*10+i)%1000), fmt.Sprint("version ", v, i), fmt.Sprint("v", v), nil)
		}
		p.commit()
	}
	b.ReportAllocs()
	for b.Loop() {
		r := &earlier.Results{Engines: all.Registry(), Dir: p.dir, Below: ".", Environ: environ(), Commits: earlier.DefaultCommits}
		if _, _, ok := r.Find(h); !ok && r.Note() != "" {
			b.Fatal(r.Note())
		}
		r.Close()
	}
}
