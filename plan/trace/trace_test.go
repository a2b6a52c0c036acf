package trace

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assetform/config/worktree"
	"assetform/lockfile/datadir"
)

var key = Key("the program and its arguments")

// look has a witness note all that the tests change.
func look(t testing.TB, root string) *worktree.Witness {
	t.Helper()
	w := &worktree.Witness{}
	files, err := worktree.OpenFiles(root, root)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	files.Tell(w)
	ask := func(_ any, err error) {
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
	ask(files.Names("."))
	ask(files.Read(".", "a.hcl", worktree.Openly))
	ask(files.Read(".", "link", worktree.Openly))
	ask(files.Read(".", "absent", worktree.Openly))
	ask(files.Exists(".", "there", worktree.Openly))
	ask(files.Glob("icons", "**", worktree.Openly))
	f, err := files.OpenRegular("out/a.png")
	ask(f, err)
	f.Close()
	return w
}

func project(t testing.TB) (root string, data *datadir.Dir) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a.hcl": "a", "target": "t", "there": "", "icons/x": "", "icons/more/y": "", "out/a.png": "picture", "out/b.png": "another",
	} {
		name = filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, []byte(text), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("target", filepath.Join(root, "link")); err != nil {
		t.Skip(err)
	}
	return root, datadir.Open(filepath.Join(t.TempDir(), ".assetform"))
}

// settle waits until stamps tell of later changes.
func settle() { time.Sleep(50 * time.Millisecond) }

func TestRecall(t *testing.T) {
	t.Parallel()
	at := filepath.Join
	write := func(name, text string) func(string) error {
		return func(root string) error { return os.WriteFile(at(root, name), []byte(text), 0o666) }
	}
	sameTimes := func(name, text string) func(string) error {
		return func(root string) error {
			info, err := os.Stat(at(root, name))
			if err != nil {
				return err
			}
			return errors.Join(os.WriteFile(at(root, name), []byte(text), 0o666), os.Chtimes(at(root, name), info.ModTime(), info.ModTime()))
		}
	}
	for name, test := range map[string]struct {
		edit func(root string) error
		want bool
	}{
		"nothing":                    {func(string) error { return nil }, true},
		"the same written again":     {write("a.hcl", "a"), true},
		"what was only looked at":    {write("there", "more"), true},
		"what nobody asked for":      {write("out/b.png", "drawn"), true},
		"a file that was read":       {write("a.hcl", "b"), false},
		"read, same size and time":   {sameTimes("a.hcl", "b"), false},
		"a file that was hashed":     {write("out/a.png", "PICTURE"), false},
		"hashed, same size and time": {sameTimes("out/a.png", "PICTURE"), false},
		"where a link leads":         {write("target", "u"), false},
		"the link":                   {func(root string) error { return relink(at(root, "link"), "a.hcl") }, false},
		"a file in the link's place": {func(root string) error { return errors.Join(os.Remove(at(root, "link")), write("link", "t")(root)) }, false},
		"what was not there":         {write("absent", ""), false},
		"what was there":             {func(root string) error { return os.Remove(at(root, "there")) }, false},
		"a new file":                 {write("b.hcl", ""), false},
		"a new file deep down":       {write("icons/more/z", ""), false},
		"a file of another kind": {func(root string) error {
			return errors.Join(os.Remove(at(root, "icons/x")), os.Mkdir(at(root, "icons/x"), 0o777))
		}, false},
		"a directory gone": {func(root string) error { return os.RemoveAll(at(root, "out")) }, false},
		"a directory that is a link": {func(root string) error {
			return errors.Join(os.Rename(at(root, "out"), at(root, "icons/out")), os.Symlink("icons/out", at(root, "out")))
		}, false},
		"all in another file's inode": {func(root string) error {
			return errors.Join(write("copy", "picture")(root), os.Rename(at(root, "copy"), at(root, "out/a.png")))
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root, data := project(t)
			settle()
			Save(data, key, Trace{Assets: 7, Led: 2, Applied: true}, look(t, root))
			if got, ok := Recall(data, root, key); !ok || got != (Trace{Assets: 7, Led: 2, Applied: true}) {
				t.Fatalf("before: %+v, %t", got, ok)
			}
			if _, ok := Recall(data, root, Key("another program")); ok {
				t.Error("recalled under another key")
			}
			if err := test.edit(root); err != nil {
				t.Fatal(err)
			}
			if _, ok := Recall(data, root, key); ok != test.want {
				t.Errorf("recalled: %t, want %t", ok, test.want)
			}
		})
	}
}

func relink(link, target string) error { return errors.Join(os.Remove(link), os.Symlink(target, link)) }

