package cli

import (
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// askVariable asks for a variable on the terminal.
func (s *streams) askVariable(name, description string, sensitive bool) (string, error) {
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

// answerable tells whether somebody can answer: on a terminal, or by a pipe.
func (s *streams) answerable(input bool) bool {
	return input && !s.inputOff() && (s.Asks || !isTerminal(s.In))
}

// readLine reads one line of input, byte by byte, so that nothing of the next
// line is taken away from whoever reads then.
func (s *streams) readLine() (string, error) {
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
