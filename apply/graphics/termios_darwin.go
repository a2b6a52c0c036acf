package graphics

import "golang.org/x/sys/unix"

const (
	getTermios   = unix.TIOCGETA
	setTermios   = unix.TIOCSETAW
	flushTermios = unix.TIOCSETAF
)
