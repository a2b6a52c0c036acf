package config

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// keyProblem says what makes the output of an instance another one than its
// author meant: a field of a table that is empty, or that leads to another
// directory. It looks at what the instance puts into the path; what stands
// there literally is meant. It is empty where all is well.
func (d *draft) keyProblem(s setting, output string) string {
	base := path.Base(output)
	nameless := strings.TrimSuffix(base, path.Ext(base)) == "" || strings.Contains(output, "//")
	if d.inst.Key == "" || !nameless && !strings.Contains(output, "..") && !strings.Contains("/"+output, "/./") {
		return "" // without a look at the parts of ten thousand outputs
	}
	if nameless {
		for _, part := range d.instanceParts(s) {
			if part.text == "" {
				return fmt.Sprintf("%s is empty", part.source)
			}
		}
		return "a name in it is empty"
	}
	for _, part := range d.instanceParts(s) {
		if names := strings.Split(part.text, "/"); slices.Contains(names, "..") || slices.Contains(names, ".") {
			return fmt.Sprintf("%s is %q, which leads to another directory", part.source, part.text)
		}
	}
	return ""
}

// outputPart is something that differs between instances in the template of an
// output.
type outputPart struct{ source, text string }

// instanceParts lists what an instance puts into the template of its output.
func (d *draft) instanceParts(s setting) (parts []outputPart) {
	attr := d.x.block.decl.attrs["output"]
	template, ok := attr.Expr.(*hclsyntax.TemplateExpr)
	if !ok {
		if _, native := attr.Expr.(hclsyntax.Node); !native && readsInstance(attr.Expr) {
			return []outputPart{{"each.key", d.inst.Index}} // in JSON the template is not to be seen
		}
		return nil
	}
	ctx := s.bound.Context(d.inst)
	for _, expr := range template.Parts {
		if !readsInstance(expr) {
			continue
		}
		v, diags := expr.Value(ctx)
		v, _ = v.Unmark()
		text, err := convert.Convert(v, cty.String)
		if diags.HasErrors() || err != nil || !text.IsKnown() || text.IsNull() {
			continue
		}
		part := outputPart{source: "what stands in it for this instance", text: text.AsString()}
		if r := expr.Range(); d.assets.watched.files[r.Filename] != nil && r.CanSliceBytes(d.assets.watched.files[r.Filename].Bytes) {
			part.source = string(r.SliceBytes(d.assets.watched.files[r.Filename].Bytes))
		}
		parts = append(parts, part)
	}
	return parts
}

func readsInstance(expr hcl.Expression) bool {
	return slices.ContainsFunc(expr.Variables(), func(trav hcl.Traversal) bool {
		return trav.RootName() == "each" || trav.RootName() == "count"
	})
}

// row tells which row of a table the instance is made of.
func (d *draft) row() string {
	repetition := d.x.block.decl.repetition
	if repetition.ForEach == nil {
		return ""
	}
	return d.assets.ev.Row(d.x.block.module.scope, repetition.ForEach.Expr, d.inst.Index)
}
