package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"assetform/apply/engine"
	"assetform/apply/engine/imaginator"
	"assetform/config"
	"assetform/config/diag"
	"assetform/plan"

	"github.com/spf13/pflag"
)

// apiFlags choose the provider that a command asks.
type apiFlags struct {
	evaluation
	alias string
	json  bool
}

func (f *apiFlags) bind(fs *pflag.FlagSet) {
	f.vars.bind(fs)
	fs.StringVar(&f.alias, "provider", "", "ask this `PROVIDER` of the configuration: TYPE or TYPE.ALIAS")
	fs.BoolVar(&f.json, "json", false, "print JSON")
}

// ask runs one question against the API and prints the answer. Where no
// service is configured, people get the words of inside instead.
func ask[T any](fs *pflag.FlagSet, question func(context.Context, account) (T, error), text func(T) string, inside string) Run {
	var f apiFlags
	f.bind(fs)
	return func(ctx context.Context, s *Session, args []string) int {
		if !s.noArgs(args) {
			return ExitError
		}
		return withClient(ctx, s, &f, func(ctx context.Context, c account, _ *diag.Redactor) (string, error) {
			answer, err := question(ctx, c)
			if err != nil {
				return "", err
			}
			if e, in := c.(embedded); in && inside != "" && !f.json {
				return fmt.Sprintf("No service is configured: the embedded engine %q answers. %s\n", e.tier, inside), nil
			}
			if !f.json {
				return printable(text(answer)), nil
			}
			b, err := plan.Encode(answer)
			return string(b), err
		})
	}
}

// withClient asks the chosen provider and prints what comes of it.
func withClient(ctx context.Context, s *Session, f *apiFlags, do func(context.Context, account, *diag.Redactor) (string, error)) int {
	f.needKeys, f.sends = true, true
	p, ok := s.loadProject(f.evaluation)
	if !ok {
		return ExitError
	}
	ref, err := chooseProvider(p, f.alias)
	if err != nil {
		return s.fail("No such provider", err)
	}
	clients := newProviders(s, p)
	client, err := clients.account(ref)
	if err != nil {
		return unusable(s.streams, err, p)
	}
	ctx, cancel := context.WithTimeout(ctx, apiTimeout)
	defer cancel()
	answered := s.waiting(p.Endpoint(ref))
	text, err := do(ctx, client, s.redactor(p))
	answered()
	if err != nil {
		return s.fail(refused(err, p, ref))
	}
	return s.outputJSON(text)
}

// refused says what came in place of the answer that was wanted, and what to
// look at.
func refused(err error, p *config.Project, ref config.ProviderRef) (summary string, why error) {
	at := p.Endpoint(ref)
	summary, failure := "No answer from the API", engine.As(err)
	if at.IsZero() {
		summary = "No answer from the embedded engine"
	} else if said := (*imaginator.Error)(nil); errors.As(err, &said) && said.Status != 0 {
		summary = "No usable answer from the API"
		err = fmt.Errorf("the API at %s: %w", at.Origin, err)
	}
	switch {
	case failure.NotFound:
		return "No such task", err
	case failure.KeyRefused:
		return "API key was refused", fmt.Errorf("%w. Check the key (%s), its license, and base_url", err, p.Engines.Engine(ref.Type).Server.KeySource())
	case failure.NoSuchPath:
		summary = "API has no such path"
		fallthrough
	case failure.NotTheService:
		err = fmt.Errorf("%w. Check base_url, %s: the API's path is part of it, as in https://host/api/v1", err, at.BaseURL)
	}
	return summary, err
}

// chooseProvider finds the provider that is named, or the only one, or the
// one that charges.
func chooseProvider(p *config.Project, name string) (config.ProviderRef, error) {
	var names []string
	for ref := range p.Providers {
		if ref.String() == name {
			return ref, nil
		}
		names = append(names, ref.String())
	}
	switch {
	case name == "" && len(p.Providers) == 0:
		return config.ProviderRef{Type: p.Engines.Embedded().Type}, nil
	case p.Engines.Engine(name) != nil:
		return config.ProviderRef{Type: name}, nil
	case name != "":
		return config.ProviderRef{}, fmt.Errorf("the configuration has no provider %q%s", name, DidYouMean(name, names))
	}
	for _, typ := range p.Engines.Types() {
		if ref := (config.ProviderRef{Type: typ}); p.Engines.Charges(typ) && p.Providers[ref] != nil {
			return ref, nil
		}
	}
	if len(p.Providers) == 1 {
		for ref := range p.Providers {
			return ref, nil
		}
	}
	return config.ProviderRef{}, fmt.Errorf("the configuration has several providers (%s); name one with --provider", strings.Join(names, ", "))
}

// Quota is the command quota.
func Quota(fs *pflag.FlagSet) Run {
	return ask(fs, func(ctx context.Context, c account) (imaginator.Quota, error) { return c.Quota(ctx) },
		func(q imaginator.Quota) string {
			var b strings.Builder
			fmt.Fprintf(&b, "tier    %s\n", inline(q.Tier))
			fmt.Fprintf(&b, "images  %d of %d credits used this hour, %d left\n", q.Images.UsedThisHour, q.Images.HourlyLimit, q.Images.Remaining)
			fmt.Fprintf(&b, "videos  %d of %d used this hour, %d left\n", q.Videos.UsedThisHour, q.Videos.HourlyLimit, q.Videos.Remaining)
			fmt.Fprintf(&b, "tasks   %d running, %d at once allowed\n", q.Images.ActiveTasks, q.Images.ConcurrentLimit)
			return b.String()
		}, "It charges nothing and limits nothing.")
}

// Health is the command health.
func Health(fs *pflag.FlagSet) Run {
	return ask(fs, func(ctx context.Context, c account) (imaginator.Health, error) { return c.Health(ctx) },
		func(h imaginator.Health) string {
			text := "The API answers"
			if h.Service != "" {
				text += ": " + inline(h.Service)
			}
			if h.Idempotency {
				text += "; it honours Idempotency-Key"
			}
			return text + ".\n"
		}, "It needs no network and no key.")
}

// Models is the command models.
func Models(fs *pflag.FlagSet) Run {
	return ask(fs, func(ctx context.Context, c account) ([]imaginator.Model, error) { return c.Models(ctx) },
		func(models []imaginator.Model) string {
			var b strings.Builder
			for _, m := range models {
				fmt.Fprintf(&b, "%-16s %-8s %-9s  %s\n", inline(m.ID), inline(m.Engine), diag.Count(m.Credits, "credit"), inline(m.Description))
			}
			return b.String()
		}, "")
}
