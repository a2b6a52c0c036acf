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
	"assetform/lockfile"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
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
			s.printDiagnostics(w.fetchMissing(ctx, s.streams, list), w.project)
			restored, diags := apply.RestoreOutputs(ctx, d, list)
			s.printDiagnostics(slices.Concat(diags, w.leftAlone(list, restored), w.notRestored(list)), w.project)
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

// absent lists the entries of the lock, of these addresses or all, whose output is
// missing.
func (w *workspace) absent(list []address.Address) []string {
	return w.outputsThat(list, func(e *lockfile.Entry) bool { return !w.files[e.Output].Exists() })
}

// others lists those at whose output another content stands.
func (w *workspace) others(list []address.Address) []string {
	return w.outputsThat(list, func(e *lockfile.Entry) bool {
		state := w.files[e.Output]
		return state.Exists() && !state.Is(e.ContentHash)
	})
}

// leftAlone says at which outputs another content stands that was not restored
// over.
func (w *workspace) leftAlone(list, restored []address.Address) hcl.Diagnostics {
	back := map[string]bool{}
	for _, a := range restored {
		back[a.String()] = true
	}
	var paths []string
	for _, text := range w.others(list) {
		if !back[text] {
			paths = append(paths, w.lock.Assets[text].Output)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	return hcl.Diagnostics{{Severity: hcl.DiagWarning, Summary: "Files were left alone", Detail: fmt.Sprintf(
		"%s not restored, such as %q: what stands there is not what the lock says, and nothing shows that assetform wrote it. \"assetform adopt ADDR\" keeps such a file; to have the recorded one, move it away and restore again.",
		countWere(len(paths), "output"), paths[0])}}
}

func (w *workspace) outputsThat(list []address.Address, are func(*lockfile.Entry) bool) (texts []string) {
	asked := map[string]bool{}
	for _, a := range list {
		asked[a.String()] = true
	}
	for _, text := range w.lock.Addresses() {
		if e := w.lock.Assets[text]; (len(list) == 0 || asked[text]) && are(&e) {
			texts = append(texts, text)
		}
	}
	return texts
}

// stored tells whether the store has what an entry's output is restored from.
func (w *workspace) stored(e *lockfile.Entry) bool {
	return w.store.Has(e.ContentHash) || w.store.Has(e.SourceHash)
}

// fetchMissing brings what outputs are restored from into the store, as
// far as the remote has it and the store does not.
func (w *workspace) fetchMissing(ctx context.Context, s *streams, list []address.Address) hcl.Diagnostics {
	if w.remote == nil {
		return nil
	}
	defer s.showTransfers(w.remote.Counts)()
	away := append(w.absent(list), slices.DeleteFunc(w.others(list), func(text string) bool {
		return !w.store.Has(w.files[w.lock.Assets[text].Output].Hash) // a person's
	})...)
	return w.eachAway(ctx, away, func(ctx context.Context, e *lockfile.Entry, h lockfile.ContentHash) (bool, error) {
		err := w.remote.Fetch(ctx, w.store, h)
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		return err == nil, err
	})
}

// eachAway does something with what each output is restored from that
// the store does not have: with its content, and if that comes to nothing with
// what it was converted from.
func (w *workspace) eachAway(ctx context.Context, texts []string, do func(context.Context, *lockfile.Entry, lockfile.ContentHash) (bool, error)) hcl.Diagnostics {
	if w.remote == nil {
		return nil
	}
	var mu sync.Mutex
	var failure error
	var g errgroup.Group
	g.SetLimit(askingAtOnce)
	for _, text := range texts {
		e := w.lock.Assets[text]
		if w.stored(&e) {
			continue
		}
		g.Go(func() error {
			done, err := do(ctx, &e, e.ContentHash)
			if !done && err == nil && !e.SourceHash.IsZero() {
				_, err = do(ctx, &e, e.SourceHash)
			}
			mu.Lock()
			defer mu.Unlock()
			if failure == nil {
				failure = err
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
	var diags hcl.Diagnostics
	for _, text := range w.remote.Warnings() {
		diags = append(diags, damageInRemote(w.remote.Shown(), text))
	}
	if failure != nil {
		diags = append(diags, &hcl.Diagnostic{Severity: hcl.DiagWarning, Summary: "Remote does not answer", Detail: diag.Sentence(failure)})
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
	missing := w.absent(list)
	diags := w.eachAway(ctx, missing, func(ctx context.Context, e *lockfile.Entry, h lockfile.ContentHash) (bool, error) {
		size := e.Bytes
		if h != e.ContentHash {
			size = 0 // of a source nobody knows it
		}
		has, err := w.remote.Has(ctx, h, size)
		mu.Lock()
		defer mu.Unlock()
		if has {
			found[h] = true
		}
		return has, err
	})
	s.printDiagnostics(diags, w.project)
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
	for _, text := range w.lock.Addresses() {
		asked := len(list) == 0 || slices.ContainsFunc(list, func(a address.Address) bool { return a.String() == text })
		output := w.lock.Assets[text].Output
		if _, err := os.Lstat(filepath.Join(w.project.Dir, filepath.FromSlash(output))); asked && errors.Is(err, fs.ErrNotExist) && len(missing) < mostAsked {
			missing = append(missing, output)
		}
	}
	return append(w.lostLock(), w.trackedOf(missing)...)
}
