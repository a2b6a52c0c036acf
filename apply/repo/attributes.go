package repo

import (
	"context"
	"strings"
)

// WithLFS tells whether git's attributes give a file to Git LFS, by its path
// relative to the directory that the repository was opened from.
func (r *Repo) WithLFS(ctx context.Context, path string) bool {
	out, err := r.output(ctx, "check-attr", "-z", "filter", "--", path)
	return err == nil && strings.HasSuffix(out, "\x00lfs\x00")
}
