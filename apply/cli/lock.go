package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan/render"

	"github.com/spf13/pflag"
)

// LockList is the command lock list.
func LockList(_ *pflag.FlagSet) Run {
	return func(_ context.Context, s *Session, args []string) int {
		lock, _, diags := s.loadLock()
		if diags.HasErrors() {
			s.printDiagnostics(diags, nil)
			return ExitError
		}
		addresses := lock.Addresses()
		if len(args) > 0 {
			var err error
			if addresses, err = matchEntries(lock, args); err != nil {
				return s.fail("No such asset in the lock", err)
			}
		}
		var b strings.Builder
		for _, a := range addresses {
			b.WriteString(inline(a) + "\n")
		}
		return s.output(b.String())
	}
}

// LockShow is the command lock show.
func LockShow(fs *pflag.FlagSet) Run {
	var asJSON bool
	fs.BoolVar(&asJSON, "json", false, "print the entries in the form of the lock")
	return func(_ context.Context, s *Session, args []string) int {
		if len(args) == 0 {
			return s.fail("Wrong number of arguments", errors.New("\"assetform lock show\" takes the addresses to show, but none was given"))
		}
		lock, _, diags := s.loadLock()
		if diags.HasErrors() {
			s.printDiagnostics(diags, nil)
			return ExitError
		}
		addresses, err := matchEntries(lock, args)
		if err != nil {
			return s.fail("No such asset in the lock", err)
		}
		var texts []string
		for _, a := range addresses {
			texts = append(texts, entryText(a, lock.Assets[a]))
		}
		if asJSON {
			return s.outputJSON(string(lock.Only(addresses).Encode()))
		}
		return s.output(strings.Join(texts, "\n"))
	}
}

func noEntry(lock *lockfile.Lock, address string) error {
	return fmt.Errorf("the lock has no entry for %q%s", address, meantAddress(address, lock.Addresses()))
}

