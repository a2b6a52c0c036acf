package config

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/sensitive"
	"assetform/config/syntax"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"golang.org/x/text/unicode/norm"
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

// given are the values that the variables of the root module are given from
// outside the configuration.
type given struct {
	opts    Options
	mod     *module // the root module
	root    string  // absolute directory of the project root
	sources *sources
	reports *evaluation.Reports
	// needKeys: a variable that only an api_key uses needs a value.
	needKeys bool

	// broken: a file of values could not be read, so that what it gives is not
	// known.
	broken bool

	values  map[string]givenValue
	missing map[string]bool // variables without a value
	onlyKey map[string]bool // variables that only an api_key uses
	// texts are those in sensitive variables whose value came from outside the
	// repository: what keys may be made of.
	texts   map[string]bool
	digests map[string][sha256.Size]byte // of --var-file files
}

func newGiven(opts Options, mod *module, root string, sources *sources, reports *evaluation.Reports) *given {
	return &given{
		opts: opts, mod: mod, root: root, sources: sources, reports: reports,
		values: map[string]givenValue{}, missing: map[string]bool{}, onlyKey: keyVariables(mod), texts: map[string]bool{},
		digests: map[string][sha256.Size]byte{},
	}
}

// collect gathers the values of root variables in Terraform's order of
// precedence: environment, automatic files, flags in their order. A value of
// a saved plan stands above all.
func (g *given) collect() {
	for _, entry := range g.opts.Environ {
		name, value, _ := strings.Cut(entry, "=")
		if name, ok := strings.CutPrefix(norm.NFC.String(name), envPrefix); ok && g.mod.variables[name] != nil {
			g.values[name] = givenValue{text: &value, from: "the environment variable " + envPrefix + name}
		}
	}
	for _, name := range g.autoNames() {
		g.autoFile(name)
	}
	for _, flag := range g.opts.Vars {
		switch {
		case flag.File != "":
			g.varFile(flag.File)
		case g.mod.variables[flag.Name] == nil:
			g.reports.Add(&hcl.Diagnostic{
				Severity: hcl.DiagError,
				Summary:  "Value for undeclared variable",
				Detail: fmt.Sprintf("--var gives a value to %q, but the root module declares no such variable.%s",
					flag.Name, diag.Suggest(flag.Name, sortedKeys(g.mod.variables))),
			})
		default:
			g.values[flag.Name] = givenValue{text: &flag.Value, from: "--var"}
		}
	}
	for name, value := range g.opts.Recorded {
		g.values[name] = givenValue{value: value, from: "the saved plan"}
	}
}

// autoNames lists the files of values in the root module's directory.
func (g *given) autoNames() []string {
	names := slices.Clone(autoFiles)
	all, err := g.sources.files.Names(g.sources.rootDir)
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

// value is the value of a variable of the root module.
func (g *given) value(v *variableDecl) cty.Value {
	given, ok := g.values[v.name]
	if !ok && v.defaultValue != nil {
		return g.sources.watched.keepSecret(v, *v.defaultValue)
	}
	if !ok {
		given, ok = g.ask(v)
	}
	if !ok {
		return g.missingVariable(v)
	}
	if given.text != nil {
		var found string
		if given.value, found = v.parseText(*given.text); found != "" {
			g.reports.Report(v.rng, "Invalid value for variable", "The value that %s gives to var.%s does not fit: %s.", given.from, v.name, found)
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
		g.reports.Report(at, "Invalid value for variable", "The value that %s gives to var.%s does not fit: %s.", given.from, v.name, found)
		return cty.DynamicVal
	}
	if v.sensitive && !given.auto {
		noteTexts(value, g.texts)
	}
	return g.sources.watched.keepSecret(v, value)
}

// ask asks for the value of a variable. One that only an API key needs is
// asked for only by who needs the key.
func (g *given) ask(v *variableDecl) (givenValue, bool) {
	if g.opts.Ask == nil || g.broken || g.dispensable(v) {
		return givenValue{}, false
	}
	text, err := g.opts.Ask(v.name, v.description, v.sensitive)
	if err != nil {
		g.reports.Report(v.rng, "Missing value for variable", "No value for var.%s: %s.", v.name, err)
		g.missing[v.name] = true
		return givenValue{}, false
	}
	return givenValue{text: &text, from: "the answer"}, true
}

// dispensable reports whether nothing in this run needs the variable's value.
func (g *given) dispensable(v *variableDecl) bool {
	return g.onlyKey[v.name] && !g.needKeys
}

// missingVariable is the value of a variable that nothing gives one.
func (g *given) missingVariable(v *variableDecl) cty.Value {
	if g.missing[v.name] {
		return cty.DynamicVal
	}
	g.missing[v.name] = true
	if g.dispensable(v) {
		return cty.NullVal(v.typ)
	}
	if g.broken {
		return cty.DynamicVal // it may stand in the file that was reported
	}
	g.reports.Report(v.rng, "Missing value for variable", "var.%s has no default. Give it a value with --var %s=VALUE, in a --var-file, in %s, or as %s%s in the environment.%s",
		v.name, v.name, autoFiles[0], envPrefix, v.name, g.terraformValue(v.name))
	return cty.DynamicVal
}

// terraformValue says how what gives a variable its value for Terraform does so
// here.
func (g *given) terraformValue(name string) string {
	for _, entry := range g.opts.Environ {
		if strings.HasPrefix(entry, "TF_VAR_"+name+"=") {
			return fmt.Sprintf(" TF_VAR_%s is Terraform's, and not read here: name it %s%[1]s.", name, envPrefix)
		}
	}
	all, _ := g.sources.files.Names(g.sources.rootDir) // read before
	for _, file := range all {
		if stem, json := strings.CutSuffix(file, ".json"); strings.HasSuffix(stem, ".tfvars") {
			to := strings.TrimSuffix(strings.TrimSuffix(stem, ".tfvars"), ".auto") + autoSuffixes[0]
			if json {
				to = strings.TrimSuffix(to, autoSuffixes[0]) + autoSuffixes[1]
			}
			return fmt.Sprintf(" %s is Terraform's, and not read here: name it %s.", file, strings.Replace(to, "terraform.", "assetform.", 1))
		}
	}
	return ""
}

// parseText reads a value as it is typed: as it stands for primitive types
// and where no type is declared, as an expression otherwise. found says what
// is wrong with it and quotes nothing of it.
func (v *variableDecl) parseText(text string) (value cty.Value, found string) {
	text = string(worktree.Text([]byte(text))) // it may be what a shell read from a file
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

// variables are those of the root module with their values.
func (g *given) variables(m *moduleInstance) []VariableValue {
	var list []VariableValue
	for _, v := range m.mod.sortedVariables() {
		value := m.scope.Variables[v.name].Value()
		if !value.IsWhollyKnown() {
			continue
		}
		list = append(list, VariableValue{
			Name: v.name, Value: sensitive.Unmarked(value), Sensitive: v.sensitive,
			OnlyKey: g.onlyKey[v.name], Missing: g.missing[v.name],
		})
	}
	return list
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
