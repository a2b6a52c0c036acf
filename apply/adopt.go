package apply

import (
	"context"
	"errors"
	"fmt"
	"path"

	"assetform/apply/media"
	"assetform/apply/store"
	"assetform/config"
	"assetform/config/address"
	"assetform/config/format"
	"assetform/lockfile"
	"assetform/lockfile/datadir"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// Disk is what commands work with that change outputs and lock without any
// server. The caller holds the run lock.
type Disk struct {
	Project  *config.Project
	Lock     *lockfile.Lock // changed in place, and written
	LockPath string
	LockRaw  []byte // what the lock was read from; nil: there was no file
	Data     *datadir.Dir
	Store    *store.Store
}

// open gives access to the outputs.
func (d *Disk) open() (*outputs, error) {
	out, err := openOutputs(d.Project, d.Data, d.Store)
	if err != nil {
		return nil, err
	}
	for _, e := range d.Lock.Assets {
		out.owned[e.Output] = e.ContentHash
	}
	return out, nil
}

// save writes the lock, if nothing else wrote it since it was read.
func (d *Disk) save() error {
	c := newCommitter(d.LockPath, d.LockRaw, d.Lock)
	if err := c.check(true); err != nil {
		return err
	}
	return lockfile.Save(d.LockPath, d.Lock)
}

// Adopt accepts the files that stand at the output paths of assets as the
// results of today's inputs, whether the lock knows the assets or not. The
// plan is of the whole project. A file changed by hand thereby becomes the
// recorded one; nothing is generated, and dependants see new content. With any
// error nothing is adopted.
func Adopt(ctx context.Context, d Disk, p *plan.Plan, addresses []address.Address) ([]address.Address, hcl.Diagnostics) {
	out, err := d.open()
	if err != nil {
		return nil, failure(nil, "Project cannot be opened", sentence(err)+".")
	}
	defer out.close()
	a := adoption{out: out, plan: p, lock: d.Lock, wanted: map[address.Address]bool{}, entries: map[address.Address]lockfile.Entry{}}
	for _, address := range addresses {
		a.wanted[address] = true
	}
	for _, address := range addresses {
		if ctx.Err() != nil {
			return nil, failure(nil, "Adoption was interrupted", "Nothing was changed.")
		}
		a.adopt(address)
	}
	if a.diags.HasErrors() {
		return nil, a.diags
	}
	for address := range a.entries {
		c := p.Change(address)
		if err := out.remember(address, c.Prior); err != nil {
			return nil, failure(c.Spec.Range.Ptr(), "Old result cannot be kept", sentence(err)+". Nothing was changed.")
		}
	}
	if !a.commit() {
		return addresses, nil
	}
	if err := d.save(); err != nil {
		return nil, failure(nil, "Lock cannot be written", sentence(err)+".")
	}
	return addresses, nil
}

// commit puts the entries into the lock, and takes out those that they
// continue: what stood under a former address, and what nothing wants any more
// and had the file that was adopted. It reports whether the lock changed.
func (a *adoption) commit() bool {
	changed := false
	files := map[string]bool{}
	for address, e := range a.entries {
		files[e.Output] = true
		if c := a.plan.Change(address); !c.PreviousAddress.IsZero() {
			changed = a.lock.Drop(c.PreviousAddress.String()) || changed
		}
	}
	for _, c := range a.plan.Changes {
		if c.Action == plan.Delete && files[c.Output] {
			changed = a.lock.Drop(c.Address.String()) || changed
		}
	}
	for address, e := range a.entries {
		changed = a.lock.Put(address.String(), e) || changed
	}
	return changed
}

// ReleaseAdopted takes the mark of adoption off entries: from then on their
// files are results like any other, for the store too. It returns the
// addresses whose entries had it.
func ReleaseAdopted(lock *lockfile.Lock, s *store.Store, addresses []string) (released []string, err error) {
	for _, address := range addresses {
		e := lock.Assets[address].Clone()
		if !e.Adopted {
			continue
		}
		if err := errors.Join(s.SetHandMade(e.UpstreamHash(), false), s.DropAdopted(address, e.InputsHash)); err != nil {
			return nil, err
		}
		e.Adopted = false
		lock.Put(address, e)
		released = append(released, address)
	}
	return released, nil
}

type adoption struct {
	out     *outputs
	plan    *plan.Plan
	lock    *lockfile.Lock
	wanted  map[address.Address]bool
	entries map[address.Address]lockfile.Entry
	diags   hcl.Diagnostics
}

// adopt takes one asset's file, after those of its upstreams that are adopted
// too: its inputs are their new contents. It reports whether that worked.
func (a *adoption) adopt(asset address.Address) bool {
	if _, done := a.entries[asset]; done {
		return true
	}
	c := a.plan.Change(asset)
	if c == nil || c.Spec == nil {
		a.diags = append(a.diags, failure(nil, "No such asset", fmt.Sprintf("The configuration has no asset %s to adopt a file for.", asset))...)
		return false
	}
	delete(a.wanted, asset)
	fp := c.Fingerprint
	fp.Images = append([]plan.Image(nil), fp.Images...)
	fp.Triggers = append([]plan.Trigger(nil), fp.Triggers...)
	for i := range fp.Images {
		a.follow(fp.Images[i].Upstream, &fp.Images[i].Hash)
	}
	for i := range fp.Triggers {
		a.follow(fp.Triggers[i].Address, &fp.Triggers[i].Hash)
	}
	if !fp.Known() {
		a.diags = append(a.diags, failure(c.Spec.Range.Ptr(), "Inputs are not known yet", fmt.Sprintf("%s takes the image of an asset that is still to be generated, so its inputs are not known. Apply or adopt that one first.", asset))...)
		return false
	}
	e, err := a.out.accept(c.Spec, fp, c.Protect)
	if err != nil {
		a.diags = append(a.diags, failure(c.Spec.OutputRange.Ptr(), "File cannot be adopted", fmt.Sprintf("%s: %s.", asset, err))...)
		return false
	}
	a.entries[asset] = e
	return true
}

// follow puts an upstream's content into a fingerprint: the adopted one, else
// what the lock has where the plan would generate it anew.
func (a *adoption) follow(up address.Address, h *lockfile.ContentHash) {
	if up.IsZero() {
		return
	}
	if a.wanted[up] {
		a.adopt(up)
	}
	if e, ok := a.entries[up]; ok {
		*h = e.UpstreamHash()
	} else if e, ok := a.lock.Assets[up.String()]; ok && h.IsZero() {
		*h = e.UpstreamHash()
	}
}

// RestoreOutputs brings missing outputs of the lock back from the store, all
// or those of the given addresses, and returns which. Files that stand are
// left alone. What the store does not hold is a warning.
func RestoreOutputs(ctx context.Context, d Disk, addresses []address.Address) ([]address.Address, hcl.Diagnostics) {
	out, err := d.open()
	if err != nil {
		return nil, failure(nil, "Project cannot be opened", sentence(err)+".")
	}
	defer out.close()
	wanted := map[string]bool{}
	for _, a := range addresses {
		wanted[a.String()] = true
	}
	var restored []address.Address
	var diags hcl.Diagnostics
	for _, text := range d.Lock.Addresses() {
		if len(addresses) > 0 && !wanted[text] || ctx.Err() != nil {
			continue
		}
		addr, err := address.Parse(text)
		if err != nil {
			continue // the codec lets none of these pass
		}
		e := d.Lock.Assets[text]
		back, err := out.restore(e)
		switch {
		case err != nil:
			diag := warning("Output cannot be restored", fmt.Sprintf("%s: %s.", addr, err))
			diags = append(diags, diag)
		case back:
			restored = append(restored, addr)
		}
	}
	return restored, diags
}

// restore writes an entry's output if nothing stands there.
func (o *outputs) restore(e lockfile.Entry) (bool, error) {
	is, err := o.look(e.Output)
	if err != nil || is.state.Exists() {
		return false, err
	}
	if o.store.Has(e.ContentHash) {
		return true, o.write(e.Output, e.ContentHash)
	}
	if e.SourceHash.IsZero() || !o.store.Has(e.SourceHash) {
		return false, fmt.Errorf("%q is missing and the store does not hold its content; \"assetform plan\" shows what it would cost to generate it again", e.Output)
	}
	m, err := probeStored(o.store, e.SourceHash)
	if err != nil {
		return false, err
	}
	h, err := o.convert(e.SourceHash, m.Type, path.Ext(e.Output))
	if err != nil {
		return false, err
	}
	if h != e.ContentHash {
		return false, fmt.Errorf("%q is missing, and what this version of assetform converts from the delivered file differs from the lock; run \"assetform apply\"", e.Output)
	}
	return true, o.write(e.Output, h)
}

func failure(at *hcl.Range, summary, detail string) hcl.Diagnostics {
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: summary, Detail: detail, Subject: at}}
}

