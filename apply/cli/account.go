package cli

import (
	"context"
	"fmt"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	"assetform/config"
)

// account is what the commands that ask a provider want to know.
type account interface {
	Quota(context.Context) (imaginator.Quota, error)
	Health(context.Context) (imaginator.Health, error)
	Models(context.Context) ([]imaginator.Model, error)
	Task(ctx context.Context, id string) (imaginator.Task, error)
}

// account returns whom to ask about a provider.
func (p *providers) account(ref config.ProviderRef) (account, error) {
	if p.embeds(ref) {
		return embedded{p.project.Engines.Embedded().Type}, nil
	}
	c, err := p.client(ref)
	if err != nil {
		return nil, err // not a nil client in a non-nil interface
	}
	return c, nil
}

// embeds tells that a provider is the engine inside the process.
func (p *providers) embeds(ref config.ProviderRef) bool {
	return !p.project.Engines.Charges(ref.Type) && p.project.Endpoint(ref).IsZero()
}

// client returns the client of a provider that speaks the service's API.
func (p *providers) client(ref config.ProviderRef) (*imaginator.Client, error) {
	d, err := p.Driver(ref)
	if err != nil {
		return nil, err
	}
	if d, ok := d.(*imaginator.Driver); ok {
		if c, ok := d.API().(*imaginator.Client); ok {
			return c, nil
		}
	}
	return nil, fmt.Errorf("provider %s has no account to ask about", ref)
}

// embedded answers for the engine inside the process, which charges nothing,
// limits nothing and lives no longer than a command.
type embedded struct{ tier string }

func (e embedded) Quota(context.Context) (imaginator.Quota, error) {
	const plenty = 1_000_000_000
	all := imaginator.Allowance{HourlyLimit: plenty, Remaining: plenty}
	return imaginator.Quota{
		Tier:   e.tier,
		Images: imaginator.ImageAllowance{Allowance: all, ConcurrentLimit: 5},
		Videos: all,
	}, nil
}

func (embedded) Health(context.Context) (imaginator.Health, error) {
	return imaginator.Health{Status: "ok", Service: imaginator.ServiceStudio, Idempotency: true}, nil
}

func (embedded) Models(context.Context) ([]imaginator.Model, error) {
	return imaginator.Offered(), nil
}

func (embedded) Task(_ context.Context, id string) (imaginator.Task, error) {
	return imaginator.Task{}, &engine.Error{NotFound: true, Message: "the embedded engine has no task from before this command"}
}
