package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"assetform/config"
	"assetform/config/diag"
	"assetform/config/watch"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/term"
)

// Run carries out a command and returns the exit code.
type Run func(ctx context.Context, s *Session, args []string) int

// The exit codes of all commands. Several at once: 130 or 143, then 5, 3, 4.
const (
	ExitDone       = 0
	ExitError      = 1
	ExitDifference = 2
	ExitFailed     = 3
	ExitParked     = 4
	ExitUnknown    = 5
	ExitRefused    = 6
)

// ExitCodeHelp describes the exit codes, a line each.
var ExitCodeHelp = []string{
	"0  done, or no changes",
	"1  error",
	"2  plan --detailed-exitcode has changes, verify found a difference,",
	"   fmt --check would change a file",
	"3  applied, but some assets failed",
	"4  parked: what is left can be resumed at no cost",
	"5  the outcome of a paid request is unknown",
	"6  refused before anything was spent: stale plan, over budget,",
	"   protected asset, changed file",
	"130, 143  interrupted, something is left",
}

// Process is what a command gets from the operating system.
type Process struct {
	Name     string // the command
	Version  string
	Environ  []string
	Chdir    string // --chdir
	NoColor  bool   // --no-color
	LogLevel string // --log-level
	In       *os.File
	Out      *os.File
	Err      *os.File
	// Notify begins to deliver SIGINT and SIGTERM, which end the process
	// until then.
	Notify   func() <-chan os.Signal
	Complete func() []Completion
	Exit     func(code int)
}

// Session is one run of a command.
type Session struct {
	Name     string
	Version  string
	Environ  []string
	Dir      string // absolute; the root module's directory
	WorkDir  string // absolute; what paths on the command line are relative to
	In       io.Reader
	Out      io.Writer
	Err      io.Writer
	Color    bool // Err may be coloured
	OutColor bool // Out may be coloured
	Asks     bool // In is a terminal and input is not turned off
	ErrTerm  *os.File
	Log      *slog.Logger
	Logs     bool // Log goes to Err, where nothing live can be shown then
	Notify   func() <-chan os.Signal
	complete func() []Completion
	state    *dataState        // nil until data asked
	answers  map[string]string // of variables that were asked for

	watch *watch.Watch
	exit  func(code int)
	// exceeded prints that an evaluation took more than it may, in the form
	// that the command has for errors.
	exceeded func(hcl.Diagnostics, *config.Project)
	// annotated counts the annotations so far, by whether they are warnings.
	annotated map[bool]int
}

// NewSession looks at the environment and the terminal.
func NewSession(p Process) (*Session, error) {
	work, err := os.Getwd()
	if err != nil {
		return nil, fmt.Errorf("find the working directory: %w", err)
	}
	dir := work
	if p.Chdir != "" {
		dir = p.Chdir
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(work, dir)
		}
		info, err := os.Stat(dir)
		if err != nil {
			return nil, fmt.Errorf("use --chdir %q: %w", p.Chdir, err)
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("use --chdir %q: it is no directory", p.Chdir)
		}
	}
	s := &Session{
		Name: p.Name, Version: p.Version, Environ: p.Environ, Dir: dir, WorkDir: dir,
		In: p.In, Out: Stream(p.Environ, p.Out), Err: Stream(p.Environ, p.Err), Notify: p.Notify, complete: p.Complete, exit: p.Exit,
		annotated: map[bool]int{},
	}
	s.exceeded = s.printDiagnostics
	if s.watch, err = s.newWatch(); err != nil {
		return nil, err
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
	if s.Log, err = newLogger(s, p); err != nil {
		return nil, err
	}
	s.Logs = s.Log.Enabled(context.Background(), slog.LevelError)
	return s, nil
}

// inputOff reports whether the environment says that nothing is to be asked.
func (s *Session) inputOff() bool {
	input, _ := s.env("ASSETFORM_INPUT")
	on, err := strconv.ParseBool(input)
	return err == nil && !on
}

func (s *Session) inCI() bool {
	ci, _ := s.env("CI")
	return ci != "" && ci != "0" && ci != "false"
}

