package config

import (
	"slices"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"

	"github.com/hashicorp/hcl/v2"
)

// language is what the engines make of the configuration language: which
// attributes assets have, in which units budgets are, which providers there are.
type language struct {
	engines   engine.Registry
	kinds     []address.Kind // of assets
	root      *hcl.BodySchema
	assets    map[address.Kind]*schema
	defaults  map[address.Kind]*schema
	assetform *schema
	pictures  map[address.Kind]map[string]bool // the attributes that are images
	chosen    map[choiceOf][]*engine.Method    // answers of methods
	// deriving are the engines of the kinds that are not generated but made of
	// other files.
	deriving map[address.Kind]*engine.Engine
}

// choiceOf is a type of provider and a kind of asset.
type choiceOf struct {
	typ  string
	kind address.Kind
}

func newLanguage(engines engine.Registry) *language {
	l := &language{
		engines: engines, kinds: engines.Kinds(), assets: map[address.Kind]*schema{}, defaults: map[address.Kind]*schema{},
		pictures: map[address.Kind]map[string]bool{}, chosen: map[choiceOf][]*engine.Method{}, deriving: map[address.Kind]*engine.Engine{},
	}
	for _, kind := range l.kinds {
		if e := engines.Deriving(kind); e != nil {
			l.deriving[kind] = e
		}
	}
	l.root = assetSchema(l.kinds)
	for _, kind := range l.kinds {
		l.pictures[kind] = map[string]bool{}
		for _, m := range engines.Methods(kind) {
			for _, in := range m.Inputs {
				l.pictures[kind][in.Name] = !in.Films && !in.Text
			}
		}
		attributes := l.attributes(kind)
		l.defaults[kind] = newSchema(nil, attributes, nil)
		nested := l.blockSchemas(kind)
		l.defaults[kind].outside = map[string]string{}
		for name := range nested {
			l.defaults[kind].outside[name] = string(kind)
		}
		nested["lifecycle"] = lifecycleSchema
		l.assets[kind] = newSchema([]string{"output"}, append(slices.Clip(attributes), "for_each", "count"), nested)
	}
	var units, prices []string
	for _, u := range engines.Units() {
		units, prices = append(units, u.Name), append(prices, engine.Singular(u.Name))
	}
	l.assetform = newSchema(nil, []string{"required_version"}, map[string]*schema{
		"budget": newSchema(nil, units, nil), "prices": newSchema([]string{"currency"}, prices, nil),
		"remote": newSchema([]string{"url"}, []string{"mode"}, nil),
	})
	return l
}

// attributes lists what assets of a kind and their defaults may set: the
// parameters and inputs of all its methods, in the order of the tables, and
// what is common to all.
func (l *language) attributes(kind address.Kind) []string {
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, m := range l.engines.Methods(kind) {
		blocks := m.Blocks()
		for _, p := range m.Params {
			if p.Block == "" && !slices.Contains(blocks, p.Name) {
				add(p.Name)
			}
		}
		for _, in := range m.Inputs {
			add(in.Name)
		}
	}
	if l.deriving[kind] == nil {
		add("provider")
		add("revision")
		add("candidates")
	}
	if l.describes(kind) {
		add("alt")
	}
	return names
}

// blockSchemas are the schemas of the nested blocks in which assets of a kind
// set parameters, by name.
func (l *language) blockSchemas(kind address.Kind) map[string]*schema {
	schemas := map[string]*schema{}
	for _, m := range l.engines.Methods(kind) {
		for _, block := range m.Blocks() {
			var names []string
			if s := schemas[block]; s != nil { // another method's block of that name
				for _, attr := range s.Attributes {
					names = append(names, attr.Name)
				}
			}
			for _, p := range m.Params {
				if p.Block == block && !slices.Contains(names, p.Name) {
					names = append(names, p.Name)
				}
			}
			schemas[block] = newSchema(nil, names, nil)
		}
	}
	return schemas
}

// describes reports whether assets of a kind can say in words what they show.
// Only what is made of them reads it.
func (l *language) describes(kind address.Kind) bool {
	return len(l.deriving) > 0 && (kind == address.Video || kind.Picture())
}

// takesPicture reports whether an attribute of a kind of asset is an image.
func (l *language) takesPicture(kind address.Kind, name string) bool {
	return l.pictures[kind][name]
}

// methods lists the methods of a provider's engine for a kind of asset; of a
// provider that is not known those of all engines.
func (l *language) methods(ref ProviderRef, kind address.Kind) []*engine.Method {
	of := choiceOf{ref.Type, kind}
	list, asked := l.chosen[of]
	if asked {
		return list
	}
	if known := l.engines.Engine(ref.Type); known == nil {
		list = l.engines.Methods(kind)
	} else {
		for _, m := range known.Methods {
			if m.Kind == kind {
				list = append(list, m)
			}
		}
	}
	l.chosen[of] = list
	return list
}

// uncompared are the attributes that say nothing of what is generated.
var uncompared = []string{"provider", "candidates", "alt"}

// ignorable lists the attributes and blocks whose difference can be ignored.
func (l *language) ignorable(kind address.Kind) []string {
	names := slices.DeleteFunc(l.attributes(kind), func(name string) bool { return slices.Contains(uncompared, name) })
	return append(names, sortedKeys(l.blockSchemas(kind))...)
}

// kindNames are the kinds of assets in words.
func (l *language) kindNames() []string {
	names := make([]string, len(l.kinds))
	for i, kind := range l.kinds {
		names[i] = string(kind)
	}
	return names
}

// providerTypes names the types of providers for people: `"a", "b" or "c"`.
func (l *language) providerTypes() string { return diag.Quoted(l.engines.Types(), "or") }

// embedded is the provider of the engine in this process.
func (l *language) embedded() ProviderRef {
	if e := l.engines.Embedded(); e != nil {
		return ProviderRef{Type: e.Type}
	}
	return ProviderRef{}
}
