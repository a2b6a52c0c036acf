package cli

import (
	"context"
	"errors"
	"os"
	"path"
	"time"

	"assetform/apply"
	"assetform/config"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/lockfile/datadir"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// loader loads a project: its configuration with variables, its lock, and the
// data directory with store, journal and run lock.
type loader struct {
	*streams
	version string            // of the program
	state   *dataState        // nil until data asked
	answers map[string]string // of variables that were asked for
	witness *worktree.Witness // of what is read of the project; nil: nobody asks

	exit func(code int)
	// exceeded prints that an evaluation took more than it may, in the form
	// that the command has for errors.
	exceeded func(hcl.Diagnostics, *config.Project)
}

// inDir loads the project in that directory. It asks nothing: git may have
// started it anywhere.
func (l *loader) inDir(dir string) *loader {
	st, at := *l.streams, *l
	st.Dir, st.WorkDir, st.Asks = dir, dir, false
	at.streams, at.state = &st, nil
	return &at
}

// evaluation says with which values a configuration is evaluated.
type evaluation struct {
	vars         varFlags
	provider     string               // the embedded engine's type where placeholders are asked for
	placeholders bool                 // the flag of that name; checkProvider makes it a provider
	recorded     map[string]cty.Value // of a saved plan
	needKeys     bool                 // a variable that only api_key uses must not be missing
	sends        bool                 // the command looks itself where it may send
}

// loadProject evaluates the configuration and prints what is wrong with it.
func (l *loader) loadProject(e evaluation) (*config.Project, bool) {
	p, diags := l.evaluate(e)
	l.printDiagnostics(diags, p)
	return p, !diags.HasErrors()
}

func (l *loader) evaluate(e evaluation) (*config.Project, hcl.Diagnostics) {
	o, diags := l.options(e)
	if diags.HasErrors() {
		return &config.Project{}, diags
	}
	p, diags := config.Load(o)
	diags = append(diags, l.checkAssetsForKeys(p)...)
	diags = append(diags, checkRemote(p)...)
	if !e.sends {
		diags = append(diags, originWarnings(p)...)
	}
	return p, diags
}

func (l *loader) options(e evaluation) (config.Options, hcl.Diagnostics) {
	o := config.Options{
		Engines: l.engines,
		Dir:     l.Dir, ToolVersion: l.version, Environ: l.Environ,
		Provider: e.provider, Recorded: e.recorded, NeedKeys: e.needKeys, Watch: l.watch,
		Witness: l.witness,
	}
	for _, v := range e.vars.list {
		if v.file != "" {
			if err := l.fileFlag(l.path(v.file)); err != nil {
				return o, errorDiagnostic("Unusable flag", "--var-file: "+diag.Sentence(err))
			}
		}
		o.Vars = append(o.Vars, v.option(l.place))
	}
	if l.Asks && e.vars.input {
		o.Ask = l.askOnce
	}
	return o, nil
}

// prices are those of the configuration, as far as it can be evaluated: they
// only tell of a cost what it comes to.
func (l *loader) prices() engine.Prices {
	p, _ := l.evaluate(evaluation{})
	return p.Prices
}

// askOnce asks for a variable the first time that it is wanted.
func (l *loader) askOnce(name, description string, sensitive bool) (string, error) {
	if answer, given := l.answers[name]; given {
		return answer, nil
	}
	answer, err := l.askVariable(name, description, sensitive)
	if err == nil {
		if l.answers == nil {
			l.answers = map[string]string{}
		}
		l.answers[name] = answer
	}
	return answer, err
}

// loadLock reads the lock; there may be none.
func (l *loader) loadLock() (*lockfile.Lock, []byte, hcl.Diagnostics) {
	defer l.watch.Begin(nil)()
	var lock *lockfile.Lock
	var raw []byte
	below, err := l.below()
	if err == nil {
		at := time.Now()
		info, lookErr := os.Lstat(l.lockPath())
		if lock, raw, err = lockfile.Load(l.lockPath(), below); err == nil && lookErr == nil {
			l.witness.Read(path.Join(below, lockfile.Filename), info, at, raw)
		}
	}
	if err == nil {
		return lock, raw, l.checkMerged(lock, raw)
	}
	var syntax *lockfile.SyntaxError
	if errors.As(err, &syntax) {
		return nil, nil, hcl.Diagnostics{lockDiagnostic(syntax)}
	}
	return nil, nil, errorDiagnostic("Unreadable lock file", diag.Sentence(err))
}

// open reads everything a plan is made from and prints what is wrong.
func (l *loader) open(e evaluation, useIndex bool) (*workspace, bool) {
	w, diags := l.read(e, useIndex)
	var p *config.Project
	if w != nil {
		p = w.project
	}
	l.printDiagnostics(diags, p)
	return w, !diags.HasErrors()
}

// read is open without printing. The workspace has at least a project, so
// that diagnostics can show its files.
func (l *loader) read(e evaluation, useIndex bool) (*workspace, hcl.Diagnostics) {
	// The lock is read while the configuration is evaluated: each takes a
	// while in a large project, and neither needs the other.
	var lock *lockfile.Lock
	var raw []byte
	var lockDiags hcl.Diagnostics
	read := make(chan struct{})
	var data *datadir.Dir
	var warnings hcl.Diagnostics
	go func() {
		defer close(read)
		data, warnings = l.dataOrWarning()
		lock, raw, lockDiags = l.loadLock()
	}()
	p, diags := l.evaluate(e)
	<-read
	w := &workspace{project: p}
	diags = append(append(diags, warnings...), lockDiags...)
	if diags.HasErrors() {
		return w, diags
	}
	w.lock, w.raw = lock, raw
	w.options, _ = l.options(e) // they were fit for use before
	if err := w.readState(l, data, useIndex); err != nil {
		diags = append(diags, errorDiagnostic("Unreadable project state", diag.Sentence(err))...)
	}
	return w, diags
}

// acquire takes the run lock: one apply a project at a time. A nil lock means
// that it was not to be had.
func (l *loader) acquire(ctx context.Context, timeout time.Duration) (lock *apply.RunLock, code int) {
	data, err := l.data()
	if err == nil {
		err = data.Check() // before anything is paid for
	}
	if err != nil {
		return nil, dataRefused(l.streams, err)
	}
	lock, err = apply.AcquireRunLock(ctx, data, timeout)
	if locked := (*apply.LockedError)(nil); errors.As(err, &locked) || ctx.Err() != nil {
		return nil, l.fail("Project is in use", err)
	}
	if err != nil {
		return nil, l.fail("Data directory not usable", err)
	}
	return lock, ExitDone
}

func (l *loader) release(lock *apply.RunLock) {
	if err := lock.Release(); err != nil {
		l.Log.Error("release the run lock", "error", err)
	}
}

// lockDiagnostic points at the damaged place of a lock.
func lockDiagnostic(e *lockfile.SyntaxError) *hcl.Diagnostic {
	at := hcl.Pos{Line: max(e.Line, 1), Column: max(e.Column, 1)}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: e.Summary, Detail: e.Detail,
		Subject: &hcl.Range{Filename: lockfile.Filename, Start: at, End: at},
	}
}
