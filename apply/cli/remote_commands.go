package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"assetform/apply"
	"assetform/config/diag"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
)

// sharedDocument is the JSON document of the commands that look at the remote.
type sharedDocument struct {
	FormatVersion string          `json:"format_version"`
	Missing       []missingShared `json:"missing"`
	Uploaded      int             `json:"uploaded"`
	Records       int             `json:"records"`
	Downloaded    int             `json:"downloaded"`
	Bytes         int64           `json:"bytes"`
	Error         string          `json:"error,omitempty"` // why the rest is not known
}

// missingShared is a content of the lock that is not everywhere, or the record of
// a result that the remote does not have.
type missingShared struct {
	Address     string               `json:"address"`
	ContentHash lockfile.ContentHash `json:"content_hash"`
	InputsHash  lockfile.InputsHash  `json:"inputs_hash,omitzero"` // of a record
	MissingIn   string               `json:"missing_in"`           // "remote", "store", or "both"
}

// sharedFlags are the flags of the commands that look at the remote.
type sharedFlags struct {
	evaluation
	asJSON bool
}

func (f *sharedFlags) bind(fs *pflag.FlagSet) {
	f.vars.bind(fs)
	fs.BoolVar(&f.asJSON, "json", false, "print JSON")
}

// RemoteStatus is the command remote status.
func RemoteStatus(flags *pflag.FlagSet) Run {
	return sharedCommand(flags, false, func(ctx context.Context, w *workspace, _ apply.Disk) (*sharedDocument, int, error) {
		doc := &sharedDocument{}
		err := w.eachWanted(ctx, doc, func(ctx context.Context, c apply.Wanted) (string, error) {
			has, err := w.remote.Has(ctx, c.Hash, c.Size)
			return missingIn(w.here(c), has), err
		})
		if err == nil {
			err = w.eachResult(ctx, doc)
		}
		if due := len(w.remote.Due()); err == nil && due > 0 && len(doc.Missing) == 0 {
			return doc, ExitDifference, nil
		}
		if len(doc.Missing) > 0 {
			return doc, ExitDifference, err
		}
		return doc, ExitDone, err
	})
}

// RemotePush is the command remote push.
func RemotePush(flags *pflag.FlagSet) Run {
	var reread bool
	flags.BoolVar(&reread, "checksum", false, "read what the remote has, and upload over what is damaged")
	return sharedCommand(flags, true, func(ctx context.Context, w *workspace, d apply.Disk) (*sharedDocument, int, error) {
		if reread {
			w.remote.Reread()
		}
		missing, err := apply.Push(ctx, d, w.remote)
		doc, code := &sharedDocument{}, ExitDone
		for _, c := range missing {
			doc.Missing = append(doc.Missing, missingShared{Address: c.Address, ContentHash: c.Hash, MissingIn: missingIn(false, false)})
			code = ExitFailed
		}
		return doc, code, err
	})
}

// RemotePull is the command remote pull.
func RemotePull(flags *pflag.FlagSet) Run {
	return sharedCommand(flags, false, func(ctx context.Context, w *workspace, _ apply.Disk) (*sharedDocument, int, error) {
		doc, code := &sharedDocument{}, ExitDone
		err := w.eachWanted(ctx, doc, func(ctx context.Context, c apply.Wanted) (string, error) {
			err := w.remote.Fetch(ctx, w.store, c.Hash, c.Size)
			if !errors.Is(err, fs.ErrNotExist) {
				return "", err
			}
			if w.here(c) {
				return "", nil
			}
			return missingIn(false, false), nil
		})
		if len(doc.Missing) > 0 {
			code = ExitFailed
		}
		return doc, code, err
	})
}

func missingIn(here, there bool) string {
	switch {
	case here && there:
		return ""
	case here:
		return "remote"
	case there:
		return "store"
	}
	return "both"
}

// here tells whether this machine has a content: in the store, or as an output.
func (w *workspace) here(c apply.Wanted) bool {
	state := w.files[c.Output]
	return w.store.Has(c.Hash) || c.Output != "" && state.Kind == worktree.Regular && state.Is(c.Hash)
}

// eachWanted does something with each content that the lock names, and notes
// where it is missing.
func (w *workspace) eachWanted(ctx context.Context, doc *sharedDocument, do func(context.Context, apply.Wanted) (string, error)) error {
	wanted := apply.WantedContents(w.lock)
	missing := make([]string, len(wanted))
	err := atOnce(len(wanted), func(i int) error {
		where, err := do(ctx, wanted[i])
		if err == nil {
			missing[i] = where
		}
		return err
	})
	for i, where := range missing {
		if where != "" {
			doc.Missing = append(doc.Missing, missingShared{Address: wanted[i].Address, ContentHash: wanted[i].Hash, MissingIn: where})
		}
	}
	return err
}

// eachResult notes of which results that were paid for the remote has no record:
// another machine would pay for them again.
func (w *workspace) eachResult(ctx context.Context, doc *sharedDocument) error {
	wanted := apply.WantedResults(w.project.Engines, w.lock, w.store)
	has := make([]bool, len(wanted))
	err := atOnce(len(wanted), func(i int) (err error) {
		has[i], err = w.remote.HasResult(ctx, &wanted[i].Entry)
		return err
	})
	for i, r := range wanted {
		if !has[i] && err == nil {
			doc.Missing = append(doc.Missing, missingShared{Address: r.Address, ContentHash: r.Entry.ContentHash, InputsHash: r.Entry.InputsHash, MissingIn: missingIn(true, false)})
		}
	}
	return err
}

