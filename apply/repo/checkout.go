package repo

import (
	"context"
	"strings"

	"assetform/config/pathname"
)

// InIndex tells as what git tracks files, by paths relative to the directory
// that the repository was opened from; case does not count. It also tells
// whether any of them is left out of this work tree on purpose, as in a sparse
// checkout. What is in the index can be checked out, even where the bytes are
// still to be fetched.
func (r *Repo) InIndex(ctx context.Context, paths []string) (tracked map[string]string, sparse bool, err error) {
	args := []string{"ls-files", "-z", "-t", "--"}
	at := map[string]string{}
	for _, p := range paths {
		if treePath, ok := r.Path(p); ok {
			args, at[pathname.Fold(treePath)] = append(args, ":(top,literal,icase)"+treePath), p
		}
	}
	tracked = map[string]string{}
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
		p, ok := at[pathname.Fold(r.fromHere(name))]
		if ok && tracked[p] != p { // the one that is spelled alike, if there are several
			tracked[p], sparse = name, sparse || tag == "S"
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
