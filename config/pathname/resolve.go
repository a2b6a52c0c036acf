package pathname

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Resolve returns p, written in a file of directory dir, as a clean slash
// path relative to the project root.
func Resolve(dir, p string) (string, error) {
	switch {
	case p == "":
		return "", errors.New("the path is empty")
	case usual(p) && p[0] != '/': // as nearly all are
	case !utf8.ValidString(p) || strings.ContainsFunc(p, unicode.IsControl):
		return "", fmt.Errorf("path %q has characters that no path may have", p)
	case isAddress(p):
		return "", fmt.Errorf("%q is an address, and nothing is fetched: save the file in the project and write its path", p)
	case path.IsAbs(p) || HasDrive(p) || strings.HasPrefix(p, `\\`):
		return "", fmt.Errorf("path %q is absolute: write it relative to the file it stands in", p)
	case strings.Contains(p, `\`):
		return "", fmt.Errorf("path %q has a backslash: separate directories with /, as in %q", p, strings.ReplaceAll(p, `\`, "/"))
	}
	full := path.Clean(p) // without a copy where it can be
	if dir != "." {
		full = path.Join(dir, p)
	}
	if LeadsOut(full) {
		return "", fmt.Errorf("path %q leads out of the project", p)
	}
	if part := Reserved(full); part != "" {
		return "", fmt.Errorf("path %q leads into %s, which is no part of the project's files", p, part)
	}
	return full, nil
}

// usual reports whether a path has only characters that mean nothing anywhere:
// letters of ASCII, digits, dashes, underscores, dots and slashes.
func usual(p string) bool {
	for i := range len(p) {
		switch c := p[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '-' <= c && c <= '9', c == '_':
		default:
			return false
		}
	}
	return true
}

// isAddress reports whether a path is meant as a URL. Resolved, its two slashes
// would become one.
func isAddress(p string) bool {
	scheme, rest, found := strings.Cut(p, ":")
	switch {
	case !found || len(scheme) < 2 || strings.ContainsFunc(scheme, func(r rune) bool {
		return (r|0x20 < 'a' || r|0x20 > 'z') && (r < '0' || r > '9') && r != '+'
	}):
		return false
	case strings.EqualFold(scheme, "data"):
		return strings.Contains(rest, ",")
	}
	return strings.HasPrefix(rest, "//")
}

// HasDrive reports whether Windows takes the beginning of a path for a drive.
func HasDrive(p string) bool {
	return len(p) >= 2 && p[1] == ':' && ('a' <= p[0]|0x20 && p[0]|0x20 <= 'z')
}

// LeadsOut reports whether a clean relative path leaves what it is relative to.
func LeadsOut(clean string) bool { return clean == ".." || strings.HasPrefix(clean, "../") }

// Relative is the way from dir to name, both clean and relative to the project
// root, in its shortest form.
func Relative(dir, name string) string {
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

// Fold is the form in which paths are compared: two of them that are equal
// here are one file on some system.
func Fold(p string) string {
	if isASCII(p) {
		return strings.ToLower(p)
	}
	return cases.Fold().String(norm.NFC.String(p))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// Reserved returns ".git" or ".assetform" when a component of the path is one
// of these directories or another name by which some system reaches it.
func Reserved(p string) string {
	for part := range strings.SplitSeq(p, "/") {
		if name := ReservedName(part); name != "" {
			return name
		}
	}
	return ""
}

// shortNames are the 8.3 names that NTFS and FAT give to .git and .assetform:
// the first letters and a number, or two letters and a hash when these are
// taken.
var shortNames = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(git|gi[0-9a-f]{4}|assetf|as[0-9a-f]{4})~[0-9]+$`) })

// ReservedName returns the reserved directory that a path component names.
// Windows drops trailing dots and blanks and takes what follows a colon for a
// stream of the same file; HFS+ and APFS ignore case and some code points
// that do not show. Git itself was once attacked through each of these.
func ReservedName(part string) string {
	// A lock has a hundred thousand components, and nearly all of them can be
	// told at the first look.
	if isASCII(part) && !strings.HasPrefix(part, ".") && !strings.Contains(part, "~") {
		return ""
	}
	part, _, _ = strings.Cut(part, ":")
	part = strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) {
			return -1
		}
		return r
	}, part)
	part = cases.Fold().String(norm.NFC.String(part))
	if short := shortNames().FindStringSubmatch(strings.TrimRight(part, ". ")); short != nil {
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
