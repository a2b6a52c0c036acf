package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"assetform/apply"
	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/apply/progress"
	"assetform/apply/remote"
	"assetform/apply/repo"
	"assetform/config"
	"assetform/config/diag"
	spec "assetform/config/engine"
	"assetform/lockfile/atomicfile"
	"assetform/lockfile/datadir"
	"assetform/plan"
	"assetform/plan/render"
	"assetform/plan/trace"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// applyFlags are the flags of apply.
type applyFlags struct {
	planFlags
	runFlags
	autoApprove bool
	unclaimed   bool
}

// runFlags say how an apply runs.
type runFlags struct {
	parallelism int
	wait        waitFlag
	timeout     time.Duration
	lockTimeout time.Duration
	failFast    bool
}

func (f *runFlags) bind(fs *pflag.FlagSet) {
	fs.IntVar(&f.parallelism, "parallelism", 0, "run at most `N` tasks at once (default: what the provider allows)")
	fs.Var(&f.wait, "wait", "wait for an hourly limit to pass, at most `DURATION`")
	fs.Lookup("wait").NoOptDefVal = "0s"
	fs.DurationVar(&f.timeout, "timeout", 0, "stop waiting for tasks after this `DURATION`; it does not stop paying")
	fs.DurationVar(&f.lockTimeout, "lock-timeout", 0, "wait this `DURATION` for another apply to end")
	fs.BoolVar(&f.failFast, "fail-fast", false, "start nothing new after the first failure")
}

// waitFlag is a duration that may be given without a value: without end.
type waitFlag struct{ d *time.Duration }

func (w *waitFlag) String() string {
	if w.d == nil {
		return ""
	}
	return w.d.String()
}

func (w *waitFlag) Type() string { return "duration" }

func (w *waitFlag) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return fmt.Errorf("%q is no duration such as 90m", text)
	}
	w.d = &d
	return nil
}

func (f *applyFlags) bind(fs *pflag.FlagSet) {
	f.planFlags.bind(fs, remoteOfApplies)
	f.runFlags.bind(fs)
	fs.BoolVar(&f.autoApprove, "auto-approve", false, "do not ask")
	fs.BoolVar(&f.unclaimed, "unclaimed", false, "pay also where the remote may only be read, so that other machines are not told of it")
}

func (f *applyFlags) check(engines spec.Registry, fs *pflag.FlagSet, args []string) error {
	if err := errors.Join(f.planFlags.check(engines), checkBase(fs, f.ref)); err != nil {
		return err
	}
	if f.parallelism < 0 {
		return fmt.Errorf("--parallelism %d: at least one task must run", f.parallelism)
	}
	if len(args) > 1 {
		return fmt.Errorf("\"assetform apply\" takes one plan file, but %s given", countWere(len(args), "argument"))
	}
	if len(args) == 0 {
		return nil
	}
	for _, name := range []string{"target", "exclude", "replace", "unprotect", "overwrite-drifted", "overwrite-adopted", "unpicked", "provider", "placeholders", "base", "max", "max-image-credits", "max-videos"} {
		if fs.Changed(name) {
			return fmt.Errorf("--%s cannot be used with a saved plan: the plan was made with its own options", name)
		}
	}
	return nil
}

// Apply is the command apply.
func Apply(fs *pflag.FlagSet) Run {
	var f applyFlags
	f.bind(fs)
	return func(ctx context.Context, s *Session, args []string) int {
		if err := f.check(s.engines, fs, args); err != nil {
			return s.fail("Unusable flag", err)
		}
		var saved *plan.Saved
		if len(args) == 1 {
			var err error
			if saved, err = plan.ReadSaved(s.path(args[0]), s.engines); err == nil {
				f.recorded, err = saved.Recorded()
			}
			if err != nil {
				return s.fail("Unreadable plan file", err)
			}
			if saved.Edited() {
				tell(s.streams, &f, errorDiagnostic("Saved plan was edited", fmt.Sprintf("The plan %q is not as \"assetform plan --out\" wrote it. Nothing was sent. Make a new plan.", args[0])), nil)
				return ExitRefused
			}
			if err := f.vars.checkRecorded(f.recorded); err != nil {
				return s.fail("Unusable flag", err)
			}
			f.restore(saved.Options)
			f.autoApprove = true
		}
		return runApply(ctx, s, &f, saved)
	}
}

// application is one apply on its way.
type application struct {
	*loader
	clients *providers
	notify  func() <-chan os.Signal
	flags   *applyFlags
	saved   *plan.Saved
	w       *workspace
	p       *plan.Plan
}

