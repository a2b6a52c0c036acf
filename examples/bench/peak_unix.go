//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peak is the largest memory, in bytes, that a process or one of its children
// had. The kernel counts what the process that started it had at that moment,
// so nothing below this program's own memory can be seen.
func peak(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) << 10
}
