package explain

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assetform/config/diag"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// Evaluation explains what HCL says about the names in an expression, nil where
// it is not known. secret
// tells that names in what an expression refers to may not be shown. It
// changes diags in place and returns them.
func Evaluation(expr hcl.Expression, diags hcl.Diagnostics, secret func(hcl.Expression, *hcl.EvalContext) bool) hcl.Diagnostics {
	var said map[hcl.Range]string // a for or a splat says the same of each element
	diags = joined(expr, diags)
	for _, d := range diags {
		if call, ok := d.Expression.(*hclsyntax.FunctionCallExpr); ok {
			switch d.Summary {
			case "Call to unknown function":
				d.Detail = noFunction(call.Name, d.EvalContext)
			case "Function calls not allowed":
				if why := behind(Functions[call.Name]); why != "" {
					d.Detail = fmt.Sprintf("Functions may not be called here, and there is none named %q.%s", call.Name, why)
				}
			}
			continue
		}
		switch d.Summary {
		case "Invalid template control keyword", "Invalid template directive", "Unclosed template interpolation sequence":
			Template(d) // in JSON, texts are parsed when they are evaluated
		case "Duplicate object key":
			d.Detail = strings.Replace(d.Detail, "If duplicates are expected", `Take what differs, or two fields together, such as "${r.a}-${r.b}". If duplicates are expected`, 1)
		case "Unsupported attribute", "Missing map element", "Invalid index":
			if d.Subject == nil || d.Expression == nil || d.EvalContext == nil {
				continue
			}
			if detail, known := said[*d.Subject]; known {
				d.Detail = detail
				continue
			}
			// A splat's elements have no name that could be looked up, so all of
			// the expression counts.
			hidden := secret(d.Expression, d.EvalContext) || expr != nil && secret(expr, d.EvalContext)
			if strings.Contains(d.Detail, "primitive-typed value (string)") {
				d.Detail = "This is a text, and a text has no attributes. In for_each over a set of texts, each.value is the text itself; what a file holds is read with file(...)."
			} else if v, name, ok := missing(expr, d); ok && !hidden {
				d.Detail = lists(v, name, d.Detail)
			}
			if said == nil {
				said = map[hcl.Range]string{}
			}
			said[*d.Subject] = d.Detail
		}
	}
	return diags
}

// Template explains what HCL says about a text that may be meant as no template,
// and reports whether it is about that.
func Template(d *hcl.Diagnostic) bool {
	switch d.Summary {
	case "Invalid template control keyword", "Invalid template directive":
		d.Detail += ` To write %{ in a text itself, double the percent sign: %%{.`
	case "Unclosed template interpolation sequence":
		d.Detail = `The text has no } for this ${. To write ${ in a text itself, double the dollar sign: $${.`
	default:
		return false
	}
	return true
}

// joined says of texts that were added how they are joined, once for all that
// stand in the expression.
func joined(expr hcl.Expression, diags hcl.Diagnostics) hcl.Diagnostics {
	node, native := expr.(hclsyntax.Node)
	if !native || !slices.ContainsFunc(diags, func(d *hcl.Diagnostic) bool { return d.Summary == "Invalid operand" }) {
		return diags
	}
	operands := map[hclsyntax.Expression]bool{}
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		if sum, ok := n.(*hclsyntax.BinaryOpExpr); ok && sum.Op == hclsyntax.OpAdd {
			operands[sum.LHS], operands[sum.RHS] = true, true
		}
		return nil
	})
	said := false
	return slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		operand, _ := d.Expression.(hclsyntax.Expression)
		if d.Summary != "Invalid operand" || !operands[operand] {
			return false
		}
		if said {
			return true
		}
		said = true
		d.Detail += ` + adds numbers. Texts are joined by writing them into one: "${var.a} and ${var.b}".`
		return false
	})
}

// noFunction says that there is no such function, and why or which is.
func noFunction(name string, ctx *hcl.EvalContext) string {
	if i := strings.LastIndex(name, "::"); i >= 0 {
		if name[:i] == "core" {
			return fmt.Sprintf("There is no function named %q. Write %s, without core::.", name, name[i+2:])
		}
		return fmt.Sprintf("There is no function named %q: providers have no functions here.", name)
	}
	for ctx != nil && ctx.Functions == nil {
		ctx = ctx.Parent()
	}
	hint := behind(cmp.Or(Functions[name], otherFunctions[strings.ToLower(name)]))
	if hint == "" && ctx != nil {
		hint = diag.Suggest(name, slices.Collect(maps.Keys(ctx.Functions)))
	}
	return fmt.Sprintf("There is no function named %q.%s", name, hint)
}

