package cli

import (
	"context"
	"sync"
	"time"

	"assetform/apply/remote"
	"assetform/config"
	"assetform/lockfile"

	"golang.org/x/sync/errgroup"
)

// A plan is made from what is known. What it would have to know of the remote is
// noted while it is made, then asked all at once, and it is made again.

// asker knows what the remote has of what a plan asks. A nil one knows nothing,
// and asks nothing.
type asker struct {
	ctx      context.Context
	remote   *remote.Remote
	project  *config.Project
	until    time.Time                        // zero until something was asked
	results  map[wantedResult]*lockfile.Entry // nil: not there, or not asked yet
	contents map[lockfile.ContentHash]bool
	open     []func(context.Context) (found bool, err error)

	mu  sync.Mutex
	err error
}

// wantedResult is what an asset of a provider asks for.
type wantedResult struct {
	inputs   lockfile.InputsHash
	provider config.ProviderRef
}

const (
	askingTime   = 5 * time.Second
	askingAtOnce = 32
)

func newAsker(ctx context.Context, w *workspace) *asker {
	return &asker{ctx: ctx, remote: w.remote, project: w.project, results: map[wantedResult]*lockfile.Entry{}, contents: map[lockfile.ContentHash]bool{}}
}

// result is what the remote has of these inputs. What costs nothing has no
// results there.
func (a *asker) result(h lockfile.InputsHash, ref config.ProviderRef) (lockfile.Entry, bool) {
	if a == nil || !a.project.Engines.Charges(ref.Type) {
		return lockfile.Entry{}, false
	}
	want := wantedResult{h, ref}
	e, asked := a.results[want]
	if !asked {
		a.results[want] = nil
		at := a.project.Endpoint(ref).Origin.String()
		a.open = append(a.open, func(ctx context.Context) (bool, error) {
			e, ok, err := a.remote.Find(ctx, h, []string{at})
			if ok {
				a.mu.Lock()
				defer a.mu.Unlock()
				a.results[want] = &e
			}
			return ok, err
		})
	}
	if e == nil {
		return lockfile.Entry{}, false
	}
	return *e, true
}

// has tells whether the remote has the content of an entry of the lock.
func (a *asker) has(e *lockfile.Entry) bool {
	if a == nil {
		return false
	}
	h, size := e.ContentHash, e.Bytes
	has, asked := a.contents[h]
	if !asked {
		a.contents[h] = false
		a.open = append(a.open, func(ctx context.Context) (bool, error) {
			ok, err := a.remote.Has(ctx, h, size)
			if ok {
				a.mu.Lock()
				defer a.mu.Unlock()
				a.contents[h] = true
			}
			return ok, err
		})
	}
	return has
}

// answer asks what is open, and tells whether the remote had any of it. All that
// is asked for one plan takes a bounded time together.
func (a *asker) answer() bool {
	if a == nil || len(a.open) == 0 {
		return false
	}
	if a.until.IsZero() {
		a.until = time.Now().Add(askingTime)
	}
	ctx, cancel := context.WithDeadline(a.ctx, a.until)
	defer cancel()
	open := a.open
	a.open = nil
	var found bool
	var g errgroup.Group
	g.SetLimit(askingAtOnce)
	for _, ask := range open {
		g.Go(func() error {
			ok, err := ask(ctx)
			a.mu.Lock()
			defer a.mu.Unlock()
			found = found || ok
			if a.err == nil {
				a.err = err
			}
			return nil
		})
	}
	_ = g.Wait() // none fails
	return found
}

// failed is why not everything was answered.
func (a *asker) failed() error {
	if a == nil {
		return nil
	}
	return a.err
}
