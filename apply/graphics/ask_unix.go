//go:build linux || darwin

package graphics

import (
	"cmp"
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// patience is how long a terminal is waited for that does not answer: long
	// enough for a slow line, since what comes later is typed into the shell.
	patience = time.Second
	// mostAnswer is how much is read in search of an answer.
	mostAnswer = 4096
	interrupt  = 3 // the character of Ctrl-C
)

// testOnlyPatience is how long a test waits; 0: as everybody.
var testOnlyPatience time.Duration

// ask asks a terminal and returns what it says; ok is false where it says
// nothing that ends the question.
func ask(in, out *os.File) (answer []byte, ok bool) {
	fd := int(in.Fd())
	if group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP); err != nil || group != unix.Getpgrp() {
		return nil, false // in the background to change the terminal stops the process
	}
	was, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, false
	}
	// Signals that end the process end it after the terminal is as it was.
	signals := make(chan os.Signal, 1)
	for _, sig := range []os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(sig) { // as SIGHUP is under nohup
			signal.Notify(signals, sig)
		}
	}
	defer func() {
		signal.Stop(signals)
		select {
		case sig := <-signals:
			_ = unix.Kill(unix.Getpid(), sig.(syscall.Signal))
			time.Sleep(patience) // it comes when it comes, and nothing is to be printed before
		default:
		}
	}()
	now := *was
	now.Lflag &^= unix.ICANON | unix.ECHO | unix.ISIG
	now.Cc[unix.VMIN], now.Cc[unix.VTIME] = 0, 1 // a read ends after a tenth of a second
	if unix.IoctlSetTermios(fd, setTermios, &now) != nil {
		return nil, false
	}
	defer func() { // what was typed meanwhile is thrown away if it may be half of an answer
		how := uint(flushTermios)
		if ok {
			how = setTermios
		}
		_ = unix.IoctlSetTermios(fd, how, was)
	}()
	if _, err := out.WriteString(question); err != nil {
		return nil, false
	}
	for end, buf := time.Now().Add(cmp.Or(testOnlyPatience, patience)), make([]byte, 256); time.Now().Before(end) && len(answer) < mostAnswer && len(signals) == 0; {
		n, err := unix.Read(fd, buf)
		if err != nil && err != unix.EINTR {
			return nil, false
		}
		for _, c := range buf[:max(n, 0)] {
			if c == interrupt {
				select {
				case signals <- syscall.SIGINT:
				default:
				}
				return nil, false
			}
		}
		answer = append(answer, buf[:max(n, 0)]...)
		if parse(answer).whole {
			return answer, true
		}
	}
	return nil, false
}
