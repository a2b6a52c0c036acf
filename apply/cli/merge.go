package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"assetform/apply/repo"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/lockfile/atomicfile"
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
		return s.fail("Wrong number of arguments", fmt.Errorf("\"assetform lock merge\" takes a lock file or git's %%O %%A %%B %%P, but %d arguments were given", len(args)))
	}
}

// lockMerge is one merge of two locks. Its loader stands in the directory of
// the lock, wherever the command was started.
type lockMerge struct {
	*loader
	name               string // of the lock, for messages
	below              string // the lock's directory, relative to the project root
	base, ours, theirs *lockfile.Lock
	texts              [][]byte // of ours and theirs, as they were committed
	marked             bool     // they were taken apart at markers: see unmix

	merged *lockfile.Lock
	result lockfile.MergeResult
	notes  []string // what was not as it should be, a line each
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
	m := &lockMerge{loader: l.inDir(filepath.Join(l.Dir, filepath.FromSlash(path.Dir(name)))), name: name}
	// The directory of the lock may not be there while git merges.
	_, top, err := worktree.Below(l.Dir)
	if err != nil {
		return l.fail("Lock not merged", err)
	}
	m.below = path.Join(top, path.Dir(name))
	var raw [3][]byte
	for i, file := range args[:3] {
		b, err := atomicfile.ReadRegular(l.path(file), maxLock)
		if err != nil {
			return l.fail("Lock not merged", fmt.Errorf("read %s's version of %q: %w", sideNames[i], name, err))
		}
		raw[i] = b
	}
	if code := m.run(ctx, raw[0], raw[1], raw[2]); code != ExitDone {
		return code
	}
	if err := lockfile.Save(l.path(args[1]), m.merged); err != nil {
		return l.fail("Lock not merged", err)
	}
	fmt.Fprint(l.Err, printable(m.report()))
	return ExitDone
}

// maxLock is the size of the largest lock that is merged.
const maxLock = 512 << 20

// sideNames are git's words for the versions, in the order of a driver's
// arguments.
var sideNames = [3]string{"base", "ours", "theirs"}

// resolveLock resolves a lock file that has conflict markers, or that git's
// index has in several stages.
func resolveLock(ctx context.Context, l *loader, shown string, timeout time.Duration) int {
	file := l.path(shown)
	m := &lockMerge{loader: l.inDir(filepath.Dir(file)), name: filepath.Base(file)}
	var err error
	if _, m.below, err = worktree.Below(m.Dir); err != nil {
		return l.fail("Lock not merged", err)
	}
	held, code := m.acquire(ctx, timeout)
	if held == nil {
		return code
	}
	defer m.release(held)
	base, ours, theirs, err := m.sides(ctx, file)
	switch {
	case err != nil:
		return l.fail("Lock not merged", err)
	case ours == nil && theirs == nil:
		return l.output(fmt.Sprintf("%s has no conflict; nothing was changed.\n", inline(m.name)))
	}
	if code := m.run(ctx, base, ours, theirs); code != ExitDone {
		return code
	}
	if err := lockfile.Save(file, m.merged); err != nil {
		return l.fail("Lock not merged", err)
	}
	return l.output(m.report() + fmt.Sprintf("\nThe conflict is resolved. To tell git:\n  git add %s\n", inline(filepath.ToSlash(shown))))
}

// sides finds the three versions of a lock in conflict. The stages in git's
// index are what the branches committed; in a file with markers the lines
// between the hunks are merged already. Nil for all: there is no conflict. In
// the index a side that deleted the lock has no stage: that is an empty lock.
func (m *lockMerge) sides(ctx context.Context, file string) (base, ours, theirs []byte, err error) {
	text, err := atomicfile.ReadRegular(file, maxLock)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, nil, err
	}
	staged, found, err := m.stages(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	if found {
		return staged[0], staged[1], staged[2], nil
	}
	if text == nil {
		return nil, nil, nil, fmt.Errorf("there is no file %q", m.name)
	}
	if ours, base, theirs, ok := lockfile.SplitConflict(text); ok {
		m.marked = true
		return base, ours, theirs, nil
	}
	if _, err := lockfile.Parse(m.name, m.below, text); err != nil {
		return nil, nil, nil, err
	}
	return nil, nil, nil, nil
}

func (m *lockMerge) stages(ctx context.Context) (staged [3][]byte, found bool, err error) {
	r, err := repo.Open(ctx, m.Dir, m.Environ)
	if err != nil {
		return staged, false, nil // outside git only the markers tell
	}
	if found, err = r.Conflicted(ctx, m.name); err != nil || !found {
		return staged, false, err
	}
	f, err := r.Finder(ctx)
	if err != nil {
		return staged, false, err
	}
	defer f.Close()
	for i := range staged {
		b, ok, err := f.File(fmt.Sprintf(":%d", i+1), m.name)
		switch {
		case err != nil:
			return staged, false, err
		case ok:
			staged[i] = b
		case i > 0:
			staged[i] = lockfile.New().Encode()
			m.notes = append(m.notes, fmt.Sprintf("The lock was deleted on one side (%s); its entries count as deleted there.", sideNames[i]))
		}
	}
	return staged, true, nil
}

