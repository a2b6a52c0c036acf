package earlier

import (
	"bytes"
	"context"
	"errors"

	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/lockfile"
)

// maxVersions bounds how many versions of the lock are searched for what was an
// output before somebody picked.
const maxVersions = 500

// Outputs looks for contents that were an output in HEAD's history, on every
// branch that was merged, or what one was converted from. It hands each entry
// on that has one, with its commit, until found is returned for that content.
// Below is the lock's directory below the project's root.
func Outputs(ctx context.Context, r *repo.Repo, below string, wanted map[lockfile.ContentHash]bool,
	visit func(e lockfile.Entry, commit string) (found bool, err error)) error {
	if len(wanted) == 0 {
		return nil
	}
	versions, err := r.LockVersions(ctx, "HEAD", "")
	if err != nil {
		return nil // there is no commit yet
	}
	versions = versions[max(0, len(versions)-maxVersions):]
	var failed error
	err = r.ReadVersions(ctx, versions, func(at repo.LockVersion, text []byte, here bool) {
		if !here || failed != nil || !hasOutput(text, wanted) {
			return
		}
		lock, err := lockfile.Parse(lockfile.Filename, below, text)
		if err != nil {
			return
		}
		for _, address := range lock.Addresses() {
			e := lock.Assets[address]
			if !wanted[e.UpstreamHash()] || failed != nil {
				continue
			}
			var found bool
			if found, failed = visit(e, at.Commit); found {
				delete(wanted, e.UpstreamHash())
			}
		}
	})
	return errors.Join(err, failed)
}

// hasOutput tells whether a lock's text has any of the contents as what an
// entry itself holds, which a line of its own says: a candidate's stands behind
// a bracket. To search is a hundred times as fast as to parse.
func hasOutput(text []byte, wanted map[lockfile.ContentHash]bool) bool {
	for _, field := range []string{` "content_hash": "`, ` "source_hash": "`} {
		for rest := text; ; {
			_, after, found := bytes.Cut(rest, []byte(field))
			if !found {
				break
			}
			value, _, _ := bytes.Cut(after[:min(len(after), maxHash)], []byte{'"'})
			if h, err := lockfile.ParseContentHash(string(value)); err == nil && wanted[h] {
				return true
			}
			rest = after
		}
	}
	return false
}

// maxHash is longer than any hash in a lock.
const maxHash = 100

// TakeOutput brings a content into the store that was an output in HEAD's
// history, as it was delivered. It reports false if git does not have it.
func TakeOutput(ctx context.Context, r *repo.Repo, s *store.Store, below string, h lockfile.ContentHash) (bool, error) {
	f, err := r.Finder(ctx)
	if err != nil {
		return false, err
	}
	defer f.Close()
	wanted := map[lockfile.ContentHash]bool{h: true}
	err = Outputs(ctx, r, below, wanted, func(e lockfile.Entry, commit string) (bool, error) {
		want := repo.Wanted{Hash: h, Size: e.Bytes, Path: e.Output}
		if e.ContentHash != h {
			return false, nil
		}
		err := take(f, s, want, []string{commit}, func(p *store.Pending) error {
			_, _, err := p.Commit()
			return err
		})
		var missing *repo.NotFoundError
		if errors.As(err, &missing) {
			return false, nil
		}
		return err == nil, err
	})
	return err == nil && len(wanted) == 0, err
}

// take copies a content from git into the store.
func take(f *repo.Finder, s *store.Store, want repo.Wanted, commits []string, commit func(*store.Pending) error) error {
	p, err := s.Create()
	if err != nil {
		return err
	}
	defer p.Abort()
	if err := f.CopyTo(p, p.Reset, want, commits); err != nil {
		return err
	}
	p.Disclaim() // nothing shows that assetform wrote it
	return commit(p)
}
