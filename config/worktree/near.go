package worktree

import (
	"io"
	"path"
	"slices"
	"strings"

	"assetform/config/diag"
	"assetform/config/pathname"
)

const (
	// maxNear is how many names a directory may have in which a similar one is
	// looked for, and maxNearSearches how often that is done: each of ten
	// thousand instances may read a file that is not there.
	maxNear         = 1000
	maxNearSearches = 100
)

// Near names, behind "file does not exist", the files beside it that may be
// meant: those of nearly its name, or of its name with another extension. It is
// empty where there is none, and where there are too many to tell.
func (f *Files) Near(name string) string {
	names := f.near(name)
	if len(names) == 0 {
		return ""
	}
	return ", but beside it there is " + diag.Quoted(names, "and")
}

func (f *Files) near(name string) []string {
	f.mu.Lock()
	f.searches++
	enough := f.searches > maxNearSearches
	f.mu.Unlock()
	if enough {
		return nil
	}
	dir, base := path.Split(name)
	var same []string
	beside := f.some(path.Clean(dir))
	for _, found := range beside {
		if stem(found) == stem(base) || stem(found) == pathname.Fold(base) {
			same = append(same, found)
		}
	}
	if near := diag.Nearest(base, beside); len(near) > 0 || len(same) > maxSame {
		return near
	}
	slices.Sort(same)
	return same
}

// maxSame is how many files that differ in their extension alone are named.
const maxSame = 3

// some lists what is not hidden in a directory, unless that is too much.
func (f *Files) some(dir string) []string {
	root, err := f.OpenDir(dir)
	if err != nil {
		return nil
	}
	defer root.Close()
	opened, err := root.Open(".")
	if err != nil {
		return nil
	}
	defer opened.Close()
	names, err := opened.Readdirnames(maxNear + 1)
	if err != nil && err != io.EOF || len(names) > maxNear {
		return nil
	}
	return slices.DeleteFunc(names, func(name string) bool {
		return strings.HasPrefix(name, ".") || pathname.ReservedName(name) != ""
	})
}

// stem is a name without its extension, as it is compared.
func stem(name string) string { return pathname.Fold(strings.TrimSuffix(name, path.Ext(name))) }
