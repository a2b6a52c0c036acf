package config

import (
	"slices"
	"strings"

	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/syntax"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// consoleName is the file name of an expression's ranges.
const consoleName = "<console>"

// Eval evaluates an expression as if it stood in the root module. Values that
// hold anything sensitive come back marked. Its source is added to Files for
// snippets. Eval must not be called concurrently.
func (p *Project) Eval(src string) (cty.Value, hcl.Diagnostics) {
	p.Files[consoleName] = &hcl.File{Bytes: []byte(src)}
	if e := p.evaluator; e != nil {
		e.watched.position.Set(hcl.Range{Filename: consoleName, Start: hcl.InitialPos, End: hcl.InitialPos})
		defer e.opts.Watch.Begin(e.watched.place)()
	}
	expr, diags := syntax.ParseExpression(consoleName, []byte(src))
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	e := p.evaluator
	if e == nil || e.root == nil {
		return cty.DynamicVal, append(diags, diag.Problem(expr.Range(), "Configuration not loaded", "The configuration could not be read, so nothing can be evaluated with it."))
	}
	before := e.reports.Len()
	v := e.ev.Evaluate(e.root.scope, expr)
	diags = append(diags, e.reports.Take(before)...)
	if !v.IsWhollyKnown() && !diags.HasErrors() {
		diags = append(diags, diag.Problem(expr.Range(), "Value not known", "This reads something that has an error in the configuration."))
	}
	return v, evaluation.Sort(diags)
}

// Complete returns the names that begin with a prefix, sorted: what an
// expression in the root module can refer to, and functions.
func (p *Project) Complete(prefix string) []string {
	if p.evaluator == nil || p.evaluator.root == nil {
		return nil
	}
	s := p.evaluator.root.scope
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
	if p.evaluator == nil {
		return nil
	}
	return p.evaluator.files.Close()
}
