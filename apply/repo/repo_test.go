package repo_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assetform/apply/repo"
	"assetform/lockfile"
)

// work is a repository of a test's own.
type work struct {
	t   *testing.T
	dir string
}

// newWork makes an empty repository that no setting of the machine reaches.
func newWork(t *testing.T) *work {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	w := &work{t: t, dir: t.TempDir()}
	w.git("init", "-q", "-b", "main")
	return w
}

func gitEnviron() []string {
	return append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
}

func (w *work) git(args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = w.dir, gitEnviron()
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w *work) write(name, text string) {
	w.t.Helper()
	full := filepath.Join(w.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
		w.t.Fatal(err)
	}
}

func (w *work) commit(name, text string) string {
	w.t.Helper()
	w.write(name, text)
	w.git("add", "-A")
	w.git("commit", "-q", "-m", "change "+name)
	return w.git("rev-parse", "HEAD")
}

func (w *work) open(rel string) *repo.Repo {
	w.t.Helper()
	r, err := repo.Open(w.t.Context(), filepath.Join(w.dir, rel), gitEnviron())
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *work) find(r *repo.Repo, want repo.Wanted, commits ...string) (string, error) {
	w.t.Helper()
	f, err := r.Finder(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	defer f.Close()
	var b bytes.Buffer
	err = f.CopyTo(&b, func() error { b.Reset(); return nil }, want, commits)
	return b.String(), err
}

func wanted(text, path string) repo.Wanted {
	return repo.Wanted{Hash: lockfile.HashBytes([]byte(text)), Size: int64(len(text)), Path: path}
}

func TestFindInCommits(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	first := w.commit("game/art/a b.png", "first\x00\n\n")
	second := w.commit("game/art/a b.png", "second")
	r := w.open("game")
	got, err := w.find(r, wanted("first\x00\n\n", "art/a b.png"), second, first)
	if err != nil || got != "first\x00\n\n" {
		t.Fatalf("got %q, %v", got, err)
	}
	// A second question after an answer that was not the right one.
	got, err = w.find(r, wanted("second", "../game/art/a b.png"), first, second)
	if err != nil || got != "second" {
		t.Fatalf("got %q, %v", got, err)
	}
}

func TestFindSaysWhyNot(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	content := "the picture"
	hash := lockfile.HashBytes([]byte(content))
	pointer := fmt.Sprintf("version https://git-lfs.github.com/spec/v1\noid %s\nsize %d\n", hash, len(content))
	w.commit("art/lfs.png", pointer)
	w.commit("art/other.png", "something else")
	head := w.git("rev-parse", "HEAD")
	r := w.open("")
	for _, tt := range []struct {
		path string
		why  repo.Missing
	}{
		{"art/lfs.png", repo.NotPulled},
		{"art/other.png", repo.OtherContent},
		{"art/none.png", repo.NotThere},
		{"../outside.png", repo.NotThere},
		{"art/new\nline.png", repo.NotThere},
	} {
		_, err := w.find(r, wanted(content, tt.path), head)
		var missing *repo.NotFoundError
		if !errors.As(err, &missing) || missing.Why != tt.why {
			t.Errorf("%q: got %v, want reason %d", tt.path, err, tt.why)
		}
	}
	// Once Git LFS has the content, the pointer's path does not matter.
	name := hex.EncodeToString(hash[:])
	w.write(".git/lfs/objects/"+name[:2]+"/"+name[2:4]+"/"+name, content)
	if got, err := w.find(r, wanted(content, "art/none.png")); err != nil || got != content {
		t.Errorf("from Git LFS: got %q, %v", got, err)
	}
	w.write(".git/lfs/objects/"+name[:2]+"/"+name[2:4]+"/"+name, "damaged!!!!")
	if got, err := w.find(r, wanted(content, "art/lfs.png"), head); err == nil {
		t.Errorf("damaged content of Git LFS was handed out: %q", got)
	}
}

func TestOpenOutsideGit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := repo.Open(t.Context(), dir, append(gitEnviron(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir)))
	if !errors.Is(err, repo.ErrNoRepository) {
		t.Fatalf("got %v, want ErrNoRepository", err)
	}
}

// TestOpenIgnoresGitDir opens a repository the way a merge driver would, with
// git's own variables set for another place.
func TestOpenIgnoresGitDir(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	head := w.commit("sub/x", "1")
	env := append(gitEnviron(), "GIT_DIR=.git", "GIT_PREFIX=elsewhere/")
	r, err := repo.Open(t.Context(), filepath.Join(w.dir, "sub"), env)
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := r.Path("x"); p != "sub/x" || !ok {
		t.Errorf("path: got %q, %t", p, ok)
	}
	if got, err := r.Commit(t.Context(), "HEAD"); err != nil || got != head {
		t.Errorf("HEAD: got %q, %v, want %q", got, err, head)
	}
}

