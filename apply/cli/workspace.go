package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"time"

	"assetform/apply/earlier"
	"assetform/apply/engine/derive/export"
	"assetform/apply/journal"
	"assetform/apply/media"
	"assetform/apply/remote"
	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/format"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// workspace is a project with everything that a plan is made from.
type workspace struct {
	project *config.Project
	options config.Options // with which it was evaluated
	lock    *lockfile.Lock
	raw     []byte // the lock file's text; nil when there is none
	store   *store.Store
	earlier *earlier.Results
	remote  *remote.Remote                // nil: there is none, or it is left alone
	at      *remotePlace                  // of remote
	asker   *asker                        // nil: the remote is not asked for the plan
	checked map[lockfile.ContentHash]bool // contents that count as stored
	seen    map[lockfile.ContentHash]bool // those that the remote was found to have of this lock
	intents []journal.Intent
	files   map[string]worktree.State
	environ []string

	lost hcl.Diagnostics // what is missing and git has, as build found it
	// asked tells that the plan depends on more than configuration, lock,
	// journal and files: on the store, or on git.
	asked bool
}

// readState reads files, store and journal.
func (w *workspace) readState(l *loader, data *datadir.Dir, useIndex bool) (err error) {
	w.environ = l.Environ
	w.earlier = &earlier.Results{Engines: w.project.Engines, Dir: w.project.Dir, Below: w.lock.Dir, Environ: l.Environ, Commits: earlier.DefaultCommits}
	if w.store, err = store.Open(data); err != nil {
		return err
	}
	if w.intents, err = journal.Read(data); err != nil {
		return err
	}
	o := plan.ScanOptions{Witness: l.witness}
	if useIndex {
		// A project that cannot be written to is planned all the same, only
		// slower the next time.
		o.Data = data
	}
	w.files, err = plan.Scan(w.project, w.lock, o)
	return err
}

// snapshot is what the plan knows of the world. A stored result that cannot be
// read is told to unreadable: it is not missing, and would be paid for again.
func (w *workspace) snapshot(unreadable func(error)) plan.Snapshot {
	has := func(h lockfile.ContentHash) bool {
		w.asked = true
		return w.store.Has(h) && !w.asker.brought(h) || w.checked[h]
	}
	paid := journal.PaidInputs(w.project.Engines, w.intents)
	return plan.Snapshot{
		Files: w.files,
		Stored: func(h lockfile.InputsHash) (lockfile.Entry, bool) {
			w.asked = true
			if w.asker.found(h) { // which is what it came from
				return lockfile.Entry{}, false
			}
			e, ok, err := w.store.Result(h)
			if err != nil {
				unreadable(err)
			}
			return e, ok && err == nil
		},
		HasBlob: has,
		Past: func(h lockfile.InputsHash, ref config.ProviderRef) (e lockfile.Entry, from string, ok bool) {
			if !paid[h] { // what this machine has paid for is collected
				if e, ok := w.asker.result(h, ref); ok {
					return e, plan.FromRemote, true
				}
			}
			return w.earlier.Find(h)
		},
		Kept: func(e *lockfile.Entry) string {
			if commit := w.earlier.Holds(e); commit != "" || !w.seen[e.ContentHash] && !w.asker.has(e) {
				return commit
			}
			return plan.FromRemote
		},
		Recorded: func(a address.Address, h lockfile.InputsHash) (lockfile.Entry, string, bool) {
			return w.earlier.Recorded(a.String(), h)
		},
		Picked: func(a address.Address, h lockfile.InputsHash) int {
			w.asked = true
			k, err := w.store.Picked(h, a.String())
			if err != nil {
				unreadable(err)
			}
			return k
		},
		Unfit: func(output string) string {
			w.asked = true
			return w.unfit(output)
		},
		Generated: w.generated,
		Merged:    w.merged,
		Committed: func(claims []plan.Claim) (map[plan.Claim]plan.Evidence, string) {
			w.asked = true
			return w.committed(claims)
		},
		HandMade: func(h lockfile.ContentHash) bool {
			w.asked = true
			return w.store.HandMade(h)
		},
		Wrote: func(output string, h lockfile.ContentHash) bool {
			w.asked = true
			return w.store.Wrote(w.lock.Dir, output, h)
		},
		Adopted: func(a address.Address, h lockfile.InputsHash) (lockfile.Entry, bool) {
			w.asked = true
			e, ok, err := w.store.Adopted(a.String(), h)
			if err != nil {
				unreadable(err)
			}
			return e, ok && err == nil
		},
		Paid:      paid,
		Finished:  journal.FinishedInputs(w.project.Engines, w.intents, has),
		Requested: journal.OpenRequests(w.intents, w.lock),
		Unsettled: journal.Unsettled(w.project.Engines, w.intents),
	}
}

