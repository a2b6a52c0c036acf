package atomicfile

import (
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

var errInjected = errors.New("injected")

// replaceOld returns a File that replaces dir/a, which holds "old", and has
// "new" written to it. Fault may be nil.
func replaceOld(t *testing.T, dir string, fault func(step string) error) (*File, error) {
	t.Helper()
	path := filepath.Join(dir, "a")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := create(path, 0o666)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Abort)
	f.testOnlyFault = fault
	_, err = io.WriteString(f, "new")
	return f, err
}

// check holds that dir has these files and no others.
func check(t *testing.T, dir string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		content, ok := want[entry.Name()]
		if !ok {
			t.Errorf("%s is left", entry.Name())
			continue
		}
		if b, err := os.ReadFile(filepath.Join(dir, entry.Name())); err != nil || string(b) != content {
			t.Errorf("%s holds %q, error %v; want %q", entry.Name(), b, err, content)
		}
	}
	if len(entries) < len(want) {
		t.Errorf("got %d files, want %d", len(entries), len(want))
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for _, content := range []string{"first", "", "a third one"} {
		if err := Write(path, 0o640, []byte(content)); err != nil {
			t.Fatal(err)
		}
		check(t, dir, map[string]string{"a": content})
	}
	if err := Write(filepath.Join(dir, "missing", "a"), 0o600, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing directory: got error %v", err)
	}
}

func TestModeIsKept(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no permission bits")
	}
	path := filepath.Join(t.TempDir(), "a")
	mode := func() fs.FileMode {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	if err := Write(path, 0o600, nil); err != nil || mode() != 0o600 {
		t.Errorf("a new file has mode %v, error %v", mode(), err)
	}
	for _, want := range []fs.FileMode{0o640, 0o755, 0o400} {
		if err := os.Chmod(path, want); err != nil {
			t.Fatal(err)
		}
		if err := Write(path, 0o666, nil); err != nil || mode() != want {
			t.Errorf("mode %v became %v, error %v", want, mode(), err)
		}
	}
}

