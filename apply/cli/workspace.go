package cli

import (
	"context"
	"errors"
	"path/filepath"

	"assetform/apply/journal"
	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/address"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
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
	intents []journal.Intent
	files   map[string]worktree.State
	environ []string
}

// evaluation says with which values a configuration is evaluated.
type evaluation struct {
	vars     varFlags
	provider string
	recorded map[string]cty.Value // of a saved plan
	needKeys bool                 // a variable that only api_key uses must not be missing
	sends    bool                 // the command looks itself where it may send
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
		Provider: e.provider, Recorded: e.recorded, NeedKeys: e.needKeys, Watch: s.watch,
	}
	for _, v := range e.vars.list {
		if v.file != "" {
			if err := s.fileFlag(s.path(v.file)); err != nil {
				return &config.Project{}, errorDiagnostic("Unusable flag", "--var-file: "+Sentence(err))
			}
		}
		o.Vars = append(o.Vars, v.option(s))
	}
	if s.Asks && e.vars.input {
		o.Ask = s.askOnce
	}
	p, diags := config.Load(o)
	diags = append(diags, s.checkAssetsForKeys(p)...)
	if !e.sends {
		diags = append(diags, originWarnings(p)...)
	}
	return p, diags
}

// loadLock reads the lock; there may be none.
func (s *Session) loadLock() (*lockfile.Lock, []byte, hcl.Diagnostics) {
	defer s.watch.Begin(nil)()
	var lock *lockfile.Lock
	var raw []byte
	_, below, err := worktree.Below(s.Dir)
	if err == nil {
		lock, raw, err = lockfile.Load(s.lockPath(), below)
	}
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
	var data *datadir.Dir
	var warnings hcl.Diagnostics
	go func() {
		defer close(read)
		data, warnings = s.dataOrWarning()
		lock, raw, lockDiags = s.loadLock()
	}()
	p, diags := s.evaluate(e)
	<-read
	w := &workspace{project: p}
	diags = append(append(diags, warnings...), lockDiags...)
	if diags.HasErrors() {
		return w, diags
	}
	w.lock, w.raw = lock, raw
	if err := s.readState(w, data, useIndex); err != nil {
		diags = append(diags, errorDiagnostic("Unreadable project state", Sentence(err))...)
	}
	return w, diags
}

// readState reads files, store and journal.
func (s *Session) readState(w *workspace, data *datadir.Dir, useIndex bool) (err error) {
	w.environ = s.Environ
	if w.store, err = store.Open(data); err != nil {
		return err
	}
	if w.intents, err = journal.Read(data); err != nil {
		return err
	}
	return s.scan(w, data, useIndex)
}

// scan looks at the files again.
func (s *Session) scan(w *workspace, data *datadir.Dir, useIndex bool) error {
	var o plan.ScanOptions
	if useIndex {
		// A project that cannot be written to is planned all the same, only
		// slower the next time.
		o.Data = data
	}
	files, err := plan.Scan(w.project, w.lock, o)
	if err != nil {
		return err
	}
	w.files = files
	return nil
}

// snapshot is what the plan knows of the world. A stored result that cannot be
// read is told to unreadable: it is not missing, and would be paid for again.
func (w *workspace) snapshot(unreadable func(error)) plan.Snapshot {
	return plan.Snapshot{
		Files: w.files,
		Stored: func(h lockfile.InputsHash) (lockfile.Entry, bool) {
			e, ok, err := w.store.Result(h)
			if err != nil {
				unreadable(err)
			}
			return e, ok && err == nil
		},
		HasBlob:   w.store.Has,
		Committed: w.committed,
		HandMade:  w.store.HandMade,
		Adopted: func(a address.Address, h lockfile.InputsHash) (lockfile.Entry, bool) {
			e, ok, err := w.store.Adopted(a.String(), h)
			if err != nil {
				unreadable(err)
			}
			return e, ok && err == nil
		},
		Paid:      journal.PaidInputs(w.intents),
		Finished:  journal.FinishedInputs(w.intents, w.store.Has),
		Requested: journal.OpenRequests(w.intents, w.lock),
		Unsettled: journal.Unsettled(w.intents),
	}
}

// committed asks git which files are ours.
func (w *workspace) committed(claims []plan.Claim) (map[plan.Claim]plan.Evidence, string) {
	ctx := context.Background() // the walk bounds itself
	r, err := repo.Open(ctx, w.project.Dir, w.environ)
	switch {
	case errors.Is(err, repo.ErrNoRepository):
		return nil, "this is no git work tree"
	case err != nil:
		return nil, "git cannot tell: " + err.Error()
	}
	return r.Committed(ctx, "HEAD", w.lock.Dir, claims)
}

func (w *workspace) build(o plan.Options) *plan.Plan {
	var unreadable error
	p := plan.Build(w.project, w.lock, w.snapshot(func(err error) { unreadable = err }), o)
	if unreadable != nil {
		p.Diagnostics = append(p.Diagnostics, errorDiagnostic("Unreadable project state", Sentence(unreadable))...)
	}
	return p
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
