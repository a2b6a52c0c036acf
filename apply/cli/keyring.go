package cli

import (
	"fmt"
	"slices"
	"strings"

	"assetform/config"
	"assetform/config/diag"
	"assetform/config/engine"

	"github.com/hashicorp/hcl/v2"
)

// keyring knows every key and secret that a run has: which provider gets
// which key, and what is never shown or stored.
type keyring struct {
	engines engine.Registry // what they can do
	Environ environment
}

// secrets are all texts that must not be shown: sensitive values and keys.
func (k keyring) secrets(p *config.Project) []string {
	var list []string
	if p != nil {
		list = append(list, p.Secrets...)
		for _, provider := range p.Providers {
			list = append(list, provider.APIKey)
		}
	}
	list = append(list, k.environKeys()...)
	for _, name := range []string{"ASSETFORM_REMOTE_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"} {
		secret, _ := k.Environ.get(name)
		list = append(list, secret)
	}
	kept := list[:0]
	for _, secret := range list {
		if secret != "" {
			kept = append(kept, secret)
		}
	}
	return kept
}

// redactor takes the secrets of a project out of foreign text.
func (k keyring) redactor(p *config.Project) *diag.Redactor {
	return diag.NewRedactor(k.secrets(p)...)
}

// unwritten says of which prompts a picture gets no strip: those that hold
// something sensitive, however short it is.
func (k keyring) unwritten(p *config.Project) func(prompt string) bool {
	whole := map[string]bool{}
	for _, secret := range p.Secrets {
		whole[secret] = true
	}
	redactor := k.redactor(p)
	return func(prompt string) bool { return whole[prompt] || redactor.Holds(prompt) }
}

// refusal says why nothing may be sent to a provider; nil: it may.
func (k keyring) refusal(p *config.Project, ref config.ProviderRef) *hcl.Diagnostic {
	if d := p.CheckOrigin(ref); d != nil {
		return d
	}
	if k.engines.Charges(ref.Type) || p.Endpoint(ref).IsZero() {
		return nil
	}
	// A server on this machine may be anybody's who is logged in here: no key
	// of a paid provider goes there, in whatever form, nor as a part of a text.
	keys := k.paidKeys(p)
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
		if spec.Provider != ref {
			continue
		}
		if name, holds := saidIn(spec, redactor.Holds); holds {
			return &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Key of a paid provider", Subject: spec.Range.Ptr(),
				Detail: fmt.Sprintf("The %s of %s holds the key of a paid provider, which a local server never gets. Nothing is sent.", name, spec.Address),
			}
		}
	}
	return nil
}

// paidKeys are the keys in use of all paid providers.
func (k keyring) paidKeys(p *config.Project) []string {
	var keys []string
	for _, ref := range p.ProviderRefs() {
		if k.engines.Charges(ref.Type) {
			keys = append(keys, k.paidKey(p, ref))
		}
	}
	return append(keys, k.environKeys()...)
}

// keyInAsset is the summary of the report of checkAssetsForKeys.
const keyInAsset = "Asset holds key of a paid provider"

// minKey is how long a key is that is looked for in assets: a shorter one,
// which is made up for a test, is a word that a prompt may have.
const minKey = 8

// checkAssetsForKeys reports assets that say the key of a paid provider,
// however the configuration came by it: what an asset says is shown in plans,
// stored in the lock and sent.
func (k keyring) checkAssetsForKeys(p *config.Project) hcl.Diagnostics {
	keys := slices.DeleteFunc(k.paidKeys(p), func(key string) bool { return len(key) < minKey })
	if len(keys) == 0 {
		return nil
	}
	redactor := diag.NewRedactor(keys...)
	shortest := len(slices.MinFunc(keys, func(a, b string) int { return len(a) - len(b) }))
	holds := func(text string) bool { return len(text) >= shortest && redactor.Holds(text) }
	var diags hcl.Diagnostics
	for _, spec := range p.Specs {
		if name, found := saidIn(spec, holds); found {
			diags = append(diags, &hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: keyInAsset, Subject: spec.Range.Ptr(),
				Detail: fmt.Sprintf("The %s of %s holds the key of a paid provider, so it would be shown and stored. Nothing is sent. Take the key out.", name, redactor.Text(spec.Address.String())),
			})
		}
	}
	if holds(p.Provenance.Credit) || holds(p.Provenance.Rights) {
		diags = append(diags, &hcl.Diagnostic{
			Severity: hcl.DiagError, Summary: keyInAsset,
			Detail: "The provenance block holds the key of a paid provider, so it would stand in pictures. Nothing is sent. Take the key out.",
		})
	}
	return diags
}

// saidIn finds a text of an asset and tells what it is of: everything that
// plan, lock and results may have of it.
func saidIn(spec *config.Spec, holds func(text string) bool) (name string, found bool) {
	switch {
	case holds(spec.Address.String()):
		return "address", true
	case holds(spec.Output):
		return "output", true
	case holds(spec.Alt):
		return "alt", true
	}
	for _, param := range spec.Params {
		switch v := param.Value.(type) {
		case string:
			found = holds(v)
		case []string:
			found = slices.ContainsFunc(v, holds)
		}
		if found {
			return param.Name, true
		}
	}
	for _, in := range spec.Inputs {
		if holds(in.Member) || holds(in.Path) {
			return in.Name, true
		}
	}
	return "", false
}

// paidKey is what the provider's block says, else the environment's key.
func (k keyring) paidKey(p *config.Project, ref config.ProviderRef) string {
	if provider := p.Providers[ref]; provider != nil && provider.APIKey != "" {
		return provider.APIKey
	}
	return k.environKey(ref.Type)
}

// environKey is the environment's key for a type of provider.
func (k keyring) environKey(typ string) string {
	e := k.engines.Engine(typ)
	if e == nil || e.Server.KeyEnv == "" {
		return ""
	}
	key, _ := k.Environ.get(e.Server.KeyEnv)
	return key
}

// environKeys are all keys that the environment has.
func (k keyring) environKeys() []string {
	var keys []string
	for _, typ := range k.engines.Types() {
		if key := k.environKey(typ); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}
