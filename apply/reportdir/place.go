package reportdir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"assetform/apply/repo"
	"assetform/config/pathname"
)

// Place is where a report is wanted. A report is made of hostile repositories,
// so nothing that such a one brings may say where that is: below the project's
// root no component is a link, git's own files and assetform's are refused, and
// so is what git tracks.
type Place struct {
	Root    string   // absolute; the project's root
	Dir     string   // absolute; the root module's directory, which no report replaces
	Out     string   // as it was named, which need not stand yet
	Path    string   // Out, absolute
	Closed  []string // directories of git and assetform, below which nothing is written
	Environ []string // of the process, for git
}

// find returns the real path of the directory.
func (p Place) find(ctx context.Context) (string, error) {
	w := placeWalk{top: p.Root}
	for _, dir := range p.Closed {
		if info, err := os.Stat(dir); err == nil {
			w.closed = append(w.closed, info)
		}
	}
	real, err := w.walk(p.Path)
	if err != nil {
		return "", fmt.Errorf("write the report to %q: %w", p.Out, err)
	}
	if info, err := os.Stat(real); err == nil && within(p.Dir, info) {
		return "", fmt.Errorf("directory %q holds files that no report wrote, the project itself; name another with --out", p.Out)
	}
	rel, err := filepath.Rel(p.Root, real)
	if err != nil || !filepath.IsLocal(rel) {
		return real, nil // outside of the repository
	}
	tracked, err := repo.Tracked(ctx, p.Environ, real)
	if err == nil && tracked != "" {
		err = errors.New("git tracks files there, which no report on this machine made; remove them from git, or name another directory with --out")
	}
	if errors.Is(err, repo.ErrNoGit) {
		err = fmt.Errorf("%w, so nobody can tell whether it tracks files there; name a directory outside of the repository with --out", err)
	}
	if err != nil {
		return "", fmt.Errorf("write the report to %q: %w", p.Out, err)
	}
	return real, nil
}

// placeWalk follows a path one component at a time.
type placeWalk struct {
	top    string        // the project's root, real
	closed []fs.FileInfo // directories that nothing is written below
}

// walk returns the real path. What does not stand yet is taken as it is named.
func (w *placeWalk) walk(full string) (string, error) {
	full = filepath.Clean(full)
	at := filepath.VolumeName(full) + string(filepath.Separator)
	parts := strings.Split(strings.Trim(full[len(filepath.VolumeName(full)):], string(filepath.Separator)), string(filepath.Separator))
	for i, part := range parts {
		if part == "" {
			continue // the root itself
		}
		next := filepath.Join(at, part)
		info, err := os.Lstat(next)
		if errors.Is(err, fs.ErrNotExist) {
			if name := pathname.Reserved(filepath.ToSlash(filepath.Join(parts[i:]...))); name != "" {
				return "", fmt.Errorf("%q is in %s, where no report is written", next, name)
			}
			return filepath.Join(append([]string{at}, parts[i:]...)...), nil
		}
		if err != nil {
			return "", err
		}
		if info.Mode()&fs.ModeSymlink != 0 && i < len(parts)-1 && !w.inside(at) {
			if next, err = filepath.EvalSymlinks(next); err != nil {
				return "", err
			}
			if info, err = os.Stat(next); err != nil {
				return "", err
			}
		}
		if err := w.check(next, part, info); err != nil {
			return "", err
		}
		at = next
	}
	return at, nil
}

// check tells whether a report may be written below what stands there.
func (w *placeWalk) check(name, part string, info fs.FileInfo) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%q is a symbolic link, and none is followed; remove it, or name another directory with --out", name)
	case !info.IsDir():
		return fmt.Errorf("%q is no directory", name)
	case within(w.top, info):
		return nil // on the way to the project
	}
	for _, dir := range w.closed {
		if os.SameFile(dir, info) {
			return fmt.Errorf("%q holds files of git or assetform, where no report is written", name)
		}
	}
	if reserved := pathname.Reserved(part); reserved != "" {
		return fmt.Errorf("%q is %s, where no report is written", name, reserved)
	}
	if _, err := os.Lstat(filepath.Join(name, ".git")); err == nil && w.inside(name) {
		return fmt.Errorf("%q is another repository in this one", name)
	}
	return nil
}

// inside tells whether a real path is the project's root or lies below it.
func (w *placeWalk) inside(real string) bool {
	info, err := os.Stat(w.top)
	return err != nil || within(real, info)
}

// within tells whether a path is a directory or lies below it, however either
// is spelled.
func within(name string, dir fs.FileInfo) bool {
	for {
		info, err := os.Stat(name)
		if err == nil && os.SameFile(info, dir) {
			return true
		}
		up := filepath.Dir(name)
		if up == name {
			return false
		}
		name = up
	}
}
