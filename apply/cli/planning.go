package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"assetform/apply/earlier"
	"assetform/apply/remote"
	"assetform/config"
	"assetform/config/diag"
	spec "assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
	"assetform/plan/render"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// planFlags are the flags that plan and apply share.
type planFlags struct {
	evaluation
	selection
	baseFlag
	remote   remoteFlag
	noIndex  bool
	history  int
	json     bool
	jsonInto string
	verbose  bool
}

// What --remote does to a plan and to an apply.
const (
	remoteOfPlans   = "ask the project's remote what it has (`MODE` read), or say what it costs without it (off)"
	remoteOfApplies = "`MODE` of the project's remote: off, read or read-write (default: as it is configured)"
)

func (f *planFlags) bind(fs *pflag.FlagSet, remote string) {
	f.vars.bind(fs)
	f.selection.bind(fs)
	f.baseFlag.bind(fs)
	bindPlaceholders(fs, &f.evaluation)
	fs.BoolVar(&f.noIndex, "no-index", false, "read every file instead of trusting remembered hashes")
	fs.IntVar(&f.history, "history", earlier.DefaultCommits, "look for results in the last `N` commits that changed the lock; 0: in none")
	f.remote.bind(fs, remote)
	fs.BoolVar(&f.json, "json", false, "print JSON")
	fs.StringVar(&f.jsonInto, "json-into", "", "write the JSON to `FILE` beside the usual output")
	fs.BoolVar(&f.verbose, "verbose", false, "show every asset and every field")
}

// bindPlaceholders declares the two flags that ask for placeholders.
func bindPlaceholders(fs *pflag.FlagSet, e *evaluation) {
	fs.BoolVar(&e.placeholders, "placeholders", false, "draw sketches for what has no result, for nothing; results stay as they are")
	fs.StringVar(&e.provider, "provider", "", "the same as --placeholders; `PROVIDER` can only be local")
}

// selection are the flags that say which assets are meant and what may be
// done to them.
type selection struct {
	targets, excludes, replaces []string
	unprotect                   []string
	overwriteAdopted            []string
	overwriteDrifted, unpicked  bool
	destroy                     bool // set by the command destroy
	max                         maxFlags
}

func (f *selection) bind(fs *pflag.FlagSet) {
	fs.StringArrayVar(&f.targets, "target", nil, "only this `ADDR` or glob and its upstreams (repeatable)")
	fs.StringArrayVar(&f.excludes, "exclude", nil, "not this `ADDR` or glob nor what depends on it (repeatable)")
	fs.StringArrayVar(&f.replaces, "replace", nil, "generate this `ADDR` or glob again (repeatable)")
	fs.StringArrayVar(&f.unprotect, "unprotect", nil, "lift the protection that only the lock still has from `ADDR` (repeatable)")
	fs.BoolVar(&f.overwriteDrifted, "overwrite-drifted", false, "overwrite and delete files that were changed by hand")
	bindOverwriteAdopted(fs, f)
	fs.BoolVar(&f.unpicked, "unpicked", false, "generate also what is made from assets of whose candidates nobody has picked one")
	fs.Var(&f.max, "max", "refuse to spend more than N of a unit: `UNIT=N` (repeatable; the smallest N holds)")
	fs.Var(unitFlag{&f.max, "image_credits"}, unitFlags["image_credits"], "refuse to spend more than `N` image credits")
	fs.Var(unitFlag{&f.max, "videos"}, unitFlags["videos"], "refuse to generate more than `N` videos")
}

// bindOverwriteAdopted declares the flag that plan, apply and destroy share.
func bindOverwriteAdopted(fs *pflag.FlagSet, f *selection) {
	fs.StringArrayVar(&f.overwriteAdopted, "overwrite-adopted", nil, "replace or delete the file of this `ADDR` or glob though it was made by hand (repeatable)")
}

func (f *selection) options() plan.Options {
	return plan.Options{
		Targets: f.targets, Excludes: f.excludes, Replaces: f.replaces, Unprotect: f.unprotect,
		OverwriteDrifted: f.overwriteDrifted, OverwriteAdopted: f.overwriteAdopted, Destroy: f.destroy, Unpicked: f.unpicked,
		Max: f.max,
	}
}

func (f *planFlags) saved() plan.SavedOptions {
	var history *int
	if f.history != earlier.DefaultCommits {
		history = &f.history
	}
	return plan.SavedOptions{
		History: history,
		Targets: f.targets, Excludes: f.excludes, Replaces: f.replaces, Unprotect: f.unprotect,
		OverwriteDrifted: f.overwriteDrifted, OverwriteAdopted: f.overwriteAdopted, Provider: f.provider, Unpicked: f.unpicked,
		Max: f.max.saved(), Remote: f.remote.mode,
	}
}

