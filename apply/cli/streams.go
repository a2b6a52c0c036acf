package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"assetform/config"
	"assetform/config/diag"
	"assetform/config/diag/cilog"

	"github.com/hashicorp/hcl/v2"
)

// Stream is a stream of the process as commands write to it: where a CI system
// obeys what it finds in a log, nothing that came from files, prompts or
// servers is a command any more.
func Stream(environ []string, f *os.File) io.Writer {
	if !cilog.Reads(environment(environ)) {
		return f
	}
	return cilog.NewWriter(f)
}

func environment(environ []string) func(string) (string, bool) {
	return func(name string) (string, bool) { return Getenv(environ, name) }
}

// inLog reports whether a CI system obeys what it finds in the output.
func (s *Session) inLog() bool { return cilog.Reads(s.env) }

// outputJSON writes JSON, or literals of HCL, to Out.
func (s *Session) outputJSON(text string) int { return s.write(s.escaped(text)) }

// escaped is JSON or HCL that means the same and is safe to show.
func (s *Session) escaped(text string) string {
	text = diag.EscapeJSON(text)
	if s.inLog() {
		text = cilog.Escape(text)
	}
	return text
}

// jsonOut is Out for whole documents and lines of JSON.
func (s *Session) jsonOut() io.Writer { return escaping{s} }

// escaping writes the same JSON in a form that is safe to show. Each write
// holds whole values.
type escaping struct{ session *Session }

func (e escaping) Write(p []byte) (int, error) {
	if _, err := io.WriteString(e.session.Out, e.session.escaped(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

var errCommand = errors.New("it would start a command of the CI system that reads this output, and it is printed as it is or not at all")

// outputData writes what another program takes as it is. Where that would
// start a command it is refused: changed it would be something else.
func (s *Session) outputData(text, what, instead string) int {
	if s.inLog() && cilog.Starts(text) {
		return s.fail("Command in the output", fmt.Errorf("%s is not printed: %w. %s", what, errCommand, instead))
	}
	return s.write(text)
}

// maxAnnotations is how many errors, and warnings, GitHub shows of a step.
const maxAnnotations = 10

// annotate lets GitHub show diagnostics beside the lines of the repository's
// files that they are about.
func (s *Session) annotate(diags hcl.Diagnostics, p *config.Project) {
	out, ok := s.Err.(*cilog.Writer)
	if !ok || !cilog.IsGitHub(s.env) {
		return
	}
	root := s.repositoryRoot()
	for _, d := range diag.Sort(diags) {
		if d.Subject == nil {
			continue
		}
		name, ok := s.inRepository(root, d.Subject.Filename)
		a := annotation(s.printer(p).Diagnostics(hcl.Diagnostics{d})[0])
		if a.File = name; !ok || s.annotated[a.Warning] == maxAnnotations {
			continue
		}
		s.annotated[a.Warning]++
		if err := out.Command(a.String()); err != nil {
			s.Log.Error("print annotation", "error", err)
		}
	}
}

func annotation(d diag.Diagnostic) cilog.Annotation {
	const most = 4000 // characters
	return cilog.Annotation{
		Warning: d.Severity == "warning", Line: d.Range.Start.Line, EndLine: d.Range.End.Line, Column: d.Range.Start.Column,
		Title: d.Summary, Message: shorten(d.Detail, most),
	}
}

// repositoryRoot is what the file names of annotations are relative to.
func (s *Session) repositoryRoot() string {
	root, _ := s.env("GITHUB_WORKSPACE")
	if root == "" {
		root = s.Dir
		for dir := s.Dir; ; dir = filepath.Dir(dir) {
			if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
				root = dir
				break
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	if real, err := filepath.EvalSymlinks(root); err == nil {
		return real
	}
	return root
}

// inRepository is a file's name relative to the root. It is false for what is
// no file there, such as an expression that was typed, and for a name that no
// line of a log can hold.
func (s *Session) inRepository(root, name string) (string, bool) {
	name = filepath.FromSlash(name)
	if !filepath.IsAbs(name) {
		name = filepath.Join(s.Dir, name)
	}
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		return "", false
	}
	rel, err := filepath.Rel(root, real)
	if err != nil || !filepath.IsLocal(rel) || inline(rel) != rel {
		return "", false
	}
	return filepath.ToSlash(rel), true
}
