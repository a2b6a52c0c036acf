package repo

import (
	"context"
	"strings"
)

// InIndex tells which files git tracks, of paths relative to the directory that
// the repository was opened from, and whether any of them is left out of this
// work tree on purpose, as in a sparse checkout. What is in the index can be
// checked out, even where the bytes are still to be fetched.
func (r *Repo) InIndex(ctx context.Context, paths []string) (tracked []string, sparse bool, err error) {
	args := []string{"ls-files", "-z", "-t", "--"}
	at := map[string]string{}
	for _, p := range paths {
		if treePath, ok := r.Path(p); ok {
			args, at[treePath] = append(args, ":(top,literal)"+treePath), p
		}
	}
	if len(at) == 0 {
		return nil, false, nil
	}
	out, err := r.output(ctx, append([]string{"-c", "core.quotePath=false"}, args...)...)
	if err != nil {
		return nil, false, err
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(out, "\x00"), "\x00") {
		tag, name, _ := strings.Cut(line, " ")
		// The names are relative to where git was started.
		if p, ok := at[r.fromHere(name)]; ok {
			tracked, sparse = append(tracked, p), sparse || tag == "S"
		}
	}
	return tracked, sparse, nil
}

// fromHere is a path that git printed relative to the directory that it was
// started in as one of the tree.
func (r *Repo) fromHere(name string) string {
	p, _ := r.Path(name)
	return p
}
