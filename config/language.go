package config

import (
	"slices"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/engine"
)

// language is what the engines make of the configuration language: which
// attributes assets have, in which units budgets are, which providers there are.
type language struct {
	engines   engine.Registry
	assets    map[address.Kind]*schema
	defaults  map[address.Kind]*schema
	assetform *schema
	pictures  map[address.Kind]map[string]bool // the attributes that are images
	chosen    map[choiceOf][]*engine.Method    // answers of methods
}

// choiceOf is a type of provider and a kind of asset.
type choiceOf struct {
	typ  string
	kind address.Kind
}

// kinds are the kinds of assets that are generated.
var kinds = []address.Kind{address.Image, address.Video}

func newLanguage(engines engine.Registry) *language {
	l := &language{
		engines: engines, assets: map[address.Kind]*schema{}, defaults: map[address.Kind]*schema{},
		pictures: map[address.Kind]map[string]bool{}, chosen: map[choiceOf][]*engine.Method{},
	}
	for _, kind := range kinds {
		l.pictures[kind] = map[string]bool{}
		for _, m := range engines.Methods(kind) {
			for _, in := range m.Inputs {
				l.pictures[kind][in.Name] = true
			}
		}
		attributes := l.attributes(kind)
		l.defaults[kind] = newSchema(nil, attributes, nil)
		l.assets[kind] = newSchema([]string{"output"}, append(slices.Clip(attributes), "for_each", "count"), map[string]*schema{"lifecycle": lifecycleSchema})
	}
	var units []string
	for _, u := range engines.Units() {
		units = append(units, u.Name)
	}
	l.assetform = newSchema(nil, []string{"required_version"}, map[string]*schema{"budget": newSchema(nil, units, nil)})
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
		for _, p := range m.Params {
			add(p.Name)
		}
		for _, in := range m.Inputs {
			add(in.Name)
		}
	}
	add("provider")
	add("revision")
	return names
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

// ignorable lists the attributes whose difference can be ignored.
func (l *language) ignorable(kind address.Kind) []string {
	return slices.DeleteFunc(l.attributes(kind), func(name string) bool { return name == "provider" })
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
