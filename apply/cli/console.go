package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"assetform/config"
	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
	"golang.org/x/term"
)

// Console is the command console.
func Console(fs *pflag.FlagSet) Run {
	var e evaluation
	e.vars.bind(fs)
	return func(_ context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		p, ok := s.loadProject(e)
		if !ok {
			return ExitError
		}
		defer p.Close()
		if in, isFile := s.In.(*os.File); isFile && term.IsTerminal(int(in.Fd())) {
			return converse(s.loader, p, in)
		}
		return evaluateLines(s.streams, p)
	}
}

// evaluateLines evaluates an expression a line. It goes on after an error and
// reports it in the exit code.
func evaluateLines(s *streams, p *config.Project) int {
	lines := bufio.NewScanner(s.In)
	lines.Buffer(nil, maxStdin)
	code := ExitDone
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		if line == "exit" {
			return code
		}
		text, ok := expression(s, p, line)
		if !ok {
			code = ExitError
			continue
		}
		if written := s.outputJSON(text); written != ExitDone {
			return written // nobody reads it any more
		}
	}
	if err := lines.Err(); err != nil {
		return s.fail("Input failed", err)
	}
	return code
}

// expression evaluates one expression and prints what is wrong with it.
func expression(s *streams, p *config.Project, src string) (string, bool) {
	v, diags := p.Eval(src)
	if diags.HasErrors() {
		s.printDiagnostics(diags, p)
		return "", false
	}
	if v.ContainsMarked() {
		return diag.Sensitive + "\n", true
	}
	if text, ok := config.TypeText(v); ok {
		return text + "\n", true
	}
	return literal(v) + "\n", true
}

// converse reads expressions on a terminal, with history and completion.
func converse(l *loader, p *config.Project, in *os.File) int {
	state, err := term.MakeRaw(int(in.Fd()))
	if err != nil {
		return l.fail("Terminal not usable", err)
	}
	defer term.Restore(int(in.Fd()), state)
	l.exceeded = func(diags hcl.Diagnostics, p *config.Project) {
		term.Restore(int(in.Fd()), state)
		l.printDiagnostics(diags, p)
	}
	t := term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{in, l.Out}, "> ")
	t.AutoCompleteCallback = func(line string, pos int, key rune) (string, int, bool) {
		if key != '\t' {
			return "", 0, false
		}
		return complete(p, line, pos)
	}
	fmt.Fprintln(t, "Expressions of the configuration, such as length(image.icon) or var.style. Leave with exit or Ctrl-D.")
	raw := *l.streams
	raw.Out, raw.Err = t, t
	for {
		line, err := t.ReadLine()
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(t)
			return ExitDone
		}
		if err != nil {
			return l.fail("Input failed", err)
		}
		line = strings.TrimSpace(line)
		if line == "exit" {
			return ExitDone
		}
		if line == "" {
			continue
		}
		if text, ok := expression(&raw, p, line); ok {
			raw.outputJSON(text)
		}
	}
}

// complete finishes the name before the cursor as far as it is certain.
func complete(p *config.Project, line string, pos int) (string, int, bool) {
	start := strings.LastIndexFunc(line[:pos], func(r rune) bool {
		return !(r == '.' || r == '_' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	}) + 1
	names := p.Complete(line[start:pos])
	if len(names) == 0 {
		return "", 0, false
	}
	common := names[0]
	for _, name := range names[1:] {
		for !strings.HasPrefix(name, common) {
			common = common[:len(common)-1]
		}
	}
	return line[:start] + common + line[pos:], start + len(common), true
}
