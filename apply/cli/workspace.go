package cli

import (
	"errors"
	"log/slog"
	"path/filepath"

	"assetform/apply"
	"assetform/apply/store"
	"assetform/config"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// workspace is a project with everything that a plan is made from.
type workspace struct {
	project *config.Project
	lock    *lockfile.Lock
	raw     []byte // the lock file's text; nil when there is none
	store   *store.Store
	intents []apply.Intent
	files   map[string]plan.FileState
}

// evaluation says with which values a configuration is evaluated.
type evaluation struct {
	vars     varFlags
	provider string
	recorded map[string]cty.Value // of a saved plan
	needKeys bool                 // a variable that only api_key uses must not be missing
}

// loadProject evaluates the configuration and prints what is wrong with it.
func (s *Session) loadProject(e evaluation) (*config.Project, bool) {
	p, diags := s.evaluate(e)
	s.printDiagnostics(diags, p)
	return p, !diags.HasErrors()
}

func (s *Session) evaluate(e evaluation) (*config.Project, hcl.Diagnostics) {
	o := config.Options{
		Dir: s.Dir, ToolVersion: s.Version, Environ: s.Environ,
		Provider: e.provider, Recorded: e.recorded, NeedKeys: e.needKeys,
	}
	for _, v := range e.vars.list {
		o.Vars = append(o.Vars, v.option(s))
	}
	if s.Asks && e.vars.input {
		o.Ask = s.askVariable
	}
	return config.Load(o)
}

// loadLock reads the lock; there may be none.
func (s *Session) loadLock() (*lockfile.Lock, []byte, hcl.Diagnostics) {
	lock, raw, err := lockfile.Load(s.lockPath())
	if err == nil {
		return lock, raw, nil
	}
	var syntax *lockfile.SyntaxError
	if errors.As(err, &syntax) {
		return nil, nil, hcl.Diagnostics{lockDiagnostic(syntax)}
	}
	return nil, nil, errorDiagnostic("Unreadable lock file", Sentence(err))
}

func (s *Session) lockPath() string { return filepath.Join(s.Dir, lockfile.Filename) }

// open reads everything a plan is made from and prints what is wrong.
func (s *Session) open(e evaluation, useIndex bool) (*workspace, bool) {
	w, diags := s.read(e, useIndex)
	var p *config.Project
	if w != nil {
		p = w.project
	}
	s.printDiagnostics(diags, p)
	return w, !diags.HasErrors()
}

// read is open without printing. The workspace has at least a project, so
// that diagnostics can show its files.
func (s *Session) read(e evaluation, useIndex bool) (*workspace, hcl.Diagnostics) {
	// The lock is read while the configuration is evaluated: each takes a
	// while in a large project, and neither needs the other.
	var lock *lockfile.Lock
	var raw []byte
	var lockDiags hcl.Diagnostics
	read := make(chan struct{})
	go func() {
		defer close(read)
		lock, raw, lockDiags = s.loadLock()
	}()
	p, diags := s.evaluate(e)
	<-read
	w := &workspace{project: p}
	diags = append(diags, lockDiags...)
	if diags.HasErrors() {
		return w, diags
	}
	w.lock, w.raw = lock, raw
	if err := s.readState(w, useIndex); err != nil {
		diags = append(diags, errorDiagnostic("Unreadable project state", Sentence(err))...)
	}
	return w, diags
}

// readState reads files, store and journal.
func (s *Session) readState(w *workspace, useIndex bool) error {
	err := s.checkDataDir()
	if err != nil {
		return err
	}
	if w.store, err = store.Open(s.dataDir()); err != nil {
		return err
	}
	if w.intents, err = apply.ReadJournal(s.journalPath()); err != nil {
		return err
	}
	return s.scan(w, useIndex)
}

// scan looks at the files again.
func (s *Session) scan(w *workspace, useIndex bool) error {
	var o plan.ScanOptions
	if useIndex {
		// A project that cannot be written to is planned all the same, only
		// slower the next time.
		if err := store.CreateDataDir(s.dataDir()); err != nil {
			s.Log.Debug("no index of file hashes", slog.String("error", err.Error()))
		} else {
			o.Index = filepath.Join(s.dataDir(), "index")
		}
	}
	files, err := plan.Scan(w.project, w.lock, o)
	if err != nil {
		return err
	}
	w.files = files
	return nil
}

func (s *Session) journalPath() string { return filepath.Join(s.dataDir(), "journal") }

// snapshot is what the plan knows of the world.
func (w *workspace) snapshot() plan.Snapshot {
	return plan.Snapshot{
		Files: w.files,
		Stored: func(h lockfile.InputsHash) (lockfile.Entry, bool) {
			e, ok, err := w.store.Result(h)
			return e, ok && err == nil && w.store.Has(e.ContentHash)
		},
		HasBlob:  w.store.Has,
		HandMade: w.store.HandMade,
		Adopted: func(a config.Address, h lockfile.InputsHash) (lockfile.Entry, bool) {
			e, ok, err := w.store.Adopted(a.String(), h)
			return e, ok && err == nil
		},
		Paid:      apply.PaidInputs(w.intents),
		Requested: apply.OpenRequests(w.intents, w.lock),
	}
}

func (w *workspace) build(o plan.Options) *plan.Plan {
	return plan.Build(w.project, w.lock, w.snapshot(), o)
}

func (v varFlag) option(s *Session) config.VarFlag {
	if v.file != "" {
		return config.VarFlag{File: s.path(v.file)}
	}
	return cutVar(v.text)
}

// lockDiagnostic points at the damaged place of a lock.
func lockDiagnostic(e *lockfile.SyntaxError) *hcl.Diagnostic {
	at := hcl.Pos{Line: max(e.Line, 1), Column: max(e.Column, 1)}
	return &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: e.Summary, Detail: e.Detail,
		Subject: &hcl.Range{Filename: lockfile.Filename, Start: at, End: at},
	}
}

func errorDiagnostic(summary, detail string) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: summary, Detail: detail}}
}
