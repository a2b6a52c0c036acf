package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	h, err := openHistory(ctx, l, ref)
	if err != nil {
		return nil, err
	}
	defer h.close()
	b, err := h.done(ctx, w.project.Engines, w.lock)
	if b != nil {
		b.Price(w.project.Prices)
	}
	return b, err
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
func openHistory(ctx context.Context, l *loader, ref string) (*history, error) {
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
	if h.base, err = findBase(ctx, h.repo, h.finder, ref); err != nil && !(ref == "" && errors.Is(err, errNeverCommitted)) {
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
	b := since.Compare(engines, h.before(ctx, now), now, func(wanted []since.Result) map[since.Result]bool {
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

// before is the lock that another one is compared with.
func (h *history) before(ctx context.Context, now *lockfile.Lock) *lockfile.Lock {
	if len(h.base.others) > 0 {
		return h.base.joined(ctx, h.repo, h.finder, now)
	}
	return h.base.lock
}

// maxVersions bounds how many versions of the lock are looked at for results
// that the base had once.
const maxVersions = 5000

// earlier tells which results older versions of the base's lock have. One that
// cannot be read has none; that one is not on this machine is noted.
func (h *history) earlier(ctx context.Context, engines spec.Registry, wanted []since.Result) (map[since.Result]bool, error) {
	var versions []repo.LockVersion
	for _, base := range append([]string{h.base.commit}, h.base.others...) {
		more, err := h.repo.LockVersions(ctx, base, "")
		if err != nil {
			return nil, err
		}
		versions = append(versions, more...)
	}
	if n := len(versions); n > maxVersions {
		versions = versions[n-maxVersions:]
		h.base.notes = append(h.base.notes, fmt.Sprintf("Of %s versions of the lock the last %s were looked at: a result that only older ones have counts as generated.", diag.Number(n), diag.Number(maxVersions)))
	}
	had := map[since.Result]bool{}
	for _, r := range wanted {
		had[r] = false
	}
	locks := lockfile.NewVersions(h.base.lock.Dir, func(_ string, e *lockfile.Entry) []since.Result {
		return slices.DeleteFunc(since.Results(engines, e), func(r since.Result) bool {
			_, asked := had[r]
			return !asked
		})
	})
	missing, damaged := 0, 0
	err := h.repo.ReadVersions(ctx, versions, func(_ repo.LockVersion, text []byte, here bool) {
		if !here {
			missing++
			return
		}
		entries, err := locks.Read(text)
		if err != nil {
			damaged++
			return
		}
		for _, results := range entries {
			for _, r := range results {
				had[r] = true
			}
		}
	})
	if missing > 0 {
		h.base.notes = append(h.base.notes, fmt.Sprintf("A result that only %s of the lock %s counts as generated: %s.", diag.Count(missing, "older version"), hasHave(missing), versionsNotHere(ctx, h.repo)))
	}
	if damaged > 0 {
		h.base.notes = append(h.base.notes, fmt.Sprintf("A result that only %s of the lock %s counts as generated: what git has of it is no lock that can be read.", diag.Count(damaged, "older version"), hasHave(damaged)))
	}
	return had, err
}

// versionsNotHere says why versions of the lock are not here, and how they come.
func versionsNotHere(ctx context.Context, r *repo.Repo) string {
	if r.Partial(ctx) {
		return "this clone is a partial one, and \"git log -p -- " + lockfile.Filename + "\" fetches what it left out"
	}
	return "git does not have the object, or it is damaged, which \"git fsck\" tells"
}

func hasHave(n int) string {
	if n == 1 {
		return "has"
	}
	return "have"
}
