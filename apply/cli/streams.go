package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"

	"assetform/apply/engine"
	"assetform/config/diag/cilog"
	"assetform/config/watch"

	"golang.org/x/term"
)

// streams are what a process gives: where it reads and writes, its environment
// and its terminal. They print: results to Out, the rest to Err.
type streams struct {
	place
	keyring
	Name     string // of the command
	In       io.Reader
	Out      io.Writer
	Err      io.Writer
	Color    bool // Err may be coloured
	OutColor bool // Out may be coloured
	Asks     bool // In is a terminal and input is not turned off
	ErrTerm  *os.File
	Log      *slog.Logger
	Logs     bool // Log goes to Err, where nothing live can be shown then

	watch *watch.Watch // what is printed takes its share of the time
	// annotated counts the annotations so far, by whether they are warnings.
	annotated map[bool]int
}

func newStreams(p Process, at place) *streams {
	s := &streams{
		place: at, keyring: keyring{engines: engine.Registry(p.Engines), Environ: p.Environ}, Name: p.Name,
		In: p.In, Out: Stream(p.Environ, p.Out), Err: Stream(p.Environ, p.Err), annotated: map[bool]int{},
	}
	noColor, _ := s.env("NO_COLOR")
	dumb, _ := s.env("TERM")
	colour := !p.NoColor && noColor == "" && dumb != "dumb"
	errTerm, outTerm := term.IsTerminal(int(p.Err.Fd())), term.IsTerminal(int(p.Out.Fd()))
	s.Color, s.OutColor = colour && errTerm, colour && outTerm
	if errTerm && dumb != "dumb" {
		s.ErrTerm = p.Err
	}
	s.Asks = term.IsTerminal(int(p.In.Fd())) && !s.inputOff() && !s.inCI()
	return s
}

// Stream is a stream of the process as commands write to it: where a CI system
// obeys what it finds in a log, nothing that came from files, prompts or
// servers is a command any more.
func Stream(environ []string, f *os.File) io.Writer {
	if !cilog.Reads(environment(environ).get) {
		return f
	}
	return cilog.NewWriter(f)
}

// environment is what a process gets as NAME=VALUE.
type environment []string

// get finds a variable; the last one of a name counts.
func (e environment) get(name string) (string, bool) { return Getenv(e, name) }

func (s *streams) env(name string) (string, bool) { return Getenv(s.Environ, name) }

// Getenv finds a variable in a process's environment; the last one counts.
func Getenv(environ []string, name string) (string, bool) {
	for i := len(environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(environ[i], name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// inputOff reports whether the environment says that nothing is to be asked.
func (s *streams) inputOff() bool {
	input, _ := s.env("ASSETFORM_INPUT")
	on, err := strconv.ParseBool(input)
	return err == nil && !on
}

func (s *streams) inCI() bool {
	ci, _ := s.env("CI")
	return ci != "" && ci != "0" && ci != "false"
}

// logTo sets Log to what is wanted of the level or, without one, the
// environment.
func (s *streams) logTo(level string) error {
	from := "--log-level"
	if level == "" {
		from = "ASSETFORM_LOG"
		level, _ = s.env(from)
	}
	var handler slog.Handler = slog.DiscardHandler
	if level != "" {
		var l slog.Level
		if err := l.UnmarshalText([]byte(level)); err != nil {
			return fmt.Errorf("%s %q: there are debug, info, warn and error", from, level)
		}
		handler = slog.NewTextHandler(s.Err, &slog.HandlerOptions{Level: l})
	}
	s.Log = slog.New(handler)
	s.Logs = s.Log.Enabled(context.Background(), slog.LevelError)
	return nil
}

// width is the number of columns that text on Err may take.
func (s *streams) width() int { return terminalWidth(s.ErrTerm) }

// terminalWidth is the width of a terminal, or the usual one where there is
// none.
func terminalWidth(f *os.File) int {
	columns, _ := terminalSize(f)
	return columns
}

func terminalSize(f *os.File) (columns, rows int) {
	const usualColumns, usualRows, least = 80, 24, 20
	if f == nil {
		return usualColumns, usualRows
	}
	columns, rows, err := term.GetSize(int(f.Fd()))
	if err != nil || columns < least {
		return usualColumns, usualRows
	}
	return columns, rows
}

// outWidth is the number of columns that text on Out may take.
func (s *streams) outWidth() int {
	if f, ok := s.Out.(*os.File); ok {
		return terminalWidth(f)
	}
	return terminalWidth(nil)
}
