package cli

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"time"

	"assetform/apply/merge"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// LockMerge is the command lock merge: git's merge driver with three or four
// arguments, and the resolution of a conflict in place with none or one.
func LockMerge(fs *pflag.FlagSet) Run {
	var timeout time.Duration
	fs.DurationVar(&timeout, "lock-timeout", 0, "wait this `DURATION` for an apply to end")
	return func(ctx context.Context, s *Session, args []string) int {
		switch len(args) {
		case 0:
			return resolveLock(ctx, s.loader, lockfile.Filename, timeout)
		case 1:
			return resolveLock(ctx, s.loader, args[0], timeout)
		case 3, 4:
			return runMergeDriver(ctx, s.loader, args)
		}
		return s.fail("Wrong number of arguments", fmt.Errorf("\"assetform lock merge\" takes a lock file or git's %%O %%A %%B %%P, but %s given", countWere(len(args), "argument")))
	}
}

// newMerge merges the lock in the directory of a loader, wherever the command
// was started; below is that directory relative to the project root.
func newMerge(l *loader, name, below string) *merge.Merge {
	return &merge.Merge{
		Dir: l.Dir, Name: name, Below: below, Environ: l.Environ, Engines: l.engines, Data: l.data,
		Plans: func(ours, theirs *lockfile.Lock) ([]*plan.Plan, string) { return mergePlans(l, ours, theirs) },
		Warn:  func(diags hcl.Diagnostics) { l.printDiagnostics(diags, nil) },
	}
}

// mergeDriver merges for git, which gives the three versions as files in the
// top directory of the work tree and takes the result from the second. Any
// other exit code than 0 makes git report a conflict and keep that file as it
// is.
//
// The run lock is not taken: an apply that runs sees that its lock file was
// changed and stops writing, while a merge that was refused would leave a
// conflict behind.
func runMergeDriver(ctx context.Context, l *loader, args []string) int {
	name := lockfile.Filename
	if len(args) == 4 {
		name = filepath.ToSlash(args[3])
	}
	// The directory of the lock may not be there while git merges.
	top, err := l.below()
	if err != nil {
		return l.fail("Lock not merged", err)
	}
	m := newMerge(l.inDir(filepath.Join(l.Dir, filepath.FromSlash(path.Dir(name)))), name, path.Join(top, path.Dir(name)))
	raw, err := m.Versions([3]string{l.path(args[0]), l.path(args[1]), l.path(args[2])})
	if err != nil {
		return l.fail("Lock not merged", err)
	}
	if diags := m.Run(ctx, raw[0], raw[1], raw[2]); diags.HasErrors() {
		l.printDiagnostics(diags, nil)
		return ExitError
	}
	if err := lockfile.Save(l.path(args[1]), m.Merged); err != nil {
		return l.fail("Lock not merged", err)
	}
	fmt.Fprint(l.Err, printable(m.Report()))
	return ExitDone
}

// resolveLock resolves a lock file that has conflict markers, or that git's
// index has in several stages.
func resolveLock(ctx context.Context, l *loader, shown string, timeout time.Duration) int {
	file := l.path(shown)
	l = l.inDir(filepath.Dir(file))
	below, err := l.below()
	if err != nil {
		return l.fail("Lock not merged", err)
	}
	held, code := l.acquire(ctx, timeout)
	if held == nil {
		return code
	}
	defer l.release(held)
	m := newMerge(l, filepath.Base(file), below)
	base, ours, theirs, err := m.Sides(ctx, file)
	switch {
	case err != nil:
		return l.fail("Lock not merged", err)
	case ours == nil && theirs == nil:
		return l.output(fmt.Sprintf("%s has no conflict; nothing was changed.\n", inline(m.Name)))
	}
	if diags := m.Run(ctx, base, ours, theirs); diags.HasErrors() {
		l.printDiagnostics(diags, nil)
		return ExitError
	}
	if err := lockfile.Save(file, m.Merged); err != nil {
		return l.fail("Lock not merged", err)
	}
	return l.output(m.Report() + fmt.Sprintf("\nThe conflict is resolved. To tell git:\n  git add %s\n", inline(diag.ShellWord(filepath.ToSlash(shown)))))
}

// mergePlans are what the configuration on disk would do with each side's
// lock; none if it cannot be evaluated, as while it has conflicts of its own.
func mergePlans(l *loader, locks ...*lockfile.Lock) (plans []*plan.Plan, why string) {
	project, diags := l.evaluate(evaluation{})
	if diags.HasErrors() {
		return nil, "The configuration cannot be evaluated now, so it decides nothing."
	}
	for _, lock := range locks {
		w := &workspace{project: project, lock: lock}
		data, err := l.data()
		if err == nil {
			err = w.readState(l, data, true)
		}
		if err != nil {
			return nil, "The configuration decides nothing: " + diag.Plain(err)
		}
		plans = append(plans, w.build(plan.Options{}))
	}
	return plans, ""
}
