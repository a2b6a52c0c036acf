package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"assetform/config/pathname"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/lockfile/atomicfile"
)

// place is where a command runs.
type place struct {
	Dir     string // absolute; the root module's directory
	WorkDir string // absolute; what paths on the command line are relative to
}

// placeOf is the working directory, or what --chdir names.
func placeOf(chdir string) (place, error) {
	work, err := os.Getwd()
	if err != nil {
		return place{}, fmt.Errorf("find the working directory: %w", err)
	}
	dir := work
	if chdir != "" {
		dir = chdir
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(work, dir)
		}
		info, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return place{}, fmt.Errorf("--chdir %q: there is no such directory", chdir)
		}
		if err != nil {
			return place{}, fmt.Errorf("--chdir %q: %w", chdir, err)
		}
		if !info.IsDir() {
			return place{}, fmt.Errorf("--chdir %q: that is no directory", chdir)
		}
	}
	return place{Dir: dir, WorkDir: dir}, nil
}

// path makes a path of the command line absolute.
func (p place) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(p.WorkDir, name)
}

func (p place) lockPath() string { return filepath.Join(p.Dir, lockfile.Filename) }

// root is the real path of the project's root, in which every file of it
// stands.
func (p place) root() (string, error) { return worktree.FindRoot(p.Dir) }

// below is the directory relative to the root.
func (p place) below() (string, error) {
	_, below, err := worktree.Below(p.Dir)
	return below, err
}

// ownPath refuses a path that leads through a link of the project. Whoever
// names a file to write means one of the project's; a link that a repository
// brings would make it any file of the machine.
func (p place) ownPath(full string) error {
	for at := filepath.Clean(full); filepath.Dir(at) != at; at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		inside, err := p.inProject(at)
		if err != nil {
			return err
		}
		if inside {
			return fmt.Errorf("%q: %q is a symbolic link, which may lead anywhere: remove it, or name the path that it leads to", full, at)
		}
	}
	return nil
}

// fileFlag refuses what a flag may not name in the project: what leads through
// a link, and git's and assetform's own directories.
func (p place) fileFlag(full string) error {
	if err := p.ownPath(full); err != nil {
		return err
	}
	if info, err := os.Stat(full); err == nil && info.IsDir() {
		if rel, err := filepath.Rel(p.WorkDir, full); err == nil && filepath.IsLocal(rel) {
			return isDirectory(rel)
		}
		return isDirectory(full)
	}
	root, err := p.root()
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, full)
	if err != nil || !filepath.IsLocal(rel) {
		return nil // not of the project
	}
	if name := pathname.Reserved(filepath.ToSlash(rel)); name != "" {
		return fmt.Errorf("%q: nothing in %s is read or written by name", full, name)
	}
	return nil
}

// isDirectory says of a path on the command line that it is one, where a file
// is wanted.
func isDirectory(name string) error {
	return fmt.Errorf("%q is a directory: name a file, as in %q", name, filepath.Join(name, "NAME"))
}

// outFile refuses to write over what is no plan or events of ours: a typing
// error must not cost a file.
func (p place) outFile(full string) error {
	if err := p.fileFlag(full); err != nil {
		return err
	}
	info, err := os.Lstat(full)
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil // what else is wrong with it shows when it is written
	}
	f, err := os.Open(full)
	if err != nil {
		return err
	}
	defer f.Close()
	head, err := io.ReadAll(io.LimitReader(f, 4096))
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(head, []byte("{")) || !bytes.Contains(head, []byte(`"format_version"`)) {
		return fmt.Errorf("%q: a file stands there that is no plan of assetform; remove it, or name another", full)
	}
	return nil
}

// inProject tells whether a file stands in the project, wherever it may lead.
func (p place) inProject(full string) (bool, error) {
	root, err := p.root()
	if err != nil {
		return false, err
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(full))
	if err != nil {
		return false, err
	}
	return dir == root || strings.HasPrefix(dir, strings.TrimSuffix(root, string(filepath.Separator))+string(filepath.Separator)), nil
}

// writeJSONInto writes what --json-into asks for; "" asks for nothing.
func (p place) writeJSONInto(name string, b []byte) error {
	if name == "" {
		return nil
	}
	if err := p.outFile(p.path(name)); err != nil {
		return err
	}
	return atomicfile.Write(p.path(name), 0o666, b)
}

// createOut creates the file of a flag, for what is written as it happens. A
// file of the project is made anew, so that another name of the old one (a
// hard link) keeps its content; a pipe or a device elsewhere is the user's own.
func (p place) createOut(full string) (*os.File, error) {
	if err := p.outFile(full); err != nil {
		return nil, err
	}
	inside, err := p.inProject(full)
	if err != nil || !inside {
		return os.Create(full)
	}
	switch info, err := os.Lstat(full); {
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("%q: it is no regular file", full)
	case err == nil:
		if err := os.Remove(full); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}
