//go:build unix

package datadir

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// create makes the directory if it does not exist.
func create(d *Dir) error {
	_, err := d.open(true)
	return err
}

// within fails the test if f does not return soon: a pipe would keep it.
func within(t *testing.T, what string, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatalf("%s hangs", what)
	}
}

// hostile are the things that may stand at no name in the directory. Each
// would lead to victim, or wait.
var hostile = map[string]func(victim, at string) error{
	"symlink":          os.Symlink,
	"relative symlink": func(victim, at string) error { return os.Symlink(relative(victim, at), at) },
	"dangling symlink": func(victim, at string) error { return os.Symlink(victim+".new", at) },
	"hard link":        os.Link,
	"pipe":             func(_, at string) error { return syscall.Mkfifo(at, 0o600) },
	"directory":        func(_, at string) error { return os.Mkdir(at, 0o700) },
	"socket":           func(_, at string) error { return syscall.Mknod(at, syscall.S_IFSOCK|0o600, 0) },
}

func relative(victim, at string) string {
	rel, err := filepath.Rel(filepath.Dir(at), victim)
	if err != nil {
		panic(err)
	}
	return rel
}

func isEntryError(err error) bool {
	_, ok := errors.AsType[*EntryError](err)
	return ok && strings.Contains(err.Error(), "ASSETFORM_DATA_DIR")
}

// Nothing but a regular file with one name is opened, by whatever method, and
// what a link leads to is as it was.
func TestHostileFiles(t *testing.T) {
	t.Parallel()
	for kind, plant := range hostile {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			victim := filepath.Join(dir, "victim")
			if err := os.WriteFile(victim, []byte("precious"), 0o644); err != nil {
				t.Fatal(err)
			}
			data := filepath.Join(dir, ".assetform")
			d := Open(data)
			if err := create(d.Sub("store")); err != nil {
				t.Fatal(err)
			}
			for _, at := range []*Dir{d, d.Sub("store")} {
				if err := plant(victim, at.Shown("x")); err != nil {
					t.Skip(err)
				}
				within(t, kind, func() {
					for op, do := range map[string]func() error{
						"open":         func() error { _, err := at.Open("x"); return err },
						"open write":   func() error { _, err := at.OpenWrite("x"); return err },
						"open, create": func() error { _, err := at.OpenOrCreate("x"); return err },
						"stat":         func() error { _, err := at.Stat("x"); return err },
						"write":        func() error { return at.Write("x", []byte("evil")) },
					} {
						if err := do(); !isEntryError(err) {
							t.Errorf("%s: got %v", op, err)
						}
					}
					if err := at.Check(); !isEntryError(err) && kind != "directory" {
						t.Errorf("check: got %v", err)
					}
					if _, err := at.CreateFile("x"); !errors.Is(err, fs.ErrExist) {
						t.Errorf("create: got %v", err)
					}
					if err := at.Remove("x"); err != nil {
						t.Errorf("remove: got %v", err)
					}
				})
			}
			if names, err := filepath.Glob(filepath.Join(dir, "victim*")); err != nil || len(names) != 1 {
				t.Errorf("beside the victim: %v", names)
			}
			if b, err := os.ReadFile(victim); err != nil || string(b) != "precious" {
				t.Errorf("the victim holds %q, error %v", b, err)
			}
		})
	}
}

