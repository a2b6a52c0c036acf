package config

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/functions"
	"assetform/config/sensitive"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// maxDepth is how many named things may lead to each other in one chain:
// following it, evaluation calls itself, and the stack of a goroutine ends
// at 1 GB.
const maxDepth = 20_000

// maxInstances bounds the instances of one block, maxTotal those of a whole
// project, so that a slip in a for_each is an error and not a full memory.
const (
	maxInstances = 100_000
	maxTotal     = 250_000
)

var errNoConfiguration = errors.New("it has no files named *" + nativeSuffix + " or *" + jsonSuffix)

// evaluator gives every named thing of a project its value, on demand and
// once. Expressions may name each other in any order and across modules, so
// the values are cells that are computed when first read; a cell that is read
// while it is being computed closes a cycle.
//
// What cannot be evaluated is reported once and has the value
// cty.DynamicVal from then on. Nothing else is ever unknown, so an unknown
// value always means "already reported", and whoever meets one keeps silent.
//
// An evaluator belongs to one goroutine until Load returns; only position,
// project.Files and secrets are read by another.
type evaluator struct {
	opts    Options
	files   *worktree.Files
	rootDir string // directory of the root module, relative to the project root
	project *Project
	diags   hcl.Diagnostics
	broken  bool // a file could not be parsed: what it declares is missing

	modules map[string]*module // by directory
	root    *scope
	given   map[string]givenValue // values of root variables
	stack   []frame
	total   int // instances of blocks so far
	// maxValue bounds each value; overflowed: one was behind it.
	maxValue   int
	overflowed bool
	// readsSecret tells that what is being bound reads something sensitive.
	readsSecret bool
	// position is what is being evaluated, for whoever watches.
	position atomic.Pointer[hcl.Range]
	shared   sync.Mutex // guards project.Files and secrets until Load returns
	links    []link
	// failedOutputs are the folded output paths of assets that have errors.
	failedOutputs map[string]bool

	functions *functions.Set

	secrets map[string]bool
	// outsideTexts are the texts in sensitive root variables whose value came
	// from outside the repository: what keys may be made of.
	outsideTexts map[string]bool
	compared     int                          // names in searches for similar ones so far
	missing      map[string]bool              // root variables without a value
	keyVars      map[string]bool              // root variables that only an api_key uses; nil: not looked at
	outside      map[string][sha256.Size]byte // digests of --var-file files
	images       map[string]*imageError       // checked input files
}

// cell is something named whose value is computed when first needed.
type cell struct {
	name    string // as messages call it: "local.items", "image.knight"
	rng     hcl.Range
	asset   bool // reading it is a reference to an asset, not to what that reads
	state   cellState
	value   cty.Value
	secret  bool // something sensitive may be in the value
	reads   map[address.Address]bool
	compute func() cty.Value
}

type cellState uint8

const (
	unread cellState = iota
	running
	done
)

// frame is a cell that is being computed and the place that asked for it.
type frame struct {
	cell *cell
	at   hcl.Range
}

// force returns the value of a cell, which the expression at that range
// reads.
func (e *evaluator) force(c *cell, at hcl.Range) cty.Value {
	switch c.state {
	case running:
		e.reportCycle(c, at)
		return cty.DynamicVal
	case unread:
		if len(e.stack) >= maxDepth {
			e.report(c.rng, "References lead too deep", "More than %d values lead to each other in one chain here.", maxDepth)
			c.state, c.value = done, cty.DynamicVal
			break
		}
		c.state = running
		e.stack = append(e.stack, frame{c, at})
		e.at(c.rng)
		c.value = c.compute()
		e.stack = e.stack[:len(e.stack)-1]
		c.state, c.compute, c.secret = done, nil, sensitive.MayBe(c.value)
	}
	e.readsSecret = e.readsSecret || c.secret
	if !c.asset {
		for a := range c.reads {
			e.noteRead(a)
		}
	}
	return c.value
}

// noteRead records that what is being computed refers to an asset.
func (e *evaluator) noteRead(a address.Address) {
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
func (e *evaluator) reportCycle(c *cell, at hcl.Range) {
	first := slices.IndexFunc(e.stack, func(f frame) bool { return f.cell == c })
	cycle := slices.Clone(e.stack[first:])
	if len(cycle) == 1 {
		e.report(at, "Reference to itself", "%s cannot refer to itself: its value would have to be known before it is.", c.name)
		return
	}
	cycle[0].at = at
	// The same cycle is entered elsewhere when something else is evaluated
	// first; it is told from its first place in the files.
	start := 0
	for i, f := range cycle {
		if compareRanges(f.cell.rng, cycle[start].cell.rng) < 0 {
			start = i
		}
	}
	cycle = slices.Concat(cycle[start:], cycle[:start])
	var b strings.Builder
	for i, f := range cycle {
		next := cycle[(i+1)%len(cycle)]
		fmt.Fprintf(&b, "\n  %s (%s) refers to %s at %s", f.cell.name, place(f.cell.rng), next.cell.name, place(next.at))
	}
	e.report(cycle[0].cell.rng, "Cycle of references", "These need each other's values:%s\nRemove one of the references.", b.String())
}

func compareRanges(a, b hcl.Range) int {
	if c := strings.Compare(a.Filename, b.Filename); c != 0 {
		return c
	}
	return a.Start.Byte - b.Start.Byte
}

func (e *evaluator) report(at hcl.Range, summary, format string, args ...any) {
	e.diags = append(e.diags, diag.Problem(at, summary, format, args...))
}
