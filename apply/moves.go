package apply

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"

	"assetform/apply/media"
	"assetform/apply/outputs"
	"assetform/config/diag"
	"assetform/lockfile"
	"assetform/plan"

	"golang.org/x/sync/errgroup"
)

// prepareFiles does everything that needs no generation and frees or fills
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
func (r *run) prepareFiles(ctx context.Context) {
	r.nodes, r.order = buildGraph(r.Plan)
	r.sweepLeftovers()
	var deletes, moves []*node
	for _, n := range r.order {
		switch n.change.Action {
		case plan.Delete, plan.Forget:
			deletes = append(deletes, n)
		case plan.Move:
			moves = append(moves, n)
		}
	}
	r.storeSources(ctx)
	for _, n := range deletes {
		r.settleFiles(ctx, n, r.drop(n))
	}
	r.moveAll(ctx, moves)
	if err := r.outputs.SaveDirs(); err != nil {
		r.report(warning("List of directories was not saved", sentence(err)+". Empty directories may be left behind."))
	}
}

// sweepLeftovers removes what killed processes left beside outputs. What cannot
// be removed is only in the way.
func (r *run) sweepLeftovers() {
	for _, err := range r.outputs.Sweep(r.theirs) {
		r.report(warning("Temporary file was left", sentence(err)+"."))
	}
}

// theirs tells whether a file below the project's root is known to git, or may
// be: then no killed process of ours left it.
func (r *run) theirs(name string) bool {
	return r.Tracked != nil && r.Tracked(filepath.Join(r.Project.Root, name))
}

// storeSources takes the files of other entries that restores bring back into
// the store, before any of them is replaced. What fails here fails again, with
// its asset's name, when it is restored.
func (r *run) storeSources(ctx context.Context) {
	var g errgroup.Group
	g.SetLimit(4)
	for _, n := range r.order {
		if s := n.change.Stored; s != nil && s.Path != "" && ctx.Err() == nil {
			g.Go(func() error {
				_ = r.outputs.TakeIn(s.Entry.ContentHash, s.Path)
				return nil
			})
		}
	}
	_ = g.Wait()
}

// settleFiles tells of a change of files, and marks it.
func (r *run) settleFiles(ctx context.Context, n *node, err error) {
	c := n.change
	var drift *outputs.DriftError
	switch {
	case err == nil:
		r.events.emit(Event{Type: EventAssetDone, Address: c.Address, Action: c.Action, Output: c.Output, ContentHash: n.content})
		r.done(ctx, n, c.Action)
		return
	case errors.Is(err, errLockMoved), ctx.Err() != nil:
		n.state = nodeQueued // left
		return
	case errors.As(err, &drift):
		err = fmt.Errorf("%w, so it was left alone. Keep it with \"assetform adopt %s\", or give it up with --overwrite-drifted", err, diag.ShellWord(c.Address.String()))
	}
	summary := map[plan.Action]string{plan.Delete: "File cannot be deleted", plan.Move: "File cannot be moved"}[c.Action]
	r.summary.Failed++
	r.events.emit(Event{Type: EventAssetFailed, Address: c.Address, Action: c.Action, Diagnostic: n.diagnostic(summary, sentence(err)+".")})
	r.end(ctx, n)
}

// drop carries out a delete or a forget.
func (r *run) drop(n *node) error {
	c := n.change
	r.rememberPrior(n)
	if c.Action == plan.Delete && !c.KeepFile {
		if err := r.outputs.Remove(c.Output, c.Prior.ContentHash); err != nil {
			return err
		}
	}
	r.commit.put(lockChange{address: c.Address})
	return nil
}

// moveAll carries out the moves.
func (r *run) moveAll(ctx context.Context, moves []*node) {
	failed := map[*node]error{}
	for _, n := range moves {
		if r.wanted[source(n)] {
			failed[n] = r.storeSource(n)
		}
	}
	var changes []lockChange
	for _, n := range moves {
		if failed[n] == nil {
			var e lockfile.Entry
			if e, failed[n] = r.move(n); failed[n] == nil {
				n.content = e.UpstreamHash()
				changes = append(changes, lockChange{address: n.change.Address, from: n.change.PreviousAddress, entry: &e})
			}
		}
	}
	r.commit.put(changes...)
	for _, n := range moves {
		if failed[n] == nil && !r.wanted[source(n)] {
			failed[n] = r.leave(n)
		}
		r.settleFiles(ctx, n, failed[n])
	}
}

// source is the path at which a moved asset's file stood.
func source(n *node) string { return n.change.Prior.Output }

// storeSource puts the bytes of a moved asset into the store, if they are not
// there. A file that has gone on to its new path is read there.
func (r *run) storeSource(n *node) error {
	return r.outputs.TakeIn(n.change.Prior.ContentHash, source(n), n.change.Output)
}

// move brings a moved asset's content to its new path and returns its entry.
func (r *run) move(n *node) (lockfile.Entry, error) {
	c := n.change
	r.rememberPrior(n)
	if c.Output != source(n) && !media.Fits(c.Prior.MediaType, path.Ext(c.Output)) {
		return r.moveConverted(n)
	}
	e := c.Prior.Clone()
	e.Output, e.Protect = c.Output, c.Protect
	refreshInputs(&e, &n.fp)
	return e, r.outputs.Move(source(n), c.Output, e.ContentHash, c.KeepFile)
}

// moveConverted moves an asset to a path whose extension asks for another
// format.
func (r *run) moveConverted(n *node) (lockfile.Entry, error) {
	c := n.change
	if c.Prior.SourceHash.IsZero() || !r.Store.Has(c.Prior.SourceHash) {
		if err := r.storeSource(n); err != nil {
			return lockfile.Entry{}, err
		}
	}
	result, err := r.outputs.Original(*c.Prior)
	if err != nil {
		return lockfile.Entry{}, err
	}
	e, err := r.fit(c, result)
	if err != nil {
		return e, err
	}
	refreshInputs(&e, &n.fp)
	return e, r.outputs.Write(c.Output, e.ContentHash)
}

// leave removes the file at the old path, unless a rename took it away.
func (r *run) leave(n *node) error {
	if n.change.Output == source(n) || n.change.KeepFile {
		return nil
	}
	return r.outputs.Remove(source(n), n.change.Prior.ContentHash)
}
