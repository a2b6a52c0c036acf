package cli

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

// reportPlace is where a report may be written: the real path of the directory
// that --out names, which need not stand yet. A report is made of hostile
// repositories, so nothing that such a one brings may say where that is: below
// the project's root no component is a link, git's own files and assetform's
// are refused, and so is what git tracks.
func reportPlace(ctx context.Context, l *loader, r *repo.Repo, out string) (string, error) {
	top, err := l.root()
	if err != nil {
		return "", err
	}
	w := placeWalk{top: top}
	_, data := l.dataDir()
	for _, dir := range append(r.Dirs(), data...) {
		if info, err := os.Stat(dir); err == nil {
			w.closed = append(w.closed, info)
		}
	}
	place, err := w.walk(l.path(out))
	if err != nil {
		return "", fmt.Errorf("write the report to %q: %w", out, err)
	}
	if info, err := os.Stat(place); err == nil && within(l.Dir, info) {
		return "", fmt.Errorf("directory %q holds files that no report wrote, the project itself; name another with --out", out)
	}
	rel, err := filepath.Rel(top, place)
	if err != nil || !filepath.IsLocal(rel) {
		return place, nil // outside of the repository
	}
	tracked, err := repo.Tracked(ctx, l.Environ, place)
	if err == nil && tracked != "" {
		err = errors.New("git tracks files there, which no report on this machine made; remove them from git, or name another directory with --out")
	}
	if err != nil {
		return "", fmt.Errorf("write the report to %q: %w", out, err)
	}
	return place, nil
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
