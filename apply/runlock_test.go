package apply

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assetform/lockfile/datadir"
)

// holdLockEnv makes the test binary take the run lock it names and wait.
const holdLockEnv = "ASSETFORM_TEST_HOLD_LOCK"

// TestHoldRunLock is the other process of TestRunLockOfAnotherProcess; alone
// it does nothing.
func TestHoldRunLock(t *testing.T) {
	path := os.Getenv(holdLockEnv)
	if path == "" {
		t.Skip("run by TestRunLockOfAnotherProcess")
	}
	if _, err := AcquireRunLock(t.Context(), datadir.Open(filepath.Dir(path)), 0); err != nil {
		t.Fatal(err)
	}
	fmt.Println("locked")
	bufio.NewReader(os.Stdin).ReadString('\n') // until the parent kills it
}

// The lock of another process is named with that process, and is free as soon
// as it is killed.
func TestRunLockOfAnotherProcess(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), ".assetform", "lock")
	other := exec.Command(os.Args[0], "-test.run=^TestHoldRunLock$", "-test.v")
	other.Env = append(os.Environ(), holdLockEnv+"="+path)
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "locked") {
	}
	_, err = AcquireRunLock(t.Context(), datadir.Open(filepath.Dir(path)), 0)
	locked, ok := errors.AsType[*LockedError](err)
	if !ok || locked.Holder.PID != other.Process.Pid || time.Since(locked.Holder.Started) > time.Minute {
		t.Errorf("got error %v, want one that names process %d", err, other.Process.Pid)
	}
	host, err := os.Hostname()
	if err == nil && locked != nil && !strings.Contains(locked.Error(), host) {
		t.Errorf("%q does not name the host %q", locked, host)
	}
	time.AfterFunc(50*time.Millisecond, func() { other.Process.Kill() })
	l, err := AcquireRunLock(t.Context(), datadir.Open(filepath.Dir(path)), time.Minute)
	if err != nil {
		t.Fatalf("after the owner was killed: %v", err)
	}
	other.Wait()
	if got := readHolder(datadir.Open(filepath.Dir(path))); got.PID != os.Getpid() {
		t.Errorf("the holder is written down as %+v, want process %d", got, os.Getpid())
	}
	if err := l.Release(); err != nil {
		t.Error(err)
	}
}

func TestRunLockWaits(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	first, err := AcquireRunLock(t.Context(), datadir.Open(filepath.Dir(path)), 0)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := AcquireRunLock(t.Context(), datadir.Open(filepath.Dir(path)), 30*time.Millisecond); err == nil || time.Since(start) < 30*time.Millisecond {
		t.Errorf("after %v: error %v", time.Since(start), err)
	} else if _, ok := errors.AsType[*LockedError](err); !ok {
		t.Errorf("got error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if _, err := AcquireRunLock(ctx, datadir.Open(filepath.Dir(path)), time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled while waiting: %v", err)
	}
	time.AfterFunc(20*time.Millisecond, func() { first.Release() })
	second, err := AcquireRunLock(t.Context(), datadir.Open(filepath.Dir(path)), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	second.Release()
}

// A holder that cannot be read, as while it is being written, makes the
// message vaguer and nothing else.
func TestRunLockUnreadableHolder(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	l, err := AcquireRunLock(t.Context(), datadir.Open(filepath.Dir(path)), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	if err := os.Truncate(path, 20); err != nil {
		t.Fatal(err)
	}
	_, err = AcquireRunLock(t.Context(), datadir.Open(filepath.Dir(path)), -time.Second)
	if err == nil || !strings.HasPrefix(err.Error(), "another process is working") {
		t.Errorf("got error %v", err)
	}
}
