package config

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// block is an image or video block of a module instance.
type block struct {
	decl  *assetDecl
	scope *scope
	cell  cell
	keys  map[string]bool // of its instances
	reads []Address       // by any expression of the block, sorted
}

// assetAttributes are what expressions can read of an asset.
var assetAttributes = []string{"address", "aspect_ratio", "model", "path", "prompt", "seed"}

// assetType is the type of every asset in expressions, of both kinds and all
// methods, so that assets fit into lists and maps.
var assetType = cty.Object(map[string]cty.Type{
	"address":      cty.String,
	"aspect_ratio": cty.String,
	"model":        cty.String,
	"path":         cty.String,
	"prompt":       cty.String,
	"seed":         cty.Number,
})

func (d *assetDecl) hasInstances() bool { return d.attrs["for_each"] != nil || d.attrs["count"] != nil }

// address returns the address of the block, without a key.
func (b *block) address() Address {
	return Address{Module: b.scope.path, Kind: b.decl.kind, Name: b.decl.name}
}

func (b *block) hasKey(key string) bool { return b.keys[key] }

// suggestKey names a key near to a mistyped one.
func (b *block) suggestKey(key string) string { return suggestion(key, sortedKeys(b.keys)) }

func (e *evaluator) newBlock(s *scope, decl *assetDecl) *block {
	b := &block{decl: decl, scope: s}
	b.cell = cell{name: s.qualify(decl.assetName.String()), rng: decl.rng, asset: true, compute: func() cty.Value {
		return e.evaluateBlock(b)
	}}
	return b
}

// evaluateBlock evaluates all instances of a block and returns what other
// expressions see of it: an asset, a map of assets or a list of assets.
func (e *evaluator) evaluateBlock(b *block) cty.Value {
	decl := b.decl
	list, ok := e.expand(b.scope, decl.attrs["for_each"], decl.attrs["count"], b.cell.name)
	if !ok {
		return cty.DynamicVal
	}
	b.keys = make(map[string]bool, len(list))
	for _, inst := range list {
		b.keys[inst.key] = true
	}
	in := names{each: decl.attrs["for_each"] != nil, count: decl.attrs["count"] != nil}
	x := e.prepare(b, in)
	values := make([]cty.Value, len(list))
	for i, inst := range list {
		values[i] = e.evaluateAsset(x, inst)
	}
	b.reads = sortedAddresses(b.cell.reads)
	switch {
	case in.each && len(list) == 0:
		return cty.MapValEmpty(assetType)
	case in.each:
		members := make(map[string]cty.Value, len(list))
		for i, inst := range list {
			members[inst.index] = values[i]
		}
		return cty.MapVal(members)
	case in.count && len(list) == 0:
		return cty.ListValEmpty(assetType)
	case in.count:
		return cty.ListVal(values)
	}
	return values[0]
}

// prepared is a block whose expressions are bound.
type prepared struct {
	block     *block
	in        names
	attrs     map[string]bound // what the block sets, but for_each, count and provider
	memo      map[string]cty.Value
	provider  ProviderRef
	hasRef    bool // the provider is known
	lifecycle *lifecycleSource
}

// prepare binds the expressions of a block, once for all its instances.
func (e *evaluator) prepare(b *block, in names) *prepared {
	x := &prepared{
		block: b, in: in,
		attrs: make(map[string]bound, len(b.decl.attrs)),
		memo:  map[string]cty.Value{},
	}
	var provider *hcl.Attribute
	for _, attr := range sortedAttributes(b.decl.attrs) {
		switch attr.Name {
		case "for_each", "count":
		case "provider":
			provider = attr
		default:
			x.attrs[attr.Name] = e.bind(b.scope, attr.Expr, in)
		}
	}
	if defaults := b.scope.mod.defaults[b.decl.kind]; provider == nil && defaults != nil {
		provider = defaults.attrs["provider"]
	}
	x.provider, x.hasRef = e.providerOf(provider, b)
	x.lifecycle = e.prepareLifecycle(b, in)
	return x
}
