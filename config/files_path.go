package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxLinks is how many symlinks one path may lead through, Linux's own limit.
const maxLinks = 40

// errLeadsOut tells that a symlink leaves the project root.
var errLeadsOut = errors.New("a symbolic link leads out of the project")

// resolvePath returns p, written in a file of directory dir, as a clean slash
// path relative to the project root.
func resolvePath(dir, p string) (string, error) {
	switch {
	case p == "":
		return "", errors.New("the path is empty")
	case !utf8.ValidString(p) || strings.ContainsFunc(p, unicode.IsControl):
		return "", fmt.Errorf("path %q has characters that no path may have", p)
	case strings.Contains(p, `\`):
		return "", fmt.Errorf("path %q has a backslash: separate directories with /", p)
	case path.IsAbs(p) || hasDrive(p):
		return "", fmt.Errorf("path %q is absolute: write it relative to the file it stands in", p)
	}
	full := path.Join(dir, p)
	if leadsOut(full) {
		return "", fmt.Errorf("path %q leads out of the project", p)
	}
	if part := reservedPart(full); part != "" {
		return "", fmt.Errorf("path %q leads into %s, which is no part of the project's files", p, part)
	}
	return full, nil
}

func hasDrive(p string) bool {
	return len(p) >= 2 && p[1] == ':' && ('a' <= p[0]|0x20 && p[0]|0x20 <= 'z')
}

func leadsOut(clean string) bool { return clean == ".." || strings.HasPrefix(clean, "../") }

// reservedPart returns ".git" or ".assetform" when a component of the path is
// one of these directories or another name by which some system reaches it.
func reservedPart(p string) string {
	for part := range strings.SplitSeq(p, "/") {
		if name := reservedName(part); name != "" {
			return name
		}
	}
	return ""
}

// shortNames are the 8.3 names that NTFS and FAT give to .git and .assetform:
// the first letters and a number, or two letters and a hash when these are
// taken.
var shortNames = regexp.MustCompile(`^(git|gi[0-9a-f]{4}|assetf|as[0-9a-f]{4})~[0-9]+$`)

// reservedName returns the reserved directory that a path component names.
// Windows drops trailing dots and blanks and takes what follows a colon for a
// stream of the same file; HFS+ and APFS ignore case and some code points
// that do not show. Git itself was once attacked through each of these.
func reservedName(part string) string {
	part, _, _ = strings.Cut(part, ":")
	part = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return -1
		}
		return r
	}, part)
	part = cases.Fold().String(norm.NFC.String(part))
	if short := shortNames.FindStringSubmatch(strings.TrimRight(part, ". ")); short != nil {
		if strings.HasPrefix(short[1], "g") {
			return ".git"
		}
		return ".assetform"
	}
	switch strings.TrimRight(part, ". ") {
	case ".git":
		return ".git"
	case ".assetform":
		return ".assetform"
	}
	return ""
}

// relativePath is the way from dir to name, both clean and relative to the
// project root.
func relativePath(dir, name string) string {
	if dir == "." {
		return name
	}
	up := ""
	for dir != "." && name != dir && !strings.HasPrefix(name, dir+"/") {
		up += "../"
		dir = path.Dir(dir)
	}
	switch {
	case name == dir:
		return strings.TrimSuffix(up, "/")
	case dir == ".":
		return up + name
	}
	return up + name[len(dir)+1:]
}

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
	if path.IsAbs(target) || hasDrive(target) {
		return "", nil, errLeadsOut
	}
	target = path.Join(path.Dir(name), target)
	if leadsOut(target) {
		return "", nil, errLeadsOut
	}
	if part := reservedPart(target); part != "" {
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
