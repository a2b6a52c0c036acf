package repo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/repo"
	"assetform/lockfile"
	"assetform/plan"
)

// lock is a lock with an entry for each path and content.
func lock(pairs ...string) string {
	l := lockfile.New()
	for i := 0; i < len(pairs); i += 2 {
		h := lockfile.HashBytes([]byte(pairs[i+1]))
		l.Assets[fmt.Sprintf("image.a%d", i/2)] = lockfile.Entry{
			Output: pairs[i], Provider: "local", Method: "generate_image", Inputs: lockfile.Inputs{},
			InputsHash: lockfile.InputsHash(h), ContentHash: h, MediaType: "image/png", Bytes: int64(len(pairs[i+1])),
		}
	}
	return string(l.Encode())
}

func claim(path, content string) plan.Claim {
	return plan.Claim{Path: path, Hash: lockfile.HashBytes([]byte(content)), Size: int64(len(content))}
}

// together commits several files at once.
func (w *work) together(files ...string) {
	w.t.Helper()
	for i := 0; i < len(files); i += 2 {
		w.write(files[i], files[i+1])
	}
	w.git("add", "-A")
	w.git("commit", "-q", "-m", "change")
}

const lockName = lockfile.Filename

// Each history ends with a lock that names art/a.png to the content "mine",
// which stands there.
func TestCommitted(t *testing.T) {
	t.Parallel()
	pointer := "version https://git-lfs.github.com/spec/v1\noid " + lockfile.HashBytes([]byte("mine")).String() + "\nsize 4\n"
	tests := map[string]struct {
		history func(w *work)
		want    bool
	}{
		"file and entry in the first commit": {func(w *work) {
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
		}, true},
		"file and entry, then other work": {func(w *work) {
			w.commit("readme", "1")
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
			w.commit("readme", "2")
			w.together("art/b.png", "b", lockName, lock("art/a.png", "mine", "art/b.png", "b"))
		}, true},
		"an update": {func(w *work) {
			w.together("art/a.png", "old", lockName, lock("art/a.png", "old"))
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
		}, true},
		"a renamed asset": {func(w *work) {
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
			w.together(lockName, lock("art/0.png", "x", "art/a.png", "mine"))
		}, true},
		"a mode changed since": {func(w *work) {
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
			w.git("update-index", "--chmod=+x", "art/a.png")
			w.git("commit", "-q", "-m", "mode")
		}, true},
		"a pointer of Git LFS": {func(w *work) {
			w.together("art/a.png", pointer, lockName, lock("art/a.png", "mine"))
		}, true},
		"a merged branch": {func(w *work) {
			w.commit("readme", "1")
			w.git("checkout", "-q", "-b", "side")
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
			w.git("checkout", "-q", "main")
			w.commit("readme", "2")
			w.git("merge", "-q", "--no-ff", "-m", "merge", "side")
		}, true},
		"a squashed branch": {func(w *work) {
			w.commit("readme", "1")
			w.git("checkout", "-q", "-b", "side")
			w.commit("art/a.png", "mine")
			w.commit(lockName, lock("art/a.png", "mine"))
			w.git("checkout", "-q", "main")
			w.git("merge", "-q", "--squash", "side")
			w.git("commit", "-q", "-m", "squashed")
		}, true},
		"a person's file and a claim": {func(w *work) {
			w.commit("art/a.png", "mine")
			w.commit(lockName, lock("art/a.png", "mine"))
		}, false},
		"a claim before the file": {func(w *work) {
			w.commit(lockName, lock("art/a.png", "mine"))
			w.commit("art/a.png", "mine")
		}, false},
		"a person's file and a claim beside other assets": {func(w *work) {
			w.together("art/a.png", "mine", "art/b.png", "b", lockName, lock("art/b.png", "b"))
			w.together("art/b.png", "b2", lockName, lock("art/b.png", "b2", "art/a.png", "mine"))
		}, false},
		"a merged claim": {func(w *work) {
			w.commit("art/a.png", "mine")
			w.git("checkout", "-q", "-b", "side")
			w.commit(lockName, lock("art/a.png", "mine"))
			w.git("checkout", "-q", "main")
			w.commit("readme", "2")
			w.git("merge", "-q", "--no-ff", "-m", "merge", "side")
		}, false},
		// The branch changes the file and changes it back, so that it shows in
		// none of its differences to main.
		"a merged claim after a change to and fro": {func(w *work) {
			w.commit("art/a.png", "mine")
			w.git("checkout", "-q", "-b", "side")
			w.together("art/a.png", "other", lockName, lock("art/a.png", "other"))
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
			w.git("checkout", "-q", "main")
			w.commit("readme", "2")
			w.git("merge", "-q", "--no-ff", "-m", "merge", "side")
		}, false},
		// The branch merges main and slips the claim into that merge; then main
		// is moved to it.
		"a claim in a merge of main": {func(w *work) {
			w.commit("readme", "1")
			w.git("checkout", "-q", "-b", "side")
			w.commit("other", "1")
			w.git("checkout", "-q", "main")
			w.commit("art/a.png", "mine")
			w.git("checkout", "-q", "side")
			w.git("merge", "-q", "--no-commit", "--no-ff", "main")
			w.together(lockName, lock("art/a.png", "mine"))
		}, false},
		"a person's file that was committed anew": {func(w *work) {
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
			w.git("rm", "-q", "--cached", "art/a.png")
			w.git("commit", "-q", "-m", "not ours any more")
			w.commit("art/a.png", "mine")
		}, false},
		"an update and its revert": {func(w *work) {
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
			w.together("art/a.png", "other", lockName, lock("art/a.png", "other"))
			w.git("revert", "--no-edit", "HEAD")
		}, true},
		"an asset that went and came back": {func(w *work) {
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
			w.git("rm", "-q", "art/a.png")
			w.together(lockName, lock())
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
		}, true},
		"a branch that follows main": {func(w *work) {
			w.together("art/a.png", "old", lockName, lock("art/a.png", "old"))
			w.git("checkout", "-q", "-b", "side")
			w.commit("other", "1")
			w.git("checkout", "-q", "main")
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
			w.git("checkout", "-q", "side")
			w.git("merge", "-q", "--no-ff", "-m", "merge main", "main")
			w.git("checkout", "-q", "main")
			w.commit("readme", "2")
			w.git("merge", "-q", "--no-ff", "-m", "merge", "side")
		}, true},
		"a merge that settles on one side": {func(w *work) {
			w.together("art/a.png", "old", lockName, lock("art/a.png", "old"))
			w.git("checkout", "-q", "-b", "side")
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
			w.git("checkout", "-q", "main")
			w.together("art/a.png", "other", lockName, lock("art/a.png", "other"))
			w.git("merge", "-q", "--no-ff", "-X", "theirs", "-s", "ort", "-m", "merge", "side")
		}, true},
		"a person's file that had been a generated one of the same size": {func(w *work) {
			w.together("art/a.png", "mens", lockName, lock("art/a.png", "mens"))
			w.commit("art/a.png", "mine")
			w.git("rm", "-q", "art/a.png")
			w.git("commit", "-q", "-m", "away")
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
		}, false},
		"a person's file taken away and brought back with a claim": {func(w *work) {
			w.commit("art/a.png", "mine")
			w.git("rm", "-q", "art/a.png")
			w.git("commit", "-q", "-m", "away")
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
		}, false},
		"a person's file changed and brought back with a claim": {func(w *work) {
			w.commit("art/a.png", "mine")
			w.commit("art/a.png", "other")
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
		}, false},
		"a person's file that becomes a pointer with a claim": {func(w *work) {
			w.commit("art/a.png", "mine")
			w.together("art/a.png", pointer, lockName, lock("art/a.png", "mine"))
		}, false},
		"a person's pointer that becomes a file with a claim": {func(w *work) {
			w.commit("art/a.png", pointer)
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
		}, false},
		// A root of its own is the first parent of a merge that shows nothing
		// but the lock against main.
		"a history of its own": {func(w *work) {
			w.commit("art/a.png", "mine")
			w.commit("readme", "1")
			w.write(lockName, lock("art/a.png", "mine"))
			w.git("add", "-A")
			tree := w.git("write-tree")
			orphan := w.git("commit-tree", "-m", "orphan", tree)
			w.git("reset", "-q", "--hard", w.git("commit-tree", "-m", "merge", "-p", orphan, "-p", w.git("rev-parse", "HEAD"), tree))
		}, false},
		"a person's file brought by a merge": {func(w *work) {
			w.commit("readme", "1")
			w.git("checkout", "-q", "-b", "side")
			w.commit("other", "1")
			w.git("checkout", "-q", "main")
			w.commit("readme", "2")
			w.git("merge", "-q", "--no-commit", "--no-ff", "side")
			w.commit("art/a.png", "mine")
			w.git("rm", "-q", "art/a.png")
			w.git("commit", "-q", "-m", "away")
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
		}, false},
		"a file that is not committed": {func(w *work) {
			w.commit(lockName, lock("art/a.png", "mine"))
			w.write("art/a.png", "mine")
		}, false},
		"a file that is not committed as it stands": {func(w *work) {
			w.together("art/a.png", "other bytes", lockName, lock("art/a.png", "mine"))
			w.write("art/a.png", "mine")
		}, false},
		"a link": {func(w *work) {
			w.write("four", "mine")
			if err := os.MkdirAll(filepath.Join(w.dir, "art"), 0o777); err != nil {
				w.t.Fatal(err)
			}
			if err := os.Symlink("four", filepath.Join(w.dir, "art", "a.png")); err != nil {
				w.t.Skip(err)
			}
			w.together(lockName, lock("art/a.png", "mine"))
		}, false},
		"a lock that could not be read before": {func(w *work) {
			w.commit(lockName, "<<<<<<< HEAD\n")
			w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
		}, false},
		"nothing committed": {func(w *work) {
			w.write("art/a.png", "mine")
		}, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWork(t)
			test.history(w)
			c := claim("art/a.png", "mine")
			ours, note := w.open(".").Committed(t.Context(), "HEAD", ".", []plan.Claim{c})
			if ours[c].Ours != test.want {
				t.Errorf("ours is %v (%s), want %v", ours[c], note, test.want)
			}
		})
	}
}