// atOnce does n things, some at a time, and returns the first error.
func atOnce(n int, do func(i int) error) error {
	var mu sync.Mutex
	var failure error
	var g errgroup.Group
	g.SetLimit(askingAtOnce)
	for i := range n {
		g.Go(func() error {
			err := do(i)
			mu.Lock()
			defer mu.Unlock()
			if failure == nil {
				failure = err
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
	return failure
}

// sharedCommand opens a project and its remote for a command that looks at what
// the lock names.
func sharedCommand(flags *pflag.FlagSet, writes bool, do func(context.Context, *workspace, apply.Disk) (*sharedDocument, int, error)) Run {
	var f sharedFlags
	f.bind(flags)
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		w, d, code := s.openShared(f.evaluation, writes)
		if w == nil {
			return code
		}
		defer w.closeRemote(s.loader)
		defer w.earlier.Close()
		doc, code := &sharedDocument{}, ExitDone
		err := w.remote.Reach(ctx) // a lock that names nothing asks for nothing
		if err == nil {
			stop := s.showTransfers(w.remote.Counts)
			doc, code, err = do(ctx, w, d)
			stop()
		}
		s.printDiagnostics(w.damages(), w.project)
		counts := w.remote.Counts()
		doc.Uploaded, doc.Records, doc.Downloaded, doc.Bytes = counts.Uploaded, counts.Records, counts.Downloaded, counts.Bytes
		if err != nil {
			code = s.fail("Remote does not answer", err)
			if doc.Error = diag.Plain(err); !f.asJSON {
				return code
			}
		}
		if shown := s.printShared(doc, len(w.remote.Due()), f.asJSON); shown != ExitDone {
			return shown
		}
		return code
	}
}

// openShared opens a project that has a remote; nil: it was said why not.
func (s *Session) openShared(e evaluation, writes bool) (*workspace, apply.Disk, int) {
	w, ok := s.open(e, true)
	if !ok {
		return nil, apply.Disk{}, ExitError
	}
	data, err := s.data()
	if err != nil {
		return nil, apply.Disk{}, dataRefused(s.streams, err)
	}
	err = s.openRemote(w, data, remoteFlag{})
	switch {
	case err != nil:
	case w.remote == nil:
		err = fmt.Errorf("this project has no remote, or it is off; name one in a remote block, or in %s", remoteURLVariable)
	case writes && w.remote.ReadOnly():
		err = fmt.Errorf("the remote %s is only read here: its mode is \"read\"", w.remote.Shown())
	}
	if err != nil {
		return nil, apply.Disk{}, s.remoteUnusable(err)
	}
	return w, apply.Disk{Project: w.project, Lock: w.lock, LockPath: s.lockPath(), LockRaw: w.raw, Data: data, Store: w.store, Earlier: w.earlier}, ExitDone
}

// damages are what was worked around in the remote.
func (w *workspace) damages() (diags hcl.Diagnostics) {
	for _, text := range w.remote.Warnings() {
		diags = append(diags, damageInRemote(w.remote.Shown(), text))
	}
	return diags
}

func (s *Session) printShared(doc *sharedDocument, due int, asJSON bool) int {
	doc.FormatVersion = plan.FormatVersion
	if asJSON {
		if doc.Missing == nil {
			doc.Missing = []missingShared{}
		}
		b, err := plan.Encode(doc)
		if err != nil {
			return s.fail("Output failed", err)
		}
		return s.outputJSON(string(b))
	}
	var b strings.Builder
	for _, m := range doc.Missing {
		if !m.InputsHash.IsZero() {
			fmt.Fprintf(&b, "! %s: the record of its result is not in the remote: other machines would pay for it again\n", inline(m.Address))
			continue
		}
		where := map[string]string{"remote": "not in the remote", "store": "only in the remote", "both": "neither here nor in the remote"}[m.MissingIn]
		fmt.Fprintf(&b, "! %s: %s is %s\n", inline(m.Address), m.ContentHash, where)
	}
	if doc.Uploaded > 0 {
		fmt.Fprintf(&b, "Uploaded %s, %s.\n", diag.Count(doc.Uploaded, "file"), diag.Size(doc.Bytes))
	}
	if doc.Records > 0 {
		fmt.Fprintf(&b, "Wrote %s of results.\n", diag.Count(doc.Records, "record"))
	}
	if doc.Downloaded > 0 {
		fmt.Fprintf(&b, "Downloaded %s, %s.\n", diag.Count(doc.Downloaded, "file"), diag.Size(doc.Bytes))
	}
	if due > 0 {
		fmt.Fprintf(&b, "%s due: \"assetform remote push\" makes up for it.\n", countWere(due, "upload"))
	}
	if b.Len() == 0 {
		b.WriteString("Lock, store and remote have the same.\n")
	}
	return s.output(b.String())
}
