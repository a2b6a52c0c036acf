package cli

import (
	"context"
	"os"

	"assetform/apply/engine"
)

// Run carries out a command and returns the exit code.
type Run func(ctx context.Context, s *Session, args []string) int

// Process is what a command gets from the operating system.
type Process struct {
	Name     string // the command
	Version  string
	Engines  []engine.Engine
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

// Session is one run of a command: what a process gives, how a project is
// loaded, and what only few commands have a use for. It does nothing itself:
// a command hands on the part of it that a step needs.
type Session struct {
	*loader
	drivers  []engine.Engine
	complete func() []Completion
	Notify   func() <-chan os.Signal
}

// NewSession looks at the environment and the terminal.
func NewSession(p Process) (*Session, error) {
	at, err := placeOf(p.Chdir)
	if err != nil {
		return nil, err
	}
	l := &loader{streams: newStreams(p, at), version: p.Version, exit: p.Exit}
	l.exceeded = l.printDiagnostics
	if l.watch, err = l.newWatch(); err != nil {
		return nil, err
	}
	if err := l.logTo(p.LogLevel); err != nil {
		return nil, err
	}
	return &Session{loader: l, drivers: p.Engines, complete: p.Complete, Notify: p.Notify}, nil
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