// A file that was hashed while it was too young to tell of a later change leaves
// no trace; one that was read is read again.
func TestYoungFiles(t *testing.T) {
	t.Parallel()
	root, data := project(t)
	future := time.Now().Add(time.Hour)
	for _, at := range []time.Time{future, future.Truncate(time.Second), time.Now().Truncate(time.Second)} {
		settle()
		if err := os.Chtimes(filepath.Join(root, "out/a.png"), at, at); err != nil {
			t.Fatal(err)
		}
		if w := look(t, root); at != future.Truncate(time.Second) && at.Before(future) {
			continue // a change time of today tells
		} else if Save(data, key, Trace{}, w); Stands(data) {
			t.Errorf("a file of %v left a trace", at)
		}
	}
	settle()
	old := time.Now().Add(-time.Hour)
	if err := errors.Join(os.Chtimes(filepath.Join(root, "out/a.png"), old, old), os.Chtimes(filepath.Join(root, "a.hcl"), future, future)); err != nil {
		t.Fatal(err)
	}
	settle()
	Save(data, key, Trace{}, look(t, root))
	if _, ok := Recall(data, root, key); !ok {
		t.Error("a file that was read left no trace although its content can be compared")
	}
	// A trace as old as what it tells of proves nothing of files that are not
	// read.
	if err := os.Chtimes(filepath.Join(filepath.Dir(data.Shown(fileName)), fileName), old, old); err != nil {
		t.Fatal(err)
	}
	if _, ok := Recall(data, root, key); ok {
		t.Error("a trace that is as old as an output was believed")
	}
}

// Whatever of it is cut or damaged, it is no trace.
func TestDamage(t *testing.T) {
	t.Parallel()
	root, data := project(t)
	settle()
	Save(data, key, Trace{Assets: 7}, look(t, root))
	name := data.Shown(fileName)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	recalled := func(content []byte) bool {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, ok := Recall(data, root, key)
		return ok
	}
	for n := range whole {
		if recalled(whole[:n]) {
			t.Fatalf("%d of %d bytes were believed", n, len(whole))
		}
		damaged := bytes.Clone(whole)
		damaged[n] ^= 4
		if recalled(damaged) {
			t.Fatalf("believed with byte %d damaged", n)
		}
	}
	if recalled(append(bytes.Clone(whole), 0)) || !recalled(whole) {
		t.Error("more bytes were believed, or the whole was not")
	}
	if bytes.Contains(whole, []byte("program")) || !strings.HasPrefix(string(whole), header) {
		t.Error("the key stands in it, or the header does not")
	}
	if err := errors.Join(os.Rename(name, name+".real"), os.Symlink(fileName+".real", name)); err != nil {
		t.Fatal(err)
	}
	if _, ok := Recall(data, root, key); ok {
		t.Error("a link was followed")
	}
}

func FuzzTrace(f *testing.F) {
	root, _ := project(f)
	facts, ok := look(f, root).Facts()
	if ok { // they are too young for a stamp of out/a.png otherwise
		f.Add(encode(make([]byte, saltSize), key, Trace{Assets: 3}, facts))
	}
	f.Add(encode(make([]byte, saltSize), key, Trace{Assets: 3}, map[string]worktree.Fact{
		".": {Thing: worktree.Directory, Matters: true, Content: [32]byte{1}}, "a/b": {Thing: worktree.Link, Target: "c"}, "c": {Thing: worktree.File, Matters: true, Stamp: worktree.Stamp{Size: 1}},
	}))
	f.Fuzz(func(t *testing.T, b []byte) {
		// Whoever writes a trace can write its sum too.
		d := &decoder{rest: b}
		for d.next() {
			if d.dir != "" && !filepath.IsLocal(d.dir) || strings.Contains(d.name, "/") {
				t.Fatalf("%q in %q is outside of the project", d.name, d.dir)
			}
		}
		if _, ok := open(b, key); ok && len(b) < saltSize {
			t.Error("nothing was taken for a trace")
		}
	})
}

func BenchmarkRecall(b *testing.B) {
	root, data := project(b)
	for i := range 10_000 {
		if err := os.WriteFile(filepath.Join(root, "icons", strings.Repeat("n", 1+i%20)+string(rune('a'+i%26))+time.Duration(i).String()), nil, 0o666); err != nil {
			b.Fatal(err)
		}
	}
	settle()
	Save(data, key, Trace{Assets: 1}, look(b, root))
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := Recall(data, root, key); !ok {
			b.Fatal("nothing was recalled")
		}
	}
}

// TestGrown: a file that is of another size by now is not read, whatever its
// size: one of a terabyte is soon made.
func TestGrown(t *testing.T) {
	t.Parallel()
	for _, young := range []bool{true, false} {
		root, data := project(t)
		if !young {
			settle()
		}
		Save(data, key, Trace{Assets: 1}, look(t, root))
		if err := os.Truncate(filepath.Join(root, "a.hcl"), 1<<40); err != nil {
			t.Skip(err)
		}
		if _, ok := Recall(data, root, key); ok {
			t.Error("it has not changed")
		}
	}
}

// TestForget: what is forgotten is not remembered.
func TestForget(t *testing.T) {
	t.Parallel()
	root, data := project(t)
	settle()
	Save(data, key, Trace{Assets: 1}, look(t, root))
	settle()
	if _, ok := Recall(data, root, key); !ok {
		t.Fatal("nothing is remembered")
	}
	Forget(data)
	if _, ok := Recall(data, root, key); ok || Stands(data) {
		t.Error("it is remembered still")
	}
}
