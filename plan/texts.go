package plan

import (
	"fmt"

	"assetform/config/address"
	"assetform/config/worktree"
	"assetform/lockfile"
)

// isMerged tells that an export replaces a text that git merged, so that what
// stands there is no work of anybody's, and notes it. It is written whatever
// becomes of the assets that it tells of.
func (b *builder) isMerged(c *Change, state worktree.State) bool {
	if c.Address.Kind != address.Export || c.Prior == nil || c.Prior.Adopted || state.Kind != worktree.Regular || b.snap.Merged == nil || !b.snap.Merged(c.Output) {
		return false
	}
	if b.merged == nil {
		b.merged = map[string]lockfile.ContentHash{}
	}
	b.merged[c.Output] = state.Hash
	c.Conditional, c.Stands = false, "git merged the file"
	return true
}

// keepText lets the text stay at a path that an export leaves, unless its head
// says that assetform wrote it: a template may have made it without, and then
// nothing shows that it is not a source of somebody's. It says so.
func (b *builder) keepText(c *Change, path string) {
	state := b.snap.Files[path]
	if c.KeepFile || c.Address.Kind != address.Export || b.snap.Generated == nil ||
		state.Kind != worktree.Regular && state.Kind != worktree.Pointer || b.snap.Generated(path) {
		return
	}
	c.KeepFile = true
	goes := "is no longer an export"
	switch {
	case b.opts.Destroy:
		goes = "is taken out of the lock"
	case c.Action != Delete:
		goes = fmt.Sprintf("is at %q from now on", c.Output)
	}
	d := fmt.Sprintf("%s %s, but %q does not say at its head that assetform generated it, so the file stays. Delete it yourself if it is not needed.", c.Address, goes, path)
	if c.Spec != nil {
		b.warnf(c.Spec.OutputRange.Ptr(), "Text stays where it is", d)
		return
	}
	b.warnf(nil, "Text stays where it is", d)
}
