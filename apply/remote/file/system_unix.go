//go:build unix

package file

import "syscall"

// nonblock opens a pipe without waiting for its other end.
const nonblock = syscall.O_NONBLOCK

// errStale is what NFS says of a file that is gone under the one who has it.
const errStale = syscall.ESTALE
