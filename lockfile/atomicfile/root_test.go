package atomicfile

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func openRoot(t *testing.T, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

func TestCreateIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root := openRoot(t, dir)
	for _, name := range []string{"a", "art/icons/a", "art/icons/deep/er/b", "art/./c", "art/x/../d"} {
		f, err := CreateIn(root, name, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if _, err := f.Write([]byte(name)); err != nil {
			t.Fatal(err)
		}
		if err := f.Commit(nil); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		if b, err := os.ReadFile(filepath.Clean(path)); err != nil || string(b) != name {
			t.Errorf("%s holds %q, error %v", name, b, err)
		}
	}
}

func TestCreateInStaysInside(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	dir := t.TempDir()
	root := openRoot(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "out")); err != nil {
		t.Skip("no symlinks here:", err)
	}
	for _, name := range []string{"../a", "art/../../a", "/a", "out/a", "out/new/a", "file/a", "", ".", "..", "art/.."} {
		if f, err := CreateIn(root, name, nil); err == nil {
			f.Abort()
			t.Errorf("CreateIn(%q) succeeded", name)
		}
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) != 0 {
		t.Errorf("outside has %v, error %v", entries, err)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(dir), "a")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file was made above the root: %v", err)
	}
}

// The directory is held, so one that is exchanged for a link before the
// commit leads nowhere else.
func TestExchangedDirectory(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	dir := t.TempDir()
	f, err := CreateIn(openRoot(t, dir), "art/a", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Abort()
	if err := os.Rename(filepath.Join(dir, "art"), filepath.Join(dir, "moved")); err != nil {
		t.Skip("an open directory cannot be moved here:", err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "art")); err != nil {
		t.Skip("no symlinks here:", err)
	}
	if err := f.Commit(nil); err != nil {
		t.Fatal(err)
	}
	check(t, outside, nil)
	check(t, filepath.Join(dir, "moved"), map[string]string{"a": ""})
}

func nobodys(string) bool { return false }

func TestRemoveLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root := openRoot(t, dir)
	if err := os.MkdirAll(filepath.Join(dir, "art", ".dir"+tempSuffix), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.png", ".gitignore", "." + rand.Text() + tempSuffix, ".x" + tempSuffix} {
		if err := os.WriteFile(filepath.Join(dir, "art", name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := RemoveLeftovers(root, "art", nobodys); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "art", ".dir"+tempSuffix)); err != nil {
		t.Error("a directory was taken for a leftover:", err)
	}
	check(t, filepath.Join(dir, "art"), map[string]string{"a.png": "", ".gitignore": "", ".x" + tempSuffix: ""})
	kept := "." + rand.Text() + tempSuffix
	if err := os.WriteFile(filepath.Join(dir, "art", kept), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	theirs := func(name string) bool { return name == filepath.Join("art", kept) }
	if err := RemoveLeftovers(root, "art", theirs); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(filepath.Join(dir, "art", kept)); err != nil {
		t.Error("what is somebody else's was removed:", err)
	}
	if err := RemoveLeftovers(root, "missing", nobodys); err != nil {
		t.Errorf("missing directory: %v", err)
	}
	if err := RemoveLeftovers(root, "art/a.png", nobodys); err == nil {
		t.Error("a file was read as a directory")
	}
}

// A pipe in a directory's place is refused, not waited for.
func TestPipeForDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := mkfifo(filepath.Join(dir, "art")); err != nil {
		t.Skip("no pipes here:", err)
	}
	if f, err := CreateIn(openRoot(t, dir), "art/a", nil); err == nil {
		f.Abort()
		t.Error("CreateIn succeeded")
	}
	if err := Write(filepath.Join(dir, "art", "a"), 0o600, nil); err == nil {
		t.Error("Write succeeded")
	}
}
