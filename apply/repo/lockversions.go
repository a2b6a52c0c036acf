package repo

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"assetform/lockfile"
)

// LockVersion is what the lock was in a commit that changed it.
type LockVersion struct {
	Commit   string
	Authored time.Time // in UTC
	blob     string
}

// LockVersions lists what the lock was in the commits that are reached from
// one and not from another ("": from none), the oldest first: those of all
// branches that were merged, each text once. Where a commit moved the lock
// with its directory, it is followed. One that removed it is no version.
func (r *Repo) LockVersions(ctx context.Context, from, not string) ([]LockVersion, error) {
	treePath, err := r.LockPath(ctx, from)
	if err != nil {
		return nil, err
	}
	list, _, err := r.lockLog(ctx, treePath, from, not)
	return list, err
}

// LockPath is where the lock stood at a commit, as a path of the tree: where it
// stands, or where a commit since then moved it from.
func (r *Repo) LockPath(ctx context.Context, commit string) (string, error) {
	treePath, ok := r.Path(lockfile.Filename)
	if !ok {
		return "", fmt.Errorf("%s lies outside of the work tree", lockfile.Filename)
	}
	has := func(name string) bool {
		_, err := r.output(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", commit+":"+name)
		return err == nil
	}
	if has(treePath) {
		return treePath, nil
	}
	_, paths, err := r.lockLog(ctx, treePath, "HEAD", commit)
	if err != nil {
		return "", err
	}
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		if paths[name] && has(name) {
			return name, nil
		}
	}
	return treePath, nil
}

// lockLog reads what git's log says of the lock that stands at a path at a
// commit, and the paths at which it stood.
func (r *Repo) lockLog(ctx context.Context, treePath, from, not string) ([]LockVersion, map[string]bool, error) {
	args := []string{"log", "-z", "--root", "--full-history", "--topo-order", "--diff-merges=separate", "--raw", "--no-abbrev",
		"--find-renames", "--no-color", "--no-ext-diff", "--no-notes", "--no-follow", "--format=" + commitMark + "%H %at", from}
	if not != "" {
		args = append(args, "^"+not)
	}
	// All locks of the repository: git finds moves among what it is asked about.
	out, err := r.output(ctx, append(args, "--", ":(top,glob)**/"+lockfile.Filename)...)
	if err != nil {
		return nil, nil, err
	}
	list, paths := lockVersions(out, treePath)
	seen := map[string]bool{}
	slices.Reverse(list)
	return slices.DeleteFunc(list, func(v LockVersion) bool { // the oldest commit that has a text counts
		before := seen[v.blob]
		seen[v.blob] = true
		return before
	}), paths, nil
}

// PastLocks lists what the lock was in HEAD and in the commits on its first
// parents that changed it, the newest first and at most so many. It lists what
// git had found when the context ended, and then returns its error.
func (r *Repo) PastLocks(ctx context.Context, most int) ([]LockVersion, error) {
	treePath, ok := r.Path(lockfile.Filename)
	if !ok || most < 1 {
		return nil, nil
	}
	if _, err := r.Commit(ctx, "HEAD"); err != nil {
		return nil, nil // no commit yet
	}
	cmd := r.command(ctx, "log", "-z", "--root", "--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev", "--no-renames",
		"--no-color", "--no-ext-diff", "--no-notes", "--no-follow", "--format="+commitMark+"%H %at", "-n", strconv.Itoa(most), "HEAD", "--", ":(top,literal)"+treePath)
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("git log: %w", err)
	}
	list, _ := lockVersions(out.String(), treePath)
	return list, ctx.Err()
}

// commitMark begins what git prints of a commit, before the files.
const commitMark = "commit "

// lockVersions reads what "git log --raw -z" prints, the newest commit first.
func lockVersions(out, treePath string) (list []LockVersion, paths map[string]bool) {
	paths = map[string]bool{treePath: true} // of the lock, then and before
	var at LockVersion
	words := strings.Split(out, "\x00")
	for i := 0; i < len(words); i++ {
		word := strings.TrimLeft(words[i], "\n")
		if about, ok := strings.CutPrefix(word, commitMark); ok {
			id, authored, _ := strings.Cut(about, " ")
			seconds, _ := strconv.ParseInt(strings.TrimSpace(authored), 10, 64)
			at = LockVersion{Commit: id, Authored: time.Unix(seconds, 0).UTC()}
			continue
		}
		fields := strings.Fields(word) // ":" mode, mode, id, id, status
		if len(fields) != 5 || i+1 >= len(words) {
			continue
		}
		i++
		path := words[i]
		if status := fields[4]; status[0] == 'R' && i+1 < len(words) {
			was := path
			i++
			path = words[i]
			paths[was] = paths[was] || paths[path]
		}
		at.blob = regularBlob(fields[1], fields[3])
		if paths[path] && at.blob != "" && at.blob != noFile {
			list = append(list, at)
		}
	}
	return list, paths
}

// ReadVersions hands the text of each version on, in their order, which the
// next one overwrites. Here is false where the object is not on this machine.
// One process answers for all.
func (r *Repo) ReadVersions(ctx context.Context, versions []LockVersion, visit func(v LockVersion, text []byte, here bool)) error {
	cmd := r.command(ctx, "cat-file", "--batch")
	var ids strings.Builder
	for _, v := range versions {
		ids.WriteString(v.blob + "\n")
	}
	cmd.Stdin = strings.NewReader(ids.String())
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start git cat-file: %w", err)
	}
	in := bufio.NewReaderSize(out, 256<<10)
	err = readAnswers(in, versions, visit)
	_, _ = io.Copy(io.Discard, in)
	_ = cmd.Wait() // what it did not answer is not here
	return cmp.Or(err, ctx.Err())
}

func readAnswers(in *bufio.Reader, versions []LockVersion, visit func(v LockVersion, text []byte, here bool)) error {
	var text bytes.Buffer
	for i, v := range versions {
		line, err := in.ReadString('\n')
		if errors.Is(err, io.EOF) { // an older git ends at what a partial clone left out
			for _, v := range versions[i:] {
				visit(v, nil, false)
			}
			return nil
		}
		if err != nil {
			return fmt.Errorf("read from git cat-file: %w", err)
		}
		fields := strings.Fields(line)
		if len(fields) != 3 { // "ID missing"
			visit(v, nil, false)
			continue
		}
		size, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil {
			return fmt.Errorf("git cat-file says %q of object %s", strings.TrimSpace(line), v.blob)
		}
		text.Reset()
		var kept io.Writer = &text
		if size > maxFile {
			kept = io.Discard // no lock, and not to be held in memory
		}
		if _, err := io.CopyN(kept, in, size); err != nil {
			return fmt.Errorf("read git object %s: %w", v.blob, err)
		}
		if _, err := in.Discard(1); err != nil {
			return fmt.Errorf("read git object %s: %w", v.blob, err)
		}
		visit(v, text.Bytes(), true)
	}
	return nil
}
