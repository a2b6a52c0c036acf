package evaluation

import (
	"fmt"

	"assetform/config/address"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Row tells which element of a list a key of for_each is made of, behind a
// sentence that has ended: ` The key comes from row 3 of items.csv, where the
// header is row 1.` It is empty where for_each is made of no list, or otherwise
// than by for, a splat and toset. It is for messages alone, since it evaluates
// each key anew.
func (e *Evaluator) Row(s *Scope, forEach hcl.Expression, key string) string {
	made := s.behindNames(forEach)
	if call, ok := made.(*hclsyntax.FunctionCallExpr); ok && call.Name == "toset" && len(call.Args) == 1 {
		made = s.behindNames(call.Args[0])
	}
	var list hclsyntax.Expression
	switch made := made.(type) {
	case *hclsyntax.ForExpr:
		list = made.CollExpr
	case *hclsyntax.SplatExpr:
		list = made.Source
	default:
		return ""
	}
	ctx := e.Bind(s, made, Names{}).ctx
	for i, k := range keysOf(made, list, ctx) {
		k, _ = k.Unmark()
		if k, err := convert.Convert(k, cty.String); err == nil && k.IsKnown() && !k.IsNull() && k.AsString() == key {
			return s.describeRow(list, i)
		}
	}
	return ""
}

// keysOf are what a for or a splat makes of the elements of a list, in their
// order. What fails is not known.
func keysOf(made hcl.Expression, list hclsyntax.Expression, ctx *hcl.EvalContext) []cty.Value {
	source := made
	loop, isFor := made.(*hclsyntax.ForExpr)
	if isFor {
		source = list
	}
	v, diags := source.Value(ctx)
	if v, _ = v.Unmark(); diags.HasErrors() || !v.IsKnown() || v.IsNull() || !v.Type().IsListType() && !v.Type().IsTupleType() {
		return nil
	}
	keys := v.AsValueSlice()
	if !isFor {
		return keys
	}
	expr := loop.KeyExpr
	if expr == nil {
		expr = loop.ValExpr
	}
	for i, element := range keys {
		child := ctx.NewChild()
		child.Variables = map[string]cty.Value{loop.ValVar: element}
		if loop.KeyVar != "" {
			child.Variables[loop.KeyVar] = cty.NumberIntVal(int64(i))
		}
		if keys[i], diags = expr.Value(child); diags.HasErrors() {
			keys[i] = cty.DynamicVal
		}
	}
	return keys
}

// describeRow names an element of a list by where the list is from.
func (s *Scope) describeRow(list hcl.Expression, n int) string {
	name := "the list"
	if trav, ok := list.(*hclsyntax.ScopeTraversalExpr); ok {
		if local, named := address.StepName(trav.Traversal[1:]); named {
			name = trav.Traversal.RootName() + "." + local
		}
	}
	call, ok := s.behindNames(list).(*hclsyntax.FunctionCallExpr)
	if !ok || call.Name != "csvdecode" || len(call.Args) != 1 {
		return fmt.Sprintf(" The key comes from element %d of %s, counted from 0.", n, name)
	}
	if file, ok := s.behindNames(call.Args[0]).(*hclsyntax.FunctionCallExpr); ok && file.Name == "file" && len(file.Args) == 1 {
		if path, diags := file.Args[0].Value(nil); !diags.HasErrors() && path.Type() == cty.String && path.IsWhollyKnown() && !path.IsNull() {
			name = path.AsString()
		}
	}
	return fmt.Sprintf(" The key comes from row %d of %s, where the header is row 1.", n+2, name)
}
