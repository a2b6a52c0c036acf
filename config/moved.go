package config

import (
	"strings"

	"assetform/config/address"
	"assetform/config/diag"

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
	e       *evaluator
	assets  map[address.Address]bool // instances
	blocks  map[address.Address]bool // blocks, even those without instances
	modules map[string]bool          // module calls and instances, with and without keys
}

func (e *evaluator) takeInventory() *inventory {
	inv := &inventory{
		e: e, assets: map[address.Address]bool{}, blocks: map[address.Address]bool{}, modules: map[string]bool{},
	}
	inv.add(e.root)
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

// collectRefactoring checks the moved, removed and import blocks of all
// module instances and puts them into the project.
func (e *evaluator) collectRefactoring() {
	if !e.refactors() {
		return
	}
	inv := e.takeInventory()
	r := &refactoring{inv: inv, moves: map[address.Address]*placedMove{}, arrivals: map[address.Address]*placedMove{}, removed: map[address.Address]hcl.Range{}}
	r.gather(e.root)
	for _, m := range r.list {
		r.checkMove(m)
	}
	r.checkMoveCycles()
	for _, m := range r.list {
		e.project.Moved = append(e.project.Moved, Moved{From: m.from.target, To: m.to.target, Range: m.rng})
	}
	e.collectImports(inv)
}

// refactors reports whether any module has such blocks.
func (e *evaluator) refactors() bool {
	for _, mod := range e.modules {
		if len(mod.moved)+len(mod.removed)+len(mod.imports) > 0 {
			return true
		}
	}
	return false
}

// collectImports checks the import blocks of the root module.
func (e *evaluator) collectImports(inv *inventory) {
	first := map[address.Address]hcl.Range{}
	for _, decl := range e.root.mod.imports {
		a := decl.to.target.Address
		switch {
		case !inv.assets[a] && inv.blocks[a]:
			e.reports.Report(decl.to.rng, "Import needs an instance", "%s has several instances. Name one of them: %s[\"KEY\"].", a, a)
			continue
		case !inv.assets[a]:
			e.reports.Report(decl.to.rng, "Import to undeclared asset", "No asset %s is declared. Import takes the file that stands at the output of an asset, "+
				"so declare the asset too.%s", a, e.reports.Suggest(a.String(), inv.names))
			continue
		}
		if at, ok := first[a]; ok {
			e.reports.Report(decl.rng, "Duplicate import block", "%s is imported at %s already.", a, diag.Place(at))
			continue
		}
		first[a] = decl.rng
		e.project.Imports = append(e.project.Imports, Import{To: a, Range: decl.rng})
	}
}

func (inv *inventory) names() []string {
	names := make([]string, 0, len(inv.assets))
	for a := range inv.assets {
		names = append(names, a.String())
	}
	return names
}
