package evaluation

import (
	"fmt"

	"assetform/config/diag"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// explainKeys names the rows of a table that have one key, or none: HCL says
// only that two items of a for have it. It changes diags in place.
func (e *Evaluator) explainKeys(b Bound, diags hcl.Diagnostics) {
	type place struct { // a for in a for is evaluated in several contexts
		expr hcl.Expression
		ctx  *hcl.EvalContext
	}
	seen := map[place]*madeKeys{}
	for _, d := range diags {
		if d.Summary != "Duplicate object key" && d.Summary != "Invalid object key" || d.Expression == nil || d.EvalContext == nil {
			continue
		}
		at := place{d.Expression, d.EvalContext.Parent()}
		if seen[at] == nil {
			seen[at] = e.keysMade(b, at.expr, at.ctx)
		}
		if detail := seen[at].explain(d); detail != "" {
			d.Detail = detail
		}
	}
}

// madeKeys are the keys that a for makes, with the rows that they are made of.
type madeKeys struct {
	loop *hclsyntax.ForExpr // nil: it goes over no list
	rows map[string][]int   // by key
	null []int
	say  func(elements []int) string
}

// keysMade evaluates all keys of the for within b that has that expression for
// its key.
func (e *Evaluator) keysMade(b Bound, key hcl.Expression, ctx *hcl.EvalContext) *madeKeys {
	made := &madeKeys{rows: map[string][]int{}}
	node, native := b.expr.(hclsyntax.Node)
	if !native || ctx == nil {
		return made
	}
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		if loop, ok := n.(*hclsyntax.ForExpr); ok && loop.KeyExpr == key {
			made.loop = loop
		}
		return nil
	})
	if made.loop == nil {
		return made
	}
	if list, diags := made.loop.CollExpr.Value(ctx); diags.HasErrors() || sensitive.MayBe(list) {
		made.loop = nil // which rows are like each other may be a secret
		return made
	}
	made.say = func(elements []int) string { return e.describeRows(b.scope, made.loop.CollExpr, elements) }
	for i, k := range keysOf(made.loop, made.loop.CollExpr, ctx) {
		if k.IsKnown() && !k.IsMarked() && k.IsNull() {
			made.null = append(made.null, i)
		} else if text, ok := keyText(k); ok {
			made.rows[text] = append(made.rows[text], i)
		}
	}
	return made
}

// explain says what HCL says of a key, with its rows; "" where these are not
// known, or the key is not to be shown.
func (m *madeKeys) explain(d *hcl.Diagnostic) string {
	v, diags := d.Expression.Value(d.EvalContext)
	if m.loop == nil || diags.HasErrors() || v.IsMarked() {
		return ""
	}
	text, ok := keyText(v)
	name := "the key"
	if trav, simple := m.loop.KeyExpr.(*hclsyntax.ScopeTraversalExpr); simple {
		name = diag.TraversalText(trav.Traversal)
	}
	const way = " Fill it in, or pass over what has none: { for %s in ... : %s => ... if %[3]s != %s }."
	switch {
	case d.Summary == "Invalid object key" && v.IsNull() && len(m.null) > 0:
		return fmt.Sprintf("A key that this for makes is null: it comes from %s."+way, m.say(m.null), m.loop.ValVar, name, "null")
	case d.Summary != "Duplicate object key" || !ok || len(m.rows[text]) < 2 || d.Detail != twice(text):
		return ""
	case text == "":
		return fmt.Sprintf("A key that this for makes is empty: it comes from %s."+way, m.say(m.rows[text]), m.loop.ValVar, name, `""`)
	}
	return fmt.Sprintf("The key %q is there more than once: it comes from %s. Give each a key of its own, such as two fields together (\"${r.a}-${r.b}\"), delete what is there twice, or group by key with an ellipsis (...) behind the value.",
		text, m.say(m.rows[text]))
}

// twice is what HCL says of a key, explained as package explain does, unless a
// part of it was withheld.
func twice(key string) string {
	return fmt.Sprintf("Two different items produced the key %q in this 'for' expression. Take what differs, or two fields together, such as \"${r.a}-${r.b}\". If duplicates are expected, use the ellipsis (...) after the value expression to enable grouping by key.", key)
}