func TestLinkedWorkTree(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	head := w.commit("sub/x", "content")
	linked := filepath.Join(t.TempDir(), "linked")
	w.git("worktree", "add", "-q", "-b", "side", linked)
	r, err := repo.Open(t.Context(), filepath.Join(linked, "sub"), gitEnviron())
	if err != nil {
		t.Fatal(err)
	}
	hash := lockfile.HashBytes([]byte("big"))
	name := hex.EncodeToString(hash[:])
	w.write(".git/lfs/objects/"+name[:2]+"/"+name[2:4]+"/"+name, "big")
	if got, err := w.find(r, wanted("big", "x")); err != nil || got != "big" {
		t.Errorf("content of Git LFS in the common directory: got %q, %v", got, err)
	}
	if got, err := w.find(r, wanted("content", "x"), head); err != nil || got != "content" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestLastCommit(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	r := w.open("")
	if got, err := r.LastCommit(t.Context(), "lock"); got != "" || err != nil {
		t.Errorf("without commits: got %q, %v", got, err)
	}
	first := w.commit("lock", "1")
	w.commit("other", "1")
	if got, err := r.LastCommit(t.Context(), "lock"); got != first || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, first)
	}
	if got, err := r.LastCommit(t.Context(), "none"); got != "" || err != nil {
		t.Errorf("of a file that never was: got %q, %v", got, err)
	}
	if _, err := r.Commit(t.Context(), "--all"); err == nil {
		t.Error("a name that looks like a flag was taken for a commit")
	}
}

func TestCommitsWithFindsBothEnds(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	w.commit("sub/lock", "one")
	two := w.commit("sub/lock", "two")
	w.git("checkout", "-q", "--detach")
	w.commit("sub/lock", "three")
	w.git("checkout", "-q", "main") // "three" is in the reflog only
	r := w.open("sub")
	if got := r.CommitsWith(t.Context(), "lock", []byte("two")); !slices.Contains(got, two) {
		t.Errorf("got %v, want %s among them", got, two)
	}
	if got := r.CommitsWith(t.Context(), "lock", []byte("three")); len(got) == 0 {
		t.Error("a commit that only the reflog has was not found")
	}
	if got := r.CommitsWith(t.Context(), "lock", []byte("never")); len(got) != 0 {
		t.Errorf("got %v for content that never was", got)
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	first := w.commit("art/a.png", "first")
	second := w.commit("art/a.png", "other") // as long as the first one
	r := w.open("")
	f, err := r.Finder(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	src, err := f.Locate(wanted("first", "art/a.png"), []string{first})
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := f.Locate(wanted("first", "art/a.png"), []string{second})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Locate(wanted("longer than that", "art/a.png"), []string{second, "HEAD~9"})
	var missing *repo.NotFoundError
	if !errors.As(err, &missing) || missing.Why != repo.OtherContent {
		t.Errorf("got %v, want other content", err)
	}
	f.Close() // sources outlive it
	if got, err := read(t, src); got != "first" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if got, err := read(t, wrong); err == nil {
		t.Errorf("content of another hash was read without an error: %q", got)
	}
}

func read(t *testing.T, src repo.Source) (string, error) {
	t.Helper()
	f, err := src.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	return string(b), err
}

// TestMergeCommits looks where git says what is being merged: in the
// environment of a driver, and in files once it has stopped.
func TestMergeCommits(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	base := w.commit("x", "base")
	w.git("checkout", "-q", "-b", "side")
	side := w.commit("x", "side")
	w.git("checkout", "-q", "main")
	head := w.commit("x", "main")
	r := w.open("")
	if got, want := r.MergeCommits(t.Context(), nil), []string{head}; !slices.Equal(got, want) {
		t.Errorf("at rest: got %v, want %v", got, want)
	}
	if got, want := r.MergeCommits(t.Context(), []string{"GITHEAD_" + side + "=side", "GITHEAD_none=x"}), []string{head, side}; !slices.Equal(got, want) {
		t.Errorf("in a driver: got %v, want %v", got, want)
	}
	w.try("merge", "side")
	if got := r.MergeCommits(t.Context(), nil); !slices.Contains(got, side) {
		t.Errorf("in a merge: got %v, want %s among them", got, side)
	}
	if found, err := r.Conflicted(t.Context(), "x"); !found || err != nil {
		t.Errorf("conflicted: %t, %v", found, err)
	}
	w.git("merge", "--abort")
	w.git("checkout", "-q", "side")
	w.try("rebase", "main")
	if got := r.MergeCommits(t.Context(), nil); got[0] != head || !slices.Contains(got, side) {
		t.Errorf("in a rebase: got %v, want %s first and %s", got, head, side)
	}
	w.git("rebase", "--abort")
	w.try("cherry-pick", head)
	if got := r.MergeCommits(t.Context(), nil); !slices.Contains(got, head) || slices.Contains(got, base) {
		t.Errorf("in a cherry-pick: got %v, want %s and not %s", got, head, base)
	}
}

// try runs a git command that stops at a conflict.
func (w *work) try(args ...string) {
	w.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = w.dir, gitEnviron()
	if out, err := cmd.CombinedOutput(); err == nil {
		w.t.Fatalf("git %s met no conflict:\n%s", strings.Join(args, " "), out)
	}
}
