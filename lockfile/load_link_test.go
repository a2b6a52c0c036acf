package lockfile

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A pull request may bring a lock that is a link to some other file of the
// machine; what that holds must not show in an error's source line.
func TestLoadShowsNothingThroughASymlink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other, path := filepath.Join(dir, "other"), filepath.Join(dir, Filename)
	if err := os.WriteFile(other, []byte("hidden words\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, path); err != nil {
		t.Skip("no symbolic links here")
	}
	l, raw, err := Load(path, ".")
	if err == nil || l != nil || raw != nil {
		t.Fatalf("want an error alone, got lock %v, raw %q, error %v", l, raw, err)
	}
	if strings.Contains(err.Error(), "hidden") {
		t.Errorf("the error shows the other file: %v", err)
	}
}