// The commit that speaks against a file is named.
func TestCommittedNames(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	person := w.commit("art/a.png", "mine")
	w.git("rm", "-q", "art/a.png")
	w.git("commit", "-q", "-m", "away")
	w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
	c := claim("art/a.png", "mine")
	if shown, note := w.open(".").Committed(t.Context(), "HEAD", ".", []plan.Claim{c}); shown[c] != (plan.Evidence{Commit: person}) || note != "" {
		t.Errorf("got %+v and %q, want commit %s", shown[c], note, person)
	}
}

// A file whose name is committed in another Unicode normal form than the lock
// has it is the lock's, unless one of that very name stands beside it.
func TestCommittedForms(t *testing.T) {
	t.Parallel()
	const nfc, nfd = "art/\u00e9.png", "art/e\u0301.png"
	c := claim(nfc, "mine")
	ours := func(w *work) bool {
		shown, _ := w.open(".").Committed(t.Context(), "HEAD", ".", []plan.Claim{c})
		return shown[c].Ours
	}
	w := newWork(t)
	w.together(nfd, "mine", lockName, lock(nfc, "mine"))
	if !ours(w) {
		t.Error("the file in NFD is not ours")
	}
	w = newWork(t)
	w.commit(nfd, "mine")
	w.together(lockName, lock(nfc, "mine"))
	if ours(w) {
		t.Error("a file that came without its entry is ours")
	}
	w = newWork(t)
	w.commit(nfc, "mine")
	w.together(nfd, "mine", lockName, lock(nfc, "mine"))
	if ours(w) {
		t.Error("somebody's file is ours because of another one beside it")
	}
}

