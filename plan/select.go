package plan

import (
	"fmt"

	"assetform/config"
	"assetform/config/address"
	"assetform/config/diag"
)

// selectAssets resolves --target, --exclude, --replace, --unprotect and
// --overwrite-adopted over the addresses of configuration and lock. A pattern that matches nothing is
// an error, because a misspelt one would otherwise do everything or nothing.
func (b *builder) selectAssets() {
	var all []address.Address
	if o := &b.opts; len(o.Targets)+len(o.Excludes)+len(o.Replaces)+len(o.Unprotect)+len(o.OverwriteAdopted) > 0 {
		all = b.known()
	}
	match := func(flag string, patterns []string) map[address.Address]bool {
		hit := map[address.Address]bool{}
		for _, pattern := range patterns {
			found := false
			for _, a := range all {
				if address.Match(pattern, a) {
					hit[a], found = true, true
					if to, ok := b.successor(a); ok {
						hit[to] = true
					}
				}
			}
			if !found {
				b.errorf(nil, "No such asset", fmt.Sprintf("--%s %q matches no asset of the configuration or the lock.%s", flag, pattern, SuggestAddress(pattern, texts(all))))
			}
		}
		return hit
	}
	targets := match("target", b.opts.Targets)
	b.closeOver(targets, upstreamsOf)
	excludes := match("exclude", b.opts.Excludes)
	b.closeOver(excludes, b.dependantsOf())
	replaces := match("replace", b.opts.Replaces)
	unprotect := match("unprotect", b.opts.Unprotect)
	givenUp := match("overwrite-adopted", b.opts.OverwriteAdopted)

	onlyTargets := len(b.opts.Targets) > 0
	b.selected = func(a address.Address) bool { return (!onlyTargets || targets[a]) && !excludes[a] }
	b.requested = func(a address.Address) bool { return replaces[a] }
	b.unprotect = func(a address.Address) bool { return unprotect[a] }
	b.givenUp = func(a address.Address) bool { return givenUp[a] }
	b.removed = b.removedIndex()
}

// known are the addresses of configuration and lock.
func (b *builder) known() []address.Address {
	var all []address.Address
	for _, s := range b.project.Specs {
		all = append(all, s.Address)
	}
	for a := range b.entries {
		if b.project.Spec(a) == nil {
			all = append(all, a)
		}
	}
	return all
}

// successor is the asset that may continue the entry of an address that is not
// in the configuration any more: whoever names the old one means the new one.
func (b *builder) successor(a address.Address) (address.Address, bool) {
	l := b.entries[a]
	if l == nil || b.project.Spec(a) != nil {
		return a, false
	}
	to, ok := b.wantsPath[l.entry.Output]
	return to, ok && to.Kind == a.Kind && b.entries[to] == nil
}

// closeOver adds everything that can be reached through next.
func (b *builder) closeOver(set map[address.Address]bool, next func(*config.Spec) []address.Address) {
	var todo []address.Address
	for a := range set {
		todo = append(todo, a)
	}
	for len(todo) > 0 {
		a := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		s := b.project.Spec(a)
		if s == nil {
			continue
		}
		for _, n := range next(s) {
			if !set[n] {
				set[n] = true
				todo = append(todo, n)
			}
		}
	}
}

func (b *builder) dependantsOf() func(*config.Spec) []address.Address {
	var dependants map[address.Address][]address.Address
	return func(s *config.Spec) []address.Address {
		if dependants == nil {
			dependants = map[address.Address][]address.Address{}
			for _, d := range b.project.Specs {
				for _, up := range upstreamsOf(d) {
					dependants[up] = append(dependants[up], d.Address)
				}
			}
		}
		return dependants[s.Address]
	}
}

// removedIndex finds the removed block that names an address: an asset, all
// instances of a block, or everything in a module.
func (b *builder) removedIndex() func(address.Address) *config.Removed {
	return func(a address.Address) *config.Removed {
		for i := range b.project.Removed {
			if r := &b.project.Removed[i]; r.From.Covers(a) {
				return r
			}
		}
		return nil
	}
}

// word is an address as the argument of a command or flag that takes patterns.
func word(a address.Address) string { return diag.ShellWord(a.Pattern()) }

func texts(list []address.Address) []string {
	var out []string
	for _, a := range list {
		out = append(out, a.String())
	}
	return out
}
