package cli

import (
	"context"
	"errors"
	"io/fs"
	"sync"
	"time"

	"assetform/apply/remote"
	"assetform/apply/store"
	"assetform/config"
	"assetform/lockfile"

	"golang.org/x/sync/errgroup"
)

// A plan is made from what is known. What it would have to know of the remote is
// noted while it is made, then asked all at once, and it is made again.

// asker knows what the remote has of what a plan asks. A nil one knows nothing,
// and asks nothing.
//
// With a store it brings there what was found. What an apply is to restore is
// read before anybody is told what it costs: bytes that turn out to be others
// count as absent.
type asker struct {
	ctx      context.Context
	remote   *remote.Remote
	store    *store.Store // nil: nothing is brought
	project  *config.Project
	until    time.Time                        // zero until something was asked
	results  map[wantedResult]*lockfile.Entry // nil: not there, or not asked yet
	contents map[lockfile.ContentHash]bool
	theirs   map[lockfile.InputsHash]bool // whose results were found
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
	askingAtOnce = 64
)

func newAsker(ctx context.Context, w *workspace, to *store.Store) *asker {
	return &asker{ctx: ctx, remote: w.remote, store: to, project: w.project, results: map[wantedResult]*lockfile.Entry{}, contents: map[lockfile.ContentHash]bool{}, theirs: map[lockfile.InputsHash]bool{}}
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
			if ok && a.store != nil {
				ok, err = here(a.remote.FetchResult(a.ctx, a.store, &e))
			}
			if ok {
				a.mu.Lock()
				defer a.mu.Unlock()
				a.results[want], a.theirs[h] = &e, true
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
			if ok && a.store != nil {
				ok, err = here(a.remote.Fetch(a.ctx, a.store, h, size))
			}
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

// here tells whether a download came: what is absent after all is no failure.
func here(err error) (bool, error) {
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// found tells that these inputs' result is the remote's, though the store has it
// by now.
func (a *asker) found(h lockfile.InputsHash) bool { return a != nil && a.theirs[h] }

// brought tells that a content came from the remote.
func (a *asker) brought(h lockfile.ContentHash) bool { return a != nil && a.contents[h] }

// answer asks what is open, and tells whether the remote had any of it. All that
// is looked for together takes a bounded time.
func (a *asker) answer() bool {
	if a == nil || len(a.open) == 0 {
		return false
	}
	if a.until.IsZero() || a.store != nil { // downloads are no part of it
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
