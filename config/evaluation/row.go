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
// header is row 1.` It is empty where for_each is no for expression over a
// list. It is for messages alone, since it evaluates each key anew.
func (e *Evaluator) Row(s *Scope, forEach hcl.Expression, key string) string {
	made, ok := s.behindNames(forEach).(*hclsyntax.ForExpr)
	if !ok || made.KeyExpr == nil {
		return ""
	}
	ctx := e.Bind(s, made, Names{}).ctx
	list, diags := made.CollExpr.Value(ctx)
	if list, _ = list.Unmark(); diags.HasErrors() || !list.IsKnown() || list.IsNull() || !list.Type().IsListType() && !list.Type().IsTupleType() {
		return ""
	}
	for it := list.ElementIterator(); it.Next(); {
		index, element := it.Element()
		child := ctx.NewChild()
		child.Variables = map[string]cty.Value{made.ValVar: element}
		if made.KeyVar != "" {
			child.Variables[made.KeyVar] = index
		}
		v, diags := made.KeyExpr.Value(child)
		v, _ = v.Unmark()
		if v, err := convert.Convert(v, cty.String); diags.HasErrors() || err != nil || !v.IsKnown() || v.IsNull() || v.AsString() != key {
			continue
		}
		n, _ := index.AsBigFloat().Int64()
		return s.describeRow(made.CollExpr, n)
	}
	return ""
}

// describeRow names an element of a list by where the list is from.
func (s *Scope) describeRow(list hcl.Expression, n int64) string {
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
