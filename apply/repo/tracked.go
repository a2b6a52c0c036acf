package repo

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// trackedTimeout bounds how long git may take to read its index.
const trackedTimeout = time.Minute

// Tracked returns the first file, submodule or link that git tracks at one of
// the paths or below it, "" if there is none. The paths are absolute and need
// not exist. It looks into the index of the nearest work tree of each, and
// nowhere where no .git stands above. Any error means that it is not known; it
// matches ErrNoGit where that is the reason.
//
// A name is compared without case: that is how some file systems find it, and
// on the others nobody has use for two directories that differ so.
func Tracked(ctx context.Context, environ []string, paths ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, trackedTimeout)
	defer cancel()
	asked := map[string][]string{} // by the top directory of a work tree: paths in its tree, "" for all of it
	var tops []string
	for _, p := range spellings(paths) {
		for _, top := range topsOf(p) {
			rel, err := filepath.Rel(top, p)
			if err != nil {
				return "", err
			}
			if rel = filepath.ToSlash(rel); rel == "." {
				rel = ""
			}
			if asked[top] == nil {
				tops = append(tops, top)
			}
			if !slices.Contains(asked[top], rel) {
				asked[top] = append(asked[top], rel)
			}
		}
	}
	for _, top := range tops {
		name, err := firstTracked(ctx, environ, top, asked[top])
		if name != "" || err != nil {
			return name, err
		}
	}
	return "", nil
}

// topsOf lists the work tree that a path stands in, and the one that it is
// the top of.
func topsOf(p string) []string {
	var tops []string
	if hasGit(p) {
		tops = append(tops, p)
	}
	for at := p; filepath.Dir(at) != at; {
		if at = filepath.Dir(at); hasGit(at) {
			return append(tops, at)
		}
	}
	return tops
}

func hasGit(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, ".git"))
	return err == nil
}

// firstTracked returns the first name in a work tree's index that is one of
// the paths or below it. Where the index is none that is read here, git is
// asked.
func firstTracked(ctx context.Context, environ []string, top string, paths []string) (string, error) {
	if _, err := exec.LookPath("git"); err != nil {
		return "", ErrNoGit
	}
	first := ""
	if readIndex(environ, top, paths, func(e *indexEntry) {
		if first == "" && slices.ContainsFunc(paths, func(p string) bool { return e.at(p, true) }) {
			first = string(e.name)
		}
	}) {
		return first, nil
	}
	return askTracked(ctx, environ, top, paths)
}

// askTracked asks git for what it tracks, and reads no more of the answer than
// the first name. Whose repository it is does not matter: the question runs
// none of what its configuration names.
func askTracked(ctx context.Context, environ []string, top string, paths []string) (string, error) {
	args := []string{"-c", "safe.directory=*", "-c", "core.fsmonitor=false", "ls-files", "-z", "--"}
	for _, p := range paths {
		if p == "" {
			args = append(args, ":(top)")
		} else {
			args = append(args, ":(top,icase,literal)"+p)
		}
	}
	r := &Repo{dir: top, env: gitEnv(environ)}
	cmd := r.command(ctx, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", fmt.Errorf("start git ls-files: %w", err)
	}
	name, readErr := bufio.NewReader(out).ReadString(0)
	out.Close() // git ends when nobody reads any more
	waitErr := cmd.Wait()
	if name = strings.TrimSuffix(name, "\x00"); name != "" {
		return name, nil
	}
	if waitErr != nil {
		return "", &Error{Args: []string{"ls-files"}, Stderr: firstLines(stderr.String(), 3), Err: waitErr}
	}
	if readErr == nil {
		return "", errors.New("git ls-files: its answer is no list of names")
	}
	return "", nil
}

// ThroughLinks lists the names by which git may know what a path leads to: as
// it is written, each link on the way, where each of them leads, and where it
// ends.
func ThroughLinks(p string) []string {
	const most = 40 // as many as systems follow
	names := []string{p}
	for i := 0; i < len(names) && len(names) <= most; i++ {
		for at := names[i]; filepath.Dir(at) != at; at = filepath.Dir(at) {
			target, err := os.Readlink(at)
			if err != nil {
				continue
			}
			if !filepath.IsAbs(target) {
				target = filepath.Join(filepath.Dir(at), target)
			}
			for _, name := range []string{at, filepath.Clean(target)} {
				if !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
		}
	}
	return append(names, resolved(p))
}

// resolved is a path without links, as far as it exists.
func resolved(p string) string {
	real, err := filepath.EvalSymlinks(p)
	if err == nil {
		return real
	}
	if filepath.Dir(p) == p {
		return p
	}
	return filepath.Join(resolved(filepath.Dir(p)), filepath.Base(p))
}

// spellings adds how the directory above spells what stands at a path, should
// the file system take other letters for the same.
func spellings(paths []string) []string {
	list := slices.Clone(paths)
	for _, p := range paths {
		if same := spelled(p); same != "" {
			list = append(list, same)
		}
	}
	return list
}

// spelled is the path under the name that the directory lists, "" if that is
// the name already or nothing stands there.
func spelled(p string) string {
	info, err := os.Lstat(p)
	if err != nil {
		return ""
	}
	dir, base := filepath.Split(p)
	entries, err := os.ReadDir(dir)
	if err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == base }) {
		return ""
	}
	for _, e := range entries {
		if other, err := e.Info(); err == nil && os.SameFile(info, other) {
			return filepath.Join(dir, e.Name())
		}
	}
	return ""
}

// Dirs are the directories that git keeps its own files in: this work tree's
// and the one that all work trees share.
func (r *Repo) Dirs() []string { return []string{r.gitDir, r.common} }
