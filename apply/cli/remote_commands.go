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
	Downloaded    int             `json:"downloaded"`
	Bytes         int64           `json:"bytes"`
}

// missingShared is a content of the lock that is not everywhere.
type missingShared struct {
	Address     string               `json:"address"`
	ContentHash lockfile.ContentHash `json:"content_hash"`
	MissingIn   string               `json:"missing_in"` // "remote", "store", or "both"
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
	return sharedCommand(flags, true, func(ctx context.Context, w *workspace, d apply.Disk) (*sharedDocument, int, error) {
		missing, err := apply.Push(ctx, d, w.remote)
		doc, code := &sharedDocument{}, ExitDone
		for _, c := range missing {
			doc.Missing = append(doc.Missing, missingShared{c.Address, c.Hash, missingIn(false, false)})
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
			err := w.remote.Fetch(ctx, w.store, c.Hash)
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
	return w.store.Has(c.Hash) || c.Output != "" && w.files[c.Output].Is(c.Hash)
}

// eachWanted does something with each content that the lock names, and notes
// where it is missing.
func (w *workspace) eachWanted(ctx context.Context, doc *sharedDocument, do func(context.Context, apply.Wanted) (string, error)) error {
	wanted := apply.WantedContents(w.lock)
	missing := make([]string, len(wanted))
	var mu sync.Mutex
	var failure error
	var g errgroup.Group
	g.SetLimit(askingAtOnce)
	for i, c := range wanted {
		g.Go(func() error {
			where, err := do(ctx, c)
			mu.Lock()
			defer mu.Unlock()
			missing[i] = where
			if failure == nil {
				failure = err
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
	for i, where := range missing {
		if where != "" && failure == nil {
			doc.Missing = append(doc.Missing, missingShared{wanted[i].Address, wanted[i].Hash, where})
		}
	}
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
		doc, code, err := do(ctx, w, d)
		s.printDiagnostics(w.damages(), w.project)
		if err != nil {
			return s.fail("Remote does not answer", err)
		}
		counts := w.remote.Counts()
		doc.Uploaded, doc.Downloaded, doc.Bytes = counts.Uploaded, counts.Downloaded, counts.Bytes
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
		where := map[string]string{"remote": "not in the remote", "store": "only in the remote", "both": "neither here nor in the remote"}[m.MissingIn]
		fmt.Fprintf(&b, "! %s: %s is %s\n", inline(m.Address), m.ContentHash, where)
	}
	if doc.Uploaded > 0 {
		fmt.Fprintf(&b, "Uploaded %s, %s.\n", diag.Count(doc.Uploaded, "file"), diag.Size(doc.Bytes))
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
