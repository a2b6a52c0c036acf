package atomicfile

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const killDirVariable = "ASSETFORM_TEST_KILL_DIR"

// TestMain makes this binary its own victim: with the variable set, it
// replaces one file over and over until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv(killDirVariable); dir != "" {
		for c := byte('a'); ; c = 'a' + (c-'a'+1)%26 {
			if err := Write(filepath.Join(dir, "f"), 0o600, bytes.Repeat([]byte{c}, 1<<18)); err != nil {
				os.Stderr.WriteString(err.Error())
				os.Exit(1)
			}
			os.Stdout.WriteString("written\n")
		}
	}
	os.Exit(m.Run())
}

// However a process is killed, the file holds one whole content.
func TestKilledWriter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	root := openRoot(t, dir)
	for round := range 6 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), killDirVariable+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for range 1 + round {
			if !lines.Scan() {
				t.Error("the writer stopped by itself")
			}
		}
		time.Sleep(time.Duration(round*300) * time.Microsecond) // anywhere in the next write
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed
		b, err := os.ReadFile(filepath.Join(dir, "f"))
		if err != nil || len(b) != 1<<18 || len(bytes.Trim(b, string(b[:1]))) != 0 {
			t.Fatalf("round %d: the file has %d bytes and is torn, error %v", round, len(b), err)
		}
	}
	if err := RemoveLeftovers(root, ".", nobodys); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("left %v, error %v", entries, err)
	}
}
