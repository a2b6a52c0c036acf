package engine

import (
	"fmt"
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
	types := map[string]bool{}
	attributes := map[string]string{}
	units := map[string]Unit{}
	for _, e := range engines {
		if e.Type == "" || types[e.Type] {
			return r, fmt.Errorf("engine %q is there twice, or has no type", e.Type)
		}
		types[e.Type] = true
		for _, u := range e.Units {
			if known, ok := units[u.Name]; ok && known != u {
				return r, fmt.Errorf("unit %q of engine %q is another engine's with other words", u.Name, e.Type)
			}
			units[u.Name] = u
		}
		for _, m := range e.Methods {
			if err := e.check(m, attributes); err != nil {
				return r, fmt.Errorf("method %q of engine %q: %w", m.Name, e.Type, err)
			}
		}
	}
	return r, nil
}

// reserved are the attributes that the language has for every asset, or will
// have.
var reserved = []string{"output", "for_each", "count", "provider", "revision", "lifecycle", "candidates", "alt", "provenance", "dynamic"}

// check holds a method against its engine and the attributes known so far.
func (e *Engine) check(m *Method, attributes map[string]string) error {
	meaning := func(name, form string) error {
		if slices.Contains(reserved, name) {
			return fmt.Errorf("%q is an attribute of every asset", name)
		}
		key := string(m.Kind) + "." + name
		if known, ok := attributes[key]; ok && known != form {
			return fmt.Errorf("%s is %s, and elsewhere %s", name, form, known)
		}
		attributes[key] = form
		return nil
	}
	for _, p := range m.Params {
		if err := meaning(p.Name, fmt.Sprintf("a parameter of type %d", p.Type)); err != nil {
			return err
		}
	}
	for _, in := range m.Inputs {
		if err := meaning(in.Name, fmt.Sprintf("an input (list: %v)", in.List)); err != nil {
			return err
		}
	}
	if m.Price.Unit != "" && !slices.ContainsFunc(e.Units, func(u Unit) bool { return u.Name == m.Price.Unit }) {
		return fmt.Errorf("its unit %q is none of the engine's", m.Price.Unit)
	}
	return nil
}

// Types lists the types of providers, in the registry's order.
func (r Registry) Types() []string {
	var types []string
	for _, e := range r.engines {
		types = append(types, e.Type)
	}
	return types
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
