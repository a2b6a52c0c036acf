//go:build unix

package config

import (
	"assetform/apply/engine/all"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A pipe in the place of a module's directory is an error and not waited for.
func TestModuleIsPipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.asset.hcl"), []byte("module \"a\" { source = \"./m\" }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "m"), 0o600); err != nil {
		t.Skip("no pipes here:", err)
	}
	if _, diags := Load(Options{Engines: all.Registry(), Dir: dir}); !diags.HasErrors() || !strings.Contains(diags.Error(), "not a directory") {
		t.Errorf("got %v", diags)
	}
}
