package config

import (
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/evaluation"

	"github.com/hashicorp/hcl/v2"
)

// providerChoice tells which provider an asset gets.
type providerChoice struct {
	lang     *language
	reports  *evaluation.Reports
	declared []*providerDecl // in the root module
	override bool            // the embedded one takes the place of all
}

// of finds the provider that a block's attribute names, or the only one there
// is, and the one that it draws placeholders for, if it does. ok is false when
// there is none or several.
func (c *providerChoice) of(attr *hcl.Attribute, name string, at hcl.Range) (ref, standsFor ProviderRef, ok bool) {
	ref, ok = c.find(attr, name, at)
	embedded := c.lang.embedded()
	switch {
	case !c.override:
		return ref, ProviderRef{}, ok
	case ref.Type == embedded.Type: // its drawings are no placeholders
		return embedded, ProviderRef{}, ok
	}
	return embedded, ref, ok
}

func (c *providerChoice) find(attr *hcl.Attribute, name string, block hcl.Range) (ProviderRef, bool) {
	known := func() []string {
		var names []string
		for _, p := range c.declared {
			names = append(names, p.ref.String())
		}
		slices.Sort(names)
		return names
	}
	switch {
	case attr == nil && len(c.declared) == 0:
		return c.lang.embedded(), true
	case attr == nil && len(c.declared) == 1:
		return c.declared[0].ref, true
	case attr == nil:
		c.reports.Report(block, "Provider not chosen", "Several providers are declared (%s), so %s must say which to use: provider = %s.",
			strings.Join(known(), ", "), name, known()[0])
		return ProviderRef{}, false
	}
	ref, ok := providerRef(attr.Expr)
	at := attr.Expr.Range()
	switch {
	case !ok:
		types := c.lang.engines.Types()
		c.reports.Report(at, "Invalid reference to provider", "The provider of %s is written without quotes and calls: %s or %s.ALIAS.", name, strings.Join(types, ", "), types[0])
		return ProviderRef{}, false
	case len(c.declared) == 0 && ref == c.lang.embedded():
		return ref, true
	case !slices.ContainsFunc(c.declared, func(p *providerDecl) bool { return p.ref == ref }):
		c.reports.Report(at, "Reference to undeclared provider", "No provider %s is declared in the root module.%s", ref, diag.Suggest(ref.String(), known()))
		return ProviderRef{}, false
	}
	return ref, true
}

// providerRef reads TYPE or TYPE.ALIAS.
func providerRef(expr hcl.Expression) (ProviderRef, bool) {
	trav, diags := hcl.AbsTraversalForExpr(expr)
	if diags.HasErrors() || len(trav) > 2 {
		return ProviderRef{}, false
	}
	ref := ProviderRef{Type: trav.RootName()}
	if len(trav) == 2 {
		alias, ok := address.StepName(trav[1:])
		if !ok {
			return ProviderRef{}, false
		}
		ref.Alias = alias
	}
	return ref, true
}
