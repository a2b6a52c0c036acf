package cli

import (
	"errors"
	"fmt"
	"net/http"
	"sync"

	"assetform/apply"
	"assetform/apply/imaginator"
	"assetform/apply/studio"
	"assetform/config"
)

// DefaultBaseURL is the real service's API (from the API document).
const DefaultBaseURL = "https://imaginator.mat3u.com/api/v1"

// embeddedURL names the engine inside the process. It is never resolved.
const embeddedURL = "http://studio.local/api/v1"

// providers makes the clients of a project's providers, each once and only
// when it is asked for: a plan without paid work needs no key.
type providers struct {
	session *Session
	project *config.Project

	mu       sync.Mutex
	clients  map[config.ProviderRef]*imaginator.Client
	embedded *studio.Server
}

func (s *Session) providers(p *config.Project) *providers {
	return &providers{session: s, project: p, clients: map[config.ProviderRef]*imaginator.Client{}}
}

// Generator returns the client of a provider.
func (p *providers) Generator(ref config.ProviderRef) (apply.Generator, error) {
	c, err := p.client(ref)
	if err != nil {
		return nil, err // not a nil client in a non-nil interface
	}
	return c, nil
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
	provider := p.project.Providers[ref]
	if provider == nil {
		provider = &config.Provider{Ref: ref}
	}
	cfg := imaginator.Config{
		BaseURL:   provider.BaseURL,
		UserAgent: "assetform/" + p.session.Version,
		Logger:    p.session.Log,
		Redactor:  p.session.redactor(p.project),
	}
	key := provider.APIKey
	if ref.Type == "local" {
		if cfg.BaseURL != "" {
			cfg.APIKey = imaginator.NewSecret(key)
			return imaginator.New(cfg)
		}
		transport, err := p.embeddedTransport()
		if err != nil {
			return nil, err
		}
		cfg.BaseURL, cfg.Transport = embeddedURL, transport
		return imaginator.New(cfg)
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = DefaultBaseURL
	}
	if key == "" {
		key, _ = p.session.env(keyVariable)
	}
	if key == "" {
		return nil, errMissingKey
	}
	cfg.APIKey = imaginator.NewSecret(key)
	return imaginator.New(cfg)
}

// errMissingKey tells how to give the key.
var errMissingKey = errors.New("the API key is missing: set the environment variable " + keyVariable +
	", or api_key in the provider block from a sensitive variable")

// embeddedTransport starts the engine inside the process.
func (p *providers) embeddedTransport() (http.RoundTripper, error) {
	if p.embedded == nil {
		server, err := studio.New(studio.Options{Anonymous: true, Logger: p.session.Log, Unwritten: p.session.unwritten(p.project)})
		if err != nil {
			return nil, fmt.Errorf("start the embedded engine: %w", err)
		}
		p.embedded = server
	}
	return imaginator.HandlerTransport(p.embedded), nil
}

// close stops the embedded engine.
func (p *providers) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.embedded == nil {
		return nil
	}
	return p.embedded.Close()
}
