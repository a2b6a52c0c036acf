package config

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

// stat returns what stands at name, and the name with every symlink resolved.
func (f *files) stat(name string) (string, fs.FileInfo, error) {
	return f.follow(name, maxLinks)
}

// follow walks the path itself, rather than let the system do it, because the
// way must not pass through .git or .assetform even inside the root.
func (f *files) follow(name string, links int) (string, fs.FileInfo, error) {
	dir := path.Dir(name)
	if dir != "." {
		real, err := f.followDir(dir, links)
		if err != nil {
			return "", nil, err
		}
		name = path.Join(real, path.Base(name))
	}
	info, err := f.root.Lstat(name)
	if err != nil {
		return "", nil, err
	}
	if info.Mode()&fs.ModeSymlink == 0 {
		return name, info, nil
	}
	if links == 0 {
		return "", nil, errors.New("too many symbolic links")
	}
	target, err := f.root.Readlink(name)
	if err != nil {
		return "", nil, err
	}
	target = strings.ReplaceAll(target, `\`, "/")
	if path.IsAbs(target) || pathname.HasDrive(target) {
		return "", nil, errLeadsOut
	}
	target = path.Join(path.Dir(name), target)
	if pathname.LeadsOut(target) {
		return "", nil, errLeadsOut
	}
	if part := pathname.Reserved(target); part != "" {
		return "", nil, fmt.Errorf("a symbolic link leads into %s", part)
	}
	return f.follow(target, links-1)
}

// followDir is follow for a directory, remembered: the instances of a
// for_each ask for the same few directories thousands of times.
func (f *files) followDir(dir string, links int) (string, error) {
	f.mu.Lock()
	real, ok := f.dirs[dir]
	f.mu.Unlock()
	if ok {
		return real, nil
	}
	real, _, err := f.follow(dir, links)
	if err != nil {
		return "", err
	}
	f.mu.Lock()
	f.dirs[dir] = real
	f.mu.Unlock()
	return real, nil
}
