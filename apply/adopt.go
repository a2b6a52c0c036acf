package apply

import (
	"context"
	"errors"
	"fmt"

	"assetform/apply/outputs"
	"assetform/apply/store"
	"assetform/config/address"
	"assetform/lockfile"
	"assetform/plan"

	"github.com/hashicorp/hcl/v2"
)

// Adopt accepts the files that stand at the output paths of assets as the
// results of today's inputs, whether the lock knows the assets or not. The
// plan is of the whole project. A file changed by hand thereby becomes the
// recorded one; nothing is generated, and dependants see new content. With any
// error nothing is adopted. What was generated for today's inputs and stands as
// it came is nobody's work and stays what it is: untouched are the addresses of
// these.
func Adopt(ctx context.Context, d Disk, p *plan.Plan, addresses []address.Address) (adopted, untouched []address.Address, diags hcl.Diagnostics) {
	out, err := d.open()
	if err != nil {
		return nil, nil, failure(nil, "Project cannot be opened", sentence(err)+".")
	}
	defer out.Close()
	a := adoption{out: out, store: d.Store, plan: p, lock: d.Lock, wanted: map[address.Address]bool{}, entries: map[address.Address]lockfile.Entry{}}
	for _, address := range addresses {
		a.wanted[address] = true
	}
	for _, address := range addresses {
		if ctx.Err() != nil {
			return nil, nil, failure(nil, "Adoption was interrupted", "Nothing was changed.")
		}
		a.adopt(address)
	}
	if a.diags.HasErrors() {
		return nil, nil, a.diags
	}
	for address, e := range a.entries {
		c := p.Change(address)
		if err := errors.Join(out.Remember(address.String(), c.Prior), out.RememberAdopted(address.String(), e)); err != nil {
			return nil, nil, failure(c.Spec.Range.Ptr(), "Result cannot be kept", sentence(err)+". The lock was not changed.")
		}
	}
	for _, address := range addresses {
		if _, is := a.entries[address]; is {
			adopted = append(adopted, address)
		} else {
			untouched = append(untouched, address)
		}
	}
	if !a.commit() {
		return adopted, untouched, nil
	}
	if err := d.save(); err != nil {
		return nil, nil, failure(nil, "Lock cannot be written", sentence(err)+".")
	}
	return adopted, untouched, nil
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
// files may be replaced like any other, for the store too. They are no results
// for all that: what their inputs give nobody has seen yet. It returns the
// addresses whose entries had the mark.
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
		e.Inputs[lockfile.ReleasedInput] = lockfile.Bool(true)
		lock.Put(address, e)
		released = append(released, address)
	}
	return released, nil
}

type adoption struct {
	out     *outputs.Files
	store   *store.Store
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
	fp.Provider = c.Spec.Own().Type // it is the result, whatever else would have been drawn
	fp.Images = append([]plan.Image(nil), fp.Images...)
	fp.Triggers = append([]plan.Trigger(nil), fp.Triggers...)
	for i := range fp.Images {
		a.follow(&fp, fp.Images[i].Upstream, &fp.Images[i].Hash)
	}
	for i := range fp.Triggers {
		a.follow(&fp, fp.Triggers[i].Address, &fp.Triggers[i].Hash)
	}
	if !fp.Known() {
		a.diags = append(a.diags, failure(c.Spec.Range.Ptr(), "Inputs are not known yet", fmt.Sprintf("%s takes the image of an asset that is still to be generated, so its inputs are not known. Apply or adopt that one first.", asset))...)
		return false
	}
	if a.untouched(c, fp) {
		return true
	}
	e, err := accept(a.out, c, fp)
	if err != nil {
		a.diags = append(a.diags, failure(c.Spec.OutputRange.Ptr(), "File cannot be adopted", fmt.Sprintf("%s: %s.", asset, err))...)
		return false
	}
	if a.plan.Engines.Charges(e.Provider) && a.sketch(e, fp) {
		a.diags = append(a.diags, failure(c.Spec.OutputRange.Ptr(), "File is a placeholder", fmt.Sprintf("%q is a sketch that was drawn to stand for the result. A sketch becomes no result of %s: \"assetform apply\" generates that; or put a file of your own there and adopt it.", e.Output, asset))...)
		return false
	}
	a.entries[asset] = e
	return true
}

// untouched tells that what was generated for these inputs stands as it came.
func (a *adoption) untouched(c *plan.Change, fp plan.Fingerprint) bool {
	p := c.Prior
	return p != nil && !p.ByHand() && !p.Placeholder && !a.plan.Engines.Derives(p.Provider) &&
		p.Output == c.Output && p.InputsHash == fp.Hash() && a.out.Holds(p.Output, p.ContentHash)
}

// sketch tells that a file is a placeholder, by the lock or because this
// machine drew it for these inputs.
func (a *adoption) sketch(e lockfile.Entry, fp plan.Fingerprint) bool {
	result := false
	for _, l := range a.lock.Assets {
		same := l.ContentHash == e.ContentHash || l.UpstreamHash() == e.UpstreamHash()
		if same && l.Placeholder {
			return true
		}
		result = result || same
	}
	if result {
		return false
	}
	embedded := a.plan.Engines.Embedded()
	if embedded == nil {
		return false
	}
	fp.Provider = embedded.Type
	drawn, found, err := a.store.Result(fp.Hash())
	return err == nil && found && (drawn.ContentHash == e.ContentHash || drawn.UpstreamHash() == e.UpstreamHash())
}

// follow puts an upstream's content into a fingerprint: the adopted one, else
// what the lock has where the plan would generate it anew.
func (a *adoption) follow(fp *plan.Fingerprint, up address.Address, h *lockfile.ContentHash) {
	if up.IsZero() {
		return
	}
	if a.wanted[up] {
		a.adopt(up)
	}
	if e, ok := a.entries[up]; ok {
		*h = fp.Of(plan.ContentOf(&e))
	} else if e, ok := a.lock.Assets[up.String()]; ok && h.IsZero() {
		*h = fp.Of(plan.ContentOf(&e))
	}
}

// accept makes an entry of the file at an asset's output path, as the result of
// these inputs. The sprites of an atlas stand where they stood in the picture
// that was made: nothing else tells where they are in that of a person.
func accept(out *outputs.Files, c *plan.Change, fp plan.Fingerprint) (lockfile.Entry, error) {
	s := c.Spec
	e := lockfile.Entry{
		Output: s.Output, Provider: fp.Provider, Method: s.Method.Name,
		Inputs: fp.Inputs(), InputsHash: fp.Hash(), Protect: c.Protect,
	}
	if s.Candidates > 1 {
		e.Inputs[plan.CandidatesInput] = lockfile.Int(int64(s.Candidates))
	}
	if s.Address.Kind == address.Atlas {
		if c.Prior == nil || len(c.Prior.Frames) == 0 {
			return e, errors.New("nothing tells where its sprites stand in this picture. Move it away, let \"assetform apply\" make the atlas, and retouch that")
		}
		e.ContentHash, e.Frames, e.Width, e.Height = c.Prior.ContentHash, c.Prior.Frames, c.Prior.Width, c.Prior.Height
	}
	return out.Accept(e)
}
