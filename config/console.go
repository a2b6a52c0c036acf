package config

import (
	"reflect"
	"slices"
	"strings"

	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/sensitive"
	"assetform/config/syntax"
	"assetform/config/watch"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// consoleName is the file name of an expression's ranges.
const consoleName = "<console>"

// console is what stays of loading: expressions may be evaluated later, in the
// root module.
type console struct {
	files   *worktree.Files
	watch   *watch.Watch
	watched *watched
	reports *evaluation.Reports
	ev      *evaluation.Evaluator
	root    *evaluation.Scope              // nil when nothing was evaluated
	scopes  map[string][]*evaluation.Scope // of the instances of modules, by directory
}

// Eval evaluates an expression as if it stood in the root module. Values that
// hold anything sensitive come back marked. Its source is added to Files for
// snippets. Eval must not be called concurrently.
func (p *Project) Eval(src string) (cty.Value, hcl.Diagnostics) {
	p.Files[consoleName] = &hcl.File{Bytes: []byte(src)}
	c := p.console
	if c != nil {
		c.watched.position.Set(hcl.Range{Filename: consoleName, Start: hcl.InitialPos, End: hcl.InitialPos})
		defer c.watch.Begin(c.watched.place)()
	}
	expr, diags := syntax.ParseExpression(consoleName, []byte(src))
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if c == nil || c.root == nil {
		return cty.DynamicVal, append(diags, diag.Problem(expr.Range(), "Configuration not loaded", "The configuration could not be read, so nothing can be evaluated with it."))
	}
	before := c.reports.Len()
	asked, isType := typeOf(expr)
	v := c.ev.Evaluate(c.root, asked)
	diags = append(diags, c.reports.Take(before)...)
	if !v.IsWhollyKnown() && !diags.HasErrors() {
		diags = append(diags, diag.Problem(expr.Range(), "Value not known", "This reads something that has an error in the configuration."))
	}
	if isType && !diags.HasErrors() {
		t := v.Type()
		v = sensitive.MarkIf(cty.CapsuleVal(typeValue, &t), v.ContainsMarked())
	}
	return v, evaluation.Sort(diags)
}

// typeValue is the type of what type(...) gives, which the console alone has.
var typeValue = cty.Capsule("type", reflect.TypeFor[cty.Type]())

// typeOf returns the expression whose type is asked for by type(...), or the
// expression itself.
func typeOf(expr hclsyntax.Expression) (hclsyntax.Expression, bool) {
	if call, ok := expr.(*hclsyntax.FunctionCallExpr); ok && call.Name == "type" && len(call.Args) == 1 && !call.ExpandFinal {
		return call.Args[0], true
	}
	return expr, false
}

// TypeText is what is shown of the value of type(...); ok is false for others.
func TypeText(v cty.Value) (text string, ok bool) {
	if v.Type() != typeValue {
		return "", false
	}
	return typeexpr.TypeString(*v.EncapsulatedValue().(*cty.Type)), true
}

// Complete returns the names that begin with a prefix, sorted: what an
// expression in the root module can refer to, and functions.
func (p *Project) Complete(prefix string) []string {
	if p.console == nil || p.console.root == nil {
		return nil
	}
	s := p.console.root
	all := []string{"path.module", "path.root"}
	for name := range s.Variables {
		all = append(all, "var."+name)
	}
	for name := range s.Locals {
		all = append(all, "local."+name)
	}
	for name := range s.Blocks {
		all = append(all, name.String())
	}
	for name := range s.Calls {
		all = append(all, "module."+name)
	}
	for name := range s.Functions {
		all = append(all, name+"(")
	}
	all = slices.DeleteFunc(all, func(name string) bool { return !strings.HasPrefix(name, prefix) })
	slices.Sort(all)
	return all
}

// Close releases the project root's directory. Eval and postconditions, whose
// functions may read files, must not be used after it.
func (p *Project) Close() error {
	if p.console == nil {
		return nil
	}
	return p.console.files.Close()
}
