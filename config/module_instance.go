package config

import (
	"assetform/config/address"
	"assetform/config/evaluation"
	"assetform/config/functions"
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

// moduleEvaluator makes instances of modules and evaluates what stands in them.
type moduleEvaluator struct {
	ev        *evaluation.Evaluator
	expander  *evaluation.Expander
	reports   *evaluation.Reports
	functions *functions.Set
	rootDir   string
	watched   *watched
	given     *given
	scopes    map[string][]*evaluation.Scope // of all instances, by directory
	namesOnly bool                           // see Options
	// declareAssets fills a scope with the blocks of a module. It returns what
	// is to be computed of them, in order.
	declareAssets func(*moduleInstance) []*evaluation.Cell
}

// newRoot makes the instance of the root module.
func (x *moduleEvaluator) newRoot(mod *module) *moduleInstance {
	m := x.newInstance(mod, "")
	for _, v := range mod.sortedVariables() {
		m.scope.Variables[v.name] = &evaluation.Cell{Name: "var." + v.name, Range: v.rng, Compute: func() cty.Value { return x.given.value(v) }}
	}
	return m
}

// newInstance makes an instance of a module. Variables are filled in by its
// caller.
func (x *moduleEvaluator) newInstance(mod *module, path string) *moduleInstance {
	m := &moduleInstance{
		mod: mod, calls: map[string][]*moduleInstance{},
		scope: x.ev.NewScope(path, wayToRoot(mod.dir, x.rootDir), x.functions.In(mod.dir)),
	}
	x.scopes[mod.dir] = append(x.scopes[mod.dir], m.scope)
	for name, attr := range mod.locals {
		m.scope.Locals[name] = &evaluation.Cell{Name: m.scope.Qualify("local." + name), Range: attr.Range, Expr: attr.Expr, Compute: func() cty.Value {
			return x.ev.Evaluate(m.scope, attr.Expr)
		}}
	}
	for name, decl := range mod.outputs {
		m.scope.Outputs[name] = &evaluation.Cell{Name: m.scope.Qualify("output." + name), Range: decl.rng, Compute: func() cty.Value {
			return x.output(m, decl)
		}}
	}
	for name, decl := range mod.calls {
		m.scope.Calls[name] = x.newCall(m, decl)
	}
	m.assets = x.declareAssets(m)
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
func (x *moduleEvaluator) newCall(m *moduleInstance, decl *callDecl) *evaluation.Call {
	name := m.scope.Qualify("module." + decl.name)
	return x.ev.NewCall(name, decl.rng, decl.repetition, func(c *evaluation.Call) cty.Value {
		if decl.source == nil {
			return cty.DynamicVal
		}
		list, ok := x.expander.Expand(m.scope, decl.repetition, name, decl.rng)
		if !ok {
			return cty.DynamicVal
		}
		for _, inst := range list {
			inst.Keep()
			child := x.newInstance(decl.source, name+inst.Key)
			for _, v := range child.mod.sortedVariables() {
				child.scope.Variables[v.name] = x.argument(m, decl, child, v, inst)
			}
			c.Instances = append(c.Instances, evaluation.CallInstance{Instance: inst, Scope: child.scope})
			m.calls[decl.name] = append(m.calls[decl.name], child)
		}
		return cty.True
	})
}

// argument is a variable of a called module.
func (x *moduleEvaluator) argument(m *moduleInstance, decl *callDecl, child *moduleInstance, v *variableDecl, inst *evaluation.Instance) *evaluation.Cell {
	name := child.scope.Qualify("var." + v.name)
	attr := decl.arguments[v.name]
	if attr == nil {
		return &evaluation.Cell{Name: name, Range: v.rng, Compute: func() cty.Value {
			if v.defaultValue == nil {
				return cty.DynamicVal // reported where the module is called
			}
			return x.watched.keepSecret(v, *v.defaultValue)
		}}
	}
	return &evaluation.Cell{Name: name, Range: attr.Range, Compute: func() cty.Value {
		b := x.ev.Bind(m.scope, attr.Expr, decl.repetition.Names())
		value := x.ev.Value(b, inst)
		if !value.IsKnown() {
			return cty.DynamicVal
		}
		value, problem := v.accept(value)
		if problem != "" {
			x.reports.ReportValue(b, inst, "Invalid value for variable", "The value for var.%s of %s does not fit: %s.", v.name, child.scope.Path, problem)
			return cty.DynamicVal
		}
		return x.watched.keepSecret(v, value)
	}}
}

// evaluateAll computes everything of a module instance, needed by anything or
// not, and everything below.
func (x *moduleEvaluator) evaluateAll(m *moduleInstance) {
	force := func(cells ...*evaluation.Cell) {
		for _, c := range cells {
			x.ev.Force(c, c.Range)
		}
	}
	if !x.namesOnly {
		force(inOrder(m.scope.Variables)...)
		for _, v := range m.mod.sortedVariables() {
			x.validate(m, v)
		}
		force(inOrder(m.scope.Locals)...)
		force(m.assets...)
		force(inOrder(m.scope.Outputs)...)
	}
	for _, name := range sortedKeys(m.scope.Calls) {
		force(&m.scope.Calls[name].Expansion)
		for _, child := range m.calls[name] {
			x.evaluateAll(child)
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
