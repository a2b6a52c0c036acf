package config

import (
	"fmt"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/sensitive"
	"assetform/config/syntax"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// envPrefix begins the environment variables that give variables a value.
const envPrefix = "ASSETFORM_VAR_"

// The files whose values need no flag, the later one winning: these, then all
// others that end so, in the order of their names.
var autoFiles = []string{"assetform.auto.vars.hcl", "assetform.auto.vars.json"}

var autoSuffixes = []string{".auto.vars.hcl", ".auto.vars.json"}

// givenValue is a value for a root variable from outside the configuration.
type givenValue struct {
	text  *string // as typed, to be parsed by the variable's type
	value cty.Value
	from  string    // in messages: "--var", "the environment"
	rng   hcl.Range // of the expression, in a file
	auto  bool      // in a file that is part of the project
}

// collectGiven gathers the values of root variables in Terraform's order of
// precedence: environment, automatic files, flags in their order. A value of
// a saved plan stands above all.
func (e *evaluator) collectGiven(mod *module) {
	for _, entry := range e.opts.Environ {
		name, value, _ := strings.Cut(entry, "=")
		if name, ok := strings.CutPrefix(name, envPrefix); ok && mod.variables[name] != nil {
			e.given[name] = givenValue{text: &value, from: "the environment variable " + envPrefix + name}
		}
	}
	for _, name := range e.autoNames() {
		e.autoFile(mod, name)
	}
	for _, flag := range e.opts.Vars {
		switch {
		case flag.File != "":
			e.varFile(mod, flag.File)
		case mod.variables[flag.Name] == nil:
			e.reports.Add(&hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Value for undeclared variable",
				Detail: fmt.Sprintf("--var gives a value to %q, but the root module declares no such variable.%s",
					flag.Name, diag.Suggest(flag.Name, sortedKeys(mod.variables))),
			})
		default:
			e.given[flag.Name] = givenValue{text: &flag.Value, from: "--var"}
		}
	}
	for name, value := range e.opts.Recorded {
		e.given[name] = givenValue{value: value, from: "the saved plan"}
	}
}

// autoNames lists the files of values in the root module's directory.
func (e *evaluator) autoNames() []string {
	names := slices.Clone(autoFiles)
	all, err := e.files.Names(e.rootDir)
	if err != nil {
		return names // the configuration files, read from there too, were not to be had either
	}
	for _, name := range all {
		ends := func(suffix string) bool { return strings.HasSuffix(name, suffix) }
		if slices.ContainsFunc(autoSuffixes, ends) && !strings.HasPrefix(name, ".") && !slices.Contains(autoFiles, name) {
			names = append(names, name)
		}
	}
	return names
}

// rootVariable evaluates a variable of the root module.
func (e *evaluator) rootVariable(v *variableDecl) cty.Value {
	given, ok := e.given[v.name]
	if !ok && v.defaultValue != nil {
		return e.watched.keepSecret(v, *v.defaultValue)
	}
	if !ok {
		given, ok = e.ask(v)
	}
	if !ok {
		return e.missingVariable(v)
	}
	if given.text != nil {
		var found string
		if given.value, found = v.parseText(*given.text); found != "" {
			e.reports.Report(v.rng, "Invalid value for variable", "The value that %s gives to var.%s does not fit: %s.", given.from, v.name, found)
			return cty.DynamicVal
		}
	}
	if !given.value.IsWhollyKnown() {
		return cty.DynamicVal // reported where it was read
	}
	value, found := v.accept(given.value)
	if found != "" {
		at := v.rng
		if given.rng.Filename != "" && !v.sensitive {
			at = given.rng // the source line of a secret is not to be shown
		}
		e.reports.Report(at, "Invalid value for variable", "The value that %s gives to var.%s does not fit: %s.", given.from, v.name, found)
		return cty.DynamicVal
	}
	if v.sensitive && !given.auto {
		noteTexts(value, e.outsideTexts)
	}
	return e.watched.keepSecret(v, value)
}

// ask asks for the value of a variable. One that only an API key needs is
// asked for only by who needs the key.
func (e *evaluator) ask(v *variableDecl) (givenValue, bool) {
	if e.opts.Ask == nil || e.dispensable(v) {
		return givenValue{}, false
	}
	text, err := e.opts.Ask(v.name, v.description, v.sensitive)
	if err != nil {
		e.reports.Report(v.rng, "Missing value for variable", "No value for var.%s: %s.", v.name, err)
		e.missing[v.name] = true
		return givenValue{}, false
	}
	return givenValue{text: &text, from: "the answer"}, true
}

