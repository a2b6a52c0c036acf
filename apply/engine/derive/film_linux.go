package derive

import (
	"os/exec"
	"syscall"
)

// dieTogether has the system end the program when this process is killed. The
// thread that starts it must not end before it.
func dieTogether(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
