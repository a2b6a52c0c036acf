package cli

import (
	"os"
	"path/filepath"

	"assetform/config"
	"assetform/config/diag"
	"assetform/config/diag/cilog"

	"github.com/hashicorp/hcl/v2"
)

// maxAnnotations is how many errors, and warnings, GitHub shows of a step.
const maxAnnotations = 10

// annotate lets GitHub show diagnostics beside the lines of the repository's
// files that they are about.
func (s *streams) annotate(diags hcl.Diagnostics, p *config.Project) {
	out, ok := s.Err.(*cilog.Writer)
	if !ok || !cilog.IsGitHub(s.env) {
		return
	}
	root := repositoryRoot(s)
	for _, d := range diag.Sort(diags) {
		if d.Subject == nil {
			continue
		}
		name, ok := inRepository(s.Dir, root, d.Subject.Filename)
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
func repositoryRoot(s *streams) string {
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
func inRepository(dir, root, name string) (string, bool) {
	name = filepath.FromSlash(name)
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
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