// No directory is a link, at any depth, not even one to another directory of
// the data directory.
func TestHostileDirectories(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{0, 1, 2, 3} {
		dir := t.TempDir()
		d := Open(filepath.Join(dir, ".assetform"))
		chain := []*Dir{d, d.Sub("store"), d.Sub("store").Sub("blobs"), d.Sub("store").Sub("blobs").Sub("ab")}
		last := chain[len(chain)-1]
		if err := last.Write("x", []byte("mine")); err != nil {
			t.Fatal(err)
		}
		// The link leads to a directory of the same form.
		at := strings.TrimSuffix(chain[depth].Shown(""), "/")
		if err := os.Rename(at, at+".real"); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Base(at)+".real", at); err != nil {
			t.Fatal(err)
		}
		fresh := func() *Dir { return sub(Open(filepath.Join(dir, ".assetform")), "store", "blobs", "ab") }
		d = fresh()
		for op, do := range map[string]func() error{
			"open":    func() error { _, err := d.Open("x"); return err },
			"create":  func() error { _, err := d.CreateFile("y"); return err },
			"write":   func() error { return d.Write("x", []byte("evil")) },
			"remove":  func() error { return d.Remove("x") },
			"list":    func() error { _, err := d.Entries(); return err },
			"make":    func() error { return create(d.Sub("new")) },
			"move to": func() error { return Open(t.TempDir()).Move("x", d, "z") },
		} {
			if err := do(); !isEntryError(err) {
				t.Errorf("depth %d: %s: got %v", depth, op, err)
			}
		}
		within(t, "a pipe in a directory's place", func() {
			if err := errors.Join(os.Remove(at), syscall.Mkfifo(at, 0o600)); err != nil {
				t.Error(err)
			}
			if _, err := fresh().Open("x"); !isEntryError(err) {
				t.Errorf("depth %d: a pipe: got %v", depth, err)
			}
		})
	}
}

func sub(d *Dir, names ...string) *Dir {
	for _, name := range names {
		d = d.Sub(name)
	}
	return d
}

// Only a directory that the environment names may be reached through links.
func TestNamedThroughLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "real"), 0o755), os.Symlink("real", filepath.Join(dir, "link"))); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := Open(link).Write("x", nil); !isEntryError(err) {
		t.Errorf("a link was followed: %v", err)
	}
	if err := OpenNamed(link).Sub("store").Write("x", []byte("1")); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "real", "store", "x")); err != nil || string(b) != "1" {
		t.Errorf("got %q, %v", b, err)
	}
	if err := OpenNamed(filepath.Join(dir, "link", "a", "b")).Write("x", nil); err != nil {
		t.Error(err)
	}
}

// What is created is for its owner alone.
func TestModes(t *testing.T) {
	t.Parallel()
	d := Open(filepath.Join(t.TempDir(), "deep", ".assetform"))
	if err := d.Sub("store").Sub("tmp").Write("x", []byte("1")); err != nil {
		t.Fatal(err)
	}
	f, err := d.OpenOrCreate("lock")
	if err != nil {
		t.Fatal(err)
	}
	f.Close()
	for name, want := range map[string]fs.FileMode{
		d.Shown("."): fs.ModeDir | 0o700, d.Shown("store"): fs.ModeDir | 0o700, d.Shown("store/tmp"): fs.ModeDir | 0o700,
		d.Shown("store/tmp/x"): 0o600, d.Shown("lock"): 0o600, d.Shown(".gitignore"): 0o600,
	} {
		if info, err := os.Stat(name); err != nil || info.Mode() != want {
			t.Errorf("%s: got %v, want %v, error %v", name, info.Mode(), want, err)
		}
	}
}