func runApply(ctx context.Context, s *Session, f *applyFlags, saved *plan.Saved) int {
	f.needKeys, f.sends = true, true
	m := s.remembering(f.evaluation, f.plain() && saved == nil && !s.uploadsDue())
	if code, ok := m.applied(ctx, &application{loader: s.loader, flags: f, w: &workspace{project: &config.Project{}}}); ok {
		return code
	}
	s.exceeded = func(diags hcl.Diagnostics, p *config.Project) { tell(s.streams, f, diags, p) }
	// An error in the configuration is told without waiting for anybody, and
	// writes nothing.
	project, diags := s.evaluate(f.evaluation)
	if diags.HasErrors() {
		tell(s.streams, f, diags, project)
		return exitOf(diags)
	}
	lock, code := s.acquire(ctx, f.lockTimeout)
	if lock == nil {
		return code
	}
	defer s.release(lock)
	// What is paid for is what stands once the run lock is had: it may have
	// been edited while this waited for another apply.
	if lock.Waited {
		if project, diags = s.evaluate(f.evaluation); diags.HasErrors() {
			tell(s.streams, f, diags, project)
			return exitOf(diags)
		}
	}
	w := &workspace{project: project}
	w.options, _ = s.options(f.evaluation) // they were fit for use before
	if code := readRest(s.loader, w, f, diags); code != ExitDone {
		return code
	}
	a := &application{loader: s.loader, clients: newProviders(s, project), notify: s.Notify, flags: f, saved: saved, w: w}
	defer a.clients.close()
	w.earlier.Commits = f.history
	data, err := s.data()
	if err != nil {
		return dataRefused(s.streams, err)
	}
	if err := s.openRemote(w, data, f.remote); err != nil {
		return s.remoteUnusable(err)
	}
	defer w.closeRemote(s.loader)
	// What a saved plan did not ask is asked when it is about to be paid for.
	asking, began := ctx, time.Now()
	if f.timeout > 0 {
		var cancel context.CancelFunc
		asking, cancel = context.WithTimeout(ctx, f.timeout)
		defer cancel()
	}
	if w.remote != nil && (saved == nil || saved.Options.Remote != "") {
		w.asker = newAsker(asking, w, w.store)
	}
	stop := func() {}
	if w.asker != nil && !f.json {
		stop = s.showTransfers(w.remote.Counts)
	}
	a.p = w.build(f.options())
	stop()
	if f.timeout > 0 {
		f.timeout = max(f.timeout-time.Since(began), 1)
	}
	a.p.Remote = w.remoteOfPlan(ctx, s.loader, f.ref)
	a.p.Diagnostics = append(a.p.Diagnostics, w.ignored(a.p)...)
	a.p.Diagnostics = append(diags, a.p.Diagnostics...)
	a.checkOrigins()
	a.p.RefuseUnpulled()
	if code, ok := a.approve(ctx); !ok {
		return code
	}
	code = a.run(ctx, lock)
	if code == ExitDone && a.lockStands() {
		m.keep(w, a.p, diags, true)
	}
	return code
}

// lockStands tells whether the lock is as it was before the run.
func (a *application) lockStands() bool {
	raw, err := atomicfile.ReadRegular(a.lockPath(), atomicfile.AnySize)
	return err == nil && bytes.Equal(raw, a.w.raw)
}

// readRest reads lock, files, store and journal into the workspace.
func readRest(l *loader, w *workspace, f *applyFlags, warnings hcl.Diagnostics) int {
	lock, raw, diags := l.loadLock()
	if diags.HasErrors() {
		tell(l.streams, f, append(warnings, diags...), w.project)
		return ExitError
	}
	w.lock, w.raw = lock, raw
	data, err := l.data()
	if err == nil {
		err = w.readState(l, data, !f.noIndex)
	}
	if err != nil {
		tell(l.streams, f, append(warnings, errorDiagnostic("Unreadable project state", diag.Sentence(err))...), w.project)
		return ExitError
	}
	return ExitDone
}

// tell reports diagnostics before a run: as events where JSON is wanted.
func tell(s *streams, f *applyFlags, diags hcl.Diagnostics, p *config.Project) {
	if !f.json {
		s.printDiagnostics(diags, p)
		return
	}
	sink := progress.JSON(progress.Options{Out: s.jsonOut(), Printer: s.printer(p)})
	for _, d := range diags {
		sink.Event(apply.Event{Type: apply.EventDiagnostic, Time: time.Now(), Diagnostic: d})
	}
	if err := sink.Close(); err != nil {
		s.Log.Error("write events", "error", err)
	}
	s.annotate(diags, p)
}

