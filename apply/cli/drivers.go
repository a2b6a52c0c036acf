package cli

import (
	"errors"
	"sync"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	"assetform/apply/engine/sketch"
	"assetform/config"
)

// providers makes the clients of a project's providers, each once and only
// when it is asked for: a plan without paid work needs no key.
type providers struct {
	session *Session
	project *config.Project

	mu       sync.Mutex
	clients  map[config.ProviderRef]*imaginator.Client
	embedded *sketch.Driver
}

func (s *Session) providers(p *config.Project) *providers {
	return &providers{session: s, project: p, clients: map[config.ProviderRef]*imaginator.Client{}}
}

// Driver returns the driver of a provider.
func (p *providers) Driver(ref config.ProviderRef) (engine.Driver, error) {
	if p.embeds(ref) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.embedded == nil {
			p.embedded = sketch.New(p.session.unwritten(p.project))
		}
		return p.embedded, nil
	}
	c, err := p.client(ref)
	if err != nil {
		return nil, err // not a nil client in a non-nil interface
	}
	return imaginator.NewDriver(c), nil
}

// embeds tells that a provider is the engine inside the process.
func (p *providers) embeds(ref config.ProviderRef) bool {
	return ref.Type == "local" && p.project.Endpoint(ref).IsZero()
}

func (p *providers) client(ref config.ProviderRef) (*imaginator.Client, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c := p.clients[ref]; c != nil {
		return c, nil
	}
	c, err := p.connect(ref)
	if err != nil {
		return nil, err
	}
	p.clients[ref] = c
	return c, nil
}

func (p *providers) connect(ref config.ProviderRef) (*imaginator.Client, error) {
	if d := p.session.refusal(p.project, ref); d != nil {
		return nil, &originError{d}
	}
	endpoint := p.project.Endpoint(ref)
	if ref.Type != "local" {
		return p.charging(ref, endpoint)
	}
	cfg := p.config(endpoint)
	if provider := p.project.Providers[ref]; provider != nil {
		cfg.APIKey = imaginator.NewSecret(provider.APIKey)
	}
	cfg.Loopback = endpoint.Origin.Local()
	return imaginator.New(cfg)
}

func (p *providers) config(at config.Endpoint) imaginator.Config {
	return imaginator.Config{
		BaseURL: at.BaseURL, UserAgent: "assetform/" + p.session.Version,
		Logger: p.session.Log, Redactor: p.session.redactor(p.project),
	}
}

// charging connects with a paid provider's key, at an endpoint that is allowed.
func (p *providers) charging(ref config.ProviderRef, at config.Endpoint) (*imaginator.Client, error) {
	key := p.session.paidKey(p.project, ref)
	if key == "" {
		return nil, errMissingKey
	}
	cfg := p.config(at)
	cfg.APIKey = imaginator.NewSecret(key)
	return imaginator.New(cfg)
}

// errMissingKey tells how to give the key.
var errMissingKey = errors.New("the API key is missing: set the environment variable " + keyVariable +
	", or api_key in the provider block from a sensitive variable")
