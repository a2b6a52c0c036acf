package config

import (
	"fmt"
	"strings"

	"assetform/config/diag"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// keyAdvice is how a key is given, but for the engine's own variable.
const keyAdvice = "Leave api_key out and set %s in the environment, or take it from a variable with sensitive = true and no default, " +
	"and give that its value from outside: " + envPrefix + "NAME in the environment, --var or --var-file."

// checkKeySource refuses a key that the repository holds: a literal, however
// it is put together, a file, a default, an automatic variables file. A key is
// known to come from outside when it is part of a text that a sensitive
// variable got there; that holds for what takes a key out of a map or cuts
// blanks off, and for nothing that adds a character to it.
func (r *providerReader) checkKeySource(decl *providerDecl, attr *hcl.Attribute, key string) {
	if key == "" {
		return // counts as none
	}
	if len(attr.Expr.Variables()) == 0 {
		r.reportKey(decl, attr.Expr.Range(), "It stands in the configuration, so whoever reads the repository has it.")
		return
	}
	for text := range r.given.texts {
		if strings.Contains(text, key) {
			return
		}
	}
	r.reportKey(decl, attr.Expr.Range(), "It is not the value of a sensitive variable that was given from outside, so whoever reads the repository may have it.")
}

// checkKeyVariables looks at the variables that a key is made from, whether
// they have a value in this run or not, and reports whether they are in order.
func (r *providerReader) checkKeyVariables(decl *providerDecl, attr *hcl.Attribute) bool {
	names := map[string]bool{}
	noteVariables(attr.Expr.Variables(), names)
	before := r.reports.Len()
	for _, name := range sortedKeys(names) {
		v := r.root.mod.variables[name]
		if v == nil || len(names) > 1 && !r.given.onlyKey[name] {
			continue // it may only say which key is meant
		}
		given := r.given.values[name]
		switch {
		case !v.sensitive:
			r.reportKey(decl, v.rng, fmt.Sprintf("var.%s is not sensitive, so its value is shown in plans and stored in saved ones. Add sensitive = true.", name))
		case v.defaultValue != nil && isText(*v.defaultValue):
			r.watched.noteSecret(*v.defaultValue)
			r.reportKey(decl, v.defaultRange, fmt.Sprintf("It is the default of var.%s, so whoever reads the repository has it.", name))
		case given.auto && isText(given.value):
			r.watched.noteSecret(given.value)
			r.reportKey(decl, given.rng, fmt.Sprintf("The value of var.%s stands in a variables file that is part of the project, so whoever reads the repository has it.", name))
		}
	}
	return r.reports.Len() == before
}

// isText tells whether a value is a single text that says something. What is
// in an object may be no key; it is looked at when it is used as one.
func isText(value cty.Value) bool {
	value = sensitive.Unmarked(value)
	return value.Type() == cty.String && value.IsKnown() && !value.IsNull() && value.AsString() != ""
}

// reportKey reports a key that is no secret. The keys of local servers open
// nothing that anybody pays for.
func (r *providerReader) reportKey(decl *providerDecl, at hcl.Range, what string) {
	server := r.lang.engines.Engine(decl.ref.Type).Server
	d := diag.Problem(at, "API key is no secret", "This is a key of provider %s. %s %s", decl.ref, what, fmt.Sprintf(keyAdvice, server.KeyEnv))
	if !r.lang.engines.Charges(decl.ref.Type) {
		d.Severity = hcl.DiagWarning
		d.Detail = fmt.Sprintf("This is a key of provider %s. %s That is fine for a server that only you use.", decl.ref, what)
	}
	r.reports.Add(d)
}
