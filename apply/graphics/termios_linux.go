package graphics

import "golang.org/x/sys/unix"

const (
	getTermios   = unix.TCGETS
	setTermios   = unix.TCSETSW
	flushTermios = unix.TCSETSF
)
