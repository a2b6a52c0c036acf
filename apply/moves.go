package apply

import (
	"context"
	"maps"
	"path"
	"path/filepath"

	"assetform/apply/media"
	"assetform/lockfile"
	"assetform/plan"

	"golang.org/x/sync/errgroup"
)

// fileChanges carries out what a plan does with files that were there before:
// moves and deletes. It belongs to the coordinator, and ends before assets are
// started.
type fileChanges struct {
	delivery *delivery
	commit   *committer
	events   *emitter
	root     string
	tracked  func(path string) bool // see Options
	earlier  Earlier                // see Options
	sharing  *sharing
}

// apply does everything that needs no generation and frees or fills
// paths, before anything is sent: files that restores take are stored, then
// files are deleted, then they are moved. So whatever is generated later
// finds its path free, and no order among assets has to be thought of.
//
// Moves may go round in circles. The content of each path that another move
// fills is stored first; then every target is written from the store, and the
// sources that nobody took over are removed. A kill between any two steps
// leaves each content in the store or at one of its paths, and the lock,
// which changes for all moves at once, still names the old paths: the next
// plan moves what is left.
func (f *fileChanges) apply(ctx context.Context, order []*node, conclude func(*node, error)) {
	f.sweepLeftovers()
	var deletes, moves []*node
	for _, n := range order {
		switch n.change.Action {
		case plan.Delete, plan.Forget:
			deletes = append(deletes, n)
		case plan.Move:
			moves = append(moves, n)
		}
	}
	f.storeSources(ctx, order)
	for _, n := range deletes {
		conclude(n, f.drop(n))
	}
	f.moveAll(moves, conclude)
	if err := f.delivery.outputs.SaveDirs(); err != nil {
		f.events.report(warning("List of directories was not saved", sentence(err)+". Empty directories may be left behind."))
	}
}

// sweepLeftovers removes what killed processes left beside outputs. What cannot
// be removed is only in the way.
func (f *fileChanges) sweepLeftovers() {
	for _, err := range f.delivery.outputs.Sweep(theirs(f.root, f.tracked)) {
		f.events.report(warning("Temporary file was left", sentence(err)+"."))
	}
}

// theirs tells whether a file below the project's root is known to git, or may
// be: then no killed process of ours left it.
func theirs(root string, tracked func(path string) bool) func(name string) bool {
	return func(name string) bool { return tracked != nil && tracked(filepath.Join(root, name)) }
}

// storeSources takes what restores and moves bring back into the store: the
// files of other entries, before any of them is replaced, and what git has. What
// fails here fails again, with its asset's name, when it is restored.
func (f *fileChanges) storeSources(ctx context.Context, order []*node) {
	var g errgroup.Group
	g.SetLimit(4)
	store := func(s *plan.Stored) {
		switch {
		case s == nil || ctx.Err() != nil:
		case s.From == plan.FromRemote: // a restore fetches it beside the work
		case s.From != "" && f.earlier != nil:
			_ = f.earlier.TakeIn(f.delivery.store, s.Entry.ContentHash)
		case s.Path != "":
			g.Go(func() error {
				_ = f.delivery.outputs.TakeIn(s.Entry.ContentHash, s.Path)
				return nil
			})
		}
	}
	for _, n := range order {
		c := n.change
		if c.From == plan.FromRemote && c.Action != plan.Restore && ctx.Err() == nil {
			g.Go(func() error {
				_ = f.sharing.fetch(ctx, c)
				return nil
			})
		}
		if c.From != "" && c.Stored == nil {
			store(&plan.Stored{Entry: *c.Prior, From: c.From})
		}
		store(c.Stored)
		for _, k := range c.Candidates {
			store(k.Stored)
		}
	}
	_ = g.Wait()
}

// drop carries out a delete or a forget.
func (f *fileChanges) drop(n *node) error {
	c := n.change
	f.delivery.keepPrior(n)
	if c.Action == plan.Delete && !c.KeepFile {
		if err := f.delivery.outputs.Remove(c.Output, c.Prior.ContentHash); err != nil {
			return err
		}
	}
	f.commit.put(lockChange{address: c.Address})
	return nil
}