// run parses the versions, merges them and puts into the store what the
// merged lock does not hold. Nothing but the store is written.
func (m *lockMerge) run(ctx context.Context, base, ours, theirs []byte) int {
	m.texts = [][]byte{ours, theirs}
	var diags hcl.Diagnostics
	for i, side := range []struct {
		text []byte
		to   **lockfile.Lock
	}{{base, &m.base}, {ours, &m.ours}, {theirs, &m.theirs}} {
		if i == 0 && len(side.text) == 0 {
			continue // both branches added the lock: there is no base
		}
		lock, err := lockfile.Parse(m.name, m.below, side.text)
		if err != nil {
			diags = append(diags, sideDiagnostic(m.name, sideNames[i], err)...)
		}
		*side.to = lock
	}
	if diags.HasErrors() {
		m.printDiagnostics(diags, nil)
		return ExitError
	}
	if m.marked {
		m.unmix(ctx)
	}
	m.merged, m.result = lockfile.Merge(m.base, m.ours, m.theirs, m.preference())
	m.warnPicks()
	if err := m.saveResults(ctx); err != nil {
		return m.fail("Lock not merged", err)
	}
	return ExitDone
}

// warnPicks tells of assets for which the sides picked different candidates.
// Ours is taken; but the outputs are in conflict too, and in a rebase "ours"
// is the other branch.
func (m *lockMerge) warnPicks() {
	var diags hcl.Diagnostics
	for _, d := range m.result.Decisions {
		if d.Cause != lockfile.OtherPick {
			continue
		}
		ours, theirs := m.ours.Assets[d.Address], m.theirs.Assets[d.Address]
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagWarning, Summary: "Different candidates were picked",
			Detail: fmt.Sprintf("Of %s ours has candidate %d (%s) and theirs candidate %d (%s). Ours was taken. Its output %q is in conflict as well, "+
				"and in a rebase \"ours\" is the branch that is rebased onto: choose with \"assetform pick %s N\".",
				d.Address, ours.Picked, ours.Candidates[ours.Picked-1].ContentHash, theirs.Picked, theirs.Candidates[theirs.Picked-1].ContentHash, ours.Output, d.Address),
		})
	}
	m.printDiagnostics(diags, nil)
}

// sideDiagnostic says what is wrong with one version of the lock. It has no
// place in a file: the version stands in none.
func sideDiagnostic(name, side string, err error) hcl.Diagnostics {
	var syntax *lockfile.SyntaxError
	if !errors.As(err, &syntax) {
		return errorDiagnostic("Lock not merged", Sentence(err))
	}
	return errorDiagnostic(syntax.Summary, fmt.Sprintf("The version of %q that git calls %s cannot be merged (line %d, column %d): %s", name, side, syntax.Line, syntax.Column, syntax.Detail))
}

// preference is how an entry that both sides changed is decided: by the
// inputs that the configuration on disk asks for. It is evaluated when the
// first such entry comes, since most merges have none.
func (m *lockMerge) preference() func(string) (lockfile.InputsHash, bool) {
	plans := sync.OnceValue(m.plans)
	return func(text string) (lockfile.InputsHash, bool) {
		a, err := address.Parse(text)
		if err != nil {
			return lockfile.InputsHash{}, false
		}
		// What an asset asks for depends on the content of the assets it takes,
		// so it is asked in each side's world.
		sides := [2]*lockfile.Lock{m.ours, m.theirs}
		for i, p := range plans() {
			c := p.Change(a)
			if c != nil && c.Spec != nil && c.InputsHash == sides[i].Assets[text].InputsHash {
				return c.InputsHash, true
			}
		}
		return lockfile.InputsHash{}, false
	}
}

// plans are what the configuration on disk would do with each side's lock;
// none if it cannot be evaluated, as while it has conflicts of its own.
func (m *lockMerge) plans() []*plan.Plan {
	project, diags := m.evaluate(evaluation{})
	if diags.HasErrors() {
		m.notes = append(m.notes, "The configuration cannot be evaluated now, so it decides nothing.")
		return nil
	}
	var plans []*plan.Plan
	for _, lock := range []*lockfile.Lock{m.ours, m.theirs} {
		w := &workspace{project: project, lock: lock}
		data, err := m.data()
		if err == nil {
			err = w.readState(m.Environ, data, true)
		}
		if err != nil {
			m.notes = append(m.notes, "The configuration decides nothing: "+err.Error())
			return nil
		}
		plans = append(plans, w.build(plan.Options{}))
	}
	return plans
}

// report says what was chosen and why.
func (m *lockMerge) report() string {
	var b strings.Builder
	taken := [2]int{}
	for _, d := range m.result.Decisions {
		if d.Cause == lockfile.OneChanged {
			taken[d.Side]++
		}
	}
	fmt.Fprintf(&b, "Merged %s: %s", inline(m.name), diag.Count(len(m.merged.Assets), "asset"))
	if taken[lockfile.Ours]+taken[lockfile.Theirs] > 0 {
		fmt.Fprintf(&b, ", %s taken from ours and %d from theirs", diag.Count(taken[lockfile.Ours], "change"), taken[lockfile.Theirs])
	}
	b.WriteString(".\n")
	for _, d := range m.result.Decisions {
		if d.Cause != lockfile.OneChanged {
			fmt.Fprintf(&b, "  %s: %s (%s)\n", inline(d.Address), d.Side, d.Cause)
		}
	}
	for _, note := range m.notes {
		b.WriteString(note + "\n")
	}
	return b.String()
}
