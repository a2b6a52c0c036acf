package repo

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// MergedText reports whether a text at a path is nobody's edit: git alone made
// it of two versions, with or without conflicts, or it is one of these. The
// merge is the one that is going on, or the last commit that changed the path.
// ours tells of a version whether it is what the commit says that was written
// there; both have to be. What git cannot tell is no.
func (r *Repo) MergedText(ctx context.Context, rel string, text []byte, ours func(f *Finder, commit string, version []byte) bool) bool {
	f, err := r.Finder(ctx)
	if err != nil {
		return false
	}
	defer f.Close()
	for _, sides := range r.mergesOf(ctx, rel) {
		base, err := r.output(ctx, "merge-base", sides[0], sides[1])
		if err != nil {
			continue
		}
		var versions [3][]byte // ours, base, theirs
		whole := true
		for i, commit := range []string{sides[0], strings.TrimSpace(base), sides[1]} {
			version, stands, err := f.File(commit, rel)
			versions[i] = version
			// Where both sides added the file, git merges with nothing.
			whole = whole && err == nil && (i == 1 || stands && ours(f, commit, version))
		}
		if whole && (bytes.Equal(text, versions[0]) || bytes.Equal(text, versions[2]) || bytes.Equal(unlabelled(text), unlabelled(r.mergeTexts(ctx, versions)))) {
			return true
		}
	}
	return false
}

// mergesOf lists the pairs of commits whose merge may have made a file.
func (r *Repo) mergesOf(ctx context.Context, rel string) (pairs [][2]string) {
	if heads := r.hashesIn("MERGE_HEAD"); len(heads) == 1 {
		pairs = append(pairs, [2]string{"HEAD", heads[0]})
	}
	path, ok := r.Path(rel)
	if !ok {
		return pairs
	}
	commit, err := r.LastCommit(ctx, path)
	if err != nil || commit == "" {
		return pairs
	}
	line, err := r.output(ctx, "rev-list", "--parents", "--max-count=1", commit)
	if ids := strings.Fields(line); err == nil && len(ids) == 3 {
		pairs = append(pairs, [2]string{ids[1], ids[2]})
	}
	return pairs
}

// mergeTexts is what git makes of three versions of a text; nil if it fails.
func (r *Repo) mergeTexts(ctx context.Context, versions [3][]byte) []byte {
	dir, err := os.MkdirTemp("", "assetform-merge-*")
	if err != nil {
		return nil
	}
	defer os.RemoveAll(dir)
	args := []string{"merge-file", "--stdout", "--quiet"}
	for i, name := range []string{"ours", "base", "theirs"} {
		args = append(args, filepath.Join(dir, name))
		if err := os.WriteFile(args[len(args)-1], versions[i], 0o600); err != nil {
			return nil
		}
	}
	out, err := r.command(ctx, args...).Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() < 0 || exit.ExitCode() > 127) { // below, it is the number of conflicts
		return nil
	}
	return out
}

var conflictLabel = regexp.MustCompile(`(?m)^(<{7}|\|{7}|>{7}) .*$`)

// unlabelled is a text without the names that git gives the sides of conflicts.
func unlabelled(text []byte) []byte { return conflictLabel.ReplaceAll(text, []byte("$1")) }
