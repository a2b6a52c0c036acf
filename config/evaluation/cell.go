package evaluation

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxDepth is how many named things may lead to each other in one chain:
// following it, evaluation calls itself, and the stack of a goroutine ends
// at 1 GB.
const maxDepth = 20_000

// Position is what is being evaluated, for whoever watches: it may be read by
// another goroutine.
type Position struct{ at atomic.Pointer[hcl.Range] }

// Set notes which expression or block is evaluated next.
func (p *Position) Set(rng hcl.Range) { p.at.Store(&rng) }

// Get returns what was set last; nil: nothing yet.
func (p *Position) Get() *hcl.Range { return p.at.Load() }

// Cell is something named whose value is computed when first needed.
type Cell struct {
	Name    string // as messages call it: "local.items", "image.knight"
	Range   hcl.Range
	Asset   bool             // reading it is a reference to an asset, not to what that reads
	Expr    hcl.Expression   // of a local value, for messages; else nil
	Compute func() cty.Value // forgotten when it was called

	state  cellState
	value  cty.Value
	secret bool // something sensitive may be in the value
	reads  map[address.Address]bool
}

// Value is what came of the cell; [cty.NilVal] before it was computed.
func (c *Cell) Value() cty.Value { return c.value }

// Reads lists, sorted, the assets that what was computed so far refers to.
func (c *Cell) Reads() []address.Address {
	list := make([]address.Address, 0, len(c.reads))
	for a := range c.reads {
		list = append(list, a)
	}
	slices.SortFunc(list, address.Address.Compare)
	return list
}

type cellState uint8

const (
	unread cellState = iota
	running
	done
)

// frame is a cell that is being computed and the place that asked for it.
type frame struct {
	cell *Cell
	at   hcl.Range
}

// Force returns the value of a cell, which the expression at that range
// reads.
func (e *Evaluator) Force(c *Cell, at hcl.Range) cty.Value {
	switch c.state {
	case running:
		e.reportCycle(c, at)
		return cty.DynamicVal
	case unread:
		if len(e.stack) >= maxDepth {
			e.reports.Report(c.Range, "References lead too deep", "More than %d values lead to each other in one chain here.", maxDepth)
			c.state, c.value = done, cty.DynamicVal
			break
		}
		c.state = running
		e.stack = append(e.stack, frame{c, at})
		e.position.at.Store(&c.Range) // which nobody changes
		c.value = c.Compute()
		e.stack = e.stack[:len(e.stack)-1]
		c.state, c.Compute, c.secret = done, nil, sensitive.MayBe(c.value)
	}
	e.readsSecret = e.readsSecret || c.secret
	if !c.Asset {
		for a := range c.reads {
			e.noteRead(a)
		}
	}
	return c.value
}

// noteRead records that what is being computed refers to an asset.
func (e *Evaluator) noteRead(a address.Address) {
	if len(e.stack) == 0 {
		return
	}
	c := e.stack[len(e.stack)-1].cell
	if c.reads == nil {
		c.reads = map[address.Address]bool{}
	}
	c.reads[a] = true
}

// reportCycle reports that reading c while it is computed closes a cycle.
func (e *Evaluator) reportCycle(c *Cell, at hcl.Range) {
	first := slices.IndexFunc(e.stack, func(f frame) bool { return f.cell == c })
	cycle := slices.Clone(e.stack[first:])
	if len(cycle) == 1 {
		e.reports.Report(at, "Reference to itself", "%s cannot refer to itself: its value would have to be known before it is.", c.Name)
		return
	}
	cycle[0].at = at
	// The same cycle is entered elsewhere when something else is evaluated
	// first; it is told from its first place in the files.
	start := 0
	for i, f := range cycle {
		if diag.CompareRanges(f.cell.Range, cycle[start].cell.Range) < 0 {
			start = i
		}
	}
	cycle = slices.Concat(cycle[start:], cycle[:start])
	var b strings.Builder
	for i, f := range cycle {
		next := cycle[(i+1)%len(cycle)]
		fmt.Fprintf(&b, "\n  %s (%s) refers to %s at %s", f.cell.Name, diag.Place(f.cell.Range), next.cell.Name, diag.Place(next.at))
	}
	e.reports.Report(cycle[0].cell.Range, "Cycle of references", "These need each other's values:%s\nRemove one of the references.", b.String())
}
