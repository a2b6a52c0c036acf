package engine

import (
	"slices"

	"assetform/config/address"
)

// A Registry is the engines that a program has. The zero value has none: every
// provider is unknown to it and so charges.
type Registry struct{ engines []*Engine }

// NewRegistry returns a registry of these engines, in this order. It fails
// where two of them have the same type, or an attribute means one thing to one
// and another to the other, or a table contradicts itself.
func NewRegistry(engines ...*Engine) (Registry, error) {
	r := Registry{engines}
	c := checks{types: map[string]bool{}, units: map[string]Unit{}, attributes: map[string]string{}, derived: map[address.Kind]*Engine{}}
	for _, e := range engines {
		if err := c.engine(e); err != nil {
			return r, err
		}
	}
	return r, nil
}

// Types lists the types of providers that blocks may declare, in the
// registry's order: those that derive are none.
func (r Registry) Types() []string {
	var types []string
	for _, e := range r.engines {
		if !e.Derives {
			types = append(types, e.Type)
		}
	}
	return types
}

// generated are the kinds of assets that engines generate.
var generated = []address.Kind{address.Image, address.Video}

// Kinds lists the kinds of assets that there are: those that are generated,
// then those that engines derive, in the tables' order.
func (r Registry) Kinds() []address.Kind {
	kinds := slices.Clone(generated)
	for _, e := range r.engines {
		for _, m := range e.Methods {
			if e.Derives {
				kinds = append(kinds, m.Kind)
			}
		}
	}
	return kinds
}

// Deriving returns the engine that alone makes assets of that kind, or nil for
// a kind that is generated.
func (r Registry) Deriving(kind address.Kind) *Engine {
	for _, e := range r.engines {
		if e.Derives && slices.ContainsFunc(e.Methods, func(m *Method) bool { return m.Kind == kind }) {
			return e
		}
	}
	return nil
}

// Engines lists the engines in the registry's order.
func (r Registry) Engines() []*Engine { return r.engines }

// Engine returns the engine of that type, or nil.
func (r Registry) Engine(typ string) *Engine {
	for _, e := range r.engines {
		if e.Type == typ {
			return e
		}
	}
	return nil
}

// Known returns the engine of that type, or one that says nothing of itself.
func (r Registry) Known(typ string) *Engine {
	if e := r.Engine(typ); e != nil {
		return e
	}
	return &Engine{Type: typ, Title: "provider " + typ}
}

// Embedded returns the engine that generates where no provider is declared, or
// nil.
func (r Registry) Embedded() *Engine {
	for _, e := range r.engines {
		if e.Embedded {
			return e
		}
	}
	return nil
}

// Charges tells whether a provider of that type charges for generations: every
// one does that is not known to be free.
func (r Registry) Charges(typ string) bool {
	e := r.Engine(typ)
	return e == nil || !e.Free
}

// Derives tells whether results of that type of provider are made of other
// files of the project.
func (r Registry) Derives(typ string) bool {
	e := r.Engine(typ)
	return e != nil && e.Derives
}

// Method returns a method of a type of provider, or nil.
func (r Registry) Method(typ, name string) *Method {
	if e := r.Engine(typ); e != nil {
		return e.Method(name)
	}
	return nil
}

// Method returns the method of that name, or nil.
func (e *Engine) Method(name string) *Method {
	for _, m := range e.Methods {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// Methods lists all methods of a kind ("" for every kind), each name once.
func (r Registry) Methods(kind address.Kind) []*Method {
	var list []*Method
	seen := map[string]bool{}
	for _, e := range r.engines {
		for _, m := range e.Methods {
			if (kind == "" || m.Kind == kind) && !seen[m.Name] {
				seen[m.Name] = true
				list = append(list, m)
			}
		}
	}
	return list
}

// Units lists the units of all engines, each once, in the registry's order.
func (r Registry) Units() []Unit {
	var units []Unit
	for _, e := range r.engines {
		for _, u := range e.Units {
			if !slices.Contains(units, u) {
				units = append(units, u)
			}
		}
	}
	return units
}

// Whole returns the cost with every unit in it, those it has nothing of too:
// the form in which other programs read it.
func (r Registry) Whole(c Cost) Cost {
	whole := Cost{}
	for _, u := range r.Units() {
		whole[u.Name] = 0
	}
	return whole.Add(c)
}