// Every step in order, and each of them failing in turn: the target is old
// until the rename and new after it, and no temporary file is left.
func TestEveryStepFails(t *testing.T) {
	t.Parallel()
	var steps []string
	f, err := replaceOld(t, t.TempDir(), func(step string) error { steps = append(steps, step); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(func() error { steps = append(steps, "check"); return nil }); err != nil {
		t.Fatal(err)
	}
	want := []string{"write", "chmod", "sync", "close", "check", "rename", "syncdir"}
	if !slices.Equal(steps, want) {
		t.Fatalf("got steps %v, want %v", steps, want)
	}
	for _, failing := range want {
		t.Run(failing, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			fail := func(step string) error {
				if step == failing {
					return errInjected
				}
				return nil
			}
			f, writeErr := replaceOld(t, dir, fail)
			if (writeErr != nil) != (failing == "write") {
				t.Errorf("write: got error %v", writeErr)
			}
			if err := f.Commit(func() error { return fail("check") }); !errors.Is(err, errInjected) {
				t.Errorf("got error %v, want the injected one", err)
			}
			content := "old"
			if failing == "syncdir" {
				content = "new"
			}
			check(t, dir, map[string]string{"a": content})
		})
	}
}

// A crash is a step after which nothing runs any more. What is left is the old
// or the new content, and a temporary file that is recognised and removed.
func TestCrashAtEveryStep(t *testing.T) {
	t.Parallel()
	for _, last := range []string{"write", "chmod", "sync", "close", "rename", "syncdir"} {
		t.Run(last, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			f, err := replaceOld(t, dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			f.testOnlyFault = func(step string) error {
				if step != last {
					return nil
				}
				f.temp = "" // as after a kill, nobody removes it
				return errInjected
			}
			if _, err = f.Write(nil); err == nil {
				err = f.Commit(nil)
			}
			f.Abort()
			if !errors.Is(err, errInjected) {
				t.Fatalf("got error %v, want the injected one", err)
			}
			content := "old"
			if last == "syncdir" {
				content = "new"
			}
			if b, err := os.ReadFile(filepath.Join(dir, "a")); err != nil || string(b) != content {
				t.Errorf("got %q, error %v; want %q", b, err, content)
			}
			if entries, err := os.ReadDir(dir); err != nil || (len(entries) == 2) != (content == "old") {
				t.Errorf("found %v, error %v", entries, err)
			}
			if err := RemoveLeftovers(openRoot(t, dir), ".", nobodys); err != nil {
				t.Error(err)
			}
			check(t, dir, map[string]string{"a": content})
		})
	}
}

func TestCommitSeesWhatCheckSees(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := replaceOld(t, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = f.Commit(func() error {
		names, err := filepath.Glob(filepath.Join(dir, ".*"))
		if err != nil || len(names) != 1 || !IsTemp(filepath.Base(names[0])) {
			t.Errorf("temporary files %v, error %v", names, err)
		}
		if b, err := os.ReadFile(names[0]); err != nil || string(b) != "new" {
			t.Errorf("the temporary file holds %q, error %v", b, err)
		}
		return errInjected
	})
	if err != errInjected {
		t.Errorf("got error %v, want the check's own", err)
	}
	check(t, dir, map[string]string{"a": "old"})
}

func TestAbort(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := replaceOld(t, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	f.Abort()
	f.Abort()
	check(t, dir, map[string]string{"a": "old"})
	if _, err := f.Write([]byte("x")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("write after abort: got error %v", err)
	}
	if _, err := f.ReadFrom(strings.NewReader("x")); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("read after abort: got error %v", err)
	}
	if err := f.Commit(nil); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("commit after abort: got error %v", err)
	}
	check(t, dir, map[string]string{"a": "old"})
}

// A source that fails half way spoils the replacement for good.
func TestReadFrom(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := replaceOld(t, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(f, strings.NewReader(" and more")); n != 9 || err != nil {
		t.Errorf("copied %d, error %v", n, err)
	}
	if err := f.Commit(nil); err != nil {
		t.Fatal(err)
	}
	check(t, dir, map[string]string{"a": "new and more"})

	if f, err = replaceOld(t, dir, nil); err != nil {
		t.Fatal(err)
	}
	broken := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errInjected))
	if _, err := f.ReadFrom(broken); !errors.Is(err, errInjected) {
		t.Errorf("got error %v, want the source's", err)
	}
	if err := f.Commit(nil); !errors.Is(err, errInjected) {
		t.Errorf("commit: got error %v, want the source's", err)
	}
	check(t, dir, map[string]string{"a": "old"})
}

func TestTargets(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "d"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := Write(filepath.Join(dir, "d"), 0o600, []byte("x")); err == nil {
		t.Error("a directory was replaced")
	}
	for _, path := range []string{dir + "/..", "/", "."} {
		if f, err := create(path, 0o666); err == nil {
			f.Abort()
			t.Errorf("create(%q) succeeded", path)
		}
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left %v, error %v", entries, err)
	}
}

// The rename replaces a link, not what it points to.
func TestSymlinkIsReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "pointed"), []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("pointed", filepath.Join(dir, "link")); err != nil {
		t.Skip("no symlinks here:", err)
	}
	if err := Write(filepath.Join(dir, "link"), 0o600, []byte("new")); err != nil {
		t.Fatal(err)
	}
	check(t, dir, map[string]string{"pointed": "kept", "link": "new"})
	if info, err := os.Lstat(filepath.Join(dir, "link")); err != nil || !info.Mode().IsRegular() {
		t.Errorf("the link became %v, error %v", info.Mode(), err)
	}
}

func TestIsTemp(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"." + rand.Text() + tempSuffix: true, ".X" + tempSuffix: false, ".abcdefghijklmnopqrstuvwxyz" + tempSuffix: false, tempSuffix: false, "." + tempSuffix: false, "a" + tempSuffix: false, ".gitignore": false, "": false,
	} {
		if IsTemp(name) != want {
			t.Errorf("IsTemp(%q) = %t", name, !want)
		}
	}
}