func newLogger(s *Session, p Process) (*slog.Logger, error) {
	level := p.LogLevel
	if level == "" {
		level, _ = s.env("ASSETFORM_LOG")
	}
	if level == "" {
		return slog.New(slog.DiscardHandler), nil
	}
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("use log level %q: it is not debug, info, warn or error", level)
	}
	return slog.New(slog.NewTextHandler(s.Err, &slog.HandlerOptions{Level: l})), nil
}

func (s *Session) env(name string) (string, bool) { return Getenv(s.Environ, name) }

// Getenv finds a variable in a process's environment; the last one counts.
func Getenv(environ []string, name string) (string, bool) {
	for i := len(environ) - 1; i >= 0; i-- {
		if value, ok := strings.CutPrefix(environ[i], name+"="); ok {
			return value, true
		}
	}
	return "", false
}

// path makes a path of the command line absolute.
func (s *Session) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(s.WorkDir, name)
}

// width is the number of columns that text on Err may take.
func (s *Session) width() int { return terminalWidth(s.ErrTerm) }

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

// fail reports what the environment did as one error.
func (s *Session) fail(summary string, err error) int {
	s.printDiagnostics(errorDiagnostic(summary, Sentence(err)), nil)
	return ExitError
}

// noArgs reports arguments where none are taken.
func (s *Session) noArgs(args []string) bool {
	if len(args) == 0 {
		return true
	}
	given, _, isVariable := strings.Cut(args[0], "=") // its value may be secret
	if isVariable {
		given += "=..."
	}
	s.printDiagnostics(errorDiagnostic("Too many arguments", fmt.Sprintf("%q takes no arguments, but %q was given.", "assetform "+s.Name, given)), nil)
	return false
}

// Sentence makes an error's text a sentence for people.
func Sentence(err error) string {
	text := err.Error()
	if first, size := utf8.DecodeRuneInString(text); unicode.IsLower(first) {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, "?") {
		text += "."
	}
	return text
}

// DidYouMean suggests the nearest of the known names behind an error, which
// has no full stop, or nothing.
func DidYouMean(given string, known []string) string {
	if hint := diag.Suggest(given, known); hint != "" {
		return "." + hint
	}
	return ""
}

// Completion is a command as shell completion sees it.
type Completion struct {
	Name  string
	Short string
	Flags []CompletionFlag
}

// CompletionFlag is a flag of a Completion.
type CompletionFlag struct {
	Name       string
	Short      string
	TakesValue bool
}

// varFlags collects --var and --var-file in the order of the command line.
type varFlags struct {
	list  []varFlag
	input bool
}

type varFlag struct{ file, text string }

func (v *varFlags) bind(fs *pflag.FlagSet) {
	fs.Var(&varValue{list: &v.list}, "var", "set a variable: `NAME=VALUE` (repeatable)")
	fs.Var(&varValue{list: &v.list, file: true}, "var-file", "read variables from `FILE`, HCL or JSON (repeatable)")
	fs.BoolVar(&v.input, "input", true, "ask for missing variables on a terminal")
}

type varValue struct {
	list *[]varFlag
	file bool
}

func (v *varValue) String() string { return "" }

func (v *varValue) Type() string { return "string" }

func (v *varValue) Set(text string) error {
	if v.file {
		*v.list = append(*v.list, varFlag{file: text})
		return nil
	}
	if name, _, ok := strings.Cut(text, "="); !ok || strings.TrimSpace(name) == "" {
		return fmt.Errorf("%q is not of the form NAME=VALUE", text)
	}
	*v.list = append(*v.list, varFlag{text: text})
	return nil
}

// checkRecorded refuses values for variables that a saved plan has: they
// would have no effect. Sensitive ones are not in it and are given again.
func (v *varFlags) checkRecorded(recorded map[string]cty.Value) error {
	for _, given := range v.list {
		if name := cutVar(given.text).Name; given.file == "" && recorded[name] != cty.NilVal {
			return fmt.Errorf("--var %s cannot be used with a saved plan: the plan was made with its own value", name)
		}
	}
	return nil
}
