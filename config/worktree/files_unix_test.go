//go:build unix

package worktree

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestReadNeverBlocks reads a pipe that nobody writes to.
func TestReadNeverBlocks(t *testing.T) {
	t.Parallel()
	root, f := tree(t, map[string]string{"link": "-> pipe"})
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o644); err != nil {
		t.Skip(err)
	}
	done := make(chan error, 4)
	go func() {
		_, err := f.Read(".", "pipe", Openly)
		done <- err
		_, err = f.Read(".", "link", Openly)
		done <- err
		_, err = f.Exists(".", "pipe", Openly)
		done <- err
		_, err = f.Glob(".", "**", Openly)
		done <- err
	}()
	for i := range 4 {
		select {
		case err := <-done:
			if i < 3 && (err == nil || !strings.Contains(err.Error(), "not a regular file")) {
				t.Errorf("call %d: %v", i, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("call %d waits for a writer", i)
		}
	}
}
