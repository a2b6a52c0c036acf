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
	"assetform/plan/render"
	"assetform/plan/render/report"

	"github.com/spf13/pflag"
)

// reportFlags are the flags of report.
type reportFlags struct {
	planFlags // of which only the variables and --base are given
	linkFlags
	out, format   string
	all, unpicked bool
}

func (f *reportFlags) bind(fs *pflag.FlagSet) {
	f.vars.bind(fs)
	fs.StringVar(&f.ref, "base", "", "compare with where this `REF` of git and HEAD parted (default: the lock's last commit, if anything differs from it)")
	fs.BoolVar(&f.all, "all", false, "show every asset as it is now, compared with nothing")
	fs.BoolVar(&f.unpicked, "unpicked", false, "show what waits for a pick: every asset of whose candidates nobody has picked one")
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
	case f.unpicked && (f.all || f.ref != ""):
		return errors.New("--unpicked shows what waits for a pick; leave --all and --base out")
	case !slices.Contains(formats, f.format):
		return fmt.Errorf("--format %q: there are %s%s", f.format, diag.Listed(formats), DidYouMean(f.format, formats))
	case f.format != "html" && (f.all || f.unpicked || fs.Changed("out")):
		return fmt.Errorf("--format %s prints what was done and what is due; --all, --unpicked and --out are for pages", f.format)
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
			return runReport(ctx, s.loader, &f)
		}
		return printReport(ctx, s.loader, &f, o)
	}
}

// manyPictures is from how many on people are told that it takes time: one
// takes some 50 ms.
const manyPictures = 200

func pictures(changes []report.Change) int {
	n := 0
	for i := range changes {
		for _, v := range []*report.Version{changes[i].Before, changes[i].After} {
			if v != nil {
				n += max(1, len(v.Candidates))
			}
		}
	}
	return n
}

func runReport(ctx context.Context, l *loader, f *reportFlags) int {
	now, _, diags := l.loadLock()
	if diags.HasErrors() {
		l.printDiagnostics(diags, nil)
		return ExitError
	}
	h, err := openHistory(ctx, l, f.ref)
	if err != nil {
		return l.fail("No report", err)
	}
	defer h.close()
	data, warnings := l.dataOrWarning()
	l.printDiagnostics(warnings, nil)
	c, err := openContents(ctx, l.place, data, now, h)
	if err != nil {
		return l.fail("No report", err)
	}
	defer c.close()
	doc, told, err := newReport(ctx, l, f, now, h, c.isDrifted)
	if err != nil {
		return l.fail("No report", err)
	}
	doc.Sources = report.Sources(doc.Changes, now)
	if err := errors.Join(c.attach(doc.Changes), c.attach(doc.Sources)); err != nil {
		return l.fail("No report", err)
	}
	if err := c.candidates(&doc, h); err != nil {
		return l.fail("No report", err)
	}
	dir, err := openReportDir(ctx, l, h.repo, f.out)
	if err != nil {
		return l.fail("Report not written", err)
	}
	defer dir.Close()
	if n := pictures(doc.Changes); n >= manyPictures {
		fmt.Fprintf(l.Err, "Making pages of %s with %s; this may take a while.\n", diag.Count(len(doc.Changes), "asset"), diag.Count(n, "picture"))
	}
	if err := report.Write(ctx, doc, dir); err != nil {
		return l.fail("Report not written", err)
	}
	if err := dir.Finish(); err != nil {
		return l.fail("Report not written", err)
	}
	if h.repo != nil && h.repo.Adds(ctx, filepath.Join(l.path(f.out), report.Index)) {
		fmt.Fprintf(l.Err, "git would add these pages. To keep them out of commits, put %s into .gitignore.\n", inline(filepath.ToSlash(filepath.Clean(f.out))+"/"))
	}
	return l.output(fmt.Sprintf("Wrote %s (%s).\n", filepath.ToSlash(filepath.Join(f.out, report.Index)), told))
}

// newReport decides what the pages show, and says it in words.
func newReport(ctx context.Context, l *loader, f *reportFlags, now *lockfile.Lock, h *history, drifted func(*lockfile.Entry) bool) (doc report.Report, told string, err error) {
	doc = report.Report{Project: filepath.Base(l.Dir), Now: "the work tree", Is: now, Prices: l.prices(), Engines: l.engines, Film: filmOf}
	switch {
	case f.unpicked:
		doc.Unpicked, doc.Changes = true, report.WaitForPick(l.engines, now)
		if note := waiting(l, f.evaluation, doc.Changes); note != "" {
			doc.Notes = []string{note}
		}
		return doc, diag.Count(len(doc.Changes), "asset") + " to pick", nil
	case h.base != nil && !f.all:
		done, err := h.done(ctx, l.engines, now)
		if err != nil {
			return doc, "", err
		}
		doc.Base, doc.Notes, doc.Was = h.base.label, done.Notes, h.before(ctx, now)
		doc.Changes = report.WithDrifted(report.Compare(doc.Was, now, done), now, drifted)
		told = fmt.Sprintf("%s between %s and %s", diag.Count(len(doc.Changes), "change"), doc.Base, doc.Now)
	}
	if len(doc.Changes) == 0 && f.ref == "" {
		doc.Gallery, doc.Changes = true, report.All(l.engines, now)
		if told != "" {
			doc.Notes = []string{fmt.Sprintf("Nothing differs from %s: every asset is what it was. These are all of them.", doc.Base)}
			told += ", so it shows "
		}
		told += diag.Count(len(doc.Changes), "asset")
	}
	return doc, told, nil
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
