package repo_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/repo"
	"assetform/lockfile"

	"github.com/google/go-cmp/cmp"
)

// versions are the texts of the lock in a directory, the oldest first, with
// "gone" for one that is not here.
func (w *work) versions(rel, from, not string) []string {
	w.t.Helper()
	r := w.open(rel)
	list, err := r.LockVersions(w.t.Context(), from, not)
	if err != nil {
		w.t.Fatal(err)
	}
	texts := []string{}
	if err := r.ReadVersions(w.t.Context(), list, func(_ repo.LockVersion, text []byte, here bool) {
		if !here {
			text = []byte("gone")
		}
		texts = append(texts, string(text))
	}); err != nil {
		w.t.Fatal(err)
	}
	return texts
}

// lines are longer than what git takes for the same file by chance.
func lines(name string) string { return strings.Repeat("a line of "+name+"\n", 20) }

func TestLockVersions(t *testing.T) {
	t.Parallel()
	const name = lockfile.Filename
	for what, c := range map[string]struct {
		make          func(w *work)
		rel, from, to string // below, and up to
		want          []string
	}{
		"one after the other": {make: func(w *work) {
			w.commit(name, "1")
			w.commit("other.txt", "x")
			w.commit(name, "2")
		}, want: []string{"1", "2"}},
		"as it was before": {make: func(w *work) {
			w.commit(name, "1")
			w.commit(name, "2")
			w.commit(name, "1")
		}, want: []string{"1", "2"}},
		"a merge, and what it made": {make: func(w *work) {
			w.commit(name, "1")
			w.git("checkout", "-q", "-b", "b")
			w.commit(name, "b")
			w.git("checkout", "-q", "main")
			w.commit("other.txt", "x")
			w.git("merge", "-q", "--no-commit", "--no-ff", "b")
			w.commit(name, "merged")
		}, want: []string{"1", "b", "merged"}},
		"a merge that took one side": {make: func(w *work) {
			w.commit(name, "1")
			w.git("checkout", "-q", "-b", "b")
			w.commit(name, "b")
			w.git("checkout", "-q", "main")
			w.git("merge", "-q", "--no-ff", "-s", "ours", "-m", "ours", "b")
		}, want: []string{"1", "b"}},
		"what another commit does not have": {make: func(w *work) {
			w.commit(name, "1")
			w.git("tag", "start")
			w.commit(name, "2")
			w.git("checkout", "-q", "-b", "b", "start")
			w.commit(name, "b")
		}, from: "b", to: "main", want: []string{"b"}},
		"below a merge base that is no ancestor's": {make: func(w *work) {
			w.commit(name, "1")
			w.git("checkout", "-q", "--orphan", "b")
			w.commit(name, "b")
		}, from: "b", to: "main", want: []string{"b"}},
		"moved with its directory, twice": {make: func(w *work) {
			w.commit("a/"+name, lines("1"))
			w.commit("a/"+name, lines("2"))
			w.git("mv", "a", "b")
			w.git("commit", "-q", "-m", "moved")
			w.commit("b/"+name, lines("3"))
			w.git("mv", "b", "c")
			w.git("commit", "-q", "-m", "moved")
			w.commit("c/"+name, lines("4"))
		}, rel: "c", want: []string{lines("1"), lines("2"), lines("3"), lines("4")}},
		"moved on one branch, changed on another": {make: func(w *work) {
			w.commit("a/"+name, lines("1"))
			w.git("checkout", "-q", "-b", "b")
			w.commit("a/"+name, lines("1")+"b\n")
			w.commit("a/"+name, lines("1")+"b2\n")
			w.git("checkout", "-q", "main")
			w.git("mv", "a", "c")
			w.git("commit", "-q", "-m", "moved")
			w.commit("c/"+name, "main\n"+lines("1"))
			w.git("merge", "-q", "--no-ff", "-m", "merged", "b")
		}, rel: "c", want: []string{lines("1"), "main\n" + lines("1"), lines("1") + "b\n", lines("1") + "b2\n", "main\n" + lines("1") + "b2\n"}},
		"moved to the top": {make: func(w *work) {
			w.commit("a/"+name, lines("1"))
			w.git("mv", "a/"+name, name)
			w.git("commit", "-q", "-m", "moved")
		}, want: []string{lines("1")}},
		"before it was moved": {make: func(w *work) {
			w.commit("a/"+name, lines("1"))
			w.commit("a/"+name, lines("2"))
			w.git("tag", "before")
			w.git("mv", "a", "b")
			w.git("commit", "-q", "-m", "moved")
			w.git("mv", "b", "c")
			w.commit("c/"+name, lines("2")+"3")
		}, rel: "c", from: "before", want: []string{lines("1"), lines("2")}},
		"another project's": {make: func(w *work) {
			w.commit("a/"+name, lines("of a"))
			w.commit("b/"+name, lines("of b"))
			w.commit("a/"+name, lines("of a again"))
		}, rel: "b", want: []string{lines("of b")}},
		"deleted and there again": {make: func(w *work) {
			w.commit(name, "1")
			w.git("rm", "-q", name)
			w.git("commit", "-q", "-m", "gone")
			w.commit("other.txt", "x")
			w.commit(name, "2")
		}, want: []string{"1", "2"}},
		"with markers": {make: func(w *work) {
			w.commit(name, "<<<<<<< HEAD\n")
			w.commit(name, "1")
		}, want: []string{"<<<<<<< HEAD\n", "1"}},
		"a link for a while": {make: func(w *work) {
			w.commit(name, "1")
			if err := os.Remove(filepath.Join(w.dir, name)); err != nil {
				w.t.Fatal(err)
			}
			if err := os.Symlink("other.txt", filepath.Join(w.dir, name)); err != nil {
				w.t.Skip(err)
			}
			w.git("add", "-A")
			w.git("commit", "-q", "-m", "link")
			if err := os.Remove(filepath.Join(w.dir, name)); err != nil {
				w.t.Fatal(err)
			}
			w.commit(name, "2")
		}, want: []string{"1", "2"}},
		"never there": {make: func(w *work) { w.commit("other.txt", "x") }, want: []string{}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := newWork(t)
			c.make(w)
			if c.from == "" {
				c.from = "HEAD"
			}
			if diff := cmp.Diff(c.want, w.versions(c.rel, c.from, c.to)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestLockVersionsCut: of a clone without history there is what it has, and an
// object that is not here does not shift the texts of the others.
func TestLockVersionsCut(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	w.commit(lockfile.Filename, "1")
	w.commit(lockfile.Filename, "2")
	w.commit(lockfile.Filename, "3")
	w.git("clone", "-q", "--depth", "1", "file://"+filepath.ToSlash(w.dir), "shallow")
	if diff := cmp.Diff([]string{"3"}, w.versions("shallow", "HEAD", "")); diff != "" {
		t.Errorf("shallow (-want +got):\n%s", diff)
	}
	id := w.git("rev-parse", "HEAD~1:"+lockfile.Filename)
	if err := os.Remove(filepath.Join(w.dir, ".git", "objects", id[:2], id[2:])); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"1", "gone", "3"}, w.versions("", "HEAD", "")); diff != "" {
		t.Errorf("without an object (-want +got):\n%s", diff)
	}
}
