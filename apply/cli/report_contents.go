package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"assetform/apply/repo"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/worktree"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
	"assetform/plan"
	"assetform/plan/render/report"
)

// contents finds what a report shows: what was is in the store, in git or in
// Git LFS; what is stands in the work tree.
type contents struct {
	ctx    context.Context
	store  *store.Store
	finder *repo.Finder
	base   *baseState
	files  map[string]worktree.State // of the outputs of the lock that stand now
	tree   *worktree.Tree
}

// openContents looks at what stands at the outputs of a lock. Contents can be
// opened until close.
func openContents(ctx context.Context, p place, data *datadir.Dir, now *lockfile.Lock, h *history) (*contents, error) {
	c := &contents{ctx: ctx, finder: h.finder, base: h.base}
	var err error
	if c.store, err = store.Open(data); err != nil {
		return nil, err
	}
	top, err := p.root()
	if err != nil {
		return nil, err
	}
	// Only the paths of a project matter for looking at files.
	if c.files, err = plan.Scan(&config.Project{Root: top, Dir: p.Dir}, now, plan.ScanOptions{Data: data}); err != nil {
		return nil, err
	}
	if c.tree, err = worktree.Open(top, p.Dir); err != nil {
		return nil, err
	}
	return c, nil
}

// attach gives every version of the changes a way to its content, or the reason
// why there is none.
func (c *contents) attach(changes []report.Change) error {
	for i := range changes {
		if err := errors.Join(c.before(changes[i].Before), c.after(changes[i].After, changes[i].Address)); err != nil {
			return err
		}
	}
	return nil
}

// isDrifted tells that something else stands at an entry's output than the lock
// says. Where nothing stands, something is due, and nobody changed it.
func (c *contents) isDrifted(e *lockfile.Entry) bool {
	state := c.files[e.Output]
	return state.Exists() && !state.Is(e.ContentHash)
}

func (c *contents) close() { c.tree.Close() }

// before finds the content that an entry had at the base.
func (c *contents) before(v *report.Version) error {
	if v == nil || c.fromStore(v) {
		return nil
	}
	e := v.Entry
	missing, err := c.fromGit(v, e, append([]string{c.base.commit}, c.base.others...))
	if missing == nil || err != nil {
		return err
	}
	switch missing.Why {
	case repo.NotPulled:
		v.Missing = fmt.Sprintf("%s is a Git LFS pointer at %s, and its content is not on this machine. To see it, run \"git lfs fetch origin %.10s\" and make the report again.", e.Output, c.base.label, c.base.commit)
	case repo.OtherContent:
		v.Missing = fmt.Sprintf("%s has other content at %s than the lock says, and the store does not hold what it says.", e.Output, c.base.label)
	default:
		v.Missing = fmt.Sprintf("%s was not committed at %s, and the store on this machine does not hold it.", e.Output, c.base.label)
	}
	return nil
}

func (c *contents) fromStore(v *report.Version) bool {
	if !c.store.Has(v.Hash) {
		return false
	}
	h := v.Hash
	v.Open = func() (io.ReadCloser, error) { return c.store.Open(h) }
	return true
}

// fromGit finds content in git or Git LFS; if it is in neither it returns why.
func (c *contents) fromGit(v *report.Version, e lockfile.Entry, commits []string) (*repo.NotFoundError, error) {
	if c.finder == nil {
		return &repo.NotFoundError{Why: repo.NotPulled}, nil
	}
	src, err := c.finder.Locate(repo.Wanted{Hash: v.Hash, Size: e.Bytes, Path: e.Output}, commits)
	var missing *repo.NotFoundError
	if errors.As(err, &missing) {
		return missing, nil
	}
	if err == nil {
		v.Open = func() (io.ReadCloser, error) { return src.Open(c.ctx) }
	}
	return nil, err
}

// after finds the file that stands at an entry's output path.
func (c *contents) after(v *report.Version, at string) error {
	if v == nil {
		return nil
	}
	e := v.Entry
	state := c.files[e.Output]
	v.Drifted = c.isDrifted(&e)
	switch {
	case state.Kind == worktree.Absent:
		if c.fromStore(v) {
			v.Note = fmt.Sprintf("%s is missing; this is its content in the store.", e.Output)
			return nil
		}
		v.Missing = fmt.Sprintf("%s is missing. To bring it back, run \"assetform apply\".", e.Output)
		v.Note = v.Missing // a move may show the content all the same
		return nil
	case state.Kind == worktree.Foreign:
		v.Missing = fmt.Sprintf("%s is no regular file.", e.Output)
		return nil
	case v.Drifted:
		v.Hash = state.Hash
		a, _ := address.Parse(at) // which the lock has
		v.Note = fmt.Sprintf("The file was changed since it was written: the lock names other content. \"assetform adopt %s\" makes it the result.", diag.ShellWord(a.Pattern()))
	}
	if state.Kind == worktree.Regular {
		v.Open = func() (io.ReadCloser, error) { return c.tree.Open(c.tree.Path(e.Output)) }
		return nil
	}
	if c.fromStore(v) {
		return nil
	}
	missing, err := c.fromGit(v, e, nil)
	if missing != nil {
		v.Missing = fmt.Sprintf("%s is a Git LFS pointer whose content is not on this machine. To see it, run \"git lfs pull --include %s\" and make the report again.", e.Output, diag.LFSPattern(e.Output))
	}
	return err
}
