package evaluation

import (
	"maps"
	"slices"

	"assetform/config/address"

	"github.com/zclconf/go-cty/cty"
)

// wholeCall is the value of module.NAME where a block has several instances.
func (e *Evaluator) wholeCall(c *Call) cty.Value {
	if c.Count != nil {
		elements := make([]cty.Value, len(c.Instances))
		for i, inst := range c.Instances {
			elements[i] = e.Force(&inst.Scope.whole, c.Expansion.Range)
		}
		return cty.TupleVal(elements)
	}
	members := make(map[string]cty.Value, len(c.Instances))
	for _, inst := range c.Instances {
		members[inst.Index] = e.Force(&inst.Scope.whole, c.Expansion.Range)
	}
	return cty.ObjectVal(members)
}

// wholeModule is the object of all outputs and assets of a module instance.
func (e *Evaluator) wholeModule(s *Scope) cty.Value {
	members := make(map[string]cty.Value, len(s.Outputs)+len(e.kinds))
	for _, name := range slices.Sorted(maps.Keys(s.Outputs)) {
		members[name] = e.Force(s.Outputs[name], s.Outputs[name].Range)
	}
	for _, kind := range e.kinds {
		members[string(kind)] = e.Force(s.kinds[kind], s.kinds[kind].Range)
	}
	return cty.ObjectVal(members)
}

// wholeKind is the object of all blocks of a kind.
func (e *Evaluator) wholeKind(s *Scope, kind address.Kind) cty.Value {
	var known []string
	for a := range s.Blocks {
		if a.Kind == kind {
			known = append(known, a.Name)
		}
	}
	slices.Sort(known) // cycles are reported from the first that is read
	values := make(map[string]cty.Value, len(known))
	for _, name := range known {
		b := s.Blocks[address.Address{Kind: kind, Name: name}]
		e.noteRead(b.Address)
		values[name] = cty.DynamicVal
		if e.Force(&b.Cell, b.Cell.Range).IsKnown() {
			values[name] = b.value()
		}
	}
	return cty.ObjectVal(values)
}
