package apply

import (
	"context"
	"errors"
	"io/fs"
	"sync"

	"assetform/apply/remote"
	"assetform/config"
	"assetform/config/address"
	"assetform/lockfile"
	"assetform/plan"

	"golang.org/x/sync/errgroup"
)

// A Wanted content is one that the lock names.
type Wanted struct {
	Address string
	Hash    lockfile.ContentHash
	Size    int64  // in bytes, 0 if the lock does not say
	Output  string // where it stands if it is the output; "": it is none
}

// WantedContents are all contents that the lock names, each once, in the order of
// the addresses: outputs, what they were converted from, and candidates.
func WantedContents(lock *lockfile.Lock) (list []Wanted) {
	seen := map[lockfile.ContentHash]bool{{}: true}
	add := func(w Wanted) {
		if !seen[w.Hash] {
			seen[w.Hash] = true
			list = append(list, w)
		}
	}
	for _, text := range lock.Addresses() {
		e := lock.Assets[text]
		add(Wanted{text, e.ContentHash, e.Bytes, e.Output})
		add(Wanted{Address: text, Hash: e.SourceHash})
		for _, c := range e.Candidates {
			add(Wanted{Address: text, Hash: c.ContentHash})
		}
	}
	return list
}

// pushesAtOnce bounds the uploads of a push.
const pushesAtOnce = 16

// Push uploads what the lock names and the remote does not have: contents of the
// store and of outputs that stand, and the results of those that were paid for.
// It returns what is neither here nor there.
func Push(ctx context.Context, d Disk, r *remote.Remote) ([]Wanted, error) {
	out, err := d.open()
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p := pushing{ctx: ctx, remote: r, disk: &d}
	p.group.SetLimit(pushesAtOnce)
	for _, w := range WantedContents(d.Lock) {
		p.group.Go(func() error {
			if w.Output != "" {
				_ = out.TakeIn(w.Hash, w.Output) // what is not there is missing
			}
			err := r.Upload(ctx, d.Store, remote.Upload{Contents: []lockfile.ContentHash{w.Hash}})
			if !errors.Is(err, fs.ErrNotExist) {
				p.failed(err)
				return nil
			}
			has, err := r.Has(ctx, w.Hash, w.Size)
			p.failed(err)
			if err == nil && !has {
				p.mu.Lock()
				p.missing = append(p.missing, w)
				p.mu.Unlock()
			}
			return nil
		})
	}
	_ = p.group.Wait()
	for _, text := range d.Lock.Addresses() {
		p.results(text, d.Lock.Assets[text])
	}
	for _, u := range r.Due() {
		p.upload(u)
	}
	_ = p.group.Wait()
	return p.missing, p.err
}

// pushing is a push under way.
type pushing struct {
	ctx    context.Context
	remote *remote.Remote
	disk   *Disk
	group  errgroup.Group // none of its functions fails

	mu      sync.Mutex
	missing []Wanted
	err     error
}

func (p *pushing) failed(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
}

func (p *pushing) upload(u remote.Upload) {
	p.group.Go(func() error {
		if err := p.remote.Upload(p.ctx, p.disk.Store, u); !errors.Is(err, fs.ErrNotExist) {
			p.failed(err)
		}
		return nil
	})
}

// results uploads the results that an entry tells of. What a person made and what
// cost nothing are none.
func (p *pushing) results(text string, e lockfile.Entry) {
	engines := p.disk.Project.Engines
	if e.ByHand() || e.Placeholder || !engines.Charges(e.Provider) {
		return
	}
	origin := p.origin(text, e.Provider)
	alone, ok := plan.Shared(engines, e)
	if len(e.Candidates) > 0 {
		alone, ok = plan.OutputAlone(engines, e)
		for _, one := range plan.Alone(engines, e) {
			if h := one.InputsHash; !h.IsZero() && h != alone.InputsHash {
				p.upload(remote.Upload{Inputs: h, Origin: origin})
			}
		}
	}
	if ok {
		p.upload(remote.Upload{Inputs: alone.InputsHash, Origin: origin, Result: &alone})
	}
}

// origin is where the provider of an asset leads today.
func (p *pushing) origin(text, typ string) string {
	ref := config.ProviderRef{Type: typ}
	if a, err := address.Parse(text); err == nil {
		if s := p.disk.spec(a); s != nil && s.Provider.Type == typ {
			ref = s.Provider
		}
	}
	return p.disk.Project.Endpoint(ref).Origin.String()
}
