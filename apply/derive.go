package apply

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"assetform/apply/engine"
	"assetform/apply/outputs"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/address"
	spec "assetform/config/engine"
	"assetform/lockfile"
	"assetform/plan"
)

// derivations make what is derived of other files of the project: for nothing,
// on this machine, so that there is no request and no journal, and who is
// killed loses what it can make again. Methods may be called concurrently.
type derivations struct {
	engines spec.Registry
	project *config.Project
	makers  func(provider string) (engine.Maker, error)
	outputs *outputs.Files
	store   *store.Store

	mu     sync.Mutex
	warned map[string]bool
}

// make puts what an asset derives into the store, under its inputs hash.
func (d *derivations) make(ctx context.Context, n *node) (lockfile.Entry, engine.Made, error) {
	maker, err := d.makers(n.change.Provider)
	if err != nil {
		return lockfile.Entry{}, engine.Made{}, err
	}
	p, err := d.store.Create()
	if err != nil {
		return lockfile.Entry{}, engine.Made{}, err
	}
	defer p.Abort()
	made, err := maker.Make(ctx, d.job(n), p)
	if err != nil {
		return lockfile.Entry{}, engine.Made{}, err
	}
	e := lockfile.Entry{
		Provider: n.change.Provider, Method: n.change.Method, Inputs: n.fp.Inputs(), InputsHash: n.hash,
		ContentHash: p.Sum(), MediaType: made.MediaType, Bytes: p.Size(), Width: made.Width, Height: made.Height,
		Marks: made.Marks, Frames: made.Frames,
	}
	if made.Unsigned || n.isOf(p.Sum()) {
		p.Disclaim()
	}
	if err := p.CommitResult(n.hash, e); err != nil {
		return lockfile.Entry{}, engine.Made{}, err
	}
	return e, made, nil
}

// isOf tells that a content is that of one of the asset's inputs: what came out
// is a copy, and the store must not take the input for a result of ours.
func (n *node) isOf(h lockfile.ContentHash) bool {
	return slices.ContainsFunc(n.fp.Images, func(im plan.Image) bool { return im.Hash == h })
}

// fresh are the warnings that this run has not given yet.
func (d *derivations) fresh(warnings []string) []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(warnings), func(w string) bool {
		known := d.warned[w]
		d.warned[w] = true
		return known
	})
}

func (d *derivations) job(n *node) engine.Job {
	j := engine.Job{
		Address: n.address(), Method: n.change.Method, Dir: n.change.Spec.Dir, Output: n.change.Output, Params: paramsOf(n.change.Spec),
		Credit: d.project.Provenance.Credit, Rights: d.project.Provenance.Rights,
	}
	for _, im := range n.fp.Images {
		s := engine.Source{Input: im.Name, Member: im.Member, Path: im.Path, Hash: im.Hash, Address: im.Upstream, Open: func() (engine.File, error) { return d.open(im) }}
		if e := n.upstreams[im.Upstream]; e != nil {
			s.Entry = e
			s.Generated = !e.ByHand() && !d.engines.Derives(e.Provider)
			s.Charged = s.Generated && d.engines.Charges(e.Provider)
		}
		if up := d.project.Spec(im.Upstream); up != nil {
			s.Alt, s.Params = up.Alt, paramsOf(up)
			if len(up.Inputs) == 1 {
				s.Of = up.Inputs[0].Upstream
			}
		}
		s.Size = d.size(im, s.Entry)
		j.Sources = append(j.Sources, s)
	}
	return j
}

// paramsOf are the parameters that are not at their defaults.
func paramsOf(s *config.Spec) map[string]any {
	params := make(map[string]any, len(s.Params))
	for _, p := range s.Params {
		if !p.IsDefault {
			params[p.Name] = p.Value
		}
	}
	return params
}

// size is how large a source is; what keeps it from being told shows when it is
// opened.
func (d *derivations) size(im plan.Image, e *lockfile.Entry) int64 {
	if e != nil && e.ContentHash == im.Hash {
		return e.Bytes
	}
	f, err := d.open(im)
	if err != nil {
		return 0
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	return info.Size()
}

// open opens a source: from the store, where it is whole, else at its path. What
// stands there is compared with its hash by who reads it.
func (d *derivations) open(im plan.Image) (*os.File, error) {
	f, err := d.store.Open(im.Hash)
	if err == nil {
		return f, nil
	}
	var damage *store.DamagedError
	if !errors.Is(err, fs.ErrNotExist) && !errors.As(err, &damage) {
		return nil, err
	}
	f, atPath := d.outputs.OpenFile(im.Path)
	if errors.Is(atPath, fs.ErrNotExist) && damage != nil {
		return nil, err
	}
	return f, atPath
}

// entriesOf are the entries of an asset's upstreams.
func (s *scheduler) entriesOf(n *node) map[address.Address]*lockfile.Entry {
	entries := map[address.Address]*lockfile.Entry{}
	for _, im := range n.fp.Images {
		switch up := s.nodes[im.Upstream]; {
		case im.Upstream.IsZero():
		case up != nil && up.entry != nil:
			entries[im.Upstream] = up.entry
		case up == nil:
			if e, ok := s.results.lock.Assets[im.Upstream.String()]; ok {
				entries[im.Upstream] = &e
			}
		}
	}
	return entries
}

// oldStays says that an asset that failed has its old output still, if it has
// one.
func (l *localWork) oldStays(n *node) string {
	if n.change.Prior == nil {
		return ""
	}
	return " The old output stays."
}

// derive makes an asset of other files.
func (l *localWork) derive(ctx context.Context, n *node, progress func(Phase), step func(string)) outcome {
	progress(PhaseWriting)
	e, made, err := l.derivations.make(ctx, n)
	switch {
	case err != nil && ctx.Err() != nil:
		return outcome{node: n, ending: endLeft}
	case err != nil:
		o := outcome{node: n, ending: endFailed, diag: n.diagnostic("Asset cannot be derived", fmt.Sprintf("%s: %s.%s", n.address(), err, l.oldStays(n)))}
		return *o.because(err)
	}
	if made.Lost != "" {
		l.delivery.warnLost(sentence(errors.New(made.Lost)) + ".")
	}
	for _, w := range l.derivations.fresh(made.Warnings) {
		l.events.report(warning("Derived with a loss", w))
	}
	return l.delivery.write(n, e, progress, step)
}
