//go:build unix

package apply

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// suspend stops this process as a machine that goes to sleep, and has it go on
// after a while.
func suspend(d time.Duration) error {
	pid := os.Getpid()
	if err := exec.Command("sh", "-c", fmt.Sprintf("sleep %f; kill -CONT %d", d.Seconds(), pid)).Start(); err != nil {
		return err
	}
	return syscall.Kill(pid, syscall.SIGSTOP)
}
