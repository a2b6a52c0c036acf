package file_test

import (
	"os"
	"runtime"
	"syscall"
	"testing"
)

// unprivileged takes from this test's thread what root may do to files. The
// thread ends with the test.
func unprivileged(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	runtime.LockOSThread()
	const nobody = 65534
	if err := syscall.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
}
