package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"assetform/apply/engine"
	"assetform/config"
)

// providers makes the drivers of a project's providers, each once and only
// when it is asked for: a plan without paid work needs no key.
type providers struct {
	*streams
	available []engine.Engine
	agent     string
	project   *config.Project

	mu      sync.Mutex
	drivers map[config.ProviderRef]engine.Driver
	makers  map[string]engine.Maker
}

func newProviders(s *Session, p *config.Project) *providers {
	return &providers{
		streams: s.streams, available: s.drivers, agent: "assetform/" + s.version, project: p,
		drivers: map[config.ProviderRef]engine.Driver{}, makers: map[string]engine.Maker{},
	}
}

// Maker returns what makes the assets that a type of provider derives.
func (p *providers) Maker(typ string) (engine.Maker, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.makers[typ] == nil {
		i := slices.IndexFunc(p.available, func(e engine.Engine) bool { return e.Spec.Type == typ && e.Make != nil })
		if i < 0 {
			return nil, fmt.Errorf("there is no engine %q", typ)
		}
		p.makers[typ] = p.available[i].Make(engine.MakerSettings{Log: p.Log})
	}
	return p.makers[typ], nil
}

// Driver returns the driver of a provider.
func (p *providers) Driver(ref config.ProviderRef) (engine.Driver, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := p.drivers[ref]; d != nil {
		return d, nil
	}
	if d := p.refusal(p.project, ref); d != nil {
		return nil, &originError{d}
	}
	d, err := p.open(ref, p.project.Endpoint(ref))
	if err != nil {
		return nil, err
	}
	p.drivers[ref] = d
	return d, nil
}

// close closes the drivers and makers that work beside the run.
func (p *providers) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.makers {
		if c, ok := m.(io.Closer); ok {
			c.Close()
		}
	}
	for _, d := range p.drivers {
		if c, ok := d.(io.Closer); ok {
			c.Close()
		}
	}
}

// open makes a driver for an endpoint that is allowed, with the provider's key.
func (p *providers) open(ref config.ProviderRef, at config.Endpoint) (engine.Driver, error) {
	i := slices.IndexFunc(p.available, func(e engine.Engine) bool { return e.Spec.Type == ref.Type })
	if i < 0 {
		return nil, fmt.Errorf("there is no engine %q", ref.Type)
	}
	e := p.available[i]
	settings := engine.Settings{
		BaseURL: at.BaseURL, UserAgent: p.agent, Log: p.Log,
		Redactor: p.redactor(p.project), Unwritten: p.unwritten(p.project),
	}
	if e.Spec.Free {
		settings.Loopback = !at.IsZero() && at.Origin.Local()
		if provider := p.project.Providers[ref]; provider != nil {
			settings.Key = provider.APIKey
			if provider.NoCaption {
				settings.Unwritten = func(string) bool { return true }
			}
		}
		return openWith(e, settings, "api_key of the provider block")
	}
	settings.Key = p.paidKey(p.project, ref)
	if env := e.Spec.Server.KeyEnv; settings.Key == "" && env != "" {
		return nil, &missingKeyError{env}
	}
	from := "api_key of the provider block"
	if provider := p.project.Providers[ref]; provider == nil || provider.APIKey == "" {
		from = "the environment variable " + e.Spec.Server.KeyEnv
	}
	return openWith(e, settings, from)
}

// openWith opens an engine, and says of a key that cannot be one where it was
// read.
func openWith(e engine.Engine, settings engine.Settings, from string) (engine.Driver, error) {
	d, err := e.Open(settings)
	if errors.Is(err, engine.ErrKey) {
		return nil, fmt.Errorf("%w. It was read from %s", err, from)
	}
	return d, err
}

// missingKeyError tells how to give the key.
type missingKeyError struct{ variable string }

func (e *missingKeyError) Error() string {
	return "the API key is missing: set the environment variable " + e.variable +
		", or api_key in the provider block from a sensitive variable"
}
