package config

import (
	"path"
	"slices"
	"strings"

	"assetform/config/engine"

	"github.com/zclconf/go-cty/cty"
)

// member is an element of a list of images, with the name that a map gives it.
type member struct {
	name  string
	named bool
	value cty.Value
}

// members lists what a list of images has: its elements, those of a map if
// they may have names, and the instances of whole blocks if it takes these. ok
// is false when a part is not known, or was reported.
func (d *draft) members(s setting, v cty.Value, in engine.Input) (list []member, ok bool) {
	t := v.Type()
	named := in.Named && (t.IsMapType() || t.IsObjectType())
	for it := v.ElementIterator(); it.Next(); {
		key, element := it.Element()
		m := member{value: element, named: named}
		if named {
			m.name = key.AsString()
		}
		if named && m.name == "" {
			s.report(d.reports, "Empty name in "+in.Name, "A key in the %s of %s is empty. Each image needs a name.", in.Name, d.spec.Address)
			return nil, false
		}
		if !in.Whole || !isWhole(element) {
			list = append(list, m)
			continue
		}
		all, ok := d.members(s, element, in)
		if !ok {
			return nil, false
		}
		list = append(list, all...)
	}
	return list, true
}

// isWhole reports whether a value stands for several assets: the instances of
// a block, or blocks.
func isWhole(v cty.Value) bool {
	t := v.Type()
	return v.IsKnown() && !v.IsNull() && !v.IsMarked() && !isAssetType(t) && (t.IsCollectionType() || t.IsTupleType() || t.IsObjectType())
}

// finishLists names or sorts the images of the lists that want it, when it is
// known which assets they are.
func (l *linker) finishLists(link link) {
	for _, in := range link.spec.Method.Inputs {
		switch {
		case in.Named:
			l.nameMembers(link, in.Name)
		case in.Whole:
			sortWhole(link.spec, in.Name)
		}
	}
}

// nameMembers gives the images of a list their names. Where two have one, it
// is reported.
func (l *linker) nameMembers(link link, list string) {
	first := map[string]*Input{}
	for i := range link.spec.Inputs {
		in := &link.spec.Inputs[i]
		if in.Name != list {
			continue
		}
		if in.Member == "" {
			in.Member = in.usualName()
		}
		other := first[in.Member]
		if other == nil {
			first[in.Member] = in
			continue
		}
		l.reports.Report(in.Range, "Two images of one name", "In the %s of %s both %s and %s are called %q. Give each a name of its own: %s = { NAME = %s, ... }.",
			list, link.spec.Address, other.source(), in.source(), in.Member, list, in.source())
	}
}

// usualName is what an image is called in a list: after its instance key, else
// after its block or file.
func (in *Input) usualName() string {
	switch {
	case in.Upstream.IsZero():
		base := path.Base(in.Path)
		return strings.TrimSuffix(base, path.Ext(base))
	case in.Upstream.Key != "":
		return in.Upstream.Index()
	}
	return in.Upstream.Name
}

// source names the image in messages: the asset, or the quoted path.
func (in *Input) source() string {
	if in.Upstream.IsZero() {
		return `"` + in.Path + `"`
	}
	return in.Upstream.String()
}

// sortWhole sorts the members of a list that takes whole blocks, in which order
// means nothing, and leaves each there once.
func sortWhole(s *Spec, list string) {
	of := func(in Input) bool { return in.Name == list }
	start := slices.IndexFunc(s.Inputs, of)
	if start < 0 {
		return
	}
	end := start
	for end < len(s.Inputs) && of(s.Inputs[end]) {
		end++
	}
	part := s.Inputs[start:end]
	slices.SortStableFunc(part, func(a, b Input) int { return a.Upstream.Compare(b.Upstream) })
	part = slices.CompactFunc(part, func(a, b Input) bool { return a.Upstream == b.Upstream })
	s.Inputs = slices.Delete(s.Inputs, start+len(part), end)
}
