package worktree

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// tree makes a project and opens it. Names that end in a slash are
// directories, contents that begin with "-> " are symlinks.
func tree(t *testing.T, entries map[string]string) (string, *Files) {
	t.Helper()
	root := t.TempDir()
	for name, content := range entries {
		full := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		var err error
		target, link := strings.CutPrefix(content, "-> ")
		switch {
		case strings.HasSuffix(name, "/"):
			err = os.MkdirAll(full, 0o755)
		case link:
			err = os.Symlink(target, full)
		default:
			err = os.WriteFile(full, []byte(content), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f, err := OpenFiles(root, root)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return root, f
}

func TestRead(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, f := tree(t, map[string]string{
		"a.txt":            "alpha",
		"sub/b.txt":        "beta",
		"link.txt":         "-> sub/b.txt",
		"dirlink":          "-> sub",
		"sub/up.txt":       "-> ../a.txt",
		"absolute.txt":     "-> " + outside,
		"out.txt":          "-> ../../etc/passwd",
		"loop":             "-> loop2",
		"loop2":            "-> loop",
		"deep":             "-> deep/deep",
		".git/config":      "token",
		".assetform/x":     "key",
		"gitlink":          "-> .git",
		"configlink":       "-> .GIT/config",
		"sub/statelink":    "-> ../.assetform/x",
		"sub/viadir":       "-> ../dirlink/../.git/config",
		"large.bin":        strings.Repeat("x", MaxFileBytes+1),
		"largest.bin":      strings.Repeat("x", MaxFileBytes),
		"dangling":         "-> nothing",
		"sub/inner/c.json": "{}",
	})
	tests := []struct{ dir, path, want, err string }{
		{".", "a.txt", "alpha", ""},
		{"sub", "b.txt", "beta", ""},
		{"sub", "../a.txt", "alpha", ""},
		{".", "link.txt", "beta", ""},
		{".", "dirlink/b.txt", "beta", ""},
		{".", "dirlink/inner/c.json", "{}", ""},
		{"sub", "up.txt", "alpha", ""},
		{".", "absolute.txt", "", "leads out of the project"},
		{".", "out.txt", "", "leads out of the project"},
		{".", "loop", "", "too many symbolic links"},
		{".", "deep", "", "too many symbolic links"},
		{".", "gitlink/config", "", "leads into .git"},
		{".", "configlink", "", "leads into .git"},
		{"sub", "statelink", "", "leads into .assetform"},
		{"sub", "viadir", "", "leads into .git"},
		{".", ".git/config", "", "leads into .git"},
		{".", "sub", "", "it is a directory"},
		{".", "a.txt/b", "", "a part of the path is a file"},
		{".", "dangling", "", "does not exist"},
		{".", "nothing.txt", "", `read "nothing.txt": file does not exist`},
		{".", "large.bin", "", "larger than 10 MiB"},
	}
	for _, test := range tests {
		got, err := f.Read(test.dir, test.path, Openly)
		switch {
		case test.err == "" && err != nil:
			t.Errorf("read(%q, %q): %v", test.dir, test.path, err)
		case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
			t.Errorf("read(%q, %q) = %.20q, %v; want an error with %q", test.dir, test.path, got, err, test.err)
		case string(got) != test.want:
			t.Errorf("read(%q, %q) = %.20q, want %q", test.dir, test.path, got, test.want)
		}
	}
	if got, err := f.Read(".", "largest.bin", Openly); err != nil || len(got) != MaxFileBytes {
		t.Errorf("a file of the largest size: %d bytes, %v", len(got), err)
	}
}

func TestExists(t *testing.T) {
	t.Parallel()
	_, f := tree(t, map[string]string{"a.txt": "", "dir/b": "", "dangling": "-> nothing", "out": "-> ../x"})
	for path, want := range map[string]bool{"a.txt": true, "dir/b": true, "c.txt": false, "no/dir": false, "dangling": false} {
		if got, err := f.Exists(".", path, Openly); got != want || err != nil {
			t.Errorf("exists(%q) = %v, %v", path, got, err)
		}
	}
	for _, path := range []string{"dir", "out", "../x", ".git/config"} {
		if _, err := f.Exists(".", path, Openly); err == nil {
			t.Errorf("exists(%q) is no error", path)
		}
	}
}

func TestGlob(t *testing.T) {
	t.Parallel()
	_, f := tree(t, map[string]string{
		"a.png": "", "b.jpg": "", "icons/c.png": "", "icons/deep/d.png": "", "icons/deep/.hidden.png": "",
		".git/e.png": "", "icons/.assetform/f.png": "", "link.png": "-> a.png", "linkdir": "-> icons",
		"gitlink": "-> .git", "out.png": "-> ../../x.png", "dir.png/": "",
		"circle/self": "-> .", "circle/up": "-> ..", "circle/g.gif": "", "icons/circle": "-> ../circle",
		"nfd/e\u0301.txt": "", "nfd/\u00e4.txt": "",
	})
	tests := []struct {
		dir, pattern string
		want         []string
	}{
		{".", "*.png", []string{"a.png", "link.png"}},
		{".", "*.{png,jpg}", []string{"a.png", "b.jpg", "link.png"}},
		{".", "**/*.png", []string{"a.png", "icons/c.png", "icons/deep/.hidden.png", "icons/deep/d.png", "link.png",
			"linkdir/c.png", "linkdir/deep/.hidden.png", "linkdir/deep/d.png"}},
		{".", "*/c.png", []string{"icons/c.png", "linkdir/c.png"}},
		{".", "**/*.gif", []string{"circle/g.gif", "icons/circle/g.gif", "linkdir/circle/g.gif"}},
		{"icons", "**/*.png", []string{"c.png", "deep/.hidden.png", "deep/d.png"}},
		{"nfd", "*", []string{"\u00e4.txt", "\u00e9.txt"}},
		{".", "nfd/\u00e9.*", []string{"nfd/\u00e9.txt"}},

		{"icons", "../*.jpg", []string{"../b.jpg"}},
		{"icons/deep", "../../[a-b].*", []string{"../../a.png", "../../b.jpg"}},
		{".", "linkdir/*.png", []string{"linkdir/c.png"}},
		{".", "gitlink/*", nil},
		{".", ".git/*", nil},
		{".", "*/e.png", nil},
		{".", "nothing/*", nil},
		{".", "a.png", []string{"a.png"}},
	}
	for _, test := range tests {
		got, err := f.Glob(test.dir, test.pattern, Openly)
		if err != nil {
			t.Errorf("glob(%q, %q): %v", test.dir, test.pattern, err)
		}
		if d := cmp.Diff(test.want, got); d != "" {
			t.Errorf("glob(%q, %q) (-want +got):\n%s", test.dir, test.pattern, d)
		}
	}
	for _, pattern := range []string{"[", "", "/etc/*", "../*", "a/../../*", strings.Repeat("{a,b}", 20), strings.Repeat("**/", 20) + "x"} {
		if got, err := f.Glob(".", pattern, Openly); err == nil {
			t.Errorf("glob(%q) = %q, want an error", pattern, got)
		}
	}
}

func TestDigests(t *testing.T) {
	t.Parallel()
	root, f := tree(t, map[string]string{"sub/a.txt": "alpha", "sub/b.txt": "beta"})
	learn := func(f *Files) map[string][sha256.Size]byte {
		f.Read("sub", "a.txt", Openly)
		f.Read("sub", "missing.txt", Openly)
		f.Exists("sub", "b.txt", Openly)
		f.Glob("sub", "*.txt", Openly)
		return f.Digests()
	}
	before := learn(f)
	if got := before["sub/a.txt"]; got != sha256.Sum256([]byte("alpha")) {
		t.Errorf("digest of sub/a.txt is %x", got)
	}
	if len(before) != 4 {
		t.Errorf("%d things were remembered, want 4: %v", len(before), before)
	}
	change := func(name, content string) int {
		t.Helper()
		path := filepath.Join(root, filepath.FromSlash(name))
		if content == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		again, err := OpenFiles(root, root)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		changed := 0
		after := learn(again)
		for key, digest := range before {
			if after[key] != digest {
				changed++
			}
		}
		before = after
		return changed
	}
	for _, step := range []struct {
		name, content string
		want          int
	}{
		{"sub/a.txt", "alpha", 0},
		{"sub/a.txt", "other", 1},
		{"sub/c.txt", "new", 1},           // the listing
		{"sub/b.txt", "", 2},              // the listing and the answer of exists
		{"sub/missing.txt", "appears", 2}, // the listing and the failed read
	} {
		if got := change(step.name, step.content); got != step.want {
			t.Errorf("after writing %q to %s %d digests differ, want %d", step.content, step.name, got, step.want)
		}
	}
}

func TestRepeatedReadsAgree(t *testing.T) {
	t.Parallel()
	root, f := tree(t, map[string]string{"a.txt": "first"})
	if _, err := f.Read(".", "a.txt", Openly); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "a.txt"), []byte("second"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, _ := f.Read(".", "a.txt", Openly); string(got) != "first" {
		t.Errorf("a second read gives %q, but the digest is of what was read first", got)
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("permissions do not keep this user from reading")
	}
	root, f := tree(t, map[string]string{"a.txt": "x"})
	if err := os.Chmod(filepath.Join(root, "a.txt"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(".", "a.txt", Openly); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("read gives %v", err)
	}
}

// A name is found in each Unicode normal form, and two files whose names
// differ in it alone are not one.
func TestNormalForms(t *testing.T) {
	t.Parallel()
	root, f := tree(t, map[string]string{"\u0061\u0308/e\u0301.txt": "text", "\u0061\u0308/o\u0302\u0323.txt": "mixed"})
	for _, name := range []string{"\u00e4/\u00e9.txt", "a\u0308/\u00e9.txt", "\u00e4/e\u0301.txt", "\u00e4/\u1ed9.txt"} {
		if _, err := f.Read(".", name, Openly); err != nil {
			t.Errorf("read(%+q): %v", name, err)
		}
		if ok, err := f.Exists(".", name, Openly); !ok || err != nil {
			t.Errorf("exists(%+q) = %t, %v", name, ok, err)
		}
	}
	if got, want := f.Spelled("\u00e4/\u1ed9.txt"), "a\u0308/o\u0302\u0323.txt"; got != want {
		t.Errorf("spelled %+q, want %+q", got, want)
	}
	if got, want := f.At("\u00e4/\u00e9.txt"), "a\u0308/e\u0301.txt"; got != want {
		t.Errorf("at %+q, want %+q", got, want)
	}
	if got, want := f.At("\u00e4/new\u00e9.txt"), "a\u0308/new\u00e9.txt"; got != want {
		t.Errorf("at %+q, want %+q", got, want)
	}
	if err := os.WriteFile(filepath.Join(root, "a\u0308", "\u00e9.txt"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if got, err := f.Glob(".", "**", Openly); err == nil || !strings.Contains(err.Error(), "stands twice") {
		t.Errorf("two files of one name are found as %q, %v", got, err)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\nb\n": "a\nb\n", "a\r\nb\r\n": "a\nb\n", "a\rb\r": "a\nb\n", "a\r\r\nb": "a\n\nb",
		"\xef\xbb\xbfa": "a", "\xef\xbb\xbf\r\n": "\n", "a\xef\xbb\xbf": "a\xef\xbb\xbf", "": "",
	} {
		if got := string(Text([]byte(in))); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}