// entryText is an entry for people, a line each field.
func entryText(address string, e lockfile.Entry) string {
	var b strings.Builder
	line := func(name, value string) {
		if value != "" {
			fmt.Fprintf(&b, "  %-13s %s\n", name, value)
		}
	}
	b.WriteString(inline(address) + "\n")
	line("output", inline(e.Output))
	line("method", inline(e.Method+" ("+e.Provider+")"))
	for _, name := range e.Inputs.Keys() {
		line(name, inline(e.Inputs[name].String()))
	}
	size := diag.Size(e.Bytes)
	if e.Width > 0 && e.Height > 0 {
		size = fmt.Sprintf("%d × %d, %s", e.Width, e.Height, size)
	}
	if e.Duration > 0 {
		size += fmt.Sprintf(", %gs", e.Duration)
	}
	line("content", inline(e.MediaType)+", "+size)
	if cost := engine.Cost(e.Cost); !cost.IsZero() {
		line("cost", cost.String())
	}
	line("task", inline(e.TaskID))
	if e.Adopted {
		line("made", "by hand")
	}
	if e.Placeholder {
		line("placeholder", "yes")
	}
	for i, c := range e.Candidates {
		line(fmt.Sprintf("candidate %d", i+1), inline(render.CandidateText(c, e.Picked == i+1)))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Marks)) {
		line("mark", inline(name+": "+e.Marks[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(e.Frames)) {
		line("frame", inline(name+": "+fmt.Sprint(e.Frames[name])))
	}
	line("protected", inline(strings.Join(e.Protect, ", ")))
	line("inputs hash", e.InputsHash.String())
	line("content hash", e.ContentHash.String())
	if !e.SourceHash.IsZero() {
		line("source hash", e.SourceHash.String())
	}
	return b.String()
}

// lockEdit are the flags of the commands that edit the lock by hand.
type lockEdit struct {
	dryRun  bool
	timeout time.Duration
}

func (l *lockEdit) bind(fs *pflag.FlagSet) {
	fs.BoolVar(&l.dryRun, "dry-run", false, "change nothing, only say what would")
	fs.DurationVar(&l.timeout, "lock-timeout", 0, "wait this `DURATION` for an apply to end")
}

// run reads the lock, has it edited and writes it. Edit changes the lock and
// returns what it did, a line each.
func (l *lockEdit) run(ctx context.Context, at *loader, edit func(*lockfile.Lock) ([]string, error)) int {
	if !l.dryRun {
		held, code := at.acquire(ctx, l.timeout)
		if held == nil {
			return code
		}
		defer at.release(held)
	}
	lock, _, diags := at.loadLock()
	if diags.HasErrors() {
		at.printDiagnostics(diags, nil)
		return ExitError
	}
	before := lock.Clone()
	lines, err := edit(lock)
	if err != nil {
		return at.fail("Lock not changed", err)
	}
	if !l.dryRun && !lock.Equal(before) {
		if err := lockfile.Save(at.lockPath(), lock); err != nil {
			return at.fail("Lock not changed", err)
		}
	}
	return at.output(strings.Join(lines, "\n") + "\n")
}

// LockMv is the command lock mv.
func LockMv(fs *pflag.FlagSet) Run {
	var l lockEdit
	l.bind(fs)
	return func(ctx context.Context, s *Session, args []string) int {
		if len(args) != 2 {
			return s.fail("Wrong number of arguments", fmt.Errorf("\"assetform lock mv\" takes the old and the new address, but %s given", countWere(len(args), "argument")))
		}
		verb := "Moved"
		if l.dryRun {
			verb = "Would move"
		}
		return l.run(ctx, s.loader, func(lock *lockfile.Lock) ([]string, error) {
			moves, err := movesOf(lock, args[0], args[1])
			if err != nil {
				return nil, err
			}
			var lines []string
			for _, m := range moves {
				lock.Put(m.to, m.entry)
				lines = append(lines, fmt.Sprintf("%s %s to %s", verb, m.from, m.to))
			}
			return lines, nil
		})
	}
}

type entryMove struct {
	from, to string
	entry    lockfile.Entry
}

// movesOf takes the entries that the first address names out of the lock and
// says where they go: one asset, all instances of a block, or a whole module,
// as in a moved block.
func movesOf(lock *lockfile.Lock, from, to string) ([]entryMove, error) {
	block, err := movedBlock(from, to)
	if err != nil {
		return nil, err
	}
	var moves []entryMove
	for _, text := range lock.Addresses() {
		a, err := address.Parse(text)
		if err != nil {
			return nil, err
		}
		if next, ok := block.Rewrite(a); ok {
			moves = append(moves, entryMove{from: text, to: next.String(), entry: lock.Assets[text]})
		}
	}
	if len(moves) == 0 {
		return nil, noEntry(lock, from)
	}
	for _, m := range moves {
		lock.Drop(m.from)
	}
	for _, m := range moves {
		if _, stands := lock.Assets[m.to]; stands {
			return nil, fmt.Errorf("move %s to %s: the lock has an entry there; remove it first with \"assetform lock rm\"", m.from, m.to)
		}
	}
	return moves, nil
}

// movedBlock makes a moved block of two addresses of assets, blocks or
// modules.
func movedBlock(from, to string) (config.Moved, error) {
	f, err := address.ParseTarget(from)
	if err != nil {
		return config.Moved{}, err
	}
	t, err := address.ParseTarget(to)
	if err != nil {
		return config.Moved{}, err
	}
	switch {
	case f.Address.Kind != t.Address.Kind:
		return config.Moved{}, fmt.Errorf("move %s to %s: an entry can only move to another of its kind", from, to)
	case from == to:
		return config.Moved{}, fmt.Errorf("move %s to %s: the addresses are equal", from, to)
	}
	return config.Moved{From: f, To: t}, nil
}

// LockRm is the command lock rm.
func LockRm(fs *pflag.FlagSet) Run {
	var l lockEdit
	l.bind(fs)
	return func(ctx context.Context, s *Session, args []string) int {
		if len(args) == 0 {
			return s.fail("Wrong number of arguments", errors.New("\"assetform lock rm\" takes the addresses to remove, but none was given"))
		}
		verb := "Removed"
		if l.dryRun {
			verb = "Would remove"
		}
		return l.run(ctx, s.loader, func(lock *lockfile.Lock) ([]string, error) {
			addresses, err := matchEntries(lock, args)
			if err != nil {
				return nil, err
			}
			var lines []string
			for _, a := range addresses {
				lines = append(lines, fmt.Sprintf("%s %s; the file %q stays", verb, a, lock.Assets[a].Output))
				lock.Drop(a)
			}
			return lines, nil
		})
	}
}

// matchEntries lists the entries that addresses and globs name, in the lock's
// order. One that names nothing is an error.
func matchEntries(lock *lockfile.Lock, patterns []string) ([]string, error) {
	named := make([]bool, len(patterns))
	var list []string
	for _, text := range lock.Addresses() {
		a, err := address.Parse(text)
		if err != nil {
			return nil, err
		}
		matched := false
		for i, pattern := range patterns {
			if address.Match(pattern, a) {
				named[i], matched = true, true
			}
		}
		if matched {
			list = append(list, text)
		}
	}
	for i, pattern := range patterns {
		if !named[i] {
			return nil, noEntry(lock, pattern)
		}
	}
	return list, nil
}
