package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"assetform/config/engine"
	"assetform/config/evaluation"
	"assetform/config/origin"

	"github.com/hashicorp/hcl/v2"
)

// exampleURL is what an address looks like.
const exampleURL = "https://imaginator.mat3u.com/api/v1"

// DefaultOrigin is where requests of a type of provider go unless something
// else is said; zero where it has no service of its own.
func DefaultOrigin(engines engine.Registry, typ string) origin.Origin {
	e := engines.Engine(typ)
	if e == nil || e.Server.BaseURL == "" {
		return origin.Origin{}
	}
	_, o, _ := origin.Parse(e.Server.BaseURL) // a constant
	return o
}

// Endpoint is where a provider's requests go; zero for the embedded engine.
type Endpoint struct {
	BaseURL string // without a final slash
	Origin  origin.Origin
}

// IsZero tells that nothing leaves the process.
func (e Endpoint) IsZero() bool { return e.BaseURL == "" }

// readAllowed reads the addresses that the environment names, by type of
// provider.
func readAllowed(engines engine.Registry, environ []string, reports *evaluation.Reports) map[string]origin.Allowed {
	read := func(name string) origin.Allowed {
		text := environment(environ, name)
		allowed, err := origin.ParseAllowed(text)
		if err != nil {
			reports.Add(&hcl.Diagnostic{
				Severity: hcl.DiagError, Summary: "Environment variable not usable",
				Detail: fmt.Sprintf("In %s %s. Expected one address like %q, or several parted by blanks.", name, err, exampleURL),
			})
		}
		return allowed
	}
	allowed := map[string]origin.Allowed{}
	for _, engine := range engines.Engines() {
		if name := engine.Server.URLEnv; name != "" {
			allowed[engine.Type] = read(name)
		}
	}
	return allowed
}

// Endpoint returns where a provider's requests go: what its block says, else
// the first address of the environment, else the default.
func (p *Project) Endpoint(ref ProviderRef) Endpoint {
	base := ""
	if provider := p.Providers[ref]; provider != nil {
		base = provider.BaseURL
	}
	if e := p.Engines.Engine(ref.Type); e != nil && !e.Free {
		base = cmp.Or(base, p.allowed[ref.Type].First(), e.Server.BaseURL)
	}
	u, o, err := origin.Parse(base)
	if err != nil { // of the embedded engine, or reported
		return Endpoint{}
	}
	return Endpoint{u.String(), o}
}

// Origins are the origins of all providers that have one, by their names.
func (p *Project) Origins() map[string]string {
	origins := map[string]string{}
	for ref := range p.Providers {
		if at := p.Endpoint(ref); !at.IsZero() {
			origins[ref.String()] = at.Origin.String()
		}
	}
	return origins
}

// UsualOrigins are the origins of providers whose blocks name none, by their
// type: what the environment says, else the service itself.
func UsualOrigins(engines engine.Registry, environ []string) map[string]string {
	p := &Project{Engines: engines, allowed: readAllowed(engines, environ, &evaluation.Reports{})}
	origins := map[string]string{}
	for _, e := range engines.Engines() {
		if at := p.Endpoint(ProviderRef{Type: e.Type}); !at.IsZero() {
			origins[e.Type] = at.Origin.String()
		}
	}
	return origins
}

// EndpointAt returns the endpoint of a type of provider at an origin that
// somebody else names, as a journal does. ok is false where nothing may be
// sent.
func (p *Project) EndpointAt(typ, at string) (Endpoint, bool) {
	_, o, err := origin.Parse(at)
	if err != nil || o.CheckScheme() != nil {
		return Endpoint{}, false
	}
	e := p.Engines.Engine(typ)
	if e == nil {
		return Endpoint{}, false
	}
	if base, ok := p.allowed[typ].BaseAt(o); ok {
		return Endpoint{base, o}, true
	}
	return Endpoint{e.Server.BaseURL, o}, o == DefaultOrigin(p.Engines, typ)
}

// CheckOrigin says why nothing may be sent to a provider; nil: it may. A
// provider block can come from anybody who opens a pull request, and a key or a
// picture that has been sent is not to be had back.
func (p *Project) CheckOrigin(ref ProviderRef) *hcl.Diagnostic {
	at := p.Endpoint(ref)
	if at.IsZero() {
		return nil
	}
	d := &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Origin is not allowed"}
	if provider := p.Providers[ref]; provider != nil && provider.BaseURLRange.Filename != "" {
		d.Subject = provider.BaseURLRange.Ptr()
	}
	if err := at.Origin.CheckScheme(); err != nil {
		d.Detail = fmt.Sprintf("Provider %s leads to %s. %s Nothing is sent there.", ref, at.Origin, sentence(err))
		return d
	}
	variable := p.Engines.Engine(ref.Type).Server.URLEnv
	if !p.Engines.Charges(ref.Type) {
		if _, ok := p.allowed[ref.Type].BaseAt(at.Origin); ok || at.Origin.Local() {
			return nil
		}
		d.Detail = fmt.Sprintf("Provider %s leads to %s, which is not this machine, and pictures of the project would go there. Nothing is sent. "+
			"If the address is right, set the environment variable %s to it.", ref, at.Origin, variable)
		return d
	}
	if _, ok := p.EndpointAt(ref.Type, at.Origin.String()); ok {
		return nil
	}
	d.Detail = fmt.Sprintf("Provider %s leads to %s, which is neither the service (%s) nor in the environment variable %s. Nothing is sent there, and no key. "+
		"If the address is right, set %s to it where assetform runs: the configuration alone cannot say where a key goes.", ref, at.Origin, DefaultOrigin(p.Engines, ref.Type), variable, variable)
	return d
}

// sentence is an error as a sentence of its own.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// environment finds a variable among a process's; the last one counts.
func environment(environ []string, name string) string {
	for _, entry := range slices.Backward(environ) {
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return value
		}
	}
	return ""
}

// ProviderRefs lists the project's providers in the order of their names.
func (p *Project) ProviderRefs() []ProviderRef {
	refs := make([]ProviderRef, 0, len(p.Providers))
	for ref := range p.Providers {
		refs = append(refs, ref)
	}
	slices.SortFunc(refs, func(a, b ProviderRef) int { return cmp.Compare(a.String(), b.String()) })
	return refs
}