// tracked tells whether git knows a file, or cannot say.
func (l *loader) tracked(name string) bool {
	found, err := repo.Tracked(context.Background(), l.Environ, name)
	return found != "" || err != nil
}

// current evaluates once more and tells whether that read the same as before.
func (a *application) current() error {
	now, diags := a.evaluate(a.flags.evaluation)
	if diags.HasErrors() || !plan.SameReads(now, a.w.project) {
		return errors.New("a configuration file, or a file that it reads, was changed since the plan was made")
	}
	return nil
}

// approve shows the plan and decides whether it is carried out.
func (a *application) approve(ctx context.Context) (code int, ok bool) {
	doc := a.p.Document(a.w.project)
	doc.Diagnostics = a.printer(a.w.project).Diagnostics(a.p.Diagnostics)
	if a.saved != nil {
		if why := a.saved.Stale(doc, a.w.project, a.w.raw); why != "" {
			tell(a.streams, a.flags, errorDiagnostic("Saved plan is stale", fmt.Sprintf("The plan cannot be applied: %s. Nothing was sent. Make a new plan.", why)), a.w.project)
			return ExitRefused, false
		}
	}
	if a.flags.ref != "" && !a.flags.json {
		var err error
		if doc.Base, err = a.w.done(ctx, a.loader, a.flags.ref); err != nil {
			tell(a.streams, a.flags, noComparison(err), a.w.project)
			return ExitError, false
		}
	}
	if !a.flags.json && verdict(a.p) != ExitError {
		text := render.Text(doc, render.Options{Color: a.OutColor, Width: a.outWidth(), Verbose: a.flags.verbose, NoHint: true, Causes: a.w.causes(a.p)})
		if code := a.write(text); code != ExitDone { // it is safe to show, and may be coloured
			return code, false
		}
	}
	tell(a.streams, a.flags, a.p.Diagnostics, a.w.project)
	switch code := verdict(a.p); {
	case code != ExitDone:
		return code, false
	case a.flags.autoApprove || !a.p.HasChanges():
		return ExitDone, true
	case !a.answerable(a.flags.vars.input) || a.flags.json:
		return a.notApproved("There is no terminal to ask on.")
	}
	return a.ask()
}

func (a *application) notApproved(why string) (code int, ok bool) {
	tell(a.streams, a.flags, errorDiagnostic("Not approved", why+" Nothing was sent. Approve with --auto-approve, or save a plan with \"assetform plan --out\" and apply that."), a.w.project)
	return ExitRefused, false
}

// ask asks for the word yes. By a pipe y does too: it is what the program yes
// says.
func (a *application) ask() (code int, ok bool) {
	fmt.Fprint(a.Err, "\nCarry out this plan? Only \"yes\" is accepted: ")
	answer, err := a.readLine()
	answer = strings.TrimSpace(answer)
	if !a.Asks {
		fmt.Fprintln(a.Err, inline(answer))
	}
	switch {
	case err != nil && !a.Asks:
		return a.notApproved("There is no terminal to ask on, and standard input has no answer.")
	case err != nil && !errors.Is(err, io.EOF):
		return a.fail("No answer", err), false
	case answer == "yes", answer == "y" && !a.Asks:
		return ExitDone, true
	}
	fmt.Fprintln(a.Err, "Nothing was done.")
	return ExitRefused, false
}

// run carries the plan out.
func (a *application) run(ctx context.Context, lock *apply.RunLock) int {
	data, err := a.data()
	if err != nil {
		return dataRefused(a.streams, err)
	}
	journal, err := journal.Open(data, journal.Options{})
	if err != nil {
		return a.fail("Journal not usable", err)
	}
	defer journal.Close()
	defer a.w.earlier.Close()
	sink, err := a.sink()
	if err != nil {
		return a.fail("Events not writable", err)
	}
	sink.Event(apply.Event{Type: apply.EventVersion, Time: time.Now(), Version: a.version})
	sink.Event(apply.Event{Type: apply.EventPlan, Time: time.Now(), Plan: a.p})

	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	f := a.flags
	trace.Forget(data)
	summary, diags := apply.Run(ctx, apply.Options{
		Project: a.w.project, Plan: a.p, Lock: a.w.lock, LockPath: a.lockPath(), LockRaw: a.w.raw,
		Data: data, Store: a.w.store, Earlier: a.w.earlier, Remote: a.w.remote, Later: a.later(data), Unclaimed: f.unclaimed, Journal: journal, Held: lock.Held, Current: a.current, Tracked: a.tracked,
		Drivers: a.clients.Driver, DriverAt: a.clients.driverAt, Makers: a.clients.Maker,
		Parallelism: f.parallelism, Wait: f.wait.d, Timeout: f.timeout, FailFast: f.failFast,
		OverwriteDrifted: f.overwriteDrifted, Max: f.max,
		Sink: sink, OnQuota: showQuota(sink), Secrets: a.secrets(a.w.project), Interrupt: a.interrupts(sink, cancel),
	})
	if err := sink.Close(); err != nil {
		a.fail("Events not written", err)
		return max(summary.ExitCode, ExitError)
	}
	a.annotate(diags, a.w.project)
	return summary.ExitCode
}

