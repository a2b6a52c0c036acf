package worktree

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFindRoot(t *testing.T) {
	t.Parallel()
	dir, _ := tree(t, map[string]string{"a/b/main.asset.hcl": "", "c/x": ""})
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	sub := filepath.Join(dir, "a", "b")
	for _, test := range []struct{ make, want string }{
		{"", sub},
		{filepath.Join(dir, ".git"), dir},
		{filepath.Join(dir, "a", ".git"), filepath.Join(dir, "a")},
	} {
		if test.make != "" {
			// A work tree or submodule has a file in place of the directory.
			if err := os.WriteFile(test.make, []byte("gitdir: x\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := FindRoot(sub)
		if err != nil || got != test.want {
			t.Errorf("FindRoot = %q, %v, want %q", got, err, test.want)
		}
	}
	if _, err := FindRoot(filepath.Join(dir, "c", "x")); err == nil {
		t.Error("FindRoot of a file: no error")
	}
}
