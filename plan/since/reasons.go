package since

import (
	"maps"
	"slices"

	"assetform/lockfile"
	"assetform/plan"
)

// reasons are those of a plan that would have led from one entry to the other,
// as far as the recorded inputs tell.
func (c *comparison) reasons(p *Pair) []plan.Reason {
	was, is := p.Before, p.After
	if was == nil {
		return []plan.Reason{plan.ReasonNew}
	}
	r := []plan.Reason{}
	if was.Placeholder && !is.Placeholder && !is.Adopted {
		return append(r, plan.ReasonPlaceholder)
	}
	if p.PreviousAddress != "" || was.Output != is.Output {
		r = append(r, plan.ReasonMoved)
	}
	var upstreams []string
	for _, name := range slices.Sorted(maps.Keys(union(was.Inputs, is.Inputs))) {
		old, stood := was.Inputs[name]
		now, stands := is.Inputs[name]
		if stood && stands && plan.SameInput(old, now) {
			continue
		}
		switch ups, whole := c.upstreams(old, now); {
		case whole:
			upstreams = append(upstreams, ups...)
		case name == plan.RevisionInput:
			r = append(r, plan.ReasonRevision)
		case name == plan.CandidatesInput, name == lockfile.ReleasedInput: // what a person's file stands for, and no input
		default:
			r = append(r, plan.Reason("input:"+name))
		}
	}
	slices.Sort(upstreams)
	for _, address := range slices.Compact(upstreams) {
		r = append(r, plan.Reason("upstream:"+address))
	}
	if was.Provider != is.Provider {
		r = append(r, plan.ReasonProvider)
	}
	if was.InputsHash == is.InputsHash && len(is.Candidates) > max(len(was.Candidates), 1) {
		r = append(r, plan.ReasonCandidates)
	}
	return r
}

func union(a, b lockfile.Inputs) lockfile.Inputs {
	all := maps.Clone(a)
	if all == nil {
		all = lockfile.Inputs{}
	}
	maps.Copy(all, b)
	return all
}

// upstreams lists the assets whose other content is the whole difference of two
// recorded inputs: each hash is that of the same asset's result then and now.
func (c *comparison) upstreams(was, is lockfile.Value) (addresses []string, whole bool) {
	old, now := texts(was), texts(is)
	if len(old) == 0 || len(old) != len(now) {
		return nil, false
	}
	for i := range old {
		if old[i] == now[i] {
			continue
		}
		address := c.owner(old[i], now[i])
		if address == "" {
			return nil, false
		}
		addresses = append(addresses, address)
	}
	return addresses, len(addresses) > 0
}

// texts is a value that is one text or a list of them.
func texts(v lockfile.Value) []string {
	if s, ok := v.AsText(); ok {
		return []string{s}
	}
	list, _ := v.AsStrings()
	return list
}

// owner is the asset whose result had the one hash and has the other now; ""
// if there is none.
func (c *comparison) owner(was, is string) string {
	if c.owners == nil {
		c.owners = map[string][]string{}
		for _, address := range c.after.Addresses() {
			e := c.after.Assets[address]
			for _, h := range hashes(&e) {
				c.owners[h] = append(c.owners[h], address)
			}
		}
	}
	for _, address := range c.owners[is] {
		if e, stood := c.before.Assets[address]; stood && slices.Contains(hashes(&e), was) {
			return address
		}
	}
	return ""
}

// hashes are those by which other assets' inputs name an entry's result.
func hashes(e *lockfile.Entry) []string {
	return slices.Compact([]string{e.ContentHash.String(), e.UpstreamHash().String()})
}
