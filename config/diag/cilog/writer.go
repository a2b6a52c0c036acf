package cilog

import (
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// Reads reports whether a CI system that obeys commands reads the output of
// the process with this environment.
func Reads(getenv func(string) (string, bool)) bool {
	for _, name := range []string{"GITHUB_ACTIONS", "CI", "TF_BUILD", "TEAMCITY_VERSION"} {
		if isOn(getenv, name) {
			return true
		}
	}
	return false
}

// IsGitHub reports whether it is GitHub's runner, or one that obeys the same
// commands.
func IsGitHub(getenv func(string) (string, bool)) bool { return isOn(getenv, "GITHUB_ACTIONS") }

func isOn(getenv func(string) (string, bool), name string) bool {
	value, _ := getenv(name)
	return value != "" && value != "0" && !strings.EqualFold(value, "false")
}

// A Writer passes on what is written to it, with every command in it broken
// up: "::name" at the beginning of a line becomes ": :name", "##[name]"
// becomes "## [name]". It holds nothing back. It is safe for concurrent use.
type Writer struct {
	mu      sync.Mutex
	out     io.Writer
	breaker breaker
	partial []byte // the first bytes of a character, which were passed on
	inLine  bool   // the last line has no end yet
}

// NewWriter returns a Writer to out.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out} }

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text, passed := append(w.partial, p...), len(w.partial)
	out := make([]byte, 0, len(p)+8)
	at := 0
	for at < len(text) && utf8.FullRune(text[at:]) {
		r, n := utf8.DecodeRune(text[at:])
		if w.breaker.next(r) {
			out = append(out, ' ')
		}
		out = append(out, text[max(at, passed):max(at+n, passed)]...)
		at += n
	}
	out = append(out, text[max(at, passed):]...)
	w.partial = append([]byte(nil), text[at:]...)
	if len(p) > 0 {
		w.inLine = p[len(p)-1] != '\n'
	}
	if _, err := w.out.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Command writes a line that is meant as a command, on a line of its own.
func (w *Writer) Command(line string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.inLine {
		line = "\n" + line
	}
	w.breaker, w.partial, w.inLine = breaker{}, nil, false
	_, err := io.WriteString(w.out, line+"\n")
	return err
}
