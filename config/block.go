package config

import (
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/watch"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// block is the block of an asset of a module instance.
type block struct {
	decl     *assetDecl
	module   *moduleInstance
	defaults map[string]*defaultValue // of its kind
	seen     evaluation.Block
	list     []*evaluation.Instance
	reads    []address.Address // by any expression of the block, sorted
	fields   []assetFields     // what expressions see of each instance
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

// assetType is the type of every asset in expressions, of all kinds and
// methods, so that assets fit into lists and maps.
var assetType = cty.Object(map[string]cty.Type{
	"address":      cty.String,
	"aspect_ratio": cty.String,
	"model":        cty.String,
	"path":         cty.String,
	"prompt":       cty.String,
	"seed":         cty.Number,
})

// assetEvaluator makes assets of blocks.
type assetEvaluator struct {
	lang     *language
	ev       *evaluation.Evaluator
	expander *evaluation.Expander
	reports  *evaluation.Reports
	watched  *watched
	watch    *watch.Watch // bounds postconditions
	choice   *providerChoice
	rootDir  string

	links  []link          // what came of the assets without problems
	failed map[string]bool // the folded output paths of the others
}

// declare makes the defaults and blocks of a module instance and returns their
// cells in the order in which they are computed.
func (a *assetEvaluator) declare(m *moduleInstance) (cells []*evaluation.Cell) {
	defaults := make(map[address.Kind]map[string]*defaultValue, len(m.mod.defaults))
	for _, kind := range sortedKeys(m.mod.defaults) {
		defaults[kind] = a.newDefaults(m, kind, m.mod.defaults[kind])
		for _, name := range sortedKeys(defaults[kind]) {
			cells = append(cells, &defaults[kind][name].cell)
		}
	}
	blocks := make([]*evaluation.Cell, 0, len(m.mod.assets))
	m.scope.Blocks = make(map[address.Address]*evaluation.Block, len(m.mod.assets))
	for local, decl := range m.mod.assets {
		b := a.newBlock(m, decl, defaults[local.Kind])
		m.scope.Blocks[local] = &b.seen
		blocks = append(blocks, &b.seen.Cell)
	}
	slices.SortFunc(blocks, func(x, y *evaluation.Cell) int { return diag.CompareRanges(x.Range, y.Range) })
	return append(cells, blocks...)
}

func (a *assetEvaluator) newBlock(m *moduleInstance, decl *assetDecl, defaults map[string]*defaultValue) *block {
	b := &block{decl: decl, module: m, defaults: defaults}
	b.seen = evaluation.Block{
		Address: m.qualified(decl.local), Instanced: decl.repetition.Instanced(),
		Attributes: assetAttributes, Object: b.object,
		Cell: evaluation.Cell{Name: m.scope.Qualify(decl.local.String()), Range: decl.rng, Asset: true, Compute: func() cty.Value {
			return a.evaluateBlock(b)
		}},
	}
	return b
}

// noKey is the key of an asset without instances, and never changed.
var noKey = map[string]bool{"": true}

// evaluateBlock evaluates all instances of a block. The value tells only
// whether they are known.
func (a *assetEvaluator) evaluateBlock(b *block) cty.Value {
	decl := b.decl
	list, ok := a.expander.Expand(b.module.scope, decl.repetition, b.seen.Cell.Name, decl.rng)
	if !ok {
		return cty.DynamicVal
	}
	b.list, b.seen.Keys = list, noKey
	if b.seen.Instanced {
		b.seen.Keys = make(map[string]bool, len(list))
		for _, inst := range list {
			b.seen.Keys[inst.Key] = true
		}
	}
	names := decl.repetition.Names()
	names.Own = b.seen.Address
	x := a.prepare(b, names)
	b.fields = make([]assetFields, len(list))
	for i, inst := range list {
		forget := inst.Keep()
		a.evaluateAsset(x, inst, &b.fields[i])
		forget()
	}
	b.reads = b.seen.Cell.Reads()
	return cty.True
}

// object is what expressions see of a block: an asset, a map of assets or a
// list of assets.
func (b *block) object() cty.Value {
	switch {
	case b.decl.repetition.ForEach != nil:
		if len(b.list) == 0 {
			return cty.MapValEmpty(assetType)
		}
		members := make(map[string]cty.Value, len(b.list))
		for i, inst := range b.list {
			members[inst.Index] = b.fields[i].object()
		}
		return cty.MapVal(members)
	case b.decl.repetition.Count != nil:
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
	in        evaluation.Names
	attrs     []attribute // what the block sets, but for_each, count and provider; sorted by name
	provider  ProviderRef
	standsFor ProviderRef
	hasRef    bool // the provider is known
	parts     *blockParts
}

// attribute is what a block sets, and the value that it had last.
type attribute struct {
	name  string
	bound evaluation.Bound
	value cty.Value            // [cty.NilVal] before it was evaluated
	inst  *evaluation.Instance // for which it was
}

// attr is the attribute of that name, or nil.
func (x *prepared) attr(name string) *attribute {
	for i := range x.attrs {
		if x.attrs[i].name == name {
			return &x.attrs[i]
		}
	}
	return nil
}

// prepare binds the expressions of a block, once for all its instances.
func (a *assetEvaluator) prepare(b *block, in evaluation.Names) *prepared {
	x := &prepared{block: b, in: in, attrs: make([]attribute, 0, len(b.decl.attrs))}
	var provider *hcl.Attribute
	for _, attr := range sortedAttributes(b.decl.attrs) {
		switch attr.Name {
		case "for_each", "count":
		case "provider":
			provider = attr
		default:
			own := in
			own.Picture = a.lang.takesPicture(b.decl.local.Kind, attr.Name)
			x.attrs = append(x.attrs, attribute{name: attr.Name, bound: a.ev.Bind(b.module.scope, attr.Expr, own)})
		}
	}
	slices.SortFunc(x.attrs, func(x, y attribute) int { return strings.Compare(x.name, y.name) })
	x.parts = a.parts(x)
	if e := a.lang.deriving[b.decl.local.Kind]; e != nil {
		x.provider, x.hasRef = ProviderRef{Type: e.Type}, true
		return x
	}
	if defaults := b.module.mod.defaults[b.decl.local.Kind]; provider == nil && defaults != nil {
		provider = defaults.attrs["provider"]
	}
	if provider != nil && hcl.ExprAsKeyword(provider.Expr) == "null" {
		provider = nil // not set
	}
	x.provider, x.standsFor, x.hasRef = a.choice.of(provider, b.seen.Cell.Name, b.decl.rng)
	return x
}

func (a *assetEvaluator) binder(x *prepared) *lifecycleBinder {
	b := x.block
	return &lifecycleBinder{
		lang: a.lang, ev: a.ev, reports: a.reports, scope: b.module.scope, decl: b.decl, name: b.seen.Cell.Name, in: x.in,
	}
}
