package config

import (
	"slices"

	"assetform/config/address"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// call is a module block of a scope: the instances of the module that it
// makes.
type call struct {
	decl      *callDecl
	scope     *scope // in which the block stands
	expansion cell   // computes instances
	instances []*callInstance
	whole     cell // module.NAME as one value
}

type callInstance struct {
	*instance
	scope *scope
}

func (c *call) hasInstances() bool { return c.decl.forEach != nil || c.decl.count != nil }

func (e *evaluator) newCall(s *scope, decl *callDecl) *call {
	c := &call{decl: decl, scope: s}
	name := s.qualify("module." + decl.name)
	c.expansion = cell{name: name, rng: decl.rng, compute: func() cty.Value {
		return e.expandCall(c, name)
	}}
	c.whole = cell{name: name, rng: decl.rng, compute: func() cty.Value {
		return e.wholeCall(c)
	}}
	return c
}

// expandCall makes the scopes of a call's instances. The value is unknown
// when that failed.
func (e *evaluator) expandCall(c *call, name string) cty.Value {
	if c.decl.source == nil {
		return cty.DynamicVal
	}
	list, ok := e.expand(c.scope, c.decl.forEach, c.decl.count, name, c.decl.rng)
	if !ok {
		return cty.DynamicVal
	}
	in := names{each: c.decl.forEach != nil, count: c.decl.count != nil}
	for _, inst := range list {
		child := e.newScope(c.decl.source, name+inst.key)
		for _, v := range child.mod.sortedVariables() {
			child.variables[v.name] = e.argumentCell(c, child, v, in, inst)
		}
		c.instances = append(c.instances, &callInstance{inst, child})
	}
	return cty.True
}

// argumentCell is a variable of a called module.
func (e *evaluator) argumentCell(c *call, child *scope, v *variableDecl, in names, inst *instance) *cell {
	attr := c.decl.arguments[v.name]
	if attr == nil {
		return &cell{name: child.qualify("var." + v.name), rng: v.rng, compute: func() cty.Value {
			if v.defaultValue == nil {
				return cty.DynamicVal // reported where the module is called
			}
			return e.keepSecret(v, *v.defaultValue)
		}}
	}
	return &cell{name: child.qualify("var." + v.name), rng: attr.Range, compute: func() cty.Value {
		b := e.bind(c.scope, attr.Expr, in)
		value := e.value(b, inst)
		if !value.IsKnown() {
			return cty.DynamicVal
		}
		value, problem := v.accept(value)
		if problem != "" {
			e.reportAt(b, inst, "Invalid value for variable", "The value for var.%s of %s does not fit: %s.", v.name, child.path, problem)
			return cty.DynamicVal
		}
		return e.keepSecret(v, value)
	}}
}

// resolveModule resolves module.NAME and what follows it, computing as little
// of the module as the traversal names.
func (e *evaluator) resolveModule(s *scope, trav hcl.Traversal, tree *partial) {
	at := trav.SourceRange()
	name, ok := address.StepName(trav[1:])
	if !ok {
		e.report(at, "Incomplete reference", "module must be followed by a dot and the name of a module block.")
		tree.set(cty.DynamicVal, "module")
		return
	}
	c := s.calls[name]
	if c == nil {
		e.report(at, "Reference to undeclared module", "No module %q is called in this module.%s", name, e.suggest(name, func() []string { return sortedKeys(s.calls) }))
		tree.set(cty.DynamicVal, "module", name)
		return
	}
	if !e.force(&c.expansion, at).IsKnown() {
		tree.set(cty.DynamicVal, "module", name)
		return
	}
	rest := trav[2:]
	path := []string{"module", name}
	if !c.hasInstances() {
		e.resolveMember(c.instances[0].scope, rest, at, tree, path)
		return
	}
	key, ok := address.StepKey(rest)
	if !ok {
		tree.set(e.force(&c.whole, at), path...)
		return
	}
	i := slices.IndexFunc(c.instances, func(inst *callInstance) bool { return inst.key == key })
	if i < 0 {
		e.report(at, "Reference to unknown instance", "%s has no instance %s.", c.expansion.name, key)
		tree.set(cty.DynamicVal, path...)
		return
	}
	if c.decl.count != nil {
		tree.member("module").member(name).length = len(c.instances)
	}
	e.resolveMember(c.instances[i].scope, rest[1:], at, tree, append(path, c.instances[i].index))
}

// resolveMember resolves what follows a module instance: an output, an
// asset, or nothing for all of it.
func (e *evaluator) resolveMember(child *scope, rest hcl.Traversal, at hcl.Range, tree *partial, path []string) {
	name, ok := address.StepName(rest)
	switch {
	case !ok:
		tree.set(e.force(&child.whole, at), path...)
	case name == string(address.Image) || name == string(address.Video):
		if _, named := address.StepName(rest[1:]); named {
			e.resolveAsset(child, rest, tree, append(path, name)...)
			return
		}
		tree.set(e.force(child.kinds[address.Kind(name)], at), append(path, name)...)
	case child.outputs[name] == nil:
		known := func() []string { return append(sortedKeys(child.outputs), "image", "video") }
		e.report(at, "Unknown attribute of module", "%s has no output %q.%s", child.path, name, e.suggest(name, known))
		tree.set(cty.DynamicVal, append(path, name)...)
	default:
		tree.set(e.force(child.outputs[name], at), append(path, name)...)
	}
}

// wholeCall is the value of module.NAME where a block has several instances.
func (e *evaluator) wholeCall(c *call) cty.Value {
	if c.decl.count != nil {
		elements := make([]cty.Value, len(c.instances))
		for i, inst := range c.instances {
			elements[i] = e.force(&inst.scope.whole, c.decl.rng)
		}
		return cty.TupleVal(elements)
	}
	members := make(map[string]cty.Value, len(c.instances))
	for _, inst := range c.instances {
		members[inst.index] = e.force(&inst.scope.whole, c.decl.rng)
	}
	return cty.ObjectVal(members)
}

// wholeModule is the object of all outputs and assets of a module instance.
func (e *evaluator) wholeModule(s *scope) cty.Value {
	members := make(map[string]cty.Value, len(s.outputs)+2)
	for _, name := range sortedKeys(s.outputs) {
		members[name] = e.force(s.outputs[name], s.outputs[name].rng)
	}
	for kind, c := range s.kinds {
		members[string(kind)] = e.force(c, c.rng)
	}
	return cty.ObjectVal(members)
}

// wholeKind is the object of all blocks of a kind.
func (e *evaluator) wholeKind(s *scope, kind address.Kind) cty.Value {
	var known []string
	for name := range s.assets {
		if name.kind == kind {
			known = append(known, name.name)
		}
	}
	slices.Sort(known) // cycles are reported from the first that is read
	values := make(map[string]cty.Value, len(known))
	for _, name := range known {
		b := s.assets[assetName{kind, name}]
		e.noteRead(b.address())
		values[name] = cty.DynamicVal
		if e.force(&b.cell, b.decl.rng).IsKnown() {
			values[name] = b.value()
		}
	}
	return cty.ObjectVal(values)
}
