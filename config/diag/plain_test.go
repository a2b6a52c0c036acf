package diag

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
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
	at := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
	_, colon := url.Parse(strings.Join([]string{"1.2.3.4", "80/api"}, ":")) // a text that no linter reads
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
		{fmt.Errorf("GET /quota: %w", &net.OpError{Op: "dial", Net: "tcp", Addr: at, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}), "GET /quota: nothing listens at 127.0.0.1:1"},
		{&net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "x.invalid", Server: "10.0.0.1:53", IsNotFound: true}}, `the name "x.invalid" is not known`},
		{&net.OpError{Op: "read", Net: "tcp", Addr: at, Err: os.NewSyscallError("read", syscall.ECONNRESET)}, "127.0.0.1:1 broke the connection off"},
		{&net.OpError{Op: "dial", Net: "tcp", Addr: at, Err: os.ErrDeadlineExceeded}, "127.0.0.1:1 does not answer"},
		{&net.OpError{Op: "listen", Net: "tcp", Addr: at, Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}, "another program listens at 127.0.0.1:1 already"},
		{fmt.Errorf("listen: %w", &net.OpError{Op: "listen", Net: "tcp", Err: &net.AddrError{Err: "missing port in address", Addr: "80"}}), `listen: "80" has no port: write HOST:PORT, as in 127.0.0.1:8787`},
		{colon, `"1.2.3.4:80/api" has no scheme: a URL begins with https:// or http://`},
		{&url.Error{Op: "Get", URL: "https://h/p?sig=x", Err: context.Canceled}, "it was interrupted"},
		{fmt.Errorf("GET /health: %w", context.DeadlineExceeded), "GET /health: there was no answer in time"},
		{fmt.Errorf("read: %w", json.Unmarshal([]byte("hello"), new(any))), "read: it is not JSON, or ends in the middle of it (at byte 1)"},
	} {
		if got := Plain(c.err); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
	if got := Plain(missing); strings.Contains(got, "open ") {
		t.Error(got)
	}
}
