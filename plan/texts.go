package plan

import (
	"fmt"

	"assetform/config/address"
	"assetform/config/worktree"
)

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
	if c.Action != Delete {
		goes = fmt.Sprintf("is at %q from now on", c.Output)
	}
	d := fmt.Sprintf("%s %s, but %q does not say at its head that assetform generated it, so the file stays. Delete it yourself if it is not needed.", c.Address, goes, path)
	if c.Spec != nil {
		b.warnf(c.Spec.OutputRange.Ptr(), "Text stays where it is", d)
		return
	}
	b.warnf(nil, "Text stays where it is", d)
}
