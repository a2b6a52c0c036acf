package cli

import (
	"slices"

	"assetform/apply"
	"assetform/apply/engine"
	"assetform/config"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// originError is why nothing may be sent to a provider. It is found before
// anything was.
type originError struct{ diagnostic *hcl.Diagnostic }

func (e *originError) Error() string { return e.diagnostic.Detail }

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
		d := a.refusal(a.w.project, ref)
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

// driverAt returns the driver of the server at the origin of a journal record to which no
// provider leads any more, with the key of the first provider of that type:
// each may go to every origin that is allowed.
func (p *providers) driverAt(kind, origin string) (engine.Driver, error) {
	at, ok := p.project.EndpointAt(kind, origin)
	if !ok {
		return nil, apply.ErrOriginNotAllowed
	}
	ref := config.ProviderRef{Type: kind}
	refs := p.project.ProviderRefs()
	if i := slices.IndexFunc(refs, func(r config.ProviderRef) bool { return r.Type == kind }); i >= 0 {
		ref = refs[i]
	}
	return p.open(ref, at)
}