// dispensable reports whether nothing in this run needs the variable's value.
func (e *evaluator) dispensable(v *variableDecl) bool {
	return e.onlyKey(v.name) && (!e.opts.NeedKeys || e.opts.Provider == e.lang.embedded().Type)
}

// missingVariable is the value of a variable that nothing gives one.
func (e *evaluator) missingVariable(v *variableDecl) cty.Value {
	if e.missing[v.name] {
		return cty.DynamicVal
	}
	e.missing[v.name] = true
	if e.dispensable(v) {
		return cty.NullVal(v.typ)
	}
	e.reports.Report(v.rng, "Missing value for variable", "var.%s has no default. Give it a value with --var %s=VALUE, in a --var-file, in %s, or as %s%s in the environment.",
		v.name, v.name, autoFiles[0], envPrefix, v.name)
	return cty.DynamicVal
}

// parseText reads a value as it is typed: as it stands for primitive types
// and where no type is declared, as an expression otherwise. found says what
// is wrong with it and quotes nothing of it.
func (v *variableDecl) parseText(text string) (value cty.Value, found string) {
	if !v.expression {
		return cty.StringVal(text), ""
	}
	if diags := syntax.CheckNesting("", []byte(text)); diags != nil {
		return cty.DynamicVal, "it is nested too deeply"
	}
	expr, diags := hclsyntax.ParseExpression([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() || hcl.ExprAsKeyword(expr) != "" && len(expr.Variables()) > 0 {
		return cty.DynamicVal, typeDescription(v.typ) + " is required, so it must be an expression; texts need quotes here"
	}
	value, diags = sensitive.Evaluate(expr, nil)
	if diags.HasErrors() {
		return cty.DynamicVal, "it must be a constant, without variables and functions"
	}
	return value, ""
}

// collectVariables puts the root module's variables into the project.
func (e *evaluator) collectVariables(m *moduleInstance) {
	for _, v := range m.mod.sortedVariables() {
		value := m.scope.Variables[v.name].Value()
		if !value.IsWhollyKnown() {
			continue
		}
		e.project.Variables = append(e.project.Variables, VariableValue{
			Name: v.name, Value: sensitive.Unmarked(value), Sensitive: v.sensitive,
			OnlyKey: e.onlyKey(v.name), Missing: e.missing[v.name],
		})
	}
}

// onlyKey reports whether nothing but the api_key of providers uses a
// variable of the root module.
func (e *evaluator) onlyKey(name string) bool {
	if e.keyVars == nil {
		e.keyVars = keyVariables(e.root.mod)
	}
	return e.keyVars[name]
}

// keyVariables finds the variables that only api_key attributes use, through
// no local value. It looks at syntax, because it is asked before anything is
// evaluated.
func keyVariables(mod *module) map[string]bool {
	keys := map[string]bool{}
	for _, p := range mod.providers {
		if attr := p.attrs["api_key"]; attr != nil {
			noteVariables(attr.Expr.Variables(), keys)
		}
	}
	if len(keys) == 0 {
		return keys
	}
	others := map[string]bool{}
	for _, p := range mod.providers {
		for name, attr := range p.attrs {
			if name != "api_key" {
				noteVariables(attr.Expr.Variables(), others)
			}
		}
	}
	for _, file := range mod.files {
		noteFile(file, others)
	}
	for name := range others {
		delete(keys, name)
	}
	return keys
}

// noteFile notes the variables used in all blocks of a file but provider and
// variable blocks.
func noteFile(file *hcl.File, used map[string]bool) {
	skipped := []string{"provider", "variable"}
	if body, ok := file.Body.(*hclsyntax.Body); ok {
		for _, block := range body.Blocks {
			if !slices.Contains(skipped, block.Type) {
				hclsyntax.VisitAll(block.Body, func(node hclsyntax.Node) hcl.Diagnostics {
					if expr, ok := node.(*hclsyntax.ScopeTraversalExpr); ok {
						noteVariables([]hcl.Traversal{expr.Traversal}, used)
					}
					return nil
				})
			}
		}
		return
	}
	attrs, _ := file.Body.JustAttributes() // in JSON, blocks look like attributes
	for name, attr := range attrs {
		if !slices.Contains(skipped, name) {
			noteVariables(attr.Expr.Variables(), used)
		}
	}
}

func noteVariables(traversals []hcl.Traversal, used map[string]bool) {
	for _, trav := range traversals {
		if trav.RootName() == "var" {
			if name, ok := address.StepName(trav[1:]); ok {
				used[name] = true
			}
		}
	}
}
