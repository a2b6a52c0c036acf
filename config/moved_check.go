package config

import (
	"fmt"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/evaluation"

	"github.com/hashicorp/hcl/v2"
)

// placedMove is a moved block as it applies to one instance of its module.
type placedMove struct {
	from, to placedTarget
	rng      hcl.Range
	ok       bool
}

// refactoring gathers what moved and removed blocks say, with full addresses.
type refactoring struct {
	reports  *evaluation.Reports
	inv      *inventory
	list     []*placedMove
	moves    map[address.Address]*placedMove // by where they move from
	arrivals map[address.Address]*placedMove // by where they move to
	removed  map[address.Address]hcl.Range
	kept     []Removed
}

// readRefactoring checks the moved, removed and import blocks of all module
// instances and puts them into the project.
func readRefactoring(p *Project, reports *evaluation.Reports, root *moduleInstance) {
	r := &refactoring{
		reports: reports, inv: takeInventory(root),
		moves: map[address.Address]*placedMove{}, arrivals: map[address.Address]*placedMove{}, removed: map[address.Address]hcl.Range{},
	}
	r.gather(root)
	for _, m := range r.list {
		r.checkMove(m)
	}
	r.checkMoveCycles()
	for _, m := range r.list {
		p.Moved = append(p.Moved, Moved{From: m.from.target, To: m.to.target, Range: m.rng})
	}
	p.Removed, p.Imports = r.kept, r.imports(root.mod.imports)
}

// imports checks the import blocks of the root module.
func (r *refactoring) imports(declared []*importDecl) []Import {
	var list []Import
	first := map[address.Address]hcl.Range{}
	for _, decl := range declared {
		a := decl.to.target.Address
		switch {
		case !r.inv.assets[a] && r.inv.blocks[a]:
			r.reports.Report(decl.to.rng, "Import needs an instance", "%s has several instances. Name one of them: %s[\"KEY\"].", a, a)
			continue
		case !r.inv.assets[a]:
			r.reports.Report(decl.to.rng, "Import to undeclared asset", "No asset %s is declared. Import takes the file that stands at the output of an asset, "+
				"so declare the asset too.%s", a, r.reports.Suggest(a.String(), r.inv.names))
			continue
		}
		if at, ok := first[a]; ok {
			r.reports.Report(decl.rng, "Duplicate import block", "%s is imported at %s already.", a, diag.Place(at))
			continue
		}
		first[a] = decl.rng
		list = append(list, Import{To: a, Range: decl.rng})
	}
	return list
}

// gather collects the blocks of a module instance and of all below.
func (r *refactoring) gather(m *moduleInstance) {
	for _, decl := range m.mod.removed {
		r.addRemoved(decl, decl.from.below(m.scope.Path))
	}
	for _, decl := range m.mod.moved {
		r.list = append(r.list, &placedMove{from: decl.from.below(m.scope.Path), to: decl.to.below(m.scope.Path), rng: decl.rng})
	}
	for _, name := range sortedKeys(m.calls) {
		for _, child := range m.calls[name] {
			r.gather(child)
		}
	}
}

func (r *refactoring) addRemoved(decl *removedDecl, from placedTarget) {
	a := from.target.Address
	if r.inv.has(from.target) {
		r.reports.Report(from.rng, "Removed asset still declared", "%s still stands in the configuration. Delete its block, or this one.", from.target.Text)
		return
	}
	if at, ok := r.removed[a]; ok {
		r.reports.Report(decl.rng, "Duplicate removed block", "%s is removed at %s already.", from.target.Text, diag.Place(at))
		return
	}
	r.removed[a] = decl.rng
	r.kept = append(r.kept, Removed{From: from.target, Destroy: decl.destroy, Range: decl.rng})
}

// checkMove checks one moved block by itself and against those before it.
func (r *refactoring) checkMove(m *placedMove) {
	from, to := m.from.target, m.to.target
	if from.Address.Kind != to.Address.Kind {
		r.reports.Report(m.to.rng, "Move between different kinds", "%s is %s, but %s is %s. A move keeps the kind.",
			from.Text, targetKind(from), to.Text, targetKind(to))
		return
	}
	if from.Address == to.Address {
		r.reports.Report(m.rng, "Move to the same address", "%s moves to itself. Remove this block.", from.Text)
		return
	}
	if first := r.moves[from.Address]; first != nil {
		if first.to.target.Address != to.Address {
			r.reports.Report(m.rng, "Two moves from one address", "%s moves to %s here, but to %s at %s.", from.Text, to.Text, first.to.target.Text, diag.Place(first.rng))
		} else {
			r.reports.Report(m.rng, "Duplicate moved block", "The same move stands at %s.", diag.Place(first.rng))
		}
		return
	}
	m.ok = true
	r.moves[from.Address] = m
	if r.inv.occupied(from, to) {
		r.reports.Report(m.from.rng, "Moved asset still declared", "%s still stands in the configuration, so nothing has moved from there. "+
			"Rename its block, or remove this one.", from.Text)
	}
	if other := r.arrivals[to.Address]; other != nil {
		r.reports.Report(m.rng, "Two moves to one address", "%s moves to %s here, but so does %s at %s.",
			from.Text, to.Text, other.from.target.Text, diag.Place(other.rng))
		return
	}
	r.arrivals[to.Address] = m
}

func targetKind(t address.Target) string {
	if t.Address.Kind == "" {
		return "a module"
	}
	return "an asset of kind " + string(t.Address.Kind)
}

// checkMoveCycles follows the chain of moves from each: it must end at
// something that is declared or removed.
func (r *refactoring) checkMoveCycles() {
	followed := map[*placedMove]bool{}
	for _, m := range r.list {
		if !m.ok || followed[m] {
			continue
		}
		var chain []*placedMove
		for at := m; at != nil && !followed[at]; at = r.moves[at.to.target.Address] {
			followed[at] = true
			chain = append(chain, at)
		}
		last := chain[len(chain)-1]
		next := r.moves[last.to.target.Address]
		switch {
		case next != nil && slices.Contains(chain, next):
			r.reportMoveCycle(chain[slices.Index(chain, next):])
		case next == nil && !r.inv.has(last.to.target) && !r.isRemoved(last.to.target.Address):
			r.reports.Report(last.to.rng, "Move to undeclared asset", "%s is not declared in the configuration.%s",
				last.to.target.Text, r.reports.Suggest(last.to.target.Text, r.inv.names))
		}
	}
}

func (r *refactoring) isRemoved(a address.Address) bool { _, ok := r.removed[a]; return ok }

func (r *refactoring) reportMoveCycle(cycle []*placedMove) {
	var b strings.Builder
	start := cycle[0]
	for _, m := range cycle {
		if diag.CompareRanges(m.rng, start.rng) < 0 {
			start = m
		}
		fmt.Fprintf(&b, "\n  %s moves to %s at %s", m.from.target.Text, m.to.target.Text, diag.Place(m.rng))
	}
	r.reports.Report(start.rng, "Cycle of moves", "These moves lead back to where they began:%s\nRemove one of them.", b.String())
}
