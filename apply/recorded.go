package apply

import (
	"errors"
	"fmt"

	"assetform/apply/engine"
	"assetform/apply/journal"
	"assetform/config"
)

// ErrOriginNotAllowed: what a journal record names is no place to which the
// environment lets a key go.
var ErrOriginNotAllowed = errors.New("nothing may be sent there")

// openRecorded opens the origins at which the journal knows tasks that assets
// of the plan want: the map of lanes changes no more once assets are started.
func (p *providers) openRecorded(known *journal.Index) {
	for _, h := range known.PaidHashes() {
		for _, in := range known.PaidTasks(h) {
			switch l, err := p.opened(in); {
			case errors.Is(err, ErrOriginNotAllowed):
				p.notAllowed[in.Origin] = true
			case err == nil:
				l.recorded = p.lanes[l.ref] != l
			}
		}
	}
}

// opened finds the server that an intent was sent to, and opens it if no
// asset of the plan needs it. A task is asked about at the origin that its
// record names, whatever the configuration says today.
func (p *providers) opened(in *journal.Intent) (*lane, error) {
	if l := p.at(in); l != nil {
		return l, nil
	}
	reason := fmt.Errorf("no provider leads there")
	for _, ref := range providersOf(p.project, in.Provider) {
		if p.lanes[ref] != nil {
			continue
		}
		gen, err := p.drivers(ref)
		if err != nil {
			reason = err
			continue
		}
		if gen.Origin() == in.Origin {
			return p.openFor(ref, ref, gen), nil
		}
	}
	if p.driverAt == nil || !p.project.Engines.Charges(in.Provider) {
		return nil, reason
	}
	gen, err := p.driverAt(in.Provider, in.Origin)
	if err != nil {
		return nil, err
	}
	ref := config.ProviderRef{Type: in.Provider}
	return p.openFor(config.ProviderRef{Type: in.Provider, Alias: in.Origin}, ref, gen), nil
}

// at returns the lane that leads where an intent was sent to; nil: there is
// none.
func (p *providers) at(in *journal.Intent) *lane {
	for _, l := range p.lanes {
		if l.ref.Type == in.Provider && l.gen.Origin() == in.Origin {
			return l
		}
	}
	return nil
}

// openFor adds a lane that only picks up tasks. No alias is an origin, so it
// takes nobody's place.
func (p *providers) openFor(key, ref config.ProviderRef, gen engine.Driver) *lane {
	limit := p.startLimit(ref)
	if limit == 0 {
		limit = defaultParallelism
	}
	p.lanes[key] = p.newLane(ref, gen, limit)
	return p.lanes[key]
}

// providersOf lists the configured providers of a type, the default one first.
func providersOf(project *config.Project, kind string) []config.ProviderRef {
	list := []config.ProviderRef{{Type: kind}}
	for _, alias := range sortedAliases(project.Providers, kind) {
		list = append(list, config.ProviderRef{Type: kind, Alias: alias})
	}
	return list
}

func sortedAliases(providers map[config.ProviderRef]*config.Provider, kind string) []string {
	names := map[string]bool{}
	for ref := range providers {
		if ref.Type == kind && ref.Alias != "" {
			names[ref.Alias] = true
		}
	}
	return sortedKeys(names)
}
