package config

import (
	"strings"
	"unicode"

	"assetform/config/evaluation"
	"assetform/config/origin"
	"assetform/config/sensitive"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// maxConcurrent bounds max_concurrent: no tier of the service allows more.
const maxConcurrent = 1000

// providerReader evaluates the provider blocks of the root module.
type providerReader struct {
	lang    *language
	root    *moduleInstance
	ev      *evaluation.Evaluator
	reports *evaluation.Reports
	given   *given
	watched *watched
}

// providers are those that are declared, and the embedded one where nothing is
// or where it takes the place of all.
func (r *providerReader) providers(override string) map[ProviderRef]*Provider {
	all := map[ProviderRef]*Provider{}
	for _, decl := range r.root.mod.providers {
		all[decl.ref] = r.provider(decl)
	}
	embedded := r.lang.embedded()
	if len(all) == 0 || override != "" && override == embedded.Type && all[embedded] == nil {
		all[embedded] = &Provider{Ref: embedded}
	}
	return all
}

func (r *providerReader) provider(decl *providerDecl) *Provider {
	p := &Provider{Ref: decl.ref, Range: decl.rng}
	if attr := decl.attrs["api_key"]; attr != nil {
		p.APIKey = r.apiKey(decl, attr)
	}
	if attr := decl.attrs["base_url"]; attr != nil {
		p.BaseURL, p.BaseURLRange = r.baseURL(attr), attr.Expr.Range()
	}
	if attr := decl.attrs["max_concurrent"]; attr != nil {
		n, ok := evaluateNumber(r.ev, r.reports, r.root.scope, attr)
		if ok && n != nil && (*n < 1 || *n > maxConcurrent) {
			r.reports.Report(attr.Expr.Range(), "Invalid value of max_concurrent", "Found %d, but max_concurrent must be a whole number from 1 to %d.", *n, maxConcurrent)
		} else if ok && n != nil {
			p.MaxConcurrent = *n
		}
	}
	if attr := decl.attrs["caption"]; attr != nil {
		p.NoCaption = r.noCaption(decl, attr)
	}
	return p
}

// noCaption tells that captions are turned off.
func (r *providerReader) noCaption(decl *providerDecl, attr *hcl.Attribute) bool {
	b := r.ev.Bind(r.root.scope, attr.Expr, evaluation.Names{})
	v := r.ev.Value(b, nil)
	if !v.IsWhollyKnown() || evaluation.IsNull(v) {
		return false
	}
	on, err := convert.Convert(sensitive.Unmarked(v), cty.Bool)
	switch {
	case err != nil:
		r.reports.ReportValue(b, nil, "Invalid value of caption", "Found %s, but caption must be true or false.", v.Type().FriendlyName())
		return false
	case !r.lang.engines.Known(decl.ref.Type).Captions:
		r.reports.Report(attr.NameRange, "Attribute not taken by provider", "Provider %q writes no captions, so there is none to turn off.", decl.ref.Type)
		return false
	}
	return on.False()
}

func (r *providerReader) apiKey(decl *providerDecl, attr *hcl.Attribute) string {
	inOrder := r.checkKeyVariables(decl, attr)
	v, ok := r.text(attr)
	if !ok {
		return ""
	}
	key := v.AsString()
	r.watched.noteSecret(v)
	if strings.TrimSpace(key) != key || strings.ContainsFunc(key, unicode.IsControl) {
		r.reports.Report(attr.Expr.Range(), "Invalid API key", "The api_key has white space at an end or control characters, which no HTTP header can carry.")
	} else if inOrder {
		r.checkKeySource(decl, attr, key)
	}
	return key
}

// text evaluates a text of a provider block, unmarked; ok is false
// when it is null or was reported.
func (r *providerReader) text(attr *hcl.Attribute) (cty.Value, bool) {
	b := r.ev.Bind(r.root.scope, attr.Expr, evaluation.Names{})
	v := r.ev.Value(b, nil)
	if !v.IsWhollyKnown() || evaluation.IsNull(v) {
		return v, false
	}
	text, err := convert.Convert(sensitive.Unmarked(v), cty.String)
	if err != nil {
		r.reports.Report(attr.Expr.Range(), "Invalid value of "+attr.Name, "Found %s, but %s must be a string.", evaluation.TypeName(v.Type()), attr.Name)
		return v, false
	}
	return text, true
}

func (r *providerReader) baseURL(attr *hcl.Attribute) string {
	b := r.ev.Bind(r.root.scope, attr.Expr, evaluation.Names{})
	v := r.ev.Value(b, nil)
	if !v.IsWhollyKnown() || evaluation.IsNull(v) {
		return ""
	}
	if sensitive.Is(v) {
		r.reports.Report(attr.Expr.Range(), "Sensitive value of base_url", "The address of a server is shown in messages, so it cannot be sensitive. Only api_key can.")
		return ""
	}
	text, ok := r.text(attr)
	if !ok {
		return ""
	}
	u, _, err := origin.Parse(text.AsString())
	if err != nil {
		r.reports.ReportValue(b, nil, "Invalid value of base_url", "base_url must be a full address like %q: %s.", exampleURL, err)
		return ""
	}
	return u.String()
}
