package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"assetform/apply"
	"assetform/apply/engine"
	"assetform/config"
	"assetform/config/diag"
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

// DriverAt returns the driver of the server at the origin of a journal record to which no
// provider leads any more, with the key of the first provider of that type:
// each may go to every origin that is allowed.
func (p *providers) DriverAt(kind, origin string) (engine.Driver, error) {
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

// refusal says why nothing may be sent to a provider; nil: it may.
func (s *Session) refusal(p *config.Project, ref config.ProviderRef) *hcl.Diagnostic {
	if d := p.CheckOrigin(ref); d != nil {
		return d
	}
	if s.engines.Charges(ref.Type) || p.Endpoint(ref).IsZero() {
		return nil
	}
	// A server on this machine may be anybody's who is logged in here: no key
	// of a paid provider goes there, in whatever form, nor as a part of a text.
	keys := s.paidKeys(p)
	redactor := diag.NewRedactor(keys...)
	tells := func(text string) bool {
		return redactor.Holds(text) || len(text) >= diag.MinSecret && slices.ContainsFunc(keys, func(key string) bool { return strings.Contains(key, text) })
	}
	if provider := p.Providers[ref]; provider != nil && tells(provider.APIKey) {
		return &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: "Key of a paid provider", Subject: provider.Range.Ptr(),
			Detail: fmt.Sprintf("The api_key of provider %s is made of the key of a paid provider, which a local server never gets. Nothing is sent. Give it a key of its own.", ref),
		}
	}
	for _, spec := range p.Specs {
		for _, param := range spec.Params {
			if text, isText := param.Value.(string); isText && spec.Provider == ref && redactor.Holds(text) {
				return &hcl.Diagnostic{
					Severity: hcl.DiagError, Summary: "Key of a paid provider", Subject: spec.Range.Ptr(),
					Detail: fmt.Sprintf("The %s of %s holds the key of a paid provider, which a local server never gets. Nothing is sent.", param.Name, spec.Address),
				}
			}
		}
	}
	return nil
}

// paidKeys are the keys in use of all paid providers.
func (s *Session) paidKeys(p *config.Project) []string {
	var keys []string
	for _, ref := range p.ProviderRefs() {
		if s.engines.Charges(ref.Type) {
			keys = append(keys, s.paidKey(p, ref))
		}
	}
	return append(keys, s.environKeys()...)
}

// keyInAsset is the summary of the report of checkAssetsForKeys.
const keyInAsset = "Asset holds key of a paid provider"

// minKey is how long a key is that is looked for in assets: a shorter one,
// which is made up for a test, is a word that a prompt may have.
const minKey = 8

// checkAssetsForKeys reports assets that say the key of a paid provider,
// however the configuration came by it: what an asset says is shown in plans,
// stored in the lock and sent.
func (s *Session) checkAssetsForKeys(p *config.Project) hcl.Diagnostics {
	keys := slices.DeleteFunc(s.paidKeys(p), func(key string) bool { return len(key) < minKey })
	if len(keys) == 0 {
		return nil
	}
	redactor := diag.NewRedactor(keys...)
	shortest := len(slices.MinFunc(keys, func(a, b string) int { return len(a) - len(b) }))
	holds := func(text string) bool { return len(text) >= shortest && redactor.Holds(text) }
	var diags hcl.Diagnostics
	for _, spec := range p.Specs {
		texts := []string{spec.Address.String(), spec.Output}
		names := []string{"address", "output"}
		for _, param := range spec.Params {
			if text, isText := param.Value.(string); isText {
				texts, names = append(texts, text), append(names, param.Name)
			}
		}
		if i := slices.IndexFunc(texts, holds); i >= 0 {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: keyInAsset, Subject: spec.Range.Ptr(),
				Detail: fmt.Sprintf("The %s of %s holds the key of a paid provider, so it would be shown and stored. Nothing is sent. Take the key out.", names[i], redactor.Text(texts[0])),
			})
		}
	}
	return diags
}

// exitOf is the exit code of an apply whose configuration has errors: a key in
// an asset is refused.
func exitOf(diags hcl.Diagnostics) int {
	for _, d := range diags {
		if d.Severity == hcl.DiagError && d.Summary != keyInAsset {
			return ExitError
		}
	}
	return ExitRefused
}

// paidKey is what the provider's block says, else the environment's key.
func (s *Session) paidKey(p *config.Project, ref config.ProviderRef) string {
	if provider := p.Providers[ref]; provider != nil && provider.APIKey != "" {
		return provider.APIKey
	}
	return s.environKey(ref.Type)
}

// environKey is the environment's key for a type of provider.
func (s *Session) environKey(typ string) string {
	e := s.engines.Engine(typ)
	if e == nil || e.Server.KeyEnv == "" {
		return ""
	}
	key, _ := s.env(e.Server.KeyEnv)
	return key
}

// environKeys are all keys that the environment has.
func (s *Session) environKeys() []string {
	var keys []string
	for _, typ := range s.engines.Types() {
		if key := s.environKey(typ); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}
