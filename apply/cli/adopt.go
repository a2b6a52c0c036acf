package cli

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"assetform/apply"
	"assetform/apply/remote"
	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/spf13/pflag"
)

// diskFlags are the flags of commands that change outputs and lock without
// any server.
type diskFlags struct {
	evaluation
	lockTimeout time.Duration
}

func (f *diskFlags) bind(fs *pflag.FlagSet) {
	f.vars.bind(fs)
	fs.DurationVar(&f.lockTimeout, "lock-timeout", 0, "wait this `DURATION` for another apply to end")
}

// withDisk opens the project under the run lock.
func withDisk(ctx context.Context, l *loader, f *diskFlags, do func(*workspace, apply.Disk) int) int {
	held, code := l.acquire(ctx, f.lockTimeout)
	if held == nil {
		return code
	}
	defer l.release(held)
	w, ok := l.open(f.evaluation, true)
	if !ok {
		return ExitError
	}
	data, err := l.data()
	if err != nil {
		return dataRefused(l.streams, err)
	}
	defer w.earlier.Close()
	return do(w, apply.Disk{
		Project: w.project, Lock: w.lock, LockPath: l.lockPath(), LockRaw: w.raw, Data: data, Store: w.store, Earlier: w.earlier,
		Tracked: l.tracked,
		WithLFS: func(output string) bool {
			r, err := repo.Open(ctx, l.Dir, l.Environ)
			return err == nil && r.WithLFS(ctx, output)
		},
	})
}

// Adopt is the command adopt.
func Adopt(fs *pflag.FlagSet) Run {
	var f diskFlags
	var release bool
	f.bind(fs)
	fs.BoolVar(&release, "release", false, "take the mark of adoption off: from then on edits generate the asset again")
	return func(ctx context.Context, s *Session, args []string) int {
		if len(args) == 0 {
			return s.fail("Unusable arguments", fmt.Errorf("\"assetform adopt\" needs the address of an asset, or a glob"))
		}
		if release {
			return releaseAdopted(ctx, s.loader, args, f.lockTimeout)
		}
		return withDisk(ctx, s.loader, &f, func(w *workspace, d apply.Disk) int {
			var known []address.Address
			paths := map[string]address.Address{}
			for _, spec := range w.project.Specs {
				known = append(known, spec.Address)
				paths[spec.Output] = spec.Address
			}
			err := notPaths(args, paths)
			var list []address.Address
			if err == nil {
				list, err = matching(args, known, "the configuration")
			}
			if err != nil {
				return s.fail("No such asset", err)
			}
			if err := s.openRemote(w, d.Data, remoteFlag{}); err != nil {
				return s.remoteUnusable(err)
			}
			defer w.closeRemote(s.loader)
			before := w.lock.Clone()
			adopted, untouched, diags := apply.Adopt(ctx, d, w.build(plan.Options{}), list)
			s.printDiagnostics(diags, w.project)
			if diags.HasErrors() {
				return ExitError
			}
			return s.output(adoptedLines(before, adopted, untouched) + w.shareAdopted(adopted) + w.dueAfter(before, adopted))
		})
	}
}

// shareAdopted notes that the remote is to have the files that were adopted: the
// next apply uploads them. It says so.
func (w *workspace) shareAdopted(adopted []address.Address) string {
	if w.remote == nil || w.remote.ReadOnly() || len(adopted) == 0 {
		return ""
	}
	for _, a := range adopted {
		e := w.lock.Assets[a.String()]
		w.remote.Note(remote.Upload{Contents: []lockfile.ContentHash{e.ContentHash}})
	}
	return fmt.Sprintf("%s due: \"assetform remote push\", or the next apply, gives the remote what others need.\n", countIs(len(adopted), "upload"))
}

