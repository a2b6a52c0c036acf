package config

import (
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/origin"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// maxConcurrent bounds max_concurrent: no tier of the service allows more.
const maxConcurrent = 1000

// evaluateProviders evaluates the provider blocks of the root module.
func (e *evaluator) evaluateProviders(s *scope) {
	for _, decl := range s.mod.providers {
		e.project.Providers[decl.ref] = e.evaluateProvider(s, decl)
	}
	local := ProviderRef{Type: "local"}
	if len(s.mod.providers) == 0 || e.opts.Provider == "local" && e.project.Providers[local] == nil {
		e.project.Providers[local] = &Provider{Ref: local}
	}
}

func (e *evaluator) evaluateProvider(s *scope, decl *providerDecl) *Provider {
	p := &Provider{Ref: decl.ref, Range: decl.rng}
	if attr := decl.attrs["api_key"]; attr != nil {
		p.APIKey = e.apiKey(s, decl, attr)
	}
	if attr := decl.attrs["base_url"]; attr != nil {
		p.BaseURL, p.BaseURLRange = e.baseURL(s, attr), attr.Expr.Range()
	}
	if attr := decl.attrs["max_concurrent"]; attr != nil {
		n, ok := e.settingNumber(s, attr)
		if ok && n != nil && (*n < 1 || *n > maxConcurrent) {
			e.report(attr.Expr.Range(), "Invalid value of max_concurrent", "Found %d, but max_concurrent must be a whole number from 1 to %d.", *n, maxConcurrent)
		} else if ok && n != nil {
			p.MaxConcurrent = *n
		}
	}
	return p
}

func (e *evaluator) apiKey(s *scope, decl *providerDecl, attr *hcl.Attribute) string {
	inOrder := e.checkKeyVariables(decl, attr)
	v, ok := e.providerText(s, attr)
	if !ok {
		return ""
	}
	key := v.AsString()
	e.noteSecret(v)
	if strings.TrimSpace(key) != key || strings.ContainsFunc(key, isControl) {
		e.report(attr.Expr.Range(), "Invalid API key", "The api_key has white space at an end or control characters, which no HTTP header can carry.")
	} else if inOrder {
		e.checkKeySource(decl, attr, key)
	}
	return key
}

// providerText evaluates a text of a provider block, unmarked; ok is false
// when it is null or was reported.
func (e *evaluator) providerText(s *scope, attr *hcl.Attribute) (cty.Value, bool) {
	b := e.bind(s, attr.Expr, names{})
	v := e.value(b, nil)
	if !v.IsWhollyKnown() || isNull(v) {
		return v, false
	}
	text, err := convert.Convert(sensitive.Unmarked(v), cty.String)
	if err != nil {
		e.report(attr.Expr.Range(), "Invalid value of "+attr.Name, "Found %s, but %s must be a string.", v.Type().FriendlyName(), attr.Name)
		return v, false
	}
	return text, true
}

func (e *evaluator) baseURL(s *scope, attr *hcl.Attribute) string {
	b := e.bind(s, attr.Expr, names{})
	v := e.value(b, nil)
	if !v.IsWhollyKnown() || isNull(v) {
		return ""
	}
	if sensitive.Is(v) {
		e.report(attr.Expr.Range(), "Sensitive value of base_url", "The address of a server is shown in messages, so it cannot be sensitive. Only api_key can.")
		return ""
	}
	text, ok := e.providerText(s, attr)
	if !ok {
		return ""
	}
	u, _, err := origin.Parse(text.AsString())
	if err != nil {
		e.reportAt(b, nil, "Invalid value of base_url", "base_url must be a full address like %q: %s.", DefaultBaseURL, err)
		return ""
	}
	return u.String()
}

// providerOf finds the provider that a block's attribute names, or the only
// one there is. ok is false when there is none or several.
func (e *evaluator) providerOf(attr *hcl.Attribute, b *block) (ProviderRef, bool) {
	ref, ok := e.declaredProvider(attr, b)
	if e.opts.Provider == "local" {
		return ProviderRef{Type: "local"}, ok
	}
	return ref, ok
}

func (e *evaluator) declaredProvider(attr *hcl.Attribute, b *block) (ProviderRef, bool) {
	declared := e.root.mod.providers
	var known []string
	for _, p := range declared {
		known = append(known, p.ref.String())
	}
	slices.Sort(known)
	switch {
	case attr == nil && len(declared) == 0:
		return ProviderRef{Type: "local"}, true
	case attr == nil && len(declared) == 1:
		return declared[0].ref, true
	case attr == nil:
		e.report(b.decl.rng, "Provider not chosen", "Several providers are declared (%s), so %s must say which to use: provider = %s.",
			strings.Join(known, ", "), b.cell.name, known[0])
		return ProviderRef{}, false
	}
	ref, ok := providerRef(attr.Expr)
	at := attr.Expr.Range()
	switch {
	case !ok:
		e.report(at, "Invalid reference to provider", "The provider of %s is written without quotes and calls: imaginator, local or imaginator.ALIAS.", b.cell.name)
		return ProviderRef{}, false
	case len(declared) == 0 && ref == ProviderRef{Type: "local"}:
		return ref, true
	case !slices.ContainsFunc(declared, func(p *providerDecl) bool { return p.ref == ref }):
		e.report(at, "Reference to undeclared provider", "No provider %s is declared in the root module.%s", ref, diag.Suggest(ref.String(), known))
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