// missing is the value that does not have the attribute or element that a
// diagnostic is about, and the name, if it is one.
func missing(expr hcl.Expression, d *hcl.Diagnostic) (v cty.Value, name string, ok bool) {
	switch e := d.Expression.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		v, diags := e.Traversal[:1].TraverseAbs(d.EvalContext)
		if diags.HasErrors() {
			return v, "", false
		}
		return along(v, e.Traversal[1:])
	case *hclsyntax.RelativeTraversalExpr:
		source, each := e.Source, false
		if _, anonymous := source.(*hclsyntax.AnonSymbolExpr); anonymous {
			source, each = splatSource(expr, e), true
		}
		if source == nil {
			return v, "", false
		}
		v, diags := source.Value(d.EvalContext)
		if diags.HasErrors() {
			return v, "", false
		}
		if each {
			if v, _ = v.Unmark(); !v.CanIterateElements() || v.LengthInt() == 0 {
				return v, "", false
			}
			it := v.ElementIterator()
			it.Next()
			_, v = it.Element()
		}
		return along(v, e.Traversal)
	case *hclsyntax.IndexExpr:
		v, diags := e.Collection.Value(d.EvalContext)
		key, more := e.Key.Value(d.EvalContext)
		if diags.HasErrors() || more.HasErrors() {
			return v, "", false
		}
		return along(v, hcl.Traversal{hcl.TraverseIndex{Key: key}})
	}
	return v, "", false
}

// splatSource is what the splat of whose elements an expression is taken goes
// over.
func splatSource(expr hcl.Expression, each hclsyntax.Expression) (source hclsyntax.Expression) {
	node, native := expr.(hclsyntax.Node) // not where there is none
	if !native {
		return nil
	}
	_ = hclsyntax.VisitAll(node, func(n hclsyntax.Node) hcl.Diagnostics {
		if splat, ok := n.(*hclsyntax.SplatExpr); ok && splat.Each == each {
			source = splat.Source
		}
		return nil
	})
	return source
}

// along follows a traversal up to the step that leads nowhere.
func along(v cty.Value, rest hcl.Traversal) (cty.Value, string, bool) {
	for _, step := range rest {
		next, diags := hcl.Traversal{step}.TraverseRel(v)
		if !diags.HasErrors() {
			v = next
			continue
		}
		name := ""
		switch s := step.(type) {
		case hcl.TraverseAttr:
			name = s.Name
		case hcl.TraverseIndex:
			if key, _ := s.Key.Unmark(); key.Type() == cty.String && key.IsKnown() && !key.IsNull() {
				name = key.AsString()
			}
		}
		return v, name, true
	}
	return v, "", false
}

// maxSorted is how many keys of a map are looked at for a message.
const maxSorted = 1000

// maxName is how many bytes a name may have that is shown.
const maxName = 200

// lists adds to a message which attributes or keys there are.
func lists(v cty.Value, name, detail string) string {
	v, _ = v.Unmark()
	var names []string
	what := "attribute"
	switch t := v.Type(); {
	case v.IsNull() || !v.IsKnown():
		return detail
	case t.IsMapType() && v.LengthInt() > maxSorted:
		return detail + fmt.Sprintf(" It has %s.", diag.Count(v.LengthInt(), "element"))
	case t.IsObjectType():
		names = slices.Sorted(maps.Keys(t.AttributeTypes()))
	case t.IsMapType():
		what = "element"
		for it := v.ElementIterator(); it.Next(); {
			key, _ := it.Element()
			names = append(names, key.AsString())
		}
		slices.Sort(names)
	case (t.IsTupleType() || t.IsListType()) && name == "":
		return detail + fmt.Sprintf(" It has %s, counted from 0.", diag.Count(v.LengthInt(), "element"))
	default:
		return detail
	}
	if slices.ContainsFunc(names, func(name string) bool { return len(name) > maxName }) {
		return detail // of a table that was read as its header, or the like
	}
	if name != "" && len(name) <= maxName {
		detail = fmt.Sprintf("There is no %s %q.", what, name)
	}
	switch {
	case len(names) == 0:
		return detail + " There are none at all."
	case len(names) == 1 && names[0] != name && strings.ContainsAny(names[0], ";\t|"):
		return detail + fmt.Sprintf(" There is only one, %q: this looks like a table whose columns are not parted by commas.", names[0])
	case len(names) == 1:
		return detail + fmt.Sprintf(" There is only %q.", names[0])
	}
	return detail + " There are " + Names(names) + "." + diag.Suggest(name, names)
}