// unfit says why the file at an output's path cannot be adopted, as far as its
// first bytes tell.
func (w *workspace) unfit(output string) string {
	tree, err := worktree.Open(w.project.Root, w.project.Dir)
	if err != nil {
		return ""
	}
	defer tree.Close()
	f, err := tree.Open(tree.Path(output))
	if err != nil {
		return ""
	}
	defer f.Close()
	switch found, wanted := media.TypeOf(f), format.TypeOf(path.Ext(output)); {
	case wanted == "", found == "" && !media.Reads(wanted): // adopt itself looks closer
		return ""
	case found == "":
		return "the file is no picture or film"
	case !media.Fits(found, path.Ext(output)):
		return fmt.Sprintf("the file holds %s, which is not what its name says", found)
	}
	return ""
}

// generated tells whether the text at an output's path says that assetform
// wrote it.
func (w *workspace) generated(output string) bool {
	w.asked = true
	tree, err := worktree.Open(w.project.Root, w.project.Dir)
	if err != nil {
		return false
	}
	defer tree.Close()
	f, err := tree.Open(tree.Path(output))
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, export.HeadBytes)
	n, err := io.ReadFull(f, head)
	return (err == nil || errors.Is(err, io.ErrUnexpectedEOF)) && export.IsGenerated(head[:n])
}

// merged asks git whether it made the text at an export's path of two that were
// written by assetform.
func (w *workspace) merged(output string) bool {
	w.asked = true
	ctx, cancel := context.WithTimeout(context.Background(), mergedTimeout)
	defer cancel()
	r, err := repo.Open(ctx, w.project.Dir, w.environ)
	if err != nil {
		return false
	}
	text := w.readText(path.Join(w.lock.Dir, output))
	return text != nil && r.MergedText(ctx, output, text, func(f *repo.Finder, commit string, version []byte) bool {
		raw, stands, err := f.File(commit, lockfile.Filename)
		if err != nil || !stands {
			return false
		}
		lock, err := lockfile.Parse(lockfile.Filename, w.lock.Dir, raw)
		if err != nil {
			return false
		}
		for _, e := range lock.Assets {
			if e.Output == output {
				return !e.Adopted && e.ContentHash == lockfile.HashBytes(version)
			}
		}
		return false
	})
}

// mergedTimeout bounds how long git may take to tell what it merged.
const mergedTimeout = 10 * time.Second

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
	build := func() *plan.Plan {
		return plan.Build(w.project, w.lock, w.snapshot(func(err error) { unreadable = err }), o)
	}
	p := build()
	for w.asker.answer() {
		p = build()
	}
	p.Diagnostics = append(p.Diagnostics, w.remoteDiagnostics()...)
	if unreadable != nil {
		p.Diagnostics = append(p.Diagnostics, errorDiagnostic("Unreadable project state", diag.Sentence(unreadable))...)
	}
	w.warnTracked(p)
	if note := w.earlier.Note(); note != "" && paysFor(p) {
		p.Diagnostics = append(p.Diagnostics, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Git's history is not complete",
			Detail: fmt.Sprintf("What is to be generated may have been generated once: %s.", note)})
	}
	w.earlier.Close()
	return p
}

// remoteDiagnostics say what the remote did not tell, and what is damaged there.
func (w *workspace) remoteDiagnostics() (diags hcl.Diagnostics) {
	if w.asker == nil {
		return nil
	}
	for _, text := range w.remote.Warnings() {
		diags = append(diags, damageInRemote(w.remote.Shown(), text))
	}
	if err := w.asker.failed(); err != nil {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Remote was not asked to the end",
			Detail: fmt.Sprintf("%s What is to be generated may be there already.", diag.Sentence(err))})
	}
	return diags
}

func damageInRemote(shown, text string) *hcl.Diagnostic {
	return &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Damage in the remote", Detail: fmt.Sprintf("In %s %s.", shown, text)}
}

// paysFor tells that a plan generates something at a provider that charges.
func paysFor(p *plan.Plan) bool {
	return slices.ContainsFunc(p.Changes, func(c *plan.Change) bool { return c.Action.Generates() && p.Engines.Charges(c.Provider) })
}
