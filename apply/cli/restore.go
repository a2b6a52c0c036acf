package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"assetform/apply"
	"assetform/apply/remote"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/worktree"
	"assetform/lockfile"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
)

// remoteOfReaders is what --remote does to commands that only read it.
const remoteOfReaders = "`MODE` of the project's remote: off, or read (default: as it is configured)"

// Restore is the command restore.
func Restore(flags *pflag.FlagSet) Run {
	var f diskFlags
	var at remoteFlag
	var check bool
	f.bind(flags)
	at.bind(flags, remoteOfReaders)
	flags.BoolVar(&check, "check", false, "restore nothing, only say what could not be restored")
	return func(ctx context.Context, s *Session, args []string) int {
		if err := at.check(); err != nil {
			return s.fail("Unusable flag", err)
		}
		if check {
			return s.checkMissing(ctx, f.evaluation, at, args)
		}
		return withDisk(ctx, s.loader, &f, func(w *workspace, d apply.Disk) int {
			list, err := w.named(args)
			if err != nil {
				return s.fail("No such asset", err)
			}
			if err := s.openRemote(w, d.Data, at); err != nil {
				return s.remoteUnusable(err)
			}
			defer w.closeRemote(s.loader)
			missing := away{w: w, do: func(ctx context.Context, e *lockfile.Entry, h lockfile.ContentHash) (bool, error) {
				return here(w.remote.Fetch(ctx, w.store, h, sizeOf(e, h)))
			}}
			stop := func() {}
			if w.remote != nil {
				stop = s.showTransfers(w.remote.Counts)
			}
			restored, diags := apply.RestoreOutputs(ctx, d, list, func(e *lockfile.Entry) { missing.ask(ctx, e) })
			stop()
			s.printDiagnostics(slices.Concat(missing.diagnostics(), diags, w.leftAlone(list, restored), w.notRestored(list)), w.project)
			if diags.HasErrors() {
				return ExitError
			}
			switch code := s.output(addressLines("Restored", restored)); {
			case code != ExitDone:
				return code
			case len(diags) > 0:
				return ExitFailed // what is missing still
			case len(restored) == 0:
				return s.output("Nothing to restore.\n")
			}
			return ExitDone
		})
	}
}

// named resolves addresses and globs of the lock.
func (w *workspace) named(args []string) ([]address.Address, error) {
	var known []address.Address
	paths := map[string]address.Address{}
	for _, text := range w.lock.Addresses() {
		if a, err := address.Parse(text); err == nil {
			known = append(known, a)
			paths[w.lock.Assets[text].Output] = a
		}
	}
	if err := notPaths(args, paths); err != nil {
		return nil, err
	}
	return matching(args, known, "the lock")
}

// among tells which addresses of the lock are in a list; in an empty one all are.
func among(list []address.Address) func(text string) bool {
	asked := map[string]bool{}
	for _, a := range list {
		asked[a.String()] = true
	}
	return func(text string) bool { return len(list) == 0 || asked[text] }
}

// absent lists the entries of the lock, of these addresses or all, whose output is
// to be restored.
func (w *workspace) absent(list []address.Address) (texts []string) {
	asked := among(list)
	for _, text := range w.lock.Addresses() {
		if e := w.lock.Assets[text]; asked(text) && w.lacks(&e) {
			texts = append(texts, text)
		}
	}
	return texts
}

// lacks tells that an output is missing, or that another result of assetform's
// stands there, as of the lock before a pull.
func (w *workspace) lacks(e *lockfile.Entry) bool {
	state := w.files[e.Output]
	if !state.Exists() || state.Is(e.ContentHash) {
		return !state.Exists()
	}
	return state.Kind != worktree.Foreign && w.store.Has(state.Hash) && (!w.store.HandMade(state.Hash) || w.store.Wrote(w.lock.Dir, e.Output, state.Hash))
}

// leftAlone says at which outputs a file stands that assetform is not known to have
// written.
func (w *workspace) leftAlone(list, restored []address.Address) hcl.Diagnostics {
	asked, back := among(list), map[string]bool{}
	for _, a := range restored {
		back[a.String()] = true
	}
	var paths []string
	for _, text := range w.lock.Addresses() {
		e := w.lock.Assets[text]
		if asked(text) && !back[text] && w.files[e.Output].Exists() && !w.lacks(&e) && !w.files[e.Output].Is(e.ContentHash) {
			paths = append(paths, e.Output)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	return hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "Files were left alone", Detail: fmt.Sprintf(
		"%s not restored, such as %q: what stands there is not what the lock says, and nothing shows that assetform wrote it. \"assetform adopt ADDR\" keeps such a file; to have the recorded one, move it away and restore again.",
		countWere(len(paths), "output"), paths[0])}}
}

