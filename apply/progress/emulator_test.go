package progress

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/rivo/uniseg"
)

// emulator is a terminal of a fixed number of columns and rows that knows as
// much as the live display uses, and fails the test at anything else.
type emulator struct {
	t             testing.TB
	columns, rows int

	mu       sync.Mutex
	lines    [][]string // of cells, scrollback included
	row, col int        // row counts from the top of the screen
	wrap     bool
	frames   int
	wrapped  int // lines that were longer than the terminal while wrapping was off
}

func newEmulator(t testing.TB, columns, rows int) *emulator {
	return &emulator{t: t, columns: columns, rows: rows, lines: [][]string{nil}, wrap: true}
}

func (e *emulator) size() (int, int) { return e.columns, e.rows }

var sequence = regexp.MustCompile(`^\x1b\[(\??)([0-9;]*)([A-Za-z])`)

// Write implements io.Writer. Every write must leave the terminal in its usual
// state.
func (e *emulator) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.frames++
	for s := string(p); s != ""; {
		if m := sequence.FindStringSubmatch(s); m != nil {
			e.escape(m[1], m[2], m[3])
			s = s[len(m[0]):]
			continue
		}
		cluster, rest, width, _ := uniseg.FirstGraphemeClusterInString(s, -1)
		s = rest
		switch cluster {
		case "\n":
			e.newline()
		case "\r":
			e.col = 0
		case "\r\n":
			e.newline()
		default:
			if cluster[0] < ' ' || cluster[0] == 0x7f {
				e.t.Errorf("control character %q reached the terminal", cluster)
			}
			e.put(cluster, width)
		}
	}
	if e.col != 0 || !e.wrap {
		e.t.Errorf("a write leaves the terminal at column %d, wrapping %v: %q", e.col, e.wrap, p)
	}
	return len(p), nil
}

// top is the index of the first line on the screen.
func (e *emulator) top() int { return max(0, len(e.lines)-e.rows) }

func (e *emulator) escape(private, args, final string) {
	switch private + final {
	case "m":
	case "A":
		e.row = max(0, e.row-1)
	case "K":
		e.lines[e.top()+e.row] = nil
	case "?l", "?h":
		e.wrap = final == "h"
		if args != "7" {
			e.t.Errorf("unknown mode %s", args)
		}
	default:
		e.t.Errorf("unknown sequence %q %q %q", private, args, final)
	}
}

func (e *emulator) newline() {
	e.col = 0
	if e.top()+e.row+1 == len(e.lines) {
		e.lines = append(e.lines, nil)
	}
	if e.row < e.rows-1 {
		e.row++
	}
}

func (e *emulator) put(cluster string, width int) {
	if e.col+width > e.columns {
		if !e.wrap {
			e.wrapped++
			return
		}
		e.newline()
	}
	i := e.top() + e.row
	for len(e.lines[i]) < e.col {
		e.lines[i] = append(e.lines[i], " ")
	}
	e.lines[i] = append(e.lines[i][:e.col], cluster)
	for range width - 1 {
		e.lines[i] = append(e.lines[i], "")
	}
	e.col += width
}

// text is all that stands on the terminal and in its scrollback.
func (e *emulator) text() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var b strings.Builder
	for _, line := range e.lines {
		fmt.Fprintln(&b, strings.TrimRight(strings.Join(line, ""), " "))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}
