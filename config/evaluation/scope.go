package evaluation

import (
	"assetform/config/address"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// Scope is one instance of a module: what names mean in its expressions.
type Scope struct {
	Path      string // as in addresses: `module.ui["en"]`, empty for the root module
	Root      string // what path.root is
	Functions map[string]function.Function

	Variables map[string]*Cell
	Locals    map[string]*Cell
	Outputs   map[string]*Cell
	Blocks    map[address.Address]*Block // by address within the module
	Calls     map[string]*Call

	plain *hcl.EvalContext       // for expressions that read nothing
	whole Cell                   // module.NAME as one value
	kinds map[address.Kind]*Cell // module.NAME.image, module.NAME.video and so on
}

// NewScope makes a scope without names, which its caller fills in.
func (e *Evaluator) NewScope(path, root string, functions map[string]function.Function) *Scope {
	s := &Scope{
		Path: path, Root: root, Functions: functions,
		Variables: map[string]*Cell{}, Locals: map[string]*Cell{}, Outputs: map[string]*Cell{},
		Blocks: map[address.Address]*Block{}, Calls: map[string]*Call{},
		plain: &hcl.EvalContext{Functions: functions, Variables: map[string]cty.Value{}},
		kinds: map[address.Kind]*Cell{},
	}
	s.whole = Cell{Name: path, Compute: func() cty.Value { return e.wholeModule(s) }}
	for _, kind := range e.kinds {
		s.kinds[kind] = &Cell{Name: s.Qualify(string(kind)), Compute: func() cty.Value { return e.wholeKind(s, kind) }}
	}
	return s
}

// Qualify names something of this scope in full.
func (s *Scope) Qualify(name string) string {
	if s.Path == "" {
		return name
	}
	return s.Path + "." + name
}

// Constant is an expression that reads nothing.
func (s *Scope) Constant(expr hcl.Expression) Bound {
	return Bound{expr: expr, scope: s, ctx: s.plain, Constant: true}
}

// Block is what expressions see of the block of an asset.
type Block struct {
	Address   address.Address // without a key
	Instanced bool            // it has for_each or count
	Cell      Cell            // unknown when its instances are
	Keys      map[string]bool // of its instances, once the cell is computed
	// Attributes are what an instance has. Object makes the value of the
	// block, when the first expression reads it: most are read by none.
	Attributes []string
	Object     func() cty.Value

	object cty.Value
	secret bool // something sensitive may be in object
}

func (b *Block) value() cty.Value {
	if b.object == cty.NilVal {
		b.object = b.Object()
		b.secret = sensitive.MayBe(b.object)
	}
	return b.object
}

// Call is what expressions see of a module block.
type Call struct {
	Repetition
	Expansion Cell // makes the instances; unknown when that failed
	Instances []CallInstance
	whole     Cell // module.NAME as one value
}

// CallInstance is one of the instances of a module that a block makes.
type CallInstance struct {
	*Instance
	Scope *Scope
}

// NewCall makes a call whose instances expand makes when they are needed.
func (e *Evaluator) NewCall(name string, rng hcl.Range, repetition Repetition, expand func(*Call) cty.Value) *Call {
	c := &Call{Repetition: repetition}
	c.Expansion = Cell{Name: name, Range: rng, Compute: func() cty.Value { return expand(c) }}
	c.whole = Cell{Name: name, Range: rng, Compute: func() cty.Value { return e.wholeCall(c) }}
	return c
}
