package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"assetform/apply/repo"
	"assetform/config/diag"
	"assetform/lockfile/datadir"

	"github.com/hashicorp/hcl/v2"
)

// dataState is the data directory as a command found it, and why it may not
// be used.
type dataState struct {
	dir *datadir.Dir
	err error
}

// data returns the directory where journal, store, index and run lock stand.
// What git tracks in it was brought by a stranger: then, and where git cannot
// tell, the directory is not used at all, and the error is a *trackedError.
// It is asked once a command and remembered nowhere.
func (l *loader) data() (*datadir.Dir, error) {
	if l.state == nil {
		dir, names := l.dataDir()
		l.state = &dataState{dir: dir}
		tracked, err := repo.Tracked(context.Background(), l.Environ, names...)
		if tracked != "" || err != nil {
			l.state = &dataState{err: &trackedError{tracked, err}}
		}
	}
	return l.state.dir, l.state.err
}

// dataDir is the data directory and the names by which git may know it.
func (l *loader) dataDir() (*datadir.Dir, []string) {
	if named, ok := l.env("ASSETFORM_DATA_DIR"); ok && named != "" {
		named = filepath.Clean(l.path(named))
		return datadir.OpenNamed(named), repo.ThroughLinks(named)
	}
	dir := l.Dir
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	// The entry itself may be no link, so where it would lead is of no interest.
	return datadir.Open(filepath.Join(l.Dir, ".assetform")), []string{filepath.Join(dir, ".assetform")}
}

// trackedError says why the data directory may not be used.
type trackedError struct {
	tracked string // what git tracks of it
	err     error  // why that is not known
}

func (e *trackedError) Error() string {
	const other = "name another directory with ASSETFORM_DATA_DIR"
	if e.tracked != "" {
		return fmt.Sprintf("git tracks %q, and what a repository brings of the data directory is never used: take it out with \"git rm -r --cached\" and look at what it is, or %s", printable(e.tracked), other)
	}
	if errors.Is(e.err, repo.ErrNoGit) {
		return fmt.Sprintf("a .git stands here, but git is not installed, so it cannot be told whether the repository brings the data directory: install git, or %s", other)
	}
	return fmt.Sprintf("it cannot be told whether the repository brings the data directory (%v): mend that, or %s", e.err, other)
}

// dataOrWarning is data for commands that plan and show: they go without it.
func (l *loader) dataOrWarning() (*datadir.Dir, hcl.Diagnostics) {
	dir, err := l.data()
	if err == nil {
		return dir, nil
	}
	return nil, hcl.Diagnostics{{
		Severity: hcl.DiagWarning, Summary: "Data directory not used",
		Detail: diag.Sentence(err) + " What was generated before and what was paid for is not seen until then.",
	}}
}
