package apply

import (
	"context"
	"errors"
	"io/fs"
	"sync"

	"assetform/apply/remote"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/address"
	"assetform/config/engine"
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
			if w.Output != "" && !d.Store.Has(w.Hash) {
				if has, err := r.Has(ctx, w.Hash, w.Size); has || err != nil {
					p.failed(err)
					return nil
				}
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

// results uploads the results that an entry tells of.
func (p *pushing) results(text string, e lockfile.Entry) {
	for _, one := range paidResults(p.disk.Project.Engines, e) {
		u := remote.Upload{Inputs: one.InputsHash, Origin: p.disk.Store.Origin(one.InputsHash, one.UpstreamHash())}
		if u.Origin == "" {
			u.Origin = p.origin(text, e.Provider)
		}
		if one.UpstreamHash() == e.UpstreamHash() {
			u.Result = &one
		}
		p.group.Go(func() error {
			err := p.look(u)
			if err == nil {
				err = p.remote.Upload(p.ctx, p.disk.Store, u)
			}
			if !errors.Is(err, fs.ErrNotExist) {
				p.failed(err)
			}
			return nil
		})
	}
}

// look reads the record that is to be written: one that is damaged is written
// over.
func (p *pushing) look(u remote.Upload) error {
	e := u.Result
	if e == nil {
		stored, ok, err := p.disk.Store.Result(u.Inputs)
		if err != nil || !ok {
			return err
		}
		e = &stored
	}
	_, err := p.remote.HasResult(p.ctx, e)
	return err
}

// paidResults are the results that an entry tells of, first that of its output.
// What a person made and what cost nothing are none.
func paidResults(engines engine.Registry, e lockfile.Entry) (list []lockfile.Entry) {
	if e.ByHand() || e.Placeholder || !engines.Charges(e.Provider) {
		return nil
	}
	if len(e.Candidates) == 0 {
		if alone, ok := plan.Shared(engines, e); ok {
			list = append(list, alone)
		}
		return list
	}
	alone, ok := plan.OutputAlone(engines, e)
	if ok {
		list = append(list, alone)
	}
	for _, one := range plan.Alone(engines, e) {
		if h := one.InputsHash; !h.IsZero() && h != alone.InputsHash {
			list = append(list, one)
		}
	}
	return list
}

// A WantedResult is one that the lock names and that was paid for, so that the
// remote is to have a record of it.
type WantedResult struct {
	Address string
	Entry   lockfile.Entry
}

// WantedResults are all results that the lock names, each once, in the order of
// the addresses, as far as this machine could write their records: of a
// candidate that is not the output the store alone knows enough.
func WantedResults(engines engine.Registry, lock *lockfile.Lock, s *store.Store) (list []WantedResult) {
	seen := map[lockfile.InputsHash]bool{}
	for _, text := range lock.Addresses() {
		e := lock.Assets[text]
		for _, one := range paidResults(engines, e) {
			if seen[one.InputsHash] {
				continue
			}
			known := one.UpstreamHash() == e.UpstreamHash()
			if !known {
				one, known, _ = s.Result(one.InputsHash)
			}
			if known {
				seen[one.InputsHash] = true
				list = append(list, WantedResult{text, one})
			}
		}
	}
	return list
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
