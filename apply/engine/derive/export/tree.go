package export

import (
	"fmt"
	"slices"
	"strings"
)

// A group is what nests under one name: members, or one record.
type group struct {
	name    string
	record  *Record
	members []*group // by name
	at      map[string]*group
}

// nest puts records where their names say.
func nest(records []Record) (*group, error) {
	root := &group{}
	for i := range records {
		r := &records[i]
		g := root
		for _, step := range r.steps() {
			if g.record != nil {
				return nil, apart(g.record, r)
			}
			g = g.member(step)
		}
		if g.record != nil || len(g.members) > 0 {
			return nil, apart(g.first(), r)
		}
		g.record = r
	}
	root.sort()
	return root, nil
}

func apart(a, b *Record) error {
	return fmt.Errorf("%s and %s have one place in an export: leave one of them out", a.Address, b.Address)
}

func (g *group) member(name string) *group {
	m := g.at[name]
	if m == nil {
		m = &group{name: name}
		if g.at == nil {
			g.at = map[string]*group{}
		}
		g.at[name] = m
		g.members = append(g.members, m)
	}
	return m
}

func (g *group) sort() {
	slices.SortFunc(g.members, func(a, b *group) int { return strings.Compare(a.name, b.name) })
	for _, m := range g.members {
		m.sort()
	}
}

// first is a record of the group, to name it by.
func (g *group) first() *Record {
	for g.record == nil {
		g = g.members[0]
	}
	return g.record
}

// names returns what the members are called in a language, in their order.
func (g *group) names(language string, legal func(*group) string) ([]string, error) {
	out := make([]string, len(g.members))
	taken := map[string]*group{}
	for i, m := range g.members {
		name := legal(m)
		if other := taken[name]; other != nil {
			return nil, sameName(language, name, other.first().Address, m.first().Address)
		}
		taken[name] = m
		out[i] = name
	}
	return out, nil
}

func sameName(language, name, a, b string) error {
	return fmt.Errorf("%s and %s would both be called %s in %s: rename one of them, or export them apart", a, b, name, language)
}

// frameNames returns what a record's frames are called, in the order of their
// names.
func frameNames(language string, r *Record, legal func(string) string) ([]string, error) {
	names := r.frameNames()
	taken := map[string]string{}
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = legal(name)
		if other, ok := taken[out[i]]; ok {
			return nil, fmt.Errorf("frames %q and %q of %s would both be called %s in %s: rename one of them",
				other, name, r.Address, out[i], language)
		}
		taken[out[i]] = name
	}
	return out, nil
}
