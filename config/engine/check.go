package engine

import (
	"errors"
	"fmt"
	"slices"

	"assetform/config/address"
)

// reserved are the attributes that the language has for every asset, or will
// have.
var reserved = []string{"output", "for_each", "count", "provider", "revision", "lifecycle", "candidates", "alt", "provenance", "dynamic"}

// checks holds the engines of a registry against themselves and each other.
type checks struct {
	types      map[string]bool
	units      map[string]Unit
	attributes map[string]string        // what each means, by kind, block and name
	derived    map[address.Kind]*Engine // who makes it
}

// engine holds an engine against those before it.
func (c *checks) engine(e *Engine) error {
	if e.Type == "" || c.types[e.Type] {
		return fmt.Errorf("engine %q is there twice, or has no type", e.Type)
	}
	c.types[e.Type] = true
	for _, u := range e.Units {
		if known, ok := c.units[u.Name]; ok && known != u {
			return fmt.Errorf("unit %q of engine %q is another engine's with other words", u.Name, e.Type)
		}
		c.units[u.Name] = u
	}
	if e.Derives && (!e.Free || e.Embedded || e.Captions || len(e.Units)+len(e.Models) > 0 || e.Server != (Server{})) {
		return fmt.Errorf("engine %q derives on this machine: it is free, and has no unit, no model, no server and no caption", e.Type)
	}
	for _, m := range e.Methods {
		if err := c.method(e, m); err != nil {
			return fmt.Errorf("method %q of engine %q: %w", m.Name, e.Type, err)
		}
	}
	return nil
}

func (c *checks) method(e *Engine, m *Method) error {
	switch {
	case slices.Contains(generated, m.Kind) == e.Derives:
		return fmt.Errorf("kind %q is not for it: what derives has kinds of its own, and what generates has %q", m.Kind, generated)
	case !m.Kind.Known():
		return fmt.Errorf("no address is of kind %q", m.Kind)
	case e.Derives && c.derived[m.Kind] != nil:
		return fmt.Errorf("kind %q has a method already, of engine %q", m.Kind, c.derived[m.Kind].Type)
	case e.Derives:
		c.derived[m.Kind] = e
	}
	keys := map[string]bool{}
	once := func(key string) error {
		if keys[key] {
			return fmt.Errorf("%q is there twice", key)
		}
		keys[key] = true
		return nil
	}
	for _, p := range m.Params {
		if err := errors.Join(once(p.Key()), c.param(m, p)); err != nil {
			return err
		}
	}
	for _, in := range m.Inputs {
		if err := errors.Join(once(in.Name), c.meaning(m.Kind, "", in.Name, fmt.Sprintf("an input (list: %v)", in.List))); err != nil {
			return err
		}
		switch {
		case (in.Named || in.Whole) && !in.List:
			return fmt.Errorf("%q is no list, so that it has no members", in.Name)
		case in.Text && (in.List || in.Films || in.Selects):
			return fmt.Errorf("%q is one file with text, and nothing else", in.Name)
		}
	}
	if m.Price.Unit != "" && !slices.ContainsFunc(e.Units, func(u Unit) bool { return u.Name == m.Price.Unit }) {
		return fmt.Errorf("its unit %q is none of the engine's", m.Price.Unit)
	}
	return nil
}

func (c *checks) param(m *Method, p Param) error {
	form := fmt.Sprintf("a parameter of type %d", p.Type)
	if p.Block == "" && slices.Contains(m.Blocks(), p.Name) {
		form = "a block"
	}
	if (p.Type == Setting) != (p.Accept != nil) {
		return fmt.Errorf("%q: a setting, and nothing else, is taken by a function", p.Key())
	}
	if p.Block != "" {
		around, ok := m.Param(p.Block)
		if !ok || around.Block != "" || around.Type != Boolean || around.Required || around.Default != nil && around.Default != false {
			return fmt.Errorf("%q: its block is no parameter that is false unless the block stands", p.Key())
		}
	}
	return c.meaning(m.Kind, p.Block, p.Name, form)
}

// meaning notes what an attribute means, which is the same for all engines.
func (c *checks) meaning(kind address.Kind, block, name, form string) error {
	if block == "" && slices.Contains(reserved, name) || name == "dynamic" {
		return fmt.Errorf("%q is an attribute of every asset", name)
	}
	key := string(kind) + "." + block + "." + name
	if known, ok := c.attributes[key]; ok && known != form {
		return fmt.Errorf("%s.%s is %s, and elsewhere %s", kind, name, form, known)
	}
	c.attributes[key] = form
	return nil
}
