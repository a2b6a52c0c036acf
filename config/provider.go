package config

import (
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/origin"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// maxConcurrent bounds max_concurrent: no tier of the service allows more.
const maxConcurrent = 1000

// evaluateProviders evaluates the provider blocks of the root module.
func (e *evaluator) evaluateProviders(m *moduleInstance) {
	for _, decl := range m.mod.providers {
		e.project.Providers[decl.ref] = e.evaluateProvider(m, decl)
	}
	embedded := e.lang.embedded()
	if len(m.mod.providers) == 0 || e.opts.Provider != "" && e.opts.Provider == embedded.Type && e.project.Providers[embedded] == nil {
		e.project.Providers[embedded] = &Provider{Ref: embedded}
	}
}

func (e *evaluator) evaluateProvider(m *moduleInstance, decl *providerDecl) *Provider {
	p := &Provider{Ref: decl.ref, Range: decl.rng}
	if attr := decl.attrs["api_key"]; attr != nil {
		p.APIKey = e.apiKey(m, decl, attr)
	}
	if attr := decl.attrs["base_url"]; attr != nil {
		p.BaseURL, p.BaseURLRange = e.baseURL(m, attr), attr.Expr.Range()
	}
	if attr := decl.attrs["max_concurrent"]; attr != nil {
		n, ok := e.settingNumber(m, attr)
		if ok && n != nil && (*n < 1 || *n > maxConcurrent) {
			e.reports.Report(attr.Expr.Range(), "Invalid value of max_concurrent", "Found %d, but max_concurrent must be a whole number from 1 to %d.", *n, maxConcurrent)
		} else if ok && n != nil {
			p.MaxConcurrent = *n
		}
	}
	return p
}

func (e *evaluator) apiKey(m *moduleInstance, decl *providerDecl, attr *hcl.Attribute) string {
	inOrder := e.checkKeyVariables(decl, attr)
	v, ok := e.providerText(m, attr)
	if !ok {
		return ""
	}
	key := v.AsString()
	e.watched.noteSecret(v)
	if strings.TrimSpace(key) != key || strings.ContainsFunc(key, isControl) {
		e.reports.Report(attr.Expr.Range(), "Invalid API key", "The api_key has white space at an end or control characters, which no HTTP header can carry.")
	} else if inOrder {
		e.checkKeySource(decl, attr, key)
	}
	return key
}

// providerText evaluates a text of a provider block, unmarked; ok is false
// when it is null or was reported.
func (e *evaluator) providerText(m *moduleInstance, attr *hcl.Attribute) (cty.Value, bool) {
	b := e.ev.Bind(m.scope, attr.Expr, evaluation.Names{})
	v := e.ev.Value(b, nil)
	if !v.IsWhollyKnown() || evaluation.IsNull(v) {
		return v, false
	}
	text, err := convert.Convert(sensitive.Unmarked(v), cty.String)
	if err != nil {
		e.reports.Report(attr.Expr.Range(), "Invalid value of "+attr.Name, "Found %s, but %s must be a string.", v.Type().FriendlyName(), attr.Name)
		return v, false
	}
	return text, true
}

func (e *evaluator) baseURL(m *moduleInstance, attr *hcl.Attribute) string {
	b := e.ev.Bind(m.scope, attr.Expr, evaluation.Names{})
	v := e.ev.Value(b, nil)
	if !v.IsWhollyKnown() || evaluation.IsNull(v) {
		return ""
	}
	if sensitive.Is(v) {
		e.reports.Report(attr.Expr.Range(), "Sensitive value of base_url", "The address of a server is shown in messages, so it cannot be sensitive. Only api_key can.")
		return ""
	}
	text, ok := e.providerText(m, attr)
	if !ok {
		return ""
	}
	u, _, err := origin.Parse(text.AsString())
	if err != nil {
		e.reports.ReportValue(b, nil, "Invalid value of base_url", "base_url must be a full address like %q: %s.", exampleURL, err)
		return ""
	}
	return u.String()
}

// providerOf finds the provider that a block's attribute names, or the only
// one there is. ok is false when there is none or several.
func (e *evaluator) providerOf(attr *hcl.Attribute, b *block) (ProviderRef, bool) {
	ref, ok := e.declaredProvider(attr, b)
	if e.opts.Provider != "" {
		return e.lang.embedded(), ok
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
		return e.lang.embedded(), true
	case attr == nil && len(declared) == 1:
		return declared[0].ref, true
	case attr == nil:
		e.reports.Report(b.decl.rng, "Provider not chosen", "Several providers are declared (%s), so %s must say which to use: provider = %s.",
			strings.Join(known, ", "), b.seen.Cell.Name, known[0])
		return ProviderRef{}, false
	}
	ref, ok := providerRef(attr.Expr)
	at, types := attr.Expr.Range(), e.lang.engines.Types()
	switch {
	case !ok:
		e.reports.Report(at, "Invalid reference to provider", "The provider of %s is written without quotes and calls: %s or %s.ALIAS.", b.seen.Cell.Name, strings.Join(types, ", "), types[0])
		return ProviderRef{}, false
	case len(declared) == 0 && ref == e.lang.embedded():
		return ref, true
	case !slices.ContainsFunc(declared, func(p *providerDecl) bool { return p.ref == ref }):
		e.reports.Report(at, "Reference to undeclared provider", "No provider %s is declared in the root module.%s", ref, diag.Suggest(ref.String(), known))
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
