package diag

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestPlain: no message shows which system call failed.
func TestPlain(t *testing.T) {
	t.Parallel()
	_, missing := os.Open(filepath.Join(t.TempDir(), "nope"))
	for _, c := range []struct {
		err  error
		want string
	}{
		{errors.New("read plan: it is cut"), "read plan: it is cut"},
		{fmt.Errorf("read plan: %w", &fs.PathError{Op: "open", Path: "/", Err: errors.New("it is not a regular file")}), `read plan: "/": it is not a regular file`},
		{fmt.Errorf("read: %w", &fs.PathError{Op: "lstat", Path: "a b", Err: syscall.ENOENT}), `read: there is no file or directory "a b"`},
		{fmt.Errorf("read lock %q: %w", "x", &fs.PathError{Op: "open", Path: "x", Err: errors.New("it is a symbolic link")}), `read lock "x": it is a symbolic link`},
		{fmt.Errorf("write: %w", &fs.PathError{Op: "openat", Path: "x", Err: syscall.EACCES}), `write: "x": permission denied`},
		{&os.LinkError{Op: "rename", Old: "a", New: "b", Err: syscall.EXDEV}, `"a" to "b": ` + syscall.EXDEV.Error()},
		{fmt.Errorf("sync: %w", &os.SyscallError{Syscall: "fsync", Err: syscall.EIO}), "sync: " + syscall.EIO.Error()},
		{errors.Join(fmt.Errorf("one: %w", &fs.PathError{Op: "open", Path: "x", Err: syscall.EIO}), fmt.Errorf("two: %w", &fs.PathError{Op: "read", Path: "y", Err: syscall.EIO})),
			"one: \"x\": " + syscall.EIO.Error() + "\ntwo: \"y\": " + syscall.EIO.Error()},
	} {
		if got := Plain(c.err); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if got := Plain(missing); strings.Contains(got, "open ") {
		t.Error(got)
	}
}