// moveAll carries out the moves.
func (f *fileChanges) moveAll(moves []*node, conclude func(*node, error)) {
	failed := map[*node]error{}
	for _, n := range moves {
		if n.change.Output != source(n) && f.delivery.wanted[source(n)] {
			failed[n] = f.storeSource(n)
		}
	}
	var changes []lockChange
	for _, n := range moves {
		if failed[n] == nil {
			var e lockfile.Entry
			if e, failed[n] = f.move(n); failed[n] == nil {
				n.entry = &e
				changes = append(changes, lockChange{address: n.change.Address, from: n.change.PreviousAddress, entry: &e})
			}
		}
	}
	f.commit.put(changes...)
	for _, n := range moves {
		if failed[n] == nil && !f.delivery.wanted[source(n)] {
			failed[n] = f.leave(n)
		}
		conclude(n, failed[n])
	}
}

// source is the path at which a moved asset's file stood.
func source(n *node) string { return n.change.Prior.Output }

// storeSource puts the bytes of a moved asset into the store, if they are not
// there. A file that has gone on to its new path is read there.
func (f *fileChanges) storeSource(n *node) error {
	return f.delivery.outputs.TakeIn(n.change.Prior.ContentHash, source(n), n.change.Output)
}

// move brings a moved asset's content to its new path and returns its entry.
func (f *fileChanges) move(n *node) (lockfile.Entry, error) {
	c := n.change
	f.delivery.keepPrior(n)
	if c.Output != source(n) && !media.Fits(c.Prior.MediaType, path.Ext(c.Output)) {
		return f.moveConverted(n)
	}
	e := c.Prior.Clone()
	e.Output, e.Protect, e.Placeholder = c.Output, c.Protect, c.Placeholder
	plan.Keep(&e, c.Spec.Candidates)
	refreshInputs(&e, &n.fp)
	return e, f.delivery.outputs.Move(source(n), c.Output, e.ContentHash, c.KeepFile)
}

// moveConverted moves an asset to a path whose extension asks for another
// format.
func (f *fileChanges) moveConverted(n *node) (lockfile.Entry, error) {
	c := n.change
	if c.Prior.SourceHash.IsZero() || !f.delivery.store.Has(c.Prior.SourceHash) {
		if err := f.storeSource(n); err != nil {
			return lockfile.Entry{}, err
		}
	}
	result, err := f.delivery.outputs.Original(*c.Prior)
	if err != nil {
		return lockfile.Entry{}, err
	}
	e, err := f.delivery.fit(c, result)
	if err != nil {
		return e, err
	}
	plan.Keep(&e, c.Spec.Candidates)
	refreshInputs(&e, &n.fp)
	return e, f.delivery.outputs.Deliver(&e)
}

// leave removes the file at the old path, unless a rename took it away.
func (f *fileChanges) leave(n *node) error {
	if n.change.Output == source(n) || n.change.KeepFile {
		return nil
	}
	return f.delivery.outputs.Remove(source(n), n.change.Prior.ContentHash)
}

// refreshInputs writes today's triggers and hash into an entry whose other
// inputs are today's already. An entry that differs in something that its
// lifecycle ignores keeps what it was generated with.
//
// It reports whether the hash is another one now.
func refreshInputs(e *lockfile.Entry, fp *plan.Fingerprint) bool {
	if !fp.Known() || fp.Provider != e.Provider {
		return false
	}
	today := fp.Inputs()
	was := e.Inputs.Clone()
	triggers, stands := today[plan.TriggersInput]
	delete(was, plan.TriggersInput)
	if stands {
		was[plan.TriggersInput] = triggers
	}
	if !maps.EqualFunc(was, today, plan.SameInput) {
		return false
	}
	before := e.InputsHash
	e.Inputs, e.InputsHash = today, fp.Hash()
	return e.InputsHash != before
}