// Where a clone ends nothing is known of what was there before.
func TestCommittedShallow(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	w.together("art/a.png", "mine", lockName, lock("art/a.png", "mine"))
	w.together("art/b.png", "b", lockName, lock("art/a.png", "mine", "art/b.png", "b"))
	w.commit("readme", "1")
	a, b := claim("art/a.png", "mine"), claim("art/b.png", "b")
	for depth, want := range map[string]struct{ a, b, noted bool }{"1": {false, false, true}, "2": {false, false, true}, "3": {true, true, false}} {
		clone := &work{t: t, dir: t.TempDir()}
		clone.git("clone", "-q", "--depth", depth, "file://"+filepath.ToSlash(w.dir), ".")
		ours, note := clone.open(".").Committed(t.Context(), "HEAD", ".", []plan.Claim{a, b})
		if ours[a].Ours != want.a || ours[b].Ours != want.b || strings.Contains(note, "shallow") != want.noted {
			t.Errorf("depth %s: got %v, %v and note %q, want %+v", depth, ours[a], ours[b], note, want)
		}
	}
}

// A project in a subdirectory, with an output beside it and names that git
// quotes.
func TestCommittedBelow(t *testing.T) {
	t.Parallel()
	w := newWork(t)
	outputs := []string{"art/a.png", "../shared/\u00fc 1.png", "art/'$(x).png"}
	var pairs, files []string
	var claims []plan.Claim
	for i, o := range outputs {
		content := strings.Repeat("x", i+1)
		pairs = append(pairs, o, content)
		files = append(files, filepath.ToSlash(filepath.Join("game", o)), content)
		claims = append(claims, claim(o, content))
	}
	l, err := lockfile.Parse("x", "game", []byte(lock(pairs...)))
	if err != nil {
		t.Fatal(err)
	}
	w.together(append(files, "game/"+lockName, string(l.Encode()))...)
	ours, note := w.open("game").Committed(t.Context(), "HEAD", "game", claims)
	for _, c := range claims {
		if !ours[c].Ours {
			t.Errorf("%q is not ours (%s)", c.Path, note)
		}
	}
}

func TestCommittedOfNothing(t *testing.T) {
	t.Parallel()
	var none *repo.Repo = newWork(t).open(".")
	if ours, note := none.Committed(t.Context(), "HEAD", ".", nil); len(ours) != 0 || note == "" {
		t.Errorf("got %v and %q", ours, note)
	}
}
