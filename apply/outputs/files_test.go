package outputs

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assetform/apply/store"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
)

// tree is a project of which the lock has "owned" at art/a.png, and whose store
// holds "new" and "stored".
type tree struct {
	*Files
	t    *testing.T
	root string
}

func newTree(t *testing.T, change ...func(*Options)) tree {
	t.Helper()
	root := t.TempDir()
	data := datadir.Open(filepath.Join(root, ".assetform"))
	s, err := store.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, content := range []string{"new", "stored"} {
		p, err := s.Create()
		if err != nil {
			t.Fatal(err)
		}
		p.Write([]byte(content))
		if _, _, err := p.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	lock := lockfile.New()
	lock.Assets["image.a"] = lockfile.Entry{Output: "art/a.png", ContentHash: hash("owned")}
	o := Options{Root: root, Dir: root, Data: data, Store: s, Lock: lock}
	for _, f := range change {
		f(&o)
	}
	files, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(files.Close)
	return tree{files, t, root}
}

func hash(content string) lockfile.ContentHash { return lockfile.HashBytes([]byte(content)) }

func (w tree) path(p string) string { return filepath.Join(w.root, filepath.FromSlash(p)) }

func (w tree) put(p, content string) {
	w.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(w.path(p)), 0o777), os.WriteFile(w.path(p), []byte(content), 0o666)); err != nil {
		w.t.Fatal(err)
	}
}

func (w tree) read(p string) string {
	b, _ := os.ReadFile(w.path(p))
	return string(b)
}

func (w tree) wantRefused(err error, words string) {
	w.t.Helper()
	var drift *DriftError
	if !errors.As(err, &drift) || !strings.Contains(err.Error(), words) {
		w.t.Errorf("%v, want a refusal with %q", err, words)
	}
}

// Whatever stands at a path, it is replaced or removed only if it is ours, and
// is in the store afterwards.
func TestOnlyOursIsReplaced(t *testing.T) {
	overwrite := func(o *Options) { o.OverwriteDrifted = true }
	for name, test := range map[string]struct {
		path, stands, refused string
		change                func(*Options)
	}{
		"nothing":              {path: "art/a.png"},
		"the lock's":           {path: "art/a.png", stands: "owned"},
		"stored":               {path: "b.png", stands: "stored"},
		"changed":              {path: "art/a.png", stands: "mine", refused: "changed by hand"},
		"changed, overwritten": {path: "art/a.png", stands: "mine", change: overwrite},
		"not in the lock":      {path: "b.png", stands: "mine", refused: "did not write"},
		"never overwritten":    {path: "b.png", stands: "mine", refused: "did not write", change: overwrite},
		"another's":            {path: "b.png", stands: "owned", refused: "did not write"},
	} {
		for _, op := range []string{"write", "remove"} {
			t.Run(name+"/"+op, func(t *testing.T) {
				t.Parallel()
				w := newTree(t)
				if test.change != nil {
					w = newTree(t, test.change)
				}
				if test.stands != "" {
					w.put(test.path, test.stands)
				}
				var err error
				want := ""
				if op == "write" {
					err, want = w.Write(test.path, hash("new")), "new"
				} else {
					err = w.Remove(test.path, w.owned[test.path])
				}
				if test.refused != "" {
					w.wantRefused(err, test.refused)
					want = test.stands
				} else if err != nil {
					t.Fatal(err)
				}
				if got := w.read(test.path); got != want {
					t.Errorf("%q stands there, want %q", got, want)
				}
				if test.refused == "" && test.stands != "" && !w.store.Has(hash(test.stands)) {
					t.Error("what stood there is lost")
				}
			})
		}
	}
}

// What comes to stand at a path while its replacement is written stays.
func TestChangedBeforeTheRename(t *testing.T) {
	for name, before := range map[string]string{"replaced": "owned", "made": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var w tree
			w = newTree(t, func(o *Options) {
				o.TestOnlyStep = func(step string) {
					if step == "renaming" {
						w.put("art/a.png", "by hand")
					}
				}
			})
			if before != "" {
				w.put("art/a.png", before)
			}
			w.wantRefused(w.Write("art/a.png", hash("new")), "about to replace")
			left, err := os.ReadDir(w.path("art"))
			if w.read("art/a.png") != "by hand" || len(left) != 1 {
				t.Errorf("%q stands there, with %v, %v", w.read("art/a.png"), left, err)
			}
		})
	}
}

