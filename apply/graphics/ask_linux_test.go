package graphics

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// testOnlyChild names the variable with which this test runs itself in a
// terminal of its own: it says there which protocol it found, on the pipe that
// is its descriptor 3, when it has it.
const testOnlyChild = "ASSETFORM_TEST_TERMINAL"

func TestMain(m *testing.M) {
	env, child := os.LookupEnv(testOnlyChild)
	if !child {
		os.Exit(m.Run())
	}
	if strings.Contains(env, "ANSWERED=") { // however slow this machine is
		testOnlyPatience = time.Hour
	}
	said := os.NewFile(3, "said")
	fmt.Fprintf(said, "found %q\n", find(os.Stdin, os.Stdout, environ(env)))
	var rest [64]byte // what the next one to read would get
	os.Stdin.Read(rest[:])
	fmt.Fprintf(said, "read %q\n", bytes.TrimRight(rest[:], "\x00"))
	os.Exit(0)
}

// terminal is a pseudo-terminal.
func terminal(t *testing.T) (master, slave *os.File) {
	t.Helper()
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Skip(err)
	}
	master = os.NewFile(uintptr(fd), "ptmx")
	t.Cleanup(func() { master.Close() })
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Skip(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// child is this test in a terminal.
type child struct {
	*testing.T
	master, slave *os.File
	cmd           *exec.Cmd
	said          *os.File
	before        *unix.Termios
}

func start(t *testing.T, env string) *child {
	t.Helper()
	c := &child{T: t}
	c.master, c.slave = terminal(t)
	var err error
	if c.before, err = unix.IoctlGetTermios(int(c.slave.Fd()), getTermios); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.said = r
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c.cmd = exec.Command(exe)
	c.cmd.Env = append(os.Environ(), testOnlyChild+"="+env)
	c.cmd.Stdin, c.cmd.Stdout, c.cmd.Stderr, c.cmd.ExtraFiles = c.slave, c.slave, c.slave, []*os.File{w}
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return c
}

// asked waits for the question.
func (c *child) asked() {
	c.Helper()
	var got []byte
	for buf := make([]byte, 256); !bytes.Contains(got, []byte(question)); {
		n, err := c.master.Read(buf)
		if err != nil {
			c.Fatalf("no question in %q: %v", got, err)
		}
		got = append(got, buf[:n]...)
	}
}

func (c *child) types(text string) {
	c.Helper()
	if _, err := io.WriteString(c.master, text); err != nil {
		c.Fatal(err)
	}
}

// line is the next one that the child says.
func (c *child) line() string {
	c.Helper()
	var b []byte
	for one := make([]byte, 1); !bytes.HasSuffix(b, []byte("\n")); {
		n, err := c.said.Read(one)
		if err != nil {
			return strings.TrimSpace(string(b))
		}
		b = append(b, one[:n]...)
	}
	return strings.TrimSpace(string(b))
}

// restored checks that the terminal is as it was.
func (c *child) restored() {
	c.Helper()
	now, err := unix.IoctlGetTermios(int(c.slave.Fd()), getTermios)
	if err != nil || *now != *c.before {
		c.Errorf("the terminal is %+v, was %+v (%v)", now, c.before, err)
	}
}

func TestAsk(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ env, answer, want string }{
		"sixel":                 {"TERM=xterm", "\x1b[?62;4;22c", "sixel"},
		"kitty":                 {"TERM=xterm", "\x1b_Gi=31;OK\x1b\\\x1b[?62c", "kitty"},
		"neither":               {"TERM=xterm", "\x1b[?62;22c", ""},
		"neither, variable":     {"TERM=xterm KITTY_WINDOW_ID=3", "\x1b[?62;22c", ""},
		"iTerm2":                {"TERM=xterm TERM_PROGRAM=iTerm.app", "\x1b[?62;4c", "iTerm"},
		"tmux that has it":      {"TERM=tmux-256color TMUX=x", "\x1b[?1;2;4c", "sixel"},
		"answers nothing":       {"TERM=xterm", "", ""},
		"nothing, but variable": {"TERM=xterm-kitty", "", "kitty"},
		"garbage":               {"TERM=xterm", "\x1b[?62;4;\x1b[\xff\x00zzz", ""},
		"half":                  {"TERM=xterm", "\x1b[?62;4", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if parse([]byte(test.answer)).whole {
				test.env += " ANSWERED=1"
			}
			c := start(t, test.env)
			c.asked()
			c.types(test.answer)
			if got, want := c.line(), fmt.Sprintf("found %q", test.want); got != want {
				t.Errorf("%s, want %s", got, want)
			}
			c.restored()
			c.types("next\n")
			if got := c.line(); got != `read "next\n"` { // and no answer before it
				t.Errorf("it %s", got)
			}
			if err := c.cmd.Wait(); err != nil {
				t.Error(err)
			}
		})
	}
}

// An answer in pieces is one.
func TestAskInPieces(t *testing.T) {
	t.Parallel()
	c := start(t, "TERM=xterm ANSWERED=1")
	c.asked()
	for _, piece := range []string{"\x1b", "[?6", "2;4;", "22c"} {
		c.types(piece)
	}
	if got := c.line(); got != `found "sixel"` {
		t.Errorf("it %s", got)
	}
	c.types("next\n")
	if got := c.line(); got != `read "next\n"` {
		t.Errorf("it %s", got)
	}
	c.cmd.Wait()
	c.restored()
}

// Who is asked not at all is not written to either.
func TestAskNobody(t *testing.T) {
	t.Parallel()
	c := start(t, "TERM=dumb")
	if got := c.line(); got != `found ""` {
		t.Errorf("it %s", got)
	}
	c.types("next\n")
	c.cmd.Wait()
	buf := make([]byte, 256)
	if n, _ := c.master.Read(buf); bytes.ContainsRune(buf[:n], '\x1b') {
		t.Errorf("a terminal that is dumb was asked: %q", buf[:n])
	}
	master, slave := terminal(t)
	other, _ := terminal(t)
	if got := find(other, slave, environ("TERM=xterm-kitty")); got != "kitty" {
		t.Errorf("of two terminals: %q", got)
	}
	if err := unix.SetNonblock(int(master.Fd()), true); err != nil {
		t.Fatal(err)
	}
	if n, _ := unix.Read(int(master.Fd()), buf); n > 0 {
		t.Errorf("one of two terminals was asked: %q", buf[:n])
	}
}

// Ctrl-C and signals end the process, and leave the terminal as it was.
func TestAskInterrupted(t *testing.T) {
	t.Parallel()
	for _, sig := range []syscall.Signal{0, syscall.SIGTERM, syscall.SIGQUIT, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			if signal.Ignored(sig) { // by who started the tests
				t.Skip("it is ignored")
			}
			c := start(t, "TERM=xterm ANSWERED=1")
			c.asked()
			if sig == 0 {
				c.types("\x1b[?6\x03") // Ctrl-C
			} else {
				c.cmd.Process.Signal(sig)
			}
			if said, err := c.line(), c.cmd.Wait(); said != "" || err == nil {
				t.Errorf("it went on and said %q", said)
			}
			c.restored()
		})
	}
}
