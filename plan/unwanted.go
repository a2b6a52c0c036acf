package plan

import (
	"slices"

	"assetform/config"
	"assetform/config/address"
	"assetform/lockfile"
)

// dropUnwanted plans what happens to entries that nothing continues: removed
// blocks forget them, everything else deletes.
func (b *builder) dropUnwanted() {
	left := map[string]bool{} // paths of entries that are no part of this plan
	for _, l := range b.list {
		if !b.selected(l.at) || b.leaves(l) {
			left[l.entry.Output] = true
		}
	}
	for _, l := range b.list {
		if l.taken || !b.selected(l.at) || b.leaves(l) {
			continue
		}
		c := &Change{
			Address:  l.from,
			Action:   Delete,
			Method:   l.entry.Method,
			Provider: l.entry.Provider,
			Output:   l.entry.Output,
			Prior:    l.entry,
			Protect:  b.protection(l.from, b.project.Spec(l.from), l.entry),
		}
		for _, a := range []address.Address{l.from, l.at} { // a moved block may lead to a removed one
			r := b.removed(a)
			if r == nil {
				continue
			}
			if !b.opts.Destroy {
				c.Protect = nil // somebody wrote down that it is to go
			}
			if !r.Destroy && !b.opts.Destroy {
				c.Action = Forget
			}
		}
		state := b.snap.Files[l.entry.Output]
		if c.Drifted = state.Exists() && !state.Is(l.entry.ContentHash); c.Drifted {
			c.Stands = b.stands(l.entry.Output)
		}
		if c.Action == Delete {
			_, taken := b.wantsPath[l.entry.Output]
			c.KeepFile = !state.Exists() || taken && !b.opts.Destroy || left[l.entry.Output]
			b.keepAdopted(c)
			b.keepText(c, l.entry.Output)
		}
		b.changes[l.from] = c
	}
}

// protection is what the entry says after the change: the lifecycle block's
// word where one stands, else what the lock says, less what is unprotected.
func (b *builder) protection(a address.Address, s *config.Spec, prior *lockfile.Entry) []string {
	if b.unprotect(a) {
		prior = nil
	}
	return Protection(s, prior)
}

// Protection is what protects an asset: what its block says, else what the lock
// still has. Both may be nil.
func Protection(s *config.Spec, prior *lockfile.Entry) []string {
	if s != nil && s.Lifecycle.Declared {
		var p []string
		if s.Lifecycle.PreventDestroy {
			p = append(p, lockfile.ProtectDestroy)
		}
		if s.Lifecycle.PreventRegenerate {
			p = append(p, lockfile.ProtectRegenerate)
		}
		return p
	}
	if prior == nil {
		return nil
	}
	return slices.Clone(prior.Protect)
}
