package config

import (
	"assetform/config/address"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// block is an image or video block of a module instance.
type block struct {
	decl  *assetDecl
	scope *scope
	cell  cell
	list  []*instance
	keys  map[string]bool   // of its instances
	reads []address.Address // by any expression of the block, sorted
	// fields are what expressions see of each instance; whole is made of them
	// when the first expression reads it, because most assets are read by
	// none.
	fields []assetFields
	whole  cty.Value
	secret bool // something sensitive may be in whole
}

// assetFields are the attributes that an asset has in expressions.
type assetFields struct{ address, aspectRatio, model, path, prompt, seed cty.Value }

// object is the asset as a value. Attributes without a value are typed nulls.
func (f *assetFields) object() cty.Value {
	values := map[string]cty.Value{
		"address": f.address, "aspect_ratio": f.aspectRatio, "model": f.model,
		"path": f.path, "prompt": f.prompt, "seed": f.seed,
	}
	for name, v := range values {
		if v == cty.NilVal {
			values[name] = cty.NullVal(assetType.AttributeType(name))
		}
	}
	return cty.ObjectVal(values)
}

// field returns where the value of a parameter is kept, or nil when
// expressions cannot read it.
func (f *assetFields) field(param string) *cty.Value {
	switch param {
	case "aspect_ratio":
		return &f.aspectRatio
	case "model":
		return &f.model
	case "prompt":
		return &f.prompt
	case "seed":
		return &f.seed
	}
	return nil
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
func (b *block) address() address.Address {
	return address.Address{Module: b.scope.path, Kind: b.decl.kind, Name: b.decl.name}
}

func (e *evaluator) newBlock(s *scope, decl *assetDecl) *block {
	b := &block{decl: decl, scope: s}
	b.cell = cell{name: s.qualify(decl.assetName.String()), rng: decl.rng, asset: true, compute: func() cty.Value {
		return e.evaluateBlock(b)
	}}
	return b
}

// evaluateBlock evaluates all instances of a block. The value tells only
// whether they are known.
func (e *evaluator) evaluateBlock(b *block) cty.Value {
	decl := b.decl
	list, ok := e.expand(b.scope, decl.attrs["for_each"], decl.attrs["count"], b.cell.name, decl.rng)
	if !ok {
		return cty.DynamicVal
	}
	b.list, b.keys = list, make(map[string]bool, len(list))
	for _, inst := range list {
		b.keys[inst.key] = true
	}
	x := e.prepare(b, names{each: decl.attrs["for_each"] != nil, count: decl.attrs["count"] != nil})
	b.fields = make([]assetFields, len(list))
	for i, inst := range list {
		e.evaluateAsset(x, inst, &b.fields[i])
	}
	b.reads = sortedAddresses(b.cell.reads)
	return cty.True
}

// value is what expressions see of a block: an asset, a map of assets or a
// list of assets.
func (b *block) value() cty.Value {
	if b.whole == cty.NilVal {
		b.whole = b.makeValue()
		b.secret = sensitive.MayBe(b.whole)
	}
	return b.whole
}

func (b *block) makeValue() cty.Value {
	switch {
	case b.decl.attrs["for_each"] != nil:
		if len(b.list) == 0 {
			return cty.MapValEmpty(assetType)
		}
		members := make(map[string]cty.Value, len(b.list))
		for i, inst := range b.list {
			members[inst.index] = b.fields[i].object()
		}
		return cty.MapVal(members)
	case b.decl.attrs["count"] != nil:
		if len(b.list) == 0 {
			return cty.ListValEmpty(assetType)
		}
		elements := make([]cty.Value, len(b.list))
		for i := range b.list {
			elements[i] = b.fields[i].object()
		}
		return cty.ListVal(elements)
	}
	return b.fields[0].object()
}

// prepared is a block whose expressions are bound.
type prepared struct {
	block     *block
	in        names
	attrs     map[string]bound // what the block sets, but for_each, count and provider
	memo      map[string]memo
	provider  ProviderRef
	hasRef    bool // the provider is known
	lifecycle *lifecycleSource
}

// memo is the value that an attribute has for an instance.
type memo struct {
	value cty.Value
	inst  *instance
}

// prepare binds the expressions of a block, once for all its instances.
func (e *evaluator) prepare(b *block, in names) *prepared {
	x := &prepared{
		block: b, in: in,
		attrs: make(map[string]bound, len(b.decl.attrs)),
		memo:  make(map[string]memo, len(b.decl.attrs)),
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
	if provider != nil && hcl.ExprAsKeyword(provider.Expr) == "null" {
		provider = nil // not set
	}
	x.provider, x.hasRef = e.providerOf(provider, b)
	x.lifecycle = e.prepareLifecycle(b, in)
	return x
}
