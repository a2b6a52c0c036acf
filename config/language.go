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
}

// kinds are the kinds of assets that are generated.
var kinds = []address.Kind{address.Image, address.Video}

func newLanguage(engines engine.Registry) *language {
	l := &language{engines: engines, assets: map[address.Kind]*schema{}, defaults: map[address.Kind]*schema{}}
	for _, kind := range kinds {
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
	return slices.ContainsFunc(l.engines.Methods(kind), func(m *engine.Method) bool {
		_, input := m.Input(name)
		return input
	})
}

// methods lists the methods of a provider's engine for a kind of asset; of a
// provider that is not known those of all engines.
func (l *language) methods(ref ProviderRef, kind address.Kind) []*engine.Method {
	known := l.engines.Engine(ref.Type)
	if known == nil {
		return l.engines.Methods(kind)
	}
	var list []*engine.Method
	for _, m := range known.Methods {
		if m.Kind == kind {
			list = append(list, m)
		}
	}
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
