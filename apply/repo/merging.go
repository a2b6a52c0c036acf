package repo

import (
	"bytes"
	"context"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// MergeCommits lists the commits whose files a merge that is going on may be
// about, each once, the likeliest first. There is no one place where git says
// it: a merge driver runs before MERGE_HEAD is written, a rebase has its own
// files, and a first cherry-pick leaves no trace at all (CommitsWith finds it).
func (r *Repo) MergeCommits(ctx context.Context, environ []string) []string {
	names := []string{"HEAD"}
	for _, kv := range environ {
		// git merge names the heads that it merges in GITHEAD_<id>.
		if id, ok := strings.CutPrefix(kv, "GITHEAD_"); ok {
			id, _, _ = strings.Cut(id, "=")
			names = append(names, id)
		}
	}
	for _, file := range []string{"MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "REBASE_HEAD", "FETCH_HEAD", "ORIG_HEAD"} {
		names = append(names, r.hashesIn(file)...)
	}
	for _, file := range []string{"stopped-sha", "onto", "orig-head", "done"} {
		names = append(names, r.hashesIn(path.Join("rebase-merge", file))...)
	}
	for _, file := range []string{"original-commit", "orig-head"} {
		names = append(names, r.hashesIn(path.Join("rebase-apply", file))...)
	}
	names = append(names, r.hashesIn("sequencer/todo")...)
	names = append(names, "refs/stash")
	var commits []string
	for _, name := range names {
		if id, err := r.Commit(ctx, name); err == nil && !slices.Contains(commits, id) {
			commits = append(commits, id)
		}
	}
	return commits
}

// hashesIn lists the object ids in one of git's own files, the last line
// first: the end of rebase-merge/done is the commit that is being applied.
func (r *Repo) hashesIn(name string) []string {
	const most = 8
	b, err := os.ReadFile(filepath.Join(r.gitDir, filepath.FromSlash(name)))
	if err != nil {
		return nil
	}
	var ids []string
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	slices.Reverse(lines)
	for _, line := range lines {
		for _, word := range strings.Fields(line) {
			if isHash(word) && len(ids) < most {
				ids = append(ids, word)
				break
			}
		}
	}
	return ids
}

// isHash tells an object id, perhaps abbreviated, from a word.
func isHash(word string) bool {
	if len(word) < 7 || len(word) > 64 {
		return false
	}
	return strings.Trim(word, "0123456789abcdef") == ""
}

// CommitsWith searches all branches and the reflogs for commits at which a
// file came to have, or ceased to have, that content; in the latter case a
// parent has it, so parents are listed too. It reads history, which takes
// seconds where that is long, and finds nothing where it was cut off.
func (r *Repo) CommitsWith(ctx context.Context, rel string, content []byte) []string {
	treePath, ok := r.Path(rel)
	if !ok {
		return nil
	}
	cmd := r.command(ctx, "hash-object", "--stdin")
	cmd.Stdin = bytes.NewReader(content)
	blob, err := cmd.Output()
	if err != nil {
		return nil
	}
	out, err := r.output(ctx, "log", "--all", "--reflog", "-n", "4", "--format=%H %P",
		"--find-object="+strings.TrimSpace(string(blob)), "--", ":(top,literal)"+treePath)
	if err != nil {
		return nil
	}
	return strings.Fields(out)
}

// Versions lists commits of all branches and the reflogs that changed a file,
// the newest first, and at most so many.
func (r *Repo) Versions(ctx context.Context, rel string, most int) []string {
	treePath, ok := r.Path(rel)
	if !ok {
		return nil
	}
	out, err := r.output(ctx, "log", "--all", "--reflog", "--diff-merges=separate", "-n", strconv.Itoa(most), "--format=%H", "--", ":(top,literal)"+treePath)
	if err != nil {
		return nil
	}
	return strings.Fields(out)
}

// MergeBases returns the commits at which a commit's history and HEAD's parted:
// none if they have nothing in common or it is cut off, several if each was
// merged into the other.
func (r *Repo) MergeBases(ctx context.Context, commit string) ([]string, error) {
	out, err := r.output(ctx, "merge-base", "--all", commit, "HEAD")
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return nil, nil
	}
	return strings.Fields(out), err
}

// Unmerged tells whether a merge left a file undecided: git's index has its
// stages, and what stands on disk (nil: nothing) is one of them unchanged, or
// nothing. That is how git leaves a file whose merge driver failed, with nothing
// in it that shows. The path is absolute. It changes nothing and runs nothing
// that the repository names, whoever owns that; where git cannot tell, it says
// no.
func Unmerged(ctx context.Context, environ []string, file string, content []byte) bool {
	file = filepath.Join(resolved(filepath.Dir(file)), filepath.Base(file))
	tops := topsOf(filepath.Dir(file))
	if len(tops) == 0 {
		return false
	}
	rel, err := filepath.Rel(tops[0], file)
	if err != nil {
		return false
	}
	sides, ok := stagesOf(ctx, environ, tops[0], filepath.ToSlash(rel))
	if !ok || len(sides) == 0 {
		return false
	}
	return content == nil || slices.ContainsFunc(sides, func(id string) bool { return isBlob(id, content) })
}

// stagesOf lists the ids of what a conflict is about, in the index of the work
// tree below top. Where that is none that is read here, git is asked.
func stagesOf(ctx context.Context, environ []string, top, path string) (ids []string, ok bool) {
	if readIndex(environ, top, []string{path}, func(e *indexEntry) {
		if e.stage != 0 && e.at(path, false) {
			ids = append(ids, hex.EncodeToString(e.id))
		}
	}) {
		return ids, true
	}
	return askStages(ctx, environ, top, path)
}

// askStages asks git the same, whoever owns the repository.
func askStages(ctx context.Context, environ []string, top, path string) (ids []string, ok bool) {
	r := &Repo{dir: top, env: gitEnv(environ)}
	out, err := r.output(ctx, "-c", "safe.directory=*", "ls-files", "--unmerged", "-z", "--", ":(top,literal)"+path)
	if err != nil {
		return nil, false
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		if f := strings.Fields(line); len(f) > 1 {
			ids = append(ids, f[1])
		}
	}
	return ids, true
}

// isBlob tells whether git gives a text that id; with LF, as git keeps texts.
func isBlob(id string, content []byte) bool {
	content = bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	h := sha1.New()
	if len(id) == 2*sha256.Size {
		h = sha256.New()
	}
	fmt.Fprintf(h, "blob %d\x00", len(content))
	h.Write(content)
	return hex.EncodeToString(h.Sum(nil)) == id
}

// Conflicted tells whether git's index has the stages of a conflict for a
// file, whose path is relative to the directory that the repository was
// opened from.
func (r *Repo) Conflicted(ctx context.Context, rel string) (bool, error) {
	treePath, ok := r.Path(rel)
	if !ok {
		return false, nil
	}
	out, err := r.output(ctx, "ls-files", "--unmerged", "-z", "--", ":(top,literal)"+treePath)
	return out != "", err
}
