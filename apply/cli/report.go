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
	"assetform/plan/render"
	"assetform/plan/render/report"

	"github.com/spf13/pflag"
)

// reportFlags are the flags of report.
type reportFlags struct {
	planFlags // of which only the variables and --base are given
	linkFlags
	out, format string
	all         bool
}

func (f *reportFlags) bind(fs *pflag.FlagSet) {
	f.vars.bind(fs)
	fs.StringVar(&f.ref, "base", "", "compare with where this `REF` of git and HEAD parted (default: the lock's last commit, if anything differs from it)")
	fs.BoolVar(&f.all, "all", false, "show every asset as it is now, compared with nothing")
	fs.StringVar(&f.out, "out", "assetform-report", "write the pages to `DIR`")
	fs.StringVar(&f.format, "format", "html", "`FORMAT`: html writes pages; markdown and json print what was done and what is due")
	f.linkFlags.bind(fs)
}

func (f *reportFlags) check(fs *pflag.FlagSet, o *render.Options) error {
	formats := []string{"html", "json", "markdown"}
	switch {
	case f.out == "":
		return errors.New("--out needs a directory")
	case f.all && f.ref != "":
		return errors.New("--all compares with nothing; leave --base out")
	case !slices.Contains(formats, f.format):
		return fmt.Errorf("--format %q: there are %s%s", f.format, diag.Listed(formats), DidYouMean(f.format, formats))
	case f.format != "html" && (f.all || fs.Changed("out")):
		return fmt.Errorf("--format %s prints what was done and what is due; --all and --out are for pages", f.format)
	}
	return errors.Join(checkBase(fs, f.ref), f.add(o, f.format))
}

// Report is the command report.
func Report(fs *pflag.FlagSet) Run {
	var f reportFlags
	f.bind(fs)
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		var o render.Options
		if err := f.check(fs, &o); err != nil {
			return s.fail("Unusable flag", err)
		}
		if f.format == "html" {
			return runReport(ctx, s.loader, f.ref, f.out, f.all)
		}
		return printReport(ctx, s.loader, &f, o)
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
