package worktree

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"assetform/config/pathname"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/text/unicode/norm"
)

// maxGlobDirs is how many directories one pattern may look into: links among
// directories make many ways of few.
const maxGlobDirs = 100_000

// confinedFS shows the project root to package doublestar. What must not be
// reached does not exist in it. Names in it are in NFC, as those of the
// language are.
type confinedFS struct {
	tree  *Tree
	dirs  int             // directories that were looked into
	twice map[string]bool // paths that stand there in two Unicode normal forms
	err   error           // what keeps the answer from being whole
}

// entry is a directory's entry under its name in NFC.
type entry struct {
	fs.DirEntry
	name string
}

func (e entry) Name() string { return e.name }

// Open implements [fs.FS].
func (c *confinedFS) Open(name string) (fs.File, error) {
	real, err := c.directory(name)
	if err != nil {
		return nil, err
	}
	return c.tree.Open(real)
}

// directory returns the path of a directory without links. Only directories
// are opened by a walk; opening a pipe would block.
func (c *confinedFS) directory(name string) (string, error) {
	real, info, err := c.lookup("open", name)
	if err == nil && !info.IsDir() {
		err = &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return real, err
}

// Stat implements [fs.StatFS].
func (c *confinedFS) Stat(name string) (fs.FileInfo, error) {
	_, info, err := c.lookup("stat", name)
	return info, err
}

// ReadDir implements [fs.ReadDirFS].
func (c *confinedFS) ReadDir(name string) ([]fs.DirEntry, error) {
	if c.dirs++; c.dirs > maxGlobDirs {
		c.err = fmt.Errorf("links among directories make more than %d of them", maxGlobDirs)
	}
	c.refuseTwice(name) // which of the two it is does not show
	if c.err != nil || c.circular(name) {
		return nil, c.err
	}
	real, err := c.directory(name)
	if err != nil {
		return nil, err
	}
	all, err := c.tree.entries(real)
	entries := all[:0]
	forms := map[string]string{} // names that are not in ASCII, by their NFC
	for _, e := range all {
		if pathname.ReservedName(e.Name()) != "" {
			continue
		}
		if !isASCII(e.Name()) {
			nfc := norm.NFC.String(e.Name())
			if forms[nfc] != "" {
				c.twice[path.Join(name, nfc)] = true
			}
			forms[nfc] = e.Name()
			e = entry{e, nfc}
		}
		entries = append(entries, e)
	}
	return entries, err
}

// refuseTwice ends the walk at a path that stands there in two forms. Of names
// that the pattern does not match nothing is asked.
func (c *confinedFS) refuseTwice(name string) {
	if c.twice[name] && c.err == nil {
		c.err = fmt.Errorf("%q stands twice in %q, in two Unicode normal forms; rename or remove one", path.Base(name), path.Dir(name))
	}
}

// circular tells whether a directory is also one of those that lead to it:
// links make a circle.
func (c *confinedFS) circular(name string) bool {
	real, err := c.tree.RealDir(name)
	if err != nil || real == name {
		return false // without a link there is no circle
	}
	for dir := name; dir != "."; {
		dir = path.Dir(dir)
		if above, err := c.tree.RealDir(dir); err == nil && above == real {
			return true
		}
	}
	return false
}

func (c *confinedFS) lookup(op, name string) (string, fs.FileInfo, error) {
	if !fs.ValidPath(name) || pathname.Reserved(name) != "" {
		return "", nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	real, info, err := c.tree.Follow(name)
	if err != nil {
		return "", nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return real, info, nil
}

// Glob returns the regular files below dir whose path matches the pattern
// (doublestar syntax, may begin with "../"), as sorted slash paths relative
// to dir. Symlinks that lead out of the project, .git, .assetform and names
// that no path may have are passed over. Links to other directories of the
// project are followed, as by Terraform, but not in circles.
func (f *Files) Glob(dir, pattern string, key Keying) ([]string, error) {
	if !doublestar.ValidatePattern(pattern) {
		return nil, fmt.Errorf("pattern %q is malformed", pattern)
	}
	if patternWork(pattern) > maxPatternWork {
		return nil, fmt.Errorf("pattern %q has too many alternatives or **", pattern)
	}
	f.doubtSecret(key)
	full := path.Join(dir, pattern)
	if pattern == "" || path.IsAbs(pattern) || pathname.LeadsOut(full) {
		return nil, fmt.Errorf("pattern %q must name files inside the project", pattern)
	}
	tree := &confinedFS{tree: f.Tree, twice: map[string]bool{}}
	matches, err := doublestar.Glob(tree, full, doublestar.WithFilesOnly())
	for _, name := range matches {
		tree.refuseTwice(name)
	}
	if err == nil {
		err = tree.err
	}
	if err != nil {
		return nil, fmt.Errorf("list files that match %q: %w", pattern, WithoutPath(err))
	}
	var found []string
	for _, name := range matches {
		if _, err := pathname.Resolve(".", name); err != nil {
			continue
		}
		if _, info, err := f.Follow(name); err != nil || !info.Mode().IsRegular() {
			continue
		}
		found = append(found, pathname.Relative(dir, name))
	}
	slices.Sort(found)
	f.record(key("/fileset("+strconv.Quote(dir)+", "+strconv.Quote(pattern)+")"), strings.Join(found, "\x00"))
	return found, nil
}

// maxPatternWork bounds how often a pattern makes a walk look at the same
// files.
const maxPatternWork = 1000

// patternWork is the product of the alternatives in a pattern, "**" counted
// as four: the walk follows each combination of them.
func patternWork(pattern string) int {
	work := 1
	var open []int // alternatives of the groups that are open
	for i := 0; i < len(pattern) && work <= maxPatternWork; i++ {
		switch pattern[i] {
		case '{':
			open = append(open, 1)
		case ',':
			if len(open) > 0 {
				open[len(open)-1]++
			}
		case '}':
			if len(open) > 0 {
				work *= open[len(open)-1]
				open = open[:len(open)-1]
			}
		case '*':
			if strings.HasPrefix(pattern[i:], "**") {
				work *= 4
				i++
			}
		}
	}
	return work
}