// adoptedLines says what became of each asset, and which candidates a person's
// file has taken the place of.
func adoptedLines(before *lockfile.Lock, adopted, untouched []address.Address) string {
	var b strings.Builder
	for _, a := range adopted {
		fmt.Fprintf(&b, "Adopted %s", inline(a.String()))
		if e := before.Assets[a.String()]; len(e.Candidates) > 0 {
			fmt.Fprintf(&b, "; the file takes the place of its %d candidates", len(e.Candidates))
			if e.Picked > 0 {
				fmt.Fprintf(&b, ", of which %d was picked", e.Picked)
			}
		}
		b.WriteByte('\n')
	}
	for _, a := range untouched {
		fmt.Fprintf(&b, "Nothing to adopt: the file of %s is what was generated for it\n", inline(a.String()))
	}
	return b.String()
}

// dueAfter says how many assets have an input that was adopted with other
// content than it had: they are generated anew, which costs.
func (w *workspace) dueAfter(before *lockfile.Lock, adopted []address.Address) string {
	changed := map[address.Address]bool{}
	for _, a := range adopted {
		was, stood := before.Assets[a.String()]
		is := w.lock.Assets[a.String()]
		changed[a] = stood && was.UpstreamHash() != is.UpstreamHash()
	}
	due := 0
	for _, spec := range w.project.Specs {
		_, made := before.Assets[spec.Address.String()]
		if made && !slices.Contains(adopted, spec.Address) && slices.ContainsFunc(spec.Inputs, func(in config.Input) bool { return changed[in.Upstream] }) {
			due++
		}
	}
	if due == 0 {
		return ""
	}
	return fmt.Sprintf("%s made from what stood there before: \"assetform plan\" says what is due now.\n", map[bool]string{true: "1 asset was", false: diag.Count(due, "asset") + " were"}[due == 1])
}

// releaseAdopted takes the mark of adoption off entries. It changes the lock
// alone, so it needs no configuration.
func releaseAdopted(ctx context.Context, l *loader, args []string, timeout time.Duration) int {
	edit := lockEdit{timeout: timeout}
	return edit.run(ctx, l, func(lock *lockfile.Lock) ([]string, error) {
		addresses, err := matchEntries(lock, args)
		if err != nil {
			return nil, err
		}
		data, err := l.data()
		if err != nil {
			return nil, err
		}
		st, err := store.Open(data)
		if err != nil {
			return nil, err
		}
		released, err := apply.ReleaseAdopted(lock, st, addresses)
		if err != nil {
			return nil, err
		}
		if len(released) == 0 {
			return []string{"Nothing to release: none of these was adopted."}, nil
		}
		var lines []string
		for _, a := range released {
			lines = append(lines, fmt.Sprintf("Released %s; from now on edits generate it again", printable(a)))
		}
		return lines, nil
	})
}

// matching resolves addresses and globs. One that matches nothing is an
// error.
func matching(patterns []string, known []address.Address, where string) ([]address.Address, error) {
	var list []address.Address
	for _, pattern := range patterns {
		found := false
		for _, a := range known {
			if address.Match(pattern, a) {
				list, found = append(list, a), true
			}
		}
		if !found {
			var names []string
			for _, a := range known {
				names = append(names, a.String())
			}
			return nil, fmt.Errorf("%q matches no asset of %s%s", pattern, where, meantAddress(pattern, names))
		}
	}
	slices.SortFunc(list, address.Address.Compare)
	return slices.Compact(list), nil
}

func addressLines(verb string, list []address.Address) string {
	var b strings.Builder
	for _, a := range list {
		fmt.Fprintf(&b, "%s %s\n", verb, inline(a.String()))
	}
	return b.String()
}

// notPaths answers the path of an output where an address is wanted.
func notPaths(args []string, outputs map[string]address.Address) error {
	for _, arg := range args {
		if a, found := outputs[path.Clean(filepath.ToSlash(arg))]; found {
			return fmt.Errorf("%q is a path: it is the output of %s, so write %s", arg, a, diag.ShellWord(a.String()))
		}
	}
	return nil
}
