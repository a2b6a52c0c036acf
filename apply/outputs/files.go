package outputs

import (
	"maps"
	"os"
	"path"
	"slices"
	"sync"
	"time"

	"assetform/apply/store"
	"assetform/config/engine"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/lockfile/atomicfile"
	"assetform/lockfile/datadir"
)

// Files is the output files of a project, confined to its root. Paths are
// relative to the root module's directory, with slashes. Methods may be called
// concurrently for different paths.
type Files struct {
	engines engine.Registry
	tree    *worktree.Tree
	store   *store.Store

	// owned is the content that the lock has for each path: what stands there
	// may be replaced if it is that.
	owned            map[string]lockfile.ContentHash
	proven           map[string]bool
	merged           map[string]lockfile.ContentHash
	overwriteDrifted bool
	frozen           func() error

	wanted      map[string]bool
	aliasesOnce sync.Once
	aliases     map[string][]string // wanted, by pathname.Fold of the real path

	credit, rights string // of converted pictures that were generated

	converting chan struct{} // bounds how many images are held decoded at once

	testOnlyStep func(string)

	mu      sync.Mutex   // guards the fields below
	data    *datadir.Dir // has the list of directories that were made for outputs
	made    map[string]bool
	unsaved bool
}

// Options say whose outputs Open opens. The first five are required.
type Options struct {
	Engines engine.Registry
	Root    string // the project's
	Dir     string // the root module's, in it
	Data    *datadir.Dir
	// Store is where what is replaced or removed goes first, and where what is
	// written comes from.
	Store *store.Store
	Lock  *lockfile.Lock // only read, while Open runs
	// Wanted are the output paths of the configuration: what stands at one is
	// not removed for another path that leads there.
	Wanted map[string]bool
	Proven map[string]bool // as in plan.Plan
	Merged map[string]lockfile.ContentHash
	// Credit and Rights are what converted pictures that were generated say of
	// where they came from; "" says nothing.
	Credit, Rights string
	// OverwriteDrifted lets a file of the lock be replaced that somebody changed.
	OverwriteDrifted bool
	// Frozen returns the reason why nothing may be written any more; nil:
	// something always may.
	Frozen func() error
	// TestOnlyStep is told right before and after what cannot be undone.
	TestOnlyStep func(step string)
}

// Open gives access to a project's outputs. The caller closes them.
func Open(o Options) (*Files, error) {
	tree, err := worktree.Open(o.Root, o.Dir)
	if err != nil {
		return nil, err
	}
	f := &Files{
		engines: o.Engines, tree: tree, store: o.Store, data: o.Data,
		owned:  make(map[string]lockfile.ContentHash, len(o.Lock.Assets)),
		credit: o.Credit, rights: o.Rights,
		proven: o.Proven, merged: o.Merged, overwriteDrifted: o.OverwriteDrifted,
		frozen: o.Frozen, wanted: o.Wanted,
		converting:   make(chan struct{}, 2),
		testOnlyStep: o.TestOnlyStep,
	}
	for _, e := range o.Lock.Assets {
		f.owned[e.Output] = e.ContentHash
	}
	if f.frozen == nil {
		f.frozen = func() error { return nil }
	}
	if f.testOnlyStep == nil {
		f.testOnlyStep = func(string) {}
	}
	return f, nil
}

// Close gives the root back.
func (o *Files) Close() { o.tree.Close() }

// OpenFile opens a file of the project for reading, output or not.
func (o *Files) OpenFile(p string) (*os.File, error) { return o.tree.Open(o.tree.Path(p)) }

// Sweep removes the temporary files that killed processes left beside outputs
// of the configuration and of the lock, and beside the lock, but none that theirs
// says is somebody else's, by its name below the project's root. The caller holds
// the run lock. It returns one error for each directory in which something was
// left.
func (o *Files) Sweep(theirs func(name string) bool) []error {
	dirs := map[string]bool{}
	for p := range o.wanted {
		dirs[path.Join(o.tree.Below, path.Dir(p))] = true
	}
	for p := range o.owned {
		dirs[path.Join(o.tree.Below, path.Dir(p))] = true
	}
	var errs []error
	if beside := path.Join(o.tree.Below, "."); !dirs[beside] {
		if err := atomicfile.RemoveLeftovers(o.tree.Root, beside, func(name string) bool { return o.inUse(name) || theirs(name) }); err != nil {
			errs = append(errs, err)
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(dirs)) {
		if err := atomicfile.RemoveLeftovers(o.tree.Root, dir, theirs); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// inUse tells that a temporary file beside the lock may still be written. Saved
// plans, formatted files and merged locks are, by processes that hold no run
// lock; each ends in moments.
func (o *Files) inUse(name string) bool {
	info, err := o.tree.Lstat(name)
	return err != nil || time.Since(info.ModTime()) < time.Minute
}
