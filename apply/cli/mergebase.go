package cli

import (
	"context"
	"errors"
	"fmt"
	"path"

	"assetform/apply/repo"
	"assetform/lockfile"
)

// outsideGit says what a comparison needs git for.
func outsideGit(err error) error {
	switch {
	case errors.Is(err, repo.ErrNoGit):
		return errors.New("this compares with a state in git, but git is not installed")
	case errors.Is(err, repo.ErrNoRepository):
		return fmt.Errorf("this compares with a state in git: %w; run \"git init\" and commit the lock", err)
	}
	return err
}

// baseState is what is compared with.
type baseState struct {
	ref    string // as it was named
	commit string
	others []string // commits that are merge bases as well
	label  string   // for people
	lock   *lockfile.Lock
	notes  []string
}

// findBase reads the lock where a ref and HEAD parted, or at the lock's last
// commit.
func findBase(ctx context.Context, r *repo.Repo, f *repo.Finder, ref string) (*baseState, error) {
	b := &baseState{ref: ref}
	var err error
	if ref == "" {
		b.commit, err = lastLockCommit(ctx, r)
		b.ref, b.label = b.commit, fmt.Sprintf("commit %.10s", b.commit)
	} else {
		err = b.part(ctx, r)
	}
	if err != nil {
		return nil, err
	}
	if b.lock, err = lockAt(ctx, r, f, b.commit); err != nil {
		var syntax *lockfile.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("the lock at %s cannot be compared (line %d): %s", b.label, syntax.Line, syntax.Detail)
		}
		return nil, fmt.Errorf("read the lock at %s: %w", b.label, err)
	}
	if b.lock == nil {
		b.lock = lockfile.New()
		name, _ := r.Path(lockfile.Filename)
		b.lock.Dir = path.Dir(name)
		b.notes = append(b.notes, fmt.Sprintf("There was no lock at %s, so every asset counts as created.", b.label))
	}
	return b, nil
}

// lockAt is the lock of a commit, wherever its directory stood then; nil: there
// was none. One that git cannot read is an error.
func lockAt(ctx context.Context, r *repo.Repo, f *repo.Finder, commit string) (*lockfile.Lock, error) {
	name, id, err := r.LockAt(ctx, commit)
	if err != nil || id == "" {
		return nil, err
	}
	text, ok, err := f.Blob(id)
	if err != nil || !ok {
		return nil, errors.New(notHere(ctx, r, fmt.Sprintf("%q of that commit", name), "git show "+id))
	}
	return lockfile.Parse(lockfile.Filename, path.Dir(name), text)
}

// notHere says that git does not have something, and how it comes.
func notHere(ctx context.Context, r *repo.Repo, what, fetch string) string {
	if r.Partial(ctx) {
		return fmt.Sprintf("%s is not on this machine, since this clone is a partial one; \"%s\" fetches it", what, fetch)
	}
	return fmt.Sprintf("git cannot read %s; \"git fsck\" tells whether its objects are damaged", what)
}

// joined is the lock of all merge bases, for the comparison with another one: of
// two entries it has the one that that has too.
func (b *baseState) joined(ctx context.Context, r *repo.Repo, f *repo.Finder, now *lockfile.Lock) *lockfile.Lock {
	lock := b.lock.Clone()
	for _, commit := range b.others {
		other, err := lockAt(ctx, r, f, commit)
		if err != nil || other == nil {
			continue // then it does not count
		}
		for address, e := range other.Assets {
			_, stood := lock.Assets[address]
			if is, stands := now.Assets[address]; !stood || stands && is.Equal(e) {
				lock.Assets[address] = e
			}
		}
	}
	return lock
}

// part finds where the ref and HEAD parted: what the ref's branch did since is
// not this one's doing.
func (b *baseState) part(ctx context.Context, r *repo.Repo) error {
	const shallow = "this clone is shallow; get its history with \"git fetch --unshallow\", or \"fetch-depth: 0\" in a workflow"
	tip, err := r.Commit(ctx, b.ref)
	if err != nil {
		hint := "check its name with \"git log\""
		if r.Shallow() {
			hint = shallow
		}
		return fmt.Errorf("git knows no commit %q: %s", b.ref, hint)
	}
	if _, err := r.Commit(ctx, "HEAD"); err != nil {
		return fmt.Errorf("HEAD has no commit yet, so it parted from %q nowhere", b.ref)
	}
	bases, err := r.MergeBases(ctx, tip)
	switch {
	case err != nil:
		return fmt.Errorf("find where %q and HEAD parted: %w", b.ref, err)
	case len(bases) == 0 && r.Shallow():
		return fmt.Errorf("git finds no commit that %q and HEAD have in common: %s", b.ref, shallow)
	case len(bases) == 0:
		return fmt.Errorf("%q and HEAD have no commit in common: name the branch that this one was made from", b.ref)
	}
	b.commit, b.others = bases[0], bases[1:]
	b.label = fmt.Sprintf("%s (%.10s)", inline(b.ref), b.commit)
	if b.commit != tip {
		b.label = fmt.Sprintf("where %s and HEAD parted (%.10s)", inline(b.ref), b.commit)
	}
	return nil
}

var errNeverCommitted = errors.New("the lock was never committed")

func lastLockCommit(ctx context.Context, r *repo.Repo) (string, error) {
	treePath, ok := r.Path(lockfile.Filename)
	if !ok {
		return "", errors.New("the lock lies outside of the work tree")
	}
	commit, err := r.LastCommit(ctx, treePath)
	if err == nil && commit == "" {
		err = errNeverCommitted
	}
	return commit, err
}
