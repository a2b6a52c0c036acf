package evaluation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/functions"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// Row tells which elements of a list a key of for_each is made of, behind a
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
	var from []int
	for i, k := range keysOf(made, list, e.Bind(s, made, Names{}).ctx) {
		if text, ok := keyText(k); ok && text == key {
			from = append(from, i)
		}
	}
	if len(from) == 0 {
		return ""
	}
	return " The key comes from " + e.describeRows(s, list, from) + "."
}

// keyText is the text that a value is as a key, if it is one. What is sensitive
// is none for messages.
func keyText(k cty.Value) (string, bool) {
	k, err := convert.Convert(k, cty.String)
	if err != nil || k.IsMarked() || !k.IsKnown() || k.IsNull() {
		return "", false
	}
	return k.AsString(), true
}

// keysOf are what a for or a splat makes of the elements of a list, in their
// order. What fails, or is passed over, is not known.
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
		if keys[i], diags = expr.Value(child); diags.HasErrors() || passedOver(loop, child) {
			keys[i] = cty.DynamicVal
		}
	}
	return keys
}

// passedOver tells that the condition of a for leaves an element out.
func passedOver(loop *hclsyntax.ForExpr, ctx *hcl.EvalContext) bool {
	if loop.CondExpr == nil {
		return false
	}
	taken, diags := loop.CondExpr.Value(ctx)
	if taken, _ = taken.Unmark(); diags.HasErrors() || !taken.IsKnown() || taken.IsNull() {
		return true
	}
	_, found := Bool(taken)
	return found != "" || taken.RawEquals(cty.False) || taken.RawEquals(cty.StringVal("false"))
}

// maxRows is how many rows of a table a message names.
const maxRows = 5

// describeRows names elements of a list by where the list is from: `rows 3 and
// 5 of items.csv, where the header is row 1`.
func (e *Evaluator) describeRows(s *Scope, list hcl.Expression, elements []int) string {
	name := "the list"
	if trav, ok := list.(*hclsyntax.ScopeTraversalExpr); ok {
		if local, named := address.StepName(trav.Traversal[1:]); named {
			name = trav.Traversal.RootName() + "." + local
		}
	}
	noun, behind, numbers := "element", "counted from 0", elements
	if call, ok := s.behindNames(list).(*hclsyntax.FunctionCallExpr); ok && len(call.Args) == 1 && slices.Contains([]string{"csvdecode", "jsondecode", "yamldecode"}, call.Name) {
		if file, ok := s.behindNames(call.Args[0]).(*hclsyntax.FunctionCallExpr); ok && file.Name == "file" && len(file.Args) == 1 {
			if path, ok := e.constantText(s, file.Args[0]); ok {
				name = path
			}
		}
		if text, ok := e.constantText(s, call.Args[0]); ok && call.Name == "csvdecode" {
			noun, behind, numbers = "row", "where the header is row 1", functions.CSVRows(text, elements)
		}
	}
	more := ""
	if n := len(numbers) - maxRows; n > 1 {
		numbers, more = numbers[:maxRows], fmt.Sprintf(" and %s more", diag.Number(n))
	}
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.Itoa(n)
	}
	if len(texts) > 1 {
		noun += "s"
	}
	if last := len(texts) - 1; more == "" && last > 0 {
		texts, more = texts[:last], " and "+texts[last]
	}
	return fmt.Sprintf("%s %s%s of %s, %s", noun, strings.Join(texts, ", "), more, name, behind)
}

// constantText is the text that an expression is, if nothing in it is
// sensitive.
func (e *Evaluator) constantText(s *Scope, expr hcl.Expression) (string, bool) {
	v, diags := expr.Value(e.Bind(s, expr, Names{}).ctx)
	if diags.HasErrors() || v.Type() != cty.String {
		return "", false
	}
	return keyText(v)
}