// later is the remote that the flag keeps this run alone from writing to.
func (a *application) later(data *datadir.Dir) *remote.Remote {
	if a.flags.remote.mode == "" || a.w.remote != nil && !a.w.remote.ReadOnly() {
		return nil
	}
	at, err := a.remotePlace(a.w.project, remoteFlag{})
	if err != nil || at == nil || at.readOnly {
		return nil
	}
	return a.remoteAt(a.w.project, at, data)
}

// interrupts delivers the first signal to the run, which then sends nothing
// new; the second one cancels it.
func (a *application) interrupts(sink progress.Sink, cancel context.CancelFunc) <-chan os.Signal {
	first := make(chan os.Signal, 1)
	signals := a.notify()
	go func() { // ends with the process
		sig := <-signals
		first <- sig
		sink.Note("Interrupted: nothing new is sent, what was paid for is being collected. Interrupt again to leave at once; \"assetform apply\" resumes at no cost.")
		<-signals
		cancel()
	}()
	return first
}

// sink shows the run: as events, live on a terminal, or as plain lines.
func (a *application) sink() (progress.Sink, error) {
	o := progress.Options{Out: a.Err, Color: a.Color, Printer: a.printer(a.w.project)}
	var shown progress.Sink
	switch {
	case a.flags.json:
		o.Out = a.jsonOut()
		shown = progress.JSON(o)
	case a.ErrTerm != nil && !a.Logs:
		o.Size = func() (int, int) { return terminalSize(a.ErrTerm) }
		shown = progress.Terminal(o)
	default:
		shown = progress.Plain(o)
	}
	if a.flags.jsonInto == "" {
		return shown, nil
	}
	f, err := a.createOut(a.path(a.flags.jsonInto))
	if err != nil {
		return nil, errors.Join(err, shown.Close())
	}
	o.Out = f
	return both{shown, progress.JSON(o), f}, nil
}

// both shows events twice: to a person, and in a file.
type both struct {
	progress.Sink
	second progress.Sink
	file   *os.File
}

// Event passes an event to both sinks.
func (b both) Event(e apply.Event) {
	b.Sink.Event(e)
	b.second.Event(e)
}

// Close ends both sinks and the file.
func (b both) Close() error {
	return errors.Join(b.Sink.Close(), b.second.Close(), b.file.Close())
}

// showQuota tells what the API says of the key's limits.
func showQuota(sink progress.Sink) func(config.ProviderRef, engine.Quota) {
	return func(ref config.ProviderRef, q engine.Quota) {
		var left []string
		for _, unit := range slices.Sorted(maps.Keys(q.Left)) {
			left = append(left, fmt.Sprintf("%d %s", q.Left[unit], spec.Words(unit, 2)))
		}
		sink.Note(fmt.Sprintf("Quota of %s: %s left this hour, %d tasks at once.", ref, strings.Join(left, " and "), q.Concurrent))
	}
}

// Destroy is the command destroy.
func Destroy(fs *pflag.FlagSet) Run {
	var f applyFlags
	f.vars.bind(fs)
	fs.StringArrayVar(&f.targets, "target", nil, "only this `ADDR` or glob (repeatable)")
	fs.StringArrayVar(&f.unprotect, "unprotect", nil, "lift the protection that only the lock still has from `ADDR` (repeatable)")
	fs.BoolVar(&f.overwriteDrifted, "overwrite-drifted", false, "delete files that were changed by hand too")
	bindOverwriteAdopted(fs, &f.selection)
	fs.BoolVar(&f.autoApprove, "auto-approve", false, "do not ask")
	fs.BoolVar(&f.json, "json", false, "print one JSON event a line")
	fs.DurationVar(&f.lockTimeout, "lock-timeout", 0, "wait this `DURATION` for another apply to end")
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		f.destroy = true
		return runApply(ctx, s, &f, nil)
	}
}
