package remotetest

import (
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Program finds an installed program. Where there is none the test is skipped,
// or fails if ASSETFORM_REQUIRE_TOOLS=1 says that there has to be one.
func Program(t testing.TB, name string) string {
	t.Helper()
	for _, at := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(at); err == nil {
			return path
		}
	}
	if os.Getenv("ASSETFORM_REQUIRE_TOOLS") == "1" {
		t.Fatalf("ASSETFORM_REQUIRE_TOOLS is set, but there is no %s", name)
	}
	t.Skipf("there is no %s", name)
	return ""
}

// FreeAddress is an address of this machine at which nothing listens.
func FreeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// Start runs a server until the test ends, and returns when it listens.
func Start(t testing.TB, address string, cmd *exec.Cmd) {
	t.Helper()
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &output, &output, time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Error(err)
		}
		<-ended
		if t.Failed() {
			t.Logf("%s said: %s", filepath.Base(cmd.Path), output.Bytes()[max(0, output.Len()-4000):])
		}
	})
	for {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("%s ended: %v", cmd.Path, err)
		case <-t.Context().Done():
			t.Fatal(err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// WriteFile writes a configuration of a server and returns its path.
func WriteFile(t testing.TB, dir, name, text string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

// Documented are the blocks of a language in a section of the page that says how
// remotes are set up: what is tested is what people copy.
func Documented(t *testing.T, section, language string) []string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "examples", "docs", "remote.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(page), "\n## "+section+"\n")
	text, _, _ = strings.Cut(text, "\n## ")
	var blocks []string
	for {
		_, rest, found := strings.Cut(text, "\n```"+language+"\n")
		if !found {
			break
		}
		block, after, _ := strings.Cut(rest, "\n```\n")
		blocks, text = append(blocks, block+"\n"), after
	}
	if !ok || len(blocks) == 0 {
		t.Fatalf("the page has no %s in its section %q", language, section)
	}
	return blocks
}
