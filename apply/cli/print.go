package cli

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"

	"assetform/config"
	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/term"
)

// printDiagnostics prints to Err. The project, which may be nil, gives the
// sources and the secrets.
func (s *Session) printDiagnostics(diags hcl.Diagnostics, p *config.Project) {
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

func (s *Session) printer(p *config.Project) *diag.Printer {
	printer := &diag.Printer{Dir: s.Dir}
	if p != nil {
		printer.Files = p.Files
		printer.Redactor = s.redactor(p)
	}
	return printer
}

// secrets are all texts that must not be shown: sensitive values and keys.
func (s *Session) secrets(p *config.Project) []string {
	var list []string
	if p != nil {
		list = append(list, p.Secrets...)
		for _, provider := range p.Providers {
			list = append(list, provider.APIKey)
		}
	}
	list = append(list, s.environKeys()...)
	kept := list[:0]
	for _, secret := range list {
		if secret != "" {
			kept = append(kept, secret)
		}
	}
	return kept
}

// redactor takes the secrets of a project out of foreign text.
func (s *Session) redactor(p *config.Project) *diag.Redactor {
	return diag.NewRedactor(s.secrets(p)...)
}

// unwritten says of which prompts a picture gets no strip: those that hold
// something sensitive, however short it is.
func (s *Session) unwritten(p *config.Project) func(prompt string) bool {
	whole := map[string]bool{}
	for _, secret := range p.Secrets {
		whole[secret] = true
	}
	redactor := s.redactor(p)
	return func(prompt string) bool { return whole[prompt] || redactor.Holds(prompt) }
}

// cutVar takes NAME=VALUE apart.
func cutVar(text string) config.VarFlag {
	name, value, _ := strings.Cut(text, "=")
	return config.VarFlag{Name: strings.TrimSpace(name), Value: value}
}

// askOnce asks for a variable the first time that it is wanted.
func (s *Session) askOnce(name, description string, sensitive bool) (string, error) {
	if answer, given := s.answers[name]; given {
		return answer, nil
	}
	answer, err := s.askVariable(name, description, sensitive)
	if err == nil {
		if s.answers == nil {
			s.answers = map[string]string{}
		}
		s.answers[name] = answer
	}
	return answer, err
}

// askVariable asks for a variable on the terminal.
func (s *Session) askVariable(name, description string, sensitive bool) (string, error) {
	fmt.Fprintf(s.Err, "var.%s\n", inline(name))
	if description != "" {
		fmt.Fprintf(s.Err, "  %s\n", printable(description))
	}
	fmt.Fprint(s.Err, "\n  Enter a value: ")
	if in, ok := s.In.(*os.File); ok && sensitive {
		b, err := term.ReadPassword(int(in.Fd()))
		fmt.Fprint(s.Err, "\n\n")
		return string(b), err
	}
	line, err := s.readLine()
	fmt.Fprintln(s.Err)
	return line, err
}

// readLine reads one line of input, byte by byte, so that nothing of the next
// line is taken away from whoever reads then.
func (s *Session) readLine() (string, error) {
	var b strings.Builder
	one := make([]byte, 1)
	for {
		n, err := s.In.Read(one)
		if n == 1 && one[0] == '\n' {
			return strings.TrimSuffix(b.String(), "\r"), nil
		}
		if n == 1 {
			b.WriteByte(one[0])
		}
		if err == io.EOF && b.Len() > 0 {
			return b.String(), nil
		}
		if err != nil {
			return "", fmt.Errorf("read an answer: %w", err)
		}
	}
}

// output writes text for people to Out.
func (s *Session) output(text string) int { return s.write(printable(text)) }

// write writes a result to Out as it is.
func (s *Session) write(text string) int {
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

// printable writes control characters as escapes: a server's words and stored
// prompts must not act on the terminal.
func printable(text string) string { return diag.Clean(text) }

// inline is text of others as a part of a line: nothing in it ends the line,
// acts on the terminal or goes unseen.
func inline(text string) string { return diag.CleanLine(text) }
