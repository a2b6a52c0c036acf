package config

import (
	"assetform/config/address"
	"assetform/config/evaluation"
	"assetform/config/pathname"

	"github.com/zclconf/go-cty/cty"
)

// moduleInstance is a module with values: what its declarations mean where it
// is called.
type moduleInstance struct {
	mod    *module
	scope  *evaluation.Scope
	assets []*evaluation.Cell // of its defaults and blocks, in the order in which they are computed
	calls  map[string][]*moduleInstance
}

// newInstance makes an instance of a module. Variables are filled in by its
// caller.
func (e *evaluator) newInstance(mod *module, path string) *moduleInstance {
	m := &moduleInstance{
		mod: mod, calls: map[string][]*moduleInstance{},
		scope: e.ev.NewScope(path, wayToRoot(mod.dir, e.rootDir), e.functions.In(mod.dir)),
	}
	for name, attr := range mod.locals {
		m.scope.Locals[name] = &evaluation.Cell{Name: m.scope.Qualify("local." + name), Range: attr.Range, Compute: func() cty.Value {
			return e.ev.Evaluate(m.scope, attr.Expr)
		}}
	}
	for name, decl := range mod.outputs {
		m.scope.Outputs[name] = &evaluation.Cell{Name: m.scope.Qualify("output." + name), Range: decl.rng, Compute: func() cty.Value {
			return e.outputValue(m, decl)
		}}
	}
	for name, decl := range mod.calls {
		m.scope.Calls[name] = e.newCall(m, decl)
	}
	e.declareAssets(m)
	return m
}

// wayToRoot is what path.root means in a directory.
func wayToRoot(dir, root string) string {
	way := pathname.Relative(dir, root)
	if way == "" || dir == root {
		return "."
	}
	return way
}

// newCall makes a module block, whose instances are made when something reads
// them.
func (e *evaluator) newCall(m *moduleInstance, decl *callDecl) *evaluation.Call {
	name := m.scope.Qualify("module." + decl.name)
	return e.ev.NewCall(name, decl.rng, decl.repetition, func(c *evaluation.Call) cty.Value {
		if decl.source == nil {
			return cty.DynamicVal
		}
		list, ok := e.expander.Expand(m.scope, decl.repetition, name, decl.rng)
		if !ok {
			return cty.DynamicVal
		}
		for _, inst := range list {
			child := e.newInstance(decl.source, name+inst.Key)
			for _, v := range child.mod.sortedVariables() {
				child.scope.Variables[v.name] = e.argument(m, decl, child, v, inst)
			}
			c.Instances = append(c.Instances, evaluation.CallInstance{Instance: inst, Scope: child.scope})
			m.calls[decl.name] = append(m.calls[decl.name], child)
		}
		return cty.True
	})
}

// argument is a variable of a called module.
func (e *evaluator) argument(m *moduleInstance, decl *callDecl, child *moduleInstance, v *variableDecl, inst *evaluation.Instance) *evaluation.Cell {
	name := child.scope.Qualify("var." + v.name)
	attr := decl.arguments[v.name]
	if attr == nil {
		return &evaluation.Cell{Name: name, Range: v.rng, Compute: func() cty.Value {
			if v.defaultValue == nil {
				return cty.DynamicVal // reported where the module is called
			}
			return e.watched.keepSecret(v, *v.defaultValue)
		}}
	}
	return &evaluation.Cell{Name: name, Range: attr.Range, Compute: func() cty.Value {
		b := e.ev.Bind(m.scope, attr.Expr, decl.repetition.Names())
		value := e.ev.Value(b, inst)
		if !value.IsKnown() {
			return cty.DynamicVal
		}
		value, problem := v.accept(value)
		if problem != "" {
			e.reports.ReportValue(b, inst, "Invalid value for variable", "The value for var.%s of %s does not fit: %s.", v.name, child.scope.Path, problem)
			return cty.DynamicVal
		}
		return e.watched.keepSecret(v, value)
	}}
}

// evaluateAll computes everything of a module instance, needed by anything or
// not, and everything below.
func (e *evaluator) evaluateAll(m *moduleInstance) {
	force := func(cells ...*evaluation.Cell) {
		for _, c := range cells {
			e.ev.Force(c, c.Range)
		}
	}
	force(inOrder(m.scope.Variables)...)
	for _, v := range m.mod.sortedVariables() {
		e.validateVariable(m, v)
	}
	force(inOrder(m.scope.Locals)...)
	force(m.assets...)
	force(inOrder(m.scope.Outputs)...)
	for _, name := range sortedKeys(m.scope.Calls) {
		force(&m.scope.Calls[name].Expansion)
		for _, child := range m.calls[name] {
			e.evaluateAll(child)
		}
	}
}

// inOrder are cells by their names.
func inOrder(cells map[string]*evaluation.Cell) []*evaluation.Cell {
	list := make([]*evaluation.Cell, 0, len(cells))
	for _, name := range sortedKeys(cells) {
		list = append(list, cells[name])
	}
	return list
}

// qualified is the address of something declared in a module instance.
func (m *moduleInstance) qualified(a address.Address) address.Address {
	a.Module = m.scope.Path
	return a
}
