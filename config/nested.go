package config

import (
	"slices"

	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/explain"

	"github.com/hashicorp/hcl/v2"
)

// nestedBlock is a block in that of an asset in which parameters are set, with
// its expressions bound.
type nestedBlock struct {
	name  string
	attrs []attribute
	meant []string // attributes that mistyped names may stand for
	rng   hcl.Range
}

// blockParts are what the blocks in that of an asset say. They are bound once
// for all instances, or for each when dynamic blocks stand there.
type blockParts struct {
	lifecycle *lifecycleSource
	nested    []*nestedBlock
	failed    bool // something of nested was reported
}

// parts binds the blocks in that of an asset; nil: they are made for each
// instance.
func (a *assetEvaluator) parts(x *prepared) *blockParts {
	if x.block.decl.dynamic {
		return nil
	}
	return a.bindParts(x, x.block.decl.blocks)
}

// partsOf are the blocks of one instance.
func (a *assetEvaluator) partsOf(x *prepared, inst *evaluation.Instance) *blockParts {
	if x.parts != nil {
		return x.parts
	}
	return a.bindParts(x, a.binder(x).expand(inst))
}

// noParts are the parts of a block that has none, and never changed.
var noParts = &blockParts{lifecycle: noLifecycle}

func (a *assetEvaluator) bindParts(x *prepared, blocks []*hcl.Block) *blockParts {
	if len(blocks) == 0 {
		return noParts
	}
	parts := &blockParts{}
	var lifecycles []*hcl.Block
	for _, block := range blocks {
		if block.Type == "lifecycle" {
			lifecycles = append(lifecycles, block)
			continue
		}
		if first := parts.block(block.Type); first != nil {
			a.reports.Report(block.DefRange, "Duplicate "+block.Type+" block", "%s has the block %s at %s already.", x.block.seen.Cell.Name, block.Type, diag.Place(first.rng))
			parts.failed = true
			continue
		}
		parts.nested = append(parts.nested, a.bindNested(x, block, &parts.failed))
	}
	parts.lifecycle = a.binder(x).bind(lifecycles)
	return parts
}

// bindNested binds what a nested block sets.
func (a *assetEvaluator) bindNested(x *prepared, block *hcl.Block, failed *bool) *nestedBlock {
	content, diags := a.lang.assets[x.block.decl.local.Kind].nested[block.Type].content(block.Body, false)
	a.reports.Add(diags...)
	*failed = *failed || diags.HasErrors()
	n := &nestedBlock{name: block.Type, meant: explain.Meant(diags), rng: block.DefRange}
	for _, attr := range sortedAttributes(content.Attributes) {
		n.attrs = append(n.attrs, attribute{name: attr.Name, bound: a.ev.Bind(x.block.module.scope, attr.Expr, x.in)})
	}
	return n
}

// block is the nested block of that name, or nil.
func (p *blockParts) block(name string) *nestedBlock {
	i := slices.IndexFunc(p.nested, func(n *nestedBlock) bool { return n.name == name })
	if i < 0 {
		return nil
	}
	return p.nested[i]
}

// attr is the attribute of that name, or nil.
func (n *nestedBlock) attr(name string) *attribute {
	for i := range n.attrs {
		if n.attrs[i].name == name {
			return &n.attrs[i]
		}
	}
	return nil
}
