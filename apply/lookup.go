package apply

import (
	"context"
	"slices"
	"sync"

	"assetform/plan"
)

// mustAsk tells that a result may be in the remote, and is to be looked for there
// before it is paid for. What this machine has paid for already is collected.
func (s *scheduler) mustAsk(n *node) bool {
	return !n.looked && !asked(n.change) && s.sharing.hasResults(n) && !s.known.Waits(n.hash)
}

// lookUp looks for an asset's result in the remote, and then in git.
func (s *scheduler) lookUp(ctx context.Context, n *node) {
	s.start(n)
	n.looked = true
	go func() {
		asking, done := s.stops.whileSending(ctx)
		defer done()
		o := outcome{node: n, ending: endLooked}
		e, ok, err := s.sharing.find(asking, n, s.results.usable(n))
		switch {
		case err != nil:
			o = s.sharing.left(ctx, n, err)
			o.looked = true
		case ok:
			o.entry, n.fromRemote = &e, true
		}
		s.outcomes <- o
	}()
}

// concludeLookUp goes on with an asset whose result was looked for.
func (s *scheduler) concludeLookUp(ctx context.Context, o outcome) {
	n := o.node
	n.state = nodeQueued
	if o.entry == nil {
		s.admitGeneration(ctx, n)
		return
	}
	n.stored = o.entry
	s.localReady.push(n)
}

// prefetch begins the downloads of planned restores, so that they do not wait
// for each other. What fails here fails again with its asset's name.
func (s *scheduler) prefetch(ctx context.Context) (wait func()) {
	var all sync.WaitGroup
	fromRemote := slices.Clone(s.order)
	fromRemote = slices.DeleteFunc(fromRemote, func(n *node) bool {
		return n.change.From != plan.FromRemote || n.change.Action != plan.Restore
	})
	next := make(chan *node, len(fromRemote))
	for _, n := range fromRemote {
		next <- n
	}
	close(next)
	for range min(lookupsAtOnce, len(fromRemote)) {
		all.Go(func() {
			asking, done := s.stops.whileSending(ctx)
			defer done()
			for n := range next {
				if asking.Err() == nil {
					_ = s.sharing.fetch(asking, n.change)
				}
			}
		})
	}
	return all.Wait
}