func TestFrozen(t *testing.T) {
	t.Parallel()
	reason := errors.New("frozen")
	w := newTree(t, func(o *Options) { o.Frozen = func() error { return reason } })
	w.put("art/a.png", "owned")
	for name, err := range map[string]error{
		"write":  w.Write("art/a.png", hash("new")),
		"remove": w.Remove("art/a.png", hash("owned")),
		"move":   w.Move("art/a.png", "b.png", hash("owned"), false),
	} {
		if !errors.Is(err, reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if w.read("art/a.png") != "owned" || w.read("b.png") != "" {
		t.Error("something was changed")
	}
}

// A link is not followed, and a path that leads into .git is no output.
func TestLinks(t *testing.T) {
	t.Parallel()
	w := newTree(t)
	w.put("mine.txt", "mine")
	w.put(".git/hooks/x", "hook")
	if err := errors.Join(os.Symlink("mine.txt", w.path("b.png")), os.Symlink(".git", w.path("art"))); err != nil {
		t.Skip(err)
	}
	for _, p := range []string{"b.png", "art/hooks/x", "art/new.png"} {
		w.wantRefused(w.Write(p, hash("new")), "no regular file")
		w.wantRefused(w.Remove(p, hash("new")), "no regular file")
	}
	if w.read("mine.txt") != "mine" || w.read(".git/hooks/x") != "hook" {
		t.Error("a link was followed")
	}
}

func TestMove(t *testing.T) {
	for name, test := range map[string]struct {
		wanted, keep bool
		left         string // at the old path
	}{
		"renamed":                    {},
		"another has the old path":   {wanted: true, left: "owned"},
		"the file stays where it is": {keep: true, left: "owned"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newTree(t, func(o *Options) { o.Wanted = map[string]bool{"art/a.png": test.wanted} })
			w.put("art/a.png", "owned")
			if err := w.Move("art/a.png", "new/b.png", hash("owned"), test.keep); err != nil {
				t.Fatal(err)
			}
			if w.read("new/b.png") != "owned" || w.read("art/a.png") != test.left {
				t.Errorf("%q stands there, %q where it was", w.read("new/b.png"), w.read("art/a.png"))
			}
		})
	}
}

// A directory goes with its last file if it was made for outputs, also in
// another run; one that a person made stays.
func TestDirectories(t *testing.T) {
	t.Parallel()
	var kept Options
	w := newTree(t, func(o *Options) { kept = *o })
	if err := os.Mkdir(w.path("mine"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := w.Write("mine/deep/er/b.png", hash("new")); err != nil {
		t.Fatal(err)
	}
	again, err := Open(kept)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := errors.Join(again.Remove("mine/deep/er/b.png", hash("new")), again.SaveDirs()); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(w.path("mine"))
	if err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
	if list := w.read(".assetform/" + dirList); list != "" {
		t.Errorf("list %q", list)
	}
}

// TestTakeInSaysWhatStands: what cannot be taken in is named by its path in the
// project, and a Git LFS pointer with the way to its bytes.
func TestTakeInSaysWhatStands(t *testing.T) {
	t.Parallel()
	w := newTree(t)
	w.put("art/a.png", "version https://git-lfs.github.com/spec/v1\noid "+hash("owned").String()+"\nsize 5\n")
	err := w.TakeIn(hash("owned"), "art/a.png")
	var unpulled *UnpulledError
	if !errors.As(err, &unpulled) || !strings.Contains(err.Error(), "git lfs pull") {
		t.Errorf("of a pointer: %v", err)
	}
	w.put("art/a.png", "other")
	if err := w.TakeIn(hash("owned"), "art/a.png"); err == nil || errors.As(err, &unpulled) || strings.Contains(err.Error(), w.root) || !strings.Contains(err.Error(), `"art/a.png"`) {
		t.Errorf("of other content: %v", err)
	}
	w.put("art/a.png", "owned")
	if err := w.TakeIn(hash("owned"), "art/a.png"); err != nil || !w.store.Has(hash("owned")) {
		t.Errorf("of the content itself: %v", err)
	}
}