// restore takes the options that a saved plan was made with.
func (f *planFlags) restore(o plan.SavedOptions) {
	f.selection = selection{
		targets: o.Targets, excludes: o.Excludes, replaces: o.Replaces, unprotect: o.Unprotect,
		overwriteDrifted: o.OverwriteDrifted, overwriteAdopted: o.OverwriteAdopted, unpicked: o.Unpicked,
	}
	for unit, n := range o.Max {
		f.max.bound(unit, strconv.Itoa(n), maxFlag(unit)) // it was a number when it was saved
	}
	if f.remote.mode == "" && o.Remote == remoteOff {
		f.remote.mode = remoteOff
	}
	f.provider, f.history = o.Provider, earlier.DefaultCommits
	if o.History != nil {
		f.history = *o.History
	}
}

// check finds flag values that can be refused before anything is read.
func (f *planFlags) check(engines spec.Registry) error {
	if err := f.checkProvider(engines); err != nil {
		return err
	}
	if f.history < 0 {
		return fmt.Errorf("--history %d: it is a number of commits, from 0 up", f.history)
	}
	return errors.Join(f.remote.check(), f.max.check(engines))
}

// checkProvider finds the engine that draws placeholders.
func (e *evaluation) checkProvider(engines spec.Registry) error {
	embedded := engines.Embedded()
	switch {
	case embedded == nil && (e.placeholders || e.provider != ""):
		return errors.New("no engine draws placeholders here")
	case e.provider != "" && e.provider != embedded.Type:
		return fmt.Errorf("--provider %q: only %q can take the place of other providers", e.provider, embedded.Type)
	case e.placeholders:
		e.provider = embedded.Type
	}
	return nil
}

// apply is what carries out a plan with these flags, in words: with those that
// narrow or widen it.
func (f *planFlags) apply() string {
	o := f.saved()
	if o.History != nil || o.Remote == remoteOff || o.Provider != "" || o.OverwriteDrifted || o.Unpicked || len(f.vars.list)+len(o.Targets)+len(o.Excludes)+len(o.Replaces)+len(o.Unprotect)+len(o.OverwriteAdopted)+len(o.Max) > 0 {
		return `"assetform apply" with the same flags`
	}
	return ""
}

// unitFlags are the flags of units that had one before there was a general
// form.
var unitFlags = map[string]string{"image_credits": "max-image-credits", "videos": "max-videos"}

// maxFlag is the flag for a unit's bound as people write it, without the
// number.
func maxFlag(unit string) string {
	if name, ok := unitFlags[unit]; ok {
		return "--" + name
	}
	return "--max " + unit
}

// maxFlags are the bounds of this run by unit.
type maxFlags map[string]plan.Max

func (m *maxFlags) String() string { return "" }

func (m *maxFlags) Type() string { return "unit=n" }

// Set implements pflag.Value.
func (m *maxFlags) Set(text string) error {
	unit, n, found := strings.Cut(text, "=")
	if !found || unit == "" {
		return fmt.Errorf("%q is not UNIT=N, such as videos=3", text)
	}
	return m.bound(unit, n, "--max "+unit)
}

// bound takes a bound as it was written with a flag. Of several for a unit the
// smallest holds: none is there to be passed.
func (m *maxFlags) bound(unit, text, flag string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return fmt.Errorf("%q is no whole number from 0 up", text)
	}
	if *m == nil {
		*m = maxFlags{}
	}
	if before, given := (*m)[unit]; !given || n < before.N {
		(*m)[unit] = plan.Max{N: n, Flag: flag}
	}
	return nil
}

// check refuses units that no engine charges in.
func (m maxFlags) check(engines spec.Registry) error {
	var known []string
	for _, u := range engines.Units() {
		known = append(known, u.Name)
	}
	for _, unit := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(known, unit) {
			return fmt.Errorf("--max %s=%d: no engine charges in %q; there are %s%s", unit, m[unit].N, unit, diag.Quoted(known, "and"), DidYouMean(unit, known))
		}
	}
	return nil
}

// saved are the bounds as a saved plan has them.
func (m maxFlags) saved() map[string]int {
	limits := map[string]int{}
	for unit, limit := range m {
		limits[unit] = limit.N
	}
	return limits
}

// unitFlag is the flag for the bound of one unit.
type unitFlag struct {
	all  *maxFlags
	unit string
}

func (u unitFlag) String() string { return "" }

func (u unitFlag) Type() string { return "int" }

// Set implements pflag.Value.
func (u unitFlag) Set(text string) error { return u.all.bound(u.unit, text, maxFlag(u.unit)) }

// Plan is the command plan.
func Plan(fs *pflag.FlagSet) Run {
	var f planFlags
	var out, format string
	var detailed bool
	f.bind(fs, remoteOfPlans)
	fs.StringVar(&out, "out", "", "save the plan to `FILE` for apply")
	fs.StringVar(&format, "format", "text", "`FORMAT` of the output: text, json or markdown")
	fs.BoolVar(&detailed, "detailed-exitcode", false, "exit 2 when there are changes")
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		if f.json {
			format = "json"
		}
		if err := errors.Join(f.check(s.engines), checkBase(fs, f.ref), checkFormat(format)); err != nil {
			return s.fail("Unusable flag", err)
		}
		return runPlan(ctx, s.loader, &f, out, format, detailed)
	}
}

