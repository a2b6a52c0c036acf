package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"assetform/config"
	"assetform/lockfile/atomicfile"
)

// ownPath refuses a path that leads through a link of the project. Whoever
// names a file to write means one of the project's; a link that a repository
// brings would make it any file of the machine.
func (s *Session) ownPath(full string) error {
	for at := filepath.Clean(full); filepath.Dir(at) != at; at = filepath.Dir(at) {
		info, err := os.Lstat(at)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		inside, err := s.inProject(at)
		if err != nil {
			return err
		}
		if inside {
			return fmt.Errorf("use %q: %q is a symbolic link, which may lead anywhere: remove it, or name the path that it leads to", full, at)
		}
	}
	return nil
}

// inProject tells whether a file stands in the project, wherever it may lead.
func (s *Session) inProject(full string) (bool, error) {
	root, err := config.FindRoot(s.Dir)
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
func (s *Session) writeJSONInto(name string, b []byte) error {
	if name == "" {
		return nil
	}
	if err := s.ownPath(s.path(name)); err != nil {
		return err
	}
	return atomicfile.Write(s.path(name), 0o666, b)
}

// createOut creates the file of a flag, for what is written as it happens. A
// file of the project is made anew, so that another name of the old one (a
// hard link) keeps its content; a pipe or a device elsewhere is the user's own.
func (s *Session) createOut(full string) (*os.File, error) {
	if err := s.ownPath(full); err != nil {
		return nil, err
	}
	inside, err := s.inProject(full)
	if err != nil || !inside {
		return os.Create(full)
	}
	switch info, err := os.Lstat(full); {
	case err == nil && !info.Mode().IsRegular():
		return nil, fmt.Errorf("use %q: it is no regular file", full)
	case err == nil:
		if err := os.Remove(full); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}
