package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"assetform/apply/repo"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/spent"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// What --by takes.
const (
	byAsset = "asset"
	byModel = "model"
	byMonth = "month"
)

var groupings = []string{byAsset, byModel, byMonth}

// Cost is the command cost. It reads the lock's committed versions, and of the
// configuration only the prices.
func Cost(fs *pflag.FlagSet) Run {
	var since, by string
	var json bool
	fs.StringVar(&since, "since", "", "count what `REF` of git does not have (default: the whole history)")
	fs.StringVar(&by, "by", "", "list the parts by `WHAT`: asset, model or month")
	fs.BoolVar(&json, "json", false, "print JSON")
	var e evaluation
	e.vars.bind(fs)
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		switch {
		case since == "" && fs.Changed("since"):
			return s.fail("Unusable flag", errors.New("--since needs the name of a branch or commit, and was given an empty one"))
		case fs.Changed("by") && !slices.Contains(groupings, by):
			return s.fail("Unusable flag", fmt.Errorf("--by %q: there are %s", by, diag.Listed(groupings)))
		}
		c := &costs{since: since, by: by, history: spent.NewHistory(s.engines)}
		err := c.read(ctx, s.loader, e)
		if err != nil && !json {
			return s.fail("No cost", err)
		}
		if json {
			if err != nil {
				c.diags = errorDiagnostic("No cost", diag.Sentence(err))
			}
			b, failed := plan.Encode(c.document(s.engines))
			if failed != nil {
				return s.fail("Output failed", fmt.Errorf("encode the cost: %s", diag.Sentence(failed)))
			}
			if code := s.outputJSON(string(b)); err == nil || code != ExitDone {
				return code
			}
			return ExitError
		}
		s.printDiagnostics(c.diags, nil)
		return s.output(c.text(s.engines))
	}
}

// costs is what results have cost in some commits.
type costs struct {
	since, by  string
	head, base string // commits; base is "" without since
	history    *spent.History
	prices     engine.Prices
	versions   int         // of the lock that were read
	beyond     engine.Cost // of what the lock on disk has and no commit
	diags      hcl.Diagnostics
}

// read reads the versions of the lock, and the prices.
func (c *costs) read(ctx context.Context, l *loader, e evaluation) error {
	r, err := repo.Open(ctx, l.Dir, l.Environ)
	switch {
	case errors.Is(err, repo.ErrNoGit):
		return errors.New("the cost is read from the lock's history in git, but git is not installed")
	case errors.Is(err, repo.ErrNoRepository):
		return fmt.Errorf("the cost is read from the lock's history in git: %w; run \"git init\" and commit the lock", err)
	case err != nil:
		return err
	}
	if c.head, err = r.Commit(ctx, "HEAD"); err != nil {
		return errors.New("the cost is read from the lock's history in git, and nothing is committed yet")
	}
	below, err := l.below()
	if err != nil {
		return err
	}
	locks := lockfile.NewVersions(below, c.history.Entry)
	if c.since != "" {
		if c.base, err = commitOf(ctx, r, c.since); err != nil {
			return err
		}
		if err := c.add(ctx, r, locks, c.base, ""); err != nil {
			return err
		}
	}
	if err := c.add(ctx, r, locks, c.head, c.base); err != nil {
		return err
	}
	if r.Shallow() {
		c.warn("History is incomplete", "This clone is shallow: what was generated before it begins is not counted, or counts as new. Get its history with \"git fetch --unshallow\", or \"fetch-depth: 0\" in a workflow.")
	}
	c.readDisk(l, e)
	return nil
}

// add reads the versions from a commit back to another one. Those of the base,
// which has no such end, only tell what adds nothing.
func (c *costs) add(ctx context.Context, r *repo.Repo, locks *lockfile.Versions[spent.Entry], from, not string) error {
	versions, err := r.LockVersions(ctx, from, not)
	if err != nil {
		return err
	}
	damaged, missing := "", ""
	var nDamaged, nMissing int
	err = r.ReadVersions(ctx, versions, func(v repo.LockVersion, text []byte, here bool) {
		if !here {
			missing, nMissing = v.Commit, nMissing+1
			return
		}
		entries, err := locks.Read(text)
		switch {
		case err != nil:
			damaged, nDamaged = v.Commit, nDamaged+1
		case from == c.base:
			c.history.Know(entries)
		default:
			c.history.Add(entries, v.Authored)
			c.versions++
		}
	})
	lost := "is not counted"
	if from == c.base {
		lost = "counts as new"
	}
	if nDamaged > 0 {
		c.warn("Unreadable lock file", "%s of the lock could not be read and %s left out, the last in commit %.10s: what only it had %s.", diag.Count(nDamaged, "version"), wasWere(nDamaged), damaged, lost)
	}
	if nMissing > 0 {
		c.warn("History is incomplete", "%s of the lock %s not on this machine, the last of commit %.10s, and what only it had %s: %s.", diag.Count(nMissing, "version"), isAre(nMissing), missing, lost, versionsNotHere(ctx, r))
	}
	return err
}

// readDisk reads the prices, which are those of today, and what the lock on
// disk has more than its commits.
func (c *costs) readDisk(l *loader, e evaluation) {
	p, diags := l.evaluate(e)
	all, _ := c.history.Total()
	c.prices = p.Prices
	if i := slices.IndexFunc(diags, func(d *hcl.Diagnostic) bool { return d.Severity == hcl.DiagError }); i >= 0 && c.prices.Amount(all.Cost) == nil {
		c.warn("No amounts", "The prices are not known, since the configuration cannot be evaluated: %s. %s", diags[i].Summary, diags[i].Detail)
	}
	lock, _, diags := l.loadLock()
	if diags.HasErrors() {
		c.warn("Unreadable lock file", "The lock on disk cannot be read; the cost is that of its commits.")
		return
	}
	if c.beyond = c.history.Beyond(lock); !c.beyond.IsZero() {
		c.warn("Results are not committed", "The lock on disk has results that no commit has, for %s. They are not counted until the lock is committed.", c.prices.Text(c.beyond))
	}
}

func (c *costs) warn(summary, format string, args ...any) {
	c.diags = append(c.diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: summary, Detail: fmt.Sprintf(format, args...)})
}

func wasWere(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func isAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// groups are the parts that --by asks for.
func (c *costs) groups() []spent.Group {
	switch c.by {
	case byAsset:
		return c.history.By(func(r *spent.Result) string { return r.Address })
	case byModel:
		return c.history.By(func(r *spent.Result) string { return r.Model })
	}
	return c.history.By(func(r *spent.Result) string { return r.Month })
}

// commitOf is the commit that a name means to git.
func commitOf(ctx context.Context, r *repo.Repo, ref string) (string, error) {
	id, err := r.Commit(ctx, ref)
	if err == nil {
		return id, nil
	}
	hint := "check its name with \"git log\""
	if r.Shallow() {
		hint = "this clone is shallow; get its history with \"git fetch --unshallow\", or \"fetch-depth: 0\" in a workflow"
	}
	return "", fmt.Errorf("git knows no commit %q: %s", ref, hint)
}
