package worktree

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"assetform/config/pathname"
)

// maxLinks is how many symlinks one path may lead through, Linux's own limit.
const maxLinks = 40

// errLeadsOut tells that a symlink leaves the project root.
var errLeadsOut = errors.New("a symbolic link leads out of the project")

// Follow returns what stands at name, a clean slash path relative to the root,
// and the name with every symlink resolved.
func (t *Tree) Follow(name string) (string, fs.FileInfo, error) {
	return t.follow(name, maxLinks)
}

// RealDir returns a directory with every symlink resolved.
func (t *Tree) RealDir(dir string) (string, error) { return t.followDir(dir, maxLinks) }

// Real returns a path with the links in its directory resolved. Directories
// that do not exist yet are what they are called.
func (t *Tree) Real(name string) (string, error) {
	dir, rest := path.Dir(name), path.Base(name)
	for {
		real, err := t.RealDir(dir)
		switch {
		case err == nil:
			return path.Join(real, rest), nil
		case dir == "." || !errors.Is(err, fs.ErrNotExist):
			return "", err
		}
		dir, rest = path.Dir(dir), path.Join(path.Base(dir), rest)
	}
}

// LeadsTo is where a path leads by the links that stand, also where nothing
// stands at the end: the file that is to come there. A path that leads nowhere
// it may is returned as far as it was followed.
func (t *Tree) LeadsTo(name string) string {
	for range maxLinks {
		if real, err := t.Real(name); err == nil {
			name = real
		}
		info, err := t.Lstat(name)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return name
		}
		to, err := t.target(name)
		if err != nil {
			return name
		}
		name = to
	}
	return name
}

// follow walks the path itself, rather than let the system do it, because the
// way must not pass through .git or .assetform even inside the root.
func (t *Tree) follow(name string, links int) (string, fs.FileInfo, error) {
	dir := path.Dir(name)
	if dir != "." {
		real, err := t.followDir(dir, links)
		if err != nil {
			return "", nil, err
		}
		name = path.Join(real, path.Base(name))
	}
	info, err := t.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		if other, ok := t.listed(path.Dir(name), path.Base(name)); ok {
			name = path.Join(path.Dir(name), other)
			info, err = t.Lstat(name)
		}
	}
	if err != nil {
		return "", nil, err
	}
	if info.Mode()&fs.ModeSymlink == 0 {
		return name, info, nil
	}
	if links == 0 {
		return "", nil, errors.New("too many symbolic links")
	}
	target, err := t.target(name)
	if err != nil {
		return "", nil, err
	}
	return t.follow(target, links-1)
}

// target is what a link names, as a path of the tree.
func (t *Tree) target(link string) (string, error) {
	target, err := t.Readlink(link)
	if err != nil {
		return "", err
	}
	target = strings.ReplaceAll(target, `\`, "/")
	if path.IsAbs(target) || pathname.HasDrive(target) {
		return "", errLeadsOut
	}
	target = path.Join(path.Dir(link), target)
	if pathname.LeadsOut(target) {
		return "", errLeadsOut
	}
	if part := pathname.Reserved(target); part != "" {
		return "", fmt.Errorf("a symbolic link leads into %s", part)
	}
	return target, nil
}

// followDir is follow for a directory. Evaluation remembers what it was: the
// instances of a for_each ask for the same few directories thousands of times.
func (t *Tree) followDir(dir string, links int) (string, error) {
	if t.dirs != nil {
		if real, ok := t.dirs.Load(dir); ok {
			return real.(string), nil
		}
	}
	real, _, err := t.follow(dir, links)
	if err == nil && t.dirs != nil {
		t.dirs.Store(dir, real)
	}
	return real, err
}
