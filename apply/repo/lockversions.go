package repo

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
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
	path     string    // in the tree
	blob     string
}

// LockVersions lists what the lock was in the commits that are reached from
// one and not from another ("": from none), the oldest first: those of all
// branches that were merged, each text once. Where a commit moved the lock
// with its directory, it is followed. One that removed it is no version.
func (r *Repo) LockVersions(ctx context.Context, from, not string) ([]LockVersion, error) {
	treePath, _, err := r.LockAt(ctx, from)
	if err != nil {
		return nil, err
	}
	list, _, err := r.lockLog(ctx, treePath, from, not)
	return list, err
}

// LockAt is where the lock stood at a commit, as a path of the tree, and the id
// of its object, which may not be on this machine; "" where there was none. It
// stood where it stands, or where a commit since then moved it from.
func (r *Repo) LockAt(ctx context.Context, commit string) (treePath, id string, err error) {
	treePath, ok := r.Path(lockfile.Filename)
	if !ok {
		return "", "", fmt.Errorf("%s lies outside of the work tree", lockfile.Filename)
	}
	object := func(name string) string {
		id, err := r.output(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", commit+":"+name)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(id)
	}
	if id = object(treePath); id != "" {
		return treePath, id, nil
	}
	_, paths, err := r.lockLog(ctx, treePath, "HEAD", commit)
	if err != nil {
		return "", "", err
	}
	for _, name := range slices.Sorted(maps.Keys(paths)) {
		if !paths[name] {
			continue
		}
		if id = object(name); id != "" {
			return name, id, nil
		}
	}
	return treePath, "", nil
}

// errPartial says that git left out what tells of the past, and how that comes.
var errPartial = errors.New("this clone is a partial one, and lacks what tells which commits changed the lock and its files; \"git fetch --refetch --no-filter\" fetches it")

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
	if err != nil && r.Partial(ctx) {
		return nil, nil, errPartial
	}
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
// parents that changed it, the newest first and at most so many. Where a commit
// moved it with its directory, it is followed. It lists what git had found when
// the context ended, and then returns its error.
func (r *Repo) PastLocks(ctx context.Context, most int) ([]LockVersion, error) {
	treePath, ok := r.Path(lockfile.Filename)
	if !ok || most < 1 {
		return nil, nil
	}
	if _, err := r.Commit(ctx, "HEAD"); err != nil {
		return nil, nil // no commit yet
	}
	list, err := r.pastLocks(ctx, most, treePath, "--follow")
	if err != nil && ctx.Err() == nil && r.Partial(ctx) { // a move shows in texts that are not here
		list, err = r.pastLocks(ctx, most, treePath, "--no-follow")
	}
	return list, err
}

func (r *Repo) pastLocks(ctx context.Context, most int, treePath, follow string) ([]LockVersion, error) {
	cmd := r.command(ctx, "log", "-z", "--root", "--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev",
		"--no-color", "--no-ext-diff", "--no-notes", follow, "--format="+commitMark+"%H %at", "-n", strconv.Itoa(most), "HEAD", "--", lockfile.Filename)
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
		name := words[i]
		if status := fields[4]; status[0] == 'R' && i+1 < len(words) {
			was := name
			i++
			name = words[i]
			paths[was] = paths[was] || paths[name]
		}
		at.path, at.blob = name, regularBlob(fields[1], fields[3])
		if paths[name] && at.blob != "" && at.blob != noFile {
			list = append(list, at)
		}
	}
	return list, paths
}

// Beside returns the path of a file that stood at a path relative to a version of
// the lock, as it is written today: relative to the directory that the repository
// was opened from.
func (r *Repo) Beside(v LockVersion, rel string) string {
	up := strings.Repeat("../", len(strings.FieldsFunc(r.prefix, func(c rune) bool { return c == '/' })))
	return up + path.Join(path.Dir(v.path), rel)
}

// ReadVersions hands the text of each version on, in their order, which the
// next one overwrites. Here is false where the object is not on this machine.
// One process answers for all, as long as it finds what it is asked for.
func (r *Repo) ReadVersions(ctx context.Context, versions []LockVersion, visit func(v LockVersion, text []byte, here bool)) error {
	var have map[string]bool // nil: all of them, until git ends at one that it does not have
	for ends := 0; len(versions) > 0; ends++ {
		n, err := r.readSome(ctx, versions, have, visit)
		if err != nil {
			return err
		}
		if versions = versions[n:]; len(versions) == 0 {
			break
		}
		visit(versions[0], nil, false)
		versions = versions[1:]
		switch {
		case have == nil:
			have = r.local(ctx, versions)
		case ends > mostDamaged:
			have = map[string]bool{}
		}
	}
	return ctx.Err()
}

// mostDamaged is after how many objects that git has and cannot read no other
// one is asked for.
const mostDamaged = 16

// local tells which versions are on this machine, without git fetching any.
func (r *Repo) local(ctx context.Context, versions []LockVersion) map[string]bool {
	have := map[string]bool{}
	wanted := map[string]bool{}
	for _, v := range versions {
		wanted[v.blob] = true
	}
	out, err := r.output(ctx, "cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
	if err != nil {
		return have
	}
	for id := range strings.Lines(out) {
		if id = strings.TrimSpace(id); wanted[id] {
			have[id] = true
		}
	}
	return have
}

// readSome reads the first versions, up to one at which git ends, and says how
// many these were.
func (r *Repo) readSome(ctx context.Context, versions []LockVersion, have map[string]bool, visit func(v LockVersion, text []byte, here bool)) (int, error) {
	cmd := r.command(ctx, "cat-file", "--batch")
	var ids strings.Builder
	for _, v := range versions {
		if have == nil || have[v.blob] {
			ids.WriteString(v.blob + "\n")
		}
	}
	cmd.Stdin = strings.NewReader(ids.String())
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("start git cat-file: %w", err)
	}
	in := bufio.NewReaderSize(out, 256<<10)
	var text bytes.Buffer
	n := 0
	for ; n < len(versions); n++ {
		here := have == nil || have[versions[n].blob]
		if here {
			here, err = readAnswer(in, versions[n].blob, &text)
		}
		if err != nil {
			break
		}
		visit(versions[n], text.Bytes(), here)
	}
	_, _ = io.Copy(io.Discard, in)
	_ = cmd.Wait() // what it did not answer is not here
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return n, err
}

// readAnswer reads what git answers to one id. The error is io.EOF where it
// ended instead, as it does at what a partial clone left out.
func readAnswer(in *bufio.Reader, id string, text *bytes.Buffer) (here bool, err error) {
	line, err := in.ReadString('\n')
	if err != nil {
		return false, err
	}
	fields := strings.Fields(line)
	if len(fields) != 3 { // "ID missing"
		return false, nil
	}
	size, err := strconv.ParseInt(fields[2], 10, 64)
	if err != nil {
		return false, fmt.Errorf("git cat-file says %q of object %s", strings.TrimSpace(line), id)
	}
	text.Reset()
	var kept io.Writer = text
	if size > maxFile {
		kept = io.Discard // no lock, and not to be held in memory
	}
	if _, err := io.CopyN(kept, in, size); err != nil {
		return false, err
	}
	_, err = in.Discard(1)
	return err == nil, err
}

// Partial tells whether the clone was made without objects that git fetches
// when they are needed.
func (r *Repo) Partial(ctx context.Context) bool {
	_, err := r.output(ctx, "config", "--get-regexp", `^remote\..*\.promisor$`)
	return err == nil
}
