package worktree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// FindRoot returns the project root of a configuration in dir: the enclosing
// git work tree, known by a .git directory or file, or dir itself outside
// git. The result is absolute and without symlinks, so that paths below it
// can be compared.
func FindRoot(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	abs, err = filepath.EvalSymlinks(abs)
	if err != nil {
		return "", err
	}
	info, err := os.Stat(abs)
	if err != nil {
		return "", err
	}
	if !info.IsDir() {
		return "", fmt.Errorf("%q is not a directory", dir)
	}
	for at := abs; ; at = filepath.Dir(at) {
		_, err := os.Lstat(filepath.Join(at, ".git"))
		switch {
		case err == nil:
			return at, nil
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission):
			return "", err
		case filepath.Dir(at) == at:
			return abs, nil
		}
	}
}

// Below returns the project root of a directory, and the directory relative
// to it with slashes, "." at the root itself.
func Below(dir string) (root, rel string, err error) {
	if root, err = FindRoot(dir); err != nil {
		return "", "", err
	}
	if dir, err = filepath.Abs(dir); err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	if err != nil {
		return "", "", err
	}
	rel, err = filepath.Rel(root, dir)
	return root, filepath.ToSlash(rel), err
}