func checkFormat(format string) error {
	formats := []string{"text", "json", "markdown"}
	if slices.Contains(formats, format) {
		return nil
	}
	return fmt.Errorf("--format %q: there are %s%s", format, diag.Listed(formats), DidYouMean(format, formats))
}

func runPlan(ctx context.Context, l *loader, f *planFlags, out, format string, detailed bool) int {
	l.exceeded = func(diags hcl.Diagnostics, p *config.Project) {
		planFailed(l.streams, &workspace{project: p}, diags, f, format)
	}
	m := l.remembering(f.evaluation, f.plain() && out == "" && format == "text")
	if t, ok := m.recall(false); ok {
		return m.show(t)
	}
	w, diags := l.read(f.evaluation, !f.noIndex)
	defer l.watch.Begin(nil)()
	if diags.HasErrors() {
		return planFailed(l.streams, w, diags, f, format)
	}
	w.earlier.Commits = f.history
	data, _ := l.data() // without one nothing is remembered
	if err := l.openRemote(w, data, f.remote); err != nil {
		return l.remoteUnusable(err)
	}
	defer w.closeRemote(l)
	switch {
	case w.remote == nil:
	case f.remote.mode != "":
		w.asker = newAsker(ctx, w, nil)
	default: // what is not known counts as not there
		w.seen, _ = remote.Known(data, lockfile.Digest(w.raw), w.at.url)
	}
	p := w.build(f.options())
	p.Remote = w.remoteOfPlan(ctx, l, f.ref)
	p.Diagnostics = append(p.Diagnostics, w.ignored(p)...)
	p.Diagnostics = append(diags, p.Diagnostics...)
	describe := p.Brief
	if format != "text" || out != "" || f.verbose || f.jsonInto != "" {
		describe = p.Document
	}
	doc := describe(w.project)
	doc.Diagnostics = l.printer(w.project).Diagnostics(p.Diagnostics)
	if f.ref != "" {
		var err error
		if doc.Base, err = w.done(ctx, l, f.ref); err != nil {
			return planFailed(l.streams, w, append(diags, noComparison(err)...), f, format)
		}
	}
	if code := showPlan(l.streams, w, p, doc, f, format, out != ""); code != ExitDone {
		return code
	}
	m.keep(w, p, diags, false)
	code := verdict(p)
	if out != "" && code != ExitError {
		saved, err := plan.NewSaved(doc, w.project, w.raw, f.saved())
		if err == nil {
			err = l.outFile(l.path(out))
		}
		if err == nil {
			err = plan.WriteSaved(l.path(out), saved)
		}
		if err != nil {
			return l.fail("Plan not saved", err)
		}
		if format == "text" {
			fmt.Fprintf(l.Err, "\nSaved the plan. To carry out exactly this, run:\n  assetform apply %s\n", inline(diag.ShellWord(out)))
		}
	}
	if code == ExitDone && detailed && p.HasChanges() {
		return ExitDifference
	}
	return code
}

// planFailed reports a project that cannot be planned in the wanted format.
func planFailed(s *streams, w *workspace, diags hcl.Diagnostics, f *planFlags, format string) int {
	doc := (&plan.Plan{Origins: w.project.Origins()}).Document(w.project)
	doc.Diagnostics = s.printer(w.project).Diagnostics(diags)
	b, err := plan.Encode(doc)
	if err != nil {
		return s.fail("Output failed", err)
	}
	if err := s.writeJSONInto(f.jsonInto, b); err != nil {
		return s.fail("Plan not written", err)
	}
	if format == "json" {
		s.outputJSON(string(b))
		s.annotate(diags, w.project)
	} else {
		s.printDiagnostics(diags, w.project)
	}
	return ExitError
}

// showPlan prints the plan in the wanted format; its diagnostics go to Err,
// or stand in the JSON. Of a saved one somebody else says what to do next.
func showPlan(s *streams, w *workspace, p *plan.Plan, doc plan.Document, f *planFlags, format string, saved bool) int {
	var text string
	if format == "json" || f.jsonInto != "" {
		b, err := plan.Encode(doc)
		if err != nil {
			return s.fail("Output failed", err)
		}
		if err := s.writeJSONInto(f.jsonInto, b); err != nil {
			return s.fail("Plan not written", err)
		}
		text = string(b)
	}
	switch format {
	case "text":
		text = render.Text(doc, render.Options{Color: s.OutColor, Width: s.outWidth(), Verbose: f.verbose, NoHint: saved, Apply: f.apply(), Causes: w.causes(p)})
	case "markdown":
		text = render.Markdown(doc, render.Options{Verbose: f.verbose, Causes: w.causes(p)})
	}
	code := ExitDone
	// A plan that cannot be made (a --target that matches nothing) has nothing
	// to show but why; JSON always has its document.
	switch {
	case format == "json":
		code = s.outputJSON(text)
		s.annotate(p.Diagnostics, w.project)
		return code
	case verdict(p) != ExitError:
		code = s.write(text)
	}
	s.printDiagnostics(p.Diagnostics, w.project)
	return code
}
