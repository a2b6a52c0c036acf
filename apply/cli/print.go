package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"assetform/config"
	"assetform/config/diag"
	"assetform/config/diag/cilog"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// printDiagnostics prints to Err. The project, which may be nil, gives the
// sources and the secrets.
func (s *streams) printDiagnostics(diags hcl.Diagnostics, p *config.Project) {
	if len(diags) == 0 {
		return
	}
	defer s.watch.Begin(nil)()
	printer := s.printer(p)
	printer.Color, printer.Width = s.Color, s.width()
	if err := printer.Text(s.Err, diags); err != nil {
		s.Log.Error("print diagnostics", "error", err)
	}
	s.annotate(diags, p)
}

func (s *streams) printer(p *config.Project) *diag.Printer {
	printer := &diag.Printer{Dir: s.Dir}
	if p != nil {
		printer.Files = p.Files
		printer.Redactor = s.redactor(p)
	}
	return printer
}

// fail reports what the environment did as one error.
func (s *streams) fail(summary string, err error) int {
	s.printDiagnostics(errorDiagnostic(summary, diag.Sentence(err)), nil)
	return ExitError
}

// countWere is a count of things with its verb: "1 argument was", "2 arguments
// were".
func countWere(n int, noun string) string {
	if n == 1 {
		return "1 " + noun + " was"
	}
	return diag.Count(n, noun) + " were"
}

// noArgs reports arguments where none are taken.
func (s *streams) noArgs(args []string) bool {
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

// output writes text for people to Out.
func (s *streams) output(text string) int { return s.write(printable(text)) }

// write writes a result to Out as it is.
func (s *streams) write(text string) int {
	w := bufio.NewWriter(s.Out)
	_, err := w.WriteString(text)
	if flushErr := w.Flush(); err == nil {
		err = flushErr
	}
	if err != nil {
		return s.fail("Output failed", fmt.Errorf("write the result: %w", err))
	}
	return ExitDone
}

// inLog reports whether a CI system obeys what it finds in the output.
func (s *streams) inLog() bool { return cilog.Reads(s.env) }

// outputJSON writes JSON, or literals of HCL, to Out.
func (s *streams) outputJSON(text string) int { return s.write(s.escaped(text)) }

// escaped is JSON or HCL that means the same and is safe to show.
func (s *streams) escaped(text string) string {
	text = diag.EscapeJSON(text)
	if s.inLog() {
		text = cilog.Escape(text)
	}
	return text
}

// jsonOut is Out for whole documents and lines of JSON.
func (s *streams) jsonOut() io.Writer { return escaping{s} }

// escaping writes the same JSON in a form that is safe to show. Each write
// holds whole values.
type escaping struct{ to *streams }

func (e escaping) Write(p []byte) (int, error) {
	if _, err := io.WriteString(e.to.Out, e.to.escaped(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

var errCommand = errors.New("it would start a command of the CI system that reads this output, and it is printed as it is or not at all")

// outputData writes what another program takes as it is. Where that would
// start a command it is refused: changed it would be something else.
func (s *streams) outputData(text, what, instead string) int {
	if s.inLog() && cilog.Starts(text) {
		return s.fail("Command in the output", fmt.Errorf("%s is not printed: %w. %s", what, errCommand, instead))
	}
	return s.write(text)
}

// printable writes control characters as escapes: a server's words and stored
// prompts must not act on the terminal.
func printable(text string) string { return diag.Clean(text) }

// inline is text of others as a part of a line: nothing in it ends the line,
// acts on the terminal or goes unseen.
func inline(text string) string { return diag.CleanLine(text) }

// DidYouMean suggests the nearest of the known names behind an error, which
// has no full stop, or nothing.
func DidYouMean(given string, known []string) string {
	if hint := diag.Suggest(given, known); hint != "" {
		return "." + hint
	}
	return ""
}

// meantAddress is DidYouMean for addresses of assets.
func meantAddress(given string, known []string) string {
	if hint := plan.SuggestAddress(given, known); hint != "" {
		return "." + hint
	}
	return ""
}

func errorDiagnostic(summary, detail string) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: summary, Detail: detail}}
}
