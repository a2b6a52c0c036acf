package repo

import "context"

// Tracked tells whether git's index has anything at a path of the work tree,
// which is relative to its top and has slashes, or below it. Letters count in
// either case, since a disk may not tell them apart.
func (r *Repo) Tracked(ctx context.Context, treePath string) (bool, error) {
	out, err := r.output(ctx, "ls-files", "-z", "--", ":(top,icase,literal)"+treePath)
	return out != "", err
}

// Dirs are the directories that git keeps its own files in: this work tree's
// and the one that all work trees share.
func (r *Repo) Dirs() []string { return []string{r.gitDir, r.common} }
