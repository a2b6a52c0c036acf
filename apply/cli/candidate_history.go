package cli

import (
	"bytes"
	"context"

	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/lockfile"
)

// fromHistory puts a candidate into the store from git, where it was the output
// in some commit. Without git, or where no commit has it, nothing is done: what
// is then missing is told by whoever needs it.
func (s *Session) fromHistory(ctx context.Context, st *store.Store, output string, candidate lockfile.ContentHash) error {
	r, err := repo.Open(ctx, s.Dir, s.Environ)
	if err != nil {
		return err
	}
	versions, err := r.LockVersions(ctx, "HEAD", "")
	if err != nil {
		return err
	}
	var commits []string
	name := []byte(candidate.String())
	if err := r.ReadVersions(ctx, versions, func(v repo.LockVersion, text []byte, here bool) {
		if here && bytes.Contains(text, name) {
			commits = append(commits, v.Commit)
		}
	}); err != nil {
		return err
	}
	f, err := r.Finder(ctx)
	if err != nil {
		return err
	}
	defer f.Close()
	p, err := st.Create()
	if err != nil {
		return err
	}
	defer p.Abort()
	const anySize = -1
	if err := f.CopyTo(p, p.Reset, repo.Wanted{Hash: candidate, Size: anySize, Path: output}, commits); err != nil {
		return err
	}
	// As of all that comes from a commit: nothing shows that assetform wrote it.
	if err := st.SetHandMade(candidate, true); err != nil {
		return err
	}
	_, _, err = p.Commit()
	return err
}
