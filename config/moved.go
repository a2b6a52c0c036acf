package config

import (
	"strings"

	"assetform/config/address"

	"github.com/hashicorp/hcl/v2"
)

// placedTarget is a target and where it was written.
type placedTarget struct {
	target address.Target
	rng    hcl.Range
}

// below returns the target as it is called from outside a module instance.
func (t placedTarget) below(modulePath string) placedTarget {
	if modulePath != "" {
		module := modulePath
		if t.target.Address.Module != "" {
			module += "." + t.target.Address.Module
		}
		t.target.Address.Module = module
		t.target.Text = t.target.Address.String()
	}
	return t
}

type movedDecl struct {
	from, to placedTarget
	rng      hcl.Range
}

type removedDecl struct {
	from    placedTarget
	destroy bool
	rng     hcl.Range
}

type importDecl struct {
	to  placedTarget
	rng hcl.Range
}

// inventory knows what stands in the configuration, to check what moved,
// removed and import blocks name.
type inventory struct {
	assets  map[address.Address]bool // instances
	blocks  map[address.Address]bool // blocks, even those without instances
	modules map[string]bool          // module calls and instances, with and without keys
}

func takeInventory(root *moduleInstance) *inventory {
	inv := &inventory{
		assets: map[address.Address]bool{}, blocks: map[address.Address]bool{}, modules: map[string]bool{},
	}
	inv.add(root)
	return inv
}

func (inv *inventory) add(m *moduleInstance) {
	for _, b := range m.scope.Blocks {
		a := b.Address
		inv.blocks[a] = true
		for key := range b.Keys {
			inv.assets[address.Address{Module: a.Module, Kind: a.Kind, Name: a.Name, Key: key}] = true
		}
	}
	for name := range m.mod.calls {
		inv.modules[m.scope.Qualify("module."+name)] = true
		for _, child := range m.calls[name] {
			inv.modules[child.scope.Path] = true
			inv.add(child)
		}
	}
}

// has reports whether the configuration declares the target: an instance, a
// block or a module.
func (inv *inventory) has(t address.Target) bool {
	if t.Address.Kind == "" {
		return inv.modules[t.Address.Module]
	}
	return inv.assets[t.Address] || t.Address.Key == "" && inv.blocks[t.Address]
}

// occupied reports whether the target of a moved block's from still stands:
// `image.a` is free once image.a has for_each, because what had no key then
// has one.
func (inv *inventory) occupied(from, to address.Target) bool {
	if !inv.has(from) {
		return false
	}
	a, b := from.Address, to.Address
	return a.Block() != b.Block() || inv.assets[a] || inv.hasModuleInstance(a)
}

// hasModuleInstance reports whether the address is that of a module without
// a key that has no for_each and no count.
func (inv *inventory) hasModuleInstance(a address.Address) bool {
	if a.Kind != "" || !inv.modules[a.Module] {
		return false
	}
	for m := range inv.modules {
		if strings.HasPrefix(m, a.Module+"[") {
			return false
		}
	}
	return true
}

func (inv *inventory) names() []string {
	names := make([]string, 0, len(inv.assets))
	for a := range inv.assets {
		names = append(names, a.String())
	}
	return names
}