func TestIgnoreFile(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	ignore := func(dir string) string {
		b, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		return string(b)
	}
	mine, empty, full, home := filepath.Join(root, "a", "b"), filepath.Join(root, "empty"), filepath.Join(root, ".assetform"), filepath.Join(root, "home")
	for _, dir := range []string{empty, full, home} {
		if err := os.Mkdir(dir, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{filepath.Join(full, "index"), filepath.Join(home, "letters")} {
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for dir, want := range map[string]string{mine: "*\n", empty: "*\n", full: "*\n", home: ""} {
		d := OpenNamed(dir)
		for range 2 {
			if err := create(d); err != nil || ignore(dir) != want {
				t.Errorf("%q has .gitignore %q, want %q; error %v", dir, ignore(dir), want, err)
			}
		}
	}
	if err := os.WriteFile(filepath.Join(mine, ".gitignore"), []byte("mine\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := create(OpenNamed(mine)); err != nil || ignore(mine) != "mine\n" {
		t.Errorf("a changed .gitignore became %q, error %v", ignore(mine), err)
	}
	if err := create(OpenNamed(filepath.Join(home, "letters"))); !isEntryError(err) {
		t.Errorf("a file was taken for the data directory: %v", err)
	}
}

// A directory that does not exist, and one that may not be used, hold nothing.
func TestNothingThere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".assetform")
	for _, d := range []*Dir{Open(path), Open(path).Sub("store").Sub("x"), nil, (*Dir)(nil).Sub("store")} {
		_, openErr := d.Open("x")
		_, statErr := d.Stat("x")
		if !errors.Is(openErr, fs.ErrNotExist) || !errors.Is(statErr, fs.ErrNotExist) {
			t.Errorf("got %v, %v", openErr, statErr)
		}
		if entries, err := d.Entries(); err != nil || len(entries) > 0 {
			t.Errorf("listed %v, error %v", entries, err)
		}
		if err := d.Check(); err != nil {
			t.Error(err)
		}
	}
	if err := (*Dir)(nil).Write("x", nil); err == nil {
		t.Error("a directory that may not be used was written to")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("reading created the directory")
	}
}

// A file that others replace all the time is read whole and never refused.
func TestReplacedWhileRead(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".assetform")
	d := Open(path)
	if err := d.Write("index", []byte("0")); err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	defer group.Wait()
	stop := make(chan struct{})
	defer close(stop)
	for range 2 {
		group.Go(func() {
			other := Open(path)
			for {
				select {
				case <-stop:
					return
				default:
				}
				if err := other.Write("index", []byte(strings.Repeat("x", 1000))); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 300 {
		f, err := d.Open("index")
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(f)
		f.Close()
		if err != nil || len(b) != 1000 && len(b) != 1 {
			t.Fatalf("%d bytes, error %v", len(b), err)
		}
	}
}

// A directory that was removed and made anew is found again.
func TestMadeAnew(t *testing.T) {
	t.Parallel()
	d := Open(filepath.Join(t.TempDir(), ".assetform"))
	store := d.Sub("store")
	if err := store.Write("x", []byte("1")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(d.Shown("store")); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open("x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	if err := store.Write("x", []byte("2")); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(d.Shown("store/x")); err != nil || string(b) != "2" {
		t.Errorf("got %q, %v", b, err)
	}
}

func TestMove(t *testing.T) {
	t.Parallel()
	d := Open(filepath.Join(t.TempDir(), ".assetform"))
	from, to := d.Sub("tmp"), d.Sub("blobs").Sub("ab")
	for _, content := range []string{"1", "2"} {
		if err := from.Write("x", []byte(content)); err != nil {
			t.Fatal(err)
		}
		if err := from.Move("x", to, "y"); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(to.Shown("y")); err != nil || string(b) != content {
			t.Errorf("got %q, %v", b, err)
		}
	}
	// What stands at the new name is replaced, not followed.
	victim := filepath.Join(t.TempDir(), "victim")
	if err := errors.Join(os.WriteFile(victim, []byte("precious"), 0o600), os.Symlink(victim, to.Shown("z")), from.Write("x", nil)); err != nil {
		t.Fatal(err)
	}
	if err := from.Move("x", to, "z"); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(victim); err != nil || string(b) != "precious" {
		t.Errorf("the victim holds %q, error %v", b, err)
	}
}

func TestTryLock(t *testing.T) {
	t.Parallel()
	d := Open(t.TempDir())
	first, err := d.OpenOrCreate("lock")
	if err != nil {
		t.Fatal(err)
	}
	second, err := d.OpenOrCreate("lock")
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if ok, err := TryLock(first); !ok || err != nil {
		t.Errorf("a free lock: %v, %v", ok, err)
	}
	if ok, err := TryLock(second); ok || err != nil {
		t.Errorf("a taken lock: %v, %v", ok, err)
	}
	first.Close()
	if ok, err := TryLock(second); !ok || err != nil {
		t.Errorf("after the owner has gone: %v, %v", ok, err)
	}
}

func BenchmarkStat(b *testing.B) {
	d := Open(filepath.Join(b.TempDir(), ".assetform"))
	dir := sub(d, "store", "blobs", "sha256", "ab")
	if err := dir.Write("x", nil); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := dir.Stat("x"); err != nil {
			b.Fatal(err)
		}
	}
}
