package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"assetform/apply/repo"
	"assetform/apply/reportdir"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan/render/report"

	"github.com/spf13/pflag"
)

// Report is the command report.
func Report(fs *pflag.FlagSet) Run {
	var base, out string
	var all bool
	fs.StringVar(&base, "base", "", "compare with this `REF` of git (default: the lock's last commit, if anything differs from it)")
	fs.BoolVar(&all, "all", false, "show every asset as it is now, compared with nothing")
	fs.StringVar(&out, "out", "assetform-report", "write the pages to `DIR`")
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		if out == "" {
			return s.fail("Unusable flag", errors.New("--out needs a directory"))
		}
		if all && base != "" {
			return s.fail("Unusable flag", errors.New("--all compares with nothing; leave --base out"))
		}
		return runReport(ctx, s.loader, base, out, all)
	}
}

// manyChanges is from how many assets on people are told that it takes time:
// a picture takes some 50 ms.
const manyChanges = 200

func runReport(ctx context.Context, l *loader, ref, out string, all bool) int {
	now, _, diags := l.loadLock()
	if diags.HasErrors() {
		l.printDiagnostics(diags, nil)
		return ExitError
	}
	h, err := openHistory(ctx, l, ref, now.Dir)
	if err != nil {
		return l.fail("No report", err)
	}
	defer h.close()
	doc := report.Report{Project: filepath.Base(l.Dir), Now: "the work tree", Is: now, Prices: l.prices()}
	told := ""
	if b := h.base; b != nil && !all {
		doc.Base, doc.Notes, doc.Was, doc.Changes = b.label, b.notes, b.lock, report.Compare(b.lock, now)
		told = fmt.Sprintf("%s between %s and %s", diag.Count(len(doc.Changes), "change"), b.label, doc.Now)
	}
	if len(doc.Changes) == 0 && ref == "" {
		doc.Gallery, doc.Changes = true, report.All(now)
		if told != "" {
			doc.Notes = []string{fmt.Sprintf("Nothing differs from %s: every asset is what it was. These are all of them.", doc.Base)}
			told += ", so it shows "
		}
		told += diag.Count(len(doc.Changes), "asset")
	}
	data, warnings := l.dataOrWarning()
	l.printDiagnostics(warnings, nil)
	doc.Sources = report.Sources(doc.Changes, now)
	c, err := attachContents(ctx, l.place, data, slices.Concat(doc.Changes, doc.Sources), h.finder, h.base)
	if err != nil {
		return l.fail("No report", err)
	}
	defer c.close()
	dir, err := openReportDir(ctx, l, h.repo, out)
	if err != nil {
		return l.fail("Report not written", err)
	}
	defer dir.Close()
	if len(doc.Changes) >= manyChanges {
		fmt.Fprintf(l.Err, "Making pages and small pictures for %s; this may take a minute.\n", diag.Count(len(doc.Changes), "asset"))
	}
	if err := report.Write(ctx, doc, dir); err != nil {
		return l.fail("Report not written", err)
	}
	if err := dir.Finish(); err != nil {
		return l.fail("Report not written", err)
	}
	if h.repo != nil && h.repo.Adds(ctx, filepath.Join(l.path(out), report.Index)) {
		fmt.Fprintf(l.Err, "git would add these pages. To keep them out of commits, put %s into .gitignore.\n", inline(filepath.ToSlash(filepath.Clean(out))+"/"))
	}
	return l.output(fmt.Sprintf("Wrote %s (%s).\n", filepath.ToSlash(filepath.Join(out, report.Index)), told))
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

// openReportDir opens what --out names.
func openReportDir(ctx context.Context, l *loader, r *repo.Repo, out string) (*reportdir.Dir, error) {
	root, err := l.root()
	if err != nil {
		return nil, err
	}
	_, closed := l.dataDir()
	if r != nil {
		closed = append(closed, r.Dirs()...)
	}
	return reportdir.Open(ctx, reportdir.Place{
		Root: root, Dir: l.Dir, Out: out, Path: l.path(out), Closed: closed, Environ: l.Environ,
	})
}

// outsideGit says what a report needs git for.
func outsideGit(err error) error {
	switch {
	case errors.Is(err, repo.ErrNoGit):
		return errors.New("a report compares with a state in git, but git is not installed")
	case errors.Is(err, repo.ErrNoRepository):
		return fmt.Errorf("a report compares with a state in git: %w; run \"git init\" and commit the lock", err)
	}
	return err
}

// baseState is what a report compares with.
type baseState struct {
	commit string
	label  string // for people
	lock   *lockfile.Lock
	notes  []string
}

// findBase reads the lock at a ref, or at the lock's last commit; dir is its
// directory below the project root.
func findBase(ctx context.Context, r *repo.Repo, f *repo.Finder, ref, dir string) (*baseState, error) {
	b := &baseState{}
	var err error
	if ref == "" {
		b.commit, err = lastLockCommit(ctx, r)
	} else {
		b.commit, err = commitOf(ctx, r, ref)
	}
	if err != nil {
		return nil, err
	}
	b.label = fmt.Sprintf("commit %.10s", b.commit)
	if ref != "" {
		b.label = fmt.Sprintf("%s (%.10s)", inline(ref), b.commit)
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
