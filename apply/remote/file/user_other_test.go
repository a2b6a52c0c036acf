//go:build !linux

package file_test

import (
	"os"
	"testing"
)

func unprivileged(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("nothing is denied to root")
	}
}
