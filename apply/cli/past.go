package cli

import (
	"os"
	"path/filepath"
	"strings"

	"assetform/config"
	"assetform/config/pathname"
)

// Bounds of a configuration of the past.
const (
	maxPastFiles = 10_000
	maxPastBytes = 64 << 20
)

// past is the configuration as a commit has it, with today's flags and
// environment; nil if that is not possible. Git's files are written to a
// directory outside of the work tree, which close takes away. They are those
// that today's evaluation read: what needs others has no value then, and is not
// compared. It is bounded as today's evaluation, and together with it.
func (w *workspace) past(then *commitFiles) (p *config.Project, close func()) {
	close = func() {}
	if then == nil {
		return nil, close
	}
	dir, err := os.MkdirTemp("", "assetform-past-*")
	if err != nil {
		return nil, close
	}
	close = func() { os.RemoveAll(dir) }
	if w.checkOut(then, dir) != nil {
		return nil, close
	}
	at := func(name string) string { // where a file of the project stands there
		rel, err := filepath.Rel(w.project.Root, name)
		if err != nil || pathname.LeadsOut(filepath.ToSlash(rel)) {
			return name
		}
		return filepath.Join(dir, rel)
	}
	o := w.options
	o.Dir, o.Witness, o.Ask, o.Vars, o.NamesOnly = at(w.project.Dir), nil, nil, nil, true
	for _, v := range w.options.Vars {
		if v.File != "" {
			v.File = at(v.File)
		}
		o.Vars = append(o.Vars, v)
	}
	p, _ = config.Load(o) // of what has errors the values are not known
	return p, func() {
		_ = p.Close()
		os.RemoveAll(dir)
	}
}

// checkOut writes what a commit has of the files that evaluation read.
func (w *workspace) checkOut(then *commitFiles, dir string) error {
	// It ends the search for a repository, so that this is the project's root.
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o700); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	if err := root.MkdirAll(filepath.FromSlash(w.lock.Dir), 0o700); err != nil {
		return err
	}
	files, bytes := 0, 0
	for name := range w.project.Reads {
		if strings.HasPrefix(name, "/") || strings.HasPrefix(name, "abs:") {
			continue
		}
		text, stood, err := then.File(then.commit, pathname.Relative(w.lock.Dir, name))
		if err != nil || !stood {
			continue
		}
		if files, bytes = files+1, bytes+len(text); files > maxPastFiles || bytes > maxPastBytes {
			return os.ErrInvalid
		}
		full := filepath.FromSlash(name)
		if err := root.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			return err
		}
		if err := root.WriteFile(full, text, 0o600); err != nil {
			return err
		}
	}
	return nil
}
