package config

import (
	"errors"
	"path"
	"strings"

	"assetform/config/diag"
	"assetform/config/pathname"
	"assetform/config/syntax"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"golang.org/x/text/unicode/norm"
)

const (
	nativeSuffix = ".asset.hcl"
	jsonSuffix   = ".asset.json"
)

// sources are the files of a project, and what was parsed of them.
type sources struct {
	files   *worktree.Files
	rootDir string // directory of the root module, relative to the project root
	watched *watched
}

// names lists the configuration files of a directory, sorted. Hidden
// files and the backups of editors are none.
func (s *sources) names(dir string) ([]string, error) {
	all, err := s.files.Names(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range all {
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "#") {
			continue
		}
		if strings.HasSuffix(name, nativeSuffix) || strings.HasSuffix(name, jsonSuffix) {
			names = append(names, name)
		}
	}
	return names, nil
}

// parseFile reads and parses one configuration file. The file is nil when
// it could not be read; the diagnostics then say why.
func (s *sources) parseFile(dir, name string) (*hcl.File, hcl.Diagnostics) {
	shown := pathname.Relative(s.rootDir, path.Join(dir, name))
	start := hcl.Range{Filename: shown, Start: hcl.InitialPos, End: hcl.InitialPos}
	src, err := s.files.Read(dir, "./"+name, worktree.Openly)
	switch {
	case errors.Is(err, worktree.ErrTooLarge):
		return nil, hcl.Diagnostics{diag.Problem(start, "Configuration file too large",
			"%q is larger than %d MiB. Split it into several files, or keep data in a CSV or JSON file.", shown, worktree.MaxFileBytes>>20)}
	case err != nil:
		return nil, hcl.Diagnostics{diag.Problem(start, "Configuration file not readable", "Cannot %s.", err)}
	}
	return s.parse(shown, src, strings.HasSuffix(name, ".json"))
}

// parse parses source in native or JSON syntax and remembers it under its
// name for snippets. It is read in NFC, as every value of the language is: a
// name that an editor or a file system writes in another normal form is the
// same name wherever it is declared and used.
func (s *sources) parse(shown string, src []byte, isJSON bool) (*hcl.File, hcl.Diagnostics) {
	src = norm.NFC.Bytes(worktree.Text(src))
	s.watched.position.Set(hcl.Range{Filename: shown, Start: hcl.InitialPos, End: hcl.InitialPos})
	s.watched.remember(shown, &hcl.File{Bytes: src})
	file, diags := syntax.Parse(shown, src, isJSON)
	if file != nil {
		s.watched.remember(shown, file)
	}
	return file, diags
}
