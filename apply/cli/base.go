package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"assetform/apply/repo"
	"assetform/config/diag"
	spec "assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/since"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// baseFlag is the flag --base of plan and apply.
type baseFlag struct{ ref string }

func (f *baseFlag) bind(fs *pflag.FlagSet) {
	fs.StringVar(&f.ref, "base", "", "show also what was done since this `REF` of git and HEAD parted")
}

// checkBase refuses a ref that is given and empty, as a variable of a CI system
// is that is not set.
func checkBase(fs *pflag.FlagSet, ref string) error {
	if ref == "" && fs.Changed("base") {
		return errors.New("--base needs the name of a branch or commit, and was given an empty one")
	}
	return nil
}

// noComparison says why there is nothing to compare with.
func noComparison(err error) hcl.Diagnostics {
	return errorDiagnostic("Nothing to compare with", diag.Sentence(err))
}

// done is what was done in the lock since a ref and HEAD parted.
func (w *workspace) done(ctx context.Context, l *loader, ref string) (*plan.Base, error) {
	h, err := openHistory(ctx, l, ref, w.lock.Dir)
	if err != nil {
		return nil, err
	}
	defer h.close()
	return h.done(ctx, w.project.Engines, w.lock)
}

// history is what git has to compare with. Without git, outside of it, and
// before the lock was committed there is none.
type history struct {
	repo   *repo.Repo
	finder *repo.Finder
	base   *baseState
}

// openHistory opens what a report compares with. That there is nothing is an
// error only if a ref was named.
func openHistory(ctx context.Context, l *loader, ref, dir string) (*history, error) {
	h := &history{}
	var err error
	if h.repo, err = repo.Open(ctx, l.Dir, l.Environ); err != nil {
		if ref == "" && (errors.Is(err, repo.ErrNoGit) || errors.Is(err, repo.ErrNoRepository)) {
			return h, nil
		}
		return nil, outsideGit(err)
	}
	if h.finder, err = h.repo.Finder(ctx); err != nil {
		return nil, err
	}
	if h.base, err = findBase(ctx, h.repo, h.finder, ref, dir); err != nil && !(ref == "" && errors.Is(err, errNeverCommitted)) {
		h.close()
		return nil, err
	}
	return h, nil
}

func (h *history) close() {
	if h.finder != nil {
		h.finder.Close()
	}
}

// done compares the lock of the base with another one; nil if there is no base.
func (h *history) done(ctx context.Context, engines spec.Registry, now *lockfile.Lock) (*plan.Base, error) {
	if h.base == nil {
		return nil, nil
	}
	var failed error
	b := since.Compare(engines, h.base.lock, now, func(wanted []since.Result) map[since.Result]bool {
		var had map[since.Result]bool
		had, failed = h.earlier(ctx, engines, wanted)
		return had
	})
	b.Ref, b.Commit, b.Notes = h.base.ref, h.base.commit, h.base.notes
	if h.repo.Shallow() && !b.Cost.IsZero() {
		b.Notes = append(b.Notes, "This clone is shallow: a result of its missing history counts as generated.")
	}
	return b, failed
}

// maxVersions bounds how many versions of the lock are looked at for results
// that the base had once.
const maxVersions = 5000

// earlier tells which results older versions of the base's lock have. One that
// cannot be read has none.
func (h *history) earlier(ctx context.Context, engines spec.Registry, wanted []since.Result) (map[since.Result]bool, error) {
	commits, err := h.repo.VersionsBefore(ctx, h.base.commit, lockfile.Filename, maxVersions)
	if err != nil {
		return nil, err
	}
	had := map[since.Result]bool{}
	for _, commit := range commits {
		text, ok, err := h.finder.File(commit, lockfile.Filename)
		if err != nil {
			return nil, fmt.Errorf("read the lock at commit %.10s: %w", commit, err)
		}
		if !ok || !names(text, wanted) {
			continue
		}
		lock, err := lockfile.Parse(lockfile.Filename, "", text)
		if err != nil {
			continue
		}
		for r := range since.All(engines, lock) {
			had[r] = true
		}
	}
	return had, nil
}

// names tells whether a lock's text has the hash of any of the results: to
// search it is a hundred times as fast as to parse it.
func names(text []byte, results []since.Result) bool {
	for _, r := range results {
		if bytes.Contains(text, []byte(r.Hash.String())) {
			return true
		}
	}
	return false
}

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
	label  string // for people
	lock   *lockfile.Lock
	notes  []string
}

// findBase reads the lock where a ref and HEAD parted, or at the lock's last
// commit; dir is its directory below the project root.
func findBase(ctx context.Context, r *repo.Repo, f *repo.Finder, ref, dir string) (*baseState, error) {
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
	text, ok, err := f.File(b.commit, lockfile.Filename)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the lock at %s: %w", b.label, err)
	case !ok:
		b.lock = lockfile.New()
		b.notes = append(b.notes, fmt.Sprintf("There was no lock at %s, so every asset counts as created.", b.label))
		return b, nil
	}
	if b.lock, err = lockfile.Parse(lockfile.Filename, dir, text); err != nil {
		var syntax *lockfile.SyntaxError
		if errors.As(err, &syntax) {
			return nil, fmt.Errorf("the lock at %s cannot be compared (line %d): %s", b.label, syntax.Line, syntax.Detail)
		}
		return nil, err
	}
	return b, nil
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
	b.commit, err = r.MergeBase(ctx, tip)
	switch {
	case err != nil:
		return fmt.Errorf("find where %q and HEAD parted: %w", b.ref, err)
	case b.commit == "" && r.Shallow():
		return fmt.Errorf("git finds no commit that %q and HEAD have in common: %s", b.ref, shallow)
	case b.commit == "":
		return fmt.Errorf("%q and HEAD have no commit in common: name the branch that this one was made from", b.ref)
	}
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