// accept makes an entry of the file at an asset's output path, which a person
// made: its content goes to the store, and a record under the inputs, so that
// this asset finds it again when it goes away from these inputs and back.
func (o *outputs) accept(s *config.Spec, fp plan.Fingerprint, protect []string) (lockfile.Entry, error) {
	is, err := o.look(s.Output)
	if err != nil {
		return lockfile.Entry{}, err
	}
	e := lockfile.Entry{
		Output: s.Output, Provider: s.Provider.Type, Method: s.Method.Name,
		Inputs: fp.Inputs(), InputsHash: fp.Hash(),
		ContentHash: is.state.Hash, Bytes: is.state.Size, Adopted: true, Protect: protect,
	}
	ext := path.Ext(s.Output)
	switch is.state.Kind {
	case plan.Pointer: // the bytes lie with Git LFS
		e.MediaType = format.TypeOf(ext)
		return e, nil
	case plan.Regular:
	default:
		return e, fmt.Errorf("no regular file stands at %q", s.Output)
	}
	if err := o.keep(s.Output, is); err != nil {
		return e, err
	}
	m, err := probeStored(o.store, e.ContentHash)
	if err != nil {
		return e, err
	}
	if !media.Fits(m.Type, ext) {
		return e, fmt.Errorf("%q holds %s, which is not what its extension says", s.Output, m.Type)
	}
	e.MediaType, e.Bytes, e.Width, e.Height, e.Duration = m.Type, m.Bytes, m.Width, m.Height, m.Duration
	return e, o.store.PutAdopted(s.Address.String(), e)
}