// stored tells whether the store has what an entry's output is restored from.
func (w *workspace) stored(e *lockfile.Entry) bool {
	return w.store.Has(e.ContentHash) || w.store.Has(e.SourceHash)
}

// sizeOf is the length of a content that an entry names, in bytes; 0: of what it
// was converted from nobody knows it.
func sizeOf(e *lockfile.Entry, h lockfile.ContentHash) int64 {
	if h != e.ContentHash {
		return 0
	}
	return e.Bytes
}

// away asks the remote about what outputs are restored from, as far as the store
// does not have it. Its methods may be called concurrently.
type away struct {
	w *workspace
	// do asks about a content of an entry: about its own, and if that comes to
	// nothing about what it was converted from.
	do func(context.Context, *lockfile.Entry, lockfile.ContentHash) (found bool, err error)

	mu      sync.Mutex
	failure error // the first
}

func (a *away) ask(ctx context.Context, e *lockfile.Entry) {
	if a.w.remote == nil || !a.w.lacks(e) || a.w.stored(e) {
		return
	}
	found, err := a.do(ctx, e, e.ContentHash)
	if !found && err == nil && !e.SourceHash.IsZero() {
		_, err = a.do(ctx, e, e.SourceHash)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failure == nil {
		a.failure = err
	}
}

// diagnostics say what was worked around, and why not all was answered.
func (a *away) diagnostics() (diags hcl.Diagnostics) {
	if a.w.remote != nil {
		diags = a.w.damages()
	}
	if a.failure != nil {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Remote does not answer", Detail: diag.Sentence(a.failure)})
	}
	return diags
}

// checkMissing says which missing outputs could not be restored. What the remote
// has is noted for "verify --missing ok", which asks nobody.
func (s *Session) checkMissing(ctx context.Context, e evaluation, at remoteFlag, args []string) int {
	w, ok := s.open(e, true)
	if !ok {
		return ExitError
	}
	data, err := s.data()
	if err != nil {
		return dataRefused(s.streams, err)
	}
	if err := s.openRemote(w, data, at); err != nil {
		return s.remoteUnusable(err)
	}
	defer w.closeRemote(s.loader)
	list, err := w.named(args)
	if err != nil {
		return s.fail("No such asset", err)
	}
	var mu sync.Mutex
	found := map[lockfile.ContentHash]bool{}
	a := away{w: w, do: func(ctx context.Context, e *lockfile.Entry, h lockfile.ContentHash) (bool, error) {
		has, err := w.remote.Has(ctx, h, sizeOf(e, h))
		mu.Lock()
		defer mu.Unlock()
		if has {
			found[h] = true
		}
		return has, err
	}}
	missing := w.absent(list)
	_ = atOnce(len(missing), func(i int) error {
		e := w.lock.Assets[missing[i]]
		a.ask(ctx, &e)
		return nil
	})
	s.printDiagnostics(a.diagnostics(), w.project)
	url := ""
	if w.at != nil {
		url = w.at.url
	}
	if err := remote.SaveKnown(data, lockfile.Digest(w.raw), url, slices.SortedFunc(maps.Keys(found), compareContent)); err != nil {
		return s.fail("Data directory not usable", err)
	}
	var b strings.Builder
	lost := 0
	for _, text := range missing {
		if e := w.lock.Assets[text]; !w.stored(&e) && !found[e.ContentHash] && !found[e.SourceHash] {
			fmt.Fprintf(&b, "! %s: %q is missing, and its content is not in the store%s\n", inline(text), e.Output, map[bool]string{true: " nor in the remote"}[w.remote != nil])
			lost++
		}
	}
	fmt.Fprintf(&b, "%s missing, of which %d can be restored.\n", countWere(len(missing), "output"), len(missing)-lost)
	if code := s.output(b.String()); code != ExitDone || lost == 0 {
		return code
	}
	return ExitFailed
}

func compareContent(a, b lockfile.ContentHash) int { return bytes.Compare(a[:], b[:]) }

// notRestored says what of these outputs, or of all, is missing still although
// git has it.
func (w *workspace) notRestored(list []address.Address) hcl.Diagnostics {
	var missing []string
	asked := among(list)
	for _, text := range w.lock.Addresses() {
		output := w.lock.Assets[text].Output
		if _, err := os.Lstat(filepath.Join(w.project.Dir, filepath.FromSlash(output))); asked(text) && errors.Is(err, fs.ErrNotExist) && len(missing) < mostAsked {
			missing = append(missing, output)
		}
	}
	return append(w.lostLock(), w.trackedOf(missing)...)
}
