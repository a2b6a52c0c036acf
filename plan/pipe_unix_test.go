//go:build unix

package plan

import (
	"path/filepath"
	"syscall"
	"testing"

	"assetform/config/worktree"
)

// A pipe in the place of an output or of its directory is seen and not waited
// for.
func TestScanPipes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"art", "art/knight.png"} {
		w := newWorld(t, knight)
		if name != "art" {
			w.write("art/other", nil)
		}
		if err := syscall.Mkfifo(filepath.Join(w.dir, filepath.FromSlash(name)), 0o600); err != nil {
			t.Skip("no pipes here:", err)
		}
		if got := scanState(t, w, "", "art/knight.png"); got.Kind != worktree.Foreign {
			t.Errorf("%s is a pipe: %+v", name, got)
		}
	}
}
