package cli

import (
	"errors"
	"fmt"
	"slices"

	"assetform/apply"
	"assetform/config"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// originError is why nothing may be sent to a provider. It is found before
// anything was.
type originError struct{ diagnostic *hcl.Diagnostic }

func (e *originError) Error() string { return e.diagnostic.Detail }

// unusable reports a provider that cannot be asked.
func (s *Session) unusable(err error, p *config.Project) int {
	var refused *originError
	if errors.As(err, &refused) {
		s.printDiagnostics(hcl.Diagnostics{refused.diagnostic}, p)
		return ExitRefused
	}
	return s.fail("Provider not usable", err)
}

// originWarnings say where commands that send something would refuse to.
func originWarnings(p *config.Project) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, ref := range p.ProviderRefs() {
		if d := p.CheckOrigin(ref); d != nil {
			d.Severity = hcl.DiagWarning
			diags = append(diags, d)
		}
	}
	return diags
}

// checkOrigins refuses a plan that generates where nothing may be sent, and
// warns of such providers that it does not need.
func (a *application) checkOrigins() {
	needed := map[config.ProviderRef]bool{}
	for _, c := range a.p.Changes {
		if c.Action.Generates() {
			needed[c.Spec.Provider] = true
		}
	}
	for _, ref := range a.w.project.ProviderRefs() {
		d := a.w.project.CheckOrigin(ref)
		if d == nil {
			continue
		}
		if needed[ref] {
			a.p.Refusals = append(a.p.Refusals, plan.Refusal{Kind: plan.RefusedOrigin, Summary: d.Summary, Detail: d.Detail, Subject: d.Subject})
		} else {
			d.Severity = hcl.DiagWarning
		}
		a.p.Diagnostics = append(a.p.Diagnostics, d)
	}
}

// GeneratorAt returns the server at the origin of a journal record to which no
// provider leads any more, with the key of the first provider of that type:
// each may go to every origin that is allowed.
func (p *providers) GeneratorAt(kind, origin string) (apply.Generator, error) {
	at, ok := p.project.EndpointAt(origin)
	if !ok {
		return nil, apply.ErrOriginNotAllowed
	}
	ref := config.ProviderRef{Type: kind}
	refs := p.project.ProviderRefs()
	if i := slices.IndexFunc(refs, func(r config.ProviderRef) bool { return r.Type == kind }); i >= 0 {
		ref = refs[i]
	}
	c, err := p.charging(ref, at)
	if err != nil {
		return nil, err // not a nil client in a non-nil interface
	}
	return c, nil
}

// checkLocalKey keeps the key of a paid provider away from a local server.
func (p *providers) checkLocalKey(local config.ProviderRef, key string) error {
	if key == "" {
		return nil
	}
	paid := p.paidKey(config.ProviderRef{Type: plan.ProviderPaid})
	for _, ref := range p.project.ProviderRefs() {
		if ref.Type == plan.ProviderPaid && p.paidKey(ref) == key {
			paid = key
		}
	}
	if paid != key {
		return nil
	}
	d := &hcl.Diagnostic{
		Severity: hcl.DiagError, Summary: "Key of a paid provider",
		Detail: fmt.Sprintf("The api_key of provider %s is the key of a paid provider, which a local server never gets. Nothing was sent. Give it a key of its own.", local),
	}
	if provider := p.project.Providers[local]; provider.Range.Filename != "" {
		d.Subject = provider.Range.Ptr()
	}
	return &originError{d}
}
